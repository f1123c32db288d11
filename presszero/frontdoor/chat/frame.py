"""GET /chat/<token>: the page in the frame. It holds the line's look, words and hours, and nothing of anybody."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from presszero.calls.dialling import dials_out
from presszero.channels.adapters.chat.adapter import MAX_FILES, MAX_TEXT, adapter
from presszero.channels.answering import expects, sentence
from presszero.channels.models import Line
from presszero.team.gate import public
from presszero.ui.page import page

from .texts import RIGHT_TO_LEFT, SPOKEN, chosen, texts

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors "
)
_SITE = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PHONE = re.compile(r"\+?[\d ()/.-]{3,40}")
INVITATIONS = 20


@public
@require_safe
def frame(request: HttpRequest, token: str) -> HttpResponse:
    """404 for a line that is unknown, paused, or no chat. Who may frame it stands in the line's settings."""
    line = open_line(token)
    config = config_of(line, _asked(request), timezone.now())
    with translation.override(config["language"]):
        response = page(request, "frontdoor/chat.html", {"config": config})
    response["Content-Security-Policy"] = policy(config["sites"])
    # For shops that isolate their pages; everything the frame loads is of its own origin.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cross-Origin-Embedder-Policy"] = "require-corp"
    return response


def open_line(token: str) -> Line:
    """The chat line of a token. Raises Http404."""
    lines = Line.objects.select_related("brand", "hours", "merchant")
    line = lines.filter(token=token, kind="chat", paused_at=None).first()
    if line is None:
        raise Http404
    return line


def config_of(line: Line, asked: list[str], at: datetime) -> dict[str, Any]:
    """What the frame is drawn with; clients/widget/frame/config.ts names each part. `asked`: languages, best first."""
    own = line.settings
    language = chosen(asked, _languages(line))
    found = expects(line, at)
    with translation.override(language):
        answers = sentence(line, at, found)
    return {
        "token": line.token,
        "name": line.brand.name,
        "language": language,
        "rtl": language in RIGHT_TO_LEFT,
        "sites": sites(own.get("sites")),
        "colour": _matching(_COLOUR, own.get("colour")) or line.brand.colour,
        "position": "left" if own.get("position") == "left" else "right",
        "open": found.open,
        "answers": answers,
        "opens": found.opens.isoformat() if found.opens and not found.open else "",
        "minutes": line.first_reply_minutes,
        "privacy": _matching(re.compile(r"https?://[^\s<>\"]{1,500}"), own.get("privacy")),
        "phone": _matching(_PHONE, own.get("phone") or line.brand.phone),
        "callMe": _call_me(line),
        "texts": texts(language, own.get("texts")),
        "invitations": _invitations(own.get("invitations"), language),
        "limits": {"files": MAX_FILES, "bytes": adapter.can.max_attachment_bytes, "text": MAX_TEXT},
    }


def _call_me(line: Line) -> str:
    """The page on which they ask to be called, where the brand has a number that calls."""
    numbers = Line.objects.filter(merchant_id=line.merchant_id, brand_id=line.brand_id, kind="phone", paused_at=None)
    found = next((each for each in numbers.order_by("id") if dials_out(each)), None)
    return f"/call/{found.token}" if found else ""


def policy(sites: list[str]) -> str:
    """The content policy of the frame's page: framed by these origins alone."""
    return _POLICY + (" ".join(sites) or "'none'")


def sites(given: Any) -> list[str]:
    """Exact origins, lower case; what is none of these is nobody."""
    wanted = [each.strip().lower().rstrip("/") for each in given if isinstance(each, str)] if given else []
    return [each for each in wanted if _SITE.fullmatch(each)]


def _asked(request: HttpRequest) -> list[str]:
    """What the shop's page speaks, then what the browser asks for, best first."""
    offers = [each.partition(";q=") for each in request.headers.get("Accept-Language", "")[:500].split(",")]
    ranked = sorted(offers, key=lambda offer: -_weight(offer[2]))
    return [request.GET.get("lang", "")[:20], *(name for name, _, _ in ranked)]


def _weight(given: str) -> float:
    try:
        return float(given or 1)
    except ValueError:
        return 0


def _languages(line: Line) -> list[str]:
    """Those the line is set to, else all we speak and those in which the merchant wrote words of its own."""
    own = line.settings.get("texts")
    known = [*SPOKEN, *(own if isinstance(own, dict) else ()), *RIGHT_TO_LEFT]
    wanted = [each for each in line.settings.get("languages") or [] if each in known]
    first = [each for each in line.merchant.languages if each in known]
    return wanted or [*first, *known]


def _invitations(given: Any, language: str) -> list[dict[str, Any]]:
    rules = given if isinstance(given, list) else []
    made = [_invitation(each, number, language) for number, each in enumerate(rules[:INVITATIONS])]
    return [each for each in made if each["text"]]


def _invitation(given: Any, number: int, language: str) -> dict[str, Any]:
    rule = given if isinstance(given, dict) else {}
    text = rule.get("text")
    words = text.get(language) or next(iter(text.values()), "") if isinstance(text, dict) else text
    return {
        "id": str(rule.get("id") or number)[:40],
        "page": str(rule.get("page") or "")[:200],
        "seconds": _number(rule.get("seconds"), 30),
        "cart": _number(rule.get("cart"), 0),
        "days": _number(rule.get("days"), 7),
        "text": str(words or "")[:200],
    }


def _number(given: Any, otherwise: float) -> float:
    try:
        return min(max(float(given), 0), 10**6)
    except (TypeError, ValueError):
        return otherwise


def _matching(pattern: re.Pattern[str], given: Any) -> str:
    return given if isinstance(given, str) and pattern.fullmatch(given) else ""
