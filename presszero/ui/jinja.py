"""The Jinja2 environment: autoescaping, translated, strict about names that do not exist.

There is one for each language, and a template is translated when it is compiled for it. A page says some three hundred
words of ours; asking for each of them at each request cost more than its database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext, override, pgettext
from jinja2 import Environment, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from presszero.core import phones

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
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols", Translated]
    env = Environment(**{**options, "autoescape": True})  # noqa: S701 - it is on, said by a mapping
    env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]  # added by the extension
    env.globals.update(asset=asset_url, url=reverse, language=get_language, is_rtl=get_language_bidi, icons=icon_names)
    env.globals.update(_everywhere)
    env.filters.update(
        ago=formats.ago,
        moment=formats.moment,
        day=formats.day,
        until=formats.until,
        money=formats.money,
        price=formats.price,
        size=formats.size,
        initials=formats.initials,
        called=formats.called,
        dated=formats.dated,
        tint=formats.tint,
        channel_icon=formats.channel_icon,
        channel_word=formats.channel_word,
        linked=linked,
        telephone=phones.shown,
    )
    return env


def spoken(language: str, env: Environment) -> Environment:
    """The same environment, for templates in one language."""
    made = env.overlay()
    made.extend(language=language)
    return made


class Translated(Extension):
    """Puts the words for `_("…")` in while a template is compiled; calls with values stay calls."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        language = getattr(self.environment, "language", None)
        return stream if language is None else _translated(list(stream), language)


def _translated(tokens: list[Token], language: str) -> list[Token]:
    """`_ ( "…" )` becomes `( "…" | safe )`: translations are taken for safe wherever they are asked for."""
    made: list[Token] = []
    at = 0
    with override(language):
        while at < len(tokens):
            found = _plain_call(tokens[at : at + 4])
            made += found or [tokens[at]]
            at += 4 if found else 1
    return made


def _plain_call(tokens: list[Token]) -> list[Token]:
    """The tokens to stand for these, [] when they are no call without values."""
    if [token.type for token in tokens] != ["name", "lparen", "string", "rparen"] or tokens[0].value != "_":
        return []
    words = gettext(tokens[2].value) % {}  # as when it is called: %% stands for %
    parts = [("lparen", "("), ("string", words), ("pipe", "|"), ("name", "safe"), ("rparen", ")")]
    return [Token(tokens[0].lineno, *part) for part in parts]
