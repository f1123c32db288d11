"""Who may call by SIP (attack H6), and which number was meant."""

from ipaddress import ip_network

import pytest

from presszero.host.refusal import Refusal
from presszero.intake.phone import serve
from presszero.intake.phone.gate import GUESSES, SHUT_OUT, STRANGER, Challenge, Gate, Trunk, digest, digits

CARRIER = Trunk(1, "493012345600", (ip_network("203.0.113.0/28"),))
OFFICE = Trunk(2, "493012345611", (), "juniper", "open sesame")


@pytest.fixture
def gate():
    gate = Gate(b"key")
    gate.open_for([CARRIER, OFFICE])
    return gate


def answering(gate, now, password="open sesame", name="juniper", nonce=""):
    asked = Challenge(name, nonce or gate.nonce(now), "sip:+493012345611@presszero", "", "auth", "c0ffee", "00000001")
    right = digest(asked, "INVITE", gate.realm, password)
    return Challenge(asked.username, asked.nonce, asked.uri, right, asked.qop, asked.cnonce, asked.nc)


@pytest.mark.parametrize("called", ["+493012345600", "00493012345600", "493012345600", "03012345600", "3012345600"])
def test_a_number_is_known_however_a_carrier_writes_it(gate, called):
    assert gate.by_address("203.0.113.5", called) is CARRIER


@pytest.mark.parametrize("called", ["", "0", "5600", "+493012345611", "+4930123456000", "anonymous", "' or 1=1 --"])
def test_h6_another_number_is_not_served(gate, called):
    assert gate.by_address("203.0.113.5", called) is None


def test_h6_an_address_beside_the_network_is_a_stranger(gate):
    assert not gate.knows("203.0.113.16") and gate.by_address("203.0.113.16", "+493012345600") is None


def test_h6_a_password_is_asked_for_and_must_be_right(gate):
    assert gate.by_digest(answering(gate, 100.0), "+493012345611", "198.51.100.7", 100.0) is OFFICE
    for wrong in ({"password": "open barley"}, {"name": "maya"}, {"nonce": "100.forged"}):
        assert gate.by_digest(answering(gate, 100.0, **wrong), "+493012345611", "198.51.100.7", 100.0) is None


def test_h6_an_answer_is_good_for_a_minute_and_for_its_own_number(gate):
    answer = answering(gate, 100.0)
    assert gate.by_digest(answer, "+493012345611", "198.51.100.7", 159.0) is OFFICE
    assert gate.by_digest(answer, "+493012345611", "198.51.100.7", 161.0) is None
    assert gate.by_digest(answer, "+493012345600", "198.51.100.7", 110.0) is None


def test_h6_whoever_guesses_passwords_is_no_longer_heard(gate):
    for turn in range(GUESSES):
        assert gate.admits("198.51.100.7", 900, float(turn))
        gate.by_digest(
            answering(gate, float(turn), password=f"guess {turn}"), "+493012345611", "198.51.100.7", float(turn)
        )
    assert not gate.admits("198.51.100.7", 900, 20.0)
    assert gate.admits("198.51.100.8", 900, 20.0)
    assert gate.admits("198.51.100.7", 900, 20.0 + SHUT_OUT)


def test_h6_strangers_are_looked_at_seldom_and_carriers_always(gate):
    looked = [gate.admits("198.51.100.9", 900, 0.01 * n) for n in range(1000)]
    assert sum(looked) == STRANGER
    assert all(gate.admits("203.0.113.5", 900, 0.01 * n) for n in range(1000))
    assert not gate.admits("198.51.100.10", 4001, 0.0)


def test_h6_forged_addresses_do_not_fill_the_memory(gate):
    for n in range(30_000):
        gate.admits(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", 100, 1.0)
    assert len(gate._seen) <= 10_000


@pytest.mark.parametrize(("written", "read"), [("+49 30 12", "493012"), ("0049-30-12", "493012"), ("anonymous", "")])
def test_digits_of_a_number(written, read):
    assert digits(written) == read


def test_h6_nothing_listens_to_the_world_unless_it_is_told_to(monkeypatch):
    for name in ("PRESSZERO_SIP_BIND", "PRESSZERO_BIND", "PRESSZERO_RTP_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PRESSZERO_BIND", "0.0.0.0")
    assert [address for _, address in serve.doors()] == ["127.0.0.1"] * 3
    assert "--interface=127.0.0.1" in serve.arguments()
    monkeypatch.setenv("PRESSZERO_SIP_BIND", "203.0.113.9")
    assert serve.sip_address() == "203.0.113.9"
    monkeypatch.setenv("PRESSZERO_SIP_BIND", "everywhere")
    with pytest.raises(Refusal, match="PRESSZERO_SIP_BIND should be an address"):
        serve.sip_address()


@pytest.mark.parametrize("given", ["", "30000", "30000-", "9-30000", "40000-30000", "a-b"])
def test_ports_of_sound_are_a_range(monkeypatch, given):
    monkeypatch.setenv("PRESSZERO_RTP_PORTS", given)
    if not given:
        assert serve.rtp_ports() == (30000, 39999)
        return
    with pytest.raises(Refusal, match="PRESSZERO_RTP_PORTS should be a range"):
        serve.rtp_ports()


def test_what_is_missing_is_said_with_how_to_install_it(monkeypatch):
    monkeypatch.delenv("PRESSZERO_PHONE", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert "rtpengine-daemon (apt-get install rtpengine-daemon)" in serve.why_not()
    monkeypatch.setenv("PRESSZERO_PHONE", "0")
    assert serve.why_not() == "No telephone: PRESSZERO_PHONE is 0."
