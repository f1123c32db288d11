"""A card number goes no further than the sealed bytes, whatever carries it; those are masked when they are split."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from presszero.channels.models import Attachment, Entry, Line
from presszero.intake.quarantine import raw
from presszero.intake.split import split_all
from presszero.mailroom.actions import body_of, receive
from presszero.mailroom.incoming import Incoming, storable_headers, storable_id
from presszero.mailroom.models import Quarantine, Received
from presszero.privacy.redacting import redact
from tests.cast import Browser, Shop, ada, deliver, juniper, the, work

pytestmark = pytest.mark.django_db
CARD = "4111 1111 1111 1111"
PLAIN = "4111111111111111"
FORMS = (CARD, PLAIN, "4111-1111-1111-1111", base64.b64encode(PLAIN.encode()).decode())


def everything() -> str:
    """Each row of each table as text, and each stored file."""
    said = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            said += [row[0] for row in cursor.fetchall()]
    for row in Received.objects.all():
        said.append(body_of(row).decode("utf-8", "replace"))
    for file in Attachment.objects.all():
        said.append(default_storage.open(file.storage_key).read().decode("utf-8", "replace"))
    return "\n".join(said)


def custom(shop: Shop, body: dict[str, object]) -> Line:
    line = Line.objects.create(
        merchant=shop.merchant, brand=shop.brand, hours=shop.hours, kind="custom", address="kiosk", name="Kiosk"
    )
    headers = storable_headers({"x-note": f"card {CARD}", "webhook-id": "1"})
    raw = json.dumps(body).encode()
    receive([Incoming(line.merchant_id, line.id, storable_id(f"id:{PLAIN}"), 3, headers, raw)])
    work()
    return line


def a_mail(encoding: str) -> EmailMessage:
    mail = EmailMessage(SMTP)
    mail["From"] = f'"Ada {PLAIN}" <ada@example.com>'
    mail["To"], mail["Subject"], mail["Message-ID"] = "support@juniper.example", f"My card {CARD}", "<1@mail.example>"
    mail["X-Card"] = PLAIN
    mail.set_content(f"Please charge {CARD}, cvv 987. Größe 42.", cte=encoding)
    mail.add_alternative("<p>Please charge 4111<b>1111</b> 1111 <i>1111</i></p>", subtype="html", cte=encoding)
    for name, words in ((f"{PLAIN}.txt", f"Card: {CARD}"), ("cards.csv", f"ada,{PLAIN},12/27")):
        mail.add_attachment(words.encode(), maintype="text", subtype=name[-3:].replace("txt", "plain"), filename=name)
    inner = EmailMessage(SMTP)
    inner["Subject"] = f"Fwd {PLAIN}"
    inner.set_content(f"once more {CARD}", cte="base64")
    mail.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="old.eml")
    return mail


@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable", "base64"])
def test_pc2_a_mail_leaves_no_card_anywhere(encoding: str) -> None:
    shop = juniper()
    mail = a_mail("8bit" if encoding == "7bit" else encoding)
    assert deliver(shop.line, mail.as_bytes())
    sealed = bytes(Received.objects.get().body)
    assert b"Please" not in sealed and b"ada@example" not in sealed  # nothing to read before it is understood
    message = the(work())
    assert "•••• 1111" in message.entry.text and "987" not in message.entry.text
    assert "•••• 1111" in message.entry.subject and "•••• 1111" in message.entry.sender_name
    assert any("card number was removed" in said for said in message.entry.warnings)
    row = Received.objects.get()
    assert row.masked_at and row.masked_at - row.received_at < timedelta(minutes=1)
    assert row.sha256 is not None and bytes(row.sha256).hex() in row.external_id  # of what came, not of what is left
    assert not [form for form in FORMS if form in everything()]


def test_pc2_chat_form_and_custom_lines_leave_none() -> None:
    shop = juniper()
    words = {
        "attachments": [
            {"filename": "card.txt", "content_type": "text/plain", "base64": base64.b64encode(CARD.encode()).decode()}
        ]
    }
    Browser("Ada").chats(shop, f"my card is {CARD}", **words)
    Browser(f"Ada {PLAIN}").fills(
        shop,
        f"card {PLAIN}",
        subject=f"pay {CARD}",
        email="ada@example.com",
        fields=[["Card", CARD]],
        wish={"words": f"charge {CARD}"},
    )
    sender = {"address": "kiosk-7", "name": f"Till {PLAIN}"}
    custom(
        shop,
        {
            "id": PLAIN,
            "from": sender,
            "text": f"Card {CARD}",
            "html": "<p>4111 1111&nbsp;1111<br>1111</p>",
            "till": int(PLAIN),
        },
    )
    assert Entry.objects.count() == 3 and Entry.objects.filter(text__contains="•••• 1111").count() == 3
    assert not [form for form in FORMS if form in everything()]


def test_pc2_a_number_in_two_messages_is_masked_in_both() -> None:
    shop, ben = juniper(), Browser("Ben")
    ben.chats(shop, "my card: 4111 1111")
    ben.chats(shop, "1111 1111")
    ben.chats(shop, "and order 1042 please")
    texts = list(Entry.objects.order_by("id").values_list("text", flat=True))
    assert texts == ["my card: ••••", "•••• 1111", "and order 1042 please"]
    assert "4111 1111" not in everything()


def test_pc2_what_cannot_be_split_is_masked_as_it_lies() -> None:
    shop = juniper()
    line = shop.form
    receive([Incoming(line.merchant_id, line.id, "x:1", 3, {}, b"not json " + CARD.encode())])
    split_all()
    item = Quarantine.objects.get()
    assert raw(item) == "not json •••• 1111".encode()


def test_numbers_that_are_no_cards_stay_in_the_raw_bytes() -> None:
    shop = juniper()
    mail = ada().mail(shop, "Order 1042, parcel 9400 1000 0000 0000 0000 00, IBAN GB29 NWBK 6016 1331 9268 19")
    deliver(shop.line, mail.as_bytes())
    work()
    row = Received.objects.get()
    assert body_of(row) == mail.as_bytes() and row.masked_at is None


def test_x9_keys_and_papers_are_marked() -> None:
    shop = juniper()
    mail = ada().mail(shop, "My login is ada, password: tr0ub4dor&3")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n" + b"0" * 64, maintype="image", subtype="png", filename="passport_scan.png")
    mail.add_attachment(b"{}", maintype="application", subtype="json", filename="shop.har")
    deliver(shop.line, mail.as_bytes())
    message = the(work())
    said = " ".join(message.entry.warnings)
    assert "password or a key" in said and "network recording" in said and "identity document" in said
    assert redact(message.entry, by=shop.maya.actor) == 2  # the password, and the recording
    assert "tr0ub4dor" not in everything() and message.entry.attachments.get().filename == "passport_scan.png"
    assert "password: [removed]" in Entry.objects.get().text
