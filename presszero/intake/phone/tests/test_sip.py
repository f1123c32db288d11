"""SIP against callers on real sockets, with a real media relay. No database."""

import asyncio
import socket
from heapq import heapify
from ipaddress import ip_network

import pytest
from sippy.Core.EventDispatcher import ED2

from presszero.intake.phone import sip
from presszero.intake.phone.digits import Digits, informed
from presszero.intake.phone.gate import Gate, Trunk
from presszero.intake.phone.media import Media
from presszero.intake.phone.ng import Ng
from tests.ports import free_port
from tests.telephones import Telephone, rtpengine
from tests.waiting_async import run, until

pytestmark = [pytest.mark.slow]

OURS = "+493012345600"
EVERYWHERE = Trunk(1, "493012345600", (ip_network("127.0.0.0/8"),))
BY_PASSWORD = Trunk(1, "493012345600", (), "juniper", "open sesame")


class Desk:
    """Answers every call, and notes what it heard."""

    def __init__(self, port, trunk=EVERYWHERE):
        self.gate = Gate(b"key")
        self.gate.open_for([trunk])
        self.address = ("127.0.0.1", port)
        self.sip = sip.Sip(sip.Where(*self.address), self.gate, self.heard)
        self.events, self.keys, self.medias = [], [], {}

    async def open(self, ng_port=0, keys_port=0):
        self.ng = await Ng.open(("127.0.0.1", ng_port or 9))
        if keys_port:
            loop = asyncio.get_running_loop()
            self.udp, _ = await loop.create_datagram_endpoint(
                lambda: Digits(lambda pressed: self.keys.append(("rtp", pressed.digit))),
                local_addr=("127.0.0.1", keys_port),
            )
        self.sip.open()
        return self

    def heard(self, event):
        self.events.append(event)
        if isinstance(event, sip.Invited):
            self._task = asyncio.create_task(self.take(event))
        if isinstance(event, sip.Informed):
            self.keys.append(("info", informed(event.body, event.kind)))

    async def take(self, event):
        media = self.medias[event.leg] = Media(self.ng, event.leg)
        self.sip.answer(event.leg, await media.anchor(event.sdp))

    def close(self):
        self.sip.close()
        self.ng.close()
        if hasattr(self, "udp"):
            self.udp.close()

    def told(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def relay(tmp_path):
    ng, keys = free_port(), free_port()
    with rtpengine(tmp_path, ng, keys):
        yield ng, keys


def test_a_call_is_taken_keys_are_heard_both_ways_and_it_ends(relay):
    async def story():
        desk = await Desk(free_port()).open(*relay)
        phone = await Telephone(desk.address).open()
        assert await phone.call(OURS) == 200
        assert desk.told(sip.Invited)[0].caller == phone.number
        for key in "1122":
            phone.press(key)
        await until(lambda: len(desk.keys) == 4)
        for key in "*0":
            phone.press(key, "info")
        await until(lambda: len(desk.keys) == 6)
        assert desk.keys == [("rtp", key) for key in "1122"] + [("info", key) for key in "*0"]
        desk.sip.press(desk.told(sip.Invited)[0].leg, "7#")
        await until(lambda: phone.ear.pressed == "7#")
        await phone.bye()
        await until(lambda: desk.told(sip.Ended))
        desk.close()

    run(story())


def test_another_process_goes_on_with_a_dialog(relay):
    async def story():
        port = free_port()
        desk = await Desk(port).open(*relay)
        phones = [await Telephone(desk.address, number=f"+4930{n}").open() for n in range(2)]
        for phone in phones:
            assert await phone.call(OURS) == 200
        await until(lambda: len(desk.told(sip.Answered)) == 2)
        legs = [event.leg for event in desk.told(sip.Invited)]
        kept = [desk.sip.dialog(leg).as_json() for leg in legs]
        desk.close()
        await asyncio.sleep(0)

        after = await Desk(port).open(*relay)
        for number, dialog in enumerate(kept):
            after.sip.revive(f"kept{number}", sip.Dialog.from_json(dialog))
        phones[0].press("0", "info")
        await until(lambda: after.keys == [("info", "0")])
        await phones[0].bye()
        await until(lambda: [event.leg for event in after.told(sip.Ended)] == ["kept0"])
        after.sip.hang_up("kept1")
        async with asyncio.timeout(5):
            await phones[1].hung_up.wait()
        phones[1].close()
        after.close()

    run(story())


def test_h6_a_stranger_is_asked_for_a_password_whatever_is_called():
    async def story():
        desk = await Desk(free_port(), BY_PASSWORD).open()
        for called in (OURS, "+15550100", "100"):
            phone = await Telephone(desk.address).open()
            assert await phone.call(called) == 401
            phone.close()
        assert not desk.events
        desk.close()

    run(story())


def test_h6_a_carrier_reaches_our_numbers_only():
    async def story():
        desk = await Desk(free_port()).open()
        phone = await Telephone(desk.address).open()
        assert await phone.call("+4930999999") == 404
        assert not desk.events
        phone.close()
        desk.close()

    run(story())


def test_h6_a_huge_description_and_rubbish_are_refused_and_the_next_call_is_taken(relay):
    async def story():
        desk = await Desk(free_port()).open(*relay)
        huge = await Telephone(desk.address).open()
        huge.description = lambda: "v=0\r\nm=audio 9 RTP/AVP 8\r\n" + "a=x\r\n" * 8000
        assert await huge.call(OURS) == 513
        none = await Telephone(desk.address).open()
        none.description = lambda: "v=0\r\nm=video 9 RTP/AVP 96\r\n"
        assert await none.call(OURS) == 488
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rubbish:
            for packet in (b"\xff" * 900, b"INVITE\r\n\r\n" * 9, b"SIP/2.0 200 OK\r\n\r\n" + bytes(60), b"\r\n" * 40):
                rubbish.sendto(packet, desk.address)
        phone = await Telephone(desk.address).open()
        assert await phone.call(OURS) == 200
        await phone.bye()
        await until(lambda: desk.told(sip.Ended))
        for each in (huge, none):
            each.close()
        desk.close()

    run(story())


def test_a_caller_who_never_acknowledges_is_hung_up_on_in_time(relay, monkeypatch):
    """sippy sends its answer again for 32 s and then ends the dialog: here its clock is turned forward."""

    async def story():
        desk = await Desk(free_port()).open(*relay)
        phone = await Telephone(desk.address).open()
        acknowledged = phone._request
        phone._request = lambda method, *more: None if method == "ACK" else acknowledged(method, *more)
        assert await phone.call(OURS) == 200
        transaction = next(iter(desk.sip._config["_sip_tm"].tserver.values()))
        transaction.teD.etime.offset(-32.0)
        heapify(ED2.tlisteners)  # other calls' timers may stand before it
        await until(lambda: desk.told(sip.Ended))
        phone.close()
        desk.close()

    run(story())
