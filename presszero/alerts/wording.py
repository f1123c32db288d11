"""What an alert says. Privacy first: a name unless the member chose less or more, and nothing they may not see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import may_see
from presszero.core.actor import from_code
from presszero.core.text import one_line
from presszero.customers import queries as customers
from presszero.remedies.models import Remedy
from presszero.remedies.saying import name_of
from presszero.team.models import Membership
from presszero.ui.formats import called

from .models import Alert, AlertChoice

What = Alert.What
_OF_WAITING = (What.TURN, What.WAITS, What.LATE)
LONGEST = 140  # characters of their words


@dataclass(frozen=True)
class Told:
    """As a device shows it. `tag`: what a newer one of the same conversation replaces."""

    title: str
    body: str
    tag: str
    url: str
    actions: tuple[tuple[str, str], ...] = ()  # (what, its words): buttons below it, each to the same page

    def as_json(self, alert: Alert) -> dict[str, Any]:
        said = {"id": alert.id, "title": self.title, "body": self.body, "tag": self.tag, "url": self.url}
        return said | {"actions": [{"action": what, "title": words} for what, words in self.actions]}


def told(alert: Alert, choice: AlertChoice, member: Membership) -> Told | None:
    """In the member's own language. None when there is nothing, or no longer anything, they may be told."""
    with translation.override(member.person.language or translation.get_language()):
        if alert.what == What.TRIAL:
            return Told(_("This is how it looks"), _("Press Zero tells you here what waits for you."), "trial", "/")
        conversation = alert.conversation
        if conversation is None or not may_see(member, conversation):
            return None
        if alert.what in (What.QUESTION, What.ANSWER):
            return _of_remedy(alert, choice, conversation)
        now_id = conversation.now_id
        title = _title(alert, choice, conversation)
        return Told(title, _body(alert, choice, conversation), f"c{now_id}", f"/conversations/{now_id}")


def _of_remedy(alert: Alert, choice: AlertChoice, conversation: Conversation) -> Told | None:
    """A question opens the small page where it is answered; an answer opens the conversation."""
    row = Remedy.objects.filter(merchant_id=alert.merchant_id, id=alert.about).select_related("customer").first()
    if row is None or (alert.what == What.QUESTION and row.state != "asked"):
        return None
    body = one_line(row.says, LONGEST) if choice.says == AlertChoice.Says.WORDS else name_of(row.kind, row.merchant_id)
    if choice.says != AlertChoice.Says.NOTHING:
        body = f"{body} · {_who(conversation)}"
    if alert.what == What.QUESTION:
        title = _("%(who)s asks for your answer") % {"who": _colleague(alert)}
        return Told(title, body, f"q{row.id}", f"/questions/{row.id}", (("grant", _("Grant")), ("refuse", _("Refuse"))))
    said = _("%(who)s said no") if row.state == "refused" else _("%(who)s said yes")
    return Told(said % {"who": _colleague(alert)}, body, f"q{row.id}", f"/conversations/{conversation.now_id}")


def _title(alert: Alert, choice: AlertChoice, conversation: Conversation) -> str:
    who = _who(conversation) if choice.says != AlertChoice.Says.NOTHING else _("A customer")
    if alert.what in (What.MINE, What.UNASSIGNED):
        return _("%(who)s wrote") % {"who": who}
    if alert.what == What.PROMISE:
        return _("An answer is due soon")
    if alert.what in (What.TURN, What.WAITS):
        return _("%(who)s waits for a person") % {"who": who}
    if alert.what == What.LATE:
        return _("%(who)s has waited for too long") % {"who": who}
    colleague = _colleague(alert)
    if alert.what == What.MENTION:
        return _("%(who)s asks you to look") % {"who": colleague}
    return _("%(who)s gave you a conversation") % {"who": colleague}


def _body(alert: Alert, choice: AlertChoice, conversation: Conversation) -> str:
    if alert.what in _OF_WAITING:
        return _waiting(alert)
    if choice.says == AlertChoice.Says.WORDS:
        return one_line(f"{conversation.subject}: {conversation.snippet}".strip(": "), LONGEST)
    if alert.what == What.MINE:
        return _("In a conversation of yours.")
    if alert.what == What.UNASSIGNED:
        return _("Nobody has it yet.")
    if choice.says == AlertChoice.Says.NAME:
        return _("About %(who)s.") % {"who": _who(conversation)}
    return _("Open it to read more.")


def _waiting(alert: Alert) -> str:
    if alert.what == What.TURN:
        return _("You are free. Could you help?")
    return _("The time you promise is over.") if alert.what == What.LATE else _("The time you promise is nearly over.")


def _who(conversation: Conversation) -> str:
    """A first name; an address is never shown for one."""
    name = customers.today(conversation.customer).name
    return called(one_line(name.split()[0], 40) if name.split() and "@" not in name else "")


def _colleague(alert: Alert) -> str:
    actor = from_code(alert.by)
    if actor.kind != "member" or not actor.id:
        return "Press Zero"
    found = Membership.objects.filter(merchant_id=alert.merchant_id, id=actor.id).select_related("person").first()
    return found.first_name if found else _("A colleague")
