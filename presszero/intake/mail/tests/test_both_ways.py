"""What we send by SMTP comes in at our own door as what we meant."""

from __future__ import annotations

from presszero.channels.adapters.email.setup import came_back
from presszero.channels.models import Line
from presszero.channels.registry import adapter
from presszero.channels.vocabulary import Attachment, Handle, MessageArrived, Outgoing
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received

from .conftest import Doors

TOKEN = "0123456789abcdef0123456789abcdef"


def sent_to_itself(line: Line, doors: Doors, out: Outgoing) -> Received:
    line.settings = {"smtp": {"host": "127.0.0.1", "port": doors.smtp, "security": "none"}}
    line.save()
    assert adapter("email").send(out, line.for_adapter(), lambda: None).state == "accepted"
    row: Received = Received.objects.get()
    return row


def test_text_files_and_the_threads_token_survive_the_way(doors: Doors, support: Line) -> None:
    content = bytes(range(256)) * 10
    out = Outgoing(
        our_id="0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b",
        message_id=f"t.{TOKEN}.e1@juniper.example",
        sender=Handle("email", "ben@example.org", "Ben Łukasz"),
        to=(Handle("email", f"support+{TOKEN}@juniper.example", "Juniper & Co."),),
        text="Grüße\n.\n\nBen",
        html="<p>Grüße</p>",
        subject="Größe " * 30,
        attachments=(Attachment("Größe.bin", "application/octet-stream", content),),
    )
    row = sent_to_itself(support, doors, out)
    (message,) = adapter("email").parse(body_of(row), row.headers, support.for_adapter())
    assert isinstance(message, MessageArrived)
    assert (message.sender.address, message.sender.name) == ("ben@example.org", "Ben Łukasz")
    assert message.subject == ("Größe " * 30).strip()
    assert message.text.strip() == "Grüße\n.\n\nBen"
    assert message.tokens[0] == TOKEN
    assert [(file.filename, file.content) for file in message.attachments] == [("Größe.bin", content)]


def test_a_trial_comes_back_and_is_nobodys_message(doors: Doors, support: Line) -> None:
    message_id = f"trial-{TOKEN}@juniper.example"
    line = Handle("email", "support@juniper.example", "Juniper")
    out = Outgoing("x", message_id, line, (line,), "Nobody needs to answer.", automatic=True)
    row = sent_to_itself(support, doors, out)
    assert came_back(support, message_id) == row.received_at
    assert adapter("email").parse(body_of(row), row.headers, support.for_adapter()) == []
