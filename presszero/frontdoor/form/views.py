"""The web form: drawn, sent, thanked for. Works without JavaScript, without cookies, and framed in the shop's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from urllib.parse import urlencode

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from presszero.channels.answering import expects, sentence, zone
from presszero.team.browser import address_of
from presszero.team.gate import public
from presszero.ui.page import page

from . import ticket as tickets
from . import uploads
from .drawing import Drawn, around, begin, framed, show, speaking
from .limits import Counted, count, knocks_too_often
from .place import Place, is_ours, place_of, remembered
from .questions import Questions
from .storing import Said, SaidOtherwise, sender_of, store
from .suspicion import Seen, reason
from .ticket import Stale, Ticket, has_worked, is_too_quick
from .words import words_of

_NUMBERED = "presszero.frontdoor.thanks"
_AWAY_FOR = "15"  # seconds until a browser may try again

View = Callable[[HttpRequest, str], HttpResponse]


def _even_without_database(view: View) -> View:
    """While the database is away nothing is sent: the page says so, and keeps every word."""

    @wraps(view)
    def asked(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except (OperationalError, InterfaceError):
            connection.close()
            return _away(request, token)

    return asked


@public
@csrf_exempt  # a slip signed for this line, and the Origin, stand for the cookie that a frame does not have
@require_http_methods(["GET", "HEAD", "POST"])
@_even_without_database
def form(request: HttpRequest, token: str) -> HttpResponse:
    """GET draws it; POST sends it, or draws it again for another topic. 403, 413, 422 and 429 keep every word."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > uploads.MAX_BODY:
        return _too_large(request)
    bounded = uploads.bound(request)
    place = place_of(token)
    with translation.override(speaking(request, place)):
        if request.method != "POST":
            return show(request, begin(place, request))
        return _posted(request, place, bounded)


@public
@require_safe
@_even_without_database
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """GET after a message was stored: its number, what happens next, and when we answer."""
    place = place_of(token)
    line, now = place.line, timezone.now()
    with translation.override(speaking(request, place)):
        try:
            said = signing.loads(request.GET.get("for", "")[:300], salt=_NUMBERED, max_age=86_400)
        except signing.BadSignature:
            said = {}
        context = {
            **around(request, place),
            "words": words_of(line, translation.get_language() or "en"),
            "number": said.get("number", ""),
            "channel": said.get("channel", ""),
            "answers": sentence(line, now, expects(line, now)),
        }
        return framed(page(request, "frontdoor/thanks.html", context), place)


def _posted(request: HttpRequest, place: Place, bounded: uploads.Bounded) -> HttpResponse:
    now, ip = timezone.now(), address_of(request)
    drawn = _as_typed(request, place, now)
    if not is_ours(request):
        drawn.told = _("This came from a page that is not ours, so nothing was sent. Open the form itself and send it.")
        return show(request, drawn, 403)
    if knocks_too_often(ip, now):
        return _too_often(request, drawn)
    try:
        drawn.ticket = tickets.read(request.POST.get("ticket", ""), place.line.id, now)
    except Stale:
        drawn.told = _(
            "This page was open for long, so it was not sent yet. Everything is still here: send it once more."
        )
        return show(request, drawn, 422)
    if request.POST.get("do") == "next":
        drawn.questions = _unjudged(drawn.questions)
        return show(request, drawn)
    files = request.FILES.getlist("files")
    drawn.files_wrong = uploads.wrong_with(files, bounded)
    if drawn.wrong or _has_more_to_ask(request, drawn):
        drawn.files_again = bool(files)
        return show(request, drawn, 422)
    return _send(request, drawn, files, now)


def _send(request: HttpRequest, drawn: Drawn, files: list[UploadedFile], now: datetime) -> HttpResponse:
    line, ticket, found = drawn.place.line, drawn.ticket, drawn.questions.cleaned_data
    worked = has_worked(ticket, request.POST.get("worked", ""))
    drawn.files_again = bool(files)
    if is_too_quick(ticket, worked, now):
        drawn.told = _("That was quick! Have a last look, then send it once more. Nothing was lost.")
        return show(request, drawn, 422)
    counted = count(line, address_of(request), found["email"], found["text"], now)
    if counted.is_too_much:
        return _too_often(request, drawn)
    words = {name: found[name] for name in ("name", "email", "phone", "subject", "text")}
    words |= {
        "topic": found.get("topic", ""),
        "fields": drawn.questions.answers(),
        "wish": drawn.questions.wish(zone(line)),
    }
    held = reason(_seen(found, request.POST.get("homepage", ""), worked, counted))
    try:
        store(line, ticket, sender_of(request, line, now), Said(words, files, now, held))
    except SaidOtherwise:
        drawn.ticket = tickets.draw(line.id, now)
        drawn.told = _("What you sent before is with us. To send these words too, press the button once more.")
        return show(request, drawn, 422)
    return _to_thanks(request, drawn.place, ticket, found["channel"])


def _seen(found: dict[str, str], hidden: str, worked: bool, counted: Counted) -> Seen:
    said = " ".join([found["subject"], found["text"]])
    return Seen(
        said,
        found["name"],
        hidden,
        worked,
        counted.same,
        counted.of_address,
        counted.of_network,
        counted.on_line,
    )


def _as_typed(request: HttpRequest, place: Place, now: datetime) -> Drawn:
    """The form with everything that was typed, judged."""
    chosen = place.topic(request.POST.get("topic", ""))
    questions = Questions(request.POST, topics=place.topics, chosen=chosen, chat=place.has_chat, now=now)
    return Drawn(place, questions, tickets.draw(place.line.id, now))


def _unjudged(questions: Questions) -> Questions:
    """What was typed, and no word about what is missing yet."""
    made = Questions(None, topics=questions.topics, chosen=questions.chosen, chat=questions.has_chat, now=questions.now)
    made.initial = {name: questions.data.get(name, "") for name in made.fields}
    return made


def _has_more_to_ask(request: HttpRequest, drawn: Drawn) -> bool:
    """A topic was chosen whose fields were not on the page: they are shown before anything is sent."""
    chosen = drawn.questions.chosen
    if chosen is None or not chosen.fields or request.POST.get("drawn") == chosen.name:
        return False
    drawn.told = _("Not sent yet: there is a little more to ask about this.")
    return True


def _to_thanks(request: HttpRequest, place: Place, ticket: Ticket, channel: str) -> HttpResponse:
    said = signing.dumps({"number": ticket.quotable, "channel": channel}, salt=_NUMBERED)
    kept = {name: request.POST[name] for name in ("embed", "at", "lang") if request.POST.get(name)}
    asked = urlencode({"for": said, **kept})
    return framed(HttpResponseRedirect(f"/form/{place.line.token}/thanks?{asked}", status=303), place)


def _too_often(request: HttpRequest, drawn: Drawn) -> HttpResponse:
    drawn.questions = _unjudged(drawn.questions)
    drawn.told = _(
        "Many messages came from where you are, so this one was not sent. Wait a quarter of an hour, please."
    )
    drawn.files_again = bool(request.FILES)
    response = show(request, drawn, 429)
    response["Retry-After"] = "900"
    return response


def _too_large(request: HttpRequest) -> HttpResponse:
    """Too much to read through; going back shows the form as it was."""
    context = {"title": _("That is too large"), "sentence": _("Files may be 20 MB together. Nothing was sent.")}
    next_step = _("Go back: your words are still there. Then choose fewer files, or smaller ones.")
    return page(request, "frontdoor/not_sent.html", {**_nothing(request), **context, "next_step": next_step}, 413)


def _away(request: HttpRequest, token: str) -> HttpResponse:
    place, now = remembered(token), timezone.now()
    if place is None or request.method != "POST":
        context = {
            "title": _("We cannot be reached for a moment"),
            "sentence": _("Nothing was sent.") if request.method == "POST" else _("The form will be back soon."),
            "next_step": _("Try again in a minute."),
            "typed": [(name, value) for name, value in request.POST.items() if name not in ("ticket", "worked")],
        }
        response = page(request, "frontdoor/not_sent.html", {**_nothing(request), **context}, 503)
    else:
        with translation.override(speaking(request, place)):
            drawn = _as_typed(request, place, now)
            drawn.questions = _unjudged(drawn.questions)
            drawn.told = _("It was NOT sent: we cannot be reached for a moment. Every word is still here. Try again.")
            drawn.files_again = bool(request.FILES)
            response = show(request, drawn, 503)
    response["Retry-After"] = _AWAY_FOR
    return response


def _nothing(request: HttpRequest) -> dict[str, object]:
    return {**around(request, None), "typed": [], "next_step": ""}
