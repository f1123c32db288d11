"""What an agent decides about a text: whether it meant stop, and that its picture is asked for once more."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.media import fetch_again
from presszero.conversations.models import Message
from presszero.core.refusal import Refused
from presszero.outreach.wishing_stop import of_entry, settle
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role

from .. import asked
from .said import changed


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def stop_wish(request: MemberAsked, entry_id: int) -> HttpResponse:
    """PUT with `meant`: they want no more messages, or did not say so."""
    place = _placed(request, entry_id)
    wish = of_entry(request.merchant.id, entry_id)
    if wish is None:
        raise Refused(_("Somebody decided this already."))
    meant = bool(asked.values(request).get("meant"))
    settle(wish, meant, by=request.member.actor)
    say = _("Nothing is written first to them any more.") if meant else _("Everything goes on as before.")
    return changed(request, asked.conversation(request, place.conversation_id), say)


@needs(Role.AGENT)
@require_http_methods(["POST"])
def media(request: MemberAsked, entry_id: int) -> HttpResponse:
    """POST asks the network for the missing files of a message once more."""
    place = _placed(request, entry_id)
    again = fetch_again(place.entry)
    say = _("Asked for once more.") if again else _("It is here already, or being fetched.")
    return changed(request, asked.conversation(request, place.conversation_id), say)


def _placed(request: MemberAsked, entry_id: int) -> Message:
    """The message of an entry, in a conversation that the member sees."""
    found = Message.objects.filter(merchant=request.merchant, entry_id=entry_id).select_related("entry").first()
    if found is None:
        raise Http404
    asked.conversation(request, found.conversation_id)
    return found
