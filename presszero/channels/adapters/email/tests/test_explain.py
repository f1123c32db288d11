"""`presszero explain-mail`: the shape it promises, for any file."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from presszero.channels.adapters.email.explain import explain
from tests.waiting import crowded

pytestmark = pytest.mark.slow

MAILS = sorted((Path(__file__).parent / "mails").glob("*.eml"))
KEYS = {"file", "kind", "from", "to", "cc", "subject", "message_id", "in_reply_to", "references", "date", "text",
        "new_text", "attachments", "bounce"}  # fmt: skip


def explained(*paths: Path) -> list[dict[str, Any]]:
    out = io.StringIO()
    explain(paths, out, jsonl=True)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_line_of_the_promised_shape_for_each_file(tmp_path: Path) -> None:
    mail = tmp_path / "a.eml"
    mail.write_bytes(
        b"From: Ada Kowalski <ada@example.com>\nTo: support@juniper.example, Ben <ben@example.org>\nCc: c@example.org\n"
        b"Subject: Re: Order\nDate: Tue, 3 Mar 2026 10:15:00 +0100\nMessage-ID: <1@a>\nIn-Reply-To: <0@a>\n"
        b"References: <x@a> <0@a>\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nThanks!\n\n> old\n--b\nContent-Type: text/csv; name=a.csv\n\n1,2\n--b--\n"
    )
    assert explained(mail) == [
        {
            "file": str(mail),
            "kind": "message",
            "from": {"name": "Ada Kowalski", "address": "ada@example.com"},
            "to": [{"name": "", "address": "support@juniper.example"}, {"name": "Ben", "address": "ben@example.org"}],
            "cc": [{"name": "", "address": "c@example.org"}],
            "subject": "Re: Order",
            "message_id": "1@a",
            "in_reply_to": "0@a",
            "references": ["x@a", "0@a"],
            "date": "2026-03-03T10:15:00+01:00",
            "text": "Thanks!\n\n> old",
            "new_text": "Thanks!",
            "attachments": [{"filename": "a.csv", "content_type": "text/csv", "size": 3}],
            "bounce": None,
        }
    ]


def test_all_our_mails_in_order_and_quickly() -> None:
    start = time.monotonic()
    lines = explained(*MAILS)
    assert time.monotonic() - start < len(MAILS) / 20 * crowded()  # 50 a second and more on a quiet machine
    assert [line["file"] for line in lines] == [str(path) for path in MAILS]
    assert all(set(line) == KEYS for line in lines)
    bounces = [line["bounce"] for line in lines if line["kind"] == "bounce"]
    assert bounces
    assert all(set(each) == {"recipient", "permanent", "reason"} for each in bounces)


def test_missing_unreadable_and_odd_files_are_lines_too(tmp_path: Path) -> None:
    empty = tmp_path / "empty.eml"
    empty.touch()
    nested = tmp_path / "nested.eml"
    nested.write_bytes(b"From: a@b.c\n" + b"Content-Type: message/rfc822\n\n" * 400)
    missing, folder, _, bomb = explained(tmp_path / "none.eml", tmp_path, empty, nested)
    assert (missing["kind"], missing["reason"]) == (
        "quarantined",
        "The file cannot be read: No such file or directory.",
    )
    assert (folder["kind"], folder["reason"]) == ("quarantined", "The file cannot be read: it is a folder.")
    assert bomb["kind"] == "quarantined"
    assert bomb["from"]["address"] == "a@b.c"


@pytest.mark.slow
def test_no_file_takes_longer_than_two_seconds(tmp_path: Path) -> None:
    huge = tmp_path / "huge.eml"
    huge.write_bytes(b"From: a@b.c\nSubject: x\n\n" + b"a line of text\n" * 3_300_000)
    explained(MAILS[0])
    start = time.monotonic()
    (line,) = explained(huge)
    assert time.monotonic() - start < 4 * crowded()  # the child's own start is in it
    assert line["kind"] in ("message", "quarantined")


BODY = "Yes please.\n\nOn Mon, Mar 2, 2026 at 9:05 AM Maya <m@juniper.example> wrote:\n> Which one?\n"
HEADED = "From: a@b.c\nSubject: x\n\n" + BODY


@pytest.mark.parametrize(
    "raw",
    [
        BODY.encode(),
        BODY.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + HEADED.encode(),
        b"\r\n\r\n" + HEADED.replace("\n", "\r\n").encode(),
        HEADED.replace("\n", "\r").encode(),
        b"From ada@example.com Tue Mar  3 10:15:00 2026\n" + HEADED.encode(),
    ],
)
def test_fragments_and_line_ends_of_every_kind(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(raw)
    (line,) = explained(path)
    assert (line["kind"], line["new_text"]) == ("message", "Yes please.")


def test_a_bare_html_file_is_read_as_html(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"<p>Yes please.</p><blockquote type=cite>Which one?</blockquote>")
    (line,) = explained(path)
    assert (line["text"], line["new_text"]) == ("Yes please.\n\n> Which one?", "Yes please.")


@pytest.mark.parametrize(
    "text",
    [
        "From: the blue box I took the chair.\nTo: the white one the table.\nThanks",
        "From: A <a@b.c>\nSent: Monday\nTo: B\nSubject: x\n\nHello",
        "Note: the door is blue\n\nAda",
    ],
)
def test_text_that_begins_like_a_header_stays_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    (line,) = explained(path)
    assert line["text"] == text


def test_the_readable_summary_names_what_matters() -> None:
    out = io.StringIO()
    explain([path for path in MAILS if path.name == "bounce_qmail.eml"], out, jsonl=False)
    assert "bounce" in out.getvalue()
    assert "ben@example.org: dead address." in out.getvalue()
