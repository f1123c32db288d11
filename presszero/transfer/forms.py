"""What the screens of this app may send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from presszero.channels.models import Line
from presszero.merchants.models import Merchant

from .sources import SOURCES, sheet


class Bring(forms.Form):
    """A file, or the promise of one."""

    source = forms.ChoiceField(choices=[(key, key) for key in (*SOURCES, sheet.KEY)])
    about = forms.ChoiceField(
        choices=lambda: [("", ""), *((each.key, each.key) for each in sheet.sheets())], required=False
    )
    filename = forms.CharField(max_length=255, required=False)
    file = forms.FileField(required=False, error_messages={"empty": _("The file is empty.")})


class Where(forms.Form):
    """From which line what comes in is answered."""

    line = forms.ModelChoiceField(Line.objects.none(), required=False)

    def __init__(self, merchant: Merchant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = Line.objects.filter(merchant=merchant).order_by("name")  # type: ignore[attr-defined]  # a ModelChoiceField has one
