"""Adding, changing, testing and removing webhooks; telling something once more; switching off what is dead."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.channels.signing import new_secret
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.core.web import checked_address
from presszero.merchants.models import Merchant
from presszero.privacy.erasing.person import Person
from presszero.team.mail import letter, link
from presszero.team.models import Membership, Role
from presszero.timeline.actions import wake

from ..models import Webhook, WebhookDelivery
from .events import EVENTS, TEST, said
from .policy import GIVES_UP_ON_IT

MOST = 20  # webhooks of a merchant
KEPT = timedelta(days=30)  # of the log
State = WebhookDelivery.State


@transaction.atomic
def add(merchant: Merchant, url: str, events: Sequence[str], name: str = "", *, by: Actor) -> tuple[Webhook, str]:
    """A new webhook, told from now on, and its secret, which nobody sees again. Raises Refused."""
    if Webhook.objects.filter(merchant=merchant, removed_at=None).count() >= MOST:
        raise Refused(_("Twenty webhooks are the most."), _("Remove one you no longer need."))
    secret = new_secret()
    row = Webhook(
        merchant=merchant,
        url=checked_address(url),
        events=_checked(events),
        name=one_line(name, 80),
        created_by=by.code,
    )
    row.keep_secrets({"secret": secret})
    row.save()
    row.refresh_from_db()
    record("webhook.make", f"webhook:{row.id}", by=by, merchant=merchant, after=_said(row))
    return row, secret


@transaction.atomic
def change(webhook: Webhook, values: Mapping[str, Any], *, by: Actor) -> Webhook:
    """Changes url, events, name and enabled, as far as they are named. Raises Refused."""
    row = _held(webhook)
    before = _said(row)
    if "url" in values:
        row.url = checked_address(values["url"])
    if "events" in values:
        row.events = _checked(values["events"])
    if "name" in values:
        row.name = one_line(values["name"], 80)
    if values.get("enabled") is True:
        row.disabled_at, row.disabled_why, row.failing_since, row.failure = None, "", None, ""
        wake("webhooks")
    elif values.get("enabled") is False and row.disabled_at is None:
        row.disabled_at, row.disabled_why = timezone.now(), "by hand"
    row.save()
    record("webhook.change", f"webhook:{row.id}", by=by, merchant=row.merchant, before=before, after=_said(row))
    return row


@transaction.atomic
def rotate(webhook: Webhook, *, by: Actor) -> str:
    """A new secret. The old one signs too for a day, so that nothing is refused meanwhile."""
    row = _held(webhook)
    secret = new_secret()
    row.keep_secrets({"secret": secret, "old_secret": row.secrets["secret"]})
    row.rotated_at = timezone.now()
    row.save(update_fields=["sealed", "rotated_at"])
    record("webhook.rotate", f"webhook:{row.id}", by=by, merchant=row.merchant)
    return secret


@transaction.atomic
def remove(webhook: Webhook, *, by: Actor) -> None:
    """It is told nothing more; its log goes after a month. Twice is once."""
    row = _held(webhook)
    if row.removed_at:
        return
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])
    _waiting(row).update(state=State.DROPPED, settled_at=row.removed_at)
    record("webhook.remove", f"webhook:{row.id}", by=by, merchant=row.merchant, before=_said(row), after={})


def test(webhook: Webhook, *, by: Actor) -> WebhookDelivery:
    """Tells it something made up, now. Raises Refused while it is switched off."""
    if webhook.disabled_at:
        raise Refused(_("This webhook is switched off."), _("Switch it on first."))
    words = {"message": "Hello from Press Zero.", "actor": by.code}
    body = {"type": TEST, "timestamp": said(timezone.now()), "data": words}
    made = WebhookDelivery.objects.create(
        merchant_id=webhook.merchant_id,
        webhook=webhook,
        message_id=f"msg_test_{uuid.uuid4().hex}",
        kind=TEST,
        body=json.dumps(body),
    )
    wake("webhooks")
    return made


def redeliver(deliveries: Iterable[WebhookDelivery]) -> int:
    """Tells these once more, now, each under the id it had; how many. What waits or is under way is left alone."""
    ids = [row.id for row in deliveries]
    rows = WebhookDelivery.objects.filter(id__in=ids).exclude(state__in=[State.WAITS, State.SENDING])
    count = rows.update(state=State.WAITS, tries=0, next_at=timezone.now(), settled_at=None)
    if count:
        wake("webhooks")
    return count


def redeliver_failed(webhook: Webhook, since: datetime) -> int:
    """All that failed or was dropped since a moment, and what waits for its next try; how many."""
    rows = WebhookDelivery.objects.filter(merchant_id=webhook.merchant_id, webhook=webhook, created_at__gte=since)
    sooner = rows.filter(state=State.WAITS, tries__gt=0).update(next_at=timezone.now(), tries=0)
    return sooner + redeliver(rows.filter(state__in=[State.FAILED, State.DROPPED]))


def gone(webhook: Webhook) -> None:
    """It answered 410: it wants nothing more."""
    _switch_off(webhook, "gone", "HTTP 410")


def fails(webhook: Webhook, failure: str, now: datetime) -> None:
    """A try failed. Days of nothing else switch it off."""
    mine = Webhook.objects.filter(merchant_id=webhook.merchant_id, id=webhook.id)
    mine.filter(failing_since=None).update(failing_since=now)
    mine.update(failure=one_line(failure, 300))
    if mine.filter(failing_since__lt=now - GIVES_UP_ON_IT, disabled_at=None).exists():
        _switch_off(webhook, "failing", failure)


def forget(now: datetime) -> int:
    """Throws away what was told a month ago; how much. The clock calls this."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT).values_list("id", flat=True)[:2000]
    return WebhookDelivery.objects.filter(id__in=list(old)).delete()[0]


def erase(person: Person) -> int:
    """Takes what was told of somebody out of the log, when they are erased; how many entries."""
    return WebhookDelivery.objects.filter(merchant_id=person.merchant_id, customer_id__in=person.customers).delete()[0]


def _switch_off(webhook: Webhook, why: str, failure: str) -> None:
    mine = Webhook.objects.filter(merchant_id=webhook.merchant_id, id=webhook.id, disabled_at=None)
    if mine.update(disabled_at=timezone.now(), disabled_why=why, failure=one_line(failure, 300)):
        after = {"enabled": False, "why": why, "failure": failure}
        record("webhook.disable", f"webhook:{webhook.id}", by=SYSTEM, merchant=webhook.merchant, after=after)
        _tell_admins(webhook, failure)


def _tell_admins(webhook: Webhook, failure: str) -> None:
    words = _(
        "The webhook %(url)s was switched off: it did not take what we told it (%(failure)s).\n\n"
        "What happened since waits in its log. Switch it on again here, and send what failed once more:\n%(link)s"
    ) % {"url": webhook.url, "failure": failure, "link": link(f"/settings/webhooks/{webhook.id}")}
    admins = Membership.objects.filter(merchant_id=webhook.merchant_id, role=Role.ADMIN, left_at=None)
    for address in admins.values_list("person__email", flat=True):
        letter(address, _("A webhook was switched off"), words)


def _held(webhook: Webhook) -> Webhook:
    rows = Webhook.objects.select_for_update(of=("self",)).select_related("merchant")
    return rows.get(merchant_id=webhook.merchant_id, id=webhook.id)


def _waiting(webhook: Webhook) -> Any:
    return WebhookDelivery.objects.filter(merchant_id=webhook.merchant_id, webhook=webhook, state=State.WAITS)


def _checked(events: Sequence[str]) -> list[str]:
    wanted = set(events)
    found = [kind for kind in EVENTS if kind in wanted]
    if not found or len(found) != len(wanted):
        raise Refused(_("Choose what it is to be told."), _("One thing at least, of those there are."))
    return found


def _said(row: Webhook) -> dict[str, Any]:
    return {"name": row.name, "url": row.url, "events": row.events, "enabled": row.disabled_at is None}
