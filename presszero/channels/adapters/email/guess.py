"""Which servers fetch and send the mail of an address: what large providers publish, and what the DNS says.

In this order: the provider of the address itself, the domain's own word (SRV, RFC 6186 and RFC 8314), the provider that
its MX names, and the names that most servers have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import dns.exception
import dns.resolver

SECONDS = 2.0  # for one question: somebody waits for the page
_DEFAULTS = {"tls": (993, 465), "starttls": (143, 587), "none": (143, 25)}


@dataclass(frozen=True, slots=True)
class Where:
    """A server. `security`: tls · starttls · none."""

    host: str
    port: int
    security: str


@dataclass(frozen=True, slots=True)
class Servers:
    """Of one mailbox. `app_password`: the provider refuses the usual password and wants one made for programs."""

    imap: Where
    smtp: Where
    app_password: bool = False


def _large(imap: str, smtp: str, app_password: bool = False, smtp_port: int = 587) -> Servers:
    sending = Where(smtp, smtp_port, "tls" if smtp_port == 465 else "starttls")
    return Servers(Where(imap, 993, "tls"), sending, app_password)


_GOOGLE = _large("imap.gmail.com", "smtp.gmail.com", app_password=True)
_MICROSOFT = _large("outlook.office365.com", "smtp.office365.com", app_password=True)
_APPLE = _large("imap.mail.me.com", "smtp.mail.me.com", app_password=True)
_YAHOO = _large("imap.mail.yahoo.com", "smtp.mail.yahoo.com", app_password=True)
_FASTMAIL = _large("imap.fastmail.com", "smtp.fastmail.com", app_password=True, smtp_port=465)
_IONOS = _large("imap.ionos.com", "smtp.ionos.com")
_GMX = _large("imap.gmx.net", "mail.gmx.net")
_ZOHO = _large("imap.zoho.com", "smtp.zoho.com")

BY_DOMAIN = {
    "gmail.com": _GOOGLE,
    "googlemail.com": _GOOGLE,
    "outlook.com": _MICROSOFT,
    "hotmail.com": _MICROSOFT,
    "live.com": _MICROSOFT,
    "icloud.com": _APPLE,
    "me.com": _APPLE,
    "yahoo.com": _YAHOO,
    "yahoo.co.uk": _YAHOO,
    "fastmail.com": _FASTMAIL,
    "gmx.net": _GMX,
    "gmx.de": _GMX,
    "web.de": _large("imap.web.de", "smtp.web.de"),
    "posteo.de": _large("posteo.de", "posteo.de"),
    "mailbox.org": _large("imap.mailbox.org", "smtp.mailbox.org"),
    "t-online.de": _large("secureimap.t-online.de", "securesmtp.t-online.de", smtp_port=465),
}
BY_MX = {  # the end of a mail exchanger's name
    "google.com": _GOOGLE,
    "googlemail.com": _GOOGLE,
    "protection.outlook.com": _MICROSOFT,
    "icloud.com": _APPLE,
    "messagingengine.com": _FASTMAIL,
    "zoho.com": _ZOHO,
    "zoho.eu": _large("imap.zoho.eu", "smtp.zoho.eu"),
    "kundenserver.de": _large("imap.ionos.de", "smtp.ionos.de"),
    "ionos.com": _IONOS,
    "ionos.co.uk": _large("imap.ionos.co.uk", "smtp.ionos.co.uk"),
    "mailbox.org": BY_DOMAIN["mailbox.org"],
    "gandi.net": _large("mail.gandi.net", "mail.gandi.net"),
    "ovh.net": _large("ssl0.ovh.net", "ssl0.ovh.net", smtp_port=465),
    "infomaniak.ch": _large("mail.infomaniak.com", "mail.infomaniak.com", smtp_port=465),
    "rzone.de": _large("imap.strato.de", "smtp.strato.de", smtp_port=465),
    "secureserver.net": _large("imap.secureserver.net", "smtpout.secureserver.net", smtp_port=465),
}


def servers_of(address: str, resolver: dns.resolver.Resolver | None) -> Servers | None:
    """The servers of a mailbox; None when nothing says. Asks a dozen short questions at most; never raises.

    `resolver` None: only what is known without asking.
    """
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    if domain in BY_DOMAIN or resolver is None or not domain:
        return BY_DOMAIN.get(domain)
    return _by_srv(domain, resolver) or _by_mx(domain, resolver) or _by_name(domain, resolver)


def at(text: str, security: str, *, sending: bool) -> Where:
    """What somebody typed: "mail.juniper.example" or "mail.juniper.example:993". Raises ValueError for a bad port.

    `security` "" is what the port says, TLS where it says nothing.
    """
    host, colon, port = text.strip().partition(":")
    number = int(port) if colon else 0
    if colon and not 0 < number < 65536:
        raise ValueError(port)
    if not security:
        security = "starttls" if number in (143, 587, 25) else "tls"
    return Where(host.strip(), number or _DEFAULTS[security][sending], security)


def _by_srv(domain: str, resolver: dns.resolver.Resolver) -> Servers | None:
    imap = _srv(f"_imaps._tcp.{domain}", "tls", resolver) or _srv(f"_imap._tcp.{domain}", "starttls", resolver)
    smtp = _srv(f"_submissions._tcp.{domain}", "tls", resolver) or _srv(
        f"_submission._tcp.{domain}", "starttls", resolver
    )
    return Servers(imap, smtp) if imap and smtp else None


def _srv(name: str, security: str, resolver: dns.resolver.Resolver) -> Where | None:
    found = sorted(_ask(name, "SRV", resolver), key=lambda text: int(text.split()[0]))
    for text in found:
        _priority, _weight, port, host = text.split()
        if host != ".":  # "we have none of these"
            return Where(host.rstrip("."), int(port), security)
    return None


def _by_mx(domain: str, resolver: dns.resolver.Resolver) -> Servers | None:
    hosts = [answer.split()[-1].rstrip(".").lower() for answer in _ask(domain, "MX", resolver)]
    known = (servers for host in hosts for end, servers in BY_MX.items() if host == end or host.endswith(f".{end}"))
    return next(known, None)


def _by_name(domain: str, resolver: dns.resolver.Resolver) -> Servers | None:
    imap = next(_existing([f"imap.{domain}", f"mail.{domain}"], resolver), None)
    smtp = next(_existing([f"smtp.{domain}", f"mail.{domain}"], resolver), None)
    return Servers(Where(imap, 993, "tls"), Where(smtp, 465, "tls")) if imap and smtp else None


def _existing(names: list[str], resolver: dns.resolver.Resolver) -> Iterator[str]:
    return (name for name in names if _ask(name, "A", resolver) or _ask(name, "AAAA", resolver))


def _ask(name: str, kind: str, resolver: dns.resolver.Resolver) -> list[str]:
    try:
        return [record.to_text() for record in resolver.resolve(name, kind, lifetime=SECONDS, search=False)]
    except (dns.exception.DNSException, UnicodeError, OSError):
        return []
