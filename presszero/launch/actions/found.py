"""A shop is founded: the merchant, a brand, hours, and the person who runs it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.merchants.models import Brand, Hours, Merchant
from presszero.remedies.actions.limits import set_default_limits
from presszero.team.actions import found_team
from presszero.team.models import Membership

from .. import key

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
_ONE_AT_A_TIME = 0x5E7  # advisory lock: two people with one link found one shop


class AlreadyFounded(Refused):
    """The set-up link has done its work."""

    def __init__(self) -> None:
        super().__init__(_("There is a shop here already."), _("Sign in, or ask one of its admins to invite you."))


@dataclass(frozen=True, slots=True)
class NewShop:
    """`timezone` is an IANA name, `currency` ISO 4217, `language` BCP 47."""

    name: str
    alone: bool = False
    timezone: str = "UTC"
    currency: str = "EUR"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs the shop, and signs in first."""

    name: str
    email: str
    password: str


def found_first(shop: NewShop, owner: Owner) -> Membership:
    """The first shop of an installation; the set-up key is used up. Raises AlreadyFounded, Refused, Weak."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        if Merchant.objects.exists():
            raise AlreadyFounded
        made = found(shop, owner)
    key.forget()
    return made


@transaction.atomic
def found(shop: NewShop, owner: Owner) -> Membership:
    """A shop with its first admin, beside whatever others there are. Raises Refused, Weak."""
    name = one_line(shop.name, 120)
    if not name:
        raise Refused(_("Say what your shop is called."))
    merchant = Merchant.objects.create(
        name=name,
        slug=_slug(name),
        timezone=shop.timezone,
        currency=shop.currency,
        languages=[shop.language],
        alone=shop.alone,
        setup={"steps": {}},
    )
    Brand.objects.create(merchant=merchant, name=name, signature=_signature(shop.alone))
    Hours.objects.create(merchant=merchant, name=_("Our hours"), timezone=merchant.timezone, weekly=OFFICE)
    set_default_limits(merchant)
    member = found_team(merchant, owner.email, owner.name, owner.password)
    record("merchant.found", f"merchant:{merchant.id}", by=member.actor, merchant=merchant)
    return member


def _signature(alone: bool) -> str:
    return "{{ agent.name }}\n{{ brand.name }}" if alone else "{{ agent.first_name }} at {{ brand.name }}"


def _slug(shop: str) -> str:
    wanted = slugify(shop)[:50] or "shop"
    taken = set(Merchant.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(s for n in range(1, len(taken) + 3) if (s := wanted if n == 1 else f"{wanted}-{n}") not in taken)
