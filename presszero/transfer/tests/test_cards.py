"""Card numbers in a file from elsewhere reach no row and no file, wherever the provider puts them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from presszero.channels.models import Attachment, Entry
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer, Handle
from presszero.transfer.masking import number
from presszero.transfer.models import Import
from tests import cast

from .bringing import brought, csv, run

pytestmark = pytest.mark.django_db

VISA, AMEX, MASTER, CODE = "4111111111111111", "378282246310005", "5555555555554444", "9876"
SPACED = "4111 1111 1111 1111"
_STANDS = re.compile(rf"{VISA}|{AMEX}|{MASTER}|(?<![\w.]){CODE}(?!\w)")  # a hash may hold the four digits of the code
SAID = f"My card is {SPACED}, cvv {CODE}"
HTML = "<p>My card is <b>4111</b>&nbsp;1111 <i>1111</i> 1111</p>"
ADA: dict[str, Any] = {"id": 9001, "name": f"Ada {VISA}", "email": "ada@example.com", "phone": VISA}


def zipped(**members: Any) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, said in members.items():
            packed.writestr(name.replace("__", "/").replace("_json", ".json").replace("_txt", ".txt"), _bytes(said))
    return made.getvalue()


def _bytes(said: Any) -> str:
    return said if isinstance(said, str) else json.dumps(said)


def zendesk() -> bytes:
    files = [{"id": 81, "file_name": "card.txt"}, {"id": 82, "file_name": f"{VISA}.jpg", "content_url": f"x/{VISA}"}]
    comments = [
        {"id": 1, "author_id": 9001, "plain_body": SAID, "html_body": HTML, "public": True, "attachments": files},
        {"id": 2, "author_id": 9001, "plain_body": f"Note {AMEX}", "public": False},
    ]
    ticket = {
        "id": 501, "subject": f"Pay {SPACED}", "status": "closed", "requester_id": 9001, "tags": [VISA, MASTER],
        "custom_fields": [{"id": 7001, "value": MASTER}, {"id": 7002, "value": CODE}], "comments": comments,
    }  # fmt: skip
    deleted = {"id": 502, "status": "deleted", "subject": SAID, "comments": [{"value": SPACED}], "cvv": CODE}
    macro = {"id": 301, "title": f"Pay {VISA}", "actions": [{"field": "comment_value", "value": SAID}]}
    return zipped(
        users_json=ADA | {"notes": SAID, "user_fields": {"card": VISA, "cvv": CODE}},
        tickets_json={"tickets": [ticket, deleted]},
        ticket_fields_json={"ticket_fields": [{"id": 7001, "title": "Card"}, {"id": 7002, "title": "CVV"}]},
        macros_json={"macros": [macro]},
        attachments__81__card_txt=SAID,
    )


def gorgias() -> bytes:
    said = {"id": 7001, "public": True, "from_agent": False, "sender": ADA, "body_text": SAID, "body_html": HTML}
    ticket = {
        "id": 701, "subject": SAID, "status": "closed", "customer": ADA, "messages": [said],
        "custom_fields": {"4": {"id": 4, "label": "CVV", "value": CODE}}, "tags": [{"id": 1, "name": VISA}],
    }  # fmt: skip
    trashed = ticket | {"id": 703, "trashed_datetime": "2024-05-01T08:00:00Z"}
    return zipped(tickets_json={"data": [ticket, trashed]}, customers_json={"data": [ADA | {"note": SAID}]})


def freshdesk() -> bytes:
    notes = [{"note": {"id": 901, "body_html": HTML, "user_id": 9001, "incoming": True, "private": False}}]
    ticket = {
        "display_id": 801, "subject": SAID, "description": SAID, "description_html": HTML, "status": 5,
        "requester_id": 9001, "custom_field": {"card_1": AMEX, "cvv_2": CODE}, "notes": notes,
    }  # fmt: skip
    answers = [{"folder": {"canned_responses": [{"id": 51, "title": VISA, "content": SAID}]}}]
    gone = {"helpdesk_ticket": ticket | {"display_id": 802, "deleted": True}}
    return zipped(
        Tickets0_json=[{"helpdesk_ticket": ticket}, gone],
        Users0_json=[{"user": ADA | {"description": SAID, "mobile": VISA}}],
        CannedResponses0_json=answers,
    )


@pytest.mark.parametrize(("source", "made"), [("zendesk", zendesk), ("gorgias", gorgias), ("freshdesk", freshdesk)])
def test_pc1_pc2_no_card_of_a_help_desk_reaches_a_row_or_a_file(shop: cast.Shop, source: str, made: Any) -> None:
    job = run(brought(shop, source, made(), name=f"{VISA}.zip"))
    assert (job.state, job.trouble) == ("done", "") and job.counts["conversation"]["rejected"] == 1
    assert cards() == []
    assert Entry.objects.filter(text__contains="My card is •••• 1111").exists()
    talk = Conversation.objects.get()
    assert "•••• 1111" in talk.subject and "•••" in talk.fields.values()
    assert Customer.objects.get().name == "Ada •••• 1111"
    assert list(Handle.objects.values_list("kind", "address")) == [("email", "ada@example.com")]
    if source == "zendesk":
        assert b"1111, cvv" in kept_file(Attachment.objects.get())
    assert run(brought(shop, source, made())).counts["conversation"] == {"known": 1, "rejected": 1}


def test_pc1_pc2_no_card_of_a_table_reaches_a_row_or_a_file(shop: cast.Shop) -> None:
    lines = [
        f"Name,Email,Card,CVV,Notes,{VISA}",
        f'Ada {VISA},ada@example.com,{VISA},{CODE},"{SAID}",x',
        f'Ben,not an address,{SPACED},{CODE},"{SAID}",x',
        f"{','.join(['x'] * 7)},{VISA}",
    ]
    job = csv(shop, "customers", *lines)
    job.choices["columns"] = ["name", "email", "own", "own", "note", "own"]
    Import.objects.filter(id=job.id).update(choices=job.choices)
    job = run(job)
    assert job.counts["person"] == {"new": 1, "rejected": 2}
    assert cards() == []
    assert set(Customer.objects.get().fields.values()) == {"•••• 1111", "•••", "x"}
    said = csv(shop, "conversations", "Subject,Customer email,Message", f'"{SAID}",ada@example.com,"{SAID}"')
    assert run(said).counts["message"] == {"new": 1} and cards() == []


def test_numbers_elsewhere_that_look_like_cards_stay_apart() -> None:
    one, other = "30569309025904", "30000000005904"  # of 14 digits, as help desks number tickets too
    assert number("14873429384571") == "14873429384571"
    assert number(one) != one and len({number(one), number(other), number(VISA)}) == 3 and number(one) == number(one)


def cards() -> list[str]:
    """Every place in tables and files where a card or its code still stands."""
    there = [(f"{place}: {said[:300]}", f"{_plain(said)} {said}") for place, said in _all()]
    return [where for where, said in there if _STANDS.search(said)]


def _plain(said: str) -> str:
    return "".join(each for each in said if each not in " -.")


def _all() -> list[tuple[str, str]]:
    said = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            said += [(table, row) for (row,) in cursor.fetchall()]
    files = [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]
    assert files, "the brought file lies somewhere"
    return said + [(f"file {each}", f"{each.name} {each.read_bytes().decode('latin-1')}") for each in files]


def kept_file(row: Attachment) -> bytes:
    return (Path(settings.MEDIA_ROOT) / row.storage_key).read_bytes()
