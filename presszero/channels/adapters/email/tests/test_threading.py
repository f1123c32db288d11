"""Old mail grouped into conversations."""

from __future__ import annotations

import io
import json
import mailbox
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from presszero.channels.adapters.email.history import dry_run, import_plan, mail_of
from presszero.channels.adapters.email.threading import Mail, base_subject, conversations

ADA, BEN, SHOP = "ada@example.com", "ben@example.org", "support@juniper.example"


def grouped(*mails: Mail) -> dict[str, str]:
    return dict(conversations(mails))


def test_references_make_a_conversation_in_any_order() -> None:
    a, b, c = Mail("a"), Mail("b", "a", ("a",)), Mail("c", "b", ("a", "b"))
    assert grouped(a, b, c) == grouped(c, b, a) == {"a": "a", "b": "a", "c": "a"}


def test_in_reply_to_alone_is_enough() -> None:
    assert grouped(Mail("a"), Mail("b", "a")) == {"a": "a", "b": "a"}


def test_siblings_of_a_missing_mail_belong_together() -> None:
    found = grouped(Mail("b", "gone", ("gone",)), Mail("c", "gone", ("gone",)))
    assert found["b"] == found["c"]


def test_loops_and_self_references_are_harmless() -> None:
    assert grouped(Mail("a", "b", ("b",)), Mail("b", "a", ("a",)), Mail("c", "c", ("c",))).keys() == {"a", "b", "c"}
    found = grouped(Mail("a", "", ("b", "c", "a", "b")), Mail("b", "", ("c", "a")), Mail("c", "", ("a", "b")))
    assert len(set(found.values())) == 1


def test_strangers_with_the_same_subject_stay_apart() -> None:
    found = grouped(
        Mail("a", subject="Order", participants=frozenset({ADA, SHOP})),
        Mail("b", subject="Order", participants=frozenset({BEN, SHOP})),
        Mail("c", subject="Re: Order", participants=frozenset({BEN, SHOP})),
    )
    assert found == {"a": "a", "b": "b", "c": "b"}


def test_the_same_subject_without_a_reply_sign_stays_apart() -> None:
    both = frozenset({ADA, SHOP})
    assert grouped(Mail("a", subject="Order", participants=both), Mail("b", subject="Order", participants=both)) == {
        "a": "a",
        "b": "b",
    }


def test_a_reply_that_lost_its_ids_finds_its_thread_unless_too_old() -> None:
    both = frozenset({ADA, SHOP})
    first = Mail("a", subject="Late parcel", participants=both, date=datetime(2026, 1, 1, tzinfo=UTC))
    reply = Mail("b", subject="AW: Re: Late  parcel", participants=both, date=datetime(2026, 1, 9, tzinfo=UTC))
    late = Mail("c", subject="Re: Late parcel", participants=both, date=datetime(2027, 1, 9, tzinfo=UTC))
    assert grouped(first, reply, late) == {"a": "a", "b": "a", "c": "c"}


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: Fwd: [shop] Order (fwd)", ("order", True)),
        ("Re[4]: Order", ("order", True)),
        ("[Fwd: Order]", ("order", True)),
        ("回复：订单", ("订单", True)),
        ("Order", ("order", False)),
        ("[shop] Order", ("order", False)),
        ("Re:", ("", True)),
        ("[1042]", ("[1042]", False)),
    ],
)
def test_base_subject(subject: str, base: tuple[str, bool]) -> None:
    assert base_subject(subject) == base


def test_mails_without_an_id_are_each_their_own() -> None:
    assert list(conversations([Mail(""), Mail("")])) == [("mail-0", "mail-0"), ("mail-1", "mail-1")]


@pytest.mark.slow
def test_a_hundred_thousand_mails_take_seconds() -> None:
    def mails(count: int) -> list[Mail]:
        out = []
        for number in range(count):
            root = f"{number // 10}.0@x"
            chain = tuple(f"{number // 10}.{each}@x" for each in range(number % 10))
            out.append(Mail(f"{number // 10}.{number % 10}@x", chain[-1] if chain else "", chain, f"Re: {root}"))
        return out

    many = mails(100_000)
    start = time.process_time()
    assert len({conversation for _, conversation in conversations(many)}) == 10_000
    assert time.process_time() - start < 8


def test_a_long_chain_is_not_slow() -> None:
    chain = [Mail(str(number), str(number - 1) if number else "") for number in range(3_000)]
    start = time.process_time()
    assert set(grouped(*reversed(chain)).values()) == {"0"}
    assert time.process_time() - start < 5


RAW = b"From: Ada <ada@example.com>\nTo: support@juniper.example\nSubject: =?utf-8?q?Sp=C3=A4t?=\n"
RAW += b"Message-ID:\n <1@a>\n\nFrom here on.\n"


def test_heads_are_enough() -> None:
    assert mail_of(RAW) == Mail("1@a", subject="Spät", participants=frozenset({ADA, SHOP}))


def boxes(folder: Path) -> list[Path]:
    box = mailbox.mbox(folder / "a.mbox")
    maildir = mailbox.Maildir(folder / "maildir")
    loose = folder / "loose"
    loose.mkdir()
    for number in range(3):
        raw = RAW.replace(b"<1@a>", b"<%d@a>" % number)
        raw = raw.replace(b"Subject", b"References: <0@a>\nSubject") if number else raw
        box.add(raw)
        maildir.add(raw)
        (loose / f"{number}.eml").write_bytes(raw)
    box.close()
    return [folder / "a.mbox", folder / "maildir", loose]


def test_mbox_maildir_and_folders_are_read_alike(tmp_path: Path) -> None:
    for path in boxes(tmp_path):
        found = list(import_plan(path))
        assert sorted(mail_of(each.raw).message_id for each in found) == ["0@a", "1@a", "2@a"], path
        assert all(each.raw.endswith(b"\nFrom here on.\n") for each in found)
        assert len({each.place for each in found}) == 3
        assert found[-1].done == found[-1].total


def test_the_dry_run_prints_a_line_for_each_mail(tmp_path: Path) -> None:
    for path in boxes(tmp_path):
        out = io.StringIO()
        progress: list[tuple[int, int]] = []
        assert dry_run(path, out, lambda *step: progress.append(step)) == 3  # noqa: B023
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert sorted(line["message_id"] for line in lines) == ["0@a", "1@a", "2@a"]
        assert {line["conversation"] for line in lines} == {"0@a"}
        assert len(progress) == 3
