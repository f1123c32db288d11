"""What happened to an order is told where that is on, once, while it is news; a gap is told where it can be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.commerce.models import Order
from presszero.commerce.vocabulary import StoreShipment
from presszero.conversations.mood import Mood, mood
from presszero.fulfilment.lessons import learn
from presszero.outreach.acting import act_on
from presszero.outreach.editing import switch
from presszero.outreach.models import Outreach
from presszero.outreach.queries import wrote_first
from presszero.outreach.reactions import something_happened
from presszero.outreach.sending import send_due
from presszero.outreach.tests.stage import stage
from presszero.promises.models import Expectation, Gap, Keeping
from presszero.promises.understanding import understand_note
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume_all
from tests import cast, parcels

pytestmark = pytest.mark.django_db

HEARING = ("fulfilment.forecast", "outreach.gaps", "outreach.scans", "promises.orders")


def told(shop: cast.Shop) -> list[str]:
    """What is planned after everything that happened was heard."""
    something_happened(list(Event.objects.filter(merchant_id=shop.merchant.id).order_by("id")))
    return list(Outreach.objects.filter(merchant=shop.merchant).order_by("id").values_list("notice", flat=True))


def test_the_question_is_asked_once_and_only_where_it_is_on() -> None:
    shop, ada = cast.juniper(), cast.ada()
    ada.known(shop)
    now = timezone.now()
    shown = (now + timedelta(days=6)).date()
    ada.order(shop, "1093", shop.shop, placed_at=now, promised_by=shown, shipments=())
    assert told(shop) == []
    Keeping.objects.create(merchant=shop.merchant, ask_after_order=True)
    assert told(shop) == ["expectation_asked"] == told(shop)
    row = Outreach.objects.get()
    assert [each.kind for each in row.choices.order_by("position")] == ["by_day", "by_day", "by_day", "no_hurry"]


def test_news_is_told_and_history_is_not() -> None:
    shop, ada = cast.juniper(), cast.ada()
    ada.known(shop)
    for kind in ("order_placed", "sent", "delivered"):
        switch(shop.merchant, kind, None, True, shop.team["rosa"].actor)
    ada.order(shop, "1008", shop.shop)  # arrived long ago
    parcels.history(shop, 3)
    assert told(shop) == []
    now = timezone.now()
    parcel = StoreShipment("s1", "sent", "Parcel North", "", "PN1", sent_at=now)
    ada.order(shop, "1095", shop.shop, placed_at=now, promised_by=(now + timedelta(days=3)).date(), shipments=(parcel,))
    assert sorted(told(shop)) == ["order_placed", "sent"]


def test_a_gap_is_told_only_where_it_can_be_seen_and_with_what_may_be_offered() -> None:
    here = stage()
    assert act_on(here.gap, timezone.now()) is None  # on its way, and no carrier ever said where
    parcels.scanned(here.shop, here.order.shipments.get(), "exception", words="Wet")
    row = act_on(here.gap, timezone.now())
    assert row is not None and act_on(here.gap, timezone.now()) == row
    assert [each.kind for each in row.choices.order_by("position")] == ["new_day", "replace", "person"]
    Order.objects.filter(id=here.order.id).update(created_at=timezone.now() + timedelta(days=9))
    late = Gap.objects.select_related("order__merchant").get(id=here.gap.id)
    Outreach.objects.all().delete()
    assert act_on(late, timezone.now()) is None  # it was late before we heard of it


@pytest.mark.parametrize("first", ["outreach.scans", "outreach.gaps"])
def test_a_scan_is_told_with_the_day_that_it_leads_to(first: str) -> None:
    """Whoever foretells may hear of it later than we do; and we may hear of the gap when the scan is there already."""
    shop, ada, now = cast.juniper(), cast.ada(), timezone.now()
    hear(*HEARING)  # listeners begin at the present
    parcels.history(shop, 30, days=3)
    learn(shop.merchant, now)
    parcel = StoreShipment("s1", "sent", "Parcel North", "", "PN1", sent_at=now - timedelta(hours=6))
    ada.known(shop)
    ada.order(shop, shipments=(parcel,), placed_at=now, promised_by=(now + timedelta(days=1)).date(), updated_at=now)
    hear(*(each for each in HEARING if each != "outreach.gaps"))
    before = Gap.objects.get(closed_at=None)
    assert before.planned is not None and not Outreach.objects.exists()
    parcels.scanned(shop, Order.objects.get(number="#1042").shipments.get(), "exception", words="Held in the depot")
    hear(first)
    row = Outreach.objects.get()
    assert row.told["day"] > str(before.planned)
    hear(*HEARING)
    assert (Outreach.objects.get(), str(Gap.objects.get().planned)) == (row, row.told["day"])


def test_what_is_not_written_yet_stays_one_message_however_often_the_day_moves() -> None:
    here = stage(shipments=())
    row = act_on(here.gap, timezone.now())
    assert row is not None and here.gap.planned is not None
    days = [here.gap.planned + timedelta(days=more) for more in (3, 0, 3)]
    for day in days:
        here.gap.planned = day
        here.gap.save()
        assert act_on(here.gap, timezone.now()) == row
    now = Outreach.objects.get()
    assert now.state == "planned" and now.told["day"] == str(days[-1])
    assert [each.day for each in now.choices.filter(kind="new_day")] == [days[-1]]
    assert now.choices.count() == 3
    here.gap.kind = "wanted_sooner"  # the same lateness, seen from the day that they need it by
    here.gap.save()
    assert act_on(here.gap, timezone.now()) == row and Outreach.objects.get().notice == "wanted_sooner"
    send_due()
    here.gap.planned = days[0] + timedelta(days=1)
    here.gap.save()
    act_on(here.gap, timezone.now())  # it was told just now
    assert Outreach.objects.get().told["day"] == str(days[-1])


def hear(*names: str) -> None:
    while consume_all(names):
        pass


def test_an_angry_customer_gets_a_person_too_and_the_share_is_counted() -> None:
    here = stage(shipments=())
    words = "This is ridiculous, the last parcel came broken and I am furious."
    assert mood(words) is Mood.BAD
    said = cast.the(here.shopper.writes(here.shop, words, "The last one"))
    here.gap.opened_at = timezone.now() + timedelta(seconds=1)
    here.gap.save()
    row = act_on(here.gap, timezone.now())
    assert row is not None and row.needs_person == "angry"
    send_due()
    row.refresh_from_db()
    assert row.state == "queued" and row.conversation is not None and row.conversation.priority == 3
    assert row.conversation.state == "open" and said.conversation.state == "open"
    Outreach.objects.filter(id=row.id).update(sent_at=timezone.now())
    share = wrote_first(here.shop.merchant, timezone.now() - timedelta(days=1))
    assert (share.count, share.of, share.percent) == (1, 1, 100)


def test_a_day_named_beside_the_order_is_what_they_expect() -> None:
    shop, ada = cast.juniper(), cast.ada()
    now = timezone.now()
    day = timezone.localdate() + timedelta(days=4)
    row = ada.order(shop, "1097", shop.shop, placed_at=now, note=f"A gift, needed by {day:%d.%m.%Y} please!")
    said = understand_note(row.merchant_id, row.id)
    assert said is not None and (said.by_day, said.firm, said.order_id) == (day, True, row.id)
    ada.order(shop, "1098", shop.shop, placed_at=now - timedelta(days=9), note=f"needed by {day:%d.%m.%Y}")
    assert understand_note(row.merchant_id, Order.objects.get(number="#1098").id) is None
    assert Expectation.objects.filter(source="said").count() == 1
