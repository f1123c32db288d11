"""What comes to the SIP socket from outside any call: who may begin one, and what everybody else is told."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from sippy.SipGenericHF import SipGenericHF
from sippy.SipHeader import SipHeader

from .gate import Challenge, Gate, Trunk, answered
from .sdp import LONGEST, BadDescription, checked

log = logging.getLogger(__name__)

ALLOW = "INVITE, ACK, BYE, CANCEL, INFO, OPTIONS"
FLOOR = 200  # bytes of headers a SIP message has at the least

Begin = Callable[[Any, Any, int], Any]


class Arrivals:
    """`begin(request, transaction, trunk id)` is called for an INVITE that may pass."""

    def __init__(self, gate: Gate, begin: Begin) -> None:
        self._gate, self._begin = gate, begin

    def admits(self, address: str, size: int) -> bool:
        return self._gate.admits(address, size, time.monotonic())

    def take(self, request: Any, transaction: Any) -> Any:
        """sippy's callback for a request outside every dialog it knows. The answer, as sippy wants it."""
        method = request.getMethod()
        address = str(request.getSource()[0])
        if request.getHFBody("to").getTag() is not None:
            return _no(request, 481, "Call Leg/Transaction Does Not Exist")
        if method == "OPTIONS" and self._gate.knows(address):
            return _no(request, 200, "OK")
        if method != "INVITE":
            return _no(request, 405, "Method Not Allowed", SipHeader(name="allow", body=SipGenericHF(ALLOW)))
        return self._invited(request, transaction, address)

    def _invited(self, request: Any, transaction: Any, address: str) -> Any:
        called = str(request.getRURI().username or "")
        trunk = self._gate.by_address(address, called)
        if trunk is None and self._gate.knows(address):
            return _no(request, 404, "Not Found")
        trunk = trunk or self._proven(request, address, called)
        if trunk is None:
            return self._challenge(request)
        if not request.countHFs("contact"):
            return _no(request, 400, "Bad Request")
        body = request.getBody()
        try:
            checked(str(body or ""))
        except BadDescription:
            too_long = body is not None and len(str(body)) > LONGEST
            return _no(request, 513, "Message Too Large") if too_long else _no(request, 488, "Not Acceptable Here")
        return self._begin(request, transaction, trunk.id)

    def _proven(self, request: Any, address: str, called: str) -> Trunk | None:
        given = _authorization(request)
        return self._gate.by_digest(given, called, address, time.monotonic()) if given else None

    def _challenge(self, request: Any) -> Any:
        """To a stranger, whoever it is and whatever number is called: prove who you are."""
        asks = (
            f'Digest realm="{self._gate.realm}",nonce="{self._gate.nonce(time.monotonic())}",algorithm=MD5,qop="auth"'
        )
        return _no(request, 401, "Unauthorized", SipHeader(name="www-authenticate", body=SipGenericHF(asks)))


def _authorization(request: Any) -> Challenge | None:
    if not request.countHFs("authorization"):
        return None
    try:
        header = request.getHFBody("authorization")
        header.parse()
        return answered({name: getattr(header, name, "") for name in Challenge.__dataclass_fields__})
    except Exception:  # whatever a stranger writes there is no proof
        return None


def _no(request: Any, code: int, why: str, *headers: Any) -> Any:
    response = request.genResponse(code, why)
    for header in headers:
        response.appendHeader(header)
    return (response, None, None)
