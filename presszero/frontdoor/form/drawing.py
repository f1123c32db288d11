"""Drawing the form: as it is at first, with what is wrong beside each question, or with why it was not sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from presszero.channels.answering import expects, sentence
from presszero.ui.headers import POLICY
from presszero.ui.page import page

from . import ticket as tickets
from .place import Place, parent_of, policy
from .questions import Questions, labels
from .ticket import BITS, Ticket
from .uploads import MAX_BYTES, MAX_FILES
from .words import language_of, words_of


@dataclass
class Drawn:
    """One drawing of a form."""

    place: Place
    questions: Questions
    ticket: Ticket
    told: str = ""  # a sentence above the form: why it was not sent
    files_wrong: str = ""
    files_again: bool = False  # files came with it that the browser will not send again by itself
    answers: str = field(default="")  # when we answer

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """(id of the field, sentence), in the order of the page."""
        order = ["topic", *(name for name in self.questions.fields if name.startswith("t-"))]
        order += ["subject", "text", "files", "matters", "needed_words", "needed_date", "name", "email", "phone"]
        errors = self.questions.errors if self.questions.is_bound else {}
        found = {name: str(said[0]) for name, said in errors.items()}
        if self.files_wrong:
            found["files"] = self.files_wrong
        return [(f"f-{name}", found[name]) for name in [*order, "channel"] if name in found]


def begin(place: Place, request: HttpRequest) -> Drawn:
    """A form nobody has written in; `?topic=` chooses a topic."""
    now = timezone.now()
    chosen = place.topic(request.GET.get("topic", ""))
    first = {"topic": chosen.name} if chosen else None
    questions = Questions(None, topics=place.topics, chosen=chosen, chat=place.has_chat, now=now)
    questions.initial = first or {}
    line = place.line
    return Drawn(place, questions, tickets.draw(line.id, now), answers=sentence(line, now, expects(line, now)))


def show(request: HttpRequest, drawn: Drawn, status: int = 200) -> HttpResponse:
    """The page, in the language that is active."""
    place = drawn.place
    language = translation.get_language() or "en"
    context: dict[str, Any] = {
        **around(request, place),
        "drawn": drawn,
        "questions": drawn.questions,
        "words": words_of(place.line, language),
        "labels": {f"f-{name}": said for name, said in labels(drawn.questions).items()},
        "errors": {name.removeprefix("f-"): said for name, said in drawn.wrong},
        "bits": BITS,
        "max_bytes": MAX_BYTES,
        "max_files": MAX_FILES,
    }
    return framed(page(request, "frontdoor/form.html", context, status), place)


def around(request: HttpRequest, place: Place | None) -> dict[str, Any]:
    """What every page of the form has: whose it is, and what frames it."""
    given = request.GET if request.method == "GET" else request.POST
    return {
        "place": place,
        "line": place.line if place else None,
        "brand": place.line.brand.name if place else _("Contact"),
        "embedded": request.GET.get("embed") == "1" or given.get("embed") == "1",
        "parent": parent_of(place, request),
        "sites": list(place.sites) if place else [],
    }


def framed(response: HttpResponse, place: Place | None) -> HttpResponse:
    """Only the line's sites, and we, may put it in a frame."""
    response["Content-Security-Policy"] = POLICY + policy(place)
    response["X-Frame-Options"] = "SAMEORIGIN"
    if place and place.sites:  # the older header knows no list of sites
        del response["X-Frame-Options"]
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def speaking(request: HttpRequest, place: Place) -> str:
    return language_of(request, place.line)
