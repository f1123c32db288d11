"""A table that another app adds comes by the same screens: its columns, a look, the run, the report, taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from presszero.team.models import Team
from presszero.transfer import actions
from presszero.transfer.bringing import registry
from presszero.transfer.bringing.hand import Hand, Outcome
from presszero.transfer.bringing.registry import Kind, Looked, Sort
from presszero.transfer.models import Import, ImportRow
from presszero.transfer.running import bring_all, bring_now
from presszero.transfer.sources.sheet import Row, Sheet
from presszero.transfer.sources.sheet import registry as tables
from presszero.transfer.vocabulary import NotUnderstood, Record, Where
from tests import cast
from tests.walls.everything import browser

from .bringing import csv, run

pytestmark = pytest.mark.django_db

FULL = "There are too many teams."


@dataclass(frozen=True, slots=True)
class TeamFound(Record):
    name: str


def _read(row: Row) -> Record:
    if not row.has("name"):
        raise NotUnderstood("It has no name.")
    return TeamFound(row.one("name", 80))


def _bring(hand: Hand, batch: list[tuple[Where, TeamFound]]) -> None:
    for where, found in batch:
        if found.name == "Too many":
            hand.note(where, "team", Outcome.REJECTED, reason=FULL)
            continue
        made, new = Team.objects.get_or_create(merchant=hand.merchant, name=found.name)
        hand.note(where, "team", Outcome.NEW if new else Outcome.KNOWN, target_id=made.id)


def _check(hand: Hand, batch: list[tuple[Where, TeamFound]]) -> Iterator[Looked]:
    for where, found in batch:
        there = Team.objects.filter(merchant=hand.merchant, name=found.name).exists()
        yield Looked(where, "team", found.name, Outcome.KNOWN if there else Outcome.NEW, (f"team:{found.name}",))


def _remove(row: ImportRow) -> bool:
    return bool(Team.objects.filter(merchant_id=row.merchant_id, id=row.target_id or 0).delete()[0])


@pytest.fixture(autouse=True)
def teams(monkeypatch: pytest.MonkeyPatch) -> None:
    for where, kept in ((tables, "_sheets"), (registry, "_sorts"), (registry, "_kinds")):
        monkeypatch.setattr(where, kept, dict(getattr(where, kept)))
    registry.register(Sort(TeamFound, "team", _bring, _check, most=2), kinds=(Kind("team", lambda: "Teams", _remove),))
    labels = {"name": "Name of the team", "lead": "Lead"}
    columns = {"name": "group gruppe", "lead": ""}
    tables.register(Sheet("teams", lambda: "Teams", "team", columns, lambda: labels, _read))


def test_it_goes_from_its_columns_to_its_report(shop: cast.Shop) -> None:
    screen = browser(shop.team["rosa"])
    assert 'value="teams"' in screen.get("/settings/import/new/csv").content.decode()
    lines = b"Gruppe;Colour\r\nReturns;red\r\n;blue\r\nToo many;grey\r\nReturns;red\r\n"
    values = {"file": SimpleUploadedFile("teams.csv", lines), "about": "teams"}
    at = screen.post("/settings/import/new/csv", values)["Location"]
    assert Import.objects.get().choices["columns"] == ["name", ""]
    assert "Name of the team" in screen.get(at).content.decode()
    assert screen.post(f"{at}/columns", {"column-0": "name", "column-1": ""}).status_code == 302
    _worker()
    looked = Import.objects.get()
    assert looked.counts["team"] == {"new": 2, "known": 1, "rejected": 1} and not Team.objects.exists()
    screen.post(f"{at}/run")
    _worker()
    assert "Teams" in screen.get(at).content.decode() and Team.objects.get().name == "Returns"
    report = b"".join(screen.get(f"{at}/rejected.csv").streaming_content).decode("utf-8-sig")
    assert '"","blue","2"' in report and f'"Too many","grey","3","","","Teams","{FULL}"' in report
    screen.post(f"{at}/undo")
    _worker()
    assert not Team.objects.exists()


def test_its_columns_are_remembered_and_its_batches_are_as_large_as_it_says(shop: cast.Shop) -> None:
    job = csv(shop, "teams", "A,B", *(f"x,Team {n}" for n in range(5)))
    bring_now(actions.choose(job, ["", "name"]))
    run(Import.objects.get(id=job.id))
    assert Team.objects.count() == 5
    assert csv(shop, "teams", "A,B", "x,Team 9").choices["columns"] == ["", "name"]


def _worker() -> None:
    while bring_all():
        pass


def test_a_table_is_taken_for_customers_until_somebody_says() -> None:
    assert tables.sheets()[0].key == "customers"
