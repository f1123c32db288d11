"""An address that somebody gives is a claim: it finds nobody, is answered to, and is proven by an answer from there."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from presszero.channels.models import Participant
from presszero.conversations import actions, queries, reactions
from presszero.conversations.models import Conversation, Merge, Message, Topic, Wish
from presszero.core.refusal import Refused
from presszero.customers import queries as customers
from presszero.customers.models import Claim, Handle
from presszero.customers.models import Merge as CustomerMerge
from presszero.timeline.reactions import consume, listeners
from presszero.visitors.models import Visitor
from tests import cast

ADA = "ada@example.com"


def reacts() -> None:
    assert reactions.__name__  # importing them has registered them
    consume(listeners["conversations.answered-claim"])


@pytest.fixture(autouse=True)
def _listening(db: None) -> None:
    reacts()  # a new listener starts at the present


@pytest.fixture
def form(shop: cast.Shop) -> Message:
    """Ada, or somebody who says so, fills in the form."""
    wish = {"matters": 3, "needed_by": "2031-05-02T12:00:00+00:00", "words": "before the wedding", "channel": "email"}
    Topic.objects.create(merchant=shop.merchant, name="Delivery")
    browser = cast.Browser("Ada")
    return cast.the(browser.fills(shop, "Where is 1042?", subject="Boots", email=ADA, topic="Delivery", wish=wish))


def test_what_a_form_says_besides_its_words_is_written_down(form: Message) -> None:
    row = Conversation.objects.get(id=form.conversation_id)
    assert (row.matters, row.asked_channel, row.topic and row.topic.name) == (3, "email", "Delivery")
    assert row.needed_by and row.needed_by.year == 2031
    assert row.work_at
    assert Wish.objects.get().words == "before the wedding"
    claim = Claim.objects.get()
    assert (claim.address, claim.source, claim.customer_id, claim.proven_at) == (ADA, "form", row.customer_id, None)


def test_a_claim_never_finds_the_customer_who_has_the_address(
    shop: cast.Shop, ada: cast.Shopper, boots: Conversation
) -> None:
    claimed = cast.the(cast.Browser("Ada").fills(shop, "Me again.", subject="Boots", email=ADA))
    assert claimed.conversation_id != boots.id
    assert claimed.conversation.customer_id != boots.customer_id


def test_a_form_is_answered_by_mail_and_the_answer_proves_the_address(
    shop: cast.Shop, ada: cast.Shopper, form: Message
) -> None:
    ours = cast.answer(form.conversation, "It left us today.", shop.maya)
    assert ours.entry.thread.line_id == shop.line.id
    assert [d.address for d in ours.entry.deliveries.all()] == [ADA]
    assert ours.entry.subject == "Re: Boots"
    back = cast.the(ada.answers(shop, ours.entry, "Thank you!"))
    assert (back.conversation_id, back.reason) == (form.conversation_id, "replied to our e-mail")
    reacts()
    merged = CustomerMerge.objects.get()
    assert merged.reason == "answered our e-mail from the address given in the form"
    row = Conversation.objects.get(id=form.conversation_id)
    known = {h.address: h.proof for h in customers.handles(customers.today(row.customer))}
    assert known[ADA] == "verified"
    assert Claim.objects.get().proven_at
    assert row.root_id is None


def test_the_form_goes_to_whoever_wrote_from_that_address_before(
    shop: cast.Shop, ada: cast.Shopper, boots: Conversation
) -> None:
    form = cast.the(cast.Browser("Ada").fills(shop, "A voucher?", subject="Voucher", email=ADA))
    ours = cast.answer(form.conversation, "Here it is.", shop.maya)
    ada.answers(shop, ours.entry, "Thank you!")
    reacts()
    row = Conversation.objects.select_related("customer").get(id=form.conversation_id)
    assert row.customer.now_id == boots.customer_id
    assert not Merge.objects.exists()  # boots and voucher are two matters


def test_an_answer_from_elsewhere_proves_nothing(shop: cast.Shop, form: Message) -> None:
    ours = cast.answer(form.conversation, "It left us today.", shop.maya)
    other = cast.the(cast.ben().answers(shop, ours.entry, "I got this forwarded."))
    reacts()
    assert other.conversation_id != form.conversation_id
    assert not CustomerMerge.objects.exists()
    assert Claim.objects.get().answered_at is None


def test_what_our_own_server_refutes_proves_nothing(shop: cast.Shop, ada: cast.Shopper, form: Message) -> None:
    shop.line.settings = {"authserv_id": "mx.juniper.example", "relays": ["127.0.0.1"]}
    shop.line.save()
    ours = cast.answer(form.conversation, "It left us today.", shop.maya)
    mail = ada.mail(shop, "It is me.", "Re: Boots", In_Reply_To=f"<{ours.entry.message_id}>")
    raw = b"Authentication-Results: mx.juniper.example; dmarc=fail header.from=example.com\r\n" + mail.as_bytes()
    cast.deliver(shop.line, raw, via="smtp", peer="127.0.0.1")
    cast.work()
    reacts()
    assert not CustomerMerge.objects.exists()


def test_two_whom_we_wrote_to_together_prove_nothing(shop: cast.Shop, ada: cast.Shopper, form: Message) -> None:
    ours = cast.answer(form.conversation, "It left us today.", shop.maya)
    Participant.objects.create(
        merchant=shop.merchant, thread=ours.entry.thread, kind="email", address="ben@example.org", standing="copied"
    )
    ada.answers(shop, ours.entry, "Thank you!")
    reacts()
    assert not CustomerMerge.objects.exists()


def test_an_answer_to_a_chats_claim_takes_part_and_leaves_the_chat_unproven(shop: cast.Shop, ada: cast.Shopper) -> None:
    chat = cast.the(cast.Browser("Ada").chats(shop, "Where is 1042?")).conversation
    Claim.objects.create(merchant=shop.merchant, customer=chat.customer, kind="email", address=ADA, source="chat")
    ours = cast.answer(chat, "It left us today.", shop.maya, line=shop.line, address=ADA)
    back = cast.the(ada.answers(shop, ours.entry, "Thank you!"))
    reacts()
    assert back.conversation_id == chat.id
    assert back.entry.thread_id == ours.entry.thread_id
    assert Claim.objects.get().answered_at
    assert not CustomerMerge.objects.exists()
    assert Handle.objects.get(address=ADA).customer_id != chat.customer_id


def test_a_form_from_a_browser_with_a_chat_is_no_more_proven_than_the_chat(shop: cast.Shop, ada: cast.Shopper) -> None:
    browser = cast.Browser("Eve")
    Visitor.objects.create(merchant=shop.merchant, line=shop.chat, address=browser.address, secret_hash="x")
    form = cast.the(browser.fills(shop, "Where is 1042?", subject="Boots", email=ADA))
    ours = cast.answer(form.conversation, "It left us today.", shop.maya)
    ada.answers(shop, ours.entry, "I did not ask that.")
    reacts()
    assert not CustomerMerge.objects.exists()


def test_only_known_addresses_can_be_written_to(shop: cast.Shop, form: Message) -> None:
    with pytest.raises(Refused, match="has no part"):
        cast.answer(form.conversation, "Hello", shop.maya, line=shop.line, address="eve@evil.example")
    with pytest.raises(Refused, match="no way to answer"):
        cast.answer(form.conversation, "Hello", shop.maya, line=shop.form, address=ADA)
    with pytest.raises(Refused, match="no way to answer"):
        cast.answer(form.conversation, "Hello", shop.maya, line=cast.thistle().line, address=ADA)
    assert not Message.objects.filter(inbound=False).exists()


def test_a_form_without_an_address_says_so(shop: cast.Shop) -> None:
    form = cast.the(cast.Browser().fills(shop, "Anonymous praise.", subject="Thanks"))
    with pytest.raises(Refused, match="left no address"):
        cast.answer(form.conversation, "Thank you", shop.maya)


def test_a_mail_matter_is_answered_in_the_chat_that_is_open(shop: cast.Shop, boots: Conversation) -> None:
    browser = cast.Browser("Ada").signs_in()
    Handle.objects.create(
        merchant=shop.merchant, customer=boots.customer, kind="visitor", address=browser.address, proof="verified"
    )
    ours = cast.answer(boots, "I see you are here.", shop.maya, line=shop.chat, address=browser.address)
    assert ours.conversation_id == boots.id
    back = cast.the(browser.chats(shop, "Yes, hello!"))
    assert (back.conversation_id, back.entry.thread_id) == (boots.id, ours.entry.thread_id)


def test_every_way_is_known_in_one_statement(shop: cast.Shop, form: Message, django_assert_num_queries: object) -> None:
    row = Conversation.objects.select_related("customer").get(id=form.conversation_id)
    Visitor.objects.create(
        merchant=shop.merchant,
        line=shop.chat,
        address=form.entry.sender_address,
        secret_hash="x",
        typing_at=timezone.now(),
    )
    with django_assert_num_queries(1):
        found = queries.reach(row, [form.entry.thread_id])
    assert [(w.channel, w.address, w.proven) for w in found.ways] == [
        ("chat", form.entry.sender_address, True),
        ("email", ADA, False),
    ]
    assert [c.address for c in found.claims] == [ADA]
    assert found.browsers[0].seen_at


def test_the_same_click_twice_begins_one_thread(shop: cast.Shop, form: Message) -> None:
    sent = [actions.reply(form.conversation, _once(shop), by=shop.maya).id for _ in range(2)]
    assert sent[0] == sent[1]
    assert Participant.objects.filter(address=ADA).count() == 1


def _once(shop: cast.Shop) -> actions.answer.Answer:
    return actions.answer.Answer("Hello", uuid.UUID(int=7), line=shop.line, address=ADA)
