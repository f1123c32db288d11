"""Webhooks signed as Twilio signs them: the scheme's own example, and what must not pass."""

from __future__ import annotations

import hashlib

import pytest

from presszero.channels.adapter import BadSignature, Request
from presszero.channels.twilio_signing import form, signed, verify, verify_body, verify_request

# The example that the scheme is documented with.
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
PARAMS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
EXAMPLE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_h1_the_documented_example_is_what_we_compute() -> None:
    assert signed(URL, PARAMS, "12345") == EXAMPLE
    assert signed(URL, reversed(PARAMS), "12345") == EXAMPLE  # order on the wire does not count


def test_h1_the_new_token_and_the_old_one_hold_together() -> None:
    for tokens in (["12345"], ["new", "12345"], ["12345", ""]):
        verify(URL, PARAMS, EXAMPLE, tokens)
    for tokens in ([], [""], ["new"]):
        with pytest.raises(BadSignature):
            verify(URL, PARAMS, EXAMPLE, tokens)


@pytest.mark.parametrize(
    "url",
    [
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        "https://mycompany.com/myapp.php?bar=2&foo=1",
        "https://mycompany.com:8443/myapp.php?foo=1&bar=2",
        "https://mycompany.com/myapp.php",
        "https://mycompany.com/myapp.php?foo=1&bar=2#rc=5",
        "https://mycompany.com./myapp.php?foo=1&bar=2",
    ],
)
def test_h1_another_scheme_port_or_order_in_the_address_is_another_address(url: str) -> None:
    with pytest.raises(BadSignature):
        verify(url, PARAMS, EXAMPLE, ["12345"])


def test_h1_the_port_that_a_scheme_implies_may_be_written_or_left_out() -> None:
    with_port = "https://mycompany.com:443/myapp.php?foo=1&bar=2"
    verify(with_port, PARAMS, EXAMPLE, ["12345"])
    verify(URL, PARAMS, signed(with_port, PARAMS, "12345"), ["12345"])


@pytest.mark.parametrize(
    "params",
    [
        PARAMS[:-1],
        [*PARAMS, ("Extra", "")],
        [*PARAMS, ("To", "+18005551213")],
        [*PARAMS[:-1], ("To", "+18005551213")],
        [("callsid", "CA1234567890ABCDE"), *PARAMS[1:]],
    ],
)
def test_h1_one_field_more_less_twice_or_changed_is_refused(params: list[tuple[str, str]]) -> None:
    with pytest.raises(BadSignature):
        verify(URL, params, EXAMPLE, ["12345"])


@pytest.mark.parametrize("given", ["", "AAAA", EXAMPLE[:-1], EXAMPLE.lower(), "ünsigned", EXAMPLE + "A"])
def test_h1_what_is_no_signature_is_refused_in_words(given: str) -> None:
    with pytest.raises(BadSignature, match=r"\.$"):
        verify(URL, PARAMS, given, ["12345"])


def test_h1_a_body_that_is_no_form_is_held_by_its_hash() -> None:
    body = b'{"MessageSid": "SM1"}'
    digest = hashlib.sha256(body).hexdigest()
    url = f"https://desk.juniper.example/in/sms/token?bodySHA256={digest}"
    good = signed(url, (), "12345")
    verify_body(url, body, good, ["12345"])
    request = Request("POST", url, {"content-type": "application/json", "x-twilio-signature": good}, body)
    verify_request(request, ["12345"])
    twice = f"{url}&bodySHA256={digest}"
    for wrong_url, wrong_body, signature in [
        (url, body + b" ", good),
        (url.partition("?")[0], body, signed(url.partition("?")[0], (), "12345")),  # without the hash nothing holds it
        (twice, body, signed(twice, (), "12345")),
    ]:
        with pytest.raises(BadSignature):
            verify_body(wrong_url, wrong_body, signature, ["12345"])


def test_h1_who_calls_a_form_something_else_gets_past_nothing() -> None:
    body = b"From=%2B14158675309"
    for kind in ("text/plain", "application/json", "", "multipart/form-data; boundary=x"):
        headers = {"content-type": kind, "x-twilio-signature": signed(URL, form(body), "12345")}
        with pytest.raises(BadSignature):
            verify_request(Request("POST", URL, headers, body), ["12345"])


@pytest.mark.parametrize("body", [b"a=\xff", b"&".join(b"a%d=1" % n for n in range(600))])
def test_what_cannot_be_read_as_a_form_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        form(body)
