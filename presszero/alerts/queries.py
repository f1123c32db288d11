"""What waits to be told, and on which devices."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from presszero.team.models import Membership

from .models import Alert, AlertChoice, Device
from .policy import FRESH, is_quiet


def choice_of(member: Membership) -> AlertChoice:
    """What they chose; nothing is turned on for who never did."""
    found = AlertChoice.objects.filter(merchant_id=member.merchant_id, member=member).first()
    return found or AlertChoice(merchant_id=member.merchant_id, member=member)


def devices_of(member: Membership) -> list[Device]:
    """Those that can be told: the session they were named in still lasts."""
    mine = Device.objects.filter(merchant_id=member.merchant_id, member=member)
    return list(mine.filter(session__ended_at=None, session__expires_at__gt=timezone.now()).order_by("id"))


def newest(member: Membership) -> int:
    """The id of their newest alert, 0 when there is none."""
    mine = Alert.objects.filter(merchant_id=member.merchant_id, member=member)
    return mine.order_by("-id").values_list("id", flat=True).first() or 0


def since(member: Membership, after: int) -> list[Alert]:
    """Alerts younger than this one that are still news, oldest first; at most the twenty newest."""
    mine = Alert.objects.filter(merchant_id=member.merchant_id, member=member, id__gt=after)
    fresh = mine.filter(at__gt=timezone.now() - FRESH).select_related("conversation__customer")
    return list(fresh.order_by("-id")[:20])[::-1]


def quiet_now(choice: AlertChoice, member: Membership, now: datetime) -> bool:
    """Whether their own clock stands in the quiet hours."""
    zone = ZoneInfo(member.person.timezone or member.merchant.timezone or "UTC")
    return is_quiet(choice.quiet_from, choice.quiet_to, now.astimezone(zone))
