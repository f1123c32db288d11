"""Choosing what to be told, adding and forgetting devices, and trying it out."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint, seal
from presszero.core.text import one_line
from presszero.team.models import Membership, Session
from presszero.timeline.actions import wake

from .models import Alert, AlertChoice, Device

DEVICES = 20  # of one member
KEPT = timedelta(days=7)  # alerts, which are news and no record
FIELDS = (
    "mine",
    "given",
    "unassigned",
    "mentions",
    "promises",
    "questions",
    "waits",
    "desktop",
    "push",
    "sound",
    "says",
)
PURPOSE = "device"


class BadDevice(Refused):
    """What the browser sent names no push service we can use."""


@dataclass(frozen=True)
class Subscription:
    """What a browser's push manager gives: where to send, and the keys to seal it with, both base64url."""

    endpoint: str
    p256dh: str
    auth: str


@transaction.atomic
def choose(member: Membership, asked: dict[str, Any]) -> AlertChoice:
    """Keeps what they asked for, and writes it down."""
    choice, _new = AlertChoice.objects.get_or_create(merchant_id=member.merchant_id, member=member)
    before = _as_told(choice)
    for name, value in asked.items():
        setattr(choice, name, value)
    choice.save()
    after = _as_told(choice)
    if before != after:
        subject = f"member:{member.id}"
        record("alerts.choose", subject, by=member.actor, merchant=member.merchant, before=before, after=after)
    return choice


@transaction.atomic
def add_device(member: Membership, session: Session, asked: Subscription, name: str) -> Device:
    """From here on this browser is told; the same browser again is the same device. Raises BadDevice."""
    _check(asked)
    mine = Device.objects.filter(merchant_id=member.merchant_id, member=member)
    found = fingerprint(asked.endpoint)
    is_new = not mine.filter(fingerprint=found).exists()
    if is_new and mine.count() >= DEVICES:
        raise BadDevice(_("You have twenty devices already."), _("Take one away below, then add this one."))
    sealed = seal({"endpoint": asked.endpoint, "p256dh": asked.p256dh, "auth": asked.auth}, PURPOSE)
    given = {"member": member, "session": session, "sealed": sealed, "name": one_line(name, 80)}
    device, _made = Device.objects.update_or_create(merchant_id=member.merchant_id, fingerprint=found, defaults=given)
    if is_new:
        after = {"device": device.name}
        record("alerts.add_device", f"member:{member.id}", by=member.actor, merchant=member.merchant, after=after)
    return device


@transaction.atomic
def forget_device(member: Membership, device: Device) -> None:
    """It is told nothing more."""
    before = {"device": device.name}
    record("alerts.forget_device", f"member:{member.id}", by=member.actor, merchant=member.merchant, before=before)
    device.delete()


@transaction.atomic
def try_out(member: Membership) -> None:
    """One alert now, to every place they chose."""
    choice = AlertChoice.objects.filter(merchant_id=member.merchant_id, member=member).first()
    if choice is None or not (choice.desktop or choice.push or choice.sound):
        raise Refused(_("Nothing is turned on yet."), _("Choose where to be told, save, then try again."))
    at = timezone.now()
    done = None if choice.push else at
    Alert.objects.create(merchant_id=member.merchant_id, member=member, what=Alert.What.TRIAL, at=at, pushed_at=done)
    wake("push")


def forget(now: datetime) -> None:
    """Alerts that are no news any more."""
    Alert.objects.filter(at__lt=now - KEPT).delete()


def _as_told(choice: AlertChoice) -> dict[str, Any]:
    quiet = {name: str(getattr(choice, name) or "") for name in ("quiet_from", "quiet_to")}
    return {name: getattr(choice, name) for name in FIELDS} | quiet


def _check(asked: Subscription) -> None:
    """An https address of the web, and keys that are ones. Where it leads is looked at when it is reached for."""
    refusal = BadDevice(_("This browser's push service cannot be used."), _("Allow notifications again and retry."))
    url = urlsplit(asked.endpoint) if len(asked.endpoint) <= 2000 and asked.endpoint.isprintable() else urlsplit("")
    schemes = ("https", "http") if settings.HTTP_MAY_REACH else ("https",)
    if url.scheme not in schemes or not url.hostname or url.username:
        raise refusal
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(asked.p256dh))
        if len(_bytes(asked.auth)) != 16:
            raise refusal
    except (ValueError, binascii.Error) as why:
        raise refusal from why


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
