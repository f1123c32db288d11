"""What becomes of a mail: which customer, which conversation, and why."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from presszero.channels.models import Entry, Line, Participant
from presszero.conversations import actions
from presszero.conversations.models import Conversation, Message
from presszero.customers.actions import merge as merge_customers
from presszero.customers.models import Customer, Handle
from presszero.intake.messages import understand_all
from presszero.intake.quarantine import in_quarantine, retry
from presszero.intake.split import split_all
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane
from presszero.mailroom.models import Arrival, Quarantine, Received
from presszero.timeline.models import Event
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def ada() -> cast.Shopper:
    return cast.ada()


def the(message: Message | None) -> Message:
    assert message is not None
    return message


def test_a_first_mail_makes_a_customer_and_an_open_waiting_conversation(shop: cast.Shop, ada: cast.Shopper) -> None:
    message = the(ada.writes(shop, "Order 1042 is late.", "Boots still not here"))
    row = message.conversation
    assert (row.subject, row.state, row.snippet) == ("Boots still not here", "open", "Order 1042 is late.")
    assert row.waiting_since == message.at
    assert row.due_at is not None and row.due_at > message.at
    handle = Handle.objects.get(merchant=shop.merchant)
    assert (handle.address, handle.customer.name) == ("ada@example.com", "Ada Kowalski")
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == [
        "customer.created",
        "conversation.opened",
        "message.received",
    ]


def test_an_answer_to_our_mail_joins_its_conversation_and_says_why(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    ours = cast.answer(first.conversation, "Sorry!", shop.maya)
    again = the(ada.answers(shop, ours.entry, "Thanks, when?"))
    assert again.conversation_id == first.conversation_id
    assert again.reason == "replied to our e-mail"


def test_the_token_in_the_address_is_enough_when_headers_were_lost(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    ours = cast.answer(first.conversation, "Sorry!", shop.maya)
    again = the(ada.writes(shop, "Hm.", "no subject of yours", To=f"support+{ours.entry.thread.token}@juniper.example"))
    assert again.conversation_id == first.conversation_id


def test_a_new_subject_is_a_new_matter_and_the_same_subject_is_not(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    other = the(ada.writes(shop, "And an invoice please.", "Invoice"))
    same = the(ada.writes(shop, "Any news?", "RE: boots"))
    assert other.conversation_id != first.conversation_id
    assert same.conversation_id == first.conversation_id
    assert same.reason == "same customer, same subject"


def test_writing_again_opens_what_was_resolved_and_wakes_what_was_snoozed(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    actions.resolve(first.conversation, by=shop.maya.actor)
    ada.writes(shop, "Not at all settled", "Re: Boots")
    row = Conversation.objects.get(id=first.conversation_id)
    assert (row.state, row.waiting_since is not None) == ("open", True)
    actions.snooze(row, None, by=shop.maya.actor)
    ada.writes(shop, "Hello?", "Re: Boots")
    assert Conversation.objects.get(id=row.id).state == "open"


def test_two_customers_found_to_be_one_share_their_matters(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    work = cast.Shopper("Ada K", "ada@work.example")
    other = the(work.writes(shop, "Unrelated.", "Something else"))
    merge_customers(other.conversation.customer, first.conversation.customer, by=shop.maya.actor)
    again = the(work.writes(shop, "From the office.", "Re: Boots"))
    assert again.conversation_id == first.conversation_id
    assert Customer.objects.count() == 2


def test_m1_a_ticket_number_in_the_subject_opens_nothing(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    stranger = cast.Shopper("Eve", "eve@evil.example")
    claimed = the(stranger.writes(shop, "Show me.", f"Re: [#{first.conversation_id}] Boots"))
    assert claimed.conversation_id != first.conversation_id
    assert claimed.conversation.customer_id != first.conversation.customer_id


def test_m2_quoting_our_message_id_from_elsewhere_joins_nothing(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    ours = cast.answer(first.conversation, "Sorry!", shop.maya)
    eve = cast.Shopper("Ada Kowalski", "eve@evil.example")
    theirs = the(eve.answers(shop, ours.entry, "It is me, Ada."))
    assert theirs.conversation_id != first.conversation_id
    assert theirs.entry.warnings == ["They quote a conversation of somebody else. Nothing of it was shown to them."]
    assert not Participant.objects.filter(thread=ours.entry.thread, address="eve@evil.example").exists()
    assert Entry.objects.filter(inbound=False).count() == 1  # no automatic answer with history


def test_m3_a_forged_colleague_never_becomes_an_answer(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    ours = cast.answer(first.conversation, "Sorry!", shop.maya)
    forged = cast.Shopper("Maya Okafor", "maya@juniper.example")
    before = Message.objects.count()
    forged.answers(shop, ours.entry, "Send the refund to this account.")
    assert Message.objects.count() == before
    held = in_quarantine(shop.merchant)
    assert [q.sender for q in held] == ["maya@juniper.example"]
    assert "colleague" in held[0].reason


@pytest.mark.parametrize("spoil", ["truncate", "upper", "flip", "foreign"])
def test_m4_a_spoilt_token_matches_nothing(shop: cast.Shop, ada: cast.Shopper, spoil: str) -> None:
    first = the(ada.writes(shop, "Late.", "Boots"))
    token = cast.answer(first.conversation, "Sorry!", shop.maya).entry.thread.token
    assert len(token) == 32  # 128 bits in hex
    other = cast.thistle()
    spoilt = {"truncate": token[:-1], "upper": token.upper(), "flip": token[:-1] + ("0" if token[-1] != "0" else "1")}
    to_shop = other if spoil == "foreign" else shop
    local, _, domain = to_shop.line.address.partition("@")
    address = f"{local}+{spoilt.get(spoil, token)}@{domain}"
    cast.deliver(to_shop.line, ada.mail(to_shop, "Hm.", "Other words", To=address).as_bytes())
    again = the(cast.work())
    assert again.conversation_id != first.conversation_id


def test_m5_a_cc_gains_nothing_until_an_agent_lets_them_in(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots", Cc="evil@x.example"))
    wants = Participant.objects.get(address="evil@x.example")
    assert wants.standing == Participant.Standing.WANTS_IN
    ours = cast.answer(first.conversation, "Sorry!", shop.maya)
    assert [d.address for d in ours.entry.deliveries.all()] == ["ada@example.com"]


def test_m6_a_copied_person_who_answers_all_opens_their_own_conversation(shop: cast.Shop, ada: cast.Shopper) -> None:
    first = the(ada.writes(shop, "Late.", "Boots", Cc="evil@x.example"))
    ours = cast.answer(first.conversation, "Sorry!", shop.maya)
    evil = cast.Shopper("Evil", "evil@x.example")
    theirs = the(evil.answers(shop, ours.entry, "me too", To=f"support+{ours.entry.thread.token}@juniper.example"))
    assert theirs.conversation_id != first.conversation_id


def test_m8_what_our_own_server_refutes_is_somebody_else(shop: cast.Shop, ada: cast.Shopper) -> None:
    shop.line.settings = {"authserv_id": "mx.juniper.example", "relays": ["127.0.0.1"]}
    shop.line.save()
    first = the(ada.writes(shop, "Late.", "Boots"))
    forged = ada.mail(shop, "It is me.", "Re: Boots")
    raw = b"Authentication-Results: mx.juniper.example; dmarc=fail header.from=example.com\r\n" + forged.as_bytes()
    cast.deliver(shop.line, raw, via="smtp", peer="127.0.0.1")
    theirs = the(cast.work())
    assert theirs.entry.proof == "refuted"
    assert theirs.conversation_id != first.conversation_id
    assert theirs.conversation.customer_id != first.conversation.customer_id


@pytest.mark.slow
def test_m11_three_hundred_mails_of_one_sender_are_kept_together(shop: cast.Shop, ada: cast.Shopper) -> None:
    for n in range(300):
        cast.deliver(shop.line, ada.mail(shop, f"Mail {n}", f"Subject {n}").as_bytes())
    cast.work()
    assert Message.objects.count() == 300
    assert Conversation.objects.count() == 10


@pytest.mark.slow
def test_m11_three_hundred_senders_of_one_domain_are_held_quietly(shop: cast.Shop) -> None:
    for n in range(300):
        cast.deliver(shop.line, cast.Shopper(f"N {n}", f"n{n}@spam.example").mail(shop, "Buy", f"S {n}").as_bytes())
    cast.work()
    assert Message.objects.count() == 300
    waiting = Conversation.objects.exclude(waiting_since=None).count()
    assert waiting <= 110  # those before the limit was passed, and the batch that passed it
    assert Entry.objects.filter(automatic="flood").count() >= 190


def test_f14_the_same_mail_fifty_times_is_one_message(shop: cast.Shop, ada: cast.Shopper) -> None:
    raw = ada.mail(shop, "Late.", "Boots").as_bytes()
    assert [cast.deliver(shop.line, raw) for _ in range(50)].count(True) == 1
    cast.work()
    assert Message.objects.count() == 1


def test_a_message_id_used_twice_for_other_words_is_two_messages(shop: cast.Shop, ada: cast.Shopper) -> None:
    for text in ("one", "two"):
        cast.deliver(shop.line, ada.mail(shop, text, "Boots", Message_ID="<same@id>").as_bytes())
    cast.work()
    assert Message.objects.count() == 2


def test_f20_poison_among_good_ones_stands_alone_in_the_quarantine(shop: cast.Shop, ada: cast.Shopper) -> None:
    for n in range(12):
        cast.deliver(shop.line, ada.mail(shop, f"Good {n}", f"Good {n}").as_bytes())
    split_all()
    poison = Arrival.objects.order_by("id")[5]
    poison.payload = {"is": "message", "sender": {"kind": "email", "address": "x@y", "name": ""}}
    poison.save()
    cast.work()
    assert Message.objects.count() == 11
    held = Quarantine.objects.get()
    assert held.arrival_id == poison.id
    assert "understood" in held.reason


def test_f20_what_cannot_be_parsed_is_quarantined_and_can_be_tried_again(shop: cast.Shop) -> None:
    nested = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 1100
    cast.deliver(shop.line, b"From: eve@evil.example\r\nSubject: bomb\r\n" + nested)
    cast.work()
    (held,) = in_quarantine(shop.merchant)
    assert held.reason
    retry(held, by=shop.tomas.actor)
    cast.work()
    (again,) = in_quarantine(shop.merchant)
    assert again.id != held.id
    assert again.tries == 2


def test_history_waits_for_nobody(shop: cast.Shop, ada: cast.Shopper) -> None:
    raw = ada.mail(shop, "From last year.", "Old", Date="Mon, 05 Jan 2026 10:00:00 +0000").as_bytes()
    cast.deliver(shop.line, raw, backfill=True)
    message = the(cast.work())
    assert (message.conversation.state, message.conversation.waiting_since) == ("resolved", None)
    assert message.at.year == 2026 and message.at.month == 1


def test_a_batch_of_fifty_costs_at_most_four_queries_a_message(shop: cast.Shop) -> None:
    for n in range(50):
        shopper = cast.Shopper(f"N {n}", f"n{n}@gmail.com")
        raw = shopper.mail(shop, "Hello", f"S {n}").as_bytes()
        cast.deliver(shop.line, raw)
    Received.objects.update(lane=7)
    split_all()
    Arrival.objects.update(lane=7)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert understand_all() == 50
    assert len(queries) <= 4 * 50
    assert Message.objects.count() == 50


def test_f14_one_message_in_two_requests_is_one_message(shop: cast.Shop) -> None:
    kiosk = Line.objects.create(merchant=shop.merchant, brand=shop.brand, kind="custom", address="kiosk", name="Kiosk")
    body = b'{"id": "m-1", "from": {"address": "ada", "name": "Ada"}, "text": "Hello"}'
    for request in ("r-1", "r-2"):
        receive([Incoming(shop.merchant.id, kiosk.id, request, lane(kiosk.id, ""), {}, body)])
    cast.work()
    assert Message.objects.count() == 1


def test_f16_a_retried_batch_brings_its_good_neighbours_once(shop: cast.Shop) -> None:
    kiosk = Line.objects.create(merchant=shop.merchant, brand=shop.brand, kind="custom", address="kiosk", name="Kiosk")
    body = b'{"messages": [{"id": "m-1", "from": {"address": "ada"}, "text": "Hello"}, {"id": "m-2", "from": 7}]}'
    receive([Incoming(shop.merchant.id, kiosk.id, "r-1", lane(kiosk.id, ""), {}, body)])
    cast.work()
    assert (Message.objects.count(), Quarantine.objects.count()) == (1, 1)
    retry(in_quarantine(shop.merchant)[0], by=shop.tomas.actor)
    cast.work()
    assert (Message.objects.count(), len(in_quarantine(shop.merchant))) == (1, 1)
