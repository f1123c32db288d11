"""A macro's button does its steps, all of them or none, whether they are old or new."""

from __future__ import annotations

import pytest

from presszero.conversations.models import Conversation, Macro, Tag, Tagged
from tests import cast

from .conftest import At

pytestmark = pytest.mark.django_db


def test_a_macro_does_its_steps_or_none_of_them(shop: cast.Shop, maya: At) -> None:
    row = cast.the(cast.ada().writes(shop, "Late again", "Boots")).conversation
    tag = Tag.objects.create(merchant=shop.merchant, name="Late")
    mine = {"merchant": shop.merchant}
    new = Macro.objects.create(**mine, name="Late", steps=[{"do": "tag", "tag": tag.id}, {"do": "resolve"}])
    old = Macro.objects.create(**mine, name="Mine", actions={"assign": "me", "priority": "4"})
    bad = [{"do": "priority", "priority": 1}, {"do": "tag", "tag": 0}]
    broken = Macro.objects.create(**mine, name="Broken", steps=bad)
    assert "adds the tag Late, resolves" in maya.open(f"/conversations/{row.id}/macros").content.decode()
    for macro in (new, old):
        assert maya.asks(f"/conversations/{row.id}/macros/{macro.id}", "post").status_code == 200
    assert maya.asks(f"/conversations/{row.id}/macros/{broken.id}", "post").status_code == 422
    now = Conversation.objects.get(id=row.id)
    assert (now.state, now.priority, now.assignee_id) == ("resolved", 4, shop.maya.id)
    assert Tagged.objects.get().tag_id == tag.id
