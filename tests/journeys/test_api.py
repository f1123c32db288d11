"""An outside program with nothing but a token, against the running house: in by REST, told by webhook."""

from __future__ import annotations

import json
import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from pytest_django import DjangoDbBlocker
from standardwebhooks import Webhook

from presszero.api.scopes import SCOPES
from presszero.api.tokens import Wanted, give
from tests import cast
from tests.receiver import Receiver

from .conftest import furnished
from .house import House, database_with_tables, looking_into, until
from .provider import Provider


@pytest.fixture
def open_house(tmp_path: Path, worker: str, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """A house that may tell programs on this machine."""
    name = f"journey_api_{os.getpid()}_{worker}"
    house = House(tmp_path / "house", database_with_tables(name), PRESSZERO_HTTP_MAY_REACH="127.0.0.1/32")
    with django_db_blocker.unblock(), looking_into(NAME=name):
        yield house
        house.stop()


def test_a_program_writes_to_a_customer_is_told_so_and_a_killed_worker_loses_nothing(
    open_house: House, provider: Provider
) -> None:
    house, shop = open_house, furnished(cast.juniper(), provider)
    token = give(Wanted("Shop", list(SCOPES)), by=shop.team["rosa"]).token
    house.start()
    address = f"ada.{uuid.uuid4().hex}@example.com"
    headers = {"Authorization": f"Bearer {token}"}
    with (
        Receiver().running() as told,
        httpx2.Client(base_url=f"{house.origin}/api/v1", headers=headers, timeout=20, trust_env=False) as program,
    ):
        hook = _made(program, "/webhooks", {"url": told.url, "events": ["message.sent"]})
        ada = _made(program, "/customers", {"handles": [{"kind": "email", "address": address}]})
        opening = {
            "customer": ada["id"],
            "line": shop.line.id,
            "address": address,
            "subject": "Your boots",
            "text": "They left the house today.",
            "member": shop.maya.id,
        }
        key = {"Idempotency-Key": uuid.uuid4().hex}
        begun = [program.post("/conversations", json=opening, headers=key).json() for _ in range(2)]
        assert begun[0] == begun[1]
        heard = until(lambda: told.heard[:1], 20, "the webhook")[0]
        said = Webhook(hook["secret"]).verify(heard.body, heard.headers)
        assert said["data"]["conversation_id"] == begun[0]["id"]
        assert said["data"]["message"]["text"] == "They left the house today."
        assert provider.wait_for(address).mail["Subject"] == "Your boots"
        _told_again(program, hook["id"], told)
        _killed_while_telling(program, begun[0]["id"], shop.maya.id, told)


def _made(program: httpx2.Client, path: str, body: dict[str, object]) -> dict:
    answered = program.post(path, json=body)
    assert answered.status_code == 201, answered.text
    assert answered.headers["RateLimit"]
    return dict(answered.json())


def _told_again(program: httpx2.Client, hook: int, told: Receiver) -> None:
    log = f"/webhooks/{hook}/deliveries"
    one = until(lambda: [d for d in program.get(log).json()["data"] if d["state"] == "delivered"], 10, "the log")[0]
    assert program.post(f"{log}/{one['id']}/tries", json={}).status_code == 201
    until(lambda: len(told.heard) >= 2, 20, "the second telling")
    assert told.heard[0].headers["webhook-id"] == told.heard[1].headers["webhook-id"]


def _killed_while_telling(program: httpx2.Client, number: int, member: int, told: Receiver) -> None:
    """The worker dies with its request under way, and the next one tells it under the same id."""
    before = len(told.heard)
    told.awake.clear()
    program.post(f"/conversations/{number}/messages", json={"text": "One more thing.", "member": member})
    until(lambda: len(told.heard) > before, 20, "the telling")
    os.kill(_talker(told.heard[-1].port), signal.SIGKILL)
    told.awake.set()
    until(lambda: len(told.heard) > before + 1, 60, "the telling after the death")
    again = [each.headers["webhook-id"] for each in told.heard[before:]]
    assert len(set(again)) == 1
    assert json.loads(told.heard[-1].body)["data"]["message"]["text"] == "One more thing."


def _talker(port: int) -> int:
    """The process whose connection comes from this port: whoever is telling us something."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inode = next(row[9] for row in rows if int(row[1].rpartition(":")[2], 16) == port)
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(descriptor) == f"socket:[{inode}]" and descriptor.parts[2] != str(os.getpid()):
                return int(descriptor.parts[2])
        except OSError:
            continue
    raise AssertionError("Nobody has this connection.")
