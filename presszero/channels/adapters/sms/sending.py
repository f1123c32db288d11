"""Handing a text to the provider, and judging its answer."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings

from presszero.channels.adapter import Abilities, LineSettings
from presszero.channels.limits import too_much
from presszero.channels.vocabulary import Outgoing, Sent
from presszero.core import http
from presszero.core.text import clean, one_line

from . import account, codes

_LATER = {408, 409, 421, 423, 425, 429}
_FOOT = "\n\n-- \n"  # how a mail sets off what stands under the words
RECONNECT = "Needs reconnecting: "  # how the outbox knows that the line is at fault


def send(out: Outgoing, line: LineSettings, can: Abilities, writing: Callable[[], None]) -> Sent:
    """One text to one number. The provider reports to an address that names our delivery."""
    refused = too_much(out, can) or _nothing(out) or _too_long(out, can)
    if refused:
        return Sent("refused", reason=refused)
    if not account.is_set_up(line):
        return Sent("refused", reason=f"{RECONNECT}the line has no account with a provider.")
    writing()
    try:
        answer = account.post(line, "Messages.json", _fields(out, line))
    except http.NotAllowed as why:
        return Sent("refused", reason=str(why))
    except http.CannotFetch as why:
        return Sent("unknown" if why.sent else "later", reason=str(why))
    return _judge(answer)


def words(out: Outgoing) -> str:
    """What the telephone shows: the words, under them what a law asks for, and the links of files that go so."""
    said = clean(out.text.replace(_FOOT, "\n")).strip()
    return "\n".join([*([said] if said else []), *(file.url for file in out.shared if out.links)])


def _nothing(out: Outgoing) -> str:
    return "" if words(out) or out.shared else "There is nothing in this text."


def _too_long(out: Outgoing, can: Abilities) -> str:
    over = len(words(out)) - can.max_text if out.links else 0
    return f"With the links to its files this text is {over} characters too long." if over > 0 else ""


def _fields(out: Outgoing, line: LineSettings) -> list[tuple[str, str]]:
    service = str(line.settings.get("service_sid") or "")
    sender = ("MessagingServiceSid", service) if service else ("From", line.address)
    # A service may hold many numbers: theirs is the one they know.
    both = [sender, ("From", line.address)] if service else [sender]
    told = [("StatusCallback", f"{callback(line.token)}?{urlencode({'our_id': out.our_id})}")] if line.token else []
    body = [("Body", words(out))] if words(out) else []  # a picture may say it all
    files = [] if out.links else [("MediaUrl", file.url) for file in out.shared]
    return [("To", out.to[0].address), *both, *body, *files, *told]


def callback(token: str) -> str:
    """Where the provider of a line brings texts, and reports on ours."""
    return f"{settings.ORIGIN}/in/sms/{token}"


def _judge(answer: http.Fetched) -> Sent:
    found = account.said(answer)
    if 200 <= answer.status < 300 and found.get("sid"):
        return Sent("accepted", provider_id=one_line(str(found["sid"]), 100))
    code = codes.number(found.get("code") or found.get("error_code"))
    known = codes.meaning(code)
    if known:
        reason = f"{RECONNECT}{known.sentence}" if known.ours else known.sentence
        return Sent(known.then, reason=f"{reason} ({code})", retry_after=_wait(answer), refusal=known.refusal)
    said = one_line(str(found.get("message") or ""), 200)
    reason = f"The provider answered {answer.status} {said}".strip()
    if answer.status in (401, 403):
        return Sent("refused", reason=f"{RECONNECT}{reason}")
    if answer.status in _LATER or answer.status in (500, 503):
        return Sent("later", reason=reason, retry_after=_wait(answer))
    if answer.status > 500 or 200 <= answer.status < 300:  # somebody in between speaks: it may have been taken
        return Sent("unknown", reason=reason)
    return Sent("refused", reason=reason)


def _wait(answer: http.Fetched) -> float | None:
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isdecimal() and len(said) < 6 else None
