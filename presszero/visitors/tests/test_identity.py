"""What the shop's word is worth: one key, one audience, one hour."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from presszero.core.sealing import new_token
from presszero.visitors.identity import NotBelieved, Signed, read

KEY, OLD, AUDIENCE = new_token(256), new_token(256), new_token(192)


def token(key: Any = KEY, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    now = timezone.now()
    usual = {"sub": "1001", "aud": AUDIENCE, "iat": now, "exp": now + timedelta(minutes=30)}
    claims = {name: value for name, value in (usual | changes).items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def believed(given: str, *secrets: str) -> Signed:
    return read(given, secrets or (KEY, ""), AUDIENCE, timezone.now())


def refused(given: str, *secrets: str) -> str:
    with pytest.raises(NotBelieved) as why:
        believed(given, *secrets)
    return str(why.value)


def in_64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: bytes, digest: Any = hashlib.sha256) -> str:
    """A token as any program may make it, the library's own checks at making left out."""
    signed = f"{in_64(header)}.{in_64(claims)}"
    mac = hmac.new(key, signed.encode(), digest).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def claims(**changes: Any) -> dict[str, Any]:
    now = int(timezone.now().timestamp())
    return {"sub": "1001", "aud": AUDIENCE, "iat": now, "exp": now + 1800} | changes


def test_what_it_says_is_read() -> None:
    found = believed(token(name="  Ada\nKowalski ", email="Ada@Example.com", email_verified=True))
    assert (found.shopper, found.name, found.email) == ("s-1001", "Ada Kowalski", "ada@example.com")
    assert found.email_verified
    assert timedelta(minutes=29) < found.until - timezone.now() <= timedelta(minutes=30)


@pytest.mark.parametrize("said", ["true", 1, None, "yes"])
def test_an_address_is_verified_only_by_a_plain_true(said: object) -> None:
    assert not believed(token(email="ada@example.com", email_verified=said)).email_verified


@pytest.mark.parametrize("email", ["", "no address", "a@b", 7, ["ada@example.com"], "a" * 300 + "@x.example"])
def test_an_address_that_is_none_is_left_out_and_never_verified(email: object) -> None:
    found = believed(token(email=email, email_verified=True))
    assert (found.email, found.email_verified) == ("", False)


def test_the_key_that_was_replaced_counts_as_long_as_the_line_keeps_it() -> None:
    assert believed(token(OLD), KEY, OLD).shopper == "s-1001"
    refused(token(OLD), KEY)


def test_a_line_without_a_secret_believes_nobody() -> None:
    refused(by_hand({"alg": "HS256"}, claims(), b""), "", "")


def test_an_hour_is_the_most() -> None:
    now = timezone.now()
    assert believed(token(exp=now + timedelta(minutes=59)))
    refused(token(exp=now + timedelta(hours=2)))
    refused(token(iat=now - timedelta(minutes=50), exp=now + timedelta(minutes=50)))
    refused(token(iat=None, exp=now + timedelta(days=1)))


@pytest.mark.parametrize("exp", [None, "tomorrow", 10**30, -1, [1], 0, True])
def test_without_a_time_that_is_one_it_is_nothing(exp: object) -> None:
    refused(by_hand({"alg": "HS256"}, claims(exp=exp), KEY.encode()))


def test_the_clocks_may_differ_by_half_a_minute() -> None:
    now = datetime.now(UTC)
    assert believed(token(iat=now - timedelta(minutes=5), exp=now - timedelta(seconds=20)))
    refused(token(iat=now - timedelta(minutes=5), exp=now - timedelta(seconds=40)))
    refused(token(nbf=now + timedelta(minutes=2)))
    refused(token(iat=now + timedelta(minutes=2)))


@pytest.mark.parametrize("sub", ["", None, "x" * 101, "a\nb", " 1001", "1001\u202e"])
def test_a_customer_without_a_plain_id_is_nobody(sub: object) -> None:
    refused(by_hand({"alg": "HS256"}, claims(sub=sub), KEY.encode()))


@pytest.mark.parametrize(
    "aud",
    [None, "", [AUDIENCE], [AUDIENCE, "others"], AUDIENCE[:-1], AUDIENCE.swapcase()],
    ids=["none", "empty", "a list", "one of several", "cut short", "other case"],
)
def test_l1_a_token_for_somebody_else_is_not_for_us(aud: object) -> None:
    refused(by_hand({"alg": "HS256"}, claims(aud=aud), KEY.encode()))


def test_l1_no_signature_is_no_signature() -> None:
    body = f"{in_64({'alg': 'none', 'typ': 'JWT'})}.{in_64(claims())}."
    for given in (body, body.replace("none", "None"), token().rpartition(".")[0], token().rpartition(".")[0] + "."):
        refused(given)
    refused(by_hand({"alg": "nOnE"}, claims(), KEY.encode()))


def test_l1_other_ways_to_sign_are_refused_even_with_our_key() -> None:
    refused(by_hand({"alg": "HS384"}, claims(), KEY.encode(), hashlib.sha384))
    refused(by_hand({"alg": "HS512"}, claims(), KEY.encode(), hashlib.sha512))
    refused(by_hand({"alg": "RS256"}, claims(), KEY.encode()))
    refused(by_hand({"alg": ["HS256"]}, claims(), KEY.encode()))
    pair = rsa.generate_private_key(65537, 2048)
    refused(token(pair, "RS256"))
    public = pair.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    refused(by_hand({"alg": "HS256"}, claims(), public))


def test_l1_a_key_named_inside_the_token_is_not_asked() -> None:
    own = in_64("my-own-key")
    header = {"alg": "HS256", "jwk": {"kty": "oct", "k": own}, "kid": "../../dev/null", "jku": "https://evil.example/k"}
    refused(by_hand(header, claims(), b"my-own-key"))
    refused(by_hand({"alg": "HS256", "crit": ["b64"], "b64": False}, claims(), KEY.encode()))
    refused(by_hand({"alg": "HS256", "crit": ["our-own"], "our-own": 1}, claims(), KEY.encode()))


@pytest.mark.parametrize(
    "given", ["", ".", "..", "a.b.c", "\u0000", "é.é.é", "x" * 10_000, in_64({"alg": "HS256"}) * 3]
)
def test_l1_what_is_no_token_says_the_same(given: str) -> None:
    assert refused(given) == refused(token("another-key-of-at-least-thirty-two-bytes"))


def test_l1_one_changed_byte_anywhere_is_refused() -> None:
    good = token()
    for at in range(0, len(good), 7):
        changed = good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]
        if changed.rpartition(".")[0] != good.rpartition(".")[0]:
            refused(changed)


def test_l1_another_spelling_of_one_signature_is_the_same_token() -> None:
    good = token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(good[-1])
    twins = [good[:-1] + alphabet[last ^ bit] for bit in (1, 2, 3)] + [good + "=", good + "=="]
    prints = set()
    for twin in [good, *twins]:
        try:
            prints.add(believed(twin).fingerprint)
        except NotBelieved:
            continue
    assert len(prints) == 1
