"""We call somebody: a customer by click, a member's mobile, a number a call is passed to, whoever kept their place."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from django.utils import timezone

from presszero.calls.actions import call_back, callbacks_due, dial
from presszero.calls.models import Ask, Call, Callback, MobileEnd, Reception, Recording
from presszero.channels.models import Line
from presszero.team.models import Membership
from tests import cast
from tests.waiting import crowded
from tests.waiting_async import rows, run, until

from .either import (
    GATEWAY,
    OURS,
    THEIRS,
    Opened,
    both_hear,
    by_either,
    ended,
    hears_member,
    nobody_is_left,
    tones,
)
from .office import asks, dials_out, eventually, office, on_duty, telephone_line
from .zeros import MENU

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("phone")]

ADA, MOBILE, ELSEWHERE = "+491761234567", "+491769999999", "+493099887766"


@by_either(GATEWAY)
def test_a_customer_is_called_by_click_and_a_call_is_passed_on_to_a_number(tmp_path: Path, opened: Opened) -> None:
    shop = cast.juniper()
    telephone_line(shop, **dials_out())
    Reception.objects.update(countries=["DE"])

    async def story() -> None:
        async with opened(tmp_path) as place:
            ada, elsewhere = await place.called(ADA), await place.called(ELSEWHERE, tone=OURS)
            call = await rows(_dial, shop.maya)
            (leg,) = await place.talking()
            await both_hear(place, ada, leg)

            await asks(leg.id, "transfer", to="+1 900 555 0100", warm=False)
            refused = await eventually(lambda: rows(_last_failed), bool)
            assert "never dialled" in refused or "not allowed" in refused
            await both_hear(place, ada, leg)
            await asks(leg.id, "transfer", to=ELSEWHERE, warm=False)
            await until(lambda: elsewhere.rang, 20, "the other number's ringing")
            await hears_member(ada)
            await until(lambda: elsewhere.ear.hears(THEIRS), 20, "her voice there")
            await elsewhere.bye()
            async with asyncio.timeout(10 * crowded()):
                await ada.hung_up.wait()
            ada.close()
            assert (await ended(call.id)).ended == "served"
            await nobody_is_left(place)

    run(story())


def _dial(by: Membership) -> Call:
    return dial(None, ADA, Line.objects.get(kind="phone"), by=by)


def _last_failed() -> str:
    last = Ask.objects.filter(what="transfer").exclude(done_at=None).last()
    return last.failed if last else ""


@by_either()
def test_nobodys_telephone_rings_on_when_whoever_calls_is_gone(tmp_path: Path, opened: Opened) -> None:
    shop = cast.juniper()
    telephone_line(shop, **dials_out())

    async def story() -> None:
        async with opened(tmp_path) as place:
            ada = await place.called(ADA)
            for what in ("hangs up", "is declined"):
                ada.answers, ada.declines, ada.rang = what == "is declined", True, 0
                call = await rows(_dial, shop.maya)
                await until(lambda: ada.rang, 20, "her telephone's ringing")
                if what == "hangs up":
                    await asks((await rows(call.legs.get)).id, "hangup")
                over = await ended(call.id)
                assert over.talked_at is None and over.ended in ("abandoned", "failed"), over.ended
                await nobody_is_left(place)
            ada.close()

    run(story())


@by_either(GATEWAY)
def test_a_mobile_rings_and_must_press_a_key(tmp_path: Path, opened: Opened) -> None:
    shop = cast.juniper()
    telephone_line(shop, **dials_out())
    on_duty(shop.maya)
    MobileEnd.objects.create(
        merchant=shop.merchant, member=shop.maya, number=MOBILE, when="always", confirmed_at=timezone.now()
    )

    async def story() -> None:
        async with opened(tmp_path) as place:
            mobile = await place.called(MOBILE, tone=OURS)
            caller = await place.calls()
            await until(lambda: mobile.rang, 20, "the mobile's ringing")
            await asyncio.sleep(1.5)
            assert not caller.ear.hears(OURS)  # a mailbox would have answered too
            mobile.press("1")
            await hears_member(caller)
            await until(lambda: mobile.ear.hears(THEIRS), 15, "the caller's voice")
            await mobile.bye()
            async with asyncio.timeout(10 * crowded()):
                await caller.hung_up.wait()
            (call,) = await rows(lambda: list(Call.objects.all()))
            assert (await ended(call.id)).ended == "served"
            caller.close()
            await nobody_is_left(place)

    run(story())


@by_either()
def test_a_message_left_is_kept_however_it_ends(tmp_path: Path, opened: Opened) -> None:
    shop = cast.juniper()
    telephone_line(shop, flow=MENU)

    async def story() -> None:
        async with opened(tmp_path) as place:
            for number, key in (("+4917611111101", ""), ("+4917611111102", "#"), ("+4917611111103", "5")):
                phone = await place.calls(number=number)
                await asyncio.sleep(0.3)
                phone.press("#")
                await asyncio.sleep(0.3)
                phone.press("2", "info" if key else "rtp")
                await asyncio.sleep(6)
                if key:
                    phone.press(key)
                    await asyncio.sleep(1)
                await phone.bye()
            kept = Recording.objects.filter(state="stored", kind="voicemail").select_related("call")
            await eventually(lambda: rows(kept.count), lambda count: count == 3, 30)
            await nobody_is_left(place)
            for row in await rows(lambda: list(kept)):
                sound = await rows(place.kept, row.storage_key)
                assert 1 < row.seconds < 7 * crowded() and tones(sound, THEIRS) > 0.5, (row.call.number, row.seconds)
                assert row.call.ended == "voicemail", row.call.number

    run(story())


def test_a_message_is_kept_though_the_gateway_ends_before_it_is_stored(tmp_path: Path) -> None:
    shop = cast.juniper()
    telephone_line(shop, flow=MENU)

    async def story() -> None:
        async with office(tmp_path, agents=False) as place:
            leaves = await place.calls(number="+491761111111")
            leaves.press("2", "info")
            await asyncio.sleep(6)
            await leaves.bye()
            place.gateway.kill(signal.SIGTERM)  # then the next process does it
            kept = await eventually(lambda: rows(Recording.objects.filter(state="stored").first), bool, 20)
            assert kept.kind == "voicemail" and kept.seconds > 1

    run(story())


@pytest.mark.parametrize("first", ["agent", pytest.param("customer", marks=pytest.mark.long)])
@by_either(GATEWAY)
def test_whoever_keeps_their_place_is_called_back(tmp_path: Path, opened: Opened, first: str) -> None:
    shop = cast.juniper()
    telephone_line(shop, flow=MENU, **dials_out())
    Reception.objects.update(settings={"callback_first": first})
    on_duty(shop.maya)

    async def story() -> None:
        async with opened(tmp_path) as place:
            place.agents.answers = lambda leg: not leg.call.inbound
            ada = await place.called(ADA)
            keeps = await place.calls(number=ADA)
            await asyncio.sleep(0.3)
            keeps.press("0", "info")
            await asyncio.sleep(1.5)
            keeps.press("1", "info")
            row = await eventually(lambda: rows(Callback.objects.filter(number=ADA).first), bool)
            assert row.first == first
            await keeps.bye()
            for declines in (True, False):  # the first time it is not a good moment
                ada.declines, ada.rang = declines, 0
                await eventually(lambda: rows(_call_back), bool, 30)  # as the worker's clock does
                await until(lambda: ada.rang, 20, "our calling back")
                if declines:
                    await eventually(lambda: rows(Callback.objects.filter(state="waits", tries=1).exists), bool)
                    await nobody_is_left(place)
            (leg,) = await place.talking(1, 30)
            await both_hear(place, ada, leg)
            await ada.bye()
            await ended(leg.call_id)
            done = await rows(Callback.objects.get)
            assert (done.state, done.tries) == ("done", 2)
            await nobody_is_left(place)

    run(story())


def _call_back() -> int:
    now = timezone.now()
    Callback.objects.filter(state="waits").update(next_at=now)
    return sum(call_back(row, now) is not None for row in callbacks_due(now))
