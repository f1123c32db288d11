"""A batch as one of its people will read it: real words from real rows, before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.channels.wording import to_text
from presszero.commerce.models import Order
from presszero.customers.models import Customer
from presszero.team.mail import link

from .batches import LATE
from .choices import offered
from .default_words import Words
from .filling import written
from .models import Batch
from .notices import language_for, words_for
from .regarding import brand_of
from .telling import case_of, expected
from .unsubscribing import foot
from .wording import Setting, spoken_by, stood


@dataclass(frozen=True, slots=True)
class Sample:
    """Who would read what."""

    customer: Customer
    order: Order | None
    subject: str
    text: str
    foot: str
    choices: tuple[str, ...]


def samples(row: Batch) -> list[Sample]:
    """Those that the dry run picked, with the words as they would go now."""
    found = []
    for who, number in row.rehearsal.get("samples", []):
        person = Customer.objects.filter(merchant_id=row.merchant_id, id=who).select_related("merchant").first()
        if person is not None:
            found.append(sample(row, person, number))
    return found


def sample(row: Batch, person: Customer, number: int | None) -> Sample:
    """For one of them, and the order it is about."""
    rows = Order.objects.filter(merchant_id=row.merchant_id, id=number or 0).select_related("merchant", "store")
    order = rows.first()
    brand = brand_of(row.merchant_id, order)
    assert brand is not None, "a merchant has a brand from its first day"
    language = language_for(person.merchant, spoken_by(person))
    day = expected(order) if order else None
    offers = offered(LATE, case_of(order, person, day)) if order and row.notice == LATE else []
    labels = [(each.label, link("/c/…")) for each in offers]
    usual = words_for(row.merchant_id, row.notice, language, brand)
    told = {"day": day.isoformat()} if day else {}
    state = stood(person, order, told, Setting(brand, language, link("/c/…"), labels))
    said = written(Words(row.subject, row.text, usual.next, usual.open), state)
    under = foot(person, brand, row.channel or "email", row.purpose)
    return Sample(person, order, said.subject, to_text(said.text), under, tuple(each.label for each in offers))
