"""Programs that are not ours call us: SIPp, and baresip, straight and through Kamailio; 0 is a person for it too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from presszero.calls.actions import dial
from presszero.calls.models import Call, CallStep, Leg
from presszero.channels.models import Line
from presszero.team.models import Membership
from tests import cast
from tests.ports import free_port
from tests.telephones import Telephone
from tests.waiting_async import rows, run, until

from .office import NUMBER, Office, asks, eventually, office, staff, telephone_line
from .programs import MENU, PROXY, SINE, Baresip, Calls, baresip, kamailio, sipp
from .zeros import MEMBER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("phone")]

OTHERS = Calls(6, 25, 1.5)
DIRECT, FAR, ADA = "+4917620000001", "+4917620000002", "+491761234567"


async def reaches_a_person(place: Office, phone: Baresip, number: str, dialled: str) -> Leg:
    """Calls, presses a key of the menu and then 0 by RFC 4733; both hear each other."""
    await phone.types(f"/dial {dialled}")
    mine = Call.objects.filter(number=number)
    await eventually(lambda: rows(mine.exists), bool, 20)
    await asyncio.sleep(0.5)
    await phone.presses("1")
    keyed = CallStep.objects.filter(call__number=number)
    await eventually(lambda: rows(keyed.filter(what="digit").exists), bool, 10)
    await phone.presses("0")
    talks = Leg.objects.filter(call__number=number).exclude(talked_at=None).select_related("call")
    leg: Leg = await eventually(lambda: rows(talks.first), bool, 15)
    assert await rows(keyed.filter(what="zero").exists)
    await eventually(lambda: place.agents.heard(leg.id), lambda hz: abs(hz - SINE) < 20, 15)
    await until(lambda: phone.hears(MEMBER), 15, f"the member's voice at baresip: {phone.said()[-2000:]}")
    return leg


async def called_through(place: Office, phone: Telephone, line: Line, by: Membership) -> None:
    """A call of ours finds its way out through the proxy, and its end finds its way back."""
    call = await rows(lambda: dial(None, ADA, line, by=by))
    talks = Leg.objects.filter(call=call).exclude(talked_at=None)
    leg: Leg = await eventually(lambda: rows(talks.first), bool, 15)
    await until(lambda: phone.ear.hears(MEMBER), 15, "the member's voice at whom we called")
    await eventually(lambda: place.agents.heard(leg.id), lambda hz: abs(hz - SINE) < 20, 15)
    await phone.bye()
    await eventually(lambda: rows(Call.objects.filter(id=call.id, ended="served").exists), bool, 10)


def test_sipp_and_baresip_call_straight_and_through_kamailio(tmp_path: Path) -> None:
    shop, inner = cast.juniper(), free_port()
    line = telephone_line(shop, flow=MENU, networks=["127.0.0.1/32"], host="127.0.0.1", port=inner)
    staff(shop, 2)

    async def story() -> None:
        async with office(tmp_path, carrier=False) as place:
            ran = asyncio.create_task(asyncio.to_thread(sipp, place.gateway.port, tmp_path, OTHERS))
            ada = await Telephone(("127.0.0.1", inner)).open()
            with kamailio(tmp_path, place.gateway.port, inner, ada._port) as port:
                async with baresip(tmp_path / "direct", DIRECT) as near, baresip(tmp_path / "far", FAR) as far:
                    ours = f"sip:{NUMBER}@127.0.0.1:{place.gateway.port}"
                    theirs = f"sip:{NUMBER}@{PROXY}:{port};transport=tcp"
                    legs = await asyncio.gather(
                        reaches_a_person(place, near, DIRECT, ours),
                        reaches_a_person(place, far, FAR, theirs),
                        called_through(place, ada, line, shop.maya),
                    )
                    await asks(legs[1].id, "hangup")  # our BYE finds its way back through the proxy
                    await until(lambda: "session closed" in far.said(), 10, "the end of the call")
                    await near.types("/hangup")
                    ended = Call.objects.filter(ended="served")
                    await eventually(lambda: rows(ended.count), lambda count: count == 3, 10)
            done = await ran
            assert done.returncode == 0, done.stdout[-2000:]
            keys = CallStep.objects.filter(what="digit").exclude(call__number__in=[DIRECT, FAR])
            await eventually(lambda: rows(keys.count), lambda count: count == 2 * OTHERS.many, 10)

    run(story())
