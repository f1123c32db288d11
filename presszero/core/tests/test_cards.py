"""Card numbers are found as people write them, and other long numbers are left alone. The table is the measure."""

from __future__ import annotations

import time

import pytest

from presszero.core.cards import masked

VISA, MASTER, AMEX = "4111111111111111", "5555555555554444", "378282246310005"

CARDS = [
    f"My card is {VISA}.",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "4111–1111–1111–1111",
    "4111\u00a01111\u00a01111\u00a01111",
    "4111\u200b1111\u200b1111\u200b1111",
    "4111 1111\n1111 1111",
    "> 4111 1111\n> 1111 1111",
    "4111  1111  1111  1111",
    "4111 - 1111 - 1111 - 1111",
    "4111/1111/1111/1111",
    "4111_1111_1111_1111",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "41 11 11 11 11 11 11 11",
    "41111111 11111111",
    "Visa4111111111111111",
    "card:4111111111111111",
    "Card number\n4111\n1111\n1111\n1111",
    "４１１１ １１１１ １１１１ １１１１",
    "٤١١١ ١١١١ ١١١١ ١١١١",
    "Please charge 4111111111111111 12/27 123 today",
    "Order 1042, 4111 1111 1111 1111",
    "Order 1042 4111 1111 1111 1111 12/27",
    "(4111111111111111)",
    '"4111111111111111",',
    "4111111111111111,12/29,Ada Kowalski",
    "my visa 4222222222222",
    f"MC {MASTER}",
    "5555 5555 5555 4444",
    "2223 0031 2200 3222",
    "2223003122003222",
    "5105105105105100",
    f"amex {AMEX}",
    "3782 822463 10005",
    "3714-496353-98431",
    "371449635398431",
    "6011 1111 1111 1117",
    "6011000990139424",
    "Diners 3056 930902 5904",
    "30569309025904",
    "38520000023237",
    "36227206271667",
    "JCB 3530 1113 3330 0000",
    "3566002020360505",
    "6200 0000 0000 0005",
    "6212345678901232",
    "Maestro card 6759649826438453",
    "maestro 6304000000000000",
    "credit card: 4000 0566 5566 5556 and thanks",
    "Tarjeta 4242 4242 4242 4242",
    "Meine Karte: 4012888888881881",
    "carte 4000002500001001",
    "My new card 5200828282828210 please",
    "pan=4000056655665556&x=1",
    "4242424242424242\t12/30",
    "Use 4242 4242 4242 4242, thanks!",
    "it's 4917610000000000",
    "No: 4917 6100 0000 0000",
    "visa debit 4000 0000 0000 0000 006",
    "%B4111111111111111^KOWALSKI/ADA^27121010000000000000?",
    ";4111111111111111=27121010000000000000?",
]

OTHERS = [
    "Order 1042",
    "Order #4539578763621486",  # a number sign says that it is an order
    "order 100000000000017",
    "Order 2024-1118-0042-7781",
    "Invoice 2026-0001-0002-0003",
    "1Z999AA10123456784",
    "1Z 999 AA1 01 2345 6784",
    "9400 1000 0000 0000 0000 00",
    "9400111899223197428490",
    "9205 5901 7547 7000 3141 22",
    "USPS 9261290100130435082878",
    "FedEx 612999998888",
    "tracking 612999887766553",
    "Fedex 9612 0804 1111 1111 1111 11",
    "DHL 1234567890",
    "DHL JD014600003828392837",
    "00340434161094042557",
    "tracking number: 340434161094042",
    "IMEI 353879234252633",
    "imei: 490154203237518",
    "35-209900-176148-1",
    "IMEI 378282246310005",
    "ICCID 8944100000000000005",
    "GB29 NWBK 6016 1331 9268 19",
    "DE89 3704 0044 0532 0130 00",
    "FR14 2004 1010 0505 0001 3M02 606",
    "DE89370400440532013000",
    "NL91ABNA0417164300",
    "EAN 4006381333931",
    "4006381333931",
    "ISBN 978-3-16-148410-0",
    "9783161484100",
    "+44 20 7946 0958",
    "+4915112345678901",
    "0049 151 1234 5678",
    "Call 020 7946 0958 or 020 7946 0959",
    "020 7946 0958, 020 7946 0959, 020 7946 0960",
    "1732245678901",
    "2026-11-22 03:08:24.123456",
    "1732245678.901234",
    "192.168.100.200 10.0.0.1",
    "0.4111111111111111",
    "4111 1111 1111 1112",
    "4111 1111 1111",
    "1234 5678 9012 3456",
    "0000 0000 0000 0000",
    "4444444444444444",
    "8f14e45fceea167a5a36dedd4bea2543",
    "f4111111111111111a",
    "550e8400-e29b-41d4-a716-446655440000",
    "<4111111111111111.7@mail.example>".replace("4111111111111111", "1732245678901234"),
    "SKU 4000-1234-5678",
    "42, 43, 44, 45, 46, 47, 48, 49",
    "12 34 56 78 90 12 34 56",
    "size 38 39 40 41 42 43 44 45",
    "£1,234,567.89 and 2,345,678.90",
    "2026-11-01 2026-11-02 2026-11-03",
    "coordinates 51.5073509, -0.1277583",
    "https://example.com/orders/gid/5123456789012",
    "My PIN code for the parcel box is 4711",
    "The security code you sent is 123456",
]


@pytest.mark.parametrize("text", CARDS)
def test_a_card_is_found(text: str) -> None:
    kept, count = masked(text)
    assert count and kept != text


@pytest.mark.parametrize("text", OTHERS)
def test_another_number_is_left_alone(text: str) -> None:
    assert masked(text) == (text, 0)


def test_four_digits_stay() -> None:
    assert masked("Charge 4111 1111 1111 1111, please.") == ("Charge •••• 1111, please.", 1)


@pytest.mark.parametrize(
    "html",
    [
        "<p>4111 1111 1111 1111</p>",
        "<p>4111<b>1111</b><i>1111</i>1111</p>",
        "<td>4111</td>\n<td>1111</td>\n<td>1111</td>\n<td>1111</td>",
        "<p>4111&nbsp;1111&nbsp;1111&nbsp;1111</p>",
        "<span>4111</span><wbr><span>1111</span><wbr><span>1111</span><wbr><span>1111</span>",
        '<a href="tel:4111111111111111">call</a>',
        "<p>&#52;111 1111 1111 1111</p>",
        "<p>4111 1111<br>1111 1111</p>",
    ],
)
def test_tags_hide_no_card(html: str) -> None:
    kept, count = masked(html, markup=True)
    assert count == 1 and "1111" in kept
    assert kept.count("1") <= 4 and kept.count("<") == html.count("<")


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("4111111111111111 exp 12/27 cvv 123", "123"),
        ("4111 1111 1111 1111\n12/27\n987", "987"),
        ("4111 1111 1111 1111, security code: 456", "456"),
        ("card 378282246310005 CID 1234", " 1234"),
        ("4111111111111111 and my PIN is 4711", "4711"),
        ("my cvc is 987, you have the card", "987"),
        ("Meine Karte 4111111111111111, Prüfziffer 321", "321"),
    ],
)
def test_codes_beside_a_card_go_too(text: str, gone: str) -> None:
    assert gone not in masked(text)[0]


def test_time_grows_with_the_text_alone() -> None:
    """Digits without end, tags without end: what a stranger sends costs no more than its length."""
    for text, markup in (
        ("4 " * 200_000, False),
        ("<" * 200_000, True),
        ("4<b>" * 100_000, True),
        ("4" * 400_000, False),
    ):
        begun = time.process_time()
        masked(text, markup=markup)
        assert time.process_time() - begun < 3
