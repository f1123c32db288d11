"""The control of the media relay over a network that loses packets."""

import asyncio

import pytest

from presszero.intake.phone.ng import MediaFailed, MediaSilent, Ng, bdecode, bencode
from tests.ports import free_port
from tests.waiting_async import run, until


class Server(asyncio.DatagramProtocol):
    """Loses the first `deaf` packets of each cookie, does each question once, and remembers what it answered."""

    def __init__(self, deaf=0, answer=None):
        self.deaf, self.answer = deaf, answer or {"result": "ok"}
        self.seen, self.done, self.most = {}, [], 0

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, packet, address):
        cookie, _, body = packet.partition(b" ")
        self.seen[cookie] = self.seen.get(cookie, 0) + 1
        if self.seen[cookie] == self.deaf + 1:
            self.done.append(bdecode(body))
        if self.seen[cookie] > self.deaf:
            self.transport.sendto(cookie + b" " + bencode(self.answer), address)


async def opened(server, pauses=(0.02, 0.02, 0.02, 0.02)):
    port = free_port()
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", port))
    return await Ng.open(("127.0.0.1", port), pauses)


def test_what_is_encoded_is_decoded():
    value = {"command": "offer", "flags": ["port latching", "trust address"], "n": -7, "deep": {"a": ["", "ü"]}}
    assert bdecode(bencode(value)) == value
    assert bencode({"b": 1, "a": "x"}) == b"d1:a1:x1:bi1ee"


@pytest.mark.parametrize("raw", [b"", b"i7", b"5:abc", b"-1:", b"d1:ae", b"l" * 200, b"i1eX", b"4:spam4:spam", b"d1:a"])
def test_what_is_cut_short_or_hostile_is_refused(raw):
    with pytest.raises(ValueError):
        bdecode(raw)


def test_a_lost_packet_is_sent_again_under_its_cookie_and_done_once():
    async def story():
        server = Server(deaf=2)
        ng = await opened(server)
        answers = await asyncio.gather(*(ng.ask("offer", f"call-{n}") for n in range(50)))
        ng.close()
        assert all(answer["result"] == "ok" for answer in answers)
        assert sorted(each["call-id"] for each in server.done) == sorted(f"call-{n}" for n in range(50))
        assert ng.again == 100

    run(story())


def test_silence_and_refusal_are_told_apart():
    async def story():
        silent = await opened(Server(deaf=99))
        with pytest.raises(MediaSilent):
            await silent.ask("ping")
        refusing = await opened(Server(answer={"result": "error", "error-reason": "Unknown call-id"}))
        with pytest.raises(MediaFailed, match="query: Unknown call-id"):
            await refusing.ask("query", "nobody")
        silent.close()
        refusing.close()

    run(story())


def test_no_more_are_under_way_than_the_relay_can_take():
    async def story():
        server = Server(deaf=99)
        ng = await opened(server, pauses=(60,))
        asking = [asyncio.ensure_future(ng.ask("ping")) for _ in range(500)]
        await until(lambda: len(server.seen) >= 200)
        await asyncio.sleep(0.1)
        assert len(server.seen) == 200
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        ng.close()

    run(story())
