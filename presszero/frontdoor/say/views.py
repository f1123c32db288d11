"""One tap without sign-in: how much it matters, by when, and how to answer. GET changes nothing: mail programs fetch
every link before anybody has read it. The page shows nothing of the conversation but whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from presszero.channels.answering import zone
from presszero.conversations.actions.wish import wish
from presszero.core.actor import Actor
from presszero.promises.queries import sentence
from presszero.team.browser import address_of
from presszero.team.gate import public
from presszero.team.throttle import Limit, network, tries
from presszero.ui.looks import look_of

from ..alone import alone, nothing, private
from ..form.words import language_of
from .place import Place, place_of
from .questions import Questions

KNOCKS = Limit("say-knocks", 120, timedelta(minutes=15))  # of one network, links that lead nowhere count as well
SAYS = Limit("say", 12, timedelta(hours=1))  # about one matter


@public
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, token: str) -> HttpResponse:
    """GET /say/<token> draws it; POST keeps what they said. 404 is one page for whatever leads nowhere."""
    now = timezone.now()
    if tries(KNOCKS, network(address_of(request)), now) > KNOCKS.most:
        return _told(request, _("That was tried too often."), _("Wait a quarter of an hour, then try again."), 429)
    place = place_of(token, now)
    if place is None:
        return _told(request, _("This link no longer works"), _("Answer our e-mail instead: a person reads it."), 404)
    with translation.override(language_of(request, place.line)):
        if request.method == "POST":
            return _said(request, token, place, now)
        if "thanks" in request.GET:
            return _page(request, "frontdoor/say_thanks.html", token, place, {"answers": sentence(place.conversation)})
        return _drawn(request, token, place, Questions(None, ways=place.ways, now=now))


@public
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """GET /say/<token>/look.css: the brand's colour."""
    place = place_of(token, timezone.now())
    return look_of(place.line.brand.colour if place else "")


def _said(request: HttpRequest, token: str, place: Place, now: datetime) -> HttpResponse:
    questions = Questions(request.POST, ways=place.ways, now=now)
    if not questions.is_valid():
        return _drawn(request, token, place, questions, 422)
    row = place.conversation
    if tries(SAYS, f"{row.merchant_id} {row.id}", now) > SAYS.most:
        return _told(request, _("That was tried too often."), _("Wait an hour, or answer our e-mail."), 429)
    language = translation.get_language() or "en"
    said = questions.wish(zone(place.line), language)
    wish(row, said, source="page", by=Actor("customer", row.customer_id), language=language)
    return HttpResponseRedirect(f"/say/{token}?thanks")


def _drawn(request: HttpRequest, token: str, place: Place, questions: Questions, status: int = 200) -> HttpResponse:
    errors = {name: str(said[0]) for name, said in questions.errors.items()} if questions.is_bound else {}
    typed = {name: questions[name].value() or "" for name in questions.fields}
    context: dict[str, object] = {"errors": errors, "typed": typed, "ways": questions.ways}
    return _page(request, "frontdoor/say.html", token, place, context, status)


def _page(
    request: HttpRequest, template: str, token: str, place: Place, more: dict[str, object], status: int = 200
) -> HttpResponse:
    context = {"token": token, "brand": place.line.brand.name, "look": f"/say/{token}/look.css", **more}
    return private(alone(request, template, context, status))


def _told(request: HttpRequest, title: str, sentence: str, status: int) -> HttpResponse:
    return private(nothing(request, _("Contact"), title, sentence, status))
