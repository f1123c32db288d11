"""The words of a message as they were sent: the frame, its pictures, what is folded, and the files."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from presszero.channels.files import kind_of
from presszero.channels.models import Attachment, Entry
from presszero.channels.served import PICTURES, served
from presszero.channels.served import POLICY as POLICY_OF_FILES
from presszero.conversations.queries.sight import sees_entry
from presszero.core.http import Asking, CannotFetch, Limits, fetch
from presszero.team.gate import Asked, MemberAsked, needs, public
from presszero.team.models import Role
from presszero.ui.markup import linked
from presszero.ui.page import page

from ..frame import POLICY, Shown, framed, read_image, sign_image


@needs(Role.READ_ONLY)
@require_safe
def folded(request: MemberAsked, entry_id: int) -> HttpResponse:
    """GET: the quotes and the signature under a message."""
    return HttpResponse(linked(_entry(request, entry_id).folded))


@needs(Role.READ_ONLY)
@require_safe
def as_sent(request: MemberAsked, entry_id: int) -> HttpResponse:
    """GET: the frame that shows it, with a way to load its pictures."""
    row = _entry(request, entry_id)
    with_images = request.GET.get("images") == "1"
    context = {"entry": row, "with_images": with_images, "blocked": _framed(row, with_images=False).blocked}
    return page(request, "desk/_as_sent.html", context)


@needs(Role.READ_ONLY)
@require_safe
def html(request: MemberAsked, entry_id: int) -> HttpResponse:
    """GET: the document inside the frame, under a policy of its own."""
    shown = _framed(_entry(request, entry_id), with_images=request.GET.get("images") == "1")
    response = HttpResponse(shown.document)
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    return response


@public
@require_safe
def image(request: Asked, token: str) -> HttpResponseBase:
    """GET: one picture for a frame. A sandbox sends no cookie: the token, good for an hour, is the right to see it."""
    try:
        entry_id, merchant_id, url = read_image(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404 from None
    if url.startswith("attachment:"):
        rows = Attachment.objects.filter(merchant_id=merchant_id, entry_id=entry_id, id=url.removeprefix("attachment:"))
        return _open_to_frame(served(_or_404(rows.first())))
    try:
        got = fetch(Asking(url, headers={"Accept": "image/*"}), Limits(seconds=6, size=8_000_000))
    except CannotFetch:
        raise Http404 from None
    kind = got.headers.get("content-type", "").partition(";")[0].strip().lower()
    if got.status != 200 or kind not in PICTURES or kind_of(got.body, "") not in PICTURES:
        raise Http404
    response = HttpResponse(got.body, content_type=kind)
    response["Cache-Control"] = "private, max-age=3600"
    return _open_to_frame(response)


@needs(Role.READ_ONLY)
@require_safe
def attachment(request: MemberAsked, token: str) -> HttpResponseBase:
    """GET: a file of a message. Pictures are shown, everything else is saved."""
    found = Attachment.objects.filter(merchant=request.merchant, token=token).select_related("entry").first()
    if found and not sees_entry(request.member, found.entry):
        raise Http404
    return served(_or_404(found))


def _entry(request: MemberAsked, entry_id: int) -> Entry:
    row = Entry.objects.filter(merchant=request.merchant, id=entry_id).first()
    if row is None or not sees_entry(request.member, row):
        raise Http404
    return row


def _framed(row: Entry, *, with_images: bool) -> Shown:
    inside = Attachment.objects.filter(merchant_id=row.merchant_id, entry=row).exclude(content_id="")
    inline = {a.content_id: _image_url(row, f"attachment:{a.id}") for a in inside if a.content_type in PICTURES}
    return framed(row.html, inline, (lambda url: _image_url(row, url)) if with_images else None)


def _image_url(row: Entry, source: str) -> str:
    return f"/entries/images/{sign_image(row.id, row.merchant_id, source)}"


def _or_404(row: Attachment | None) -> Attachment:
    if row is None:
        raise Http404
    return row


def _open_to_frame(response: HttpResponseBase) -> HttpResponseBase:
    """A sandboxed frame has no origin, so what it may load must be open to any."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Content-Security-Policy"] = POLICY_OF_FILES
    return response
