"""A carrier's webhook comes in as a channel's does: signed its own way over the exact bytes, stored once, and taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from presszero.commerce.models import Order, Shipment
from presszero.fulfilment.carriers.aftership.adapter import signature as aftership
from presszero.fulfilment.carriers.connecting import connect, disconnect, renew_secret
from presszero.fulfilment.carriers.door import line_id
from presszero.fulfilment.carriers.easypost.adapter import signature as easypost
from presszero.fulfilment.models import Carrier, Scan
from presszero.intake.split import split_all
from presszero.mailroom.models import Quarantine, Received

from .conftest import Answer, EdgeProcess, Shop, wait_until

SECRET, OTHER = "a secret of sixteen and more", "another secret of sixteen"


@pytest.fixture(autouse=True)
def _record(transactional_db: None) -> Iterator[None]:
    """What is on record is never deleted; only all of it at once."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_record CASCADE")


@pytest.fixture
def carrier(shop: Shop) -> Carrier:
    return connect(shop.merchant, "easypost", "", {"secret": SECRET}, shop.member.actor)


@pytest.fixture
def parcel(shop: Shop) -> Shipment:
    order = Order.objects.create(
        merchant=shop.merchant, number="#1042", number_key="1042", currency="GBP", total=0, placed_at=timezone.now()
    )
    return Shipment.objects.create(merchant=shop.merchant, order=order, tracking="PN1042", sent_at=timezone.now())


def said(status: str, id: str = "evt_1", **more: Any) -> dict[str, Any]:
    """As tracker.updated says it."""
    at = (timezone.now() - timedelta(minutes=5)).isoformat()
    detail = {"status": status, "message": "Scanned", "datetime": at, "tracking_location": {"city": "York"}}
    tracker = {"tracking_code": "PN1042", "status": status, "carrier": "USPS", "tracking_details": [detail]}
    return {"id": id, "description": "tracker.updated", "result": tracker | more}


def deliver(edge: EdgeProcess, carrier: Carrier, what: object, secret: str = SECRET) -> Answer:
    body = json.dumps(what).encode()
    return edge.call("POST", f"/in/easypost/{carrier.token}", body, X_Hmac_Signature=easypost(body, secret))


def work() -> None:
    while split_all():
        pass


def test_h1_h2_only_what_the_carrier_signed_moves_a_parcel(
    edge: EdgeProcess, shop: Shop, other_shop: Shop, carrier: Carrier, parcel: Shipment
) -> None:
    theirs = connect(other_shop.merchant, "easypost", "", {"secret": OTHER}, other_shop.member.actor)
    event = said("delivered")
    body = json.dumps(event).encode()
    for wrong in (
        deliver(edge, carrier, event, "guessed"),
        deliver(edge, carrier, event, OTHER),
        edge.call("POST", f"/in/easypost/{carrier.token}", body),
        edge.call("POST", f"/in/easypost/{carrier.token}", body, aftership_hmac_sha256=aftership(body, SECRET)),
    ):
        assert wrong.status == 403
    assert edge.call("POST", f"/in/aftership/{carrier.token}", body).status == 404  # of another kind
    assert deliver(edge, theirs, event, OTHER).status == 200  # signed, and about no parcel of theirs
    work()
    parcel.refresh_from_db()
    assert parcel.state == "sent" and not Scan.objects.exists()
    assert [deliver(edge, carrier, event).status for _repeat in range(3)] == [200, 200, 200]
    work()
    parcel.refresh_from_db()
    assert (parcel.state, Scan.objects.count()) == ("delivered", 1)
    assert Received.objects.get(line_id=line_id(carrier.id)).split_at


def test_poison_is_held_back_under_the_carriers_name(edge: EdgeProcess, carrier: Carrier, parcel: Shipment) -> None:
    assert deliver(edge, carrier, said("in_transit", tracking_code=None)).status == 200
    work()
    held = Quarantine.objects.get()
    carrier.refresh_from_db()
    assert held.sender == "EasyPost" and carrier.trouble == held.reason and carrier.trouble_since
    assert deliver(edge, carrier, said("in_transit", "evt_2")).status == 200
    work()
    carrier.refresh_from_db()
    assert carrier.trouble == "" and Scan.objects.count() == 1


def test_a_secret_is_replaced_without_a_gap(edge: EdgeProcess, shop: Shop, carrier: Carrier, parcel: Shipment) -> None:
    assert deliver(edge, carrier, said("in_transit", "evt_1")).status == 200
    renew_secret(carrier, {"secret": OTHER}, shop.member.actor)
    wait_until(lambda: deliver(edge, carrier, said("in_transit", "evt_2"), OTHER).status == 200)
    assert deliver(edge, carrier, said("in_transit", "evt_3"), SECRET).status == 200  # both, while it is replaced
    disconnect(carrier, shop.member.actor)
    wait_until(lambda: deliver(edge, carrier, said("in_transit", "evt_4"), OTHER).status == 404)
