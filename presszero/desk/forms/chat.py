"""How a chat is set up: whose pages show it, how it looks, what it says, and when it speaks first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.core.sealing import new_token
from presszero.core.text import one_line
from presszero.merchants.models import Brand

from .lines import LineForm

MAX_SITES = 20
MAX_INVITATIONS = 8
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "ar": "العربية"}
TEXTS = ("greeting", "welcome", "leave_words")  # as frontdoor.chat.texts names them
_LOCAL = re.compile(r"localhost|127\.0\.0\.1|.+\.localhost")
_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z")
_PHONE = RegexValidator(r"^\+?[\d ()/.-]{3,40}\Z")


class ChatLineForm(LineForm):
    """A chat for a brand. Texts that are left empty are our own, in every language we speak."""

    sites = forms.CharField(required=False, max_length=5000)
    colour = forms.CharField(max_length=7, validators=[_COLOUR])
    position = forms.ChoiceField(choices=[("right", ""), ("left", "")])
    privacy = forms.URLField(required=False, max_length=500, assume_scheme="https")
    phone = forms.CharField(required=False, max_length=41, validators=[_PHONE])

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.spoken = _spoken(self.instance)
        for language in self.spoken:
            self.fields[f"speaks_{language}"] = forms.BooleanField(required=False)
            for name in TEXTS:
                self.fields[f"{name}_{language}"] = forms.CharField(required=False, max_length=300)
        self.rows = range(min(len(self.instance.settings.get("invitations") or []) + 1, MAX_INVITATIONS))
        self.invites_in = _invites_in(self.instance)
        for n in self.rows:
            for language in self.invites_in:
                self.fields[f"invite_text_{n}_{language}"] = forms.CharField(required=False, max_length=200)
            self.fields[f"invite_page_{n}"] = forms.CharField(required=False, max_length=200)
            self.fields[f"invite_seconds_{n}"] = forms.IntegerField(required=False, min_value=0, max_value=86_400)
            self.fields[f"invite_cart_{n}"] = forms.DecimalField(required=False, min_value=0, max_digits=9)

    def clean_sites(self) -> list[str]:
        given = re.split(r"[\s,]+", self.cleaned_data["sites"].strip())
        found = list(dict.fromkeys(origin(each) for each in given if each))
        if len(found) > MAX_SITES:
            raise ValidationError(_("Twenty addresses are the most for one chat."))
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for n in self.rows:
            told = [found.get(f"invite_{part}_{n}") for part in ("page", "seconds", "cart")]
            page = found.get(f"invite_page_{n}") or ""
            if not self._said(n) and any(each not in (None, "") for each in told):
                self.add_error(f"invite_text_{n}_{self.invites_in[0]}", _("What should it say?"))
            if page and not page.startswith(("/", "*")):
                self.add_error(f"invite_page_{n}", _("Begin with a slash: /boots/*"))
        return found

    def keep(self) -> Line:
        """Writes the settings into the line; its secrets are made elsewhere."""
        row: Line = self.instance
        found = self.cleaned_data
        row.address = row.address or _address(row)
        speaks = [each for each in self.spoken if found[f"speaks_{each}"]]
        row.settings = {
            **row.settings,
            **{name: found[name] for name in ("sites", "colour", "position", "privacy", "phone")},
            "languages": [] if len(speaks) == len(self.spoken) else speaks,
            "texts": {**_all_texts(row), **{each: self._texts(each) for each in self.spoken}},
            "invitations": list(self._invitations()),
        }
        row.save()
        return row

    def _texts(self, language: str) -> dict[str, str]:
        said = {name: one_line(self.cleaned_data[f"{name}_{language}"], 300) for name in TEXTS}
        others = {n: t for n, t in _own(self.instance, language).items() if n not in TEXTS}
        return {**others, **{name: text for name, text in said.items() if text}}

    def _invitations(self) -> Iterator[dict[str, Any]]:
        before = self.instance.settings.get("invitations") or []
        for n in (each for each in self.rows if self._said(each)):
            page, seconds, cart = (self.cleaned_data[f"invite_{part}_{n}"] for part in ("page", "seconds", "cart"))
            known, said = before[n] if n < len(before) else {}, self._said(n)
            yield {
                "id": known.get("id") or new_token(48),
                "text": said if len(self.invites_in) > 1 else said[self.invites_in[0]],
                "page": one_line(page, 200),
                "seconds": 30 if seconds is None else seconds,
                "cart": float(cart or 0),
                "days": known.get("days", 7),
            }

    def _said(self, n: int) -> dict[str, str]:
        """What an invitation says, by language; nothing where it was left empty."""
        given = {each: self.cleaned_data.get(f"invite_text_{n}_{each}") or "" for each in self.invites_in}
        return {language: one_line(text, 200) for language, text in given.items() if text.strip()}


def origin(given: str) -> str:
    """A site as browsers name it: https://juniper.example. What stands behind the host is left out.

    Raises ValidationError for what is no address of one site that is served safely.
    """
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError as why:
        raise ValidationError(_("“%(site)s” is not the address of a site.") % {"site": given[:80]}) from why
    if parts.username is not None or not (
        parts.scheme == "https" or (parts.scheme == "http" and _LOCAL.fullmatch(host))
    ):
        raise ValidationError(_("“%(site)s” must begin with https://") % {"site": given[:80]})
    usual = port is None or (parts.scheme, port) in {("https", 443), ("http", 80)}
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def chat_values(row: Line) -> dict[str, Any]:
    """What the form of a chat starts with; never a secret."""
    own = row.settings
    first: dict[str, Any] = {name: own.get(name, "") for name in ("privacy", "phone")}
    first |= {"sites": "\n".join(own.get("sites") or []), "position": own.get("position") or "right"}
    first["colour"] = own.get("colour") or (row.brand.colour if row.brand_id else Brand().colour)
    for language in _spoken(row):
        first[f"speaks_{language}"] = language in (own.get("languages") or [language])
        first |= {f"{name}_{language}": _own(row, language).get(name, "") for name in TEXTS}
    for n, rule in enumerate((own.get("invitations") or [])[:MAX_INVITATIONS]):
        first |= {f"invite_{part}_{n}": rule.get(part, "") for part in ("page", "seconds")}
        first |= {f"invite_text_{n}_{each}": text for each, text in _text_of(rule, row).items()}
        first[f"invite_cart_{n}"] = rule.get("cart") or ""
    return first


def _host(given: str) -> str:
    """In ASCII, as browsers send it. Raises ValueError."""
    if _LOCAL.fullmatch(given):
        return given
    if "." not in given or "*" in given:
        raise ValueError(given)
    return idna.encode(given, uts46=True).decode()


def _spoken(row: Line) -> list[str]:
    """The shop's own languages first, then those we speak without its help."""
    base = [each.partition("-")[0] for each in row.merchant.languages]
    return list(dict.fromkeys([*base, "en", "de", "es", "fr"]))[:8]


def _invites_in(row: Line) -> list[str]:
    """The shop's own languages, and those that an invitation speaks already."""
    own = [each.partition("-")[0] for each in row.merchant.languages] or ["en"]
    used = [each for rule in row.settings.get("invitations") or [] for each in _text_of(rule, row)]
    return list(dict.fromkeys([*own, *used]))[:8]


def _text_of(rule: dict[str, Any], row: Line) -> dict[str, str]:
    """By language; a plain text is in the shop's first."""
    text = rule.get("text") or ""
    return text if isinstance(text, dict) else {_spoken(row)[0]: str(text)}


def _all_texts(row: Line) -> dict[str, Any]:
    found = row.settings.get("texts")
    return found if isinstance(found, dict) else {}


def _own(row: Line, language: str) -> dict[str, str]:
    found = _all_texts(row).get(language)
    return found if isinstance(found, dict) else {}


def _address(row: Line) -> str:
    """A chat has no address on the net but its token; this one tells it from the shop's other chats."""
    usual = f"chat.{row.merchant_id}.{row.brand_id}"
    taken = Line.objects.filter(merchant_id=row.merchant_id, kind="chat", address=usual).exists()
    return f"{usual}.{new_token(48)}" if taken else usual
