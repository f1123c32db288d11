"""An earlier conversation of the same customer, beside the present one."""

from __future__ import annotations

from presszero.conversations.models import Conversation
from tests import cast

from .conftest import At, words


def test_it_is_read_beside_the_present_one_and_nothing_is_done_from_it(
    maya: At, boots: Conversation, invoice: Conversation
) -> None:
    cast.answer(invoice, "Here it is.", maya.member)
    panel = maya.asks(f"/customers/{boots.customer_id}/panel", beside=boots.id).content.decode()
    assert f"/conversations/{boots.id}/beside/{invoice.id}" in panel
    answer = maya.asks(f"/conversations/{boots.id}/beside/{invoice.id}")
    shown, html = words(answer), answer.content.decode()
    assert "May I have an invoice?" in shown and "Here it is." in shown and "1 of 1" in shown
    assert "<form" not in html and "hx-post" not in html and "hx-put" not in html and "hx-delete" not in html


def test_one_after_the_other(maya: At, shop: cast.Shop, boots: Conversation, invoice: Conversation) -> None:
    laces = cast.the(cast.ada().writes(shop, "Laces?", "Laces")).conversation
    newest = maya.asks(f"/conversations/{boots.id}/beside/{laces.id}").content.decode()
    assert f"/conversations/{boots.id}/beside/{invoice.id}" in newest and "1 of 2" in newest


def test_somebody_elses_is_read_beside_it_too_and_stands_alone(maya: At, shop: cast.Shop, boots: Conversation) -> None:
    other = cast.the(cast.ben().writes(shop, "Hello from me", "Hi")).conversation
    answer = maya.asks(f"/conversations/{boots.id}/beside/{other.id}")
    assert "Hello from me" in words(answer) and "1 of" not in words(answer)
    assert b'data-key="]"' not in answer.content
    assert maya.asks(f"/conversations/{boots.id}/beside/{boots.id}").status_code == 404
    mallory = At(cast.thistle().team["mallory"])
    assert mallory.asks(f"/conversations/{boots.id}/beside/{other.id}").status_code == 404
