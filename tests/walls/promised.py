"""Promises, and what differs from them, for addresses that name them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from presszero.promises.actions import Believed, Made, expect, make
from presszero.promises.models import Expectation, Gap, Promise, PromiseKind

from .makers import HasEverything


def promise(rows: HasEverything) -> Promise:
    """That somebody calls back within a day; one, however often it is asked for."""
    row = rows.conversation
    found = Promise.objects.filter(merchant=rows.shop.merchant, conversation=row, kind="callback").first()
    what = Made(
        merchant_id=row.merchant_id,
        customer_id=row.customer_id,
        kind="callback",
        due_at=timezone.now() + timedelta(days=1),
        whole_day=False,
        where="agent",
        conversation_id=row.id,
    )
    return found or make(what, rows.shop.maya.actor)


def gap(rows: HasEverything) -> Gap:
    """Nobody has called yet."""
    about = promise(rows)
    found = Gap.objects.filter(merchant=rows.shop.merchant, promise=about).first()
    return found or Gap.objects.create(
        merchant=rows.shop.merchant,
        promise=about,
        customer_id=about.customer_id,
        conversation_id=about.conversation_id,
        kind=Gap.Kind.NO_ANSWER,
    )


def expectation(rows: HasEverything) -> Expectation:
    """They need it within three days."""
    row = rows.conversation
    what = Believed(
        merchant_id=row.merchant_id,
        by_day=timezone.localdate() + timedelta(days=3),
        source="said",
        customer_id=row.customer_id,
        conversation_id=row.id,
    )
    return expect(what, rows.shop.maya.actor)


def kind(rows: HasEverything) -> PromiseKind:
    """One of their own."""
    made, _new = PromiseKind.objects.get_or_create(
        merchant=rows.shop.merchant, name="Engraving ready", defaults={"by": "system"}
    )
    return made
