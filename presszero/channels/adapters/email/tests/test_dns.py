"""What the DNS says about a mail domain, asked of a real name server on a socket."""

import socket
import threading

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from presszero.channels.adapters.email.dns import check_domain
from presszero.host.findings import Level

GOOD = {
    ("juniper.example.", "MX"): ["10 mx.juniper.example."],
    ("mx.juniper.example.", "A"): ["192.0.2.1"],
    ("juniper.example.", "TXT"): ['"hello"', '"v=spf1 include:_spf.mailer.example " "~all"'],
    ("_spf.mailer.example.", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 -all"'],
    ("presszero._domainkey.juniper.example.", "TXT"): ['"v=DKIM1; k=rsa; " "p=MIGf"'],
    ("_dmarc.juniper.example.", "TXT"): ['"v=DMARC1; p=quarantine"'],
}


class NameServer:
    """Answers from a table of (name, type) over UDP; says SERVFAIL to everything once `broken`."""

    def __init__(self):
        self.zone, self.broken = dict(GOOD), False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                packet, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            if packet == b"stop":
                return
            self.socket.sendto(self.answer(dns.message.from_wire(packet)).to_wire(), sender)

    def answer(self, query):
        response = dns.message.make_response(query)
        question = query.question[0]
        name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        if self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif records := self.zone.get((name, kind)):
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in self.zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response

    def close(self):
        self.socket.sendto(b"stop", self.socket.getsockname())

    def check(self, domain="juniper.example"):
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.socket.getsockname()[1]
        return {finding.subject.split()[0]: finding for finding in check_domain(domain, resolver)}


@pytest.fixture
def server():
    server = NameServer()
    yield server
    server.close()


def test_a_domain_in_order_is_fine_in_all_four(server):
    assert [(kind, finding.level) for kind, finding in server.check().items()] == [
        ("MX", Level.FINE),
        ("SPF", Level.FINE),
        ("DKIM", Level.FINE),
        ("DMARC", Level.FINE),
    ]


@pytest.mark.parametrize(
    ("kind", "name", "type_", "records", "level", "words"),
    [
        ("MX", "juniper.example.", "MX", None, Level.WRONG, "No server"),
        ("MX", "juniper.example.", "MX", ["0 ."], Level.WRONG, "takes no mail"),
        ("MX", "juniper.example.", "MX", ["10 gone.juniper.example."], Level.WRONG, "has no address"),
        ("SPF", "juniper.example.", "TXT", ['"hello"'], Level.WRONG, "spam"),
        ("SPF", "juniper.example.", "TXT", ['"v=spf1 -all"', '"v=spf1 a -all"'], Level.WRONG, "two SPF"),
        ("SPF", "juniper.example.", "TXT", ['"v=spf1 +all"'], Level.NOTE, "anybody"),
        ("SPF", "juniper.example.", "TXT", ['"v=spf1' + " a:a.example" * 11 + ' -all"'], Level.WRONG, "11 further"),
        ("SPF", "_spf.mailer.example.", "TXT", ['"v=spf1' + " mx" * 10 + ' -all"'], Level.WRONG, "11 further"),
        ("SPF", "juniper.example.", "TXT", ['"v=spf1 redirect=juniper.example"'], Level.FINE, "which servers"),
        ("DKIM", "presszero._domainkey.juniper.example.", "TXT", None, Level.WRONG, "No key"),
        ("DKIM", "presszero._domainkey.juniper.example.", "TXT", ['"v=DKIM1; p="'], Level.WRONG, "revoked"),
        ("DMARC", "_dmarc.juniper.example.", "TXT", None, Level.WRONG, "none"),
        ("DMARC", "_dmarc.juniper.example.", "TXT", ['"v=DMARC1; p=none"'], Level.NOTE, "only watches"),
        ("DMARC", "_dmarc.juniper.example.", "TXT", ['"v=DMARC1; rua=mailto:a@b.example"'], Level.WRONG, "no policy"),
    ],
)
def test_what_is_wrong_is_named_and_mended(server, kind, name, type_, records, level, words):
    if records is None:
        del server.zone[name, type_]
    else:
        server.zone[name, type_] = records
    found = server.check()
    assert (found[kind].level, words in found[kind].says) == (level, True), found[kind]
    assert bool(found[kind].mend) == (level is not Level.FINE)
    assert all(other.level is Level.FINE for subject, other in found.items() if subject != kind)


def test_the_policy_of_the_shop_holds_for_its_subdomain(server):
    server.zone["help.juniper.example.", "MX"] = ["10 mx.juniper.example."]
    assert server.check("help.juniper.example")["DMARC"].level is Level.FINE


def test_a_silent_dns_says_nothing_about_the_domain(server):
    server.broken = True
    assert {finding.level for finding in server.check().values()} == {Level.UNKNOWN}


@pytest.mark.parametrize("domain", ["", "..", "a" * 64 + ".example", "exa mple..com"])
def test_what_is_no_domain_is_said_so(server, domain):
    [finding] = server.check(domain).values()
    assert finding.level is Level.WRONG


def test_umlauts_are_asked_for_as_they_are_registered(server):
    registered = "wacholder-höhn.example".encode("idna").decode()
    server.zone[f"{registered}.", "MX"] = ["10 mx.juniper.example."]
    assert server.check("wacholder-höhn.example")["MX"].level is Level.FINE
