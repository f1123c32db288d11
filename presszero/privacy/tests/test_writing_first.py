"""What we wrote first: in a person's own copy, out of an erasure, and held back by a legal hold."""

from __future__ import annotations

import pytest
from django.utils import timezone

from presszero.core.actor import SYSTEM
from presszero.customers.consenting import Said, say
from presszero.customers.models import Consent
from presszero.outreach.forgetting import told
from presszero.outreach.gate import may_contact
from presszero.outreach.models import GateDecision, Outreach, Suppression
from presszero.outreach.planning import plan
from presszero.outreach.suppressing import suppress, suppressed
from presszero.privacy.actions import Request, erase, erase_due, hold, lift
from tests.cast import ada, juniper

pytestmark = pytest.mark.django_db


def test_gd2_an_erasure_takes_the_address_and_keeps_that_it_is_left_alone() -> None:
    shop = juniper()
    person = ada().known(shop)
    row = plan("late:1", "late", person, told={"day": "2026-11-27", "item": "for Ada Kowalski"}, by=SYSTEM)
    Outreach.objects.filter(id=row.id).update(address="ada@example.com", because="ada@example.com bounced")
    say(person, Said("email", "marketing", False, "one click", ip="203.0.113.7"), by=SYSTEM)
    suppress(shop.merchant, "email", "ada@example.com", "complaint", by=SYSTEM)
    may_contact(person, "email", "service", timezone.now())
    erase(person, Request(), by=shop.tomas.actor, at_once=True)
    assert erase_due(timezone.now()) == 1

    row.refresh_from_db()
    assert (row.address, row.because, row.told, row.state) == ("", "", {"day": "2026-11-27"}, "over")
    assert Consent.objects.get().ip is None and Consent.objects.get().given is False
    assert GateDecision.objects.get().local == ""
    assert "ada@" not in Suppression.objects.get().address
    asked = [("email", "ada@example.com"), ("email", "ben@example.org")]
    assert suppressed(shop.merchant.id, asked) == {asked[0]: "complaint"}
    assert suppress(shop.merchant, "email", "Ada@Example.com", "bounce", by=SYSTEM).id == Suppression.objects.get().id


def test_gd1_a_copy_says_what_we_wrote_first_and_why_not() -> None:
    shop = juniper()
    person = ada().known(shop)
    plan("late:1", "late", person, by=SYSTEM)
    may_contact(person, "email", "marketing", timezone.now())
    may_contact(person, "email", "marketing", timezone.now(), rehearsal=True)
    found = told(shop.merchant.id, [person.id])
    assert [each["notice"] for each in found["written_first"]] == ["late"]
    assert [each["because"] for each in found["may_we_write"]] == ["They did not say yes to this."]


def test_gd4_a_legal_hold_lets_nobody_write_first() -> None:
    shop = juniper()
    person = ada().known(shop)
    standing = hold(person, "Court case 12", by=shop.tomas.actor)
    assert may_contact(person, "email", "service", timezone.now()).rule == "legal_hold"
    lift(standing, by=shop.tomas.actor)
    assert may_contact(person, "email", "service", timezone.now()).rule != "legal_hold"
