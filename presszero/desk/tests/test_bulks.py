"""The same done to many from the list: by hand or all of a view, watched, stopped, undone."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from presszero.conversations import actions
from presszero.conversations.actions.doing_bulks import go_on
from presszero.conversations.models import Bulk, Conversation, Tag, Tagged
from presszero.transfer.models import Export
from tests import cast

from .conftest import At, words

RESOLVE = quote('[{"do": "resolve"}]')


def work() -> None:
    """What the worker does, until there is nothing left."""
    while go_on():
        pass


def states() -> list[str]:
    return sorted(Conversation.objects.values_list("state", flat=True))


def test_those_selected_are_done_and_the_card_says_so(maya: At, boots: Conversation, invoice: Conversation) -> None:
    told = maya.asks("/bulks", "post", steps=RESOLVE, id=[boots.id, invoice.id])
    assert "0 of 2" in words(told) and "resolves" in words(told)
    made = Bulk.objects.get()
    assert json.loads(told.headers["HX-Trigger"])["bulk"] == {"id": made.id, "over": False}
    work()
    told = maya.asks(f"/bulks/{made.id}")
    assert "2 done" in words(told) and "Undo" in words(told) and "hx-trigger" not in told.content.decode()
    assert states() == ["resolved", "resolved"]


def test_all_of_it_is_undone_but_what_moved_on(maya: At, boots: Conversation, invoice: Conversation) -> None:
    maya.asks("/bulks", "post", steps=RESOLVE, id=[boots.id, invoice.id])
    work()
    actions.reopen(invoice, by=maya.member.actor)
    made = Bulk.objects.get()
    assert "Undoing" in words(maya.asks(f"/bulks/{made.id}/undo", "put"))
    work()
    told = words(maya.asks(f"/bulks/{made.id}"))
    assert "1 is as it was, 1 had moved on" in told and "Invoice" in told
    assert states() == ["open", "open"]


def test_all_of_a_view_is_more_than_what_is_shown(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    for number in range(60):
        Conversation.objects.create(
            merchant=shop.merchant, customer=boots.customer, line=boots.line, subject=f"Matter {number}"
        )
    assert "Select all 61 in this view" in words(maya.asks("/bulks/choices", **{"in": "unassigned"}))
    tag = Tag.objects.create(merchant=shop.merchant, name="Sale")
    steps = quote(json.dumps([{"do": "tag", "tag": tag.id}]))
    maya.asks("/bulks", "post", steps=steps, all="1", **{"in": "unassigned"})
    work()
    assert Tagged.objects.filter(tag=tag, removed_at=None).count() == 61


def test_what_cannot_be_done_is_left_with_the_reason(maya: At, boots: Conversation, invoice: Conversation) -> None:
    actions.resolve(invoice, by=maya.member.actor)
    steps = quote('[{"do": "snooze", "for": "1d"}]')
    maya.asks("/bulks", "post", steps=steps, id=[boots.id, invoice.id])
    work()
    told = words(maya.asks(f"/bulks/{Bulk.objects.get().id}"))
    assert "1 done, 1 left as it was" in told and "Invoice : " in told


def test_it_can_be_stopped_before_it_began(maya: At, boots: Conversation) -> None:
    maya.asks("/bulks", "post", steps=RESOLVE, id=boots.id)
    assert "0 done, 1 left as it was" in words(maya.asks(f"/bulks/{Bulk.objects.get().id}/stop", "put"))
    work()
    assert states() == ["open"]


@pytest.mark.parametrize("form", [{}, {"steps": "[]"}, {"steps": "x"}, {"steps": RESOLVE, "all": "1", "in": "for-you"}])
def test_nothing_begins_without_steps_or_conversations(maya: At, boots: Conversation, form: dict[str, str]) -> None:
    assert maya.asks("/bulks", "post", **{"id": boots.id, **form}).status_code == 422
    assert maya.asks("/bulks", "post", steps=RESOLVE).status_code == 422
    assert not Bulk.objects.exists()


def test_a_bulk_is_ones_own_or_a_leads(maya: At, at: Callable[[str], At], boots: Conversation, shop: cast.Shop) -> None:
    at("tomas").asks("/bulks", "post", steps=RESOLVE, id=boots.id)
    made = Bulk.objects.get()
    assert maya.asks(f"/bulks/{made.id}").status_code == 404
    assert at("rosa").asks(f"/bulks/{made.id}/stop", "put").status_code == 200
    mallory = At(cast.thistle().team["mallory"])
    assert mallory.asks(f"/bulks/{made.id}").status_code == 404
    assert mallory.asks("/bulks", "post", steps=RESOLVE, id=boots.id).status_code == 422


def test_an_admin_takes_a_list_or_those_selected_out(
    at: Callable[[str], At], maya: At, boots: Conversation, invoice: Conversation
) -> None:
    rosa = at("rosa")
    assert "Export these" in rosa.open("/desk/unassigned").content.decode()
    told = rosa.asks("/exports", "post", id=[boots.id])
    assert "1 conversation is being written" in words(told) and "/settings/export" in told.content.decode()
    rosa.asks("/exports", "post", all="1", **{"in": "unassigned"})
    chosen = [each.choices["conversations"] for each in Export.objects.order_by("id")]
    assert chosen == [[boots.id], sorted([boots.id, invoice.id])]
    assert rosa.asks("/exports", "post", all="1", **{"in": "for-you"}).status_code == 422
    assert rosa.asks("/exports", "post").status_code == 422


def test_exporting_is_offered_to_admins_alone(maya: At, boots: Conversation) -> None:
    assert "Export these" not in maya.open("/desk/unassigned").content.decode()
    assert "Export these" not in maya.asks("/bulks/choices", **{"in": "unassigned"}).content.decode()
    assert maya.asks("/exports", "post", id=[boots.id]).status_code == 403 and not Export.objects.exists()
