"""A search as it is typed: words and filters together, marked where they were found, and never beyond one's sight."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest

from presszero.conversations import actions, steps
from presszero.conversations.models import Conversation, Tag
from presszero.conversations.queries.finding import find, marked_in
from presszero.conversations.queries.recent import people
from presszero.conversations.queries.typed import has_filters
from tests import cast


@pytest.fixture
def blue(shop: cast.Shop, ada: cast.Shopper) -> Conversation:
    """Ada's, tagged late and Maya's."""
    row = cast.the(ada.writes(shop, "My order of blue boots is late, so late.", "Order 1042")).conversation
    tag = Tag.objects.create(merchant=shop.merchant, name="Late parcel")
    (one,) = steps.read(shop.merchant, [{"do": "tag", "tag": tag.id}])
    steps.perform(row, one, by=shop.maya.actor)
    actions.assign(row, shop.maya, by=shop.maya.actor)
    return row


@pytest.fixture
def red(shop: cast.Shop, blue: Conversation) -> Conversation:
    """Ben's, settled."""
    row = cast.the(cast.ben().writes(shop, "My order of red boots is the wrong size.", "Order 7")).conversation
    actions.resolve(row, by=shop.tomas.actor)
    return row


def ids(shop: cast.Shop, text: str) -> set[int]:
    return {row.id for row in find(shop.maya, text).rows}


def test_filters_stand_among_the_words(shop: cast.Shop, blue: Conversation, red: Conversation) -> None:
    both = {blue.id, red.id}
    wanted = {
        "order": both,
        "order from:ada": {blue.id},
        "from:example.org": {red.id},
        "is:open": {blue.id},
        "is:resolved order": {red.id},
        "tag:la order": {blue.id},
        'tag:"late parcel"': {blue.id},
        "-tag:late boots": {red.id},
        "assigned:me": {blue.id},
        "assigned:nobody order": {red.id},
        "assigned:maya": {blue.id},
        "before:2019-01-01 order": set(),
        "after:2019-01-01 order": both,
        "channel:email boots": both,
        "channel:chat boots": set(),
        "subject:1042": {blue.id},
        '"blue boots"': {blue.id},
        '"boots blue"': set(),
        "order is:": both,  # not typed to its end yet
    }
    assert {text: ids(shop, text) for text in wanted} == wanted


@pytest.mark.parametrize("text", ["is:asleep", "tag:nothing", "before:soon", "-is:late", "channel:pigeon", "field:x=1"])
def test_what_cannot_be_found_says_so(shop: cast.Shop, blue: Conversation, text: str) -> None:
    found = find(shop.maya, text)
    assert (found.rows, bool(found.problem)) == ([], True)


def test_other_colons_are_words() -> None:
    assert not has_filters("re: order http://juniper.example 10:30")
    assert has_filters("order from:ada")


def test_a_rare_filter_beside_a_common_word_is_found_from_the_other_side(
    shop: cast.Shop, blue: Conversation, red: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("presszero.conversations.queries.narrowing"), "MORE", 1)
    assert ids(shop, "boots from:ada") == {blue.id}


def test_a_search_says_when_it_looked_through_the_newest_alone(
    shop: cast.Shop, blue: Conversation, red: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = cast.the(cast.ben().writes(shop, "An order of green boots, please.", "Order 8")).conversation
    Conversation.objects.filter(id=newer.id).update(last_at=blue.last_at + timedelta(hours=1))
    assert find(shop.maya, "subject:1042").whole and find(shop.maya, "order").whole
    module = importlib.import_module("presszero.conversations.queries.narrowing")
    monkeypatch.setattr(module, "LOOKED", 1)
    assert (ids(shop, "subject:1042"), find(shop.maya, "subject:1042").whole) == (set(), False)
    assert ids(shop, "subject:8") == {newer.id}
    monkeypatch.setattr(module, "MORE", 1)
    found = find(shop.maya, 'order "green boots"', most=1)
    assert ([row.id for row in found.rows], found.whole) == ([newer.id], False)


def test_a_name_is_found_however_old_the_customer_is(
    shop: cast.Shop, blue: Conversation, red: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("presszero.conversations.queries.who"), "NEWEST", 1)
    assert {number for number, _name, _at in people(shop.maya, "ada", 4)} == {blue.customer_id}
    assert ids(shop, "from:ada") == {blue.id}


def test_what_was_found_is_marked_with_what_is_around_it(
    shop: cast.Shop, blue: Conversation, red: Conversation
) -> None:
    said = find(shop.maya, "boot late").said
    assert said[blue.id] == [
        ("My order of blue ", False),
        ("boots", True),
        (" is ", False),
        ("late", True),
        (", so ", False),
        ("late", True),
        (".", False),
    ]
    long = marked_in("word " * 60 + "and then the xylophone came " + "word " * 60, "xylo")
    assert ("xylophone", True) in long
    assert long[0] == ("…", False)
    assert len("".join(text for text, _ in long)) < 160
    assert marked_in("(a+b)* [x", "(a+") != []
    assert marked_in("nothing of it", "xylo") == []


def test_a_hostile_search_is_only_words(shop: cast.Shop, blue: Conversation) -> None:
    for text in ("from:' OR 1=1 --", "tag:%_\\ x", '"; DROP TABLE x', "is:open' --", "field:a.b__c=1", "%(x)s {0}"):
        find(shop.maya, text)
    assert Conversation.objects.filter(id=blue.id).exists()


def test_nobody_finds_beyond_their_sight(shop: cast.Shop, blue: Conversation, red: Conversation) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Vale", returns)
    texts = ("order", "is:open", "from:ada", '"blue boots"', "boots -tag:none", "before:2030-01-01")
    assert {row.id for text in texts for row in find(noor, text).rows} == set()
    assert people(noor, "ada", 5) == []
    Conversation.objects.filter(id=red.id).update(team=returns)
    assert {row.id for text in texts for row in find(noor, text).rows} == {red.id}
    assert [name for _id, name, _address in people(noor, "ben", 5)] == ["Ben Ruiz"]
    mallory = cast.thistle().team["mallory"]
    assert [find(mallory, text).rows for text in texts] == [[]] * len(texts)
    assert people(mallory, "ada", 5) == []
