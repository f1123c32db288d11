"""A call begins: theirs to us, or ours to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from presszero.channels.adapters.phone.adapter import external_id, stored_body
from presszero.channels.models import Line
from presszero.channels.vocabulary import WITHHELD, Handle, Proof
from presszero.conversations.models import Conversation
from presszero.core.phones import e164
from presszero.customers import queries as customers
from presszero.customers.claiming import customer_of, holder
from presszero.customers.models import Customer
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane
from presszero.team.models import Membership

from ..facts import CallBegan
from ..models import Call, Leg, MobileEnd
from ..placing import place_ours
from ..plans import Plan
from ..telling import customer_actor, tell, tell_rings

TRIAL = "trial"  # a kind of call: the merchant tries the menu; it stands in nobody's conversation


@dataclass(frozen=True, slots=True)
class Moment:
    """Somebody calls. `number`: E.164, "" withheld or from a browser. `visitor`: of a call from a page, who it is."""

    line: Line | int
    driver: str  # sip · hosted
    provider_id: str
    uid: uuid.UUID
    number: str = ""
    kind: str = "call"
    gateway: str = ""
    inbound: bool = True
    visitor: str = ""


def ring_in(moment: Moment, plan: Plan, at: datetime) -> Call:
    """Stores the call and its arrival before anything else happens with it. The same call again is the same row."""
    line = moment.line if isinstance(moment.line, Line) else Line.objects.get(id=moment.line)
    with transaction.atomic():
        number = e164(moment.number) or moment.number[:40]
        call, is_new = Call.objects.get_or_create(
            merchant_id=line.merchant_id,
            uid=moment.uid,
            defaults={
                "line": line,
                "driver": moment.driver,
                "provider_id": moment.provider_id[:200],
                "kind": moment.kind,
                "inbound": moment.inbound,
                "number": number,
                "customer": _known(line.merchant_id, _sender(moment, number)),
                "version_id": plan.version_id,
                "stage": Call.Stage.MENU,
                "language": plan.language[:12],
                "gateway": moment.gateway[:80],
                "began_at": at,
            },
        )
        if is_new:
            if moment.kind != TRIAL:
                _arrive(call, line, _sender(moment, number), at)
            tell(CallBegan, call, customer_actor(call), inbound=call.inbound)
    return call


def dial(about: Conversation | Customer | None, number: str, line: Line, *, by: Membership) -> Call:
    """A member calls somebody: their own end first, then the number. It passed `dialling.checked` already."""
    now = timezone.now()
    with transaction.atomic():
        call = ours(line, number, about, now)
        own = MobileEnd.objects.filter(merchant_id=by.merchant_id, member=by, when="always")
        mobile = own.exclude(confirmed_at=None).first()
        leg = Leg.objects.create(
            merchant_id=call.merchant_id,
            call=call,
            member=by,
            via="mobile" if mobile else "browser",
            number=mobile.number if mobile else "",
            offered_at=now,
        )
        place_ours(call, by.actor, now)
        tell(CallBegan, call, by.actor, inbound=False)
        tell_rings(leg, call)
    return call


def ours(line: Line, number: str, about: Conversation | Customer | None, at: datetime, kind: str = "call") -> Call:
    """The row of a call we make, with whom it is to. In the caller's transaction."""
    if isinstance(about, Conversation):
        customer: Customer | None = customers.today(about.customer)
    else:
        customer = about or customer_of(line.merchant_id, Handle("phone", number), Proof.CLAIMED)
    uid = uuid.uuid4()
    return Call.objects.create(
        merchant_id=line.merchant_id,
        line=line,
        driver=str(line.settings.get("driver") or "sip"),
        provider_id=f"ours:{uid}",
        uid=uid,
        kind=kind,
        inbound=False,
        number=number,
        customer=customer,
        conversation=about if isinstance(about, Conversation) else None,
        stage=Call.Stage.DIALLING,
        language=customer.language[:12] if customer else "",
        began_at=at,
    )


def _sender(moment: Moment, number: str) -> Handle:
    if moment.visitor:
        return Handle("visitor", moment.visitor)
    return Handle("phone", number) if number else Handle(WITHHELD, moment.uid.hex)


def _known(merchant_id: int, sender: Handle) -> Customer | None:
    """Whose number it is, as a hint for whoever answers. It opens nothing."""
    found = holder(merchant_id, sender)
    return customers.today(found.customer) if found else None


def _arrive(call: Call, line: Line, sender: Handle, at: datetime) -> None:
    """Its place in a conversation is found as every message's is."""
    with translation.override((line.merchant.languages or ["en"])[0].partition("-")[0]):
        words = _("Call from the shop’s page") if call.kind == "talk" else _("Phone call")
    number = str(call.uid)
    body = stored_body("call", number, sender, words, at)
    receive(
        [
            Incoming(
                call.merchant_id,
                line.id,
                external_id("call", number),
                lane(line.id, sender.address),
                {"content-type": "application/json", "via": "call"},
                body,
                received_at=at,
            )
        ]
    )
