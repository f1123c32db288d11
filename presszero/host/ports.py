"""Where the doors listen: the ports, the settings that move them, and who sits on one already."""

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from presszero.host.processes import PROC, all_pids, command_line
from presszero.host.refusal import Refusal

LISTENING = "0A"  # the state in /proc/net/tcp


@dataclass(frozen=True)
class Door:
    """One port. `setting` is the environment variable that moves it."""

    name: str
    setting: str
    usual: int

    @property
    def port(self) -> int:
        """Raises Refusal when the setting holds no port."""
        given = os.environ.get(self.setting) or str(self.usual)
        if not given.isdecimal() or not 0 < int(given) < 65536:
            raise Refusal(f"{self.setting} should be a port, a number from 1 to 65535, not {given!r}.")
        return int(given)


EDGE = Door("the desk and the webhooks", "PRESSZERO_PORT", 8000)
APP = Door("the pages behind the edge", "PRESSZERO_APP_PORT", 8001)
SMTP = Door("mail by SMTP", "PRESSZERO_SMTP_PORT", 2525)
LMTP = Door("mail by LMTP", "PRESSZERO_LMTP_PORT", 2424)
DOORS = (EDGE, APP, SMTP, LMTP)
# By UDP, and only where a telephone is run; the last two on this machine alone.
SIP = Door("telephone calls by SIP", "PRESSZERO_SIP_PORT", 5060)
NG = Door("rtpengine's control", "PRESSZERO_NG_PORT", 2223)
KEYS = Door("keys that callers press", "PRESSZERO_KEYS_PORT", 2300)


def bind_address() -> str:
    """The address the doors listen on: this machine only, unless `PRESSZERO_BIND` says otherwise."""
    return os.environ.get("PRESSZERO_BIND") or "127.0.0.1"


def answers(port: int) -> bool:
    """Whether something on this machine accepts connections at `port`."""
    address = bind_address()
    try:
        socket.create_connection(("127.0.0.1" if address == "0.0.0.0" else address, port), timeout=1).close()  # noqa: S104
    except OSError:
        return False
    return True


def refuse_used(doors: Iterable[Door] = DOORS) -> None:
    """Raises Refusal naming every door whose port is taken, by whom, and the setting that moves it."""
    sentences = [sentence for door in doors if (sentence := why_unusable(door))]
    if sentences:
        raise Refusal("\n".join(sentences))


def why_unusable(door: Door) -> str | None:
    """A sentence when the port cannot be listened on now, else None."""
    port = door.port
    try:
        with socket.socket(socket.AF_INET6 if ":" in bind_address() else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((bind_address(), port))
    except PermissionError:
        return f"Port {port} ({door.name}) needs more rights than this user has. Set {door.setting} to one above 1023."
    except OSError as why:
        by = f" by {holder}" if (holder := holder_of(port)) else ""
        if why.strerror and "in use" not in why.strerror:
            where = f"{bind_address()}, port {port} ({door.name})"
            return f"Nothing can listen at {where}: {why.strerror}. See PRESSZERO_BIND."
        return f"Port {port} ({door.name}) is already used{by}. Stop that, or choose another with {door.setting}."
    return None


def why_udp_unusable(door: Door, address: str) -> str | None:
    """The same for a port of UDP packets at `address`."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as trial:
            trial.bind((address, door.port))
    except OSError as why:
        return f"UDP port {door.port} at {address} ({door.name}): {why.strerror}. Move it with {door.setting}."
    return None


def holder_of(port: int) -> str:
    """Who listens at `port`, as "name (process 123)"; "" when we may not see it."""
    inodes = set(_listening_inodes(port))
    for pid in all_pids() if inodes else ():
        if inodes & set(_sockets_of(pid)):
            words = command_line(pid)
            return f"{words[0].rsplit('/', 1)[-1] if words else 'a program'} (process {pid})"
    return ""


def _listening_inodes(port: int) -> Iterable[str]:
    for table in ("tcp", "tcp6"):
        try:
            lines = (PROC / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _sockets_of(pid: int) -> Iterable[str]:
    try:
        for entry in (PROC / str(pid) / "fd").iterdir():
            target = os.readlink(entry)
            if target.startswith("socket:["):
                yield target[8:-1]
    except OSError:
        return
