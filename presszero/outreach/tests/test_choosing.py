"""What they tap is taken once, and done: a credit, another day, a cancellation, a person; within what may be given."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.commerce.models import Credit, Order
from presszero.conversations.models import Conversation
from presszero.core.money import Money
from presszero.outreach.acting import whose
from presszero.outreach.choices import LASTS, Case, offered
from presszero.outreach.models import Outreach
from presszero.outreach.planning import Offered
from presszero.outreach.sending import send_due
from presszero.outreach.tests.stage import Stage, stage
from presszero.promises.models import Expectation, Promise
from presszero.remedies.doing import do_due
from presszero.remedies.models import Remedy
from presszero.remedies.vocabulary import Asked
from tests import cast


def late(here: Stage, credit: int = 500) -> Outreach:
    """Written and on its way, with what a merchant of such a credit offers."""
    here.manners(credit=credit)
    row = here.plan("late", *offered("late", case(here)))
    send_due()
    row.refresh_from_db()
    return row


def case(here: Stage) -> Case:
    return Case(here.shop.merchant, here.ada, here.order, here.gap, here.gap.planned, timezone.localdate(), "en")


def taps(row: Outreach, kind: str, client: Client | None = None) -> Any:
    choice = row.choices.get(kind=kind)
    return (client or Client()).post(f"/c/{row.token}", {"choice": choice.id}, follow=True)


@pytest.mark.django_db
def test_a_credit_is_theirs_and_the_new_day_is_what_holds() -> None:
    here = stage(store=None)
    row = late(here)
    seen = Client().get(f"/c/{row.token}").content.decode()
    assert "I wait, with £5.00 credit" in seen and "noindex" in seen and "York" not in seen and "Kowalski" not in seen

    told = taps(row, "credit")
    do_due()

    assert "£5.00 credit is yours" in told.content.decode()
    given = Credit.objects.get(merchant=here.shop.merchant)
    assert (given.customer_id, given.left) == (here.ada.id, 500)
    here.promise.refresh_from_db(), here.gap.refresh_from_db(), row.refresh_from_db()
    assert (here.promise.state, here.gap.closed_because, row.state) == ("renegotiated", "agreed", "answered")
    assert timezone.localtime(here.promise.instead.due_at).date() == here.gap.planned
    remedy = Remedy.objects.get()
    by = (row.conversation_id, "outreach", f"outreach:{row.id}")
    assert (remedy.conversation_id, remedy.authority, remedy.by) == by


@pytest.mark.django_db
def test_a_person_is_asked_for_and_comes_first() -> None:
    row = late(stage())
    told = taps(row, "person").content.decode()
    assert "A person writes to you" in told
    talk = Conversation.objects.get(id=row.conversation_id)
    assert (talk.state, talk.matters, talk.priority) == ("open", 3, Conversation.Priority.HIGH)
    assert talk.waiting_since is not None and talk.last_inbound


@pytest.mark.django_db
def test_a_cancellation_beyond_the_machines_limits_is_asked_of_a_lead() -> None:
    here = stage(shipments=())
    row = late(here)
    told = taps(row, "cancel").content.decode()
    assert "One of us has to say yes to this" in told
    assert Remedy.objects.get().state == "asked"
    assert Conversation.objects.get(id=row.conversation_id).state == "open"
    assert Promise.objects.get(id=here.promise.id).is_open


@pytest.mark.django_db
def test_it_is_taken_back_and_chosen_anew() -> None:
    here = stage()
    row = late(here)
    taps(row, "credit")
    told = Client().post(f"/c/{row.token}/undoing", follow=True).content.decode()
    assert "I wait, with £5.00 credit" in told and not Credit.objects.filter(withdrawn_at=None, left__gt=0).exists()
    assert "that is settled" in taps(row, "new_day").content.decode()
    assert Remedy.objects.get().state == "undone"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("becomes", "words"),
    [
        ({"sent": "delivered"}, "Your order is there"),
        ({"cancelled_at": timezone.now()}, "This order was cancelled"),
    ],
)
def test_what_has_come_meanwhile_is_said_kindly(becomes: dict[str, Any], words: str) -> None:
    row = late(stage())
    Order.objects.filter(id=row.order_id).update(**becomes)
    told = taps(row, "credit")
    assert words in told.content.decode() and not Remedy.objects.exists()


@pytest.mark.django_db
def test_by_when_they_need_it_is_an_expectation_of_theirs() -> None:
    here = stage()
    row = here.plan("expectation_asked", *offered("expectation_asked", case(here)), gap=None, promise=None)
    send_due()
    row.refresh_from_db()
    day = timezone.localdate() + timedelta(days=3)
    told = Client().post(f"/c/{row.token}", {"day": day.isoformat()}, follow=True).content.decode()
    assert "we know now" in told
    said = Expectation.objects.get(order=here.order, source="asked")
    assert (said.by_day, said.firm, said.customer_id) == (day, True, here.ada.id)
    assert Client().post(f"/c/{row.token}", {"day": "2019-01-01"}).status_code in (302, 422)


@pytest.mark.django_db
def test_ai4_a_token_opens_its_own_choices_and_no_others() -> None:
    here = stage()
    row = late(here)
    other = here.plan("late", Offered("person", "A person"), key="another")
    send_due()
    theirs = other.choices.get()
    client = Client()
    assert client.post(f"/c/{row.token}", {"choice": theirs.id}).status_code == 422
    for wrong in (row.token[:-1], row.token.swapcase(), "x" * 32, "%00"):
        assert client.get(f"/c/{wrong}").status_code == 404 and client.post(f"/c/{wrong}").status_code == 404
    for said in ("", "-1", "9" * 30, "1 OR 1", "²"):
        assert client.post(f"/c/{row.token}", {"choice": said}).status_code == 422
    for way in (client.get, client.head):
        way(f"/c/{row.token}?pick={row.choices.get(kind='credit').id}&choice={row.choices.get(kind='credit').id}")
    planned = here.plan("late", key="not written yet")
    assert client.get(f"/c/{planned.token}").status_code == 404
    Outreach.objects.filter(id=row.id).update(at=timezone.now() - LASTS * 2, sent_at=timezone.now() - LASTS * 2)
    assert "has run out" in taps(row, "credit").content.decode()
    assert not Remedy.objects.exists()


@pytest.mark.django_db
def test_ai3_the_preset_is_all_that_is_given_whatever_is_written_into_a_choice() -> None:
    """Once an order, exactly so much; what a choice was made to say beyond that is asked of a lead."""
    here = stage()
    row = late(here)
    choice = row.choices.get(kind="credit")
    choice.asked = {**choice.asked, "amount": [50_000, "GBP"]}
    choice.save()
    taps(row, "credit")
    assert [(each.state, each.amount) for each in Remedy.objects.all()] == [("asked", 50_000)]
    again = here.plan("late", *offered("late", case(here)), key="again", gap=None, promise=None)
    send_due()
    again.refresh_from_db()
    taps(again, "credit")
    more = here.plan("late", Offered("credit", "More", _credit(here)), key="more", gap=None, promise=None)
    send_due()
    more.refresh_from_db()
    taps(more, "credit")
    counted = Remedy.objects.filter(state__in=("given", "doing", "done", "task"))
    assert [each.amount for each in counted] == [500]


def _credit(here: Stage) -> Asked:
    return Asked("credit", here.shop.merchant.id, here.ada.id, order_id=here.order.id, amount=Money(500, "GBP"))


@pytest.mark.django_db
def test_a_guests_order_is_theirs_once_they_tap_the_link_we_sent_to_its_address() -> None:
    here = stage()
    shopper = cast.Shopper("Cleo Hart", "cleo@example.net")
    order = shopper.order(here.shop, "1077", promised_by=None)
    assert order.customer_id is None
    here.manners(credit=500)
    person = whose(order)
    assert person is not None
    today = timezone.localdate()
    mine = Case(here.shop.merchant, person, order, None, today + timedelta(days=4), today, "en")
    row = here.plan("late", *offered("late", mine), key="guest", order=order, gap=None, promise=None)
    Outreach.objects.filter(id=row.id).update(customer=person)
    send_due()
    row.refresh_from_db()
    assert Delivery.objects.get(entry=row.entry).address == "cleo@example.net"
    taps(row, "credit")
    order.refresh_from_db()
    assert order.customer_id == person.id and Remedy.objects.get().customer_id == person.id


@pytest.mark.django_db(transaction=True)
def test_ai4_twenty_taps_at_once_are_one() -> None:
    row = late(stage())
    kinds, seen = ("credit", "new_day"), []

    def tap(number: int) -> None:
        try:
            seen.append(taps(row, kinds[number % 2]).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert seen == [200] * 20
    assert row.choices.filter(taken_at__isnull=False).count() == 1
    assert Remedy.objects.count() == row.choices.filter(kind="credit", taken_at__isnull=False).count()
    assert Promise.objects.filter(order_id=row.order_id, state="renegotiated").count() == 1
