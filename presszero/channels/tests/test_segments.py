"""Texts counted as networks count them, and as the page counts them while somebody types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presszero.channels.segments import ALPHABET, EXTENSION, GSM, segments

CASES = json.loads((Path(__file__).parent / "segments.json").read_text())
_SIGNS = st.one_of(st.sampled_from(sorted(ALPHABET | EXTENSION)), st.characters(exclude_categories=("Cs",)))


@pytest.mark.parametrize("case", CASES, ids=[case["is"] for case in CASES])
def test_the_table_that_the_page_counts_by_too(case: dict[str, Any]) -> None:
    found = segments(case["text"] * case["times"])
    assert (found.encoding, found.units, found.count, found.left) == tuple(
        case[name] for name in ("encoding", "units", "count", "left")
    )


@given(st.text(_SIGNS, max_size=500))
def test_every_sign_has_a_place_and_no_text_holds_more_than_it_can(text: str) -> None:
    found = segments(text)
    alone, joined = (160, 153) if found.encoding == GSM else (70, 67)
    room = alone if found.count <= 1 else found.count * joined
    assert 0 <= found.left < (joined if found.count > 1 else alone + 1)
    assert found.units + found.left <= room
    assert found.units + found.left >= room - max(found.count - 1, 0)  # each joined text loses at most one place
    if found.encoding != GSM:
        assert found.units == len(text.encode("utf-16-le")) // 2
    assert segments(text + "a").count >= found.count
