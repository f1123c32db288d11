"""The prompt after the fix: a slot of the conversation's page, and what is done with it."""

from __future__ import annotations

import json

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from presszero.channels.files import kind_of
from presszero.channels.served import PICTURES
from presszero.channels.served import POLICY as POLICY_OF_FILES
from presszero.commerce.models import Product
from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import role_in
from presszero.core.http import Asking, CannotFetch, Limits, fetch
from presszero.core.refusal import Refused
from presszero.customers.queries import today
from presszero.team.gate import MemberAsked, needs
from presszero.team.marks import at_least
from presszero.team.models import Role
from presszero.team.sight import MayNot
from presszero.ui.page import page, text_of

from . import actions, chances, queries
from .wording import Thing, line

_PICTURE = Limits(seconds=6, size=4_000_000)


@needs(Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def suggestion(request: MemberAsked, number: int) -> HttpResponse:
    """GET: the prompt, or nothing at all. POST product=7: it is put into the answer. DELETE: it is left aside.

    Empty alike for who is held out, for whom it is too early, and where there is nothing to suggest.
    """
    row = _matter(request, number)
    found = queries.prompt(row, timezone.now())
    if request.method in ("GET", "HEAD"):
        if found is None:
            return HttpResponse()
        actions.shown(found.suggestion)
        return page(request, "offers/_prompt.html", {"c": row, "prompt": found})
    if found is None:
        raise Http404
    if request.method == "DELETE":
        actions.dismiss(found.suggestion, request.member.actor)
        return HttpResponse()
    return _put_in(request, row, found)


@needs(Role.AGENT)
@require_safe
def reason(request: MemberAsked, number: int) -> HttpResponse:
    """GET: why nothing is suggested here, as a sentence. Says nothing of the draw."""
    row = _matter(request, number)
    found = chances.verdict(row, timezone.now())
    if found.yes and queries.prompt(row, timezone.now()):
        return _told(request, _("It stands below the last words."))
    return _told(request, _("All is well. There is nothing to suggest just now.") if found.yes else str(found.why))


@needs(Role.AGENT)
@require_http_methods(["PUT", "DELETE"])
def well(request: MemberAsked, number: int) -> HttpResponse:
    """PUT: all is well again, says whoever answers. DELETE: said by mistake."""
    row = _matter(request, number)
    if request.method == "DELETE":
        actions.unsay_well(row, request.member.actor)
        return _told(request, _("Taken back."))
    actions.say_well(row, request.member.actor)
    undo = {"url": f"/conversations/{row.id}/well", "method": "delete"}
    return _told(request, _("Noted: all is well again."), undo)


@needs(Role.READ_ONLY)
@require_safe
def picture(request: MemberAsked, product_id: int) -> HttpResponse:
    """GET: what a thing looks like, fetched from the shop by us: a page of ours loads nothing from elsewhere."""
    row = Product.objects.filter(merchant=request.merchant, id=product_id).exclude(picture_url="").first()
    if row is None:
        raise Http404
    try:
        got = fetch(Asking(row.picture_url, headers={"Accept": "image/*"}), _PICTURE)
    except CannotFetch:
        raise Http404 from None
    kind = got.headers.get("content-type", "").partition(";")[0].strip().lower()
    if got.status != 200 or kind not in PICTURES or kind_of(got.body, "") not in PICTURES:
        raise Http404
    response = HttpResponse(got.body, content_type=kind)
    response["Content-Security-Policy"] = POLICY_OF_FILES
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _put_in(request: MemberAsked, row: Conversation, found: queries.Prompt) -> HttpResponse:
    """The line goes to the composer; what is left says so, and leads to an order that is paid by link."""
    wanted = request.POST.get("product", "") or str(found.things[0].product.id)
    one = next((each for each in found.things if str(each.product.id) == wanted), None)
    if one is None:
        raise Refused(_("This is not suggested here any more."), _("Find it among your products instead."))
    actions.use(found.suggestion, request.member.actor)
    words = line(row, Thing(one.product.title, one.product.url, one.after), request.member)
    response = page(request, "offers/_used.html", {"c": row, "one": one})
    response["HX-Trigger"] = json.dumps({"put-in": {"text": words}})
    return response


def _told(request: MemberAsked, say: str, undo: dict[str, str] | None = None) -> HttpResponse:
    made = {"target": "", "swap": "", "label": "", "seconds": 0, "vals": {}, **undo} if undo else None
    return HttpResponse(text_of(request, "ui/_toast.html", {"say": say, "undo": made}))


def _matter(request: MemberAsked, number: int) -> Conversation:
    """As it stands today, after merges. 404 where the member does not see it; MayNot where they may only read."""
    rows = Conversation.objects.select_related("customer", "root__customer")
    found = rows.filter(merchant=request.merchant, id=number).first()
    row = found and (found.root or found)
    role = role_in(request.member, row) if row else None
    if row is None or role is None:
        raise Http404
    if not at_least(role, Role.AGENT):
        raise MayNot(_("You may only read what stands in this queue."), _("Ask an admin for more."))
    row.merchant, row.customer = request.merchant, today(row.customer)
    return row
