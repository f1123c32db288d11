"""From a planned message to the words that go out: real state, in the customer's language and the merchant's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from presszero.channels.wording import to_html
from presszero.commerce.models import Order, OrderLine, Shipment
from presszero.conversations.models import Message
from presszero.core.money import Money
from presszero.customers.models import Customer
from presszero.customers.queries import family
from presszero.merchants.models import Brand, Merchant
from presszero.merchants.policy import Week
from presszero.promises.days import add_worked, day_of
from presszero.promises.languages import written_in
from presszero.team.mail import link
from presszero.ui.looks import contrast_with_white

from .default_words import Words
from .filling import State, written
from .models import Outreach
from .notices import language_for, words_for

READABLE = 4.5  # contrast, WCAG 2.2
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_BUTTONS = "<li "


@dataclass(frozen=True, slots=True)
class Said:
    """What goes out; `text` with our own few marks."""

    subject: str
    text: str
    language: str


def words_of(row: Outreach, brand: Brand) -> Said:
    """The row's message as things stand now; a batch brings its own words."""
    merchant = row.customer.merchant
    language = language_for(merchant, spoken_by(row.customer))
    words = words_for(merchant.id, row.notice, language, brand)
    if row.batch_id and row.batch and row.batch.text:
        words = Words(row.batch.subject, row.batch.text, words.next, words.open)
    said = written(words, state_of(row, brand, language))
    return Said(said.subject, said.text, language)


def html_of(said: Said, row: Outreach, brand: Brand) -> str:
    """For mail programs that draw: each choice is a button that says where it leads when it is pointed at."""
    body = to_html(said.text)
    page = re.escape(escape(link(f"/c/{row.token}?pick=")))
    anchor = re.compile(rf'<li><a href="({page}\d+)"[^>]*>([^<]*?) \([^<()]*\)</a></li>')
    colour = brand.colour if _COLOUR.fullmatch(brand.colour) else "#00695c"
    ink = "#ffffff" if contrast_with_white(colour) >= READABLE else "#101615"
    styles = [f"background:{colour};color:{ink};border-color:{colour}", "color:#1c2526;border-color:#b9c0c1"]
    found = anchor.sub(lambda m: _button(m[1], m[2], styles.pop(0) if len(styles) > 1 else styles[0]), body)
    return found.replace(f"<ul>{_BUTTONS}", f'<ul style="list-style:none;padding:0;margin:1.2em 0">{_BUTTONS}')


def state_of(row: Outreach, brand: Brand, language: str) -> State:
    """How things stand for the customer of this row."""
    told = row.told
    shown = [(each.label, link(f"/c/{row.token}?pick={each.id}")) for each in row.choices.order_by("position", "id")]
    return stood(row.customer, row.order, told, Setting(brand, language, link(f"/c/{row.token}"), shown))


@dataclass(frozen=True, slots=True)
class Setting:
    """For which brand and in which language; where the choices lead."""

    brand: Brand
    language: str
    link: str
    choices: Sequence[tuple[str, str]] = ()


def stood(customer: Customer, order: Order | None, told: Mapping[str, Any], where: Setting) -> State:
    """The values that stand for {{ … }}, of an order as it is and of what was planned to be told."""
    parcel = _parcel(order)
    return State(
        language=where.language,
        brand=where.brand.name,
        phone=where.brand.phone,
        name=customer.name,
        number=order.number if order else "",
        items=_items(order),
        total=order.money(order.total) if order else None,
        day=_day(told, "day"),
        was=_day(told, "was"),
        wanted=_day(told, "wanted"),
        answer_by=_day(told, "answer_by") or working_day(customer.merchant),
        carrier=parcel.carrier if parcel else "",
        parcel=parcel.tracking_url if parcel else "",
        refund=_money(told),
        item=str(told.get("item", "")),
        link=where.link,
        choices=where.choices,
    )


def working_day(merchant: Merchant, days: int = 1) -> date:
    """So many working days on from today there."""
    week = Week(merchant.timezone)
    return add_worked(day_of(timezone.now(), ZoneInfo(merchant.timezone)), days, week)


def spoken_by(customer: Customer) -> str:
    """What they are known to speak, else the language they last wrote in."""
    if customer.language:
        return customer.language
    wrote = Message.objects.filter(
        merchant_id=customer.merchant_id,
        conversation__customer_id__in=family(customer),
        inbound=True,
        entry__automatic="",
    )
    last = wrote.order_by("-at", "-id").values_list("entry__text", flat=True).first()
    return written_in(last) if last else ""


def _button(url: str, label: str, style: str) -> str:
    return (
        f'{_BUTTONS}style="margin:0 0 10px"><a href="{url}" rel="noopener noreferrer" target="_blank" '
        f'style="display:block;padding:13px 18px;border:1px solid;border-radius:12px;font-weight:600;'
        f'text-decoration:none;{style}">{label}</a></li>'
    )


def _items(order: Order | None) -> tuple[str, ...]:
    if order is None:
        return ()
    lines = OrderLine.objects.filter(merchant_id=order.merchant_id, order_id=order.id).order_by("position", "id")
    return tuple(f"{each.quantity} × {each.title}" if each.quantity > 1 else each.title for each in lines)


def _parcel(order: Order | None) -> Shipment | None:
    if order is None:
        return None
    rows = Shipment.objects.filter(merchant_id=order.merchant_id, order_id=order.id).exclude(state="cancelled")
    return rows.order_by("-id").first()


def _day(told: Mapping[str, Any], name: str) -> date | None:
    said = told.get(name)
    return date.fromisoformat(said) if isinstance(said, str) and said else None


def _money(told: Mapping[str, Any]) -> Money | None:
    amount, currency = told.get("amount"), told.get("currency")
    return Money(amount, currency) if isinstance(amount, int) and isinstance(currency, str) else None
