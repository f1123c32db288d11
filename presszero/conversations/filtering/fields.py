"""Every field a filter can ask about: how a statement reads it, and where a snapshot keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .known import Known, Own
from .operators import BY_KIND, Operator

# The words of the newest message, of the conversation and of everything that was merged into it.
NEWEST = """SELECT e.text, e.automatic FROM conversations_message m
  JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  WHERE m.merchant_id = c.merchant_id AND m.taken_back_at IS NULL AND m.conversation_id = ANY(ARRAY(
    SELECT f.id FROM conversations_conversation f WHERE f.merchant_id = c.merchant_id AND f.root_id = c.id) || c.id)
  ORDER BY m.at DESC, m.id DESC LIMIT 1"""
COUNTED = """(SELECT count(*) FROM conversations_message m
  WHERE m.merchant_id = c.merchant_id AND m.taken_back_at IS NULL AND m.conversation_id = ANY(ARRAY(
    SELECT f.id FROM conversations_conversation f WHERE f.merchant_id = c.merchant_id AND f.root_id = c.id) || c.id))"""
WHO = """customers_customer u LEFT JOIN customers_customer r ON r.merchant_id = u.merchant_id AND r.id = u.root_id
  WHERE u.merchant_id = c.merchant_id AND u.id = c.customer_id"""
ADDRESSES = """SELECT h.address FROM customers_handle h
  WHERE h.merchant_id = c.merchant_id AND h.proof <> 'refuted' AND h.customer_id = ANY(ARRAY(
    SELECT f.id FROM customers_customer f WHERE f.merchant_id = c.merchant_id AND f.root_id = (
      SELECT coalesce(u.root_id, u.id) FROM customers_customer u
      WHERE u.merchant_id = c.merchant_id AND u.id = c.customer_id)) || (
    SELECT coalesce(u.root_id, u.id) FROM customers_customer u
    WHERE u.merchant_id = c.merchant_id AND u.id = c.customer_id))"""
TAGS = """SELECT t.tag_id FROM conversations_tagged t
  WHERE t.merchant_id = c.merchant_id AND t.conversation_id = c.id AND t.removed_at IS NULL"""
TEXT_LIMIT = 8000  # letters of a message that are looked at
_NUMBER = r"^-?[0-9]{1,15}([.][0-9]{0,10})?$"  # also in snapshot.number


@dataclass(frozen=True, slots=True)
class Field:
    """`x` and `y` as in `operators`; `key` is the value of {k} in them: an own field's name. `get` asks a snapshot."""

    name: str
    label: str | Promise
    kind: str
    x: str
    get: Callable[[Any], Any]
    y: str = ""
    key: str = ""
    of: str = ""  # what its values are: a list of Known, "state", "priority", "matters", "channel"; "": typed
    choices: tuple[str, ...] = ()  # of an own field

    @property
    def operators(self) -> dict[str, Operator]:
        return dict(BY_KIND[self.kind])


def _column(name: str, label: Promise, kind: str, *, x: str = "", of: str = "", y: str = "") -> Field:
    return Field(name, label, kind, x or f"c.{name}", attrgetter(name), y, of=of)


def _who(what: str) -> str:
    return f"(SELECT {what} FROM {WHO})"  # noqa: S608 - our own words


def _newest(what: str, otherwise: str) -> str:
    return f"coalesce((SELECT {what} FROM ({NEWEST}) newest), {otherwise})"  # noqa: S608 - our own words


_FIELDS = (
    _column("state", _("State"), "choice", of="state"),
    _column("priority", _("Priority"), "level", of="priority"),
    _column("topic", _("Topic"), "optional", x="c.topic_id", of="topic"),
    _column("tag", _("Tag"), "choices", x=TAGS, y="t.tag_id", of="tag"),
    _column("team", _("Team"), "optional", x="c.team_id", of="team"),
    _column("assignee", _("Assigned to"), "optional", x="c.assignee_id", of="assignee"),
    _column("channel", _("Channel"), "optional", x="nullif(c.last_channel, '')", of="channel"),
    _column("line", _("Line"), "choice", x="c.line_id", of="line"),
    _column(
        "brand", _("Brand"), "choice", of="brand",
        x="(SELECT l.brand_id FROM channels_line l WHERE l.merchant_id = c.merchant_id AND l.id = c.line_id)",
    ),
    _column("subject", _("Subject"), "text", x="lower(c.subject)"),
    _column(
        "text", _("Newest message"), "text",
        x=_newest(f"lower(left(newest.text, {TEXT_LIMIT}))", "''"),
    ),
    _column("customer_name", _("Customer’s name"), "text", x=_who("lower(coalesce(r.name, u.name))")),
    _column("customer_address", _("Customer’s address"), "texts", x=ADDRESSES, y="lower(h.address)"),
    _column(
        "customer_language", _("Customer’s language"), "text",
        x=_who("lower(coalesce(r.language, u.language))"),
    ),
    _column("waiting_for", _("Waiting for an answer for"), "since", x="c.waiting_since"),
    _column("last_at", _("Last message"), "past"),
    _column("created_at", _("Began"), "past"),
    _column("due_at", _("Answer due"), "ahead"),
    _column("needed_by", _("Needed by"), "ahead"),
    _column("matters", _("How much it matters"), "optional level", of="matters"),
    _column("message_count", _("Messages"), "number", x=COUNTED),
    _column("first_reply", _("First answer"), "happened", x="c.first_reply_at"),
    _column("inbound", _("They wrote last"), "yesno", x="c.last_inbound"),
    _column(
        "automatic", _("Written by a machine"), "yesno",
        x=_newest("newest.automatic <> ''", "false"),
    ),
)  # fmt: skip
FIELDS = {field.name: field for field in _FIELDS}

_ABOUT = {"field": "conversation", "customer": "customer"}
_STORED = {
    "conversation": "coalesce(lower(c.fields ->> {k}), '')",
    "customer": f"coalesce({_who('lower(coalesce(r.fields, u.fields) ->> {k})')}, '')",
}


def find(known: Known, name: object) -> Field | None:
    """The field of that name, ours or the merchant's own. None for anything else."""
    if not isinstance(name, str):
        return None
    if name in FIELDS:
        return FIELDS[name]
    prefix, _dot, key = name.partition(".")
    own = known.own.get((_ABOUT.get(prefix, ""), key))
    return own_field(own) if own else None


def own_field(own: Own) -> Field:
    """A field of the merchant's own: "field.<key>" about conversations, "customer.<key>" about customers."""
    prefix = "field" if own.about == "conversation" else "customer"
    stored, name = _STORED[own.about], f"{prefix}.{own.key}"
    kind, x = {
        "number": ("optional number", f"(CASE WHEN {stored} ~ '{_NUMBER}' THEN ({stored})::numeric END)"),
        "date": ("date", stored),
        "yesno": ("optional", f"nullif({stored}, '')"),
        "choice": ("optional", f"nullif({stored}, '')"),
    }.get(own.kind, ("text", stored))
    choices = ("yes", "no") if own.kind == "yesno" else own.choices
    return Field(name, own.label, kind, x, _getter(own), key=own.key, of="own" if kind == "optional" else "",
                 choices=choices)  # fmt: skip


def _getter(own: Own) -> Callable[[Any], Any]:
    key, of = own.key, attrgetter("own_fields" if own.about == "conversation" else "customer_fields")
    if own.kind == "number":
        return lambda snapshot: snapshot.number(of(snapshot).get(key))
    if own.kind in ("yesno", "choice"):
        return lambda snapshot: of(snapshot).get(key) or None
    return lambda snapshot: of(snapshot).get(key) or ""
