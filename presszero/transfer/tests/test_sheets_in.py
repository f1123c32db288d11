"""Tables of anybody's: guessed columns, mended rows, and what is in stays in once."""

from __future__ import annotations

import io

import pytest

from presszero.conversations.models import Conversation, Macro, Message, Tag
from presszero.core import sheets
from presszero.core.refusal import Refused
from presszero.customers.models import Consent, Customer, CustomerNote, OwnField
from presszero.transfer import actions, queries, running
from presszero.transfer.models import Import, ImportRow
from presszero.transfer.running import bring_now
from presszero.transfer.stored import local_copy
from tests import cast

from .bringing import brought, checked, csv, run

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("Name,E-Mail,Phone,Notes", ["name", "email", "phone", "note"]),
        (
            "Vorname;Nachname;E-Mail-Adresse;Telefonnummer;Sprache",
            ["first_name", "last_name", "email", "phone", "language"],
        ),
        ("Nombre;Correo electrónico;Teléfono;Idioma", ["name", "email", "phone", "language"]),
        ("Kundennummer\tName\tMail", ["id", "name", "email"]),
    ],
)
def test_columns_are_guessed_in_three_languages(shop: cast.Shop, header: str, meant: list[str]) -> None:
    separator = next(each for each in ",;\t" if each in header)
    row = separator.join(["x"] * len(meant))
    assert csv(shop, "customers", header, row, row).choices["columns"] == meant


def test_columns_without_a_word_are_guessed_by_what_stands_in_them(shop: cast.Shop) -> None:
    job = csv(shop, "customers", "A,B,C", "Ada,ada@example.com,+44 20 7946 0011", "Ben,ben@example.org,+34 600 111 222")
    assert job.choices["columns"] == ["", "email", "phone"]


def test_what_was_chosen_last_is_remembered(shop: cast.Shop) -> None:
    job = csv(shop, "customers", "A,B", "Ada,ada@example.com")
    actions.choose(job, ["name", "email"])
    assert csv(shop, "customers", "A,B", "Ben,ben@example.org").choices["columns"] == ["name", "email"]


def test_customers_come_in_with_own_fields_and_consents(shop: cast.Shop) -> None:
    job = csv(shop, "customers", "Name,Email,Newsletter,Shoe size,Notes", "Ada,ada@example.com,yes,39,Nice")
    bring_now(actions.choose(job, ["name", "email", "consent_email", "own", "note"]))
    run(Import.objects.get(id=job.id))
    ada = Customer.objects.get()
    assert ada.fields == {"shoe_size": "39"} and OwnField.objects.get().label == "Shoe size"
    assert Consent.objects.get().given and CustomerNote.objects.get().text == "Nice"


def test_known_customers_are_changed_not_doubled(shop: cast.Shop) -> None:
    run(csv(shop, "customers", "Name,Email", "Ada,ada@example.com", "Ben,ben@example.org"))
    job = run(csv(shop, "customers", "Name,Email", "Ada Kowalski,ADA@example.com", "Ben,ben@example.org"))
    assert job.counts["person"] == {"changed": 1, "known": 1}
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ada Kowalski", "Ben"]


def test_rejected_rows_are_mended_and_brought_again(shop: cast.Shop) -> None:
    lines = ["Name,Email,Notes", "Ada,ada@example.com,fine", "Ben,not an address,=1+1", ",,empty handed"]
    job = run(csv(shop, "customers", *lines))
    assert job.counts["person"] == {"new": 1, "rejected": 2}
    header, *rows = list(queries.report(job))
    assert header[:3] == ["Name", "Email", "Notes"] and rows[0][0] == "Ben" and rows[0][2] == "=1+1"
    mended = sheets.text_of(header, [["Ben", "ben@example.org", *rows[0][2:]]])
    again = run(brought(shop, "csv", mended.encode(), "customers", "rejected.csv"))
    assert again.counts["person"] == {"new": 1} and CustomerNote.objects.filter(text="=1+1").exists()


def test_rows_of_one_number_are_one_conversation(shop: cast.Shop) -> None:
    job = run(
        csv(
            shop,
            "conversations",
            "Ticket ID,Subject,Customer email,Status,Tags,Direction,Sent at,Message",
            '7,Boots,ada@example.com,closed,"late, vip",in,2024-01-01 10:00,Where is it?',
            "7,Boots,ada@example.com,closed,,out,2024-01-01 11:00,On its way.",
            "8,Laces,ben@example.org,open,,in,2024-02-01 10:00,Do you sell laces?",
            "9,Bad,ben@example.org,open,,in,at noon,When?",
        )
    )
    assert job.counts["conversation"] == {"new": 2, "rejected": 1}
    boots = Conversation.objects.get(subject="Boots")
    said = Message.objects.filter(conversation=boots).order_by("at").values_list("inbound", flat=True)
    assert list(said) == [True, False] and boots.state == "resolved"
    assert Conversation.objects.get(subject="Laces").waiting_since is not None
    assert set(Tag.objects.values_list("name", flat=True)) == {"late", "vip"}


def test_macros_topics_and_tags_come_in(shop: cast.Shop) -> None:
    run(csv(shop, "macros", "Name;Text", "Hi;Hello {{ customer.name }}"))
    assert Macro.objects.get().text == "Hello {{ customer.name }}"
    assert run(csv(shop, "tags", "Tag", "a", "A", "b")).counts["tag"] == {"new": 2, "known": 1}
    assert run(csv(shop, "topics", "Thema", "x")).counts["topic"] == {"new": 1}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_and_separator(shop: cast.Shop, encoding: str) -> None:
    content = "Name;E-Mail\r\nJürgen Groß;j@example.com\r\n".encode(encoding)
    run(brought(shop, "csv", content, "customers", "x.csv"))
    assert Customer.objects.get().name == "Jürgen Groß"


def test_d5_poison_rows_lose_nothing_else(shop: cast.Shop) -> None:
    rows = [b"Name,Email", b"Ada,ada@example.com", b"\0\0" + b"\xff" * 40 + b",\0@x.example", b'"open,quote@x.example']
    rows[2:2] = [b"," * 900, b"B" * (sheets.LONGEST_CELL + 5) + b",b@example.com"]
    job = run(brought(shop, "csv", b"\r\n".join(rows), "customers", "poison.csv"))
    assert job.state == "done" and Customer.objects.filter(handles__address="ada@example.com").exists()
    assert ImportRow.objects.filter(job=job, outcome="rejected").count() >= 2


def test_meanings_that_are_not_there_are_refused(shop: cast.Shop) -> None:
    job = csv(shop, "customers", "A,B", "x,y")
    for columns in (["name"], ["name", "name"], ["", ""], ["password", "name"], ["field.none", "name"]):
        with pytest.raises(Refused):
            actions.choose(job, columns)


def test_parts_come_in_order_and_a_repeated_one_takes_its_place(shop: cast.Shop) -> None:
    job = actions.begin(shop.merchant, actions.Brought("csv", "x.csv", "tags"), by=shop.team["rosa"])
    actions.add_part(job, 1, b"na")
    actions.add_part(job, 2, b"me\r\nx")
    actions.add_part(job, 2, b"me\r\ny")
    with pytest.raises(Refused):
        actions.add_part(job, 4, b"late")
    run(actions.complete(job))
    assert Tag.objects.get().name == "y"


def test_it_stops_when_told_and_goes_on_where_it_was(shop: cast.Shop) -> None:
    lines = [f"tag {n}" for n in range(900)]
    job = checked(csv(shop, "tags", "Name", *lines))
    job = actions.run(job, by=shop.team["rosa"])
    steps = running.steps_of(job)
    next(steps)
    actions.stop(Import.objects.get(id=job.id), by=shop.team["rosa"])
    assert list(steps) == []
    job = Import.objects.get(id=job.id)
    assert (job.state, Tag.objects.count(), job.cursor) == ("stopped", running.BATCH, running.BATCH)
    job = run(job)
    assert (job.state, Tag.objects.count(), job.counts["tag"]) == ("done", 900, {"new": 900})


def test_a_killed_process_goes_on_from_the_last_whole_batch(shop: cast.Shop) -> None:
    lines = [f"Person {n},p{n}@example.com" for n in range(500)]
    job = actions.run(checked(csv(shop, "customers", "Name,Email", *lines)), by=shop.team["rosa"])
    steps = running.steps_of(job)
    next(steps)
    steps.close()  # the process is gone; another finds the row
    job = Import.objects.get(id=job.id)
    assert job.state == "running" and job.cursor == running.BATCH
    bring_now(job)
    job.refresh_from_db()
    assert job.state == "done" and Customer.objects.count() == 500 and job.counts["person"] == {"new": 500}


def test_the_file_is_stored_before_anything_else(shop: cast.Shop) -> None:
    job = csv(shop, "customers", "Name,Email", "Ada,ada@example.com")
    with local_copy(job) as path:
        assert path.read_bytes() == io.BytesIO(b"Name,Email\r\nAda,ada@example.com").getvalue()
