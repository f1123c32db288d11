"""How long things stay: the merchant's rules, what would go by them, and the night that takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.audit.models import Look
from presszero.calls.forgetting import old_sound, take_sound
from presszero.calls.models import Recording
from presszero.channels.models import Attachment, Entry, Line
from presszero.commerce.models import Cart, Order
from presszero.conversations.models import Conversation, Message
from presszero.core.delicate import PAPERS_IN_SQL
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.mailroom.models import Arrival, Quarantine, Received
from presszero.merchants.models import Merchant
from presszero.team.models import Membership
from presszero.visitors.models import Visitor

from . import policy
from .erasing.orders import blank
from .erasing.words import EMPTY, drop_file
from .models import LegalHold, Purge, RetentionRule, SubjectExport
from .policy import Kept

BATCH = 500
Find = Callable[[Merchant, datetime], QuerySet[Any]]
Take = Callable[[Merchant, list[int]], None]
_SETTLED = (Conversation.State.RESOLVED, Conversation.State.SPAM)
_last_night: date | None = None


def rules(merchant: Merchant) -> list[Kept]:
    """The rules as they count, the defaults among them; those of one channel after the one for all."""
    rows = {(row.what, row.channel): row.days for row in RetentionRule.objects.filter(merchant=merchant)}
    found = []
    for what, usual in policy.DEFAULTS.items():
        found.append(Kept(what, "", rows.get((what, ""), usual), (what, "") in rows))
        found += [Kept(w, channel, days, True) for (w, channel), days in sorted(rows.items()) if w == what and channel]
    return found


def teach(what: str, find: Find, take: Take) -> None:
    """For apps above: how rows that are due are found, and taken. `what` is a key of policy.DEFAULTS."""
    _FIND[what], _TAKE[what] = find, take


@transaction.atomic
def keep(merchant: Merchant, what: str, channel: str, days: int | None, *, by: Membership) -> RetentionRule:
    """From now on it stays so long; None is for ever. Raises Refused."""
    if what not in policy.DEFAULTS or (channel and what not in policy.BY_CHANNEL):
        raise Refused(_("There is no such rule."))
    if not policy.allowed(what, days):
        raise Refused(_("Between one day and ten years, please; identity documents at most 30 days."))
    before = RetentionRule.objects.filter(merchant=merchant, what=what, channel=channel).first()
    made, _made = RetentionRule.objects.update_or_create(
        merchant=merchant, what=what, channel=channel, defaults={"days": days, "by": by.actor.code}
    )
    was = {"days": before.days if before else policy.DEFAULTS[what]}
    audit(
        "retention.change", f"retention:{made.id}", by=by.actor, merchant=merchant,
        before=was, after={"what": what, "channel": channel, "days": days},
    )  # fmt: skip
    return made


@transaction.atomic
def drop(merchant: Merchant, what: str, channel: str, *, by: Membership) -> None:
    """The rule goes; what holds without it counts again."""
    row = RetentionRule.objects.filter(merchant=merchant, what=what, channel=channel).first()
    if row:
        audit(
            "retention.change", f"retention:{row.id}", by=by.actor, merchant=merchant,
            before={"what": what, "channel": channel, "days": row.days},
        )  # fmt: skip
        row.delete()


def would_go(merchant: Merchant, kept: Kept, now: datetime) -> int:
    """How many rows the rule would take tonight."""
    return 0 if kept.days is None else _rows(merchant, kept, now).count()


def due(now: datetime) -> bool:
    """Once a night and process."""
    return _last_night != now.date()


def purge(now: datetime) -> int:
    """Takes what every merchant's rules let go, a few hundred at a time; how much."""
    global _last_night
    _last_night = now.date()
    return sum(purge_one(merchant, now) for merchant in Merchant.objects.order_by("id"))


def purge_one(merchant: Merchant, now: datetime) -> int:
    """One merchant's night. What it took is written down, a row a rule."""
    return sum(_purge(merchant, kept, now) for kept in rules(merchant) if kept.days is not None)


def drop_old_copies(now: datetime) -> None:
    """A person's copy lies ready for a week."""
    rows = SubjectExport.objects.filter(ready_at__lt=now - policy.KEPT_READY, gone_at=None).exclude(storage_key="")
    for row in rows:
        default_storage.delete(row.storage_key)
        SubjectExport.objects.filter(merchant_id=row.merchant_id, id=row.id).update(gone_at=now, storage_key="")


def _purge(merchant: Merchant, kept: Kept, now: datetime) -> int:
    count = 0
    while ids := list(_rows(merchant, kept, now).values_list("id", flat=True)[:BATCH]):
        with transaction.atomic():
            _TAKE[kept.what](merchant, ids)
        count += len(ids)
    if count:
        Purge.objects.create(merchant=merchant, what=kept.what, channel=kept.channel, days=kept.days or 0, count=count)
    return count


def _rows(merchant: Merchant, kept: Kept, now: datetime) -> QuerySet[Any]:
    before = policy.goes_before(kept.days or 0, now)
    rows = _FIND[kept.what](merchant, before)
    if kept.what in policy.BY_CHANNEL and not kept.channel:  # those with a rule of their own are that rule's
        own = RetentionRule.objects.filter(merchant=merchant, what=kept.what).exclude(channel="")
        return rows.exclude(
            **{f"{_LINE[kept.what]}__in": _lines(merchant, list(own.values_list("channel", flat=True)))}
        )
    return rows.filter(**{f"{_LINE[kept.what]}__in": _lines(merchant, [kept.channel])}) if kept.channel else rows


def _lines(merchant: Merchant, kinds: list[str]) -> list[int]:
    return list(Line.objects.filter(merchant=merchant, kind__in=kinds).values_list("id", flat=True))


def _settled(merchant: Merchant, before: datetime) -> QuerySet[Conversation]:
    """Conversations done with before then, of people whom no hold keeps."""
    rows = Conversation.objects.filter(merchant=merchant, state__in=_SETTLED, last_at__lt=before)
    return rows.exclude(customer_id__in=_held_people(merchant))


def _held_people(merchant: Merchant) -> list[int]:
    """Everyone whom a legal hold keeps, with those merged into them and whom they were merged into."""
    held = LegalHold.objects.filter(merchant=merchant, lifted_at=None).values("customer_id")
    known = Customer.objects.filter(Q(id__in=held) | Q(root_id__in=held), merchant=merchant)
    return sorted({number for pair in known.values_list("id", "root_id") for number in pair if number})


def _inside(merchant: Merchant, before: datetime) -> QuerySet[Entry]:
    places = Message.objects.filter(merchant=merchant, conversation__in=_settled(merchant, before).values("id"))
    return Entry.objects.filter(merchant=merchant, id__in=places.values("entry_id"))


def _messages(merchant: Merchant, before: datetime) -> QuerySet[Entry]:
    return _inside(merchant, before).exclude(text="", html="", folded="", subject="").order_by("id")


def _files(merchant: Merchant, before: datetime) -> QuerySet[Attachment]:
    return Attachment.objects.filter(merchant=merchant, entry__in=_inside(merchant, before).values("id")).order_by("id")


def _papers(merchant: Merchant, before: datetime) -> QuerySet[Attachment]:
    return _files(merchant, before).filter(filename__iregex=PAPERS_IN_SQL)


def _raw(merchant: Merchant, before: datetime) -> QuerySet[Received]:
    open_still = Quarantine.objects.filter(merchant=merchant, closed_at=None).values("received_id")
    held = LegalHold.objects.filter(merchant=merchant, lifted_at=None).values("customer_id")
    places = Message.objects.filter(merchant=merchant, conversation__customer_id__in=held).values("entry_id")
    theirs = Entry.objects.filter(merchant=merchant, id__in=places, received_id__isnull=False).values("received_id")
    rows = Received.objects.filter(merchant=merchant, received_at__lt=before, split_at__isnull=False)
    rows = rows.exclude(body=b"").exclude(id__in=open_still).exclude(id__in=theirs)
    return rows.exclude(id__in=Arrival.objects.filter(merchant=merchant, done_at=None).values("received_id")).order_by(
        "id"
    )


def _pages(merchant: Merchant, before: datetime) -> QuerySet[Visitor]:
    return Visitor.objects.filter(merchant=merchant, seen_at__lt=before).exclude(pages=[], cart=None).order_by("id")


def _held(merchant: Merchant, before: datetime) -> QuerySet[Quarantine]:
    rows = Quarantine.objects.filter(merchant=merchant, closed_at__lt=before)
    return rows.exclude(sender="", subject="", reason="").order_by("id")


def _take_messages(merchant: Merchant, ids: list[int]) -> None:
    Entry.objects.filter(merchant=merchant, id__in=ids).update(**{**EMPTY, "sender_name": ""})
    places = Message.objects.filter(merchant=merchant, entry_id__in=ids).values("conversation_id")
    Conversation.objects.filter(merchant=merchant, id__in=places).update(subject="", snippet="")


def _take_files(merchant: Merchant, ids: list[int]) -> None:
    rows = Attachment.objects.filter(merchant=merchant, id__in=ids)
    keys = set(rows.values_list("storage_key", flat=True))
    rows.delete()
    for key in keys:
        transaction.on_commit(partial(drop_file, merchant.id, key))


def _take_raw(merchant: Merchant, ids: list[int]) -> None:
    Received.objects.filter(merchant=merchant, id__in=ids).update(body=b"", sealed=0, headers={})
    Arrival.objects.filter(merchant=merchant, received_id__in=ids).update(payload={})


def _take_pages(merchant: Merchant, ids: list[int]) -> None:
    Visitor.objects.filter(merchant=merchant, id__in=ids).update(pages=[], cart=None)


def _take_held(merchant: Merchant, ids: list[int]) -> None:
    rows = Quarantine.objects.filter(merchant=merchant, id__in=ids)
    _take_raw(merchant, list(rows.values_list("received_id", flat=True)))
    rows.update(sender="", subject="", reason="")


def _looks(merchant: Merchant, before: datetime) -> QuerySet[Look]:
    return Look.objects.filter(merchant=merchant, at__lt=before).order_by("id")


def _take_looks(merchant: Merchant, ids: list[int]) -> None:
    Look.objects.filter(merchant=merchant, id__in=ids).delete()


def _buyers(merchant: Merchant, before: datetime) -> QuerySet[Order]:
    """Orders that are long over, of people whom no hold keeps."""
    rows = Order.objects.filter(merchant=merchant, placed_at__lt=before, forgotten_at=None).exclude(paid="authorised")
    return rows.exclude(customer_id__in=_held_people(merchant)).order_by("id")


def _take_buyers(merchant: Merchant, ids: list[int]) -> None:
    blank(merchant.id, ids)


def _carts(merchant: Merchant, before: datetime) -> QuerySet[Cart]:
    rows = Cart.objects.filter(merchant=merchant, updated_at__lt=before)
    return rows.exclude(customer_id__in=_held_people(merchant)).order_by("id")


def _take_carts(merchant: Merchant, ids: list[int]) -> None:
    Cart.objects.filter(merchant=merchant, id__in=ids).delete()


def _recordings(merchant: Merchant, before: datetime) -> QuerySet[Recording]:
    return old_sound(merchant.id, before, _held_people(merchant))


def _take_recordings(merchant: Merchant, ids: list[int]) -> None:
    take_sound(merchant.id, ids)


_FIND: dict[str, Find] = {
    "messages": _messages, "files": _files, "raw": _raw, "pages": _pages, "held": _held, "papers": _papers,
    "looks": _looks, "buyers": _buyers, "carts": _carts, "recordings": _recordings,
}  # fmt: skip
_TAKE: dict[str, Take] = {
    "messages": _take_messages, "files": _take_files, "raw": _take_raw, "pages": _take_pages, "held": _take_held,
    "papers": _take_files, "looks": _take_looks,
    "buyers": _take_buyers, "carts": _take_carts, "recordings": _take_recordings,
}  # fmt: skip
_LINE = {"messages": "thread__line_id", "files": "entry__thread__line_id", "raw": "line_id"}
