"""Chats are live work: they wait, go to whoever is free, and are missed where nobody is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from presszero.conversations.actions import assign, resolve
from presszero.conversations.models import Conversation
from presszero.routing import watching
from presszero.routing.actions import be_away, be_ready
from presszero.routing.models import Presence, Turn, Waiting
from presszero.routing.queries import main_queue
from presszero.routing.wording import came, why
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume, listeners
from presszero.visitors.models import Visitor
from tests import cast, queues

Left, Outcome = Waiting.Left, Turn.Outcome


@pytest.fixture
def shop(db: None) -> cast.Shop:
    made = cast.juniper()
    heard()  # a listener begins with what is said from now on
    return made


def heard() -> None:
    while sum(consume(listeners[name]) for name in ("routing.chats", "routing.hands")):
        pass


def chats(shop: cast.Shop, text: str = "Is anybody there?", who: cast.Browser | None = None) -> Conversation:
    said = cast.the((who or cast.Browser("Ben")).chats(shop, text))
    heard()
    return Conversation.objects.get(id=said.conversation_id)


def test_a_chat_waits_and_goes_to_whoever_is_ready(shop: cast.Shop) -> None:
    talk = chats(shop)
    waiting = Waiting.objects.get()
    assert (waiting.subject_id, waiting.target_seconds, waiting.customers) == (talk.id, 300, "new")
    assert waiting.due_at == waiting.since + timedelta(minutes=5)
    be_ready(shop.maya, True)
    heard()
    talk.refresh_from_db()
    assert talk.assignee_id == shop.maya.id
    assert came(talk, shop.maya) == "Nobody waited longer. Nobody else was free."
    assert came(talk, shop.tomas) == ""
    cast.answer(talk, "Yes, I am.", shop.maya)
    heard()
    waiting.refresh_from_db()
    assert (waiting.left, waiting.taken_by_id) == (Left.ANSWERED, shop.maya.id)
    assert Turn.objects.get().outcome == Outcome.TAKEN


def test_more_words_while_somebody_is_in_the_chat_are_no_new_waiting(shop: cast.Shop) -> None:
    ben = cast.Browser("Ben")
    be_ready(shop.maya, True)
    talk = chats(shop, who=ben)
    cast.answer(talk, "Yes.", shop.maya)
    heard()
    chats(shop, "Good. My parcel is late.", ben)
    assert Waiting.objects.count() == 1
    resolve(talk, by=shop.maya.actor)
    heard()
    assert Turn.objects.get().ended_at, "nobody's hands are full with what is resolved"


def test_what_a_person_gave_somebody_is_never_given_to_another(shop: cast.Shop) -> None:
    ben = cast.Browser("Ben")
    talk = chats(shop, who=ben)
    assign(talk, shop.tomas, by=shop.maya.actor)
    heard()
    be_ready(shop.maya, True)
    heard()
    talk.refresh_from_db()
    assert talk.assignee_id == shop.tomas.id
    assert Turn.objects.get(outcome=Outcome.OFFERED).member_id == shop.maya.id, "and yet somebody is asked to help"


def test_who_does_not_answer_gives_it_back_to_the_next(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    talk = chats(shop)
    be_ready(shop.tomas, True)
    later = timezone.now() + timedelta(seconds=61)
    Presence.objects.update(seen_at=later)
    watching.watch(later)
    talk.refresh_from_db()
    assert talk.assignee_id == shop.tomas.id
    assert list(Turn.objects.order_by("id").values_list("outcome", flat=True)) == ["missed", "offered"]


def test_who_leaves_before_an_answer_is_counted_with_what_was_in_the_cart(shop: cast.Shop) -> None:
    ben = cast.Browser("Ben")
    chats(shop, who=ben)
    now = timezone.now()
    cart = {"items": 2, "total": "148.00", "currency": "GBP"}
    seen = {"merchant": shop.merchant, "line": shop.chat, "secret_hash": "0" * 64, "cart": cart}
    Visitor.objects.create(address=ben.address, seen_at=now + timedelta(seconds=90), **seen)
    watching.watch(now + timedelta(seconds=100))
    assert Waiting.objects.get().left_at is None, "their window is open"
    watching.watch(now + timedelta(seconds=151))
    waiting = Waiting.objects.get()
    assert (waiting.left, waiting.cart_value, waiting.currency) == (Left.ABANDONED, 14800, "GBP")
    assert waiting.left_at == now + timedelta(seconds=90), "when they went, not when we noticed"


def test_the_clock_warns_then_raises_it(shop: cast.Shop) -> None:
    talk = chats(shop)
    since = Waiting.objects.get().since
    for after, kinds in ((170, []), (181, ["waiting.warned"]), (301, ["waiting.warned", "waiting.late"])):
        watching.watch(since + timedelta(seconds=after))
        watching.watch(since + timedelta(seconds=after))
        assert told(shop) == kinds
    talk.refresh_from_db()
    assert talk.priority == Conversation.Priority.HIGH


def told(shop: cast.Shop) -> list[str]:
    kinds = ["waiting.warned", "waiting.late"]
    return list(_events(shop).filter(kind__in=kinds).order_by("id").values_list("kind", flat=True))


def test_after_hours_the_clock_stands_still(shop: cast.Shop) -> None:
    shop.hours.weekly = {"mon": [["09:00", "09:01"]]}
    shop.hours.save()
    assert chats(shop)
    waiting = Waiting.objects.get()
    assert waiting.due_at and waiting.due_at - waiting.since > timedelta(days=14), "five minutes are five Mondays"


def test_who_comes_back_is_waited_for_by_those_they_know(shop: cast.Shop) -> None:
    ben = cast.Browser("Ben")
    be_ready(shop.tomas, True)
    talk = chats(shop, who=ben)
    cast.answer(talk, "Hello", shop.tomas)
    heard()
    resolve(talk, by=shop.tomas.actor)
    assign(talk, None, by=shop.tomas.actor)
    heard()
    be_away(shop.tomas, "break")
    be_ready(shop.maya, True)
    chats(shop, "One more thing", ben)
    waiting = Waiting.objects.get(left_at=None)
    assert waiting.sticky_id == shop.tomas.id
    assert Turn.objects.get(waiting=waiting).member_id == shop.maya.id, "who is away is not waited for"


def _events(shop: cast.Shop) -> QuerySet[Event]:
    return Event.objects.filter(merchant_id=shop.merchant.id)


def test_why_it_came_is_said_in_a_sentence(shop: cast.Shop) -> None:
    german = queues.skill(shop)
    main = main_queue(shop.merchant)
    others = f"Those who answer “{main.name}” had no hands free in time."
    idle = "Of the 3 who were free, you had been for longest."
    cases: list[tuple[list[str], list[int], int, str]] = [
        (
            ["skills", "only"],
            [german.id],
            5,
            f"You speak {german.name}, and nobody waited longer. Nobody else was free.",
        ),
        (["sticky", "longest"], [], 5, "You answered them last, and nobody waited longer."),
        (["priority", "idle"], [], 5, f"This goes before what waited longer. {idle}"),
        (["overflow", "longest"], [], 130, f"Nobody waited longer than these 2 min. {others}"),
        (["hand"], [], 5, "You took it yourself."),
    ]
    for codes, skills, waited, said in cases:
        given = {"codes": codes, "skills": skills, "waited": waited, "queue": main.id, "among": 3}
        assert why(Turn(merchant=shop.merchant, why=given)) == said
