"""A refusal becomes a sentence and the next step: a toast for HTMX, a page otherwise. Nothing was changed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from presszero.core.refusal import Refused

from .page import asked_by_htmx, page


class Refusals:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusal(request, error, error.status) if isinstance(error, Refused) else None


def refusal(request: HttpRequest, refused: Refused, status: int = 422) -> HttpResponse:
    """The answer that says no, in the shape that was asked for."""
    said = {"sentence": str(refused), "next_step": refused.next_step}
    if asked_by_htmx(request):
        return to_toasts(page(request, "ui/_refusal.html", said, status))
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"refused": said["sentence"], "next_step": said["next_step"]}, status=status)
    return page(request, "ui/refusal.html", said, status)


def to_toasts(response: HttpResponse) -> HttpResponse:
    """Shown at the foot of the page, whatever the request had as its target."""
    response["HX-Retarget"] = "#toasts"
    response["HX-Reswap"] = "beforeend"
    return response
