"""Arrivals on disk."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presszero.intake.edge.frames import MARK, pack, unpack
from presszero.intake.edge.spool import Spool, SpoolFull, left_behind, take_slot
from presszero.mailroom.incoming import Incoming

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(number: int, body: bytes = b"{}") -> Incoming:
    return Incoming(1, 2, str(number), 3, {"x-a": "ü"}, body, False, NOW)


async def emptied(spool: Spool) -> list[str]:
    """The external ids of everything replayed, in order."""
    found = []
    while batch := await spool.next_batch():
        found += [row.external_id for row in batch.rows]
        spool.replayed(batch)
    return found


@given(st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=200)), max_size=6))
def test_frames_come_back_as_they_went(given_rows: list[tuple[str, bytes]]) -> None:
    rows = [Incoming(1, 2, name, 3, {"h": name}, body, True, NOW) for name, body in given_rows]
    assert [frame.row for frame in unpack(b"".join(map(pack, rows)))] == rows


@given(st.integers(min_value=0, max_value=400), st.binary(max_size=60))
def test_a_torn_frame_costs_only_itself(cut: int, rubbish: bytes) -> None:
    whole = pack(row(1, MARK * 3))
    second = pack(row(2))
    torn = second[: min(cut, len(second) - 1)] + rubbish.replace(MARK, b"")
    rest = torn + pack(row(3))
    mended = rest.startswith(second)  # what comes after the cut may happen to be what was cut
    found = [frame.row.external_id for frame in unpack(whole + rest) if frame.row]
    assert found == (["1", "2", "3"] if mended else ["1", "3"])


@pytest.mark.parametrize("start", [pack, lambda row: b""])
def test_a_frame_cut_of_what_the_next_begins_with_costs_nothing(start: Callable[[Incoming], bytes]) -> None:
    before = start(row(1))
    cut = next(frame for frame in (pack(row(2)) for _ in itertools.count()) if frame[-1:] == MARK[:1])[:-1]
    found = [frame.row.external_id for frame in unpack(before + cut + pack(row(3))) if frame.row]
    assert found == (["1", "2", "3"] if before else ["2", "3"])


def test_nothing_of_a_frame_can_be_read_without_the_key() -> None:
    frame = pack(Incoming(1, 2, "ada@example.com", 3, {"from": "ada@example.com"}, b"Where is order 1042?", True, NOW))
    assert b"ada@" not in frame and b"1042" not in frame


def test_a_flipped_bit_is_noticed() -> None:
    raw = bytearray(pack(row(1)) + pack(row(2)))
    raw[30] ^= 1
    assert [frame.row and frame.row.external_id for frame in unpack(bytes(raw))] == [None, "2"]


def test_what_was_put_in_comes_out_in_order_and_then_it_is_empty(tmp_path: Path) -> None:
    async def story() -> None:
        spool = Spool(take_slot(tmp_path), limit=10**6)
        assert not spool.active
        await asyncio.gather(*(spool.append([row(n)]) for n in range(50)))
        assert spool.active
        assert await emptied(spool) == [str(n) for n in range(50)]
        assert not spool.active
        assert not spool.slot.segments()
        spool.close()

    asyncio.run(story())


def test_what_comes_in_during_the_replay_queues_behind(tmp_path: Path) -> None:
    async def story() -> None:
        spool = Spool(take_slot(tmp_path), limit=10**6)
        await spool.append([row(1)])
        batch = await spool.next_batch()
        assert batch
        await spool.append([row(2)])
        spool.replayed(batch)
        assert spool.active
        assert await emptied(spool) == ["2"]
        spool.close()

    asyncio.run(story())


def test_it_is_bounded_and_a_full_one_keeps_nothing_of_what_it_refuses(tmp_path: Path) -> None:
    async def story() -> None:
        spool = Spool(take_slot(tmp_path), limit=5000)
        await spool.append([row(1, b"x" * 4000)])
        with pytest.raises(SpoolFull):
            await spool.append([row(2), row(3, b"x" * 4000)])
        assert await emptied(spool) == ["1"]
        await spool.append([row(4, b"x" * 4000)])
        spool.close()

    asyncio.run(story())


def test_f8_a_full_disk_refuses_and_keeps_what_was_there(tmp_path: Path) -> None:
    async def story() -> None:
        spool = Spool(take_slot(tmp_path), limit=10**9)
        await spool.append([row(1)])
        spool._file, real = full_device(), spool._file
        with pytest.raises(SpoolFull):
            await spool.append([row(2)])
        spool._file = real
        await spool.append([row(3)])
        assert await emptied(spool) == ["1", "3"]
        spool.close()

    asyncio.run(story())


def test_behind_a_half_written_frame_that_cannot_be_cut_off_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        spool = Spool(take_slot(tmp_path), limit=10**9)
        await spool.append([row(1)])
        with monkeypatch.context() as broken:
            broken.setattr("presszero.intake.edge.spool._write_all", half_of_it)
            broken.setattr("os.ftruncate", read_only)
            with pytest.raises(SpoolFull):
                await spool.append([row(2)])
        await spool.append([row(3), row(4)])
        assert await emptied(spool) == ["1", "3", "4"]
        assert (spool.slot.segments(), spool.size) == ([], 0)
        spool.close()

    asyncio.run(story())


def half_of_it(file: int, frame: bytes) -> None:
    os.write(file, frame[: len(frame) // 2])
    raise OSError(errno.ENOSPC, "No space left on device")


def read_only(file: int, size: int) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


def full_device() -> int:
    return os.open("/dev/full", os.O_WRONLY)


def test_two_processes_never_share_a_folder(tmp_path: Path) -> None:
    first, second = take_slot(tmp_path), take_slot(tmp_path)
    assert first.folder != second.folder
    first.release()
    third = take_slot(tmp_path)
    assert third.folder == first.folder
    second.release()
    third.release()


def test_what_a_killed_process_left_is_found_once_its_lock_is_free(tmp_path: Path) -> None:
    async def story() -> None:
        spool = Spool(take_slot(tmp_path), limit=10**6)
        await spool.append([row(1), row(2)])
        assert list(left_behind(tmp_path)) == []
        segment = spool.slot.segments()[0]
        spool.close()
        with open(segment, "ab") as file:
            file.write(pack(row(3))[:-1])  # it was killed while writing
        for slot in left_behind(tmp_path):
            assert await emptied(Spool(slot, limit=0)) == ["1", "2"]
        assert list(left_behind(tmp_path)) == []
        assert not list(tmp_path.rglob("*.damaged"))

    asyncio.run(story())


def test_a_segment_with_a_rotten_middle_is_kept_for_a_person(tmp_path: Path) -> None:
    async def story() -> None:
        spool = Spool(take_slot(tmp_path), limit=10**6)
        await spool.append([row(1), row(2), row(3)])
        segment = spool.slot.segments()[0]
        raw = bytearray(segment.read_bytes())
        raw[len(pack(row(1))) + 20] ^= 1
        segment.write_bytes(raw)
        assert await emptied(spool) == ["1", "3"]
        assert [path.read_bytes() for path in tmp_path.rglob("*.damaged")] == [bytes(raw)]
        spool.close()

    asyncio.run(story())
