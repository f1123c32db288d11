"""/customers"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query

from presszero.channels.adapters.email.addresses import BadAddress, mailbox
from presszero.channels.vocabulary import Handle as Address
from presszero.conversations.queries.sight import seen_by
from presszero.core.text import one_line
from presszero.customers import actions, queries
from presszero.customers.adding import Known, add
from presszero.customers.models import CustomerNote, OwnField

from ..operations import Call, Made, Resource
from ..problems import Problem
from ..reads import conversations, customers
from ..reads.rows import listed
from ..shapes.conversations import ConversationOut, ConversationQuery
from ..shapes.customers import (
    ConsentIn,
    ConsentOut,
    CustomerChange,
    CustomerIn,
    CustomerNoteIn,
    CustomerNoteOut,
    CustomerOut,
    CustomerQuery,
    HandleIn,
    HandleOut,
)
from ..shapes.kinds import Page, Paging, PathId

resource = Resource("customers")


@resource.get("/customers", "customers:read", Page[CustomerOut])
def list_customers(request: Call, query: Query[CustomerQuery]) -> HttpResponse:
    """List customers

    Newest first. `q` finds part of a name or address; `address` finds whoever has exactly that one.
    """
    rows = customers.find(request.auth, query, seen_by(request.auth.eyes))
    return listed(request, rows, query.limit)


@resource.post("/customers", "customers:write", CustomerOut)
def add_customer(request: Call, body: CustomerIn) -> Made:
    """Add a customer

    Their addresses count as claimed until they write from them. An address that somebody has already is refused with
    409 and that customer's `id`.
    """
    values = {**body.model_dump(exclude={"handles", "fields"}), **_known_fields(request, body.fields)}
    try:
        made = add(request.auth.merchant, values, [_address(each) for each in body.handles], by=request.auth.by)
    except Known as why:
        raise Problem(409, str(why), next_step=why.next_step, customer=why.customer_id) from why
    return Made(customers.shown(made), f"/api/v1/customers/{made.id}")


@resource.get("/customers/{customer_id}", "customers:read", CustomerOut)
def get_customer(request: Call, customer_id: PathId) -> dict[str, Any]:
    """Get a customer

    By any number they were ever known by: after a merge, `id` is the customer they are part of.
    """
    return customers.customer(request.auth, customer_id)


@resource.patch("/customers/{customer_id}", "customers:write", CustomerOut)
def change_customer(request: Call, customer_id: PathId, body: CustomerChange) -> dict[str, Any]:
    """Change a customer

    Name, language, time zone, preferred channel and own fields.
    """
    row = customers.row(request.auth, customer_id)
    given = body.model_dump(exclude_none=True)
    values = {**{k: v for k, v in given.items() if k != "fields"}, **_known_fields(request, body.fields or {})}
    return customers.shown(actions.describe(row, values, by=request.auth.by) if values else row)


@resource.get("/customers/{customer_id}/conversations", "conversations:read", Page[ConversationOut])
def list_customer_conversations(request: Call, customer_id: PathId, query: Query[Paging]) -> HttpResponse:
    """List a customer's conversations

    Newest first, whatever the channel.
    """
    row = customers.row(request.auth, customer_id)
    wanted = ConversationQuery.model_validate({**query.model_dump(), "customer": row.id})
    return listed(request, conversations.find(request.auth, wanted), query.limit)


@resource.get("/customers/{customer_id}/handles", "customers:read", Page[HandleOut])
def list_handles(request: Call, customer_id: PathId) -> dict[str, Any]:
    """List a customer's addresses

    With how surely each is proven to be theirs.
    """
    return _whole(customers.customer(request.auth, customer_id)["handles"])


@resource.post("/customers/{customer_id}/handles", "customers:write", HandleOut)
def add_handle(request: Call, customer_id: PathId, body: HandleIn) -> Made:
    """Add an address

    It counts as claimed until they write from it. Somebody else's is refused: merge the two at the desk instead.
    """
    row = customers.row(request.auth, customer_id)
    address = _address(body)
    made = actions.add_handle(row, address.kind, address.address, by=request.auth.by, name=address.name)
    found = customers.shown(row)["handles"]
    return Made(next(each for each in found if each["id"] == made.id))


@resource.get("/customers/{customer_id}/notes", "notes:read", Page[CustomerNoteOut])
def list_customer_notes(request: Call, customer_id: PathId) -> dict[str, Any]:
    """List notes about a customer

    The newest fifty. Customers never see them.
    """
    return _whole([_note(each) for each in queries.notes(customers.row(request.auth, customer_id))])


@resource.post("/customers/{customer_id}/notes", "notes:write", CustomerNoteOut)
def add_customer_note(request: Call, customer_id: PathId, body: CustomerNoteIn) -> Made:
    """Add a note about a customer

    Something the team should know, whatever the matter.
    """
    row = customers.row(request.auth, customer_id)
    made = actions.note(row, body.text, by=request.auth.by)
    made.refresh_from_db()
    return Made(_note(made))


@resource.get("/customers/{customer_id}/consents", "customers:read", Page[ConsentOut])
def list_consents(request: Call, customer_id: PathId) -> dict[str, Any]:
    """List a customer's consents

    The word that counts now for each channel and purpose.
    """
    return _whole([_consent(each) for each in queries.consents(customers.row(request.auth, customer_id))])


@resource.post("/customers/{customer_id}/consents", "customers:write", ConsentOut)
def add_consent(request: Call, customer_id: PathId, body: ConsentIn) -> Made:
    """Record a consent

    Older ones stay on record.
    """
    row = customers.row(request.auth, customer_id)
    made = actions.consent(row, body.channel, body.purpose, body.given, by=request.auth.by)
    made.refresh_from_db()
    return Made(_consent(made))


def _address(body: HandleIn) -> Address:
    """As we keep it. Raises Problem for what cannot be written to."""
    address = one_line(body.address, 320)
    if body.kind == "email":
        address = address.lower()
        try:
            mailbox(address)
        except BadAddress as why:
            raise Problem(422, str(why)) from why
    if not address:
        raise Problem(422, "An address is missing.")
    return Address(body.kind, address, one_line(body.name, 200))


def _known_fields(request: Call, fields: dict[str, str]) -> dict[str, str]:
    """Own fields that there are. Raises Problem for others: a typo would be lost in silence."""
    rows = OwnField.objects.filter(merchant=request.auth.merchant, about=OwnField.About.CUSTOMER, key__in=list(fields))
    unknown = set(fields) - set(rows.values_list("key", flat=True)) if fields else set()
    if unknown:
        raise Problem(422, f"There is no own field called {sorted(unknown)[0]}.")
    return fields


def _note(row: CustomerNote) -> dict[str, Any]:
    return {"id": row.id, "text": row.text, "by": row.by, "at": row.at}


def _consent(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "channel", "purpose", "given", "at", "source")}


def _whole(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A list that has no second page."""
    return {"data": rows, "next_cursor": None, "next": None}
