"""What is asked for without its words (HEAD) is answered as if they were wanted, and keeps them to itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse


class HeadsAsPages:
    """Middleware, outermost: every address that answers GET answers HEAD alike, whatever its view knows of methods."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"
        return _without_words(response)


def _without_words(response: HttpResponseBase) -> HttpResponseBase:
    """Its headers, the length among them, say what the page would have been."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = []
    elif body := getattr(response, "content", b""):
        response.headers.setdefault("Content-Length", str(len(body)))
        response.content = b""  # type: ignore[attr-defined]  # an HttpResponse: it had content
    return response
