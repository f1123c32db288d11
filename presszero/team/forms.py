"""What the screens accept: these fields and no others."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .models import Role
from .passwords import LONGEST

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def _password(**options: object) -> forms.CharField:
    return forms.CharField(max_length=LONGEST, strip=False, widget=forms.PasswordInput, **options)  # type: ignore[arg-type]


class SignIn(forms.Form):
    email = forms.CharField(max_length=254)
    password = _password()


class Code(forms.Form):
    code = forms.CharField(max_length=40)


class Forgot(forms.Form):
    email = forms.EmailField(max_length=254)


class NewPassword(forms.Form):
    password = _password()


class Join(forms.Form):
    name = forms.CharField(max_length=120)
    password = _password()


class ChangePassword(forms.Form):
    old = _password()
    new = _password()


class Password(forms.Form):
    password = _password()


class Profile(forms.Form):
    name = forms.CharField(max_length=120)
    language = forms.ChoiceField(required=False)
    timezone = forms.ChoiceField(required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["language"].choices = [("", _("As the browser asks")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.fields["timezone"].choices = [("", _("As the shop's")), *zones]  # type: ignore[attr-defined]


class Provider(forms.Form):
    """Where a team signs in. A secret left empty stays as it is."""

    name = forms.CharField(max_length=60)
    issuer = forms.CharField(max_length=300)
    client_id = forms.CharField(max_length=300)
    secret = forms.CharField(max_length=1000, required=False, strip=True)
    domains = forms.CharField(max_length=2000, required=False)
    may_join = forms.BooleanField(required=False)
    role = forms.ChoiceField(choices=[choice for choice in Role.choices if choice[0] != Role.ADMIN])
    enforced = forms.BooleanField(required=False)

    def clean_domains(self) -> list[str]:
        """Apart by commas, spaces or lines; "@" before one is a habit, not a mistake."""
        words = self.cleaned_data["domains"].replace(",", " ").lower().split()
        found = list(dict.fromkeys(word.lstrip("@") for word in words))
        wrong = [word for word in found if not _DOMAIN.fullmatch(word)]
        if wrong:
            raise forms.ValidationError(_("%(word)s is not a domain.") % {"word": wrong[0][:60]})
        return found[:50]


class Switch(forms.Form):
    merchant = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class Invite(forms.Form):
    email = forms.EmailField(max_length=254)
    role = forms.ChoiceField(choices=Role.choices)


class ChangeRole(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
