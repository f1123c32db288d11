"""L1, I2: whoever pretends to be another customer, or guesses the code that was sent to one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from presszero.core.sealing import new_token
from presszero.customers.models import Claim, Handle, Merge, ProofCode
from presszero.frontdoor.chat import knowing
from presszero.frontdoor.tests.window import SITE, Window, chat_line, newest_code, signed
from presszero.team.models import Throttle
from presszero.visitors.models import ShownToken, Visitor
from tests import cast

pytestmark = pytest.mark.slow


@pytest.fixture
def window(shop: cast.Shop) -> Window:
    return Window(chat_line(shop))


@pytest.fixture
def adas(window: Window, shop: cast.Shop) -> Window:
    """Ada is signed in and has said something."""
    ada = Window(window.line)
    ada.opens()
    ada.signs_in("1001", name="Ada", email="ada@example.com", email_verified=True)
    ada.writes(shop, "My address is 1 Secret Street.")
    return ada


def nothing_learnt(window: Window) -> None:
    """Still a stranger: no name, no history, nothing signed."""
    known = window.opens()
    assert (known["signed"], known["name"], known["claimed"], known["matter"]) == (False, "", "", None)
    assert known["address"].startswith("v-")
    assert window.texts == []
    assert Merge.objects.count() == 0


def refused(window: Window, token: Any) -> str:
    answer = window.asks("POST", "identity", {"token": token})
    assert answer.status_code == 422
    nothing_learnt(window)
    return answer.content.decode()


def test_l1_without_the_shops_word_nobody_is_anybody(window: Window, adas: Window) -> None:
    window.opens()
    claims = {"shopper": "s-1001", "signed": True, "sub": "1001", "name": "Ada", "email": "ada@example.com"}
    for what in ("visit", "page"):
        window.gets("POST", what, {**claims, "address": "s-1001", "page": {"url": SITE, "title": "x"}})
    nothing_learnt(window)
    for missing in ({}, {"token": ""}, {"token": None}, {"token": 5}, {"token": ["a"]}, claims):
        assert window.asks("POST", "identity", missing).status_code == 422
    nothing_learnt(window)


def test_l1_no_other_key_signs_for_this_shop(window: Window, adas: Window, shop: cast.Shop) -> None:
    thistle = chat_line(cast.thistle())
    window.opens()
    said = {
        refused(window, signed(window.line, key=thistle.secrets["identity"])),
        refused(window, signed(thistle)),
        refused(window, signed(window.line, aud=thistle.token)),
        refused(window, signed(window.line, key=settings.SECRET_KEY)),
        refused(window, signed(window.line, key=window.line.token)),
        refused(window, jwt.encode({"sub": "1001", "aud": window.line.token}, None, algorithm="none")),
    }
    now = timezone.now()
    for changed in (
        {"exp": now - timedelta(minutes=1), "iat": now - timedelta(minutes=9)},
        {"exp": now + timedelta(hours=3)},
        {"exp": now + timedelta(minutes=50), "iat": now - timedelta(minutes=50)},
        {"nbf": now + timedelta(minutes=5)},
        {"aud": [window.line.token, "x"]},
        {"aud": "x"},
        {"sub": ""},
    ):
        said.add(refused(window, signed(window.line, **changed)))
    assert len(said) == 1, "what was wrong is nobody's business"


def test_l1_the_signature_of_one_shopper_is_not_anothers(window: Window, adas: Window) -> None:
    window.opens()
    head, _, mac = signed(window.line, "2002").split(".")
    _, adas_body, _ = signed(window.line, "1001").split(".")
    refused(window, f"{head}.{adas_body}.{mac}")


def test_l1_a_token_that_leaked_opens_nothing_elsewhere(window: Window, adas: Window) -> None:
    token = signed(window.line)
    adas.gets("POST", "identity", {"token": token})
    window.opens()
    refused(window, token)
    refused(window, token[:-1] + chr(ord(token[-1]) ^ 1))
    assert adas.texts == ["My address is 1 Secret Street."]


def test_l1_a_replaced_key_counts_until_it_is_dropped(window: Window, shop: cast.Shop) -> None:
    old = window.line.secrets["identity"]
    window.line.keep_secrets({"identity": new_token(256), "old_identity": old})
    window.line.save()
    window.opens()
    assert window.signs_in(key=old)["signed"]
    window.line.keep_secrets({"identity": window.line.secrets["identity"]})
    window.line.save()
    other = Window(window.line)
    other.opens()
    refused(other, signed(window.line, key=old))


def test_l1_one_address_proven_and_not_never_becomes_one_silently(window: Window, shop: cast.Shop) -> None:
    mail = cast.the(cast.ada().writes(shop, "My address is 1 Secret Street.", "Order 1042"))
    window.opens()
    window.signs_in("6666", email="ada@example.com")
    window.writes(shop, "It is me, Ada")
    assert Merge.objects.count() == 0
    assert window.texts == ["It is me, Ada"]
    assert Claim.objects.get().proven_at is None
    row = Handle.objects.get(address="s-6666")
    assert row.customer_id != mail.conversation.customer_id
    Handle.objects.filter(address="ada@example.com").update(proof="claimed")
    window.signs_in("6666", email="ada@example.com", email_verified=True)
    assert Merge.objects.count() == 0, "nothing proves that the mails are hers"


def test_l1_proving_an_address_shows_no_history_of_it(window: Window, adas: Window, shop: cast.Shop) -> None:
    cast.the(cast.ada().writes(shop, "In a mail", "Order 1042"))
    window.opens()
    window.writes(shop, "Hello")
    window.proves("ada@example.com")
    assert window.texts == ["Hello"]


def test_l1_two_tokens_at_once_are_shown_by_one_browser_only(transactional_db: None) -> None:
    shop = cast.juniper()
    line = chat_line(shop)
    token, windows = signed(line), [Window(line) for _ in range(4)]
    for each in windows:
        each.opens()
    answers = at_once([lambda w=each: w.asks("POST", "identity", {"token": token}) for each in windows])
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    assert Visitor.objects.exclude(shopper="").count() == 1
    assert ShownToken.objects.count() == 1


def test_i2_a_code_is_tried_three_times_whoever_tries_and_however_fast(transactional_db: None) -> None:
    shop = cast.juniper()
    window = Window(chat_line(shop))
    window.opens()
    window.gets("POST", "code", {"email": "ada@example.com"})
    right = newest_code()
    wrong = [f"{(int(right) + n) % 10**6:06d}" for n in range(1, 9)]
    tries = [lambda c=each: another(window).asks("PUT", "code", {"code": c}) for each in wrong]
    assert {answer.status_code for answer in at_once(tries)} == {422}
    assert ProofCode.objects.get().tries == 3
    assert window.asks("PUT", "code", {"code": right}).status_code == 422
    assert not Handle.objects.filter(kind="email").exists()


def test_i2_a_right_code_counts_once_however_often_it_is_sent(transactional_db: None) -> None:
    shop = cast.juniper()
    window = Window(chat_line(shop))
    window.opens()
    window.gets("POST", "code", {"email": "ada@example.com"})
    code = newest_code()
    answers = at_once([lambda: another(window).asks("PUT", "code", {"code": code}) for _ in range(3)])
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422]
    assert Handle.objects.filter(kind="email", proof="verified").count() == 1


def test_i2_nobody_is_flooded_with_codes(transactional_db: None) -> None:
    shop = cast.juniper()
    line = chat_line(shop)
    windows = [Window(line) for _ in range(3)]
    for each in windows:
        each.opens()
    asks = [lambda w=each: another(w).asks("POST", "code", {"email": "ada@example.com"}) for each in windows * 4]
    answers = at_once(asks)
    assert {answer.status_code for answer in answers} == {200, 429}
    assert sum(answer.status_code == 200 for answer in answers) == knowing.CODES_TO_ADDRESS.most
    assert ProofCode.objects.count() == knowing.CODES_TO_ADDRESS.most


def test_i2_one_visitor_asks_five_addresses_at_most(window: Window) -> None:
    window.opens()
    answers = [window.asks("POST", "code", {"email": f"a{n}@example.com"}).status_code for n in range(8)]
    assert answers == [200] * 5 + [429] * 3
    assert ProofCode.objects.count() == 5


def test_i2_the_answer_is_the_same_whether_we_know_the_address(window: Window, shop: cast.Shop) -> None:
    cast.the(cast.ada().writes(shop, "Hello"))
    answers = []
    for email in ("ada@example.com", "nobody@example.com"):
        one = Window(window.line)
        one.opens()
        asked = one.asks("POST", "code", {"email": email})
        tried = one.asks("PUT", "code", {"code": "000000" if newest_code() != "000000" else "000001"})
        said = one.asks("POST", "address", {"email": email})
        answers.append([asked.content, tried.content, said.content.replace(email.encode(), b"")])
    assert answers[0] == answers[1]


def test_i2_another_visitors_code_is_a_wrong_one(window: Window) -> None:
    other = Window(window.line)
    for each in (window, other):
        each.opens()
    other.gets("POST", "code", {"email": "ada@example.com"})
    assert window.asks("PUT", "code", {"code": newest_code()}).status_code == 422
    assert other.gets("PUT", "code", {"code": newest_code()})["proven"] == "ada@example.com"


def test_i2_a_code_proves_the_address_it_went_to_and_no_later_one(window: Window) -> None:
    window.opens()
    window.gets("POST", "code", {"email": "mine@example.com"})
    window.gets("POST", "address", {"email": "victim@example.com"})
    assert window.gets("PUT", "code", {"code": newest_code()})["proven"] == "mine@example.com"
    assert not Handle.objects.filter(address="victim@example.com").exists()
    assert Claim.objects.get(address="victim@example.com").proven_at is None


def test_i2_what_was_counted_says_nothing_of_whom(window: Window) -> None:
    window.opens()
    window.gets("POST", "code", {"email": "ada@example.com"})
    keys = [row.key for row in Throttle.objects.all()]
    assert keys
    assert not [key for key in keys if "ada@" in key or "example" in key]  # "ada" alone is in one hash of seventy


def another(window: Window) -> Window:
    """The same browser's cookie in a connection of its own."""
    made = Window(window.line)
    made.client.cookies = window.client.cookies.__class__(window.client.cookies)
    return made


def at_once(asks: list[Any]) -> list[HttpResponse]:
    """Does all of them at the same moment, each in its own thread and connection."""
    gate, answers = threading.Barrier(len(asks)), []

    def ask(one: Any) -> None:
        with closing():
            gate.wait(20)
            answers.append(one())

    threads = [threading.Thread(target=ask, args=(each,)) for each in asks]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == len(asks)
    return answers


@contextmanager
def closing() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()
