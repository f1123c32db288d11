"""The SIP stack's socket and its clock, both driven by our own event loop.

sippy comes with a loop and threads of its own. It needs neither: what it wants is to be handed packets, and to have its
timers run. So everything of a call happens on one thread, in one order. Only a name in somebody's address is looked up
elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from collections.abc import Callable
from typing import Any

import sippy.Core.EventDispatcher
import sippy.Network_server
import sippy.SipTransactionManager
from sippy.Core.EventDispatcher import ED2
from sippy.Network_server import Network_server, Remote_address
from sippy.Time.MonoTime import MonoTime
from sippy.Udp_server import Udp_server_opts

log = logging.getLogger(__name__)

TICK = 0.02  # seconds; the stack's shortest timer has half a second
AT_ONCE = 50  # packets taken in before others have their turn
ROOM = 4 * 1024 * 1024  # bytes the kernel holds for us while we are busy


def _noted(what: str, *more: object, **kept: object) -> None:
    """In place of sippy's own account of an error, which prints the whole packet: numbers, passwords, whatever came."""
    log.warning("SIP: %s.", str(what).partition(" from ")[0], exc_info=True)


for module in (sippy.Core.EventDispatcher, sippy.Network_server, sippy.SipTransactionManager):
    module.dump_exception = _noted

Admits = Callable[[str, int], bool]  # a packet's source address and its size in bytes


class Options(Udp_server_opts):  # type: ignore[misc]  # sippy ships no types
    """Where to listen. `shown` is the address others are to reach us at, when it is another one."""

    shown: tuple[str, int] | None = None
    admits: Admits = staticmethod(lambda address, size: True)

    def isWildCard(self) -> bool:
        """Never: one socket serves all, and says the address it is told to."""
        return False


class Socket(Network_server):  # type: ignore[misc]  # sippy ships no types
    """One UDP socket, read by the event loop that runs."""

    transport = "udp"

    def __init__(self, config: dict[str, Any], options: Options) -> None:
        super().__init__(options)
        self.uopts.shown, self.uopts.admits = config["_shown"], config["_admits"]
        address, port = options.laddress
        self._socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self._socket.bind((address, int(port)))
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._read)

    def getSIPaddr(self) -> tuple[tuple[str, int], str]:
        return (self.uopts.shown or self.uopts.laddress, self.transport)

    def send_to(self, data: bytes | str, address: tuple[str, int], delayed: bool = False) -> None:
        packet = data if isinstance(data, bytes) else data.encode()
        host, port = address
        if _is_number(host):
            self._send(packet, (host.strip("[]"), port))
        else:
            self._loop.create_task(self._send_by_name(packet, host, port))

    def shutdown(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        self.uopts.data_callback = None

    def join(self) -> None:
        """Nothing to wait for: there are no threads."""

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                packet, source = self._socket.recvfrom(65535)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as why:  # an ICMP answer to something we sent
                log.debug("The SIP socket: %s.", why)
                continue
            if self.uopts.data_callback and self.uopts.admits(source[0], len(packet)):
                ED2.last_ts = MonoTime()
                self.handle_read(packet, Remote_address(source[:2], self.transport), ED2.last_ts)

    async def _send_by_name(self, packet: bytes, host: str, port: int) -> None:
        try:
            found = await self._loop.getaddrinfo(host, port, family=self._socket.family, type=socket.SOCK_DGRAM)
        except OSError as why:
            log.warning("The address %s of a SIP party is not known: %s.", host, why)
            return
        self._send(packet, found[0][4][:2])

    def _send(self, packet: bytes, address: Any) -> None:
        try:
            self._socket.sendto(packet, address)
        except OSError as why:  # what was lost is sent again by the stack's timers
            log.debug("A SIP packet to %s was not sent: %s.", address, why)


async def run_clock() -> None:
    """Runs the stack's timers until cancelled."""
    while True:
        ED2.last_ts = MonoTime()
        ED2.dispatchTimers()
        if ED2.twasted * 2 > len(ED2.tlisteners):
            ED2.tlisteners = sorted(timer for timer in ED2.tlisteners if timer.cb_func is not None)
            ED2.twasted = 0
        await asyncio.sleep(TICK)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
