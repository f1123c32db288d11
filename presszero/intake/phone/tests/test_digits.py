"""Keys: by both ways, once each, and never too many."""

import pytest

from presszero.intake.phone.digits import MOST, Pressed, Twins, informed, reported

RELAY = "application/dtmf-relay"


def test_what_the_relay_reports_is_read():
    packet = b'{"callid":"c1","source_tag":"caller","tags":[],"type":"DTMF","event":10,"duration":100,"volume":10}'
    assert reported(packet) == Pressed("c1", "caller", "*")


@pytest.mark.parametrize("packet", [b"", b"{}", b"[]", b'{"callid":1,"source_tag":2,"event":99}', b"\xff\xfe", b'"x"'])
def test_what_is_no_report_is_no_key(packet):
    assert reported(packet) is None


@pytest.mark.parametrize(
    ("body", "kind", "key"),
    [
        ("Signal=0\r\nDuration=160\r\n", RELAY, "0"),
        ("Signal= *\r\nDuration=160", RELAY, "*"),
        ("signal=11", RELAY, "#"),
        ("10", "application/dtmf", "*"),
        ("7\r\n", "application/dtmf", "7"),
        ("Signal=12", RELAY, ""),
        ("Signal=0", "application/sdp", ""),
        ("<xml/>", "application/media_control+xml", ""),
        ("", RELAY, ""),
    ],
)
def test_an_info_holds_a_key_or_none(body, kind, key):
    assert informed(body, kind) == key


def test_a_key_sent_both_ways_is_one_key():
    twins = Twins()
    assert twins.is_new("0", "info", 10.0)
    assert not twins.is_new("0", "rtp", 10.1)
    assert twins.is_new("0", "info", 10.2)


def test_the_same_key_twice_is_two_keys():
    twins = Twins()
    assert [twins.is_new("4", "rtp", 10 + n / 10) for n in range(4)] == [True] * 4
    assert twins.is_new("4", "info", 11.0)


def test_h5_a_flood_of_keys_is_not_worked_through():
    twins = Twins()
    assert sum(twins.is_new("5", "rtp", n / 1000) for n in range(5000)) == MOST
    assert twins.is_new("0", "rtp", 30.0)
