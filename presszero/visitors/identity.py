"""The shop's word on who its visitor is: a JWT (RFC 7519) that its server signs with the line's secret.

Claims: `sub` (the shop's own id of its customer), `aud` (the line's token), `exp` (at most an hour away); optional
`name`, `email` and `email_verified`. Only HS256 counts. Everything else is refused in one sentence, whatever was wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint
from presszero.core.text import one_line

LASTS_AT_MOST = timedelta(hours=1)
LEEWAY = timedelta(seconds=30)  # between the shop's clock and ours
MAX_LENGTH = 4096  # characters of a token

_log = logging.getLogger(__name__)
_CHECKS: Any = {"require": ["exp", "sub", "aud"], "strict_aud": True}  # one audience, spelled exactly


@dataclass(frozen=True, slots=True)
class Signed:
    """What a token says, once it was believed."""

    shopper: str  # "s-" and the shop's own id of its customer
    until: datetime
    name: str
    email: str  # lower case; "" when there is none, or none that we could write to
    email_verified: bool  # the shop says that it made sure
    fingerprint: str  # the same for every spelling of this token


class NotBelieved(Refused):
    """The token proves nothing. One sentence for every reason: whoever tries others' names learns nothing from it."""

    def __init__(self) -> None:
        super().__init__(_("We could not confirm who you are."), _("Sign in to the shop again, or just write to us."))


def read(token: str, secrets: Iterable[str], audience: str, now: datetime) -> Signed:
    """What a token of this line says. `secrets`: the one in use, and the one it replaced. Raises NotBelieved."""
    claims = _believed(token, [each for each in secrets if each], audience)
    until, email = _until(claims, now), usable_email(claims.get("email"))
    return Signed(
        shopper=f"s-{_subject(claims)}",
        until=until,
        name=one_line(str(claims.get("name") or ""), 120),
        email=email,
        email_verified=bool(email) and claims.get("email_verified") is True,
        # A signature can be spelled in several ways of base64; what it signs cannot.
        fingerprint=fingerprint(token.rpartition(".")[0]),
    )


def usable_email(given: object) -> str:
    """As we compare addresses; "" for what is none."""
    address = given.strip().lower() if isinstance(given, str) else ""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= 254 else ""


def _believed(token: str, secrets: list[str], audience: str) -> dict[str, Any]:
    if len(token) > MAX_LENGTH or not token.isascii():
        raise _refused("longer than a token of ours, or not one")
    why = "the line has no secret"
    for secret in secrets:
        try:
            found: dict[str, Any] = jwt.decode(
                token, secret, algorithms=["HS256"], audience=audience, leeway=LEEWAY, options=_CHECKS
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError, OverflowError) as error:
            why = type(error).__name__
        else:
            return found
    raise _refused(why)


def _until(claims: dict[str, Any], now: datetime) -> datetime:
    """PyJWT made sure that it has not run out; here, that it does so within the hour."""
    try:
        until = datetime.fromtimestamp(int(claims["exp"]), UTC)
        issued = datetime.fromtimestamp(int(claims.get("iat", claims["exp"])), UTC)
    except (ValueError, TypeError, OverflowError, OSError) as why:
        raise _refused("no such time") from why
    if until - now > LASTS_AT_MOST + LEEWAY or until - issued > LASTS_AT_MOST:
        raise _refused("lasts longer than an hour")
    return until


def _subject(claims: dict[str, Any]) -> str:
    given = str(claims["sub"])
    if not 0 < len(given) <= 100 or one_line(given) != given:
        raise _refused("sub is empty, too long, or not printable")
    return given


def _refused(why: str) -> NotBelieved:
    """The reason is for the merchant's operator alone; nothing of the token is written down."""
    _log.info("a signed identity was refused: %s", why)
    return NotBelieved()
