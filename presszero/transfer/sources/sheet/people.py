"""Tables of customers, of their addresses, and of what they allowed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ...vocabulary import ConsentFound, NotUnderstood, PersonFound, Record
from .. import values
from .registry import Sheet
from .row import BAD_ADDRESS, Row

NO_ADDRESS = gettext_noop("It has neither a name nor an address.")
BAD_NUMBER = gettext_noop("The phone number is not one.")
WHOSE = gettext_noop("It does not say whose it is.")
NO_CONSENT = gettext_noop("It does not say for which channel and purpose, or whether it is given.")
NOT_THEIRS = gettext_noop("It was found out there that this address is not theirs.")

_CUSTOMER_ID = "customerid customernumber kundennummer numerodecliente"
_LANGUAGE = "locale sprache idioma"


def labels() -> dict[str, str]:
    return {
        "id": _("Their number"),
        "merged_into": _("Number of the customer they are today"),
        "name": _("Name"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "language": _("Language"),
        "timezone": _("Time zone"),
        "note": _("Note"),
        "consent_email": _("May be sent news by e-mail"),
        "consent_phone": _("May be sent news by phone"),
        "customer_id": _("Customer’s number"),
        "customer_email": _("Customer’s e-mail"),
        "customer_phone": _("Customer’s phone"),
        "kind": _("Kind of address"),
        "address": _("Address"),
        "proof": _("Whether it is theirs"),
        "channel": _("Channel"),
        "purpose": _("Purpose"),
        "given": _("Given or taken back"),
        "at": _("When it was said"),
        "source": _("Where they said it"),
        "wording": _("What they agreed to"),
    }


def _customer(row: Row) -> Record:
    emails = [each for cell in row.all("email") for each in cell.replace(";", ",").split(",") if each.strip()]
    if any(not values.address(each) for each in emails):
        raise NotUnderstood(BAD_ADDRESS)
    phones = [each for cell in row.all("phone") for each in cell.replace(";", ",").split(",")]
    name = row.one("name", 200) or f"{row.one('first_name', 100)} {row.one('last_name', 100)}".strip()
    handles = values.handles(emails, phones)
    if not name and not handles:
        raise NotUnderstood(NO_ADDRESS)
    consents = [
        ConsentFound(channel, "marketing", row.yes(f"consent_{channel}"))
        for channel in ("email", "phone")
        if row.has(f"consent_{channel}")
    ]
    return PersonFound(
        row.one("id", 100),
        name,
        handles,
        same_as=row.one("merged_into", 100),
        language=row.one("language", 12),
        timezone=row.one("timezone", 60),
        fields=row.fields(),
        consents=tuple(consents),
        note=row.text("note"),
    )


def _handle(row: Row) -> Record:
    """One more address of a customer, by the number that the table of customers gave them."""
    number, said = row.one("customer_id", 100), row.one("address", 320)
    kind = row.one("kind", 20).lower() or ("email" if "@" in said else "phone")
    if kind == "email" and not values.address(said):
        raise NotUnderstood(BAD_ADDRESS)
    if kind == "phone" and not values.phone(said):
        raise NotUnderstood(BAD_NUMBER)
    if not number or not said:
        raise NotUnderstood(WHOSE)
    if row.one("proof").lower() == "refuted":
        raise NotUnderstood(NOT_THEIRS)
    plain = values.address(said) if kind == "email" else values.phone(said) if kind == "phone" else said
    return PersonFound(number, "", ((kind, plain),))


def _consent(row: Row) -> Record:
    """What a customer allowed, or took back; the customer by number or address."""
    handles = values.handles([row.address("customer_email", must=True)], [row.one("customer_phone")])
    number = row.one("customer_id", 100)
    if not (number or handles):
        raise NotUnderstood(WHOSE)
    channel, purpose = row.one("channel", 20).lower(), row.one("purpose", 30).lower()
    if not (channel and purpose and row.has("given")):
        raise NotUnderstood(NO_CONSENT)
    said = ConsentFound(channel, purpose, row.yes("given"), row.when("at"), row.one("source", 60), row.text("wording"))
    return PersonFound(number, "", handles, consents=(said,))


TABLES = [
    Sheet(
        "customers",
        lambda: _("Customers"),
        "person",
        {
            "id": f"number externalid nummer numero {_CUSTOMER_ID}",
            "merged_into": "mergedwith",
            "name": "fullname customer kunde cliente nombre contact kontakt nombrecompleto",
            "first_name": "firstname vorname givenname nombredepila",
            "last_name": "lastname surname nachname familienname apellido apellidos",
            "email": "mail emailaddress emailadresse correo correoelectronico primaryemail otheremails additionalemail",
            "phone": "telephone telefon mobile mobil handy telefono movil celular phonenumber telefonnummer",
            "language": _LANGUAGE,
            "timezone": "zeitzone zonahoraria",
            "note": "notes comment notiz notizen bemerkung nota notas comentario",
            "consent_email": "newsletter marketing emailoptin acceptsmarketing einwilligung consentimiento "
            "acceptsemailmarketing",
            "consent_phone": "smsoptin acceptssmsmarketing",
        },
        labels,
        _customer,
        fields="customer",
        many=frozenset({"email", "phone"}),
    ),
    Sheet(
        "handles",
        lambda: _("More addresses of customers"),
        "person",
        {
            "customer_id": f"id number {_CUSTOMER_ID}",
            "kind": "type art tipo",
            "address": "email mail phone adresse direccion",
            "proof": "",
        },
        labels,
        _handle,
    ),
    Sheet(
        "consents",
        lambda: _("Consents of customers"),
        "person",
        {
            "customer_id": f"id number {_CUSTOMER_ID}",
            "customer_email": "requesteremail email mail contactemail kundenemail correo",
            "customer_phone": "requesterphone phone telefon telefono contactphone",
            "channel": "kanal canal",
            "purpose": "zweck proposito finalidad",
            "given": "consent optin einwilligung consentimiento accepted",
            "at": "date datum fecha zeit hora",
            "source": "quelle origen herkunft",
            "wording": "wortlaut texto sentence",
        },
        labels,
        _consent,
    ),
]
