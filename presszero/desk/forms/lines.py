"""Lines: the addresses we own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from presszero.channels.adapters.email.provider.catalogue import PROVIDERS
from presszero.channels.models import Line
from presszero.core.text import one_line
from presszero.merchants.models import Brand, Hours
from presszero.team.models import Team

SECURITY = [("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "—")]
_UNCHANGED = ""  # a secret left empty stays as it is


class LineForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    """What every line has."""

    first_reply_minutes = forms.IntegerField(min_value=1, max_value=100_000)
    next_reply_minutes = forms.IntegerField(min_value=1, max_value=100_000)

    class Meta:
        model = Line
        fields = ["name", "brand", "hours", "team", "first_reply_minutes", "next_reply_minutes"]

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        mine = {"merchant_id": self.instance.merchant_id}
        self.fields["brand"] = forms.ModelChoiceField(Brand.objects.filter(**mine).order_by("name"))
        self.fields["hours"] = forms.ModelChoiceField(Hours.objects.filter(**mine).order_by("name"), required=False)
        teams = Team.objects.filter(**mine, retired_at=None).order_by("name")
        self.fields["team"] = forms.ModelChoiceField(teams, required=False, empty_label=_("Everybody’s"))

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"], 120)


class EmailLineForm(LineForm):
    """A mailbox: how its mail comes in and goes out. Passwords left empty stay as they are."""

    address = forms.EmailField(max_length=254)
    provider = forms.ChoiceField(required=False, choices=[("", ""), *((k, p.name) for k, p in PROVIDERS.items())])
    smtp_host = forms.CharField(required=False, max_length=200)
    smtp_port = forms.IntegerField(required=False, min_value=1, max_value=65535)
    smtp_security = forms.ChoiceField(required=False, choices=SECURITY)
    smtp_user = forms.CharField(required=False, max_length=200)
    smtp_password = forms.CharField(required=False, max_length=500, strip=False)
    imap_host = forms.CharField(required=False, max_length=200)
    imap_port = forms.IntegerField(required=False, min_value=1, max_value=65535)
    imap_security = forms.ChoiceField(required=False, choices=SECURITY)
    imap_user = forms.CharField(required=False, max_length=200)
    imap_password = forms.CharField(required=False, max_length=500, strip=False)
    imap_folder = forms.CharField(required=False, max_length=200)
    authserv_id = forms.CharField(required=False, max_length=200)
    dkim_selector = forms.CharField(required=False, max_length=100)
    dkim_key = forms.CharField(required=False, max_length=8000)

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).lower()
        same = Line.objects.filter(merchant_id=self.instance.merchant_id, kind="email", address=address)
        if same.exclude(id=self.instance.id).exists():
            raise ValidationError(_("This address is a line of yours already."))
        return address

    def keep(self) -> Line:
        """Writes settings and secrets into the line."""
        found = self.cleaned_data
        row: Line = self.instance
        row.address = found["address"]
        row.settings = {
            **row.settings,
            "provider": found["provider"],
            "authserv_id": one_line(found["authserv_id"], 200),
            "dkim_selector": one_line(found["dkim_selector"], 100),
            "smtp": self._server("smtp"),
            "imap": {**row.settings.get("imap", {}), **self._server("imap"), "folder": found["imap_folder"] or "INBOX"},
        }
        secrets = {name: value for name, value in self._secrets().items() if value != _UNCHANGED}
        if secrets.get("imap_password") or secrets.get("smtp_password"):
            row.settings = {name: value for name, value in row.settings.items() if name != "oauth"}  # by password again
        row.keep_secrets({**row.secrets, **secrets})
        row.save()
        return row

    def _server(self, name: str) -> dict[str, Any]:
        asked = {part: self.cleaned_data[f"{name}_{part}"] for part in ("host", "port", "security", "user")}
        return {part: one_line(value, 200) if isinstance(value, str) else value for part, value in asked.items()}

    def _secrets(self) -> dict[str, str]:
        named = {name: self.cleaned_data[name] for name in ("smtp_password", "imap_password", "dkim_key")}
        wanted = secret_names(self.cleaned_data["provider"])
        return {**named, **{name: str(self.data.get(f"secret_{name}", "")).strip()[:2000] for name in wanted}}


class CustomLineForm(LineForm):
    """A channel of the merchant's own: a name, and where answers are posted to."""

    address = forms.CharField(max_length=120)
    url = forms.CharField(required=False, max_length=1000)
    trusts_identity = forms.BooleanField(required=False)

    def clean_address(self) -> str:
        address = one_line(self.cleaned_data["address"], 120)
        same = Line.objects.filter(merchant_id=self.instance.merchant_id, kind="custom", address=address)
        if same.exclude(id=self.instance.id).exists():
            raise ValidationError(_("There is a line of this name already."))
        return address

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValidationError(_("An address that begins with https://"))
        return url

    def keep(self) -> Line:
        """Writes the settings into the line; its secrets are made elsewhere."""
        row: Line = self.instance
        row.address = self.cleaned_data["address"]
        asked = {name: self.cleaned_data[name] for name in ("url", "trusts_identity")}
        row.settings = {**row.settings, **asked}
        row.save()
        return row


def secret_names(provider: str) -> list[str]:
    """Which secrets a provider's line needs."""
    found = PROVIDERS.get(provider)
    if found is None:
        return []
    names = [*found.sending_secrets, *found.mail.guards, *found.mail.needs, *found.reports.guards]
    return list(dict.fromkeys(names))


def first_values(row: Line) -> dict[str, Any]:
    """What the form of an e-mail line starts with; never a secret."""
    smtp, imap = row.settings.get("smtp") or {}, row.settings.get("imap") or {}
    return {
        "address": row.address,
        "provider": row.settings.get("provider", ""),
        "authserv_id": row.settings.get("authserv_id", ""),
        "dkim_selector": row.settings.get("dkim_selector", ""),
        **{f"smtp_{part}": smtp.get(part, "") for part in ("host", "port", "security", "user")},
        **{f"imap_{part}": imap.get(part, "") for part in ("host", "port", "security", "user", "folder")},
    }


def custom_values(row: Line) -> dict[str, Any]:
    """What the form of the merchant's own channel starts with; never its secret."""
    asked = {"url": row.settings.get("url", ""), "trusts_identity": row.settings.get("trusts_identity", False)}
    return {"address": row.address, **asked}
