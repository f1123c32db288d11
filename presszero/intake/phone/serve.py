"""`presszero serve phone` and `presszero serve media`: the gateway, and rtpengine beside it with a life of its own."""

from __future__ import annotations

import asyncio
import importlib.util
import ipaddress
import os
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from presszero.host.home import home, make
from presszero.host.ports import KEYS, NG, SIP, Door, why_udp_unusable
from presszero.host.refusal import Refusal

PROGRAMS = (("rtpengine", "rtpengine-daemon"), ("espeak-ng", "espeak-ng"), ("sox", "sox"))
RTP = (30_000, 39_999)
SILENT = 120  # seconds without any packet after which rtpengine forgets a call


def missing() -> list[str]:
    """What a self-hosted telephone still needs on this machine, as it is installed."""
    lacks = [f"{package} (apt-get install {package})" for program, package in PROGRAMS if not shutil.which(program)]
    if importlib.util.find_spec("sippy") is None:
        lacks.append("sippy (pip install sippy)")
    return lacks


def why_not() -> str:
    """A sentence when this machine can run no telephone now, and what to do; "" when it can."""
    if os.environ.get("PRESSZERO_PHONE") == "0":
        return "No telephone: PRESSZERO_PHONE is 0."
    if lacks := missing():
        return f"No telephone of our own until this is installed: {', '.join(lacks)}. Everything else runs."
    taken = [why for door, address in doors() if (why := why_udp_unusable(door, address))]
    return f"No telephone of our own. {' '.join(taken)}" if taken else ""


def doors() -> list[tuple[Door, str]]:
    """The UDP ports of a telephone, each with the address it is opened at."""
    return [(SIP, sip_address()), (NG, "127.0.0.1"), (KEYS, "127.0.0.1")]


def run(stop: threading.Event, ready: Callable[[], None] | None = None) -> None:
    """The gateway, until `stop`. Raises Refusal when something it needs is not there, or its port is taken."""
    if importlib.util.find_spec("sippy") is None:
        raise Refusal("The phone gateway needs sippy: pip install sippy.")
    gateway = importlib.import_module("presszero.intake.phone.gateway")
    sip = importlib.import_module("presszero.intake.phone.sip")
    shown = os.environ.get("PRESSZERO_SIP_ADDRESS")
    given = gateway.Settings(
        name=os.environ.get("PRESSZERO_GATEWAY") or socket.gethostname(),
        sip=sip.Where(sip_address(), SIP.port, (shown, SIP.port) if shown else None),
        ng=("127.0.0.1", NG.port),
        keys=("127.0.0.1", KEYS.port),
        address=rtp_address(),
        recordings=str(_recordings()),
        sounds=make(home() / "sounds"),
    )
    asyncio.run(gateway.Gateway(given).run(stop, ready))


def become_rtpengine() -> None:
    """Replaces this process by rtpengine with arguments of ours; its own settings file is not read."""
    program = shutil.which("rtpengine")
    if program is None:
        raise Refusal("rtpengine is not installed: apt-get install rtpengine-daemon.")
    os.execv(program, [program, *arguments()])  # noqa: S606 - the words are ours


def arguments() -> list[str]:
    """rtpengine without its kernel module: it carries some hundred calls on one core, and needs no rights."""
    low, high = rtp_ports()
    shown = os.environ.get("PRESSZERO_RTP_PUBLIC")
    return [
        "--config-file=none",
        f"--interface={rtp_address()}{f'!{shown}' if shown else ''}",
        f"--listen-ng=127.0.0.1:{NG.port}",
        f"--dtmf-log-dest=127.0.0.1:{KEYS.port}",
        f"--port-min={low}",
        f"--port-max={high}",
        "--table=-1",
        "--foreground",
        "--log-stderr",
        "--log-level=4",
        "--num-threads=4",
        f"--timeout={SILENT}",
        "--silent-timeout=3600",
        "--delete-delay=0",
        f"--recording-dir={_recordings()}",
        "--recording-method=pcap",
        "--recording-format=eth",
    ]


def sip_address() -> str:
    """Where SIP listens: this machine only, unless `PRESSZERO_SIP_BIND` says otherwise."""
    return _address("PRESSZERO_SIP_BIND", "127.0.0.1")


def rtp_address() -> str:
    """The address of this machine that sound comes to, `PRESSZERO_RTP_ADDRESS`."""
    return _address("PRESSZERO_RTP_ADDRESS", "127.0.0.1")


def rtp_ports() -> tuple[int, int]:
    """`PRESSZERO_RTP_PORTS`, such as 30000-39999; a call takes eight at most."""
    text = os.environ.get("PRESSZERO_RTP_PORTS") or f"{RTP[0]}-{RTP[1]}"
    low, dash, high = text.partition("-")
    if not (dash and low.isdecimal() and high.isdecimal() and 1024 <= int(low) < int(high) < 65536):
        raise Refusal(f"PRESSZERO_RTP_PORTS should be a range such as {RTP[0]}-{RTP[1]}, not {text!r}.")
    return int(low), int(high)


def _recordings() -> Path:
    folder = make(home() / "calls")
    for name in ("pcaps", "metadata", "tmp"):
        make(folder / name)
    return folder


def _address(name: str, usual: str) -> str:
    text = os.environ.get(name) or usual
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise Refusal(f"{name} should be an address such as {usual}, not {text!r}.") from None
    return text
