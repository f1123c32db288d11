"""What a provider of calls needs to know, and where each value is kept: secrets sealed, the rest on the line."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.core.phones import read

from .providers import PROVIDERS, SIGNALWIRE, TELNYX, provider_of

SECRETS = ("auth_token", "api_key", "api_secret", "public_key")
_PLAIN = ("provider", "account", "space", "application", "language", "in_need")
_ACCOUNT = re.compile(r"[A-Za-z0-9-]{6,64}")


class HostedForm(forms.Form):
    """A line's account at its provider. A secret that is left empty stays as it is."""

    provider = forms.ChoiceField()
    account = forms.CharField(max_length=64)
    space = forms.CharField(max_length=200, required=False)
    application = forms.CharField(max_length=40, required=False)
    auth_token = forms.CharField(max_length=200, required=False)
    api_key = forms.CharField(max_length=200, required=False)
    api_secret = forms.CharField(max_length=400, required=False)
    public_key = forms.CharField(max_length=200, required=False)
    language = forms.CharField(max_length=12, required=False)
    in_need = forms.CharField(max_length=40, required=False)

    def __init__(self, data: Any = None, *, line: Line) -> None:
        self.line = line
        self.kept = line.secrets if line.sealed else {}
        super().__init__(data, initial=plain(line))
        choices = [(each.key, each.name) for each in PROVIDERS.values()]
        self.fields["provider"].choices = choices  # type: ignore[attr-defined]

    def clean_account(self) -> str:
        found: str = self.cleaned_data["account"].strip()
        if not _ACCOUNT.fullmatch(found):
            raise forms.ValidationError(_("Copy it from your provider’s page: letters, digits and nothing else."))
        return found

    def clean_space(self) -> str:
        """juniper.signalwire.com, however it was written."""
        given = self.cleaned_data["space"].strip()
        host = urlsplit(given if "://" in given else f"https://{given}").hostname or ""
        if given and not host.endswith(".signalwire.com"):
            raise forms.ValidationError(_("It ends with .signalwire.com."))
        return host if given else ""

    def clean_application(self) -> str:
        found: str = self.cleaned_data["application"].strip()
        if found and not found.isalnum():
            raise forms.ValidationError(_("Copy it from your provider’s page: letters, digits and nothing else."))
        return found

    def clean_in_need(self) -> str:
        given = self.cleaned_data["in_need"]
        if not given:
            return ""
        found = read(given)
        if found is None:
            raise forms.ValidationError(_("Write it with its country’s code: +44 20 7946 0042."))
        if not found.assigned or found.e164 == self.line.address:
            raise forms.ValidationError(_("That number cannot be rung. It must be another than this line’s."))
        return found.e164

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        provider = PROVIDERS.get(given.get("provider", ""))
        if provider is SIGNALWIRE and not given.get("space"):
            self.add_error("space", _("SignalWire needs the name of your space."))
        if provider is TELNYX:
            self._need("public_key", _("Telnyx signs with a key pair: copy its public key."))
            self._need("api_secret", _("Telnyx needs an API key."))
            if not given.get("application"):
                self.add_error("application", _("Telnyx rings nobody without the id of your TeXML application."))
        elif provider:
            self._need("auth_token", _("Without it nobody could tell your provider from a stranger."))
        return given

    def keep(self) -> None:
        """Writes what was cleaned. A token that is replaced counts on until it is forgotten: no call is lost."""
        given, line = self.cleaned_data, self.line
        secrets = {**self.kept, **{name: given[name].strip() for name in SECRETS if given[name]}}
        before = self.kept.get("auth_token", "")
        if before and before != secrets.get("auth_token"):
            secrets["old_auth_token"] = before
        line.settings = {**line.settings, "driver": "hosted", **{name: given[name] for name in _PLAIN}}
        line.keep_secrets(secrets)
        line.save(update_fields=["settings", "sealed"])

    def _need(self, name: str, sentence: str) -> None:
        if not (self.cleaned_data.get(name) or self.kept.get(name)):
            self.add_error(name, sentence)


def plain(line: Line) -> dict[str, str]:
    """What is kept and no secret."""
    return {"provider": provider_of(line.settings).key, **{n: str(line.settings.get(n, "")) for n in _PLAIN[1:]}}


def forget_old_token(line: Line) -> None:
    """From now on only the new one counts."""
    line.keep_secrets({name: value for name, value in line.secrets.items() if name != "old_auth_token"})
    line.save(update_fields=["sealed"])
