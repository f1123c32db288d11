"""The shop that measures are taken in: a merchant, a brand, a custom line, and somebody who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from .ground import Ground

SECRET = "whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g="


@dataclass(frozen=True)
class Shop:
    merchant_id: int
    brand_id: int
    line_id: int
    line_token: str
    member_ids: list[int]
    tokens: list[str]


def open_shop(ground: Ground, members: int = 1) -> Shop:
    """By the product's own models; Django must be set up on this ground (see __main__)."""
    from datetime import timedelta

    from django.utils import timezone

    from presszero.channels.models import Line
    from presszero.core.sealing import fingerprint, new_token
    from presszero.merchants.models import Brand, Merchant
    from presszero.team.models import Membership, Person, Role, Session

    mark = new_token(48).lower().replace("_", "-")
    merchant = Merchant.objects.create(name="Juniper & Co.", slug=f"juniper{mark}"[:60].strip("-"))
    brand = Brand.objects.create(merchant=merchant, name="Juniper & Co.")
    line = Line(merchant=merchant, brand=brand, kind="custom", address=f"kiosk{mark}", name="Kiosk")
    line.keep_secrets({"secret": SECRET})
    line.save()
    ids, tokens = [], []
    for number in range(members):
        person = Person.objects.create(email=f"maya{number}.{mark}@juniper.example", name=f"Maya {number}")
        member = Membership.objects.create(merchant=merchant, person=person, role=Role.AGENT)
        tokens.append(new_token())
        Session.objects.create(
            person=person,
            merchant=merchant,
            token_hash=fingerprint(tokens[-1]),
            expires_at=timezone.now() + timedelta(days=1),
        )
        ids.append(member.id)
    return Shop(merchant.id, brand.id, line.id, line.token, ids, tokens)
