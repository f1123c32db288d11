"""What the agent should know about who claims to have written (M13)."""

from __future__ import annotations

import re
import unicodedata
from email.message import Message

from . import clean, headers
from .shape import Party

_ADDRESS = re.compile(r"[\w.+-]{1,100}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def about(message: Message, senders: tuple[Party, ...], reply_to: tuple[Party, ...]) -> tuple[str, ...]:
    """Sentences, in order of weight; nothing where nothing is odd."""
    sender = senders[0] if senders else Party()
    raw_from = headers.words(headers.raw(message, "From"))
    out = []
    if not sender.address or "@" not in sender.address:
        out.append("The mail names no sender address.")
    if len(senders) > 1:
        out.append(f"The mail names {len(senders)} senders; the first is shown.")
    if len(list(headers.every(message, "From"))) > 1:
        out.append("The mail has more than one From line.")
    out += [
        f"Answers are asked for at another domain: {each.address}." for each in reply_to[:3] if _elsewhere(each, sender)
    ]
    if clean.reorders(raw_from):
        out.append("The sender's name holds invisible characters that change how it reads.")
    shown = _ADDRESS.search(sender.name)
    if shown and shown.group().lower() != sender.address.lower():
        out.append(f"The sender's name shows another address ({shown.group()}) than the real one ({sender.address}).")
    if lookalike(sender.domain):
        out.append(f"The sender's domain mixes alphabets and may imitate another: {sender.domain}.")
    return tuple(out)


def _elsewhere(reply_to: Party, sender: Party) -> bool:
    if not reply_to.domain or not sender.domain:
        return bool(reply_to.domain)
    ours, theirs = reply_to.domain, sender.domain
    return ours != theirs and not ours.endswith("." + theirs) and not theirs.endswith("." + ours)


def lookalike(domain: str) -> bool:
    """A domain whose letters come from several alphabets that look alike, or one that is wholly such letters."""
    labels = [_decoded(label) for label in domain.split(".")]
    return any(_mixed(label) for label in labels)


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _mixed(label: str) -> bool:
    letters = [char for char in label if char.isalpha()]
    scripts = {unicodedata.name(char, "?").split()[0] for char in letters}
    known = scripts & set(_SCRIPTS)
    if len(known) > 1:
        return True
    imitating = set("аеорсухіјѕԁԛѡһӏοανρτυκι")  # Cyrillic and Greek letters that read as Latin
    return bool(known & {"CYRILLIC", "GREEK"}) and all(char in imitating for char in letters)
