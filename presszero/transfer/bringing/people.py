"""Customers and colleagues. Whoever is known by number or address is met again, not made twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from presszero.customers.models import Consent, Customer, CustomerNote, Handle

from ..vocabulary import PersonFound, Where
from .forgotten import people_left
from .hand import Hand, Outcome
from .known import NOBODY, customers_by_handle, customers_by_number, faces, targets
from .registry import Looked

NAMELESS = gettext_noop("It has neither a name nor an address.")
UNKNOWN = gettext_noop("No customer of this number came in. Bring in the customers first.")
TAKEN = gettext_noop("This address belongs to another customer here.")
ANOTHER = gettext_noop(
    "This number came in before for somebody else. If the table is from another program, leave its numbers out."
)

People = Sequence[tuple[Where, PersonFound]]


@dataclass(eq=False)
class _Sorted:
    """A person, and the customer they are: known already, or to be made."""

    where: Where
    found: PersonFound
    customer_id: int | None = None
    numbered: bool = False  # the number elsewhere is known too
    twin: _Sorted | None = None  # the same person further up in this batch


def bring(hand: Hand, people: People) -> None:
    _colleagues(hand, [(where, found) for where, found in people if found.ours])
    sorted_out = list(_sorted(hand, people_left(hand, [(where, found) for where, found in people if not found.ours])))
    fresh = [each for each in sorted_out if each.customer_id is None and each.twin is None]
    met = [each for each in sorted_out if each not in fresh]
    _make(hand, fresh)
    noted = {each.found.external_id for each in fresh}
    for each in met:
        if each.twin is not None:
            each.customer_id = each.twin.customer_id
        each.numbered = each.numbered or each.found.external_id in noted
        noted.add(each.found.external_id)
    _meet(hand, met)


def check(hand: Hand, people: People) -> Iterator[Looked]:
    """What would become of each; those without a name or address are noted."""
    for where, found in people:
        if found.ours:  # nobody becomes a member by this
            yield Looked(where, "agent", _shown(found), Outcome.KNOWN, _same(found))
    for each in _sorted(hand, people_left(hand, [(where, found) for where, found in people if not found.ours])):
        is_known = each.customer_id is not None or each.twin is not None
        outcome = Outcome.KNOWN if is_known else Outcome.NEW
        yield Looked(each.where, "person", _shown(each.found), outcome, _same(each.found))


def _shown(found: PersonFound) -> str:
    return found.name or (found.handles[0][1] if found.handles else "")


def _same(found: PersonFound) -> tuple[str, ...]:
    numbers = [f"person:{found.external_id}"] if found.external_id else []
    return (*numbers, *(f"{kind}:{address}" for kind, address in found.handles))


def _colleagues(hand: Hand, people: People) -> None:
    known = targets(hand, "agent", [found.external_id for _, found in people])
    for where, found in people:
        email = next((address for kind, address in found.handles if kind == "email"), "")
        if found.external_id in known:
            hand.note(where, "agent", Outcome.KNOWN)
            continue
        known[found.external_id] = NOBODY
        member = hand.members().get(email, NOBODY)
        said = {"name": found.name, "email": email}
        hand.note(where, "agent", Outcome.KNOWN, external_id=found.external_id, target_id=member, raw=said, first=True)


def _sorted(hand: Hand, people: People) -> Iterator[_Sorted]:
    numbers = customers_by_number(hand, [n for _, found in people for n in (found.external_id, found.same_as)])
    known = customers_by_handle(hand, [handle for _, found in people for handle in found.handles])
    wrong = _wrong(hand, people, numbers, known)
    first: dict[object, _Sorted] = {}
    for where, found in people:
        reason = wrong.get(where) or _missing(found, numbers, first)
        if reason:
            hand.note(where, "person", Outcome.REJECTED, reason=reason, external_id=found.external_id)
            continue
        each = _Sorted(where, found)
        number = next((n for n in (found.external_id, found.same_as) if n in numbers), None)
        if number is not None:
            each.customer_id, each.numbered = numbers[number], number == found.external_id
        else:
            each.customer_id = next((known[handle] for handle in found.handles if handle in known), None)
        keys = [*found.handles, *([found.external_id] if found.external_id else [])]
        if each.customer_id is None:
            each.twin = next((first[key] for key in [*keys, found.same_as] if key in first), None)
        for key in keys:
            first.setdefault(key, each.twin or each)
        yield each


def _missing(found: PersonFound, numbers: dict[str, int], first: dict[object, _Sorted]) -> str:
    """Why a row does not say enough; "" when it does."""
    if found.name or found.handles or found.external_id in numbers or found.external_id in first:
        return ""
    return UNKNOWN if found.consents else NAMELESS


def _wrong(hand: Hand, people: People, numbers: dict[str, int], known: dict[tuple[str, str], int]) -> dict[Where, str]:
    """Rows of a table whose number is one customer here and the rest of it another: nobody's words are mixed."""
    numbered = [(where, found) for where, found in people if hand.overwrites and found.external_id in numbers]
    there = faces(hand, {numbers[found.external_id] for _, found in numbered})
    made = {}
    for where, found in numbered:
        number = numbers[found.external_id]
        theirs = {known[handle] for handle in found.handles if handle in known}
        if theirs:
            made[where] = "" if number in theirs else ANOTHER if found.name else TAKEN
        elif found.name and found.handles and not there[number].may_be(found):
            made[where] = ANOTHER
    return made


def _make(hand: Hand, fresh: Sequence[_Sorted]) -> None:
    rows = [
        Customer(
            merchant=hand.merchant,
            name=(each.found.name or each.found.handles[0][1])[:200],
            language=each.found.language,
            timezone=each.found.timezone,
            fields=hand.own_fields("customer", each.found.fields),
        )
        for each in fresh
    ]
    Customer.objects.bulk_create(rows)
    notes = []
    for each, row in zip(fresh, rows, strict=True):
        each.customer_id = row.id
        if each.found.note:
            notes.append(CustomerNote(merchant=hand.merchant, customer=row, text=each.found.note, by=hand.by.code))
        _consents(hand, each)
        hand.note(each.where, "person", Outcome.NEW, external_id=each.found.external_id, target_id=row.id)
    # Somebody may write from one of these addresses at this very moment: then it is theirs.
    Handle.objects.bulk_create(_handles(hand, fresh), ignore_conflicts=True)
    CustomerNote.objects.bulk_create(notes)


def _handles(hand: Hand, people: Iterable[_Sorted]) -> list[Handle]:
    return [
        Handle(
            merchant=hand.merchant,
            customer_id=each.customer_id or 0,
            kind=kind,
            address=address[:320],
            name=each.found.name[:200],
        )
        for each in people
        for kind, address in each.found.handles
    ]


def _meet(hand: Hand, met: Sequence[_Sorted]) -> None:
    rows = {row.id: row for row in Customer.objects.filter(merchant=hand.merchant, id__in=[m.customer_id for m in met])}
    addresses = _add(hand, met)
    for each in met:
        row = rows[each.customer_id or 0]
        before = _told(hand, row, each.found)
        consents = _consents(hand, each)
        added = [("address", row_id) for row_id in addresses[each]] + [("consent", row_id) for row_id in consents]
        for kind, target in added:
            hand.note(each.where, kind, Outcome.NEW, target_id=target)
        changed = {"target_id": row.id, "raw": before} if before or added else {}
        named = {"external_id": each.found.external_id, "target_id": row.id, "first": True}
        said = {} if each.numbered or not each.found.external_id else named
        hand.note(each.where, "person", Outcome.CHANGED if changed else Outcome.KNOWN, **{**changed, **said})


def _add(hand: Hand, met: Sequence[_Sorted]) -> dict[_Sorted, list[int]]:
    """Addresses that were nobody's here until now, by their ids."""
    there = customers_by_handle(hand, [handle for each in met for handle in each.found.handles])
    fresh = [row for row in _handles(hand, met) if (row.kind, row.address) not in there]
    Handle.objects.bulk_create(fresh, ignore_conflicts=True)
    made = _stored(hand, fresh)
    return {
        each: [made.pop(handle) for handle in each.found.handles if handle in made and made[handle]] for each in met
    }


def _stored(hand: Hand, rows: Sequence[Handle]) -> dict[tuple[str, str], int]:
    """Those that are in, each with the id it got."""
    found = Handle.objects.filter(
        merchant=hand.merchant,
        customer_id__in=[row.customer_id for row in rows],
        address__in=[row.address for row in rows],
    )
    ours = {(row.kind, row.address) for row in rows}
    listed = found.exclude(proof="refuted").values_list("kind", "address", "id")
    return {(kind, address): number for kind, address, number in listed if (kind, address) in ours}


def _told(hand: Hand, row: Customer, found: PersonFound) -> dict[str, Any] | None:
    """Puts what the file says of them. {"before", "after"} of what that changed; None for nothing."""
    before = _columns(row)
    fields = hand.own_fields("customer", found.fields)
    if hand.overwrites and not found.same_as:  # whoever was merged into them says nothing of them
        row.name = found.name[:200] or row.name
        row.language, row.timezone = found.language or row.language, found.timezone or row.timezone
        row.fields = {**row.fields, **fields}
    else:
        row.name = row.name or found.name[:200]
        row.language, row.timezone = row.language or found.language, row.timezone or found.timezone
        row.fields = {**fields, **row.fields}
    after = _columns(row)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return None
    row.save(update_fields=changed)
    return {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}


def _columns(row: Customer) -> dict[str, Any]:
    return {"name": row.name, "language": row.language, "timezone": row.timezone, "fields": dict(row.fields)}


def _consents(hand: Hand, each: _Sorted) -> list[int]:
    """Those that were new, by their ids. What they said here since then stays what counts."""
    there = Consent.objects.filter(merchant=hand.merchant, customer_id=each.customer_id or 0)
    made = []
    for found in each.found.consents:
        last = there.filter(channel=found.channel, purpose=found.purpose).order_by("-id").first()
        if last and (last.given is found.given if found.at is None else last.at >= found.at):
            continue
        row = Consent.objects.create(
            merchant=hand.merchant,
            customer_id=each.customer_id or 0,
            channel=found.channel[:20],
            purpose=found.purpose[:30],
            given=found.given,
            at=found.at or timezone.now(),
            source=(found.source or "import")[:60],
            wording=found.wording,
            by=hand.by.code,
        )
        made.append(row.id)
    return made
