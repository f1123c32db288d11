"""From which of our numbers somebody is texted: always the one they know, else one of their country that does least.

A number that somebody wrote to, or was written to from, stays theirs: their telephone shows one talk.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from presszero.core.phones import dialled_from

from .models import Line, Thread

TEXTS = "sms"  # the kind of line


def text_line(merchant_id: int, address: str, brand_id: int | None = None) -> Line | None:
    """None when the merchant has no number, or each is paused. `address` is E.164; the brand's own come first."""
    rows = Line.objects.filter(merchant_id=merchant_id, kind=TEXTS, paused_at=None).select_related("brand")
    lines = list(rows.order_by("id"))
    own = [line for line in lines if brand_id is not None and line.brand_id == brand_id]
    return pick(merchant_id, own or lines, address) if lines else None


def pick(merchant_id: int, lines: Sequence[Line], address: str) -> Line:
    """One of several; none of them may be paused. The rules are in docs/how-to/text-messages.md."""
    if len(lines) == 1:
        return lines[0]
    known = _known_to(merchant_id, lines, address)
    if known:
        return known
    country = dialled_from(address)
    near = [line for line in lines if dialled_from(line.address) == country] or list(lines)
    used = _used(merchant_id, near) if len(near) > 1 else {}
    return min(near, key=lambda line: (bool(line.trouble), used.get(line.id, 0), line.id))


def _known_to(merchant_id: int, lines: Sequence[Line], address: str) -> Line | None:
    """The one they exchanged texts with last."""
    threads = Thread.objects.filter(merchant_id=merchant_id, key=f"from:{address}", line__in=lines)
    newest = threads.order_by("-id").values_list("line_id", flat=True).first()
    return next((line for line in lines if line.id == newest), None)


def _used(merchant_id: int, lines: Sequence[Line]) -> dict[int, int]:
    """With how many people each exchanges texts."""
    rows = Thread.objects.filter(merchant_id=merchant_id, line__in=lines).values("line_id")
    return {row["line_id"]: row["many"] for row in rows.annotate(many=Count("id"))}
