"""How promises are kept, and kinds of the merchant's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from presszero.core.text import one_line
from presszero.promises.models import Keeping, PromiseKind


class KeepingForm(forms.Form):
    """Shares are typed as percent."""

    sure = forms.FloatField(min_value=5, max_value=95)
    keep = forms.FloatField(min_value=50, max_value=99.5)
    notice_words = forms.BooleanField(required=False)
    ask_after_order = forms.BooleanField(required=False)

    @classmethod
    def of(cls, row: Keeping, given: Any = None) -> KeepingForm:
        """Filled with what counts now."""
        now = {"notice_words": row.notice_words, "ask_after_order": row.ask_after_order}
        return cls(given, initial={"sure": f"{row.sure * 100:g}", "keep": f"{row.keep * 100:g}", **now})

    def put(self, row: Keeping) -> dict[str, object]:
        """Into the row, unsaved; as the record says it."""
        found = self.cleaned_data
        row.sure, row.keep = round(found["sure"] / 100, 4), round(found["keep"] / 100, 4)
        row.notice_words, row.ask_after_order = found["notice_words"], found["ask_after_order"]
        return said(row)


class PromiseKindForm(forms.Form):
    """A kind of their own: "Engraving ready"."""

    name = forms.CharField(max_length=80)

    def __init__(self, given: Any, merchant_id: int) -> None:
        super().__init__(given)
        self.merchant_id = merchant_id

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], 80)
        if PromiseKind.objects.filter(merchant_id=self.merchant_id, name__iexact=name, off_at=None).exists():
            raise ValidationError(_("There is a kind of this name already."))
        return name


def said(row: Keeping) -> dict[str, object]:
    """As the record says it."""
    return {
        "sure": row.sure,
        "keep": row.keep,
        "notice_words": row.notice_words,
        "ask_after_order": row.ask_after_order,
    }
