"""What a member may ask to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from .models import AlertChoice


class Choice(forms.Form):
    """Named as the columns of AlertChoice."""

    mine = forms.BooleanField(required=False)
    given = forms.BooleanField(required=False)
    unassigned = forms.BooleanField(required=False)
    mentions = forms.BooleanField(required=False)
    promises = forms.BooleanField(required=False)
    questions = forms.BooleanField(required=False)
    waits = forms.BooleanField(required=False)
    desktop = forms.BooleanField(required=False)
    push = forms.BooleanField(required=False)
    sound = forms.BooleanField(required=False)
    says = forms.ChoiceField(choices=AlertChoice.Says.choices)
    quiet_from = forms.TimeField(required=False)
    quiet_to = forms.TimeField(required=False)

    @classmethod
    def of(cls, choice: AlertChoice) -> Choice:
        """As it stands now."""
        return cls(initial={name: getattr(choice, name) for name in cls.base_fields})

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if (found.get("quiet_from") is None) != (found.get("quiet_to") is None) and not self.errors:
            self.add_error("quiet_to", _("Give both the beginning and the end, or neither."))
        return found


class Subscribed(forms.Form):
    """As the browser's push manager writes a subscription."""

    endpoint = forms.CharField(max_length=2000)
    p256dh = forms.CharField(max_length=200)
    auth = forms.CharField(max_length=100)
