"""Which servers a mailbox has: known, said by the DNS, or not to be found; asked of a real name server on a socket."""

from __future__ import annotations

from collections.abc import Iterator

import dns.resolver
import pytest

from presszero.channels.adapters.email.guess import BY_DOMAIN, BY_MX, Servers, Where, at, servers_of

from .test_dns import NameServer


@pytest.fixture
def server() -> Iterator[NameServer]:
    running = NameServer()
    running.zone = {}
    yield running
    running.close()


def ask(server: NameServer, address: str = "hello@juniper.example") -> Servers | None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.socket.getsockname()[1]
    return servers_of(address, resolver)


def test_a_large_provider_is_known_without_asking() -> None:
    found = servers_of("juniper.boots@GMAIL.com", None)
    assert found and found.imap == Where("imap.gmail.com", 993, "tls") and found.app_password
    assert servers_of("hello@juniper.example", None) is None and servers_of("nonsense", None) is None


def test_the_domains_own_word_comes_first(server: NameServer) -> None:
    server.zone = {
        ("_imaps._tcp.juniper.example.", "SRV"): ["10 0 993 slow.juniper.example.", "0 0 9993 box.juniper.example."],
        ("_submission._tcp.juniper.example.", "SRV"): ["0 0 587 out.juniper.example."],
        ("juniper.example.", "MX"): ["1 aspmx.l.google.com."],
    }
    found = ask(server)
    assert found == Servers(Where("box.juniper.example", 9993, "tls"), Where("out.juniper.example", 587, "starttls"))


def test_a_service_that_is_not_offered_is_not_used(server: NameServer) -> None:
    server.zone = {
        ("_imaps._tcp.juniper.example.", "SRV"): ["0 0 0 ."],
        ("_submission._tcp.juniper.example.", "SRV"): ["0 0 587 out.juniper.example."],
    }
    assert ask(server) is None


@pytest.mark.parametrize("end", sorted(BY_MX))
def test_the_provider_that_takes_the_mail_is_known_by_its_mx(server: NameServer, end: str) -> None:
    server.zone = {("juniper.example.", "MX"): [f"10 mx1.{end}."]}
    assert ask(server) == BY_MX[end]
    server.zone = {("juniper.example.", "MX"): [f"10 not{end}."]}
    assert ask(server) is None


def test_the_usual_names_are_tried_last(server: NameServer) -> None:
    server.zone = {("mail.juniper.example.", "A"): ["192.0.2.1"]}
    assert ask(server) == Servers(Where("mail.juniper.example", 993, "tls"), Where("mail.juniper.example", 465, "tls"))


def test_a_name_server_that_is_broken_finds_nothing_and_raises_nothing(server: NameServer) -> None:
    server.broken = True
    assert ask(server) is None


@pytest.mark.parametrize(
    ("typed", "security", "sending", "found"),
    [
        ("mail.juniper.example", "", False, Where("mail.juniper.example", 993, "tls")),
        ("mail.juniper.example", "", True, Where("mail.juniper.example", 465, "tls")),
        ("mail.juniper.example:587", "", True, Where("mail.juniper.example", 587, "starttls")),
        (" mail.juniper.example:143", "", False, Where("mail.juniper.example", 143, "starttls")),
        ("mail.juniper.example", "starttls", True, Where("mail.juniper.example", 587, "starttls")),
        ("127.0.0.1:1143", "none", False, Where("127.0.0.1", 1143, "none")),
    ],
)
def test_what_somebody_types(typed: str, security: str, sending: bool, found: Where) -> None:
    assert at(typed, security, sending=sending) == found


@pytest.mark.parametrize("typed", ["mail.juniper.example:x", "mail.juniper.example:0", "mail.juniper.example:70000"])
def test_a_port_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        at(typed, "", sending=False)


def test_every_known_server_is_encrypted() -> None:
    everyone = [*BY_DOMAIN.values(), *BY_MX.values()]
    assert all(each.imap.security == "tls" and each.smtp.security in ("tls", "starttls") for each in everyone)
