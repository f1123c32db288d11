"""docs/facts.md says what the code says."""

from __future__ import annotations

from pathlib import Path

from presszero.timeline.catalogue import page


def test_the_page_of_facts_is_up_to_date() -> None:
    written = Path(__file__).parents[2] / "docs" / "facts.md"
    assert written.read_text() == page(), "run: presszero manage facts > docs/facts.md"
