"""What service costs: amounts as people type them, and the day they count from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from presszero.core.money import BadMoney, Money, typed


@dataclass(frozen=True, slots=True)
class Asked:
    """One amount that the form asks for. `now`: what counts today; None for nothing."""

    what: str
    label: str
    now: int | None
    unit: str = ""

    @property
    def name(self) -> str:
        """As a field of a form may be called."""
        return self.what.replace(":", "-")


class CostsForm(forms.Form):
    """Amounts in the merchant's currency; one that is empty, or is what counts already, changes nothing."""

    since = forms.DateField(error_messages={"required": "", "invalid": ""})

    def __init__(self, wanted: Sequence[Asked], currency: str, given: object = None, since: date | None = None) -> None:
        super().__init__(given, initial={"since": since})  # type: ignore[arg-type]  # a QueryDict, or None
        self.wanted, self.currency = wanted, currency
        for each in wanted:
            shown = "" if each.now is None else str(Money(each.now, currency).decimal)
            self.fields[each.name] = forms.CharField(required=False, max_length=30, label=each.label, initial=shown)

    @property
    def has_people(self) -> bool:
        """Somebody has an hour of their own, or an error stands there."""
        return any(each.now is not None or each.name in self.errors for each in self.wanted if "member" in each.what)

    def clean(self) -> dict[str, object]:
        """Each amount read as the person's language writes it."""
        if "since" in self.errors:
            self.errors["since"] = self.error_class([_("Pick the day that these count from.")])
        for each in self.wanted:
            words = str(self.cleaned_data.get(each.name, "")).strip()
            if not words:
                continue
            try:
                amount = typed(words, self.currency, get_language() or "en")
            except BadMoney:
                self.add_error(each.name, _("This is no amount. Write it like 24.50."))
                continue
            if amount.minor < 0:
                self.add_error(each.name, _("A rate is never below nothing."))
            self.cleaned_data[each.name] = amount
        return self.cleaned_data

    def changed(self) -> list[tuple[str, Money]]:
        """(what, amount) of every rate that is another than today's."""
        found = ((each, self.cleaned_data.get(each.name)) for each in self.wanted)
        return [(e.what, a) for e, a in found if isinstance(a, Money) and a.minor != e.now]
