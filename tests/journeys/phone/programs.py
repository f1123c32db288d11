"""Programs of others that speak SIP: SIPp and baresip, which call, and Kamailio, through which calls come by TCP."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import wave
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from tests.ports import free_port, free_ports
from tests.telephones import RATE
from tests.waiting_async import until

from .office import NUMBER

CONFIG = """
poll_method epoll
sip_listen 127.0.0.1:{port}
audio_player aubridge,heard
audio_source aufile,{folder}/says.wav
audio_alert aubridge,alert
rtp_timeout 60
module_path /usr/lib/baresip/modules
module cons.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_app account.so
module_app contact.so
module_app menu.so
cons_listen 127.0.0.1:{keys}
snd_path {folder}
"""
CALLER = Path(__file__).parent / "caller.xml"
SINE, SAYS = 1000, 60  # Hz and seconds of what baresip says
RELEASED = b"\x04"  # as baresip's console has it
PROXY = "127.0.0.2"  # of this machine, too: where Kamailio is reached from outside
# SIPp presses 1 and then 4: both are choices, so that both are written down.
MENU: dict[str, Any] = {
    "start": "main",
    "languages": ["en"],
    "nodes": {
        "main": {
            "kind": "choose",
            "name": "Main menu",
            "heard": {"texts": {"en": "Welcome to Juniper and Company. For boots press one."}},
            "choices": {"1": {"name": "Boots", "to": "boots"}},
        },
        "boots": {
            "kind": "choose",
            "name": "Boots",
            "heard": {"texts": {"en": "To hear this again press four."}},
            "choices": {"4": {"name": "Again", "to": "main"}},
        },
    },
}


class Baresip:
    """One baresip with settings of its own in `folder`: it calls, presses keys, hangs up, and keeps what it hears."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], keys: int) -> None:
        self.folder, self._process, self._keys = folder, process, keys
        self._writer: asyncio.StreamWriter

    async def ready(self) -> Baresip:
        """Its console opens before it can call."""
        await until(lambda: "baresip is ready" in self.said(), 10, "that baresip is ready")
        _, self._writer = await asyncio.open_connection("127.0.0.1", self._keys)
        return self

    async def types(self, command: str) -> None:
        """A line at its console."""
        self._writer.write(f"{command}\n".encode())
        await self._writer.drain()

    async def presses(self, key: str) -> None:
        """A key of the telephone, and lets it go."""
        self._writer.write(key.encode())
        await asyncio.sleep(0.15)
        self._writer.write(RELEASED)
        await self._writer.drain()

    def hears(self, pitch: float) -> bool:
        """Whether the last second it wrote down has this tone in it."""
        for path in self.folder.glob("dump*-dec.wav"):
            sound = np.frombuffer(path.read_bytes()[44:][-2 * RATE :], np.int16).astype(np.float64)
            if len(sound) == RATE and np.abs(sound).max() > 500:
                power = np.abs(np.fft.rfft(sound * np.hanning(RATE))) ** 2
                return bool(power[int(pitch) - 5 : int(pitch) + 6].sum() > power[50:].sum() / 2)
        return False

    def said(self) -> str:
        return (self.folder / "baresip.log").read_text(errors="replace")

    def close(self) -> None:
        self._writer.close()


@contextlib.asynccontextmanager
async def baresip(folder: Path, number: str) -> AsyncIterator[Baresip]:
    """Runs for as long as the block does. number: its own."""
    folder.mkdir()
    port, _tls, keys = free_ports(3)
    (folder / "config").write_text(CONFIG.format(port=port, keys=keys, folder=folder).lstrip())
    (folder / "accounts").write_text(f"<sip:{number}@127.0.0.1:{port}>;regint=0\n")
    (folder / "contacts").write_text("")
    _sine(folder / "says.wav")
    with (folder / "baresip.log").open("wb") as log:
        command = ["baresip", "-f", str(folder)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    made = Baresip(folder, process, keys)
    try:
        yield await made.ready()
        made.close()
    finally:
        stop(process)


@dataclass(frozen=True, slots=True)
class Calls:
    """How many calls SIPp makes, how many a second, and how long it waits after each of its keys."""

    many: int
    rate: int
    waits: float


def sipp(port: int, folder: Path, calls: Calls) -> subprocess.CompletedProcess[str]:
    """Each call has a key by RFC 4733, one by SIP INFO, and ends with BYE."""
    words = ["sipp", "-sf", str(CALLER), "-s", NUMBER, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", str(free_port())]
    words += ["-m", str(calls.many), "-l", str(calls.many), "-r", str(calls.rate), "-d", str(int(calls.waits * 1000))]
    words += ["-nostdin", "-timeout", "120", f"127.0.0.1:{port}"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=150, check=False)


@contextlib.contextmanager
def kamailio(folder: Path, gateway: int, inner: int, carrier: int) -> Iterator[int]:
    """Kamailio with the settings we ship, in front of the gateway. The port it is reached at from outside.

    inner: the port at which the gateway reaches it; carrier: of whoever is called through it.
    """
    port = free_port()
    (folder / "address.list").write_text("1 127.0.0.1 32 0\n")
    words = ["-A", f'GATEWAY="127.0.0.1:{gateway}"', "-A", f"PUBLIC={PROXY}", "-A", f"PORT={port}"]
    words += ["-A", f"INNER_PORT={inner}", "-A", f'CARRIER="127.0.0.1:{carrier}"']
    words += ["-A", f'ADDRESSES="{folder / "address.list"}"']
    config = settings.BASE_DIR / "deploy" / "kamailio" / "kamailio.cfg"
    command = ["kamailio", "-f", str(config), *words, "-DD", "-E", "-m", "32", "-M", "4", "-Y", str(folder)]
    with (folder / "kamailio.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield port
    finally:
        stop(process)


def _sine(path: Path) -> None:
    tone = 9000 * np.sin(2 * np.pi * SINE * np.arange(SAYS * RATE) / RATE)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(tone.astype("<i2").tobytes())


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
