"""The forms of a phone line, and where each value is kept."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.core.phones import e164, is_country
from presszero.merchants.models import Hours, Merchant
from presszero.routing.models import Queue

from ..models import Menu, Reception

_TRUNK = ("host", "port", "username", "caller_id")


class NumberForm(forms.Form):
    """A number as it is written down anywhere, with its country's code."""

    number = forms.CharField(max_length=40)
    name = forms.CharField(max_length=120, required=False)

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant

    def clean_number(self) -> str:
        found = written_number(self.cleaned_data["number"])
        if Line.objects.filter(merchant=self.merchant, kind="phone", address=found).exists():
            raise forms.ValidationError(_("This number is there already."))
        return found


class LineForm(forms.Form):
    """How a number is answered, and what carries it."""

    name = forms.CharField(max_length=120)
    hours = forms.TypedChoiceField(coerce=int, required=False)
    menu = forms.TypedChoiceField(coerce=int, required=False)
    queue = forms.TypedChoiceField(coerce=int, required=False)
    closed_plan = forms.ChoiceField()
    records = forms.ChoiceField()
    texts_missed = forms.BooleanField(required=False)
    ring_seconds = forms.IntegerField(min_value=5, max_value=120)
    wrap_seconds = forms.IntegerField(min_value=0, max_value=600)
    countries = forms.CharField(max_length=300, required=False)
    driver = forms.ChoiceField()
    host = forms.CharField(max_length=200, required=False)
    port = forms.IntegerField(min_value=1, max_value=65535, required=False)
    networks = forms.CharField(max_length=500, required=False)
    username = forms.CharField(max_length=100, required=False)
    password = forms.CharField(max_length=200, required=False, strip=False)
    caller_id = forms.CharField(max_length=40, required=False)

    def __init__(self, data: Any = None, *, line: Line, reception: Reception) -> None:
        self.line, self.reception = line, reception
        super().__init__(data, initial=self._as_kept())
        owned = {"merchant_id": line.merchant_id}
        self._choose("hours", Hours.objects.filter(**owned).values_list("id", "name"), _("Always open"))
        menus = Menu.objects.filter(**owned, retired_at=None, versions__isnull=False).distinct()
        self._choose("menu", menus.values_list("id", "name"), _("None: straight to a person"))
        queues = Queue.objects.filter(**owned, retired_at=None).order_by("id").values_list("id", "name")
        self._choose("queue", queues, _("The first there is"))
        self._choose("closed_plan", closed_plans().items())
        self._choose("records", records().items())
        self._choose("driver", drivers().items())

    def clean_countries(self) -> list[str]:
        """ISO 3166 codes."""
        found = self.cleaned_data["countries"].replace(",", " ").upper().split()
        unknown = [each for each in found if not is_country(each)]
        if unknown:
            raise forms.ValidationError(_("%(code)s is no country's code. Write GB DE US.") % {"code": unknown[0]})
        return sorted(set(found))

    def clean_networks(self) -> list[str]:
        """Addresses the carrier calls us from."""
        found = self.cleaned_data["networks"].replace(",", " ").split()
        try:
            return [str(ip_network(each, strict=False)) for each in found]
        except ValueError as why:
            raise forms.ValidationError(_("Write addresses such as 203.0.113.7 or 203.0.113.0/28.")) from why

    def clean_caller_id(self) -> str:
        given = self.cleaned_data["caller_id"]
        return written_number(given) if given else ""

    def before(self) -> dict[str, Any]:
        """What is kept now, as the record tells it; no secrets."""
        return {name: value for name, value in self._as_kept().items() if name != "password"}

    def keep(self) -> None:
        """Writes what was cleaned into line and reception."""
        given, line, reception = self.cleaned_data, self.line, self.reception
        line.name, line.hours_id = given["name"], given["hours"] or None
        trunk = {name: given[name] for name in _TRUNK if given[name]}
        line.settings = {**line.settings, "driver": given["driver"], "trunk": {**trunk, "networks": given["networks"]}}
        if given["password"]:
            line.keep_secrets(
                {**line.secrets, "trunk_password": given["password"]}
                if line.sealed
                else {"trunk_password": given["password"]}
            )
        line.save()
        reception.menu_id, reception.queue_id = given["menu"] or None, given["queue"] or None
        for name in ("closed_plan", "records", "texts_missed", "ring_seconds", "wrap_seconds", "countries"):
            setattr(reception, name, given[name])
        reception.save()

    def _as_kept(self) -> dict[str, Any]:
        line, reception = self.line, self.reception
        trunk = line.settings.get("trunk", {})
        return {
            "name": line.name,
            "hours": line.hours_id or 0,
            "menu": reception.menu_id or 0,
            "queue": reception.queue_id or 0,
            "closed_plan": reception.closed_plan,
            "records": reception.records,
            "texts_missed": reception.texts_missed,
            "ring_seconds": reception.ring_seconds,
            "wrap_seconds": reception.wrap_seconds,
            "countries": " ".join(reception.countries),
            "driver": line.settings.get("driver", "sip"),
            "networks": " ".join(trunk.get("networks", [])),
            **{name: trunk.get(name, "") for name in _TRUNK},
        }

    def _choose(self, name: str, choices: Any, nothing: str = "") -> None:
        """Gives a field its choices; `nothing` is what 0 is called."""
        self.fields[name].choices = [*([(0, nothing)] if nothing else []), *choices]  # type: ignore[attr-defined]


def written_number(given: str) -> str:
    """+442079460042. Raises ValidationError."""
    found = e164(given)
    if not found:
        raise forms.ValidationError(_("That is no phone number. Write it with its country’s code: +44 20 7946 0042."))
    return found


def closed_plans() -> dict[str, str]:
    """What a caller without a menu gets while nobody is there."""
    return {
        "voicemail": _("They leave a message"),
        "callback": _("We call back, at a time we say"),
        "say": _("They are told when we open"),
    }


def records() -> dict[str, str]:
    return {"never": _("Never"), "asked": _("When the caller was asked, and did not decline")}


def drivers() -> dict[str, str]:
    """What carries a line."""
    return {"sip": _("Our own gateway, by a SIP carrier"), "hosted": _("A provider: Twilio, SignalWire, Telnyx …")}
