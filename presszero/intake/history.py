"""Old mail brought in as history: grouped into conversations by RFC 5256, answered by nobody, and safe to begin again.

Every mail is stored raw first, under the same id as any other arrival, so a second run passes over what is there. The
conversations are resolved from the start; nothing automatic hears of them, since no fact is recorded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import TextIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from presszero.channels.adapter import Unreadable
from presszero.channels.adapters.email import scan
from presszero.channels.adapters.email.history import Found, import_plan, mail_of
from presszero.channels.adapters.email.threading import conversations
from presszero.channels.models import Attachment, Entry, Line, Participant, Thread
from presszero.channels.registry import adapter
from presszero.channels.vocabulary import Handle, MessageArrived
from presszero.conversations.actions.held import sum_up
from presszero.conversations.models import Conversation, Message, ThreadPlace
from presszero.core.refusal import Refused
from presszero.customers.domains import SHARED_DOMAINS
from presszero.customers.models import Customer
from presszero.customers.models import Handle as HandleRow
from presszero.mailroom.actions import body_of, put_body, receive
from presszero.mailroom.incoming import Incoming, storable_id
from presszero.mailroom.models import Received
from presszero.privacy.erasing.mailroom import is_forgotten
from presszero.privacy.erasing.remembered import erased_at
from presszero.team.models import Membership

from .payload import KeptFile, pack, unpack
from .split import forget, quarantine, without_cards

BATCH = 50


def import_mail(source: Path, *, jsonl: bool = False, line: str = "", out: TextIO | None = None) -> int:
    """Imports an mbox, Maildir or folder of .eml files into a mail line; how many mails were new.

    `line` is its address, needed where there are several. Raises Refused when it is not clear which. With `jsonl`, a
    line {"message_id", "conversation", "new"} for each mail; `conversation` is the number on the desk, or null. Mail of
    somebody who was erased here is left out: its line says {"erased": true} besides, and the count goes to stderr.
    """
    into = _line(line)
    out = out or sys.stdout
    keys = [key for _, key in conversations(mail_of(found.raw) for found in import_plan(source))]
    new = erased = 0
    plan = zip(import_plan(source), keys, strict=True)
    with tqdm(total=len(keys), desc="Importing", unit=" mails", disable=not sys.stderr.isatty()) as bar:
        while batch := list(islice(plan, BATCH)):
            for result in _import(into, batch):
                new += bool(result["new"])
                erased += "erased" in result
                if jsonl:
                    out.write(json.dumps(result, ensure_ascii=False) + "\n")
            bar.update(len(batch))
    if erased:
        told = ngettext(
            "%(num)s mail of somebody who was erased here was left out.",
            "%(num)s mails of people who were erased here were left out.",
            erased,
        )
        sys.stderr.write(told % {"num": erased} + "\n")
    return new


def _line(address: str) -> Line:
    lines = Line.objects.filter(kind="email").select_related("merchant")
    found = list(lines.filter(address=address.lower()) if address else lines[:20])
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            f"There is no mail line {address}." if address else "There is no mail line yet.", _("Add one first.")
        )
    named = ", ".join(row.address for row in found)
    sentence = _("There are several mail lines (%(those)s).") % {"those": named}
    raise Refused(sentence, _("Say which with --line ADDRESS."))


def _import(line: Line, batch: list[tuple[Found, str]]) -> Iterator[dict[str, object]]:
    """A batch: each mail stored raw, then parsed outside any transaction, then all placed in one."""
    rows = [_keep(line, found.raw) for found, _ in batch]
    fresh = {row.id: (row, key) for row, (_, key) in zip(rows, batch, strict=True) if row.split_at is None}
    parsed = [(row, key, *_parse(line, row)) for row, key in fresh.values()]
    placed: dict[int, int] = {}
    left_out = {row.id for row, _, message, _ in parsed if message is not None and _is_erased(line, row, message)}
    with transaction.atomic():
        touched: dict[int, Conversation] = {}
        for row, key, message, files in parsed:
            if row.id in left_out:
                forget(row)
            elif message is not None:
                part = _place(line, row, key, message, files)
                touched[part.id], placed[row.id] = part, part.id
            Received.objects.filter(merchant_id=line.merchant_id, id=row.id).update(split_at=timezone.now())
        for part in touched.values():
            sum_up(part)
    for row, (found, _files) in zip(rows, batch, strict=True):
        # The same mail twice in one archive is new once.
        is_new = fresh.pop(row.id, None) is not None and row.id not in left_out
        result: dict[str, object] = {
            "message_id": scan.message_id(found.raw),
            "conversation": placed.get(row.id),
            "new": is_new,
        }
        yield {**result, "erased": True} if row.id in left_out else result


def _keep(line: Line, raw: bytes) -> Received:
    external_id = storable_id(scan.external_id(raw))
    headers = {"via": "import", "envelope_to": line.address}
    # Lane -1 is no worker's: this import splits what it stored.
    receive([Incoming(line.merchant_id, line.id, external_id, -1, headers, raw, backfill=True)])
    return Received.objects.get(merchant_id=line.merchant_id, line_id=line.id, external_id=external_id)


def _parse(line: Line, row: Received) -> tuple[MessageArrived | None, list[KeptFile]]:
    """The message and its kept files; None for a report, or for what had to be quarantined."""
    try:
        body = body_of(row)
        found = adapter(line.kind).parse(body, row.headers, line.for_adapter())
    except Unreadable as why:
        quarantine(row, str(why))
        return None, []
    messages = [one for one in found if isinstance(one, MessageArrived)]
    if not messages:
        return None, []
    packed = pack(messages[0], line.merchant_id)
    if (masked := without_cards(row, body, [(messages[0], packed)])) is not None:
        put_body(row, masked, at=timezone.now())
    message, files = unpack(packed)
    assert isinstance(message, MessageArrived)
    return message, list(files)


def _is_erased(line: Line, row: Received, message: MessageArrived) -> bool:
    """Whether it was erased itself, or is older than the erasure of whoever wrote it or was written to."""
    if is_forgotten(line.merchant_id, line.id, row.external_id):
        return True
    theirs = [(who.kind, who.address) for who in (message.sender, *message.to) if not _is_ours(line, who.address)]
    at = message.sent_at
    return any(at is None or at <= gone for gone in erased_at(line.merchant_id, theirs).values())


def _place(line: Line, row: Received, key: str, message: MessageArrived, files: list[KeptFile]) -> Conversation:
    """The message in its conversation, under the thread that carries the import's key."""
    ours = _is_ours(line, message.sender.address)
    at = message.sent_at if message.sent_at and message.sent_at <= row.received_at else row.received_at
    thread, part = _thread(line, key, message, ours)
    entry = Entry.objects.create(
        merchant_id=line.merchant_id,
        thread=thread,
        inbound=not ours,
        sender_kind=message.sender.kind,
        sender_address=message.sender.address[:320],
        sender_name=(message.sender.name or message.sender.address)[:200],
        subject=message.subject[:998],
        text=message.new_text,
        folded="" if message.text == message.new_text else message.text,
        html=message.html,
        message_id=message.message_id[:400],
        proof=message.proof,
        automatic=message.automatic,
        copied=[[h.name, h.address] for h in (*message.to, *message.cc)][:50],
        at=at,
        sent_at=message.sent_at,
        received_id=row.id,
    )
    Attachment.objects.bulk_create(_attachments(line, entry, files))
    Message.objects.create(
        merchant_id=line.merchant_id, conversation=part, entry=entry, at=at, inbound=not ours, reason="from the archive"
    )
    return part


def _attachments(line: Line, entry: Entry, files: list[KeptFile]) -> Iterator[Attachment]:
    for file in files:
        yield Attachment(merchant_id=line.merchant_id, entry=entry, **asdict(file))


def _is_ours(line: Line, address: str) -> bool:
    domain = address.rpartition("@")[2]
    own_domain = line.address.rpartition("@")[2]
    if domain == own_domain and domain not in SHARED_DOMAINS:
        return True
    team = Membership.objects.filter(merchant_id=line.merchant_id, person__email=address)
    return team.exists() or Line.objects.filter(merchant_id=line.merchant_id, kind="email", address=address).exists()


def _thread(line: Line, key: str, message: MessageArrived, ours: bool) -> tuple[Thread, Conversation]:
    name = storable_id(f"import:{key}")[:300]
    found = Thread.objects.filter(merchant_id=line.merchant_id, line=line, key=name).first()
    if found:
        place = ThreadPlace.objects.select_related("conversation").get(merchant_id=line.merchant_id, thread=found)
        part = place.conversation
        return found, Conversation.objects.get(merchant_id=line.merchant_id, id=part.now_id)
    others = [h for h in (*message.to, *message.cc) if not _is_ours(line, h.address)]
    who = (others[0] if others else message.sender) if ours else message.sender
    thread = Thread.objects.create(
        merchant_id=line.merchant_id, line=line, token=token_hex(16), key=name, subject=message.subject[:998]
    )
    part = Conversation.objects.create(
        merchant_id=line.merchant_id,
        customer=_customer(line, who),
        line=line,
        subject=message.subject[:300],
        state=Conversation.State.RESOLVED,
    )
    ThreadPlace.objects.create(merchant_id=line.merchant_id, thread=thread, conversation=part)
    Participant.objects.create(
        merchant_id=line.merchant_id,
        thread=thread,
        kind=who.kind,
        address=who.address[:320],
        name=who.name[:200],
        standing=Participant.Standing.CUSTOMER,
    )
    return thread, part


def _customer(line: Line, who: Handle) -> Customer:
    known = HandleRow.objects.filter(merchant_id=line.merchant_id, kind=who.kind, address=who.address)
    row = known.exclude(proof="refuted").select_related("customer").first()
    if row:
        return Customer.objects.get(merchant_id=line.merchant_id, id=row.customer.now_id)
    made = Customer.objects.create(merchant_id=line.merchant_id, name=(who.name or who.address)[:200])
    HandleRow.objects.create(
        merchant_id=line.merchant_id, customer=made, kind=who.kind, address=who.address[:320], name=who.name[:200]
    )
    return made
