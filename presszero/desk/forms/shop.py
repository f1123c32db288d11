"""Merchant, brands and hours."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from presszero.core.text import clean, one_line
from presszero.merchants.models import Brand, Holiday, Hours, Merchant
from presszero.merchants.policy import DAYS

_SPAN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})\s*\Z")


def zones() -> list[tuple[str, str]]:
    """Every time zone by its name."""
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


def day_name(day: str) -> str:
    """ "mon" in the reader's words."""
    return str(WEEKDAYS[DAYS.index(day)])


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValidationError(_("Pick a time zone from the list, such as Europe/London."))
    return name


class MerchantForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    languages = forms.MultipleChoiceField(choices=settings.LANGUAGES)

    class Meta:
        model = Merchant
        fields = ["name", "currency", "languages", "timezone", "alone"]

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"], 120)

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise ValidationError(_("Three letters, such as EUR or GBP."))
        return code

    def clean_timezone(self) -> str:
        return _zone(self.cleaned_data["timezone"])


class BrandForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    class Meta:
        model = Brand
        fields = ["name", "colour", "signature", "mail_template", "phone"]

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"], 120)

    def clean_phone(self) -> str:
        return one_line(self.cleaned_data["phone"], 40)

    def clean_colour(self) -> str:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.cleaned_data["colour"]):
            raise ValidationError(_("A colour such as #00695c."))
        return str(self.cleaned_data["colour"])

    def clean_mail_template(self) -> str:
        text = clean(self.cleaned_data["mail_template"], 50_000).strip()
        if text and "{{ body }}" not in text:
            raise ValidationError(_("Say where the answer goes: write {{ body }} in its place."))
        return text


class HoursForm(forms.Form):
    """Hours with their holidays, as text: "09:00-12:30, 13:30-17:30" a day, "2026-12-25 Christmas" a line."""

    name = forms.CharField(max_length=80)
    timezone = forms.CharField(max_length=60)
    holidays = forms.CharField(required=False, max_length=10_000)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for day in DAYS:
            self.fields[day] = forms.CharField(required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        found["weekly"] = {day: self._spans(day) for day in DAYS if self._spans(day)}
        found["dates"] = self._dates()
        return found

    def clean_timezone(self) -> str:
        return _zone(self.cleaned_data["timezone"])

    def _spans(self, day: str) -> list[list[str]]:
        spans = []
        for part in filter(None, (p.strip() for p in str(self.data.get(day, "")).split(","))):
            found = _SPAN.match(part)
            start, end = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
            if not found or not start < end <= 24 * 60 or int(found[2]) > 59 or int(found[4]) > 59:
                self.add_error(day, _("Write it like 09:00-17:30; several with a comma."))
                return []
            spans.append([f"{start // 60:02d}:{start % 60:02d}", f"{end // 60:02d}:{end % 60:02d}"])
        if any(one[1] > two[0] for one, two in zip(sorted(spans), sorted(spans)[1:], strict=False)):
            self.add_error(day, _("These times overlap."))
        return sorted(spans)

    def _dates(self) -> dict[date, str]:
        dates = {}
        for line in filter(None, (p.strip() for p in str(self.data.get("holidays", "")).splitlines())):
            day, _space, name = line.partition(" ")
            try:
                dates[date.fromisoformat(day)] = one_line(name, 80) or _("Holiday")
            except ValueError:
                self.add_error("holidays", _("%(line)s: begin with the date, such as 2026-12-25.") % {"line": day[:40]})
        return dates

    def keep(self, row: Hours) -> Hours:
        """Writes it into a row, holidays included."""
        found = self.cleaned_data
        row.name, row.timezone, row.weekly = one_line(found["name"], 80), found["timezone"], found["weekly"]
        row.save()
        Holiday.objects.filter(merchant_id=row.merchant_id, hours=row).exclude(date__in=found["dates"]).delete()
        for day, name in found["dates"].items():
            Holiday.objects.update_or_create(merchant_id=row.merchant_id, hours=row, date=day, defaults={"name": name})
        return row


def as_text(row: Hours) -> dict[str, str]:
    """The form's first values."""
    days = {day: ", ".join(f"{a}-{b}" for a, b in row.weekly.get(day, [])) for day in DAYS}
    held = Holiday.objects.filter(merchant_id=row.merchant_id, hours_id=row.id).order_by("date")
    lines = "\n".join(f"{h.date} {h.name}" for h in held)
    return {"name": row.name, "timezone": row.timezone, "holidays": lines, **days}
