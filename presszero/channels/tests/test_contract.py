"""What every channel keeps to, tried on every adapter in the registry: a new one is tested once it is named there."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from presszero.channels.adapter import BadSignature, Request
from presszero.channels.registry import adapter, kinds
from presszero.channels.vocabulary import Attachment, DeliveryReported, Handle, MessageArrived, Outgoing

from .contract import Contract, OtherSide, contract, samples

CASES = [(kind, path) for kind in kinds() for path in samples(settings.CHANNELS[kind])]
CONTRACTS = {kind: contract(kind, settings.CHANNELS[kind]) for kind in kinds()}
POSTED = [(kind, path) for kind, path in CASES if CONTRACTS[kind].is_posted(path)]

HANDED = [kind for kind in kinds() if CONTRACTS[kind].other_side]
LIVE = [kind for kind in kinds() if adapter(kind).can.live]
SILENT = [kind for kind in kinds() if not adapter(kind).can.answers]

each_kind = pytest.mark.parametrize("kind", kinds())
each_handed = pytest.mark.parametrize("kind", HANDED)
each_sample = pytest.mark.parametrize(("kind", "path"), CASES, ids=[f"{kind}-{path.name}" for kind, path in CASES])
each_posted = pytest.mark.parametrize(("kind", "path"), POSTED, ids=[f"{kind}-{path.name}" for kind, path in POSTED])


@pytest.fixture(autouse=True)
def the_other_side_is_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HTTP_MAY_REACH", ["127.0.0.0/8"], raising=False)


@each_kind
def test_it_says_what_it_is(kind: str) -> None:
    channel = adapter(kind)
    assert channel.kind == kind
    assert channel.handle_kind
    assert channel.can.max_text > 0
    assert (channel.can.max_attachment_bytes > 0) == channel.can.attachments
    assert [path for each, path in CASES if each == kind], "an adapter needs samples"


@each_sample
def test_samples_parse_the_same_twice(kind: str, path: Path) -> None:
    known = CONTRACTS[kind]
    first, second = (adapter(kind).parse(path.read_bytes(), known.stored_headers(path), known.line) for _ in range(2))
    assert first == second
    assert first and all(isinstance(each, MessageArrived | DeliveryReported) for each in first)
    assert len({each.external_id for each in first}) == len(first)
    for each in first:
        assert 0 < len(each.external_id) <= 300
        if isinstance(each, MessageArrived):
            assert each.sender.kind == adapter(kind).handle_kind and each.sender.address
            assert each.sent_at is None or each.sent_at.tzinfo
        else:
            assert each.our_id or each.provider_id or each.tokens or each.message_ids


@each_posted
def test_a_good_signature_is_taken_and_a_duplicate_is_the_same_event(kind: str, path: Path) -> None:
    known, channel = CONTRACTS[kind], adapter(kind)
    good = known.signed(path.read_bytes())
    channel.verify(good, known.line)
    assert channel.event_id(good) == channel.event_id(good)
    assert 0 < len(channel.event_id(good)) <= 200
    assert isinstance(channel.lane_key(good.body), str)


@each_posted
def test_H1_a_bad_signature_is_refused(kind: str, path: Path) -> None:
    known = CONTRACTS[kind]
    good = known.signed(path.read_bytes())
    secret = dict.fromkeys(known.line.secrets, "of-another-line")
    for request, line in [
        (replace(good, headers={"content-type": good.headers.get("content-type", "")}, query=""), known.line),
        (good, replace(known.line, secrets=secret)),
        (good, replace(known.line, secrets={})),
        (replace(good, body=b""), known.line),
        *((flipped(good, at), known.line) for at in range(0, len(good.body), max(1, len(good.body) // 20))),
        *([(known.old(path.read_bytes()), known.line)] if known.old else []),
    ]:
        with pytest.raises(BadSignature):
            adapter(kind).verify(request, line)


@each_posted
def test_one_flipped_byte_of_a_header_is_refused_or_changes_nothing_signed(kind: str, path: Path) -> None:
    known = CONTRACTS[kind]
    good = known.signed(path.read_bytes())
    proofs = [name for name in good.headers if "signature" in name]
    assert proofs, "the contract's provider signs"
    for name in proofs:
        value = good.headers[name]
        for at in (len(value) // 2, len(value) // 3):
            changed = value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]
            with pytest.raises(BadSignature):
                adapter(kind).verify(replace(good, headers={**good.headers, name: changed}), known.line)


def test_every_channel_hands_on_shows_or_only_brings_in() -> None:
    assert sorted([*HANDED, *LIVE, *SILENT]) == sorted(kinds())


@each_handed
def test_both_tries_of_a_send_carry_one_id(kind: str) -> None:
    known = CONTRACTS[kind]
    with other_side(known) as other:
        written = [0]

        def writing() -> None:
            written[0] += 1

        first = adapter(kind).send(message(known), other.line, writing)
        second = adapter(kind).send(message(known), other.line, writing)
        assert (first.state, second.state) == ("accepted", "accepted"), (first, second)
        ids = other.ids()
    assert len(ids) == 2 and len(set(ids)) == 1 and ids[0]
    assert written[0] == 2


@each_handed
def test_declared_limits_are_honoured(kind: str) -> None:
    known, can = CONTRACTS[kind], adapter(kind).can
    with other_side(known) as other:
        for out in too_large(kind):
            sent = adapter(kind).send(out, other.line, lambda: None)
            assert sent.state == "refused"
            assert sent.reason.endswith(".")
        assert other.ids() == []
        assert adapter(kind).send(message(known, text="x" * can.max_text), other.line, lambda: None).state == "accepted"


@pytest.mark.parametrize("kind", LIVE)
def test_what_is_read_from_us_is_there_whoever_is_away_and_never_more_than_fits(kind: str) -> None:
    known = CONTRACTS[kind]
    first, second = (adapter(kind).send(message(known), known.line, lambda: None) for _ in range(2))
    assert first == second
    assert first.state == "accepted" and first.provider_id
    for out in too_large(kind):
        assert adapter(kind).send(out, known.line, lambda: None).state == "refused"


@pytest.mark.parametrize("kind", SILENT)
def test_what_only_brings_things_in_refuses_to_send_and_says_so(kind: str) -> None:
    sent = adapter(kind).send(message(CONTRACTS[kind]), CONTRACTS[kind].line, lambda: None)
    assert sent.state == "refused" and sent.reason.endswith(".")


def too_large(kind: str) -> list[Outgoing]:
    """Messages that are each more than the channel says it carries."""
    known, can = CONTRACTS[kind], adapter(kind).can
    over = [message(known, text="x" * (can.max_text + 1))]
    over.append(message(known, attachments=(file(can.max_attachment_bytes + 1),)))
    if can.attachments:
        half = can.max_attachment_bytes // 2
        over.append(message(known, attachments=(file(half), file(half + 1024))))
    if not can.copies:
        over.append(message(known, to=(known.recipient, replace(known.recipient, address="somebody-else"))))
    return over


@each_handed
def test_nobody_there_is_an_answer_not_an_error(kind: str) -> None:
    known = CONTRACTS[kind]
    with other_side(known) as other:
        line = other.line
    sent = adapter(kind).send(message(known), line, lambda: None)
    assert sent.state == "later"
    assert sent.reason


def other_side(known: Contract) -> AbstractContextManager[OtherSide]:
    assert known.other_side
    return known.other_side()


def message(known: Contract, **changes: object) -> Outgoing:
    plain = Outgoing(
        our_id="0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b",
        message_id="t.0123456789abcdef0123456789abcdef.e1@juniper.example",
        sender=Handle(known.line.kind, known.line.address, known.line.name),
        to=(known.recipient,),
        text="Your order is on its way.",
        subject="Re: Where is order 1042?",
    )
    return replace(plain, **changes)


def file(size: int) -> Attachment:
    return Attachment("photo.bin", "application/octet-stream", bytes(size))


def flipped(request: Request, at: int) -> Request:
    body = bytearray(request.body)
    body[at] ^= 1
    return replace(request, body=bytes(body))
