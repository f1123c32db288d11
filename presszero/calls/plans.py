"""How a line is answered right now: its menu as published, and what belongs to it. Two reads; keep it for seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from presszero.channels.models import Line

from .menu.flow import BadFlow, Flow, Heard, straight
from .menu.sayings import LANGUAGES
from .models import MenuVersion, Reception

RING_SECONDS, WRAP_SECONDS = 20, 30


@dataclass(frozen=True, slots=True)
class Plan:
    """`records`: callers are asked, and who does not decline is recorded once a person talks to them."""

    flow: Flow
    version_id: int | None = None  # null: no menu, straight to a person
    records: bool = False
    ring_seconds: int = RING_SECONDS
    wrap_seconds: int = WRAP_SECONDS
    queue_id: int = 0  # where 0 leads; 0: the first there is
    closed: str = Reception._meta.get_field("closed_plan").default
    texts_missed: bool = True
    music: str = ""  # a WAV's path; "": our own

    @property
    def language(self) -> str:
        return self.flow.languages[0]

    @property
    def languages(self) -> tuple[str, ...]:
        return self.flow.languages


def plan_of(line: Line, now: datetime) -> Plan:
    """What a caller of this line gets now. A menu that cannot be read is no menu: a person, at once."""
    row = reception_of(line)
    if row is None:
        return Plan(straight(0, _languages(line)))
    version = _published(row)
    flow = _flow(version) or straight(0, _languages(line))
    records = row.records == Reception.Records.ASKED
    return Plan(
        flow=_asking(flow, records),
        version_id=version.id if version else None,
        records=records,
        ring_seconds=row.ring_seconds,
        wrap_seconds=row.wrap_seconds,
        queue_id=row.queue_id or 0,
        closed=row.closed_plan,
        texts_missed=row.texts_missed,
        music=str(row.settings.get("music") or ""),
    )


def reception_of(line: Line) -> Reception | None:
    return Reception.objects.filter(merchant_id=line.merchant_id, line=line).select_related("menu").first()


def _published(row: Reception) -> MenuVersion | None:
    if row.menu is None or row.menu.retired_at:
        return None
    return MenuVersion.objects.filter(merchant_id=row.merchant_id, menu=row.menu).order_by("-number").first()


def _flow(version: MenuVersion | None) -> Flow | None:
    try:
        return Flow.read(version.flow) if version else None
    except BadFlow:
        return None


def _languages(line: Line) -> tuple[str, ...]:
    own = line.settings.get("language")
    known = line.merchant.languages or ["en"]
    return tuple(dict.fromkeys([*([own] if isinstance(own, str) and own else []), *known]))


def _asking(flow: Flow, records: bool) -> Flow:
    """Callers are asked where the line records, in the merchant's words or in ours; and nowhere else."""
    return replace(flow, record=(flow.record or _asks(flow)) if records else None)


def _asks(flow: Flow) -> Heard:
    """Our own words for the question, in the languages of the menu."""
    texts = {
        language: LANGUAGES.get(language.partition("-")[0], LANGUAGES["en"])["consent"] for language in flow.languages
    }
    return Heard(texts)
