"""Leaving: one click without signing in, and nobody leaves for somebody else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from presszero.channels.adapters.email.compose import Signing, compose, headers
from presszero.channels.envelope import outgoing
from presszero.channels.models import Delivery
from presszero.channels.vocabulary import Handle, Outgoing
from presszero.core.actor import SYSTEM
from presszero.customers.actions import consent, merge
from presszero.customers.models import Consent
from presszero.outreach.gate import may_contact
from presszero.outreach.unsubscribing import foot, link, ticket
from tests import cast

from .conftest import Stage

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def strict() -> Client:
    """Somebody's mail provider: no cookies, and no token of ours."""
    return Client(enforce_csrf_checks=True)


def page_of(stage: Stage, purpose: str = "service", channel: str = "email") -> str:
    return urlsplit(link(stage.ada, stage.shop.brand, channel, purpose)).path


def words(stage: Stage) -> dict[str, bool]:
    rows = Consent.objects.filter(customer=stage.ada).order_by("id")
    return {row.purpose: row.given for row in rows}


def test_em3_one_click_leaves_at_once_and_twice_is_once(stage: Stage, strict: Client) -> None:
    path = page_of(stage, "marketing")
    for _ in range(2):
        assert strict.post(path, ONE_CLICK, REMOTE_ADDR="203.0.113.7").status_code == 200
    assert words(stage) == {"marketing": False, "survey": False}
    kept = Consent.objects.get(purpose="marketing")
    assert (kept.source, kept.ip, kept.channel, kept.by) == (
        "one click", "203.0.113.7", "email", f"customer:{stage.ada.id}",
    )  # fmt: skip
    assert may_contact(stage.ada, "email", "marketing", timezone.now()).rule == "opted_out"
    assert strict.post(page_of(stage), ONE_CLICK).status_code == 200
    assert may_contact(stage.ada, "email", "service", timezone.now()).rule == "opted_out"


def test_em3_looking_changes_nothing_and_neither_does_any_other_post(stage: Stage, strict: Client) -> None:
    path = page_of(stage)
    for ask in (strict.get, strict.head, strict.options):
        ask(path)
    assert strict.post(path, {"List-Unsubscribe": "No"}).status_code == 422
    assert strict.get(path + "?List-Unsubscribe=One-Click").status_code == 200
    assert not Consent.objects.exists()
    shown = strict.get(path)
    assert (shown["Cache-Control"], shown["X-Robots-Tag"]) == ("no-store", "noindex")
    assert not shown.cookies and "csrfmiddlewaretoken" not in shown.content.decode()


@pytest.mark.parametrize("by", ["person", "merchant", "channel", "sign", "cut", "long", "other"])
def test_em3_a4_a_changed_link_leads_nowhere(stage: Stage, strict: Client, by: str) -> None:
    """Nobody can make the link of somebody else out of their own."""
    path = page_of(stage)
    words, _, signature = path.removeprefix("/u/").partition(".")
    merchant, person, *rest = words.split("-")
    forged = {
        "person": f"{merchant}-{int(person) + 1}-{'-'.join(rest)}.{signature}",
        "merchant": f"{int(merchant) + 1}-{person}-{'-'.join(rest)}.{signature}",
        "channel": f"{words.replace('email', 'chat')}.{signature}",
        "sign": f"{words}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        "cut": words,
        "long": f"{words}.{signature * 9}",
        "other": "%00",
    }[by]
    assert strict.post(f"/u/{forged}", ONE_CLICK).status_code == 404
    assert not Consent.objects.exists()


def test_they_choose_what_may_come_and_the_sentence_is_kept(stage: Stage, strict: Client) -> None:
    path = page_of(stage)
    strict.post(path, {"act": "choose", "service": "1", "marketing": "1"})
    assert words(stage) == {"marketing": True, "survey": False}
    assert "Offers and new things" in Consent.objects.get(purpose="marketing").wording
    strict.post(path, {"act": "choose", "service": "1"})
    assert words(stage) == {"marketing": False, "survey": False}
    strict.post(path, {"act": "leave"})
    assert words(stage)["service"] is False


def test_a_link_is_of_whoever_they_are_today_and_of_one_channel(stage: Stage, strict: Client) -> None:
    path, ben = page_of(stage), cast.ben().known(stage.shop)
    merge(stage.ada, ben, by=SYSTEM)
    strict.post(path, ONE_CLICK)
    assert may_contact(ben, "email", "service", timezone.now()).rule == "opted_out"
    assert may_contact(ben, "sms", "service", timezone.now()).rule != "opted_out"


def test_gd5_a_word_for_every_channel_is_overruled_by_a_newer_one(stage: Stage, strict: Client) -> None:
    consent(stage.ada, "", "service", False, by=stage.shop.maya.actor)
    strict.post(page_of(stage), {"act": "choose", "service": "1"})
    assert may_contact(stage.ada, "email", "service", timezone.now()).rule != "opted_out"
    assert may_contact(stage.ada, "sms", "service", timezone.now()).rule == "opted_out"


def test_em3_mail_that_we_write_first_says_how_to_leave_and_is_signed_over_it(stage: Stage) -> None:
    row = stage.writes_first()
    out = outgoing(Delivery.objects.select_related("entry__thread", "line__brand").get(id=row.id))
    found = ticket(urlsplit(out.extra["unsubscribe"]).path.removeprefix("/u/"))
    assert found and (found.customer.id, found.channel, found.purpose) == (stage.ada.id, "sms", "service")
    Delivery.objects.filter(id=row.id).update(purpose="")
    out = outgoing(Delivery.objects.select_related("entry__thread", "line__brand").get(id=row.id))
    assert "unsubscribe" not in out.extra


def out_of(place: str) -> Outgoing:
    return Outgoing(
        "1", "1@juniper.example", Handle("email", "support@juniper.example"), (Handle("email", "ada@example.com"),),
        "News", extra={"unsubscribe": place},
    )  # fmt: skip


def test_em3_m14_headers_of_one_click() -> None:
    said = dict(headers(out_of("https://shop.example/u/1-2-3-email-service.Ab_-9"), timezone.now()))
    assert said["List-Unsubscribe"] == "<https://shop.example/u/1-2-3-email-service.Ab_-9>"
    assert said["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert said["Auto-Submitted"] == "auto-generated"
    for evil in ("https://x.example/\r\nBcc: eve@evil.example", "https://x.example/>,<mailto:e@evil.example", "data:x"):
        assert "List-Unsubscribe" not in dict(headers(out_of(evil), timezone.now()))


def test_em3_the_signature_covers_the_way_out(rsa_key: str) -> None:
    raw = compose(out_of("https://shop.example/u/1"), timezone.now(), Signing("s1", "juniper.example", rsa_key)).raw
    signed = raw.partition(b"\r\nFrom:")[0].replace(b"\r\n", b"").replace(b" ", b"").lower()
    assert b":list-unsubscribe:list-unsubscribe-post" in signed


def test_i3_the_link_is_built_from_our_own_origin_alone(stage: Stage, strict: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "evil.example"]
    shown = strict.get(page_of(stage), HTTP_HOST="evil.example").content.decode()
    assert "evil.example" not in shown
    assert link(stage.ada, stage.shop.brand, "email", "service").startswith(f"{settings.ORIGIN}/u/")


def test_em6_the_foot_says_why_how_to_leave_and_where_we_live(stage: Stage) -> None:
    said = foot(stage.ada, stage.shop.brand, "email", "service")
    assert "Juniper & Co." in said and link(stage.ada, stage.shop.brand, "email", "service") in said


def test_em6_advertising_without_a_postal_address_stays_here(stage: Stage) -> None:
    consent(stage.ada, "email", "marketing", True, by=SYSTEM, wording="Yes")
    assert may_contact(stage.ada, "email", "marketing", timezone.now()).rule == "no_address"
