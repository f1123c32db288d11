"""A member's own page about their phone, and the sound of what was kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from presszero.channels.served import POLICY
from presszero.conversations.queries.sight import those_seen
from presszero.core.phones import shown
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..dialling import lines_of
from ..mobile import WHENS, mobile_of, ring_mobile
from ..models import Recording

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
_PIECE = 64 * 1024


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def my_phone(request: MemberAsked) -> HttpResponse:
    """GET /me/phone · POST {number, when}: where calls ring beside the desk."""
    if request.method == "GET":
        return _show(request)
    when = request.POST.get("when", "")
    try:
        ring_mobile(request.member, request.POST.get("number", ""), when if when in WHENS else "away")
    except Refused as refused:
        return _show(request, refused, refused.status)
    return HttpResponseRedirect("/me/phone?done=saved")


@needs(Role.READ_ONLY)
@require_GET
def sound(request: MemberAsked, recording_id: int) -> HttpResponseBase:
    """GET /calls/recordings/7/sound: what was recorded, whole or a part of it, to whoever sees the conversation."""
    rows = Recording.objects.filter(merchant=request.merchant, id=recording_id, state=Recording.State.STORED)
    row = rows.select_related("call").first()
    if row is None or not row.call.conversation_id or not those_seen(request.member, [row.call.conversation_id]):
        raise Http404
    try:
        whole = default_storage.size(row.storage_key)
        file = default_storage.open(row.storage_key)
    except FileNotFoundError:
        raise Http404 from None
    first, last, partly = _part(request.headers.get("Range", ""), whole)
    file.seek(first)
    kind = "audio/mpeg" if row.storage_key.endswith(".mp3") else "audio/wav"
    response = StreamingHttpResponse(_pieces(file, last - first + 1), content_type=kind, status=206 if partly else 200)
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    if partly:
        response["Content-Range"] = f"bytes {first}-{last}/{whole}"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-store"
    return response


def _show(request: MemberAsked, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    row = mobile_of(request.member)
    typed = request.POST.get("number") if request.method == "POST" else shown(row.number) if row else ""
    context = {
        "mobile": row,
        "number": typed,
        "when": request.POST.get("when") or (row.when if row else "away"),
        "lines": lines_of(request.merchant.id),
        "refused": refused,
        "done": request.GET.get("done", ""),
        "here": "me",
    }
    return page(request, "calls/mine.html", context, status)


def _part(asked: str, whole: int) -> tuple[int, int, bool]:
    """First and last byte, and whether it is a part."""
    found = _RANGE.fullmatch(asked)
    if not found or int(found[1]) >= whole:
        return 0, whole - 1, False
    last = min(int(found[2]), whole - 1) if found[2] else whole - 1
    return (int(found[1]), last, True) if last >= int(found[1]) else (0, whole - 1, False)


def _pieces(file: IO[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
