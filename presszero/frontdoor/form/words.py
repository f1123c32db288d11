"""In which language a form is drawn, and the merchant's own texts in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _

from presszero.channels.adapters.form.asking import text
from presszero.channels.models import Line

_OURS = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the questions."""

    title: str
    intro: str
    thanks: str


def language_of(request: HttpRequest, line: Line) -> str:
    """The one asked for, else the browser's, else the shop's first: always one that the shop and we speak."""
    spoken = [code for code in line.merchant.languages if code in _OURS] or ["en"]
    wanted = (request.GET.get("lang", ""), request.POST.get("lang", "") if request.method == "POST" else "")
    asked = next((code for code in wanted if code in spoken), "")
    browsers = get_language_from_request(request)
    return asked or (browsers if browsers in spoken else spoken[0])


def words_of(line: Line, language: str) -> Words:
    """The merchant's texts, ours where they wrote none."""
    own = {name: text(line.settings, language, name) for name in ("title", "intro", "thanks")}
    return Words(
        own["title"] or _("Write to us"),
        own["intro"] or _("A person reads this and answers you."),
        own["thanks"] or _("Thank you. Your message is with us."),
    )
