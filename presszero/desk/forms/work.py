"""Topics and own fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from presszero.conversations.models import Topic
from presszero.core.text import clean, one_line
from presszero.customers.models import OwnField
from presszero.merchants.models import Merchant


class TopicForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    class Meta:
        model = Topic
        fields = ["name"]

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], 80)
        same = Topic.objects.filter(merchant_id=self.instance.merchant_id, name__iexact=name)
        if same.exclude(id=self.instance.id).exists():
            raise ValidationError(_("There is a topic of this name already."))
        return name


class OwnFieldForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    """A field of their own. Its key is made of the label and stays, so that what was filled in is kept."""

    choices_text = forms.CharField(required=False, max_length=4000)
    about = forms.ChoiceField(choices=OwnField.About.choices, required=False)
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ("text", "number", "date", "yesno", "choice")])

    class Meta:
        model = OwnField
        fields = ["label", "kind"]

    def clean_about(self) -> str:
        """What is filled in stays where it was: a field that is kept does not change sides."""
        return str(self.instance.about if self.instance.pk else self.cleaned_data["about"] or OwnField.About.CUSTOMER)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        lines = [one_line(line, 80) for line in clean(found.get("choices_text", "")).splitlines()]
        self.instance.choices = list(dict.fromkeys(filter(None, lines)))
        if found.get("kind") == "choice" and not self.instance.choices:
            self.add_error("choices_text", _("Write the choices, one a line."))
        self.instance.about = found.get("about") or self.instance.about
        if not self.instance.key:
            self.instance.key = _free_key(self.instance.merchant, self.instance.about, found.get("label", ""))
        return found


def _free_key(merchant: Merchant, about: str, label: str) -> str:
    base = slugify(label)[:34].replace("-", "_") or "field"
    taken = set(OwnField.objects.filter(merchant=merchant, about=about).values_list("key", flat=True))
    # Keys of the customer itself are not for own fields.
    taken |= {"name", "language", "timezone", "preferred_channel"}
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 999))) if key not in taken)
