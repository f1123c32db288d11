"""Thinking: for each message in order, its thread and its conversation, and what that changes. No database."""

from __future__ import annotations

import secrets
from datetime import timedelta

from presszero.channels.models import Participant, Thread
from presszero.channels.vocabulary import Handle
from presszero.conversations.models import Conversation
from presszero.conversations.order import put_in_order
from presszero.conversations.policy import Answered, Arrival, Placement, base_subject, place
from presszero.core.text import one_line, snippet
from presszero.merchants.policy import Week, add_open

from .batch import Batch, Item, Place, Strand
from .found import mentioned_ids, thread_key

BURST = 10  # conversations one sender may begin within the window; then the rest is kept together
BURST_WINDOW = timedelta(minutes=10)

State = Conversation.State
Standing = Participant.Standing


class Held(Exception):
    """Not to be understood without a person: it goes to the quarantine with this sentence."""

    def __init__(self, item: Item, sentence: str) -> None:
        super().__init__(sentence)
        self.item = item


def decide(batch: Batch) -> None:
    """Gives every item its strand and its place. Raises Held for the first item that a person must see."""
    for item in batch.items:
        _decide(batch, item)


def _decide(batch: Batch, item: Item) -> None:
    strand, answered = _answered(batch, item)
    _refuse_forged_colleague(batch, item, answered)
    item.automatic = _automatic(batch, item)
    person = item.person
    assert person is not None
    arrival = Arrival(
        channel=item.line.kind,
        subject=item.message.subject,
        at=item.at,
        has_subject=item.can.subject,
        proven=item.message.proof != "refuted",
        automatic=item.automatic,
        something_else=item.message.new_matter,
    )
    placement = _kept_together(batch, item) or place(arrival, answered, batch.matters(person))
    item.reason = placement.reason
    item.warnings = [*item.message.warnings, *([placement.warning] if placement.warning else [])]
    item.place = _place(batch, item, placement)
    item.answers = answered is not None and answered.ours and placement.thread_id == answered.thread_id
    item.strand = _strand(batch, item, placement, strand)
    _sum(batch, item)


def _answered(batch: Batch, item: Item) -> tuple[Strand | None, Answered | None]:
    """The thread it says it answers: by our token in an address, by the ids it mentions, by the provider's key."""
    for strand, ours, by_token in _candidates(batch, item):
        if strand.place is None:
            continue
        part = strand.place
        return strand, Answered(
            thread_id=strand.row.id or 0,
            conversation_id=part.name,
            takes_part=_takes_part(item, strand),
            last_at=part.row.last_at,
            resolved=part.row.state == State.RESOLVED,
            ours=ours,
            by_token=by_token,
        )
    return None, None


def _candidates(batch: Batch, item: Item) -> list[tuple[Strand, bool, bool]]:
    found = [(batch.by_token[t], True, True) for t in item.message.tokens if t in batch.by_token]
    for number in mentioned_ids(item):
        if number in batch.by_message_id:
            strand, ours = batch.by_message_id[number]
            found.append((strand, ours, False))
    key = (item.line.id, thread_key(item))
    if key[1] and key in batch.by_key:
        found.append((batch.by_key[key], False, False))
    return found


def _takes_part(item: Item, strand: Strand) -> bool:
    """The customer of that conversation under any of their addresses, or somebody an agent let in."""
    assert item.person is not None
    sender = item.message.sender
    standing = strand.taking_part.get((sender.kind, sender.address))
    own = strand.place is not None and strand.place.customer_key == item.person.key
    return own or standing in {Standing.CUSTOMER, Standing.COPIED}


def _refuse_forged_colleague(batch: Batch, item: Item, answered: Answered | None) -> None:
    """A mail in a colleague's name inside somebody's conversation, with nothing to prove it."""
    claims = item.message.sender.address in batch.team_addresses and item.message.proof != "verified"
    if claims and answered and not answered.takes_part:
        raise Held(item, "It is written in the name of a colleague and answers a customer, and nothing proves it.")


def _automatic(batch: Batch, item: Item) -> str:
    address = item.message.sender.address
    if item.message.sender.kind == "email" and address in batch.own_addresses:
        return "own"
    if not item.message.automatic and address.rpartition("@")[2] in batch.flooded:
        item.warnings.append("Many strangers of this domain wrote within minutes.")
        return "flood"
    return item.message.automatic


def _kept_together(batch: Batch, item: Item) -> Placement | None:
    """One sender who begins matter after matter within minutes goes on in the newest of them."""
    assert item.person is not None
    if item.backfill:
        return None
    began = [
        p
        for p in batch.places.values()
        if p.customer_key == item.person.key and item.arrived_at - p.row.created_at < BURST_WINDOW
    ]
    if len(began) < BURST:
        return None
    newest = max(began, key=lambda p: (p.row.last_at, -p.name if p.is_new else p.name))
    return Placement(newest.name, "many messages within minutes, kept together")


def _place(batch: Batch, item: Item, placement: Placement) -> Place:
    if placement.conversation_id is not None:
        return batch.places[placement.conversation_id]
    assert item.person is not None
    subject = item.message.subject or ("" if item.can.subject else snippet(item.message.new_text, 80))
    row = Conversation(
        merchant_id=batch.merchant_id,
        customer=item.person.customer,  # the root's id is set when everybody has one
        line=item.line,
        team_id=item.line.team_id,
        subject=subject[:300],
        created_at=item.at,
        last_at=item.at,
        last_inbound=True,
        last_channel=item.line.kind,
        state=State.RESOLVED if item.backfill else State.OPEN,
    )
    made = Place(row, item.person.key, -len(batch.places) - 1, is_new=True)
    batch.places[made.name] = made
    return made


def _strand(batch: Batch, item: Item, placement: Placement, answered: Strand | None) -> Strand:
    """The thread the words go to: the one it answers if that was accepted, else the provider's own, else a new one."""
    assert item.place is not None
    accepted = answered is not None and answered.place is item.place
    key = thread_key(item)
    strand = answered if accepted else batch.by_key.get((item.line.id, key)) if key else None
    if strand is None:
        row = Thread(
            merchant_id=batch.merchant_id,
            line=item.line,
            token=secrets.token_hex(16),
            key=key,
            subject=item.message.subject[:998],
        )
        strand = Strand(row, item.place, {}, is_new=True)
        batch.by_token[row.token] = strand
        if key:
            batch.by_key[item.line.id, key] = strand
    elif strand.place is not item.place:
        strand.place, strand.moved = item.place, True
    _join(batch, item, strand)
    if item.message.message_id:
        batch.by_message_id.setdefault(item.message.message_id, (strand, False))
    return strand


def _join(batch: Batch, item: Item, strand: Strand) -> None:
    """The sender takes part; people they copied only want in, until an agent decides. Our own lines are nobody."""
    sender = item.message.sender
    if (sender.kind, sender.address) not in strand.taking_part and strand.is_new:
        strand.joined[sender.kind, sender.address] = (sender.name, Standing.CUSTOMER)
        strand.taking_part[sender.kind, sender.address] = Standing.CUSTOMER
    for other in others_named(batch, item):
        if (other.kind, other.address) not in strand.taking_part and len(strand.taking_part) < 50:
            strand.joined[other.kind, other.address] = (other.name, Standing.WANTS_IN)
            strand.taking_part[other.kind, other.address] = Standing.WANTS_IN


def others_named(batch: Batch, item: Item) -> list[Handle]:
    """Whom the message went to besides us."""
    own = batch.own_addresses | {item.line.address}
    named = (*item.message.to, *item.message.cc)
    return [h for h in named if h.address not in own and _without_tag(h.address) not in own]


def _without_tag(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return local.partition("+")[0] + at + domain


def _sum(batch: Batch, item: Item) -> None:
    """What the message changes about its conversation, as a list shows it."""
    assert item.place is not None
    row, part = item.place.row, item.place
    part.changed = True
    newest = item.at >= row.last_at
    if newest:
        row.last_at, row.last_inbound, row.last_channel = item.at, True, item.line.kind
        row.snippet = snippet(item.message.new_text or item.message.text)[:200]
    if not row.subject and base_subject(item.message.subject):
        row.subject = item.message.subject[:300]
    _wished(batch, item)
    item.quiet = _rests_as_spam(batch, item)
    if item.automatic or item.backfill or item.quiet:
        return
    if row.state == State.RESOLVED:
        row.state, part.reopened = State.OPEN, True
    elif row.state == State.SNOOZED:
        row.state, row.snoozed_until, part.woken = State.OPEN, None, True
    if row.waiting_since is None or item.at < row.waiting_since:
        row.waiting_since = item.at
        minutes = item.line.next_reply_minutes if row.first_reply_at else item.line.first_reply_minutes
        week = batch.weeks.get(item.line.hours_id or 0, Week())
        row.due_at = add_open(week, item.at, timedelta(minutes=minutes))
    put_in_order(row)


def _rests_as_spam(batch: Batch, item: Item) -> bool:
    """Spam stays spam, and what a blocked sender writes becomes it: nothing waits. Elsewhere it moves nothing."""
    part, sender = item.place, item.message.sender
    assert part is not None and item.person is not None
    if part.row.state == State.SPAM:
        return True
    if (sender.kind, sender.address) not in batch.blocked:
        return False
    if part.customer_key == item.person.key:
        part.spam, part.state_before = True, part.row.state
        part.row.state = State.SPAM
        part.row.waiting_since = part.row.due_at = part.row.work_at = None
    return True


def _wished(batch: Batch, item: Item) -> None:
    """What they say of the matter itself: what it is about, how much it matters, by when, and how to answer."""
    assert item.place is not None
    row, said = item.place.row, item.message.wish
    row.topic_id = row.topic_id or batch.topics.get(item.message.topic)
    if said:
        row.matters = said.matters or row.matters
        row.needed_by = said.needed_by or row.needed_by
        row.asked_channel = one_line(said.channel, 20) or row.asked_channel
