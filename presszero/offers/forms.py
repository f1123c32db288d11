"""How the merchant wants suggestions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class How(forms.Form):
    """`share` in whole percent."""

    on = forms.BooleanField(required=False)
    share = forms.IntegerField(
        min_value=5,
        max_value=50,
        error_messages={
            "min_value": _("At least 5 in a hundred: fewer can never be told from chance."),
            "max_value": _("At most 50 in a hundred."),
            "invalid": _("A whole number, as in 10."),
            "required": _("A whole number, as in 10."),
        },
    )
    most = forms.TypedChoiceField(choices=[("1", "1"), ("2", "2"), ("3", "3")], coerce=int)
