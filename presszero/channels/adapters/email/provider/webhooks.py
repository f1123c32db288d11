"""What a mail provider posts: was it really them, and what does it say."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from email.encoders import encode_base64
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

from anymail.exceptions import AnymailError
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailTrackingEvent, EventType
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from presszero.channels.adapter import BadSignature, LineSettings, Request, Unreadable
from presszero.channels.vocabulary import DeliveryReported, Unread
from presszero.core.text import one_line

from . import forms
from .catalogue import PROVIDERS, Payload, Provider, view_of
from .payloads import Posted, whole_mails

_STATES = {
    EventType.QUEUED: "accepted",
    EventType.SENT: "accepted",
    EventType.DEFERRED: "accepted",
    EventType.DELIVERED: "delivered",
    EventType.COMPLAINED: "delivered",
    EventType.BOUNCED: "failed",
    EventType.REJECTED: "failed",
    EventType.FAILED: "failed",
}
_DEAD_CODE = re.compile(r"\b5\.(?:1\.(?:0|1|2|3|6|10)|2\.1|4\.4)\b")
_DEAD_NAMES = {"hardbounce", "bademailaddress", "hard_bounce", "invalid_email", "hard_bounced", "permanent"}
_MAX_EVENTS = 1000

# What anymail and Django let through when a posted body is not what it should be.
_Odd = (
    AnymailError,
    ImproperlyConfigured,
    SuspiciousOperation,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    RecursionError,
)


def verify(request: Request, line: LineSettings) -> None:
    """Raises BadSignature unless one of the provider's two views accepts the request with this line's secrets."""
    provider = PROVIDERS.get(str(line.settings.get("provider", "")))
    if provider is None:
        raise BadSignature("This line takes no mail from a web provider.")
    for webhook in dict.fromkeys((provider.mail, provider.reports)):
        if _accepts(view_of(webhook, line.secrets), request):
            return
    raise BadSignature(f"The request does not carry {provider.name}'s proof for this line.")


def event_id(request: Request) -> str:
    """The provider's own id of the request where it has one, else the body's hash, whatever its MIME boundary."""
    for name in ("svix-id", "webhook-id", "x-amz-sns-message-id"):
        if request.headers.get(name):
            return f"{name}:{request.headers[name]}"[:200]
    body = request.body
    boundary = forms.boundary(request.headers.get("content-type", ""))
    if boundary:
        body = body.replace(boundary, b"")
        token = re.search(rb'name="token"\r\n\r\n([0-9a-f]{50})\r\n', body)
        if token:  # Mailgun signs only this token, never the body: a replay with other words must not count
            return f"token:{token[1].decode()}"
    return hashlib.sha256(body).hexdigest()


def read(body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Posted | DeliveryReported | Unread]:
    """The mails and reports in it. One bad element never fails its neighbours (F16). Raises Unreadable."""
    name = str(line.settings.get("provider", ""))
    if name not in PROVIDERS:
        raise Unreadable("The line no longer names the mail provider that posted this.")
    try:
        return _read_all(name, body, headers, line)
    except Unreadable:
        parts = list(_elements(name, body, headers))
        if len(parts) < 2:
            raise
        return [each for place, part in enumerate(parts) for each in _read_one(name, part, place, headers, line)]


def _read_one(
    name: str, part: bytes, place: int, headers: Mapping[str, str], line: LineSettings
) -> list[Posted | DeliveryReported | Unread]:
    try:
        return _read_all(name, part, headers, line)
    except Unreadable as why:
        return [Unread(f"{hashlib.sha256(part).hexdigest()}:{place}", str(why))]


def _elements(name: str, body: bytes, headers: Mapping[str, str]) -> Iterator[bytes]:
    """A batch as single requests of the same shape; nothing for what is no batch."""
    try:
        payload = _payload(_django(Request("POST", "https://line.invalid/", headers, body)))
        if name == "mandrill":
            each_of = json.loads(payload["mandrill_events"])
            yield from (urlencode({"mandrill_events": json.dumps([each])}).encode() for each in each_of[:_MAX_EVENTS])
        elif isinstance(payload, list):
            yield from (json.dumps([each]).encode() for each in payload[:_MAX_EVENTS])
        elif name == "brevo":
            yield from (json.dumps({**payload, "items": [each]}).encode() for each in payload["items"][:_MAX_EVENTS])
    except _Odd:
        return


def _read_all(
    name: str, body: bytes, headers: Mapping[str, str], line: LineSettings
) -> list[Posted | DeliveryReported | Unread]:
    provider = PROVIDERS[name]
    try:
        request = _django(Request("POST", "https://line.invalid/", headers, body))
        payload = _payload(request)
        if name == "amazon_ses":
            _no_errand(payload)
        if provider.is_mail(payload):
            whole = whole_mails(name, payload, line.secrets)
            return list(whole if whole is not None else _put_together(provider, request, payload, line))
        return list(_reports(provider, request, line))
    except _Odd as why:
        raise Unreadable(f"{provider.name} posted something we do not understand ({one_line(str(why), 200)}).") from why


def _accepts(view: Any, request: Request) -> bool:
    if view is None:
        return False
    if hasattr(view, "webhook_url"):
        view.webhook_url = request.url  # the address we publish is what Mandrill signs
    try:
        view.run_validators(_django(request))
    except _Odd:
        return False
    return True


def _django(request: Request) -> WSGIRequest:
    """The same request as Django's views expect it."""
    url = urlsplit(request.url)
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": url.path,
        "QUERY_STRING": request.query or url.query,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "HTTP_HOST": url.netloc,
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(request.body),
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
    }
    for name, value in request.headers.items():
        if name not in ("content-type", "content-length", "host"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    made = WSGIRequest(environ)
    made._body = request.body  # Django would stop at the size of a page's form
    if made.content_type == "multipart/form-data":
        _fill_in(made, forms.parts(request.body, request.headers.get("content-type", "")))
    return made


def _fill_in(made: WSGIRequest, parts: list[forms.Part]) -> None:
    """POST and FILES, as Django's own parser would leave them."""
    fields, files = QueryDict(mutable=True), MultiValueDict[str, UploadedFile]()
    for part in parts:
        if part.filename is None:
            fields.appendlist(part.name, part.text)
        elif part.filename:
            kind = _opaque(part.content_type or "application/octet-stream")
            files.appendlist(part.name, SimpleUploadedFile(part.filename, part.content, kind))
    made._post, made._files = fields, files  # type: ignore[attr-defined]


def _payload(request: WSGIRequest) -> Payload:
    if request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return request.POST.dict()
    return json.loads(request.body)


def _no_errand(payload: Payload) -> None:
    if isinstance(payload, dict) and payload.get("Type") == "SubscriptionConfirmation":
        raise Unreadable(
            f"Amazon asks you to confirm the subscription. Open: {one_line(str(payload.get('SubscribeURL')))}"
        )


def _put_together(provider: Provider, request: WSGIRequest, payload: Payload, line: LineSettings) -> list[Posted]:
    """From a mail that the provider took apart. Mails inside it stay files, so that nothing is parsed here."""
    view = view_of(provider.mail, line.secrets)
    if view is None:
        raise Unreadable(f"A secret that {provider.name} needs is missing from the line's settings.")
    if request.content_type == "application/json":
        request._body = json.dumps(_tamed(payload)).encode()
    return [_posted(event.message) for event in view.parse_events(request)]


def _posted(message: AnymailInboundMessage) -> Posted:
    """Files are carried in base64: written out as they are, their line ends would change."""
    for part in message.walk():
        if not part.is_multipart() and part["Content-Disposition"] and not part["Content-Transfer-Encoding"]:
            encode_base64(part)
    return Posted(message.as_bytes(), (message.envelope_recipient,) if message.envelope_recipient else ())


def _tamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: _opaque(v) if k.lower() in ("contenttype", "content-type") and isinstance(v, str) else _tamed(v)
            for k, v in value.items()
        }
    return [_tamed(each) for each in value] if isinstance(value, list) else value


def _opaque(content_type: str) -> str:
    return "application/octet-stream" if content_type.lower().lstrip().startswith("message/") else content_type


def _reports(provider: Provider, request: WSGIRequest, line: LineSettings) -> list[DeliveryReported]:
    view = view_of(provider.reports, line.secrets)
    if view is None:
        raise Unreadable(f"A secret that {provider.name}'s reports need is missing from the line's settings.")
    events = view.parse_events(request)[:_MAX_EVENTS]
    digest = hashlib.sha256(request.body).hexdigest()
    found = (_report(event, f"{digest}:{place}") for place, event in enumerate(events) if event is not None)
    return [each for each in found if each is not None]


def _report(event: AnymailTrackingEvent, place: str) -> DeliveryReported | None:
    """None for what is not about whether it arrived: opens, clicks, lists."""
    state = _STATES.get(event.event_type)
    if state is None:
        return None
    provider_id = one_line(str(event.message_id or ""), 300)
    said = one_line(str(event.mta_response or event.description or event.reject_reason or ""), 500)
    return DeliveryReported(
        external_id=f"{one_line(str(event.event_id), 120)}:{event.event_type}:{one_line(event.recipient or '', 60)}"
        if event.event_id
        else place,
        state=state,
        provider_id=provider_id,
        our_id=_our_id(event),
        message_ids=(provider_id.strip("<>"),) if "@" in provider_id else (),
        recipient=one_line(event.recipient or "", 320).lower(),
        permanent=state == "failed" and _is_dead(event, said),
        reason="Marked as spam by the recipient." if event.event_type == EventType.COMPLAINED else said,
        at=event.timestamp,
        complaint=event.event_type == EventType.COMPLAINED,
    )


def _our_id(event: AnymailTrackingEvent) -> str:
    """What we gave along when we sent it, if it is such an id at all."""
    given = str((event.metadata or {}).get("presszero", ""))
    return given if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", given) else ""


def _is_dead(event: AnymailTrackingEvent, said: str) -> bool:
    """The address itself is dead: the server's own code says so, or the provider's name for such a bounce."""
    if _DEAD_CODE.search(said):
        return True
    if re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", said):
        return False  # a code for something else: full, spam, policy
    raw = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    names = [raw.get(key) for key in ("Type", "event")] + [(raw.get("bounce") or {}).get("bounceType")]
    return any(str(name).lower() in _DEAD_NAMES for name in names if name)
