"""What is planned is written once, in real words, where it belongs; and not at all once it has come right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.conversations.models import Conversation
from presszero.outreach.filling import says_day
from presszero.outreach.models import Notice, Outreach
from presszero.outreach.planning import Offered
from presszero.outreach.sending import send_due
from presszero.outreach.tests.stage import stage
from tests import cast

pytestmark = pytest.mark.django_db


def test_it_is_written_once_in_real_words_and_fills_nobodys_list() -> None:
    here = stage()
    row = here.plan("late", Offered("new_day", "Friday is fine", day=here.gap.planned), Offered("person", "A person"))
    assert here.plan("late").id == row.id

    assert send_due() == 1 and send_due() == 0

    row.refresh_from_db()
    assert (row.state, row.channel, row.address, row.asked_first) == ("queued", "email", "ada@example.com", False)
    said = row.entry
    assert "1042" in said.subject and says_day(here.gap.planned, "en") in said.text
    assert says_day(here.gap.promised, "en") in said.text and f"/c/{row.token}?pick=" in said.text
    assert "{{" not in said.text and said.text.startswith("Hello Ada,")
    assert said.html.count("display:block") == 2 and "(127.0.0.1" not in said.html.partition("</ul>")[0]
    sent = Delivery.objects.get(entry=said)
    assert (sent.purpose, sent.state) == ("service", "queued")
    talk = row.conversation
    assert (talk.state, talk.waiting_since, talk.customer_id) == ("resolved", None, here.ada.id)
    here.gap.refresh_from_db()
    assert here.gap.conversation_id == talk.id

    again = cast.the(here.shopper.answers(here.shop, said, "Can you say when exactly?"))
    assert again.conversation_id == talk.id
    talk.refresh_from_db()
    assert talk.state == "open" and talk.waiting_since is not None


def test_it_joins_the_open_matter_and_takes_nobodys_wait() -> None:
    here = stage()
    said = cast.the(here.shopper.writes(here.shop, "My order #1042: can I change the colour of the laces?", "Laces"))
    Conversation.objects.filter(id=said.conversation_id).update(created_at=timezone.now())
    waits = Conversation.objects.get(id=said.conversation_id).waiting_since
    row = here.plan("new_day")

    send_due()

    row.refresh_from_db()
    assert row.conversation_id == said.conversation_id
    assert row.conversation.waiting_since == waits and row.conversation.state == "open"


def test_who_asked_first_is_answered_by_a_person() -> None:
    here = stage()
    here.gap.opened_at = timezone.now() - timedelta(hours=3)
    here.gap.save()
    row = here.plan()
    said = cast.the(here.shopper.writes(here.shop, "Where is my order 1042?", "Where is it"))

    send_due()

    row.refresh_from_db()
    assert (row.state, row.asked_first, row.entry, row.conversation_id) == ("over", True, None, said.conversation_id)
    assert not Delivery.objects.filter(purpose="service").exists()


def test_what_has_come_right_is_not_written() -> None:
    here = stage()
    row = here.plan()
    here.gap.closed_at, here.gap.closed_because = timezone.now(), "agrees"
    here.gap.save()
    send_due()
    row.refresh_from_db()
    assert (row.state, row.entry) == ("over", None)


def test_it_waits_for_a_better_moment_and_says_which() -> None:
    here = stage()
    here.manners(a_day=1)
    first, second = here.plan("new_day", key="a"), here.plan("new_day", key="b")
    send_due()
    states = Outreach.objects.filter(id__in=(first.id, second.id)).order_by("id").values_list("state", flat=True)
    assert list(states) == ["queued", "held"]
    held = Outreach.objects.get(state="held")
    assert held.because and held.not_before and held.not_before > timezone.now() and held.entry is None


def test_the_merchants_own_words_in_her_language_and_a_name_that_is_no_link() -> None:
    here = stage()
    here.ada.language, here.ada.name = "de-AT", "[Klick](https://evil.example) Kowalski"
    here.ada.save()
    Notice.objects.create(
        merchant=here.shop.merchant,
        kind="late",
        language="de",
        subject="Verspätet: {{ order.number }}",
        text="Liebe {{ customer.name }}, {{ next }} {{ order.items }}",
        by="member:1",
    )
    row = here.plan()
    send_due()
    row.refresh_from_db()
    assert row.entry.subject == "Verspätet: #1042" and row.language == "de"
    assert "evil.example" not in row.entry.html and row.entry.text.startswith("Liebe, Wir rechnen")
