"""What people send us without meaning to leave it here: passwords, keys, sign-in cookies, papers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

REMOVED = "[removed]"

# What each means, and where its secret part stands (group 1).
_SECRETS = (
    re.compile(
        r"\b(?:Proxy-)?Authorization\s*[:=]\s*[\"']?((?:Bearer|Basic|Digest|Token)\s+[^\s\"']{6,})", re.IGNORECASE
    ),
    re.compile(r"\b(?:Set-)?Cookie\s*:\s*([^\n\"']{1,200}?=[^\n\"']{6,2000})", re.IGNORECASE),
    re.compile(r"\b((?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{10,}|AKIA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{30,})"),
    re.compile(r"\b(xox[abprs]-[0-9A-Za-z-]{10,}|AIza[0-9A-Za-z_-]{30,}|shp(?:at|ss|ca|pa)_[0-9a-fA-F]{20,})"),
    re.compile(r"\b(eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,})"),
    re.compile(r"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]{0,8000}?-----END [A-Z ]{0,20}PRIVATE KEY-----)"),
    re.compile(r"\bapi[ _-]?(?:key|token|secret)\b\s*(?:is|[:=])\s*[\"']?([^\s\"',;]{8,200})", re.IGNORECASE),
    re.compile(
        r"\b(?:password|passwort|kennwort|contraseña|passwd|pwd)\b\s*(?:is|ist|es|[:=])\s*[\"']?([^\s\"',;]{4,200})",
        re.I,
    ),
)
_PAPERS = re.compile(
    r"passport|reisepass|pasaporte|passeport|\bausweis|personalausweis|identity[ _-]?card|\bid[ _-]?card"
    r"|driving[ _-]?licen|drivers?[ _-]?licen|führerschein|fuehrerschein|\bdni\b|permis[ _-]de[ _-]conduire|"
    r"carnet[ _-]de[ _-]conducir",
    re.IGNORECASE,
)
PAPERS_IN_SQL = _PAPERS.pattern.replace(r"\b", r"\y")  # the same question, as PostgreSQL asks it
_PICTURES = ("image/", "application/pdf")
_PICTURED = (".jpg", ".jpeg", ".png", ".heic", ".webp", ".pdf", ".tif", ".tiff", ".gif", ".bmp")


def secrets(text: str) -> list[tuple[int, int]]:
    """Where passwords, keys and cookies stand in a text, in order."""
    return sorted({match.span(1) for pattern in _SECRETS for match in pattern.finditer(text)})


def without_secrets(text: str) -> tuple[str, int]:
    """The text with [removed] in their place; how many were taken out."""
    parts, at, count = [], 0, 0
    for start, end in secrets(text):
        if start >= at:
            parts += [text[at:start], REMOVED]
            at, count = end, count + 1
    return "".join([*parts, text[at:]]), count


def is_paper(filename: str, content_type: str) -> bool:
    """Whether a file calls itself an identity document."""
    pictured = content_type.startswith(_PICTURES) or filename.lower().endswith(_PICTURED)
    return pictured and bool(_PAPERS.search(filename.replace("_", " ")))


def is_recording(filename: str) -> bool:
    """A browser's network recording (HAR): cookies and keys of whoever made it lie in it."""
    return filename.lower().endswith(".har")


def warnings(text: str, files: list[tuple[str, str]]) -> Iterator[str]:
    """Sentences for the agent about a message and its files, each (name, type)."""
    if secrets(text):
        yield "This may hold a password or a key. Remove it from here once you have read it."
    if any(is_recording(name) for name, _ in files):
        yield "A network recording came with this; it may hold somebody's sign-in."
    if any(is_paper(name, kind) for name, kind in files):
        yield "This looks like an identity document. It is deleted 30 days after the matter is settled, at the latest."
