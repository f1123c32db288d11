"""Where an answer goes: the thread that goes on, or the one that begins with it."""

from __future__ import annotations

from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.channels.models import Line, Participant, Thread
from presszero.channels.registry import adapter
from presszero.core.refusal import Refused
from presszero.customers import queries as customers
from presszero.customers.models import Claim

from .. import queries
from ..models import Conversation, ThreadPlace
from ..queries.answering import family
from .held import held


def thread_for(row: Conversation, line: Line, address: str) -> Thread:
    """The thread on `line` with this address, made if there is none; in the caller's transaction.

    Only an address that is known here may be written to: the customer's own, whoever takes part, or one that they say
    is theirs. Raises Refused.
    """
    channel = adapter(line.kind)
    if line.merchant_id != row.merchant_id or not channel.can.answers:
        raise Refused(_("There is no way to answer here."), _("Pick another channel."))
    if address not in _known(row, channel.handle_kind):
        raise Refused(
            _("%(who)s has no part in this conversation.") % {"who": address}, _("Add them to the customer first.")
        )
    if channel.can.subject:
        return open_thread(row, line, address)
    return _talk(row, line, address)


def usual_thread(row: Conversation) -> Thread:
    """Where they last wrote; when nothing can be sent there, by mail to where they asked for it. Raises Refused."""
    found = queries.thread_to_answer(row)
    if found is None:
        raise Refused(_("There is no way to answer here."), _("Pick another channel."))
    if adapter(found.line.kind).can.answers:
        return found
    line, address = mail_line(found.line), mail_address(row)
    if line is None or not address:
        raise Refused(_("They left no address that we could answer to."), _("Add one to the customer."))
    return open_thread(row, line, address)


def mail_address(row: Conversation) -> str:
    """What they typed last, or the best proven of what we know."""
    claims = Claim.objects.filter(merchant_id=row.merchant_id, customer_id__in=customers.family(row.customer))
    typed = claims.filter(kind="email", proven_at=None).order_by("-id").values_list("address", flat=True).first()
    known = (h.address for h in customers.handles(row.customer) if h.kind == "email" and h.proof != "refuted")
    return typed or next(known, "")


def _known(row: Conversation, kind: str) -> set[str]:
    people = {"merchant_id": row.merchant_id, "customer_id__in": customers.family(row.customer), "kind": kind}
    own = {h.address for h in customers.handles(row.customer) if h.kind == kind and h.proof != "refuted"}
    said = set(Claim.objects.filter(**people).values_list("address", flat=True))
    places = ThreadPlace.objects.filter(merchant_id=row.merchant_id, conversation_id__in=family(row))
    parts = Participant.objects.filter(
        merchant_id=row.merchant_id, thread_id__in=places.values("thread_id"), kind=kind
    ).exclude(standing=Participant.Standing.WANTS_IN)
    return own | said | set(parts.values_list("address", flat=True))


def _talk(row: Conversation, line: Line, address: str) -> Thread:
    """The one thread that a sender has on a channel without subjects; from now on it feeds this conversation."""
    found, is_new = Thread.objects.get_or_create(
        merchant_id=row.merchant_id, line=line, key=f"from:{address}", defaults={"token": token_hex(16)}
    )
    if is_new:
        Participant.objects.create(
            merchant_id=row.merchant_id,
            thread=found,
            kind=adapter(line.kind).handle_kind,
            address=address,
            standing=Participant.Standing.CUSTOMER,
        )
    ThreadPlace.objects.update_or_create(merchant_id=row.merchant_id, thread=found, defaults={"conversation": row})
    found.line = line
    return found


def mail_line(line: Line) -> Line | None:
    """The line that mails about what came by `line` go out from: itself, the one set for it, else its brand's first."""
    if adapter(line.kind).handle_kind == "email":
        return line
    mails = Line.objects.filter(merchant_id=line.merchant_id, kind="email", paused_at=None).select_related("brand")
    wanted = line.settings.get("answers_from")
    chosen = mails.filter(id=wanted).first() if isinstance(wanted, int) else None
    return chosen or mails.filter(brand_id=line.brand_id).order_by("id").first()


@transaction.atomic
def open_thread(conversation: Conversation, line: Line, address: str) -> Thread:
    """The thread on `line` in which this address is written to about this matter: the newest there is, else a new one.

    Whoever answers there by its token shows that the address is theirs. No name is kept beside the address: whoever
    typed it may have typed anything there. The conversation is held by the caller, or locked here.
    """
    row = held(conversation)
    kind = adapter(line.kind).handle_kind
    places = ThreadPlace.objects.filter(merchant_id=row.merchant_id, conversation_id__in=family(row))
    beside = Thread.objects.filter(
        merchant_id=row.merchant_id,
        line=line,
        id__in=places.values("thread_id"),
        participants__kind=kind,
        participants__address=address,
        participants__standing=Participant.Standing.CUSTOMER,
    )
    found = beside.order_by("-id").first()
    if found is None:
        token = token_hex(16)
        found = Thread.objects.create(merchant_id=row.merchant_id, line=line, token=token, subject=row.subject)
        Participant.objects.create(
            merchant_id=row.merchant_id,
            thread=found,
            kind=kind,
            address=address,
            standing=Participant.Standing.CUSTOMER,
        )
        ThreadPlace.objects.create(merchant_id=row.merchant_id, thread=found, conversation=row)
    found.line = line
    return found
