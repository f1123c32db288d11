"""A page of the desk is small, with tags, views and everything else on it."""

from __future__ import annotations

import uuid

import pytest

from presszero.conversations import actions
from presszero.conversations.models import Conversation, SavedView, Tag, Tagged
from presszero.team.models import Team
from tests import cast

from .conftest import At

pytestmark = pytest.mark.slow

MOST = 50_000  # bytes of HTML


@pytest.fixture
def full(shop: cast.Shop, maya: At, boots: Conversation) -> Conversation:
    """Fifty rows with three tags each, forty messages, ten views, six teams."""
    tags = [Tag.objects.create(merchant=shop.merchant, name=name) for name in ("VIP", "Spring sale", "Return open")]
    owned = {"merchant": shop.merchant}
    for number in range(60):
        Conversation.objects.create(
            **owned, customer=boots.customer, line=boots.line, subject=f"Where is order {number}?", snippet="So " * 60
        )
    for row in Conversation.objects.all():
        Tagged.objects.bulk_create(Tagged(**owned, conversation=row, tag=tag, by="system") for tag in tags)
    for number in range(10):
        SavedView.objects.create(**owned, by=maya.member, name=f"Late and important {number}", filter={})
    for name in ("Returns", "Wholesale", "Repairs", "Night", "Spain", "Germany"):
        Team.objects.create(**owned, name=name)
    for number in range(20):
        cast.the(cast.ada().writes(shop, f"Anything new about it, {number}? " * 4, "Re: Boots"))
        actions.note(boots, f"I asked the carrier, number {number}.", by=maya.member, client_id=uuid.uuid4())
    return boots


def test_every_page_of_the_desk_stays_below_fifty_kilobytes(maya: At, full: Conversation) -> None:
    view = SavedView.objects.first()
    assert view is not None
    pages = ("/desk/unassigned", f"/conversations/{full.id}?in=unassigned", "/search?q=order", f"/views/{view.id}")
    sizes = {path: len(maya.open(path).content) for path in (*pages, "/views", f"/views/{view.id}/filter")}
    assert all(size < MOST for size in sizes.values()), sizes


def test_the_rest_of_the_list_beside_a_conversation_comes_by_itself(maya: At, full: Conversation) -> None:
    shown = maya.open(f"/conversations/{full.id}?in=unassigned").content.decode()
    assert shown.count('<li><a class="row') == 6 and 'hx-get="/desk/unassigned/rows" hx-trigger="load"' in shown
    assert maya.asks("/desk/unassigned/rows").content.decode().count('<li><a class="row') == 50
