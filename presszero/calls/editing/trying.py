"""Trying a draft in the browser: the machine and the voice that callers get. Nobody is rung, nothing is written."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.merchants.policy import is_open
from presszero.merchants.queries import week_of
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import TextJson

from ..menu.flow import BadFlow, Flow
from ..menu.machine import begin, step
from ..menu.state import State
from ..menu.vocabulary import (
    Ask,
    Command,
    Digit,
    Event,
    HangUp,
    HungUp,
    KeepPlace,
    Known,
    Listen,
    Park,
    Play,
    Played,
    Prompt,
    Record,
    Recorded,
    Said,
    SendText,
    Silence,
    Started,
)
from ..models import Menu
from ..models import Prompt as Recording
from ..speaking import CannotSpeak, spoken
from .views import found

_SALT = "menu-trial"
_LASTS = 3600  # seconds


class NotTried(Refused):
    """The draft does not hang together enough to be called, or the trial is over."""


@needs(Role.ADMIN)
@require_POST
def trial(request: MemberAsked, menu_id: int) -> HttpResponse:
    """POST JSON {"state": "" or as given last, "event": {"what": "digit", "key": "1"}}; answers what is heard next."""
    row = found(request, menu_id)
    try:
        flow = Flow.read(row.draft)
        asked = json.loads(request.body)
        event = _event(asked["event"])
        state = State.read(signing.loads(asked["state"], salt=_SALT, max_age=_LASTS)) if asked["state"] else begin(flow)
    except BadFlow as bad:
        raise NotTried(_(bad.sentence), _("Mend what is marked first.")) from bad
    except (ValueError, KeyError, TypeError, signing.BadSignature) as why:
        raise NotTried(_("This trial call is over."), _("Call again.")) from why
    if state.node and state.node not in flow.nodes:
        raise NotTried(_("The step you were in is gone from the menu."), _("Call again."))
    state, commands = _walked(flow, state, event, request.merchant, timezone.now())
    heard = [each for command in commands if (each := _told(row, command))]
    node = flow.nodes.get(state.node)
    kept = signing.dumps(state.to_json(), salt=_SALT, compress=True)
    here = {"node": state.node, "name": node.name if node else "", "phase": state.phase}
    return TextJson({"state": kept, "commands": heard, "here": here})


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD"])
def sound(request: MemberAsked, menu_id: int, node: str) -> HttpResponse | FileResponse:
    """GET ?language=en: what is heard in a step of the draft; node "say": the words in ?text=, as a trial says them."""
    row, language = found(request, menu_id), request.GET.get("language", "en")[:12]
    if node == "say":
        return _voice(request.GET.get("text", "")[:1000], language)
    heard = row.draft.get("nodes", {}).get(node, {}).get("heard") or {}
    if number := heard.get("recordings", {}).get(language):
        return _recording(request.merchant, number)
    return _voice(heard.get("texts", {}).get(language, ""), language)


def _walked(flow: Flow, state: State, event: Event, merchant: Merchant, at: datetime) -> tuple[State, list[Command]]:
    """One event, and what our own answers to the machine's questions lead to."""
    state, given = step(flow, state, event)
    commands = list(given)
    for _round in range(5):
        answer = next((a for c in given if (a := _answer(c, merchant, at))), None)
        if answer is None:
            break
        state, given = step(flow, state, answer)
        commands += given
    return state, commands


def _answer(command: Command, merchant: Merchant, at: datetime) -> Known | None:
    """What would be found out: the hours as they are now, an order that is there, a place that is kept."""
    if isinstance(command, KeepPlace):
        return Known("kept", {"when": _("within ten minutes")})
    if not isinstance(command, Ask):
        return None
    if command.what == "hours":
        line = Line.objects.filter(merchant=merchant, kind="phone").select_related("hours").order_by("id").first()
        hours = line.hours if line else None
        return Known("open" if hours is None or is_open(week_of(hours), at) else "closed")
    told = {"order.number": command.given.get("number", ""), "order.state": _("on its way"), "order.next": ""}
    return Known("found", told)


def _told(row: Menu, command: Command) -> dict[str, Any] | None:
    """A command as the page carries it out; None for what it need not know."""
    if isinstance(command, Play):
        return {"do": "play", "sounds": [_heard(row, prompt) for prompt in command.prompts]}
    if isinstance(command, Listen):
        return {"do": "listen", "seconds": command.seconds}
    if isinstance(command, Park):
        whys = {"zero": _("they pressed 0"), "node": _("the menu leads there")}
        return {"do": "park", "why": whys.get(command.why, command.why)}
    if isinstance(command, Record):
        return {"do": "record"}
    if isinstance(command, SendText):
        return {"do": "text", "says": _("A text with a link would be sent.")}
    return {"do": "end"} if isinstance(command, HangUp) else None


def _heard(row: Menu, prompt: Prompt) -> dict[str, str]:
    where = f"/settings/phone/menus/{row.id}/sounds"
    if prompt.recording:
        for node, each in row.draft.get("nodes", {}).items():
            for language, number in (each.get("heard") or {}).get("recordings", {}).items():
                if number == prompt.recording:
                    return {"text": prompt.text, "lang": language, "src": f"{where}/{node}?language={language}"}
    asked = urlencode({"language": prompt.language, "text": prompt.text})
    return {"text": prompt.text, "lang": prompt.language, "src": f"{where}/say?{asked}"}


def _event(given: dict[str, Any]) -> Event:
    """Raises ValueError, KeyError."""
    plain: dict[str, Event] = {"silence": Silence(), "played": Played(), "hungup": HungUp(), "started": Started()}
    what = given["what"]
    if what == "digit" and str(given["key"]) in set("0123456789*#"):
        return Digit(str(given["key"]))
    if what == "recorded":
        return Recorded(5.0)
    if what == "said":
        return Said(str(given["text"])[:200])
    return plain[what]


def _voice(text: str, language: str) -> FileResponse:
    try:
        return FileResponse(spoken(text, language).open("rb"), content_type="audio/wav")
    except CannotSpeak as why:
        raise NotTried(str(why), _("Install it, and listen again.")) from why


def _recording(merchant: Merchant, number: int) -> FileResponse:
    row = Recording.objects.filter(merchant=merchant, id=number).first()
    if row is None:
        raise Http404
    return FileResponse(default_storage.open(row.storage_key), content_type="audio/wav")
