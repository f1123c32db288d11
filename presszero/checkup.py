"""`presszero doctor`: the check-up of this machine and of the mail domains of every line.

Stands beside the command line on top of everything.
"""

import importlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO

import dns.resolver
from django.db import ProgrammingError

from presszero import serving
from presszero.channels.adapters.email.dns import RESERVED, SELECTOR, check_domain
from presszero.core import turn
from presszero.host import doctor, postgres
from presszero.host.findings import Finding, Level, fine, note, unknown, wrong
from presszero.host.home import home
from presszero.host.occupied import is_occupied
from presszero.host.ports import why_udp_unusable
from presszero.host.refusal import Refusal
from presszero.intake.phone import relay
from presszero.intake.phone import serve as phone

READY = "rtpengine, espeak-ng, sox and sippy are here, and the ports are free."
MARKS = {Level.FINE: "ok", Level.NOTE: "note", Level.UNKNOWN: "?", Level.WRONG: "WRONG"}


def run(out: TextIO | None = None) -> int:
    """Print every finding as it is found. The exit code: 1 when something is wrong."""
    out, bad = out or sys.stdout, 0
    for finding in findings():
        bad += finding.level is Level.WRONG
        out.write(f"{MARKS[finding.level]:>5}  {finding.subject}: {finding.says}\n")
        if finding.mend:
            out.write(f"{'':>5}  → {finding.mend}\n")
        out.flush()
    out.write("\nAll is well.\n" if not bad else f"\n{bad} {'thing is' if bad == 1 else 'things are'} wrong.\n")
    return int(bool(bad))


def findings() -> Iterator[Finding]:
    yield doctor.disk(home())
    yield doctor.secret_key(home())
    yield doctor.backups(home())
    yield from doctor.ports(home())
    yield telephone()
    yield from relays()
    try:
        with postgres.running(say=lambda sentence: None) as url:
            answered = doctor.database(url)
            yield from answered
            if answered[0].subject != "database":
                yield from mail_lines()
                yield from phone_menus()
    except Refusal as why:
        yield wrong("database", str(why), "See above.")


def telephone() -> Finding:
    """Whether this machine could answer calls by itself. Without, a line at a provider works all the same."""
    if is_occupied(home()):
        return _running_telephone()
    why = phone.why_not()
    return note("telephone", why, "docs/how-to/phone-line.md says more.") if why else fine("telephone", READY)


def _running_telephone() -> Finding:
    if lacks := phone.missing():
        return note("telephone", "Not of our own.", f"Install {', '.join(lacks)}.")
    if any(why_udp_unusable(door, address) is None for door, address in phone.doors()):
        return note(
            "telephone", "Nothing answers at its ports.", "Look at what `presszero serve` prints of phone, media."
        )
    return fine("telephone", "Its processes run.")


def relays() -> Iterator[Finding]:
    """Each TURN server for members and shoppers behind strict firewalls: called as a browser calls it."""
    text, secret = os.environ.get("PRESSZERO_TURN", ""), os.environ.get("PRESSZERO_TURN_SECRET", "")
    try:
        given = turn.servers(text)
    except ValueError as why:
        yield wrong("PRESSZERO_TURN", str(why), "Calls do without until it is mended: deploy/README.md shows it.")
        return
    if not secret and any(not turn.has_password(each) for each in given):
        yield wrong(
            "PRESSZERO_TURN", "There is no password for it.", "Set PRESSZERO_TURN_SECRET to the server's secret."
        )
    peer = os.environ.get("PRESSZERO_RTP_PUBLIC") or phone.rtp_address()
    for each in turn.lent(given, secret, "doctor", datetime.now(UTC) + turn.LENT_FOR):
        for address in each["urls"]:
            if address.lower().startswith("turn"):
                yield _relay(address, each, peer)


def _relay(address: str, server: turn.Server, peer: str) -> Finding:
    try:
        relay.try_relay(address, server["username"], server["credential"], peer)
    except relay.Turned as why:
        return wrong(address, str(why), why.mend)
    return fine(address, f"It lets our callers in, and passes their sound on to {peer}.")


def mail_lines() -> Iterator[Finding]:
    """The DNS of every domain that a mail line has its address in."""
    domains = _domains()
    if domains is None:
        yield note("mail lines", "The tables are not up to date.", "Run `presszero migrate`.")
        return
    try:
        resolver = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        yield unknown("DNS", "This machine has no DNS server set up.", "Look at /etc/resolv.conf.")
        return
    for domain, selector in domains:
        if domain.endswith(RESERVED):
            yield note(f"domain {domain}", "A name for examples; there is nothing to look up.")
        else:
            yield from check_domain(domain, resolver, selector)


def phone_menus() -> Iterator[Finding]:
    """That 0 leads to a person from every place of every menu callers hear: each is read, and every path walked."""
    serving.set_up_django()
    publishing = importlib.import_module("presszero.calls.editing.publishing")
    walked = 0
    try:
        for version in publishing.all_live():
            walked += 1
            wrong_at = publishing.faults(version.flow) or publishing.unproven(version.flow)
            if wrong_at:
                node, sentence = wrong_at[0]
                says = f"{version.menu.name}, version {version.number}, {node or 'the whole'}: {sentence}"
                yield wrong("phone menu", says, "Mend it in Settings, Phone, and publish it.")
    except ProgrammingError:
        return  # said of the mail lines already
    if walked:
        yield fine("phone menus", f"0 leads to a person from every place of {walked}.")


def _domains() -> list[tuple[str, str]] | None:
    """Each domain with the DKIM selector of its line; None when the tables are not there."""
    serving.set_up_django()
    lines = importlib.import_module("presszero.channels.models").Line
    try:
        rows = list(lines.objects.filter(kind="email", paused_at=None).values_list("address", "settings"))
    except ProgrammingError:
        return None
    named = {
        (address.rpartition("@")[2].lower(), settings.get("dkim_selector") or SELECTOR) for address, settings in rows
    }
    return sorted(named)
