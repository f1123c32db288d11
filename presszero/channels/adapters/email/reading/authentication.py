"""What our own receiving server says about the sender. Nobody else's word counts (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from presszero.channels.vocabulary import Proof

from . import clean, headers
from .shape import Authentication, Party

_COMMENT = re.compile(r"\([^()]{0,500}\)")
_RESULT = re.compile(r"(?:^|;)\s*([a-z0-9-]{1,30})\s*(?:/\s*\d+\s*)?=\s*([a-z]{1,20})([^;]{0,2000})", re.I)
_BY = re.compile(r"\bby\s+([A-Za-z0-9.-]{1,255})")
_PROPERTY = re.compile(r"([a-z0-9-]{1,30}\.[a-z0-9-]{1,30})\s*=\s*\"?([^\s\";]{1,320})", re.I)


def judge(message: Message, sender: Party, trusted: tuple[str, ...]) -> Authentication:
    """Reads the topmost Authentication-Results of a server in `trusted`, and only that one.

    A header of the same name further down came with the mail and may be forged: our server writes on top. The claim
    is about the From domain, so a DMARC pass for another domain proves nothing.
    """
    servers = {name.lower().rstrip(".") for name in trusted if name}
    for value in _from_our_hop(message, servers):
        server, results = _parse(value)
        if server in servers:
            return _verdict(server, results, sender)
    return Authentication()


def _from_our_hop(message: Message, servers: set[str]) -> Iterator[str]:
    """Authentication-Results above the hop before ours: what stands below was there when the mail reached us."""
    ours_seen = False
    for key, value in message.raw_items():
        if key.lower() == "received":
            by = _BY.search(headers.unfolded(str(value)))
            ours = bool(by and by.group(1).lower().rstrip(".") in servers)
            if ours_seen and not ours:
                return
            ours_seen = ours_seen or ours
        elif key.lower() == "authentication-results":
            yield headers.unfolded(str(value))


def _parse(value: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]]:
    value = _COMMENT.sub(" ", value[:20_000])
    server, _, rest = value.partition(";")
    name = server.split()[0].lower().rstrip(".") if server.split() else ""
    results = [
        (method.lower(), result.lower(), {key.lower(): v for key, v in _PROPERTY.findall(properties)})
        for method, result, properties in _RESULT.findall(";" + rest)
    ]
    return name, results


def _verdict(server: str, results: list[tuple[str, str, dict[str, str]]], sender: Party) -> Authentication:
    seen: dict[str, str] = {}
    for method, result, properties in results:
        if method == "dmarc" and not _about(properties.get("header.from", sender.domain), sender):
            continue
        aligned = method == "dmarc" or _aligned(method, properties, sender)
        if seen.get(method) != "pass" and aligned:
            seen[method] = result
    server = clean.line(server)
    if seen.get("dmarc") == "pass":
        return Authentication(Proof.VERIFIED, f"DMARC passed at {server}")
    for method in ("dmarc", "spf", "dkim"):
        if seen.get(method) in ("fail", "hardfail", "softfail", "permerror") and "pass" not in seen.values():
            return Authentication(Proof.REFUTED, f"{method.upper()} failed at {server}")
    if seen.get("dmarc") == "fail":
        return Authentication(Proof.REFUTED, f"DMARC failed at {server}")
    passed = [method.upper() for method in ("dkim", "spf") if seen.get(method) == "pass"]
    if passed:
        return Authentication(Proof.SEEN, f"{' and '.join(passed)} passed at {server}, without DMARC")
    return Authentication(Proof.CLAIMED, f"{server} proved nothing about the sender")


def _about(domain: str, sender: Party) -> bool:
    return domain.rpartition("@")[2].lower().strip(".") == sender.domain


def _aligned(method: str, properties: dict[str, str], sender: Party) -> bool:
    """A pass for somebody else's domain says nothing about this sender; a failure without a domain still does."""
    names = {"spf": ("smtp.mailfrom", "smtp.helo"), "dkim": ("header.d", "header.i")}.get(method, ())
    domains = [properties[name].rpartition("@")[2].lower() for name in names if name in properties]
    if not domains:
        return True
    return any(sender.domain == each or sender.domain.endswith("." + each) for each in domains if "." in each)
