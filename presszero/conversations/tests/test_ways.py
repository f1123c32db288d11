"""By which way an answer goes, and what whoever sends it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from presszero.conversations.ways import Way, cautions, choose_way

NOW = datetime(2031, 5, 2, 12, tzinfo=UTC)
MAIL = Way("email", "email", 1, "support@juniper.example", "ada@example.com", 11, most_bytes=1000)
CHAT = Way("chat", "visitor", 2, "chat.juniper", "v-1", 12, live=True, seen_at=NOW, most_bytes=100)
BOTH = [CHAT, MAIL]


def test_the_way_they_asked_for_wins() -> None:
    assert choose_way(BOTH, "email", CHAT.key, {CHAT.key}) == (MAIL, "asked")
    assert choose_way(BOTH, "visitor", MAIL.key, ()) == (CHAT, "asked")


def test_else_where_they_last_wrote_else_where_they_are_now() -> None:
    assert choose_way(BOTH, "", MAIL.key, {CHAT.key}) == (MAIL, "last")
    assert choose_way(BOTH, "phone", MAIL.key, {CHAT.key}) == (MAIL, "last")
    assert choose_way([MAIL, CHAT], "", "thread:99", {CHAT.key}) == (CHAT, "now")
    assert choose_way([MAIL, CHAT], "", "thread:99", ()) == (MAIL, "only")
    assert choose_way([], "email", "", ()) == (None, "")


def test_a_dead_address_is_proposed_only_when_there_is_no_other() -> None:
    dead = replace(MAIL, bounced=True)
    assert choose_way([dead, CHAT], "email", dead.key, ())[0] == CHAT
    assert choose_way([dead], "email", dead.key, ())[0] == dead
    assert choose_way([replace(MAIL, paused=True), CHAT], "", MAIL.key, ())[0] == CHAT


def test_of_two_ways_they_asked_for_the_one_they_last_used_is_taken() -> None:
    other = replace(MAIL, thread_id=13)
    assert choose_way([MAIL, other], "email", other.key, ()) == (other, "asked")


def test_whoever_left_the_chat_is_pointed_to_by_mail() -> None:
    gone = replace(CHAT, seen_at=NOW - timedelta(minutes=10))
    (said,) = cautions(gone, [gone, MAIL], NOW)
    assert (said.kind, said.since, said.instead) == ("gone", gone.seen_at, MAIL.key)
    assert cautions(gone, [gone], NOW)[0].instead == ""
    assert cautions(replace(CHAT, seen_at=NOW - timedelta(seconds=45)), BOTH, NOW) == []


def test_each_thing_that_keeps_it_from_arriving_is_said() -> None:
    kinds = [
        said.kind
        for said in cautions(replace(MAIL, bounced=True, paused=True, proven=False, trouble="x"), BOTH, NOW, 1001)
    ]
    assert kinds == ["bounced", "paused", "too_large", "unproven"]
    assert cautions(MAIL, BOTH, NOW, 1000) == []
    assert cautions(replace(MAIL, trouble="refused"), BOTH, NOW)[0].instead == CHAT.key


def test_somebody_types_for_eight_seconds_after_the_last_key() -> None:
    assert replace(CHAT, typing_at=NOW - timedelta(seconds=8)).types(NOW)
    assert not replace(CHAT, typing_at=NOW - timedelta(seconds=9)).types(NOW)
    assert not CHAT.types(NOW)
