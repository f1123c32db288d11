"""The customers' telephones on the Pretend page: what rings lies in a file, and what a page says of it beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from presszero.demo import carrier

ADA, RING = "+447700900123", "0123456789abcdef"


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRESSZERO_HOME", str(tmp_path))
    return tmp_path / "pretend" / "calls"


@pytest.mark.django_db
def test_a_page_learns_what_rings_and_says_that_it_is_open(calls: Path, settings: Settings, client: Client) -> None:
    settings.DEMO = True
    where = "/pretend/call/rings?as=ada@example.com"
    assert client.get(where).status_code == 204
    assert (calls / f"{ADA[1:]}.here").exists()
    ring = {"id": RING, "caller": "+442079460042", "state": "rings", "sdp": "v=0"}
    (calls / f"{ADA[1:]}.ring").write_text(json.dumps(ring))
    assert client.get(where).json() == {**ring, "caller": "+44 20 7946 0042"}
    assert client.get("/pretend/call/rings?as=ben@example.org").status_code == 204, "his is another telephone"


@pytest.mark.django_db
def test_what_a_page_says_is_kept_for_the_carrier(calls: Path, settings: Settings, client: Client) -> None:
    settings.DEMO = True
    client.get("/pretend/call/rings?as=ada@example.com")
    for said, kept in ((b'{"sdp": "v=0"}', "v=0"), (b"{}", "")):
        told = client.post(f"/pretend/call/rings/{RING}", said, content_type="application/json")
        assert told.status_code == 204
        assert json.loads((calls / f"{RING}.said").read_text()) == {"sdp": kept}


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"[]", b"no JSON", b'{"sdp": "' + b"x" * 70_000 + b'"}'])
def test_what_makes_no_sense_is_no_call(calls: Path, settings: Settings, client: Client, body: bytes) -> None:
    settings.DEMO = True
    client.get("/pretend/call/rings?as=ada@example.com")
    assert client.post(f"/pretend/call/rings/{RING}", body, content_type="application/json").status_code == 404
    assert client.post("/pretend/call/rings/no-ring", b"{}", content_type="application/json").status_code == 404
    assert not list(calls.glob("*.said"))


@pytest.mark.django_db
def test_outside_the_demo_nothing_rings(calls: Path, client: Client) -> None:
    assert client.get("/pretend/call/rings").status_code == 404


@pytest.mark.parametrize("number", ["", "../x", "+44/../x", "hello"])
def test_no_number_is_a_path(calls: Path, number: str) -> None:
    with pytest.raises(ValueError, match="no such number"):
        carrier.ringing(number)
