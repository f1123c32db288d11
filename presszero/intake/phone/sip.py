"""SIP as a phone call needs it: be called, call, answer, change, hang up. sippy speaks the protocol (RFC 3261).

A leg is one party's dialog with us, named by a word of our own. What happens to it is told to `heard`, in order, on the
event loop's thread. Nothing here waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventInfo,
    CCEventPreConnect,
    CCEventRedirect,
    CCEventRing,
    CCEventTry,
    CCEventUpdate,
)
from sippy.Core.EventDispatcher import ED2
from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipCallId import SipCallId
from sippy.SipConf import SipConf
from sippy.SipContact import SipContact
from sippy.SipFrom import SipFrom
from sippy.SipRoute import SipRoute
from sippy.SipTo import SipTo
from sippy.SipTransactionManager import SipTransactionManager
from sippy.SipURL import SipURL
from sippy.UA import UA
from sippy.UaStateConnected import UaStateConnected

from .arrivals import Arrivals
from .dialog import Dialog
from .gate import Gate
from .sip_socket import Options, Socket, run_clock

log = logging.getLogger(__name__)

RINGS = 60.0  # seconds a call of ours rings before it is given up
SLACK = 16  # numbers of our own requests that the last process may have used after it noted its dialog


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody calls. `trunk` is the gate's; `caller` and `called` are as the carrier wrote them."""

    leg: str
    trunk: int
    caller: str
    called: str
    name: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Rang:
    leg: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The party we called answered; or, without `sdp`, the one that called us knows that we did."""

    leg: str
    sdp: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The party wants to talk otherwise (hold, another address). `accept` or `refuse` must follow."""

    leg: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Informed:
    leg: str
    body: str
    kind: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Over, by whomever. `code` is SIP's, 0 for an ordinary end."""

    leg: str
    code: int = 0
    ours: bool = False  # we hung up


Heard = Invited | Rang | Answered | Changed | Informed | Ended


@dataclass(frozen=True, slots=True)
class Where:
    """The address we listen at, and the one others are to reach us at."""

    address: str
    port: int
    shown: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call of ours through a carrier at `hop`."""

    hop: tuple[str, int]
    called: str
    caller: str
    sdp: str
    username: str = ""
    password: str = ""


class Sip:
    """One socket and all legs on it. One per process: sippy keeps its timers in the process."""

    def __init__(self, where: Where, gate: Gate, heard: Callable[[Heard], None]) -> None:
        self._where, self._heard = where, heard
        self._arrivals = Arrivals(gate, self._begin)
        self._gate = gate
        self._legs: dict[str, Any] = {}
        self._config: dict[str, Any] = {}
        self._clock: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Listens from now on. Call on the event loop. Raises OSError when the port is taken."""
        ED2.my_ident = threading.get_ident()
        config = self._config
        config.update(_sip_address=self._where.address, _sip_port=self._where.port, _sip_logger=_Quiet())
        config.update(_shown=self._where.shown, _admits=self._arrivals.admits)
        SipTransactionManager.model_udp_server = (Socket, Options)
        config["_sip_tm"] = SipTransactionManager(config, self._arrivals.take)
        self._clock = asyncio.get_running_loop().create_task(run_clock())

    def close(self) -> None:
        if self._clock:
            self._clock.cancel()
        if "_sip_tm" in self._config:
            self._config["_sip_tm"].shutdown()

    def ring(self, leg: str) -> None:
        self._tell(leg, CCEventRing((180, "Ringing", None)))

    def answer(self, leg: str, sdp: str) -> None:
        self._tell(leg, CCEventPreConnect((200, "OK", MsgBody(sdp))))

    def accept(self, leg: str, sdp: str) -> None:
        """To a Changed: yes, and this is how we talk."""
        self._tell(leg, CCEventConnect((200, "OK", MsgBody(sdp))))

    def refuse(self, leg: str, code: int, why: str) -> None:
        """To an Invited or a Changed: no."""
        self._tell(leg, CCEventFail((code, why)))

    def hang_up(self, leg: str) -> None:
        """However far the leg has come. An Ended follows, unless it is over already."""
        ua = self._legs.get(leg)
        if ua is None:
            return
        self._tell(leg, CCEventDisconnect())
        self._forget(leg, Ended(leg, ours=True))

    def change(self, leg: str, sdp: str) -> None:
        """Asks the party to talk otherwise (re-INVITE)."""
        self._tell(leg, CCEventUpdate(MsgBody(sdp)))

    def press(self, leg: str, keys: Iterable[str]) -> None:
        """Keys for the party by INFO, for one that takes none as events beside the sound."""
        for key in keys:
            self._tell(leg, CCEventInfo(MsgBody(f"Signal={key}\r\nDuration=160\r\n", "application/dtmf-relay")))

    def dial(self, leg: str, call: Outgoing) -> None:
        """Calls somebody. Rang, Answered or Ended follow."""
        ua = UA(
            self._config,
            event_cb=self._told,
            username=call.username or None,
            password=call.password or None,
            nh_address=call.hop,
            expire_time=RINGS,
        )
        self._keep(leg, ua)
        ua.recvEvent(CCEventTry((SipCallId(), call.caller, call.called, MsgBody(call.sdp), None, call.caller)))

    def dialog(self, leg: str) -> Dialog | None:
        """What to keep of a connected leg; None for one that is not."""
        ua = self._legs.get(leg)
        if ua is None or not ua.isConnected():
            return None
        return Dialog(
            call_id=str(ua.cId),
            local=str(ua.lUri),
            remote=str(ua.rUri),
            target=str(ua.rTarget),
            contact=ua.lContact.localStr((self._where.shown or (self._where.address, self._where.port), "udp")),
            cseq=ua.lCSeq,
            hop=ua.rAddr[0],
            routes=tuple(str(route) for route in ua.routes),
            sdp=str(ua.rSDP or ""),
            said=str(ua.lSDP or ""),
        )

    def said(self, leg: str) -> str:
        """Our description, as last told on this leg."""
        ua = self._legs.get(leg)
        return str(ua.lSDP or "") if ua is not None else ""

    def revive(self, leg: str, kept: Dialog) -> None:
        """Goes on with a dialog that another process began."""
        ua = UA(self._config, event_cb=self._told, nh_address=kept.hop)
        ua.cId, ua.lUri, ua.rUri = SipCallId(kept.call_id), SipFrom(kept.local), SipTo(kept.remote)
        for header in (ua.lUri, ua.rUri):
            header.parse()
        ua.lTag, ua.rTarget, ua.lContact = ua.lUri.getTag(), SipURL(kept.target), SipContact(kept.contact)
        ua.routes = [SipRoute(route) for route in kept.routes]
        for header in (ua.lContact, *ua.routes):
            header.parse()
        ua.lCSeq, ua.origin = kept.cseq + SLACK, "caller"
        ua.rSDP, ua.lSDP = MsgBody(kept.sdp), MsgBody(kept.said)
        ua.changeState((UaStateConnected,))
        self._config["_sip_tm"].regConsumer(ua, kept.call_id)
        self._keep(leg, ua)

    def is_open(self, leg: str) -> bool:
        return leg in self._legs

    def _begin(self, request: Any, transaction: Any, trunk: int) -> Any:
        """A call that the gate let in."""
        leg = secrets.token_hex(8)
        ua = UA(self._config, event_cb=self._told)
        ua.trunk, ua.identity = trunk, _identity(request)
        self._keep(leg, ua)
        try:
            return ua.recvRequest(request, transaction)
        except Exception:
            self._legs.pop(leg, None)
            raise

    def _keep(self, leg: str, ua: Any) -> None:
        ua.leg, ua.theirs = leg, ""
        if ua.lContact is None:
            ua.lContact = _contact()
        self._legs[leg] = ua

    def _tell(self, leg: str, event: Any) -> None:
        ua = self._legs.get(leg)
        if ua is not None:
            ua.recvEvent(event)

    def _told(self, event: Any, ua: Any) -> None:
        """What sippy tells of a dialog, in our words."""
        leg: str = ua.leg
        if leg not in self._legs:
            return
        if isinstance(event, CCEventTry):
            _, _, called, body, _, name = event.getData()
            ua.theirs = str(body or "")
            self._heard(Invited(leg, ua.trunk, ua.identity, str(called or ""), str(name or ""), str(body or "")))
        elif isinstance(event, (CCEventConnect, CCEventPreConnect)):
            code, _, body = event.getData()
            if ua.rSDP is None:  # an ACK without a description makes sippy forget the one of the INVITE
                ua.rSDP = MsgBody(ua.theirs)
            self._heard(Answered(leg, "" if code == "ACK" else str(body or "")))
        elif isinstance(event, CCEventRing):
            if event.getData()[0] != 100:
                self._heard(Rang(leg))
        elif isinstance(event, CCEventUpdate):
            self._heard(Changed(leg, str(event.getData() or "")))
        elif isinstance(event, CCEventInfo):
            body = event.getData()
            self._heard(Informed(leg, str(body or ""), str(body.mtype) if body is not None else ""))
        elif isinstance(event, CCEventDisconnect):
            self._forget(leg, Ended(leg))
        elif isinstance(event, (CCEventFail, CCEventRedirect)):
            self._forget(leg, Ended(leg, code=int(event.getData()[0])))

    def _forget(self, leg: str, ended: Ended) -> None:
        if self._legs.pop(leg, None) is not None:
            self._heard(ended)


def _identity(request: Any) -> str:
    """Who calls: what the carrier asserts, otherwise what the caller says of herself. Digits and a plus, or a name."""
    for name in ("p-asserted-identity", "from"):
        with contextlib.suppress(Exception):  # whatever a header holds
            if request.countHFs(name):
                found = str(request.getHFBody(name).getUrl().username or "")
                if found:
                    return found[:64]
    return ""


def _contact() -> Any:
    """Where the other side sends its next request: no name, since some programs trip over one."""
    url = SipURL(host=SipConf.my_address, port=SipConf.my_port, transport=SipConf.my_transport)
    return SipContact(address=SipAddress(url=url, hadbrace=True))


class _Quiet:
    """sippy writes down every packet, passwords and numbers with it. We write down none."""

    def write(self, *words: object, **more: object) -> None:
        return
