"""G.711, mixing, and the WAV that becomes of packets."""

import struct
import wave
from io import BytesIO

import numpy as np
import pytest

from presszero.intake.phone.companding import FRAME, PCMA, PCMU, decode, encode
from presszero.intake.phone.recordings import mixed, wav
from presszero.intake.phone.room import who_hears
from presszero.intake.phone.sdp import BadDescription, checked, mirrored, plain, silent

TONE = (8000 * np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)).astype(np.int16)


@pytest.mark.parametrize("law", [PCMA, PCMU])
def test_what_is_encoded_sounds_the_same(law):
    heard = decode(encode(TONE, law), law).astype(int)
    assert np.abs(heard - TONE).max() <= 256  # one step of the loudest segment in use
    silence = decode(encode(np.zeros(160, np.int16), law), law)
    assert np.abs(silence.astype(int)).max() <= 8


def test_codes_are_those_of_the_standard():
    assert decode(b"\xd5\x55\xaa\x2a", PCMA).tolist() == [8, -8, 32256, -32256]
    assert decode(b"\xff\x7f\x80\x00", PCMU).tolist() == [0, 0, 32124, -32124]


def capture(*streams):
    """A pcap of RTP packets: (source, seconds it begins, sound)."""
    packets = []
    for source, begins, sound in streams:
        for number in range(len(sound) // FRAME):
            frame = encode(sound[number * FRAME : (number + 1) * FRAME], PCMA)
            rtp = struct.pack("!BBHII", 0x80, PCMA, number, number * FRAME, source) + frame
            ip = b"\x45" + bytes(19)
            packets.append((begins + number * 0.02, bytes(14) + ip + bytes(8) + rtp))
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for at, packet in sorted(packets):
        out += struct.pack("<IIII", int(at), int(at % 1 * 1e6), len(packet), len(packet)) + packet
    return out


def test_a_recording_holds_both_where_they_spoke(tmp_path):
    file = tmp_path / "call.pcap"
    file.write_bytes(capture((1, 100.0, TONE), (2, 101.0, TONE)))
    sound, seconds = wav((file,))
    with wave.open(BytesIO(sound)) as read:
        assert (read.getframerate(), read.getnchannels(), read.getsampwidth()) == (8000, 1, 2)
        samples = np.frombuffer(read.readframes(read.getnframes()), np.int16)
    assert 1.9 < seconds < 3.1
    power = [np.abs(samples[n : n + 4000].astype(int)).max() for n in (2000, 10000)]
    assert min(power) > 7000


@pytest.mark.parametrize("cut", [0, 10, 24, 30, 41, 99])
def test_a_capture_cut_short_is_read_as_far_as_it_goes(cut):
    assert len(mixed(capture((1, 100.0, TONE))[:cut])) in range(8_001)


def test_who_hears_whom():
    parts = ("caller", "agent", "colleague", "listens", "whispers")
    heard = {(a, b) for a in parts for b in parts if a != b and who_hears(a, b, False)}
    assert ("caller", "listens") not in heard and ("agent", "listens") not in heard
    assert ("agent", "whispers") in heard and ("caller", "whispers") not in heard
    assert ("listens", "caller") in heard and ("listens", "agent") in heard
    asked = {(a, b) for a in parts for b in parts if a != b and who_hears(a, b, True)}
    assert ("colleague", "agent") in asked and not [pair for pair in asked if "caller" in pair]


def test_a_party_that_is_not_there_lists_what_the_caller_listed():
    theirs = plain().replace("101", "96")
    assert "m=audio 9 RTP/AVP 8 0 96\r\n" in silent(theirs) and "a=rtpmap:96 telephone-event/8000" in silent(theirs)


def test_a_party_that_holds_is_answered_in_kind():
    held = mirrored(plain(), plain().replace("sendrecv", "sendonly"))
    assert "a=recvonly" in held and "a=sendrecv" not in held
    assert mirrored(held, plain()) == plain()


@pytest.mark.parametrize("text", ["", "v=0", "v=0\r\nm=video 9 RTP/AVP 96", "v=0\r\nm=audio 9\r\n" + "a=x\r\n" * 9000])
def test_h6_what_is_no_description_is_refused(text):
    with pytest.raises(BadDescription):
        checked(text)
