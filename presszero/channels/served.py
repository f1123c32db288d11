"""A file of somebody's, as a browser may have it: pictures are shown, everything else is only ever saved."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from .models import Attachment

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def served(row: Attachment) -> HttpResponseBase:
    """The bytes, under a policy that runs nothing. Raises Http404 when they are gone."""
    try:
        file = default_storage.open(row.storage_key)
    except FileNotFoundError:
        raise Http404 from None
    picture = row.content_type in PICTURES
    kind = row.content_type if picture else "application/octet-stream"
    response = StreamingHttpResponse(file.chunks(), content_type=kind)
    response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = content_disposition_header(not picture, row.filename) or "attachment"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, max-age=600"
    response["Referrer-Policy"] = "no-referrer"
    return response
