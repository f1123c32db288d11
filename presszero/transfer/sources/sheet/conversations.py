"""A table of conversations, of messages, or of both in one."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from presszero.core import cards

from ...vocabulary import ConversationFound, MessageFound, NotUnderstood, Record, Who
from .. import values
from .registry import Sheet
from .row import Row

NO_SUBJECT = gettext_noop("It has neither a subject nor words.")

_STATES = {
    "open": "open", "new": "open", "offen": "open", "neu": "open", "abierto": "open", "nuevo": "open",
    "pending": "snoozed", "snoozed": "snoozed", "on hold": "snoozed", "wartend": "snoozed", "pendiente": "snoozed",
    "spam": "spam",
}  # fmt: skip
_PRIORITIES = {
    "low": 1, "niedrig": 1, "baja": 1, "normal": 2, "medium": 2, "mittel": 2, "media": 2,
    "high": 3, "hoch": 3, "alta": 3, "urgent": 4, "dringend": 4, "urgente": 4, "1": 1, "2": 2, "3": 3, "4": 4,
}  # fmt: skip
_OURS = {"out", "outbound", "agent", "ours", "false", "0", "no", "us", "aus", "ausgehend", "nosotros"}


def labels() -> dict[str, str]:
    return {
        "id": _("Their number"),
        "subject": _("Subject"),
        "customer_id": _("Customer’s number"),
        "customer_name": _("Customer’s name"),
        "customer_email": _("Customer’s e-mail"),
        "customer_phone": _("Customer’s phone"),
        "state": _("State"),
        "priority": _("Priority"),
        "assignee": _("Assigned to (e-mail)"),
        "team": _("Team"),
        "topic": _("Topic"),
        "tags": _("Tags"),
        "created_at": _("Begun"),
        "message_id": _("Number of the message"),
        "at": _("When it was said"),
        "direction": _("Theirs or ours"),
        "public": _("Seen by the customer"),
        "author_name": _("Who said it"),
        "author_email": _("Who said it (e-mail)"),
        "text": _("Words"),
    }


def _conversation(row: Row) -> Record:
    """A row is a conversation, a message of one, or both; rows of one number belong together."""
    said, subject, number = row.text("text"), row.one("subject"), row.one("id", 100)
    email = row.address("customer_email", must=True)
    phone = values.phone(row.one("customer_phone"))
    requester = Who(row.one("customer_id", 100), row.one("customer_name", 200), email, phone)
    if not (subject or said or number):
        raise NotUnderstood(NO_SUBJECT)
    began = row.when("created_at")
    external_id = number or _digest(email, subject, row.one("created_at"))
    message = _message(row, said, requester, external_id)
    return ConversationFound(
        external_id,
        requester,
        (message,) if said else (),
        subject=subject,
        state=_STATES.get(row.one("state").lower(), "resolved"),
        priority=_PRIORITIES.get(row.one("priority").lower(), 2),
        assignee=Who("", "", row.address("assignee")),
        team=row.one("team", 80),
        topic=row.one("topic", 80),
        tags=values.tags(row.all("tags")[0].replace(";", ",")) if row.has("tags") else (),
        fields=row.fields(),
        created_at=began,
    )


def _message(row: Row, said: str, requester: Who, conversation: str) -> MessageFound:
    author = Who("", row.one("author_name", 200), row.address("author_email"))
    inbound = row.one("direction").lower() not in _OURS if row.has("direction") else None
    if not author.email and not author.name and inbound is not False:
        author, inbound = requester, True
    return MessageFound(
        row.one("message_id", 100) or _digest(conversation, row.one("at") or row.one("created_at"), said),
        author,
        row.when("at") or row.when("created_at"),
        said,
        public=row.yes("public") if row.has("public") else True,
        inbound=inbound,
    )


def _digest(*words: str) -> str:
    """A number for what has none, the same for the same words; without the cards in them, which could be tried."""
    said = "\x1f".join(cards.masked(each)[0] for each in words)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


TABLES = [
    Sheet(
        "conversations",
        lambda: _("Conversations and messages"),
        "conversation",
        {
            "id": "number ticket ticketid ticketnumber conversation conversationid nummer vorgang numero externalid "
            "ticketnummer numerodeticket",
            "subject": "betreff asunto ticketsubject",
            "customer_id": "customernumber requesterid kundennummer numerodecliente",
            "customer_name": "requester requestername customer kunde cliente contactname nombredelcliente kundenname "
            "fullname",
            "customer_email": "requesteremail email mail contactemail kundenemail correo customeremailaddress "
            "emaildelcliente",
            "customer_phone": "requesterphone phone telefon telefono contactphone",
            "state": "status zustand estado ticketstatus",
            "priority": "prioritat prioridad prioritaet ticketpriority",
            "assignee": "agent assigneeemail bearbeiter zugewiesen agente asignado assigneduser agentemail",
            "team": "group gruppe equipo grupo",
            "topic": "type category kategorie thema tema tipo categoria tickettype",
            "tags": "labels schlagworter schlagworte etiquetas tag",
            "created_at": "created createdat date erstellt erstelltam datum fecha creado fechadecreacion "
            "createddatetime createdtime creationdate",
            "message_id": "messageid nachrichtennummer commentid",
            "at": "sentat messageat senttime zeit hora messagedate messagecreated",
            "direction": "richtung direccion inbound incoming fromcustomer",
            "public": "ispublic visibility offentlich publico visible",
            "author_name": "from author sender absender remitente autor sendername",
            "author_email": "fromemail senderemail authoremail absenderemail",
            "text": "message body description nachricht beschreibung mensaje descripcion content inhalt texto antwort "
            "answer reply messagetext",
        },
        labels,
        _conversation,
        fields="conversation",
    )
]
