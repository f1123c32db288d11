"""The Jinja2 environment: autoescaping, translated, strict about names that do not exist.

There is one for each language, and a template is translated when it is compiled for it. A page says some three hundred
words of ours; asking for each of them at each request cost more than its database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext, override
from jinja2 import Environment, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

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


def spoken(language: str, env: Environment) -> Environment:
    """The same environment, for templates in one language."""
    made = env.overlay()
    made.extend(language=language)
    return made


class Translated(Extension):
    """Puts the words for `_("…")` in while a template is compiled; calls with values stay calls."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        language = getattr(self.environment, "language", None)
        return stream if language is None else _translated(stream, language)


def _translated(stream: TokenStream, language: str) -> Iterable[Token]:
    """`_ ( "…" )` becomes `( "…" | safe )`, as translations are taken for safe wherever they are asked for."""
    held: list[Token] = []
    with override(language):
        for token in stream:
            held.append(token)
            if len(held) == 4:
                yield from _said(held) if _is_plain_call(held) else [held.pop(0)]
                held = [] if len(held) == 4 else held
    yield from held


def _is_plain_call(tokens: list[Token]) -> bool:
    kinds = [token.type for token in tokens]
    return kinds == ["name", "lparen", "string", "rparen"] and tokens[0].value == "_"


def _said(tokens: list[Token]) -> list[Token]:
    line = tokens[0].lineno
    words = gettext(tokens[2].value) % {}  # as at run time, where %% stands for %
    return [Token(line, *part) for part in [("lparen", "("), ("string", words), ("pipe", "|"), ("name", "safe"), ("rparen", ")")]]
