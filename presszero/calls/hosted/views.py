"""What the provider of a phone line asks us: public addresses, each signed for exactly the address it is at.

Whatever goes wrong, whoever calls hears the safe document, never a provider's error.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from presszero.calls.models import Call, Prompt
from presszero.calls.music import waiting_music
from presszero.channels.adapter import BadSignature, Request
from presszero.channels.models import Line
from presszero.core.sealing import CannotOpen
from presszero.team.gate import public

from . import driving, recordings, rendering, safe, talking
from .holding import DRIVER
from .providers import is_hosted
from .signatures import verify

log = logging.getLogger(__name__)

MOST = 100_000  # bytes of a request; a provider sends some two thousand
PATIENCE = 1500  # milliseconds a statement may take before the safe document is better than silence

Fields = dict[str, str]


def _asked(view: Callable[..., str]) -> Callable[..., HttpResponseBase]:
    """A document for the provider: only after its signature holds, and the safe one when ours cannot be made."""

    @wraps(view)
    def answered(request: HttpRequest, token: str, **where: object) -> HttpResponseBase:
        try:
            line, fields = _signed(request, token)
        except BadSignature:
            return HttpResponse(status=403)
        except (Error, CannotOpen):
            log.exception("A hosted line cannot be read.")
            return HttpResponse(status=503)  # the provider asks the fallback address now
        try:
            with _hurried():
                return _document(view(request, line, fields, **where))
        except Exception:
            log.exception("hosted line %d", line.id)
            return _document(_safe(line, request, fields))

    return public(csrf_exempt(require_POST(answered)))


@_asked
def voice(request: HttpRequest, line: Line, fields: Fields) -> str:
    return driving.came_in(line, fields, bool(request.GET.get("again")), timezone.now())


@_asked
def step(request: HttpRequest, line: Line, fields: Fields, call_uid: uuid.UUID) -> str:
    return driving.went_on(line, call_uid, request.GET, fields, timezone.now())


@_asked
def called(request: HttpRequest, line: Line, fields: Fields, call_uid: uuid.UUID) -> str:
    return talking.customer_asks(line, call_uid, fields, timezone.now())


@_asked
def called_status(request: HttpRequest, line: Line, fields: Fields, call_uid: uuid.UUID) -> str:
    talking.customer_changed(line, call_uid, fields, timezone.now())
    return ""


@_asked
def leg(request: HttpRequest, line: Line, fields: Fields, end_id: int) -> str:
    found = talking.leg_of(line, end_id)
    if found is None:
        return rendering.gone().xml
    return talking.leg_asks(line, found, request.GET, fields, timezone.now())


@_asked
def leg_status(request: HttpRequest, line: Line, fields: Fields, end_id: int) -> str:
    if found := talking.leg_of(line, end_id):
        talking.leg_changed(line, found, fields.get("CallStatus", ""), fields.get("CallSid", ""), timezone.now())
    return ""


@_asked
def status(request: HttpRequest, line: Line, fields: Fields) -> str:
    """The number's own status address: the caller's end is over."""
    if fields.get("CallStatus", "") in driving.OVER:
        driving.hung_up(line, fields.get("CallSid", ""), timezone.now())
    return ""


@_asked
def room(request: HttpRequest, line: Line, fields: Fields) -> str:
    talking.room_changed(line, fields, timezone.now())
    return ""


@_asked
def recording(request: HttpRequest, line: Line, fields: Fields) -> str:
    """A recording is ready. Its address is not believed: it is fetched by its id, from the provider we know."""
    mine = Call.objects.filter(merchant_id=line.merchant_id, line_id=line.id, driver=DRIVER)
    call = mine.filter(provider_id=fields.get("CallSid", "")).first()
    if call and fields.get("RecordingSid"):
        seconds = float(driving.seconds_of(fields))
        recordings.told(call, fields["RecordingSid"], fields.get("RecordingStatus", ""), seconds, timezone.now())
    return ""


@_asked
def keys(request: HttpRequest, line: Line, fields: Fields) -> str:
    """Keys a member pressed for whoever is at the other end."""
    return rendering.keys(request.GET.get("d", ""))


@public
@require_safe
def prompt(request: HttpRequest, prompt_token: str) -> HttpResponseBase:
    """A shop's own recording, for the provider to play. Whoever has the address may hear it, as every caller does."""
    row = Prompt.objects.filter(token=prompt_token, retired_at=None).first()
    if row is None or not default_storage.exists(row.storage_key):
        raise Http404
    return _sound(StreamingHttpResponse(default_storage.open(row.storage_key).chunks()))


@public
@require_safe
def music(request: HttpRequest) -> HttpResponseBase:
    return _sound(HttpResponse(waiting_music()))


def _sound(response: HttpResponseBase) -> HttpResponseBase:
    response["Content-Type"] = "audio/wav"
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _signed(request: HttpRequest, token: str) -> tuple[Line, Fields]:
    """The line, and what the provider says. Raises BadSignature, whatever is wrong: strangers learn nothing."""
    line = Line.objects.filter(token=token, kind="phone").first()
    if line is None or not is_hosted(line.settings) or int(request.headers.get("Content-Length") or 0) > MOST:
        raise BadSignature("no such line")
    query = request.META.get("QUERY_STRING", "")
    url = settings.ORIGIN + request.path + (f"?{query}" if query else "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    asked = Request(request.method or "", url, headers, request.body, query)
    return line, verify(asked, line.settings, line.secrets, time.time())


@contextmanager
def _hurried() -> Iterator[None]:
    """No statement takes longer than a caller waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(PATIENCE)])
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def _document(text: str) -> HttpResponse:
    if not text:
        return HttpResponse(status=204)
    response = HttpResponse(text, content_type="text/xml; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def _safe(line: Line, request: HttpRequest, fields: Fields) -> str:
    tries = safe.tries_of(request.META.get("QUERY_STRING", ""), fields.get("ErrorUrl", ""))
    return safe.document(line.settings, way_of(line), tries, pressed=fields.get("Digits", ""))


def way_of(line: Line) -> safe.Way:
    """Where the safe document leads."""
    return safe.way(settings.ORIGIN, line.token)
