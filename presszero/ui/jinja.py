"""The one Jinja2 environment: autoescaping, translated, strict about names that do not exist."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext
from jinja2 import Environment, StrictUndefined

from . import formats
from .assets import asset_url
from .icons import ICONS
from .markup import linked


def environment(**options: Any) -> Environment:
    """As Django's Jinja2 backend asks for it (TEMPLATES in settings)."""
    options.update(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], **options)
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    env.globals.update(asset=asset_url, url=reverse, language=get_language, is_rtl=get_language_bidi, icons=ICONS)
    env.filters.update(
        ago=formats.ago,
        moment=formats.moment,
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
