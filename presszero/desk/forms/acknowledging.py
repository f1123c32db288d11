"""Whether a line says at once that it has somebody's words, and with which."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.core.text import clean
from presszero.promises.acknowledging import own_words, wanted
from presszero.promises.languages import LANGUAGES
from presszero.promises.wording import MAX_OWN, check_own


class AcknowledgingForm(forms.Form):
    """One text a language; an empty one is ours. Raises nothing: what is wrong stands beside its text."""

    on = forms.BooleanField(required=False)

    def __init__(self, given: Any, *, line: Line):
        super().__init__(given, initial={"on": wanted(line), **{c: own_words(line, c) for c in LANGUAGES}})
        self.line = line
        for code in LANGUAGES:
            self.fields[code] = _OwnWords(required=False, max_length=MAX_OWN * 2)

    def keep(self) -> dict[str, Any]:
        """Into the line's settings, beside what else stands there; what was kept."""
        texts = {code: self.cleaned_data[code] for code in LANGUAGES if self.cleaned_data[code]}
        after = {"on": self.cleaned_data["on"], "texts": texts}
        self.line.settings = {**self.line.settings, "acknowledge": after}
        self.line.save(update_fields=["settings"])
        return {"on": after["on"], "languages": ", ".join(texts)}


class _OwnWords(forms.CharField):
    def clean(self, value: Any) -> str:
        words = clean(str(super().clean(clean(str(value or "")))))
        try:
            return check_own(words)
        except Refused as why:
            raise ValidationError(f"{why} {why.next_step}") from why
