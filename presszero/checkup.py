"""`presszero doctor`: the check-up of this machine and of the mail domains of every line.

Stands beside the command line on top of everything.
"""

import importlib
import sys
from collections.abc import Iterator
from typing import TextIO

import dns.resolver
from django.db import ProgrammingError

from presszero import serving
from presszero.channels.adapters.email.dns import RESERVED, SELECTOR, check_domain
from presszero.host import doctor, postgres
from presszero.host.findings import Finding, Level, note, unknown, wrong
from presszero.host.home import home
from presszero.host.refusal import Refusal

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
    try:
        with postgres.running(say=lambda sentence: None) as url:
            answered = doctor.database(url)
            yield from answered
            if answered[0].subject != "database":
                yield from mail_lines()
    except Refusal as why:
        yield wrong("database", str(why), "See above.")


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
