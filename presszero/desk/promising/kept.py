"""How we keep promises: shares by kind, by who said it, by where, and by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from presszero.core.actor import from_code
from presszero.merchants.models import Merchant
from presszero.outreach.queries import wrote_first
from presszero.promises.models import Where
from presszero.promises.queries import Share, share_kept
from presszero.ui.formats import dated

from .lines import Names, kind_word

SINCE = timedelta(days=365)
_MOST = 12  # rows of a group


@dataclass(frozen=True, slots=True)
class Bar:
    """A name and its share; `size` is of a hundred."""

    label: str
    kept: int
    total: int
    says: str
    size: int


@dataclass(frozen=True, slots=True)
class Kept:
    """`share` of all in words; `groups`: what they are grouped by, with a bar each."""

    share: str
    total: int
    groups: Sequence[tuple[str, Sequence[Bar]]]
    first: str  # the share of delays that they heard of from us, "" before there was one
    first_of: str


def kept(merchant: Merchant, known: Names) -> Kept:
    """Of the last year."""
    since = known.now - SINCE
    found = {by: share_kept(merchant, since, by, known.now) for by in ("kind", "who", "where", "month")}
    done, total = sum(each.kept for each in found["kind"]), sum(each.judged for each in found["kind"])
    groups = [
        (_("By kind"), _bars(found["kind"], lambda name: kind_word(name, known.kinds))),
        (_("By who said it"), _bars(found["who"], lambda name: _who(name, known))),
        (_("By where it was said"), _bars(found["where"], _where)),
        (_("By month"), _bars(found["month"], _month, by_size=False)),
    ]
    ours = wrote_first(merchant, since)
    of = _("%(n)d of %(all)d") % {"n": ours.count, "all": ours.of}
    return Kept(_percent(done, total), total, [each for each in groups if each[1]], _percent(ours.count, ours.of), of)


def _bars(rows: Sequence[Share], word: Callable[[str], str], *, by_size: bool = True) -> list[Bar]:
    """The largest groups, largest first; months as they came."""
    judged = [each for each in rows if each.judged]
    shown = sorted(judged, key=lambda each: -each.judged)[:_MOST] if by_size else judged[-_MOST:]
    return [
        Bar(word(each.name), each.kept, each.judged, _percent(each.kept, each.judged), round(100 * (each.share or 0)))
        for each in shown
    ]


def _percent(part: int, whole: int) -> str:
    return _("%(n)d %%") % {"n": int(100 * part / whole)} if whole else ""  # never rounded up to a hundred


def _who(code: str, known: Names) -> str:
    by = from_code(code)
    if by.kind == "member":
        return known.people.get(by.id or 0, _("Someone who left"))
    return {"assistant": _("The assistant"), "customer": _("The customer")}.get(by.kind, "Press Zero")


def _where(name: str) -> str:
    return str(Where(name).label) if name in Where.values else _("somewhere else")


def _month(name: str) -> str:
    return dated(date.fromisoformat(f"{name}-01"), "F Y")
