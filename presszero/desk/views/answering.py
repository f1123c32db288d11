"""By which way an answer goes: the ways, what they will see of it, how they asked to be answered, and who they are."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from presszero.channels import vocabulary
from presszero.channels.models import Thread
from presszero.channels.registry import adapter
from presszero.channels.vocabulary import Shared
from presszero.channels.wording import fill, to_html
from presszero.conversations import actions, queries
from presszero.conversations.actions.answer import Answer, base_subject_kept
from presszero.conversations.actions.wish import wish
from presszero.conversations.models import Conversation, Upload
from presszero.core.refusal import Refused
from presszero.customers import queries as customers
from presszero.customers.models import Claim
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked, ways
from ..seen import seen
from .conversation import shown_name
from .said import Undo, changed

post = require_http_methods(["POST"])
put = require_http_methods(["PUT"])


@needs(Role.AGENT)
def recipients(request: MemberAsked, number: int) -> HttpResponse:
    """GET ?way= : who an answer this way goes to, and who it may go to."""
    row = asked.conversation(request, number)
    found = _picked(request, row)
    thread = _thread(row, found)
    if found.way is None:
        raise Http404
    known = ways.recipients(row, thread) if thread else replace(found.recipients, reachable=[found.way.address])
    return page(request, "desk/_recipients.html", {"c": row, "choice": found, "recipients": known})


@needs(Role.AGENT)
def way(request: MemberAsked, number: int) -> HttpResponse:
    """GET ?way= : what stands beside a way once it is picked: to whom, why, and what keeps it from arriving."""
    row = asked.conversation(request, number)
    put_in = Upload.objects.filter(merchant=request.merchant, conversation=row, by=request.member, used_at=None)
    files = [Shared(*each) for each in put_in.values_list("content_type", "size")]
    found = ways.with_files(row, _picked(request, row), files)
    context = {"c": row, "choice": found, "recipients": found.recipients, "oob": True, "seen": seen(found.reach)}
    return page(request, "desk/_way_now.html", {**context, "shown_name": shown_name(row)})


@needs(Role.AGENT)
@post
def preview(request: MemberAsked, number: int) -> HttpResponse:
    """POST with `text` and `way`: what they will see. Nothing is kept and nothing is sent."""
    row = asked.conversation(request, number)
    found = _picked(request, row, request.POST.get("way", ""))
    if found.way is None:
        raise Http404
    can, line = adapter(found.way.channel).can, row.line
    values = queries.variables(row, request.member)
    subject = base_subject_kept(row.subject)
    context = {
        "mail": can.html,
        "sender": f"{request.member.first_name}, {line.brand.name}",
        "line": found.way.line,
        "subject": f"Re: {subject}" if subject else "",
        "words": Markup(to_html(fill(request.POST.get("text", "")[:20_000], values))),  # noqa: S704 - built safe
        "signature": Markup(to_html(fill(line.brand.signature, values))) if can.html else "",  # noqa: S704
    }
    return page(request, "desk/_preview.html", context)


@needs(Role.AGENT)
@put
def asked_channel(request: MemberAsked, number: int) -> HttpResponse:
    """PUT `channel`: they said how they want to be answered; "" when they did not mind after all."""
    row = asked.conversation(request, number)
    channel = asked.values(request).get("channel", "")
    if channel not in ("email", "visitor", "phone", ""):
        raise Http404
    said = vocabulary.Wish(row.matters, row.needed_by, "", channel)
    wish(row, said, source="agent", by=request.member.actor)
    return changed(request, asked.conversation(request, number), _("Noted."), fresh="reply")


@needs(Role.AGENT)
@post
def recognition(request: MemberAsked, number: int) -> HttpResponse:
    """POST with `claim`: an agent knows that the address is theirs. Without: asks in the chat that they prove it."""
    row = asked.conversation(request, number)
    if not request.POST.get("claim"):
        return _ask_for_a_code(request, row)
    people = customers.family(row.customer)
    wanted = asked.number(request.POST["claim"])
    claim = Claim.objects.filter(merchant=request.merchant, customer__in=people, id=wanted, proven_at=None).first()
    if claim is None:
        raise Http404
    proven = vocabulary.Handle(claim.kind, claim.address, claim.name)
    reason = _("%(name)s knows them") % {"name": request.member.first_name}
    found = actions.recognise(row.customer, proven, reason=reason, by=request.member.actor)
    merged = next(iter(customers.standing_merges(found)), None)
    undo = Undo(f"/customer-merges/{merged.id}", target="#side", swap="innerHTML") if merged else None
    return changed(request, asked.conversation(request, number), _("One customer now."), undo, fresh="reply")


def _ask_for_a_code(request: MemberAsked, row: Conversation) -> HttpResponse:
    found = ways.picked(row, "", shown_name(row))
    chat = next((each for each in found.ways if each.live and each.thread_id), None)
    if chat is None:
        raise Refused(_("They have no chat with us here."), _("Ask them by mail."))
    words = _(
        "May I ask you to show that it is you? Choose “Prove your address” in this window and enter the six digits that"
        " we send you by mail. Then I see your orders and what we wrote before."
    )
    threads = Thread.objects.filter(merchant=request.merchant, id=chat.thread_id or 0)
    actions.reply(row, Answer(words, uuid.uuid4(), threads.select_related("line__brand").get()), by=request.member)
    return changed(request, asked.conversation(request, row.id), _("Asked in the chat."))


def _picked(request: MemberAsked, row: Conversation, key: str = "") -> ways.Choice:
    given = key or request.GET.get("way", "")
    return ways.picked(row, given if ":" in given else f"thread:{given}", shown_name(row))


def _thread(row: Conversation, found: ways.Choice) -> Thread | None:
    if found.way is None or found.way.thread_id is None:
        return None
    rows = Thread.objects.filter(merchant_id=row.merchant_id, id=found.way.thread_id)
    return rows.select_related("line__brand").first()
