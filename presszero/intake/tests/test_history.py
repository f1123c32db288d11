"""Old mail becomes history: grouped, placed in its time, answered by nobody, and imported once."""

from __future__ import annotations

import email
import io
import json
import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.utils import timezone

from presszero.channels.models import Delivery, Entry, Line
from presszero.conversations.models import Conversation, Message
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers.models import Handle
from presszero.intake.history import import_mail
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received
from presszero.privacy.actions import Request, erase, erase_due
from presszero.timeline.models import Event
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Ada asks, we answer from our own address, she thanks; Ben writes about something else, a year before."""
    shop, ada, ben = cast.juniper(), cast.ada(), cast.ben()
    us = cast.Shopper("Juniper & Co.", "support@juniper.example")
    first = ada.mail(shop, "Where is it?", "Boots", Date="Mon, 02 Mar 2026 10:00:00 +0000")
    ours = us.mail(
        shop, "On its way.", "Re: Boots", Date="Mon, 02 Mar 2026 11:00:00 +0000", To=ada.address,
        In_Reply_To=f"<{ada.sent[0]}>", References=f"<{ada.sent[0]}>",
    )  # fmt: skip
    thanks = ada.mail(
        shop, "Thanks!", "Re: Boots", Date="Mon, 02 Mar 2026 12:00:00 +0000",
        In_Reply_To=f"<{us.sent[0]}>", References=f"<{ada.sent[0]}> <{us.sent[0]}>",
    )  # fmt: skip
    other = ben.mail(shop, "Wrong size.", "Return", Date="Sat, 01 Mar 2025 12:00:00 +0000")
    box = mailbox.mbox(tmp_path / "old.mbox")
    for mail in (thanks, other, first, ours):  # not in order
        box.add(mail)
    box.flush()
    return tmp_path / "old.mbox"


def test_history_is_grouped_dated_and_resolved(archive: Path) -> None:
    assert import_mail(archive) == 4
    boots = Conversation.objects.get(subject__icontains="boots")
    stream = Message.objects.filter(conversation=boots).order_by("at").select_related("entry")
    assert [(m.inbound, m.entry.text) for m in stream] == [
        (True, "Where is it?"),
        (False, "On its way."),
        (True, "Thanks!"),
    ]
    assert (boots.state, boots.waiting_since, boots.customer.name) == ("resolved", None, "Ada Kowalski")
    assert boots.last_at.isoformat() == "2026-03-02T12:00:00+00:00"
    assert Conversation.objects.count() == 2


def test_history_is_answered_by_nobody(archive: Path) -> None:
    import_mail(archive)
    merchants = Message.objects.values("merchant_id")
    assert not Delivery.objects.filter(merchant_id__in=merchants).exists()
    assert not Event.objects.filter(merchant_id__in=merchants).exists()


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(archive: Path) -> None:
    import_mail(archive)
    last = Message.objects.order_by("-id").first()
    assert last is not None
    Received.objects.filter(id=last.entry.received_id).update(split_at=None)
    last.delete()
    last.entry.delete()
    assert import_mail(archive) == 1
    assert import_mail(archive) == 0
    assert (Message.objects.count(), Entry.objects.count()) == (4, 4)


def test_what_was_imported_is_told_line_by_line(archive: Path) -> None:
    out = io.StringIO()
    import_mail(archive, jsonl=True, out=out)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(told) == 4
    assert len({one["conversation"] for one in told}) == 2
    assert all(one["new"] and one["message_id"] for one in told)


def test_several_lines_want_a_choice(archive: Path) -> None:
    cast.thistle()
    with pytest.raises(Refused, match="several"):
        import_mail(archive)
    assert import_mail(archive, line="support@juniper.example") == 4


@pytest.mark.parametrize("imported_before", [True, False])
def test_gd2_an_erased_persons_mail_is_not_brought_back(
    archive: Path, imported_before: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line.objects.get(kind="email")
    if imported_before:
        import_mail(archive)
    else:
        receive_from(line, cast.ada())
    row = Handle.objects.get(address="ada@example.com").customer
    erase(row, Request(), by=SYSTEM, at_once=True)
    assert erase_due(timezone.now()) == 1
    out = io.StringIO()
    assert import_mail(archive, jsonl=True, out=out) == (0 if imported_before else 1)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert sum(one.get("erased", False) for one in told) == 3 and "3 mails" in capsys.readouterr().err
    assert not Entry.objects.filter(text__in=["Where is it?", "On its way.", "Thanks!"]).exists()
    assert not Handle.objects.filter(address="ada@example.com").exists()
    assert not Received.objects.filter(external_id__icontains="ada@mail.example").exists()


def receive_from(line: Line, who: cast.Shopper) -> None:
    """She wrote once, today, through the door."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{who.name} <{who.address}>", line.address, "Today"
    mail.set_content("Hello")
    cast.deliver(line, mail.as_bytes())
    cast.work()


def test_pc1_a_card_in_old_mail_is_masked_in_its_row_and_in_its_bytes(tmp_path: Path) -> None:
    shop = cast.juniper()
    box = mailbox.mbox(tmp_path / "old.mbox")
    box.add(cast.ada().mail(shop, "My card is 4111 1111 1111 1111", Date="Mon, 02 Mar 2026 10:00:00 +0000"))
    box.flush()
    assert import_mail(tmp_path / "old.mbox") == 1
    assert Entry.objects.get().text == "My card is •••• 1111"
    kept = email.message_from_bytes(body_of(Received.objects.get())).get_payload(decode=True)
    assert isinstance(kept, bytes) and "My card is •••• 1111" in kept.decode()
