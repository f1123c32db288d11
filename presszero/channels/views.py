"""Files of messages, for whoever has their address: a network that carries them, or a customer who taps a link."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from presszero.team.gate import Asked, public

from .media import plain_name
from .served import PICTURES, served
from .sharing import opened


@public
@require_safe
def shared_file(request: Asked, shared: str) -> HttpResponseBase:
    """GET /f/…: the exact bytes under their own type, which is none that a browser would run."""
    share = opened(shared, timezone.now())
    if share is None:
        raise Http404
    file = share.attachment
    response = served(file)
    response["Content-Type"] = file.content_type
    if not share.for_reader:  # networks name the file after this, and stumble over long and curious names
        response["Content-Disposition"] = f'inline; filename="{plain_name(file.content_type, 1)}"'
    elif file.content_type not in PICTURES:
        response["Content-Disposition"] = content_disposition_header(True, file.filename) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
