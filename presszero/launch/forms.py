"""What the first day asks. Where the settings ask the same, their own form has the last word."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapters.email import guess
from presszero.core.text import one_line
from presszero.desk.forms.chat import origin
from presszero.merchants.policy import DAYS
from presszero.team.models import Role
from presszero.team.passwords import LONGEST

MANY = 20  # people invited at once
OWN = "own"
WEEKS = {  # name → what each day's field says
    "office": dict.fromkeys(DAYS[:5], "09:00-17:00"),
    "shop": dict.fromkeys(DAYS[:6], "10:00-18:00"),
    "every": dict.fromkeys(DAYS, "09:00-20:00"),
}
SECURITY = [
    ("", gettext_lazy("As usual for it")),
    ("tls", "TLS"),
    ("starttls", "STARTTLS"),
    ("none", gettext_lazy("None")),
]


class Start(forms.Form):
    """You and your shop."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(max_length=254)
    password = forms.CharField(max_length=LONGEST, strip=False, widget=forms.PasswordInput)
    shop = forms.CharField(max_length=120)
    phone = forms.CharField(required=False, max_length=40)
    size = forms.ChoiceField(choices=[("alone", ""), ("team", "")], initial="alone")
    timezone = forms.CharField(required=False, max_length=60)
    language = forms.CharField(required=False, max_length=40)

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"], 120)

    def clean_shop(self) -> str:
        return one_line(self.cleaned_data["shop"], 120)

    def clean_phone(self) -> str:
        return one_line(self.cleaned_data["phone"], 40)


class Mailbox(forms.Form):
    """A mailbox in as few words as it takes: the servers are found out where they are not given."""

    way = forms.ChoiceField(choices=[("fetch", ""), ("handed", "")], initial="fetch")
    address = forms.EmailField(max_length=254)
    password = forms.CharField(required=False, max_length=500, strip=False, widget=forms.PasswordInput)
    user = forms.CharField(required=False, max_length=200)
    imap = forms.CharField(required=False, max_length=200)
    imap_security = forms.ChoiceField(required=False, choices=SECURITY)
    smtp = forms.CharField(required=False, max_length=200)
    smtp_security = forms.ChoiceField(required=False, choices=SECURITY)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in ("imap", "smtp"):
            found[f"{name}_at"] = self._where(name, found)
        return found

    def _where(self, name: str, found: dict[str, Any]) -> guess.Where | None:
        typed = str(found.get(name) or "")
        if not typed:
            return None
        try:
            return guess.at(typed, str(found.get(f"{name}_security") or ""), sending=name == "smtp")
        except ValueError:
            self.add_error(name, _("A name such as mail.yourshop.com, with :port behind it if it is an unusual one."))
            return None


class Week(forms.Form):
    """Which of the usual weeks, or one's own."""

    week = forms.ChoiceField(choices=[(name, "") for name in (*WEEKS, OWN)], initial="office")


class Web(forms.Form):
    """Which of the two, and where they stand."""

    form = forms.BooleanField(required=False)
    chat = forms.BooleanField(required=False)
    site = forms.CharField(required=False, max_length=300)

    def clean_site(self) -> str:
        """The origin, whatever page of it was given."""
        typed = str(self.cleaned_data["site"]).strip()
        return origin(typed) if typed else ""


class People(forms.Form):
    """Several addresses, a role for all of them."""

    emails = forms.CharField(max_length=6000)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.AGENT)

    def clean_emails(self) -> list[str]:
        typed = [part for part in re.split(r"[\s,;]+", str(self.cleaned_data["emails"])) if part]
        wrong = [part for part in typed if not _is_address(part)]
        if wrong:
            raise ValidationError(_("These are no e-mail addresses: %(wrong)s") % {"wrong": ", ".join(wrong[:5])})
        if len(typed) > MANY:
            raise ValidationError(_("Twenty at a time, please."))
        return list(dict.fromkeys(typed))


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
