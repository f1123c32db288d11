"""A line for texts: a number of ours, and the account that it belongs to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapters.sms.account import TWILIO
from presszero.channels.models import Line
from presszero.core.phones import e164, region_of_zone, shown
from presszero.core.text import one_line

from .lines import LineForm

PROVIDERS: list[tuple[str, str | Promise]] = [
    ("twilio", "Twilio"),
    ("signalwire", "SignalWire"),
    ("other", gettext_lazy("Another with the same interface")),
]
REGISTERED: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Not needed: no texts to the United States")),
    ("10dlc", gettext_lazy("Local number, registered (10DLC)")),
    ("toll_free", gettext_lazy("Toll-free number, verified")),
    ("short_code", gettext_lazy("Short code, leased")),
    ("pending", gettext_lazy("Applied for, not confirmed yet")),
]
PICTURES: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("As the provider says of the number")),
    ("yes", gettext_lazy("Yes: picture messages, within the country")),
    ("no", gettext_lazy("No: the text gets a link to each file")),
]
_WHERE = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?")  # a host, and perhaps a port
_SETTINGS = ("provider", "account_sid", "service_sid", "registered", "brand_id", "campaign_id", "pictures")


class TextLineForm(LineForm):
    """Keys left empty stay as they are; a new one holds beside the old one until that is let go."""

    address = forms.CharField(max_length=40)
    provider = forms.ChoiceField(choices=PROVIDERS)
    api_base = forms.CharField(required=False, max_length=200)
    account_sid = forms.CharField(max_length=100)
    auth_token = forms.CharField(required=False, max_length=200)
    signing_key = forms.CharField(required=False, max_length=200)
    service_sid = forms.CharField(required=False, max_length=100)
    pictures = forms.ChoiceField(required=False, choices=PICTURES)
    registered = forms.ChoiceField(required=False, choices=REGISTERED)
    brand_id = forms.CharField(required=False, max_length=60)
    campaign_id = forms.CharField(required=False, max_length=60)
    forget_old = forms.BooleanField(required=False)

    def clean_address(self) -> str:
        row: Line = self.instance
        address = e164(str(self.cleaned_data["address"]), region_of_zone(row.merchant.timezone))
        if not address:
            raise ValidationError(_("This is no telephone number. Write it with its country: +44 20 7946 0018."))
        same = Line.objects.filter(merchant_id=row.merchant_id, kind="sms", address=address)
        if same.exclude(id=row.id).exists():
            raise ValidationError(_("This number is a line of yours already."))
        return address

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        found["api_base"] = self._base(found)
        if not found.get("auth_token") and not (self.instance.id and self.instance.secrets.get("auth_token")):
            self.add_error("auth_token", _("Without the token we can neither send nor know what is genuine."))
        return found

    def _base(self, found: dict[str, Any]) -> str:
        """Where the provider's interface is: known of one, told of the others."""
        if found.get("provider") == "twilio":
            return TWILIO
        given = one_line(str(found.get("api_base") or ""), 200).rstrip("/")
        parts = urlsplit(given if "//" in given else f"https://{given}")
        if not _WHERE.fullmatch(parts.netloc) or parts.scheme not in ("http", "https"):
            self.add_error("api_base", _("An address that begins with https://"))
            return ""
        space = found.get("provider") == "signalwire" and parts.path in ("", "/")
        return f"{parts.scheme}://{parts.netloc}{'/api/laml' if space else parts.path}"

    def keep(self) -> Line:
        """Writes settings and secrets into the line."""
        found = self.cleaned_data
        row: Line = self.instance
        row.address = found["address"]
        said = {name: one_line(str(found[name]), 200) for name in _SETTINGS}
        held = {name: value for name, value in row.settings.items() if name != "pictures_asked"}  # asked anew
        row.settings = {**held, **said, "api_base": found["api_base"]}
        row.keep_secrets(self._secrets(row.secrets if row.id else {}))
        row.save()
        return row

    def _secrets(self, held: dict[str, str]) -> dict[str, str]:
        found = self.cleaned_data
        token, before = found["auth_token"].strip(), held.get("auth_token", "")
        kept = dict(held)
        if token and token != before:
            kept |= {"auth_token": token, "old_auth_token": before}
        if found["signing_key"].strip():
            kept["signing_key"] = found["signing_key"].strip()
        if found["forget_old"]:
            kept["old_auth_token"] = ""
        return kept


def text_values(row: Line) -> dict[str, Any]:
    """What the form starts with; never a secret."""
    said = {name: row.settings.get(name, "") for name in (*_SETTINGS, "api_base")}
    return {**said, "provider": said["provider"] or "twilio", "address": shown(row.address) if row.address else ""}
