"""The one Jinja2 environment: autoescaping, translated, strict about names that do not exist."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext
from jinja2 import Environment, StrictUndefined

from . import formats
from .assets import asset_url
from .markup import linked
from .outlines import names as icon_names

_everywhere: dict[str, Any] = {}


def everywhere(**names: Any) -> None:
    """Gives every template more names. Called by apps above while Django starts, so that nothing below knows them."""
    _everywhere.update(names)


def environment(**options: Any) -> Environment:
    """As Django's Jinja2 backend asks for it (TEMPLATES in settings)."""
    options.update(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]
    env = Environment(**{**options, "autoescape": True})  # noqa: S701 - it is on, said by a mapping
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    env.globals.update(asset=asset_url, url=reverse, language=get_language, is_rtl=get_language_bidi, icons=icon_names)
    env.globals.update(_everywhere)
    env.filters.update(
        ago=formats.ago,
        moment=formats.moment,
        day=formats.day,
        until=formats.until,
        money=formats.money,
        size=formats.size,
        initials=formats.initials,
        tint=formats.tint,
        channel_icon=formats.channel_icon,
        channel_word=formats.channel_word,
        linked=linked,
    )
    return env
