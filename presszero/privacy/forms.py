"""What the screens take in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from . import policy

HOW = [
    ("email", _("By e-mail")), ("chat", _("In the chat")), ("phone", _("On the phone")), ("letter", _("By letter")),
    ("person", _("In the shop")),
]  # fmt: skip
SURE = [
    ("address", _("They wrote from a confirmed address")), ("code", _("They gave back a code we sent")),
    ("account", _("They are signed in to the shop")), ("call", _("We called the number we had")),
    ("known", _("We know them in person")),
]  # fmt: skip


class Asked(forms.Form):
    """Who asked how, and how we know that it was them. Nobody asked: leave `asked` at "ourselves"."""

    asked = forms.ChoiceField(choices=[*HOW, ("ourselves", _("Nobody; we decided"))])
    proven = forms.ChoiceField(choices=[*SURE, ("not_needed", _("Nobody asked"))])
    asked_on = forms.DateField(required=False)
    with_notes = forms.BooleanField(required=False)
    at_once = forms.BooleanField(required=False)


class ChannelRule(forms.Form):
    """What stays how long on one channel. `look`: only say what would go."""

    what = forms.ChoiceField(choices=[(each, each) for each in sorted(policy.BY_CHANNEL)])
    channel = forms.CharField(max_length=20)
    days = forms.IntegerField(required=False, min_value=1, max_value=policy.LONGEST)
    look = forms.BooleanField(required=False)


class Rule(forms.Form):
    """A number of days; none is for ever."""

    days = forms.IntegerField(required=False, min_value=1, max_value=policy.LONGEST)
    channel = forms.CharField(required=False, max_length=20)
    drop = forms.BooleanField(required=False)
