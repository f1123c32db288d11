"""Promises at the desk: taken from words, made by hand, heard in a call, agreed anew, and standing on their boards."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from presszero.conversations.models import Conversation, Message, Note
from presszero.insights.models import Worked
from presszero.promises.actions import Believed, Made, expect, make, risk
from presszero.promises.models import Expectation, Gap, Keeping, Promise, PromiseKind
from tests import cast

from .conftest import At, words

_CHIP = re.compile(r'name="promise" value="([^"]+)"')


@pytest.fixture
def call_back(shop: cast.Shop, boots: Conversation) -> Promise:
    """Maya said that she calls within the hour."""
    what = Made(
        merchant_id=shop.merchant.id,
        customer_id=boots.customer_id,
        kind="callback",
        due_at=timezone.now() + timedelta(minutes=2),
        whole_day=False,
        where="agent",
        conversation_id=boots.id,
    )
    return make(what, shop.maya.actor)


def chips(maya: At, row: Conversation, text: str, kind: str = "reply") -> list[str]:
    shown = maya.asks(f"/conversations/{row.id}/drafts/{kind}", "put", text=quote(text))
    assert shown.status_code == 200
    return [html.unescape(value) for value in _CHIP.findall(shown.content.decode())]


def send(maya: At, row: Conversation, *values: str) -> int:
    newest = Message.objects.order_by("-id").values_list("id", flat=True).first()
    given = {"text": "We call you tomorrow.", "client_id": str(uuid.uuid4()), "after": newest}
    return maya.asks(
        f"/conversations/{row.id}/replies", "post", **given, promise=[quote(v) for v in values]
    ).status_code


def test_a_promise_is_noticed_and_kept_with_the_sending_alone(maya: At, boots: Conversation, shop: cast.Shop) -> None:
    found = chips(maya, boots, "I will call you back tomorrow.")
    assert len(found) == 1 and not Promise.objects.filter(kind="callback").exists()
    assert send(maya, boots) == 200 and not Promise.objects.filter(kind="callback").exists(), "nobody took it"
    assert send(maya, boots, found[0]) == 200
    made = Promise.objects.get(kind="callback")
    assert (made.state, made.where, made.by) == ("open", "agent", shop.maya.actor.code)
    assert made.entry is not None and made.entry.text == "We call you tomorrow."
    assert "Call back by" in words(maya.open(f"/conversations/{boots.id}"))
    Keeping.objects.create(merchant=shop.merchant, notice_words=False)
    assert chips(maya, boots, "I will call you back tomorrow.") == []


def test_a_chip_of_another_conversation_or_of_nobody_sends_nothing(
    maya: At, boots: Conversation, invoice: Conversation
) -> None:
    (other,) = chips(maya, invoice, "I will call you back tomorrow.")
    before = Message.objects.count()
    assert send(maya, boots, other) == 422 and send(maya, boots, "made-up") == 422
    assert Message.objects.count() == before and not Promise.objects.filter(kind="callback").exists()


def test_by_hand_every_kind_even_their_own_and_no_day_is_refused(
    maya: At, boots: Conversation, shop: cast.Shop
) -> None:
    own = PromiseKind.objects.create(merchant=shop.merchant, name="Engraving ready", by="system")
    address, day = f"/conversations/{boots.id}/promises", (timezone.localdate() + timedelta(days=3)).isoformat()
    assert "Engraving ready" in words(maya.asks(f"{address}/new"))
    assert maya.asks(address, "post", kind=f"own:{own.id}", day=day).status_code == 200
    assert Promise.objects.get(kind=f"own:{own.id}").whole_day
    refused = maya.asks(address, "post", kind="refund", day="")
    assert refused.status_code == 422 and "Pick a day." in words(refused)
    assert not Promise.objects.filter(kind="refund").exists()


def test_a_call_is_written_down_counts_as_work_and_keeps_the_call_back(
    maya: At, boots: Conversation, call_back: Promise
) -> None:
    assert "This was the call back" in words(maya.asks(f"/conversations/{boots.id}/calls"))
    call = {"text": "She is fine with brown.", "minutes": 4, "direction": "out", "client_id": str(uuid.uuid4())}
    answer = maya.asks(f"/conversations/{boots.id}/calls", "post", **call)
    assert answer.status_code == 200 and "What was promised?" in words(answer)
    assert maya.asks(f"/conversations/{boots.id}/calls", "post", **call).status_code == 200, "a second click"
    note = Note.objects.get()
    assert (note.call, note.minutes) == ("out", 4)
    worked = Worked.objects.get(channel="phone")
    assert worked.seconds == 240
    call_back.refresh_from_db()
    assert call_back.state == "kept"
    assert maya.asks(f"/notes/{note.id}", "delete").status_code == 200
    worked.refresh_from_db()
    assert worked.seconds == 0


def test_what_was_taken_while_a_call_is_written_down_is_kept_and_not_asked_again(
    maya: At, boots: Conversation, shop: cast.Shop
) -> None:
    said = "She called. I will call you back tomorrow."
    (chip,) = chips(maya, boots, said, "call")
    call = {"text": said, "direction": "in", "client_id": str(uuid.uuid4()), "promise": [quote(chip)]}
    for _ in range(2):  # a second click
        answer = maya.asks(f"/conversations/{boots.id}/calls", "post", **call)
        assert answer.status_code == 200 and "What was promised?" not in words(answer)
    assert Promise.objects.get(kind="callback").state == "open" and Note.objects.count() == 1


@pytest.mark.parametrize("minutes", ["-3", "9999", "long"])
def test_a_call_that_makes_no_sense_is_refused(maya: At, boots: Conversation, minutes: str) -> None:
    call = {"text": "Hm", "minutes": minutes, "client_id": str(uuid.uuid4())}
    assert maya.asks(f"/conversations/{boots.id}/calls", "post", **call).status_code == 422
    assert not Note.objects.exists()


def test_another_day_is_agreed_and_told_in_one_breath(maya: At, boots: Conversation, call_back: Promise) -> None:
    address, day = f"/promises/{call_back.id}", (timezone.localdate() + timedelta(days=4)).isoformat()
    assert "I am sorry" in words(maya.asks(address))
    told = {"day": day, "clock": "10:00", "tell": "1", "client_id": str(uuid.uuid4())}
    assert maya.asks(address, "put", **told, text="").status_code == 422, "nothing is said, so nothing is agreed"
    call_back.refresh_from_db()
    assert call_back.state == "open" and Promise.objects.filter(kind="callback").count() == 1
    assert maya.asks(address, "put", **told, text="Not today, I am afraid.").status_code == 200
    old, new = Promise.objects.filter(kind="callback").order_by("id")
    assert (old.state, new.state) == ("renegotiated", "open")
    assert new.entry is not None and new.entry.text == "Not today, I am afraid."


def test_boards_show_what_stands_and_its_rows_act(maya: At, boots: Conversation, call_back: Promise) -> None:
    assert "Call back by" in words(maya.open("/promises"))
    assert "Nothing is at risk" in words(maya.open("/promises?show=risk"))
    risk(call_back, "person")
    assert "somebody doubts it" in words(maya.open("/promises?show=risk"))
    assert maya.asks(f"/promises/{call_back.id}/keeping", "put").status_code == 200
    assert "Nothing is at risk" in words(maya.open("/promises?show=risk"))
    shown = words(maya.open("/promises?show=kept"))
    assert "100 %" in shown and "of 1 promise kept" in shown and "Maya" in shown
    assert maya.asks(f"/promises/{call_back.id}/keeping", "delete").status_code == 200
    assert maya.asks(f"/promises/{call_back.id}", "delete").status_code == 200
    call_back.refresh_from_db()
    assert call_back.state == "withdrawn"


def test_what_they_expect_stands_in_their_words_and_is_put_right(maya: At, boots: Conversation) -> None:
    entry = boots.messages.get().entry
    what = Believed(
        merchant_id=boots.merchant_id,
        by_day=timezone.localdate() + timedelta(days=3),
        source="said",
        customer_id=boots.customer_id,
        conversation_id=boots.id,
        entry_id=entry.id,
        firm=True,
    )
    made = expect(what, maya.member.actor)
    assert "Needs it by" in words(maya.open(f"/conversations/{boots.id}"))
    assert maya.asks(f"/expectations/{made.id}", "delete").status_code == 200
    assert "Needs it by" not in words(maya.open(f"/conversations/{boots.id}"))
    assert Expectation.objects.get().withdrawn_at


def test_a_difference_is_settled_by_whoever_dealt_with_it(maya: At, boots: Conversation, call_back: Promise) -> None:
    gap = Gap.objects.create(
        merchant_id=boots.merchant_id, promise=call_back, conversation=boots, customer=boots.customer, kind="no_answer"
    )
    assert "Promised, and nobody does it" in words(maya.open("/promises?show=gaps"))
    assert maya.asks(f"/gaps/{gap.id}/closing", "put").status_code == 200
    gap.refresh_from_db()
    assert (gap.closed_because, gap.by) == ("person", maya.member.actor.code)


def test_how_promises_are_kept_is_set_and_recorded(shop: cast.Shop) -> None:
    tomas = At(shop.tomas)
    page = "/settings/promises"
    assert tomas.asks(page, "post", sure="40", keep="97.5", notice_words="1").status_code in (200, 302)
    kept = Keeping.objects.get()
    assert (kept.sure, kept.keep, kept.notice_words, kept.ask_after_order) == (0.4, 0.975, True, False)
    assert tomas.asks(page, "post", sure="400", keep="97.5").status_code == 422
    assert tomas.asks(f"{page}/kinds", "post", name="Engraving").status_code in (200, 302)
    assert tomas.asks(f"{page}/kinds", "post", name="engraving").status_code == 422
    assert "changed how promises are kept" in words(At(shop.team["rosa"]).open("/settings/record"))
