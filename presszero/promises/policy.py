"""Who is told at once that we have their words, which moment we name, and how it stands. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

STALE = timedelta(hours=12)  # words that were understood so late are answered, not acknowledged
STEP = timedelta(minutes=5)  # a named moment is a round one
LAST = timedelta(hours=24)  # before the moment of what takes longer than an answer
AT_RISK = timedelta(minutes=30)  # before the moment: somebody should look now

# Mailboxes no person reads, and programs that answer by themselves (RFC 2142, RFC 5230 §4.6, and custom).
_ROLES = re.compile(
    r"^(?:mailer-?daemon|postmaster|daemon|root|bounces?|no-?reply|do-?not-?reply|dont-?reply|noreply-.*|no-?reply[+.].*"
    r"|abuse|hostmaster|listserv|majordomo|mailman|notifications?|auto-?(?:mailer|reply|responder)|owner-.*|.*-request"
    r"|.*-(?:owner|bounces?)|bounces?[+=-].*|.*[-_.]no-?reply|prvs=.*|msprvs1=.*)$",
    re.IGNORECASE,
)
_NULL_PATH = re.compile(rb"^Return-Path:[ \t]*<[ \t]*>", re.IGNORECASE | re.MULTILINE)
_SUPPRESS = re.compile(
    rb"^X-Auto-Response-Suppress:[^\n]{0,200}\b(?:all|oof|autoreply)\b", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Words:
    """What came in, as far as it decides about an acknowledgement."""

    at: datetime
    automatic: str  # "" for a person's words
    proof: str
    history: bool  # an import of old mail
    silence: bool  # it asks that no machine answers it
    begins_wait: bool  # nobody was waiting for an answer here before it


def deserves_one(words: Words, now: datetime) -> bool:
    """Whether a person has just begun to wait. Machines, impostors, and history wait for nothing."""
    if words.automatic or words.history or words.silence or words.proof == "refuted":
        return False
    return words.begins_wait and now - words.at <= STALE


def asks_for_silence(via: str, envelope_from: str | None, head: bytes) -> bool:
    """Whether a mail says that no machine should answer it, though a person may have written it.

    `head` is how the mail begins, as far as its headers; `via` says how it came (smtp and lmtp show an envelope).
    """
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    nobody = (
        via in {"smtp", "lmtp"} and envelope_from is not None and not envelope_from.strip("<> ")
    )  # RFC 3834 §2: an empty return path
    return nobody or bool(_NULL_PATH.search(block) or _SUPPRESS.search(block))


def may_be_written_to(address: str) -> bool:
    """Whether a person reads that mailbox, as far as its name tells."""
    local, at, domain = address.rpartition("@")
    return bool(local and at and domain) and not _ROLES.match(local)


def folded(address: str) -> str:
    """What the spellings of one mailbox have in common, so that none of them is a second recipient."""
    local, at, domain = address.strip().casefold().rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}{at}{domain}"


def round_moment(due: datetime) -> datetime:
    """The next full five minutes: what we say, and what we are held to."""
    since = due.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return due + (-since % STEP)


def doubtful_from(made_at: datetime, due_at: datetime) -> datetime:
    """From when on nobody may put off any more what was promised: for the last third, and for a day at most."""
    return due_at - min((due_at - made_at) / 3, LAST)


def standing(due_at: datetime, broken: bool, now: datetime) -> str:
    """How a promise that is still open stands: broken · at_risk · fine."""
    if broken or due_at <= now:
        return "broken"
    return "at_risk" if due_at - now <= AT_RISK else "fine"
