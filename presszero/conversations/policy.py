"""Which conversation does an arrival join, and why? Pure; the reason is for the agent to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

REOPEN_WITHIN = timedelta(days=30)  # an answer to a matter resolved longer ago begins a new one
SAME_MATTER_WITHIN = timedelta(days=3)  # a channel without subjects continues what was talked about
SAME_SUBJECT_WITHIN = timedelta(days=30)
SOMETHING_ELSE = "they said it is about something else"

_CALLED = {"email": "e-mail", "chat": "the chat", "form": "the web form", "phone": "the phone"}

_PREFIX = re.compile(
    r"^\s*(?:\[[^\]\n]{1,40}\]\s*)?"
    r"(?:re|fw|fwd|aw|wg|tr|rv|res|enc|sv|vs|vl|antw|doorst|odp|pd|ynt|ilt|rif|r|i|fs|ref|回复|答复|转发|回覆|轉寄|返信|転送)"
    r"(?:\[\d{1,3}\])?\s*[:：]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Matter:
    """An open or lately resolved conversation of the sender."""

    conversation_id: int
    subject: str
    last_at: datetime
    resolved: bool
    channel: str  # of its last message


@dataclass(frozen=True, slots=True)
class Answered:
    """What the arrival says that it answers: a thread of ours, found by a token or by a message's id."""

    thread_id: int
    conversation_id: int
    takes_part: bool  # the sender is the customer of that conversation, or an agent let them in
    last_at: datetime
    resolved: bool
    ours: bool  # the id or token was one that we made
    by_token: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the policy needs to know of a message."""

    channel: str
    subject: str
    at: datetime
    has_subject: bool  # the channel carries subjects
    proven: bool  # not refuted by our own receiver
    automatic: str  # "" for a person's words
    something_else: bool = False  # they said themselves that it is another matter than before


@dataclass(frozen=True, slots=True)
class Placement:
    """`conversation_id` None: a new one. `warning`: a sentence the agent sees beside it."""

    conversation_id: int | None
    reason: str
    warning: str = ""
    thread_id: int | None = None


def place(arrival: Arrival, answered: Answered | None, matters: Sequence[Matter]) -> Placement:
    """The conversation an arrival joins. A claim that is not proven joins nothing of anybody's."""
    if not arrival.proven:
        return Placement(None, "the sender could not be confirmed", "Our own mail server says this is not from them.")
    if arrival.something_else:
        return Placement(None, SOMETHING_ELSE)
    if answered:
        return _goes_on(arrival, answered, matters) or _answering(arrival, answered)
    if arrival.automatic in {"verification", "list"}:
        return Placement(None, "written by a machine")
    if arrival.has_subject:
        return _by_subject(arrival, matters)
    return _by_recency(arrival, matters)


def same_matter(begun: Arrival, matters: Sequence[Matter]) -> Placement:
    """Whether a matter continues one of the others, once it is known that they are of one customer.

    `begun` is how it began, `at` when it was last spoken of; `matters` are the others that are open. Where two could be
    meant, none is: an agent joins them.
    """
    if begun.something_else:
        return Placement(None, SOMETHING_ELSE)
    wanted = base_subject(begun.subject) if begun.has_subject else ""
    within = SAME_SUBJECT_WITHIN if wanted else SAME_MATTER_WITHIN
    near = [m for m in matters if not m.resolved and abs(begun.at - m.last_at) <= within]
    meant = [m for m in near if base_subject(m.subject) == wanted] if wanted else near
    if len(meant) != 1:
        return Placement(None, "no open matter" if not meant else "several open matters")
    what = "same subject" if wanted else "open matter"
    return Placement(meant[0].conversation_id, f"same customer, {what}{_via(begun, meant[0])}")


def _goes_on(arrival: Arrival, answered: Answered, matters: Sequence[Matter]) -> Placement | None:
    """A channel where all they ever write is one thread: what is settled is left alone while another matter is open."""
    if arrival.has_subject or answered.ours or not answered.resolved or not answered.takes_part:
        return None
    found = _by_recency(arrival, matters)
    return found if found.conversation_id is not None else None


def _answering(arrival: Arrival, answered: Answered) -> Placement:
    if not answered.takes_part:
        return Placement(
            None,
            "answers a conversation that the sender has no part in",
            "They quote a conversation of somebody else. Nothing of it was shown to them.",
        )
    if answered.resolved and arrival.at - answered.last_at > REOPEN_WITHIN:
        return Placement(None, "answers a matter that was resolved long ago")
    how = "replied to our e-mail" if answered.ours and arrival.channel == "email" else "replied in the same thread"
    return Placement(answered.conversation_id, how, thread_id=answered.thread_id)


def _by_subject(arrival: Arrival, matters: Sequence[Matter]) -> Placement:
    """Mail: the subject says which matter, and only a reply or the same words continue one."""
    wanted = base_subject(arrival.subject)
    near = [m for m in matters if arrival.at - m.last_at <= SAME_SUBJECT_WITHIN]
    if wanted:
        for matter in _newest_first(near):
            if base_subject(matter.subject) == wanted:
                return Placement(matter.conversation_id, f"same customer, same subject{_via(arrival, matter)}")
        return Placement(None, "a new subject")
    open_now = [m for m in near if not m.resolved and arrival.at - m.last_at <= SAME_MATTER_WITHIN]
    if len(open_now) == 1:
        matter = open_now[0]
        return Placement(matter.conversation_id, f"same customer, their only open matter{_via(arrival, matter)}")
    return Placement(None, "no subject to go by")


def _by_recency(arrival: Arrival, matters: Sequence[Matter]) -> Placement:
    """Chat, text and the like: whatever they and we talked about last, while it is open."""
    for matter in _newest_first(matters):
        if not matter.resolved and arrival.at - matter.last_at <= SAME_MATTER_WITHIN:
            ago = _ago(arrival.at - matter.last_at)
            return Placement(matter.conversation_id, f"same customer, open matter{_via(arrival, matter)} {ago}")
    return Placement(None, "no open matter")


def base_subject(subject: str) -> str:
    """Without Re:, Fwd:, AW: and their kin, in any number; folded for comparing."""
    for _ in range(20):
        found = _PREFIX.match(subject)
        if not found:
            break
        subject = subject[found.end() :]
    return " ".join(subject.casefold().split())


def _newest_first(matters: Sequence[Matter]) -> list[Matter]:
    return sorted(matters, key=lambda m: m.last_at, reverse=True)


def _via(arrival: Arrival, matter: Matter) -> str:
    if not matter.channel or matter.channel == arrival.channel:
        return ""
    return f" from {_CALLED.get(matter.channel, matter.channel)}"


def _ago(gap: timedelta) -> str:
    minutes = max(int(gap.total_seconds() // 60), 0)
    if minutes < 2:
        return "just now"
    if minutes < 60:
        return f"{minutes} minutes ago"
    hours = minutes // 60
    return "an hour ago" if hours == 1 else f"{hours} hours ago" if hours < 48 else f"{hours // 24} days ago"
