"""Every carrier keeps the same contract: a new one is tested once it stands in settings.CARRIERS and has samples."""

from __future__ import annotations

import base64
import importlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from presszero.channels import signing
from presszero.channels.adapter import BadSignature, Request, Unreadable
from presszero.fulfilment.carriers.adapter import CarrierSettings
from presszero.fulfilment.carriers.aftership.adapter import signature as aftership_signature
from presszero.fulfilment.carriers.easypost.adapter import signature as easypost_signature
from presszero.fulfilment.carriers.registry import adapter, kinds
from presszero.fulfilment.vocabulary import KNOWN, Stage, Tracked

SECRETS = {kind: f"a secret of {kind}, å" for kind in kinds()} | {"generic": signing.new_secret()}
Sign = Callable[[bytes, str], dict[str, str]]
# How each sender signs: its own scheme, over the exact bytes.
SIGNS: dict[str, Sign] = {
    "easypost": lambda body, secret: {"x-hmac-signature": easypost_signature(body, secret)},
    "aftership": lambda body, secret: {"aftership-hmac-sha256": aftership_signature(body, secret)},
    "generic": lambda body, secret: signing.signed_headers("msg_1", int(time.time()), body, secret),
}


def samples() -> list[tuple[str, Path]]:
    found = []
    for kind in kinds():
        folder = Path(str(importlib.import_module(settings.CARRIERS[kind]).__file__)).parent / "samples"
        found += [(kind, path) for path in sorted(folder.glob("*.json"))]
    return found


def carrier(kind: str, **more: Any) -> CarrierSettings:
    return replace(CarrierSettings(7, kind, kind, {}, {"secret": SECRETS[kind]}, "Europe/Berlin"), **more)


def request(kind: str, body: bytes, secret: str = "") -> Request:
    return Request("POST", "https://desk.example/in", SIGNS[kind](body, secret or SECRETS[kind]), body)


def parsed(kind: str, body: bytes) -> Tracked:
    (found,) = adapter(kind).parse(body, {}, carrier(kind))
    return found


def test_each_has_samples_and_a_way_to_sign() -> None:
    assert {kind for kind, _path in samples()} == set(kinds()) == set(SIGNS)


@pytest.mark.parametrize(("kind", "path"), samples(), ids=lambda each: getattr(each, "name", each))
def test_h1_only_what_was_signed_is_believed(kind: str, path: Path) -> None:
    body, way = path.read_bytes(), adapter(kind)
    good = request(kind, body)
    way.verify(good, carrier(kind))
    way.verify(good, carrier(kind, secrets={"secret": "another of sixteen", "old_secret": SECRETS[kind]}))
    name = next(name for name in good.headers if "signature" in name or "hmac" in name)
    wrong = [
        replace(good, body=body.replace(b"2026", b"2025", 1)),
        replace(good, body=body + b" "),
        replace(good, headers={}),
        replace(good, headers={**good.headers, name: ""}),
        replace(good, headers={**good.headers, name: "\u0394" * 64}),
        request(kind, body, "a secret of nobody's"),
    ]
    for each in wrong:
        with pytest.raises(BadSignature):
            way.verify(each, carrier(kind))
    for secrets in ({}, {"secret": ""}):
        with pytest.raises(BadSignature):
            way.verify(request(kind, body, " "), carrier(kind, secrets=secrets))


@pytest.mark.parametrize(("kind", "path"), samples(), ids=lambda each: getattr(each, "name", each))
def test_samples_are_understood_the_same_each_time(kind: str, path: Path) -> None:
    body, way = path.read_bytes(), adapter(kind)
    told = parsed(kind, body)
    assert told == parsed(kind, body) and told.tracking == way.lane_key(body)
    assert told.scans and {each.stage for each in told.scans} <= KNOWN
    assert len({each.id for each in told.scans}) == len(told.scans) and all(each.at.tzinfo for each in told.scans)
    assert way.event_id(request(kind, body))


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"\xff", b'{"a":' * 3000, b'{"msg": 7, "result": [], "scans": {}}']
)
def test_nonsense_is_told_as_a_sentence(kind: str, body: bytes) -> None:
    try:
        assert adapter(kind).parse(body, {}, carrier(kind)) == []
    except Unreadable as why:
        assert str(why)


@pytest.mark.parametrize(("kind", "path"), samples(), ids=lambda each: getattr(each, "name", each))
def test_a_part_that_is_missing_or_of_another_kind_breaks_nothing(kind: str, path: Path) -> None:
    whole = json.loads(path.read_text())
    for spoilt in _spoilt(whole):
        try:
            found = adapter(kind).parse(json.dumps(spoilt).encode(), {}, carrier(kind))
        except Unreadable:
            continue
        assert all(isinstance(each, Tracked) for each in found)


def _spoilt(whole: Any) -> list[Any]:
    """The same with one value at a time put to nothing, to a number, or to a list."""
    found = []
    for key in whole if isinstance(whole, dict) else range(len(whole)) if isinstance(whole, list) else ():
        for value in (None, 17, [], {}, "…"):
            found.append(_with(whole, key, value))
        found += [_with(whole, key, each) for each in _spoilt(whole[key])]
    return found


def _with(whole: Any, key: Any, value: Any) -> Any:
    copy = dict(whole) if isinstance(whole, dict) else list(whole)
    copy[key] = value
    return copy


def test_easypost_is_read() -> None:
    told = parsed("easypost", dict(samples())["easypost"].read_bytes())
    assert (told.carrier, told.service) == ("USPS", "First-Class Package")
    assert told.expected_at and told.expected_at.astimezone(ZoneInfo("Europe/Berlin")).date() == date(2026, 3, 11)
    stages = [Stage.ANNOUNCED, Stage.ACCEPTED, Stage.IN_TRANSIT, Stage.OUT_FOR_DELIVERY]
    assert [each.stage for each in told.scans] == stages
    assert told.scans[-1].place == "CHARLESTON, SC, US" and told.scans[-1].at == datetime(2026, 3, 11, 8, 1, tzinfo=UTC)
    label = b'{"id": "evt_1", "description": "batch.updated", "result": {"id": "batch_1"}}'
    assert adapter("easypost").parse(label, {}, carrier("easypost")) == []


def test_aftership_is_read() -> None:
    told = parsed("aftership", dict(samples())["aftership"].read_bytes())
    assert (told.carrier, told.service) == ("DHL GERMANY", "DHL PAKET")
    assert [each.stage for each in told.scans] == [Stage.ACCEPTED, Stage.IN_TRANSIT, Stage.DELIVERED]
    assert told.scans[1].at == datetime(2026, 3, 10, 4, 44, tzinfo=UTC)  # no zone was said: the merchant's
    assert [each.place for each in told.scans] == ["Leipzig, DE", "Madrid, Spain", "Valencia, ES"]


def test_an_unknown_stage_is_named() -> None:
    body = b'{"tracking": "1", "scans": [{"stage": "teleported", "at": "2026-03-11T04:05:00Z"}]}'
    with pytest.raises(Unreadable, match="teleported"):
        parsed("generic", body)


def test_the_signatures_are_plain_hmac_sha256() -> None:
    """The second test case of RFC 4231."""
    body, found = b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert easypost_signature(body, "Jefe") == f"hmac-sha256-hex={found}"
    assert base64.b64decode(aftership_signature(body, "Jefe")).hex() == found
