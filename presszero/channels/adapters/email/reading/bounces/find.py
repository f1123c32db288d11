"""Is this mail a bounce? Several voices are asked, the surest first: the standard report, headers, prose, flufl."""

from __future__ import annotations

import logging
import re
from email.message import Message

from flufl.bounce import all_failures

from .. import clean, headers
from ..parts import Parts, decoded
from ..shape import Bounce
from . import dsn, phrases, prose, verdict

MAX_FOR_FLUFL = 400  # lines; some of its detectors take seconds for more
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs its own stumbling, with the mail's text


def find(message: Message, parts: Parts, text: str, subject: str) -> Bounce | None:
    """The bounce, or None. `text` is the mail's whole text."""
    standard = _standard(message, parts, text)
    if standard or _told_delivered(parts):
        return standard
    if not _announced(message, subject) or _away(message, subject):
        return None
    told = prose.told(text, _never(message))
    known = None if told.sure and told.failure else _from_flufl(message, told)
    return known or _from_prose(message, parts, text, subject, told) or _from_flufl(message, told)


def original_ids(parts: Parts, text: str) -> tuple[str, ...]:
    """Message-IDs of the mail that came back, from the returned message, its headers, or its copy in the text."""
    found = [headers.raw(each, "Message-ID") for each in parts.originals]
    copies = [report for kind, report in parts.reports if "headers" in kind] + [text]
    for copy in copies:
        found += re.findall(r"(?im)^[ \t>]*message-id[ \t]*:[ \t]*(?:\n[ \t]+)?(<[^<>\s]{3,500}>)", copy[:200_000])
    return tuple(dict.fromkeys(each for value in found for each in headers.identifiers(value)))[:20]


def _standard(message: Message, parts: Parts, text: str) -> Bounce | None:
    reports = [report for kind, report in parts.reports if "delivery-status" in kind]
    told = [each for report in reports for each in dsn.recipients(report)]
    failing = [each for each in told if each.action in ("failed", "failure")] or [
        each for each in told if each.action in ("delayed", "") or each.status.startswith(("4.", "5."))
    ]
    failing = [each for each in failing if each.action not in ("delivered", "relayed", "expanded")]
    if not failing:
        return None
    first = next((each for each in failing if each.address), failing[0])
    addresses = tuple(dict.fromkeys(each.address for each in failing if each.address))
    prose_told = prose.told(text, _never(message))
    recipient = first.address or _recipient(message, parts, text, prose_told)
    said = first.diagnostic or prose_told.said
    status = first.status
    vague = not first.diagnostic or len(first.diagnostic) < 25 or status in ("", "5.0.0", "4.0.0", "5.5.0")
    weighed = f"{said} {prose_told.said}" if vague else said
    delayed = first.action == "delayed"
    permanent = not delayed and verdict.dead(_telling(status, weighed), weighed)
    return Bounce(
        recipient, permanent, _reason(said, status), status, delayed, addresses or ((recipient,) if recipient else ())
    )


def _telling(status: str, said: str) -> str:
    """A general status ("5.0.0") says less than one that the server's answer holds."""
    return verdict.status_in(said) or status if status in ("", "5.0.0", "4.0.0", "5.5.0", "5.3.0") else status


def _told_delivered(parts: Parts) -> bool:
    told = [each for kind, report in parts.reports if "delivery-status" in kind for each in dsn.recipients(report)]
    return bool(told) and all(each.action in ("delivered", "relayed", "expanded") for each in told)


def _announced(message: Message, subject: str) -> bool:
    """Does anything but the text say that this is a bounce?"""
    if headers.raw(message, "X-Failed-Recipients"):
        return True
    null = headers.raw(message, "Return-Path").strip() == "<>"
    return null or _by_mailer(message) or _by_machine(message) or bool(phrases.SUBJECT.search(subject))


def _by_mailer(message: Message) -> bool:
    """From a mail server itself: MAILER-DAEMON, postmaster."""
    sender = headers.parties(message, "From")
    return not sender or bool(phrases.MAILER.match(sender[0].address) or phrases.MAILER.match(sender[0].name))


def _by_machine(message: Message) -> bool:
    """From some machine: "delivery@" may be a mail server or a parcel carrier."""
    sender = headers.parties(message, "From")
    return bool(sender) and bool(phrases.MACHINE.match(sender[0].address) or phrases.MACHINE.match(sender[0].name))


def _away(message: Message, subject: str) -> bool:
    return bool(phrases.AWAY.search(subject)) and not headers.raw(message, "X-Failed-Recipients")


def _from_prose(message: Message, parts: Parts, text: str, subject: str, told: prose.Told) -> Bounce | None:
    failed = headers.raw(message, "X-Failed-Recipients")
    subject_says = bool(phrases.SUBJECT.search(subject))
    daemon = _by_mailer(message) or (_by_machine(message) and _about_mail(parts, text))
    worded = (told.failure and (subject_says or (daemon and told.recipients))) or (daemon and subject_says)
    if not failed and not worded:
        return None
    if not failed and not (daemon and subject_says) and not _about_mail(parts, text):
        return None  # "Delivery failed" is also what customers and parcel carriers write
    if not failed and _by_person(message) and (_passed_on(message, subject) or not _returned(parts, text)):
        return None  # and people write to us about bounces they saw
    named = tuple(party.address for party in headers.addresses(failed) if party.address) if failed else ()
    recipient = named[0] if named else _recipient(message, parts, text, told)
    if not recipient and not (daemon and subject_says):
        return None
    status = verdict.status_in(told.said)
    head, _ = prose.cut(text)
    delayed = bool(phrases.DELAYED.search(head + subject)) and not phrases.FAILED.search(head + subject)
    permanent = not delayed and verdict.dead(status, f"{told.said} {'' if len(told.said) > 60 else head[:1500]}")
    everyone = tuple(dict.fromkeys([*named, *([recipient] if recipient else [])]))
    return Bounce(recipient, permanent, _reason(told.said, status), status, delayed, everyone)


def _by_person(message: Message) -> bool:
    null = headers.raw(message, "Return-Path").strip() == "<>"
    return not (null or _by_mailer(message) or _by_machine(message))


def _passed_on(message: Message, subject: str) -> bool:
    """An answer or a forward."""
    return bool(headers.raw(message, "In-Reply-To")) or bool(
        re.match(r"(?i)\s*(?:re|fwd?|aw|wg|tr|rv|sv|vs)\s*:", subject)
    )


def _returned(parts: Parts, text: str) -> bool:
    """The mail came back with it, or a server is quoted by number."""
    head, returned = prose.cut(text)
    copy = re.search(r"(?im)^(?:received|message-id|return-path)[ \t]*:", returned)
    return bool(parts.originals or parts.reports or copy or verdict.status_in(head) or phrases.ANSWERED.search(head))


def _about_mail(parts: Parts, text: str) -> bool:
    """Is it e-mail that failed, not a parcel? Servers quote each other or return the mail; people write neither."""
    head, returned = prose.cut(text)
    copy = re.search(r"(?im)^[ \t>]*(?:received|message-id|return-path)[ \t]*:", returned)
    return bool(parts.originals or parts.reports or copy or phrases.TECHNICAL.search(head))


def _recipient(message: Message, parts: Parts, text: str, told: prose.Told) -> str:
    """The prose's best candidate; else whom the returned mail was for."""
    if told.recipients:
        return told.recipients[0]
    for original in parts.originals:
        to = headers.parties(original, "To")
        if to and to[0].address:
            return to[0].address
    copies = [report for kind, report in parts.reports if "headers" in kind] + [prose.cut(text)[1]]
    for copy in copies:
        found = re.search(r"(?im)^[ \t>]*to[ \t]*:[ \t]*(.{3,300})", copy)
        if found:
            to_list = headers.addresses(found.group(1))
            if to_list and "@" in to_list[0].address:
                return to_list[0].address
    return ""


def _from_flufl(message: Message, told: prose.Told) -> Bounce | None:
    """Formats of old that flufl.bounce knows; its words for temporary are kept, its permanence is not ours."""
    if sum(decoded(part).count(b"\n") for part in message.walk() if not part.is_multipart()) > MAX_FOR_FLUFL:
        return None
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # a library for odd mail that itself trips over odder mail
        return None
    found = sorted(each.decode("utf-8", "replace") for each in (permanent or temporary))
    if not found:
        return None
    status = verdict.status_in(told.said)
    dead = bool(permanent) and verdict.dead(status, told.said)
    return Bounce(found[0], dead, _reason(told.said, status), status, not permanent, tuple(found))


def _never(message: Message) -> frozenset[str]:
    """Whom a bounce is from and to: neither is the one that failed."""
    own = [
        party.address.lower()
        for name in ("From", "To", "Delivered-To", "Reply-To", "Sender")
        for party in headers.parties(message, name)
    ]
    return frozenset(own)


def _reason(said: str, status: str) -> str:
    said = clean.line(said)
    return (said[:400] or status or "The server gave no reason.").strip()
