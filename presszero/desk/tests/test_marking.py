"""Tags, team, own fields and spam of a conversation, from its page."""

from __future__ import annotations

import pytest

from presszero.conversations.models import Conversation, Tag, Tagged
from presszero.customers.models import Block, OwnField
from presszero.team.models import Team
from tests import cast

from .conftest import At, words


def test_a_tag_is_typed_made_and_taken_off_again(maya: At, boots: Conversation) -> None:
    url = f"/conversations/{boots.id}/tags"
    assert "New tag “VIP”" in words(maya.asks(url, q="VIP"))
    assert "Tagged: VIP" in words(maya.asks(url, "post", name="VIP"))
    maya.asks(url, "post", name="vip")  # the same one, however it is written
    made = Tag.objects.get()
    assert "VIP" in words(maya.open("/desk/unassigned")) and "VIP" in words(maya.open(f"/conversations/{boots.id}"))
    maya.asks(f"{url}/{made.id}", "delete")
    assert not Tagged.objects.filter(removed_at=None).exists()
    maya.asks(f"{url}/{made.id}", "put")
    assert Tagged.objects.filter(removed_at=None, conversation=boots).count() == 1


def test_a_row_shows_three_tags_and_how_many_more(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    for name in ("a1", "b2", "c3", "d4", "e5"):
        tag = Tag.objects.create(merchant=shop.merchant, name=name)
        Tagged.objects.create(merchant=shop.merchant, conversation=boots, tag=tag, by="system")
    shown = words(maya.open("/desk/unassigned"))
    assert "c3 +2" in shown and "d4" not in shown


def test_a_team_takes_it_and_gives_it_back(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    team = Team.objects.create(merchant=shop.merchant, name="Returns")
    url = f"/conversations/{boots.id}/team"
    assert "Returns" in words(maya.asks(url))
    assert "Moved to Returns." in words(maya.asks(url, "put", team=team.id))
    assert "Returns" in words(maya.open(f"/conversations/{boots.id}"))
    maya.asks(url, "delete")
    boots.refresh_from_db()
    assert boots.team_id is None


def test_an_own_field_is_kept_as_soon_as_it_is_left(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    field = {"merchant": shop.merchant, "about": "conversation", "key": "reason", "label": "Reason"}
    OwnField.objects.create(**field, kind="choice", choices=["late", "lost"])
    OwnField.objects.create(merchant=shop.merchant, about="customer", key="size", label="Size")
    panel = words(maya.asks(f"/customers/{boots.customer_id}/panel", beside=boots.id))
    assert "Reason" in panel and "Size" in panel
    assert "Saved: Reason" in words(maya.asks(f"/conversations/{boots.id}/fields", "put", reason="lost"))
    boots.refresh_from_db()
    assert boots.fields == {"reason": "lost"}
    assert maya.asks(f"/conversations/{boots.id}/fields", "put", reason="neither").status_code == 422
    assert maya.asks(f"/conversations/{boots.id}/fields", "put", size="39").status_code == 404
    boots.refresh_from_db()
    assert boots.fields == {"reason": "lost"}


@pytest.mark.parametrize("also", [{}, {"block": "1"}], ids=["alone", "with the sender"])
def test_spam_leaves_the_lists_and_comes_back(maya: At, boots: Conversation, also: dict[str, str]) -> None:
    assert "/desk/spam" not in maya.open("/desk/unassigned").content.decode()
    told = maya.asks(f"/conversations/{boots.id}/spam", "put", **also)
    assert "Spam" in words(told) and Block.objects.filter(lifted_at=None).count() == len(also)
    assert "Boots" not in words(maya.open("/desk/unassigned")) and "Boots" in words(maya.open("/desk/spam"))
    assert "/desk/spam" in maya.open("/desk/unassigned").content.decode()
    back = {"lift": str(Block.objects.get().id)} if also else {}
    maya.client.delete(f"/conversations/{boots.id}/spam", query_params=back, headers={"HX-Request": "true"})
    assert "Boots" in words(maya.open("/desk/unassigned")) and not Block.objects.filter(lifted_at=None).exists()


def test_marks_of_another_merchant_are_not_ours(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    other = cast.thistle()
    tag = Tag.objects.create(merchant=other.merchant, name="Theirs")
    team = Team.objects.create(merchant=other.merchant, name="Theirs")
    assert maya.asks(f"/conversations/{boots.id}/tags/{tag.id}", "put").status_code == 404
    assert maya.asks(f"/conversations/{boots.id}/team", "put", team=team.id).status_code == 404
    assert "Theirs" not in words(maya.asks(f"/conversations/{boots.id}/tags"))
    assert At(other.team["mallory"]).asks(f"/conversations/{boots.id}/spam", "put").status_code == 404
