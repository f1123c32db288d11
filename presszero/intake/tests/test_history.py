"""Old mail becomes history: grouped, placed in its time, answered by nobody, and imported once."""

from __future__ import annotations

import io
import json
import mailbox
from pathlib import Path

import pytest

from presszero.channels.models import Delivery, Entry
from presszero.conversations.models import Conversation, Message
from presszero.core.refusal import Refused
from presszero.intake.history import import_mail
from presszero.mailroom.models import Received
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
