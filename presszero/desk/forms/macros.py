"""A macro: its words in some languages, its shortcut, and its steps."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from presszero.conversations import steps
from presszero.conversations.models import Macro, MacroText
from presszero.core.text import clean, one_line

LONGEST = 20_000  # letters of a text
_SHORTCUT = re.compile(r"[a-z0-9_-]{1,30}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", re.IGNORECASE | re.ASCII)


class MacroForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    """A ready answer, and what else it does. Its other texts come as lists: `text_in` and `text_of`."""

    steps = forms.CharField(required=False, max_length=60_000)
    shortcut = forms.CharField(required=False, max_length=31)

    class Meta:
        model = Macro
        fields = ["name", "text", "language", "shortcut"]

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], 80)
        same = Macro.objects.filter(merchant_id=self.instance.merchant_id, name=name, retired_at=None)
        if same.exclude(id=self.instance.id).exists():
            raise ValidationError(_("There is a macro of this name already."))
        return name

    def clean_text(self) -> str:
        return clean(self.cleaned_data["text"], LONGEST)

    def clean_shortcut(self) -> str:
        word = str(self.cleaned_data["shortcut"]).strip().lstrip(";").lower()
        if word and not _SHORTCUT.fullmatch(word):
            raise ValidationError(_("A shortcut is one word of letters, digits and hyphens."))
        same = Macro.objects.filter(merchant_id=self.instance.merchant_id, shortcut=word, retired_at=None)
        if word and same.exclude(id=self.instance.id).exists():
            raise ValidationError(_("Another macro has this shortcut already."))
        return word

    def clean_steps(self) -> list[dict[str, Any]]:
        try:
            nodes = json.loads(self.cleaned_data["steps"] or "[]")
        except ValueError:
            raise ValidationError(_("These steps cannot be read. Load the page again.")) from None
        try:
            return [dict(each.node) for each in steps.read(self.instance.merchant_id, nodes)]
        except steps.BadSteps as why:
            raise ValidationError(f"{why} {why.next_step}".strip()) from None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.texts = _texts(self.data) if isinstance(self.data, QueryDict) else {}
        if not found.get("text", "").strip() and not self.texts and not found.get("steps") and not self.errors:
            raise ValidationError(_("A macro says something, does something, or both."))
        self.instance.steps, self.instance.actions = found.get("steps") or [], {}
        return found

    def keep(self) -> Macro:
        """Kept, with its texts in other languages."""
        row: Macro = self.save()
        MacroText.objects.filter(merchant_id=row.merchant_id, macro=row).delete()
        owned = {"merchant_id": row.merchant_id, "macro": row}
        MacroText.objects.bulk_create(MacroText(**owned, language=code, text=text) for code, text in self.texts.items())
        return row


def _texts(given: QueryDict) -> dict[str, str]:
    """Language → words; what is empty is left out."""
    pairs = zip(given.getlist("text_in"), given.getlist("text_of"), strict=False)
    found = {code.strip(): clean(text, LONGEST) for code, text in pairs if text.strip() and code.strip()}
    for code in found:
        if not _LANGUAGE.fullmatch(code) or len(code) > 12:
            raise ValidationError(_("“%(code)s” is no language. Write it like de or pt-BR.") % {"code": code[:20]})
    return dict(list(found.items())[:20])
