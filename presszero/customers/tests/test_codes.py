"""A code proves an address: once, within ten minutes, at the third try at the latest."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from presszero.channels.adapters.email.tests.servers import Relay, relay
from presszero.channels.models import Line
from presszero.channels.vocabulary import Handle, Proof
from presszero.customers.claiming import claim, customer_of
from presszero.customers.codes import NotYet, NoWayToSend, forget, post_code, send_code, try_code
from presszero.customers.models import Claim, Customer, ProofCode
from presszero.merchants.models import Brand
from presszero.team import mail
from tests import cast

NOW = timezone.now()
ADA = Handle("email", "ada@example.com", "Ada")


def visitor(shop: cast.Shop, number: str = "0") -> Customer:
    return customer_of(shop.merchant.id, Handle("visitor", f"v-{number * 32}"), Proof.CLAIMED)


def letters() -> list[dict[str, str]]:
    rows = ProcrastinateJob.objects.filter(task_name="customers.post_code").order_by("id")
    return [mail.opened(row.args["sealed"]) for row in rows]


def sent_code(claimed: Claim, shop: cast.Shop) -> str:
    send_code(claimed, shop.chat, at=NOW)
    found = re.search(r"\b\d{6}\b", letters()[-1]["text"])
    assert found
    return found[0]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def test_the_right_code_proves_the_address_it_was_sent_to_once(shop: cast.Shop) -> None:
    claimed = claim(visitor(shop), ADA, "chat")
    code = sent_code(claimed, shop)
    assert letters()[-1]["to"] == "ada@example.com"
    assert try_code(visitor(shop), code, at=NOW) == claimed
    assert try_code(visitor(shop), code, at=NOW) is None


def test_i2_three_wrong_tries_are_the_end_of_a_code(shop: cast.Shop) -> None:
    claimed = claim(visitor(shop), ADA, "chat")
    code = sent_code(claimed, shop)
    assert [try_code(visitor(shop), another(code), at=NOW) for _ in range(3)] == [None] * 3
    assert try_code(visitor(shop), code, at=NOW) is None
    assert ProofCode.objects.get().used_at is None


def test_i2_a_code_is_over_after_ten_minutes(shop: cast.Shop) -> None:
    code = sent_code(claim(visitor(shop), ADA, "chat"), shop)
    assert try_code(visitor(shop), code, at=NOW + timedelta(minutes=10, seconds=1)) is None
    assert try_code(visitor(shop), code, at=NOW + timedelta(minutes=9)) is not None


def test_i2_the_code_of_another_visitor_is_not_mine(shop: cast.Shop) -> None:
    mine, theirs = visitor(shop, "1"), visitor(shop, "2")
    code = sent_code(claim(theirs, ADA, "chat"), shop)
    sent_code(claim(mine, ADA, "chat"), shop)
    assert try_code(mine, code, at=NOW) is None
    assert try_code(theirs, code, at=NOW) is not None


def test_i2_only_the_newest_code_counts_and_it_proves_only_its_own_address(shop: cast.Shop) -> None:
    first = claim(visitor(shop), ADA, "chat")
    second = claim(visitor(shop), Handle("email", "new@example.com"), "chat")
    old, new = sent_code(first, shop), sent_code(second, shop)
    if old != new:
        assert try_code(visitor(shop), old, at=NOW) is None
    found = try_code(visitor(shop), new, at=NOW)
    assert found and found.address == "new@example.com"


def test_i2_another_merchants_code_is_not_ours(shop: cast.Shop) -> None:
    thistle = cast.thistle()
    code = sent_code(claim(visitor(thistle), ADA, "chat"), thistle)
    sent_code(claim(visitor(shop), ADA, "chat"), shop)
    ours = ProofCode.objects.get(merchant=shop.merchant)
    if re.search(r"\b\d{6}\b", letters()[-1]["text"])[0] != code:
        assert try_code(visitor(shop), code, at=NOW) is None
    ours.refresh_from_db()
    assert ours.used_at is None


@pytest.mark.parametrize("typed", ["", "abc", "12345", "١٢٣٤٥٦", "\x00", "9" * 5000])
def test_what_is_no_code_is_a_wrong_one(shop: cast.Shop, typed: str) -> None:
    sent_code(claim(visitor(shop), ADA, "chat"), shop)
    assert try_code(visitor(shop), typed, at=NOW) is None


def test_a_code_may_be_typed_with_spaces(shop: cast.Shop) -> None:
    code = sent_code(claim(visitor(shop), ADA, "chat"), shop)
    assert try_code(visitor(shop), f" {code[:3]} {code[3:]} ", at=NOW) is not None


def test_nobody_without_a_code_proves_anything(shop: cast.Shop) -> None:
    assert try_code(visitor(shop), "123456", at=NOW) is None


def test_the_code_itself_is_kept_nowhere(shop: cast.Shop) -> None:
    code = sent_code(claim(visitor(shop), ADA, "chat"), shop)
    rows = [str(row) for row in ProofCode.objects.values("code_hash")]
    rows += [str(row.args) for row in ProcrastinateJob.objects.all()]
    assert not any(code in row for row in rows)


def test_the_letter_has_no_word_of_whoever_asked(shop: cast.Shop) -> None:
    claimed = claim(visitor(shop), Handle("email", "ada@example.com", "BUY PILLS at evil.example"), "chat")
    sent_code(claimed, shop)
    letter = letters()[-1]
    assert "PILLS" not in letter["subject"] + letter["text"]
    assert "http" not in letter["text"]


def test_the_mailbox_of_the_lines_own_brand_sends_it(shop: cast.Shop) -> None:
    other = Brand.objects.create(merchant=shop.merchant, name="Fern")
    ferns = Line.objects.create(
        merchant=shop.merchant, kind="email", address="hi@fern.example", name="Fern", brand=other
    )
    chat = shop.chat
    chat.brand = other
    send_code(claim(visitor(shop), ADA, "chat"), chat, at=NOW)
    job = ProcrastinateJob.objects.get(task_name="customers.post_code")
    assert job.args["line_id"] == ferns.id
    assert "Fern" in letters()[0]["subject"]


def test_without_a_mailbox_it_says_so_and_makes_no_code(shop: cast.Shop) -> None:
    Line.objects.filter(merchant=shop.merchant, kind="email").update(paused_at=NOW)
    with pytest.raises(NoWayToSend):
        send_code(claim(visitor(shop), ADA, "chat"), shop.chat, at=NOW)
    assert not ProofCode.objects.exists()


def test_the_letter_goes_out_by_the_mailboxs_own_server(shop: cast.Shop) -> None:
    taken = Relay()
    with relay(taken) as port:
        shop.line.settings = {"smtp": {"host": "127.0.0.1", "port": port, "security": "none"}}
        shop.line.save()
        code = sent_code(claim(visitor(shop), ADA, "chat"), shop)
        job = ProcrastinateJob.objects.get(task_name="customers.post_code")
        post_code(**job.args)
    assert taken.envelopes == [("<>", ["ada@example.com"])]
    mail_out = taken.accepted[0].decode()
    assert code in mail_out and "support@juniper.example" in mail_out
    assert "Auto-Submitted: auto-" in mail_out


def test_a_server_that_is_away_is_tried_again_while_the_code_is_good(shop: cast.Shop) -> None:
    taken = Relay(answer="451 come again")
    with relay(taken) as port:
        shop.line.settings = {"smtp": {"host": "127.0.0.1", "port": port, "security": "none"}}
        shop.line.save()
        sent_code(claim(visitor(shop), ADA, "chat"), shop)
        job = ProcrastinateJob.objects.get(task_name="customers.post_code")
        with pytest.raises(NotYet):
            post_code(**job.args)
        words = mail.opened(job.args["sealed"]) | {"until": (NOW - timedelta(minutes=1)).isoformat()}
        post_code(**job.args | {"sealed": mail.sealed(words)})
    assert not taken.accepted


def test_codes_that_are_long_over_are_forgotten(shop: cast.Shop) -> None:
    sent_code(claim(visitor(shop), ADA, "chat"), shop)
    assert forget(NOW + timedelta(hours=23)) == 0
    assert forget(NOW + timedelta(days=2)) == 1
    assert not ProofCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_i2_parallel_tries_get_three_between_them() -> None:
    shop = cast.juniper()
    person = visitor(shop)
    code = sent_code(claim(person, ADA, "chat"), shop)
    gate = threading.Barrier(8)

    def guess() -> None:
        try:
            gate.wait(10)
            try_code(person, another(code), at=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert ProofCode.objects.get().tries == 3
    assert try_code(person, code, at=NOW) is None
