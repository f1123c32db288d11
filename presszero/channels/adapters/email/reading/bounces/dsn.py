"""The machine-readable part of a bounce: message/delivery-status, RFC 3464."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from .. import clean, headers

_FIELD = re.compile(r"(?im)^[ \t>]*([a-z][a-z-]{2,40})[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)")
_HEX = re.compile(r"\+([0-9A-F]{2})")
_ADDRESS = re.compile(r"[^\s<>()\",;:\[\]]{1,200}@[^\s<>()\",;:]{1,255}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a report says of one recipient. `action` is failed, delayed, delivered, relayed, expanded or ""."""

    address: str
    action: str
    status: str
    diagnostic: str


def recipients(report: str) -> list[Recipient]:
    """Every recipient of a delivery status, in order. The original address wins over the one it was forwarded to."""
    found = []
    for group in re.split(r"\n[ \t]*\n", report.replace("\r\n", "\n")):
        fields: dict[str, str] = {}
        for name, value in _FIELD.findall(group):
            fields.setdefault(name.lower(), clean.line(headers.words(value)))
        address = address_in(fields.get("original-recipient", "")) or address_in(fields.get("final-recipient", ""))
        address = address or address_in(fields.get("x-actual-recipient", "")) if "action" in fields else address
        if address or "action" in fields:
            found.append(_recipient(fields, address))
    return found


def _recipient(fields: dict[str, str], address: str) -> Recipient:
    action = re.split(r"[\s(;]", fields.get("action", "").strip().lower() + " ")[0]
    diagnostic = fields.get("diagnostic-code", "")
    diagnostic = re.sub(r"(?i)^\s*(?:x-)?[a-z0-9-]{1,20}\s*;\s*", "", diagnostic)
    status = re.search(r"[245]\.\d{1,3}\.\d{1,3}", fields.get("status", ""))
    return Recipient(address, action, status.group() if status else "", diagnostic)


def address_in(value: str) -> str:
    """The address in "rfc822; ada@x", "utf-8; …", "X400; …" or bare, with xtext undone."""
    kind, semicolon, rest = value.partition(";")
    rest = (rest if semicolon else value).strip()
    if kind.strip().lower() == "rfc822" and _HEX.search(rest):
        rest = _HEX.sub(lambda found: chr(int(found.group(1), 16)), rest) if "+40" in rest or "+3D" in rest else rest
    if kind.strip().lower() == "system":
        return ""
    if kind.strip().lower().startswith("utf-8"):
        rest = unquote(rest)
    found = _ADDRESS.search(rest)
    return found.group().strip("'<>.") if found else ""
