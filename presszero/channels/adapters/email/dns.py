"""What the DNS says about a mail domain: does mail for it reach anyone, and will mail from it be believed.

Four records decide: MX (RFC 5321 §5), SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489). The line's set-up screen
and `presszero doctor` show the same findings.
"""

from __future__ import annotations

from collections.abc import Callable

import dns.exception
import dns.name
import dns.resolver

from presszero.host.findings import Finding, fine, note, unknown, wrong

SELECTOR = "presszero"  # our own DKIM selector, where a line names no other
SPF_LOOKUPS = 10  # RFC 7208 §4.6.4: one more and receivers ignore the record
# RFC 2606: nobody can have these, so there is nothing to ask.
RESERVED = (".example", ".test", ".invalid", ".localhost")
SECONDS = 5.0  # for one question, all servers and tries together


class Unanswered(Exception):
    """The DNS itself could not be asked; it says nothing about the domain."""


def check_domain(domain: str, resolver: dns.resolver.Resolver, selector: str = SELECTOR) -> list[Finding]:
    """Findings on MX, SPF, DKIM and DMARC of `domain`, one each, in this order. Never raises.

    selector: under which our DKIM key is published. Asks about twenty questions at most, each `SECONDS` long at most.
    """
    name = _as_registered(domain)
    if name is None:
        return [wrong(f"domain {domain}", "This is not a domain name.", "Correct the address of the line.")]
    checks: dict[str, Callable[[], Finding]] = {
        "MX": lambda: _mx(name, resolver),
        "SPF": lambda: _spf(name, resolver),
        "DKIM": lambda: _dkim(name, resolver, selector),
        "DMARC": lambda: _dmarc(name, resolver),
    }
    return [_tried(f"{kind} of {domain}", check) for kind, check in checks.items()]


def _as_registered(domain: str) -> str | None:
    """The name in the DNS's own letters, without the last dot; None for what is no domain of at least two labels."""
    try:
        name = dns.name.from_text(domain.strip().rstrip("."), idna_codec=dns.name.IDNA_2008_Practical)
    except (dns.exception.DNSException, UnicodeError):
        return None
    return name.to_text(omit_final_dot=True) if len(name.labels) > 2 else None


def _tried(subject: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Unanswered as why:
        says = "The DNS did not answer, so this could not be checked."
        return unknown(subject, says, f"Try again; if it stays so, check this machine's own DNS ({why}).")


def _mx(domain: str, resolver: dns.resolver.Resolver) -> Finding:
    subject = f"MX of {domain}"
    hosts = [answer.split()[-1].rstrip(".") for answer in sorted(_ask(domain, "MX", resolver))]
    if hosts == [""]:  # RFC 7505
        return wrong(subject, "The domain says that it takes no mail at all.", "Replace the MX record “0 .”.")
    if not hosts:
        mend = "Add an MX record that names your mail server; your mail provider's help page says which."
        return wrong(subject, "No server is named that takes mail for it.", mend)
    lost = [host for host in hosts if not _ask(host, "A", resolver) and not _ask(host, "AAAA", resolver)]
    if lost:
        return wrong(subject, f"{lost[0]} is named, and has no address.", "Correct the MX record, or add the address.")
    return fine(subject, f"Mail goes to {', '.join(hosts)}.")


def _spf(domain: str, resolver: dns.resolver.Resolver) -> Finding:
    subject = f"SPF of {domain}"
    records = _spf_records(domain, resolver)
    if not records:
        mend = "Add a TXT record such as “v=spf1 include:your-provider.example ~all”."
        return wrong(subject, "Nothing says which servers may send mail for it, so answers land in spam.", mend)
    if len(records) > 1:
        return wrong(subject, "There are two SPF records, and then receivers ignore both.", "Join them into one.")
    lookups = _lookups(records[0], resolver, depth=0)
    if lookups > SPF_LOOKUPS:
        says = f"The record needs {lookups} further look-ups; past {SPF_LOOKUPS} receivers ignore it."
        return wrong(subject, says, "Remove an “include:” that is no longer used.")
    end = records[0].split()[-1].lower()
    if end in ("+all", "all", "?all"):
        return note(subject, f"It ends in “{end}”: anybody may send as {domain}.", "End it in “~all” or “-all”.")
    return fine(subject, "It says which servers may send.")


def _dkim(domain: str, resolver: dns.resolver.Resolver, selector: str) -> Finding:
    subject = f"DKIM of {domain}"
    where = f"{selector}._domainkey.{domain}"
    texts = [text for text in _ask(where, "TXT", resolver) if "p=" in text.replace(" ", "")]
    if not texts:
        mend = f"Publish the key as a TXT record at {where}. If your mail provider signs for you, name its selector."
        return wrong(subject, f"No key is published at {where}.", mend)
    if _tags(texts[0]).get("p", "") == "":
        return wrong(subject, f"The key at {where} is revoked: its “p=” is empty.", "Publish the current key.")
    return fine(subject, f"A key is published at {where}.")


def _dmarc(domain: str, resolver: dns.resolver.Resolver) -> Finding:
    subject = f"DMARC of {domain}"
    for name in _upwards(domain):
        texts = _ask(f"_dmarc.{name}", "TXT", resolver)
        records = [text for text in texts if text.lower().replace(" ", "").startswith("v=dmarc1")]
        if not records:
            continue
        if len(records) > 1:
            return wrong(subject, "There are two DMARC records, and then receivers ignore both.", "Keep one.")
        policy = _tags(records[0]).get("p", "").lower()
        if policy not in ("none", "quarantine", "reject"):
            return wrong(subject, "The record has no policy.", "Add “p=quarantine”, or “p=none” to begin with.")
        if policy == "none":
            mend = "Change it to “p=quarantine” once the reports show that all your own mail passes."
            return note(subject, "It only watches (“p=none”); forged mail in your name is delivered.", mend)
        return fine(subject, f"Forged mail in its name is to be {'refused' if policy == 'reject' else 'set aside'}.")
    mend = f"Add a TXT record at _dmarc.{domain}: “v=DMARC1; p=none; rua=mailto:you@{domain}”."
    return wrong(subject, "There is none, and large mailbox providers ask for one.", mend)


def _lookups(record: str, resolver: dns.resolver.Resolver, depth: int) -> int:
    """The look-ups a receiver has to make for an SPF record, those of included records too."""
    count = 0
    for term in record.lower().split()[1:]:
        mechanism, _, target = term.lstrip("+-~?").replace("=", ":", 1).partition(":")
        if mechanism.split("/")[0] not in ("include", "a", "mx", "ptr", "exists", "redirect"):
            continue
        count += 1
        if mechanism in ("include", "redirect") and depth < 5 and count <= SPF_LOOKUPS and "%" not in target:
            inner = _spf_records(target, resolver)
            count += _lookups(inner[0], resolver, depth + 1) if inner else 0
    return count


def _spf_records(domain: str, resolver: dns.resolver.Resolver) -> list[str]:
    return [text for text in _ask(domain, "TXT", resolver) if text.lower().split(" ")[0] == "v=spf1"]


def _upwards(domain: str) -> list[str]:
    """The domain, then those above it down to two labels: a policy of the shop's domain holds for its subdomains."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def _tags(text: str) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _ask(name: str, kind: str, resolver: dns.resolver.Resolver) -> list[str]:
    """The answers as text, TXT parts joined; none when the name or the record does not exist. Raises Unanswered."""
    try:
        answer = resolver.resolve(name, kind, lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, UnicodeError, OSError) as why:
        raise Unanswered(str(why)) from why
    if kind == "TXT":
        return [b"".join(record.strings).decode(errors="replace").strip() for record in answer]
    return [record.to_text() for record in answer]
