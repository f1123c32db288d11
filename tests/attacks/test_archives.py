"""U6, D5: what somebody brings to be read: bombs, paths that lead elsewhere, endless and broken files."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import pytest

from presszero.core.refusal import Refused
from presszero.transfer import archive
from presszero.transfer.reading.elements import elements
from presszero.transfer.reading.items import LARGEST, items
from presszero.transfer.vocabulary import NotUnderstood


def zipped(tmp_path: Path, *members: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    path = tmp_path / "brought.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return path


def link(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system = 3
    made.external_attr = (0o120777) << 16
    return made


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b.json", "..\\..\\b.json", "C:\\b.json"])
def test_u6_a_name_that_leads_elsewhere_closes_the_whole_zip(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused), archive.opened(zipped(tmp_path, ("tickets.json", b"{}"), (name, b"x"))):
        pass


def test_u6_a_link_in_a_zip_closes_it(tmp_path: Path) -> None:
    with pytest.raises(Refused), archive.opened(zipped(tmp_path, (link("tickets.json"), b"/etc/passwd"))):
        pass


def test_u6_a_bomb_is_seen_before_a_byte_of_it_is_read(tmp_path: Path) -> None:
    bomb = zipped(tmp_path, ("tickets.json", b"0" * (archive.SMALL * 3)))
    began = time.process_time()
    with pytest.raises(Refused), archive.opened(bomb):
        pass
    assert time.process_time() - began < 0.1


def test_u6_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 50)
    with pytest.raises(Refused), archive.opened(zipped(tmp_path, *((f"{n}.json", b"") for n in range(51)))):
        pass


def test_u6_a_zip_in_a_zip_stays_closed(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("tickets.json", b'{"id": 1}')
    with archive.opened(zipped(tmp_path, ("inner.zip", inner.getvalue()))) as found:
        assert found.names == ["inner.zip"] and found.named("tickets.json") == []


def test_u6_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "brought"
    folder.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    os.symlink(tmp_path / "secret.json", folder / "tickets.json")
    os.symlink(tmp_path, folder / "up")
    with archive.opened(folder) as found:
        assert found.names == []


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
        b'[{"a": "' + b"x" * (LARGEST + 100),
        b"[1, 2, {}, nul, ]",
        b'{"a": 1}\n{"a": \n{"a": 2}\n',
        b"\xff\xfe\x00\x00",
        b"",
    ],
)
def test_d5_deep_and_endless_json_ends_in_words(content: bytes) -> None:
    began = time.process_time()
    found = list(items(io.BytesIO(content)))
    assert time.process_time() - began < 5
    assert all(isinstance(each, NotUnderstood | dict | list) for each in found) and len(found) < 100


def test_d5_a_broken_line_costs_only_itself() -> None:
    found = list(items(io.BytesIO(b'{"a": 1}\n{"a": [\n{"a": 2}\n')))
    assert [isinstance(each, NotUnderstood) for each in found] == [False, True, False]


def test_u6_xml_brings_neither_entities_nor_files() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b'<!ENTITY f SYSTEM "file:///etc/passwd">]><tickets><ticket><id>1</id><s>&f;&j;</s></ticket></tickets>'
    )
    began = time.process_time()
    found = list(elements(io.BytesIO(bomb), "ticket"))
    assert time.process_time() - began < 2
    assert "root:" not in str(found) and len(str(found)) < 10_000


def test_d5_xml_that_breaks_off_says_so() -> None:
    found = list(elements(io.BytesIO(b"<t><ticket><id>1</id></ticket><ticket><id>"), "ticket"))
    assert found[0] == {"id": "1"} and isinstance(found[1], NotUnderstood)
