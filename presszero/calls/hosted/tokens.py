"""What the provider's own program in the agent's page registers with: a token for one member, one line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from presszero.channels.models import Line
from presszero.team.models import Membership

from .providers import provider_of

LASTS = timedelta(hours=1)
SAME_FOR = 1800  # seconds in which it is the same however often a page asks: what is shown of a call stays as it is


@dataclass(frozen=True, slots=True)
class Token:
    """`identity` is who rings; nothing of a person is in it."""

    token: str
    identity: str
    expires_at: datetime


def identity_of(merchant_id: int, member_id: int) -> str:
    """Letters, digits and low lines: a provider rings no other."""
    return f"pz_{merchant_id}_{member_id}"


def registers(line: Line) -> bool:
    """Whether members' pages can be rung: by a provider whose program we have, with a key to sign tokens by."""
    return bool(provider_of(line.settings).program and line.secrets.get("api_key") and line.secrets.get("api_secret"))


def client_token(line: Line, member: Membership, now: datetime) -> Token | None:
    """Good for half an hour to an hour. None where pages cannot be rung: then members' mobiles can, and nothing else.

    It lets them be rung, and nothing else: whoever got hold of one could not dial anywhere at the shop's expense.
    """
    if not registers(line) or member.merchant_id != line.merchant_id:
        return None
    key, word = line.secrets["api_key"], line.secrets["api_secret"]
    who, began = identity_of(line.merchant_id, member.id), int(now.timestamp()) // SAME_FOR * SAME_FOR
    until = datetime.fromtimestamp(began, tz=now.tzinfo) + LASTS
    claims = {
        "jti": f"{key}-{hashlib.sha256(f'{word}:{who}:{began}'.encode()).hexdigest()[:16]}",
        "iss": key,
        "sub": line.settings.get("account", ""),
        "iat": began,
        "nbf": began,
        "exp": int(until.timestamp()),
        "grants": {"identity": who, "voice": {"incoming": {"allow": True}}},
    }
    made = jwt.encode(claims, word, algorithm="HS256", headers={"cty": "twilio-fpa;v=1"})
    return Token(made, who, until)
