"""Arrivals on disk."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given
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
    torn = pack(row(2))[: min(cut, len(pack(row(2))) - 1)] + rubbish.replace(MARK, b"")
    assume(not torn.startswith(pack(row(2))))  # the rubbish may happen to be what was cut
    found = [frame.row.external_id for frame in unpack(whole + torn + pack(row(3))) if frame.row]
    assert found == ["1", "3"]


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
