"""Search over a stock of which only the newest part is looked through without the index."""

from __future__ import annotations

import importlib

import pytest

from presszero.conversations import queries
from tests import cast


@pytest.mark.parametrize("newest", [1, 1500])
def test_a_rare_word_beside_a_common_one_finds_what_has_both(
    db: None, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    monkeypatch.setattr(importlib.import_module("presszero.conversations.queries.search"), "NEWEST", newest)
    shop, ada = cast.juniper(), cast.ada()
    both = cast.the(ada.writes(shop, "The xylophone of my order", "One")).conversation
    cast.the(ada.writes(shop, "A xylophone", "Two"))
    common = cast.the(ada.writes(shop, "My order", "Three")).conversation
    for words, wanted in {"order xylo": {both.id}, "xylophone order": {both.id}, "order": {common.id, both.id}}.items():
        assert {row.id for row in queries.search(shop.maya, words)} == wanted
    assert queries.search(shop.maya, "xylophone trumpet") == []


def test_one_long_talk_about_it_hides_no_other(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("presszero.conversations.queries.search")
    monkeypatch.setattr(module, "NEWEST", 4)
    monkeypatch.setattr(module, "FOUND", 3)
    shop, ada = cast.juniper(), cast.ada()
    older = cast.the(cast.ben().writes(shop, "Where is my xylophone?", "Ben's")).conversation
    long = [cast.the(ada.writes(shop, f"My xylophone, part {n}", "Re: Ada's")).conversation for n in range(5)]
    assert {row.id for row in queries.search(shop.maya, "xylophone")} == {older.id, *(each.id for each in long)}
