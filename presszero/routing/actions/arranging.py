"""What leads set: queues, who can what, how much at once, and by when. Each change is written to the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.merchants.models import Merchant
from presszero.team.models import Membership

from ..models import Capacity, MemberSkill, Queue, QueueSkill, Skill, Target, Waiting


@dataclass(frozen=True)
class Arranged:
    """A queue as somebody wants it. Ids of rows of the same merchant; 0 is none."""

    name: str
    team: int = 0
    priority: int = 0
    target_seconds: int = 300
    warn_share: float = 0.6
    hours: int = 0
    overflow: int = 0
    overflow_seconds: int = 120
    sticky_seconds: int = 20
    announces: bool = True
    offers_callback: bool = True
    skills: Mapping[int, int] = field(default_factory=dict)  # skill → level at least
    chats: tuple[int, ...] = ()  # chat lines whose visitors wait here


@transaction.atomic
def arrange_queue(merchant: Merchant, row: Queue | None, wanted: Arranged, *, by: Membership) -> Queue:
    """Makes a queue, or changes one. Raises Refused for a name that is taken, and one that overflows into itself."""
    name = one_line(wanted.name, 60)
    if not name:
        raise Refused(_("A queue needs a name."), _("Say what people wait for there: orders, returns."))
    if row and wanted.overflow == row.id:
        raise Refused(_("A queue cannot be helped out by itself."), _("Pick another one, or none."))
    before = arranged(row) if row else None
    made = row or Queue(merchant=merchant)
    _set(made, wanted, name)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as why:
        raise Refused(_("There is a queue of this name already."), _("Pick another name.")) from why
    _needs(made, wanted.skills)
    _chats(made, wanted.chats)
    Waiting.objects.filter(merchant=merchant, queue=made, left_at=None).update(rank=F("priority") + made.priority)
    _kept("queue.changed" if row else "queue.made", f"queue:{made.id}", by, before, arranged(made))
    return made


def arranged(row: Queue) -> Arranged:
    """A queue as it stands."""
    lines = Line.objects.filter(merchant_id=row.merchant_id, kind="chat", settings__queue=row.id).order_by("id")
    needs = QueueSkill.objects.filter(merchant_id=row.merchant_id, queue=row).order_by("skill_id")
    return Arranged(
        row.name,
        row.team_id or 0,
        row.priority,
        row.target_seconds,
        row.warn_share,
        row.hours_id or 0,
        row.overflow_id or 0,
        row.overflow_seconds,
        row.sticky_seconds,
        row.announces,
        row.offers_callback,
        dict(needs.values_list("skill_id", "level")),
        tuple(lines.values_list("id", flat=True)),
    )


@transaction.atomic
def retire_queue(row: Queue, *, by: Membership, at: datetime) -> None:
    """Nobody comes to wait there any more. Raises Refused while somebody waits, and for the last one."""
    Queue.objects.select_for_update().get(merchant_id=row.merchant_id, id=row.id)
    if Waiting.objects.filter(merchant_id=row.merchant_id, queue=row, left_at=None).exists():
        raise Refused(_("Somebody waits there just now."), _("Try again once they are answered."))
    others = Queue.objects.filter(merchant_id=row.merchant_id, retired_at=None).exclude(id=row.id)
    if not others.exists():
        raise Refused(
            _("This is the only queue there is."), _("Pressing zero has to lead somewhere: make another first.")
        )
    row.retired_at = at
    row.save(update_fields=["retired_at"])
    Queue.objects.filter(merchant_id=row.merchant_id, overflow=row).update(overflow=None)
    _chats(row, ())
    _kept("queue.retired", f"queue:{row.id}", by, {"name": row.name}, None)


@transaction.atomic
def make_skill(merchant: Merchant, name: str, language: str, *, by: Membership) -> Skill:
    """Something that not everybody can. Raises Refused for one there is."""
    name = one_line(name, 60)
    if not name:
        raise Refused(_("A skill needs a name."), _("A language, or what only some of you can do."))
    try:
        with transaction.atomic():
            made = Skill.objects.create(merchant=merchant, name=name, language=language)
    except IntegrityError as why:
        raise Refused(_("There is a skill of this name already.")) from why
    _kept("skill.made", f"skill:{made.id}", by, None, {"name": name, "language": language})
    return made


@transaction.atomic
def retire_skill(row: Skill, *, by: Membership, at: datetime) -> None:
    """Nobody is asked for it any more."""
    Skill.objects.filter(merchant_id=row.merchant_id, id=row.id).update(retired_at=at)
    _kept("skill.retired", f"skill:{row.id}", by, {"name": row.name}, None)


@transaction.atomic
def set_abilities(
    member: Membership, levels: Mapping[int, int], most: Mapping[str, int | None], *, by: Membership
) -> None:
    """What a member can (skill → level, 0: not) and takes at once (kind → how many, None: as usual)."""
    before = abilities(member)
    for skill, level in levels.items():
        mine = MemberSkill.objects.filter(merchant_id=member.merchant_id, member=member, skill_id=skill)
        if not level:
            mine.delete()
        elif not mine.update(level=level):
            MemberSkill.objects.create(merchant_id=member.merchant_id, member=member, skill_id=skill, level=level)
    for kind, count in most.items():
        mine_of = Capacity.objects.filter(merchant_id=member.merchant_id, member=member, kind=kind)
        if count is None:
            mine_of.delete()
        elif not mine_of.update(most=count):
            Capacity.objects.create(merchant_id=member.merchant_id, member=member, kind=kind, most=count)
    after = abilities(member)
    if before != after:
        _kept("member.abilities", f"member:{member.id}", by, before, after)


def abilities(member: Membership) -> dict[str, Any]:
    """What is set of a member, as the record keeps it."""
    skills = MemberSkill.objects.filter(merchant_id=member.merchant_id, member=member, skill__retired_at=None)
    most = Capacity.objects.filter(merchant_id=member.merchant_id, member=member)
    return {
        "skills": {str(skill): level for skill, level in skills.order_by("skill_id").values_list("skill_id", "level")},
        "at_once": dict(most.order_by("kind").values_list("kind", "most")),
    }


@transaction.atomic
def set_target(merchant: Merchant, wanted: Target, *, by: Membership) -> Target:
    """By when these have a person; an earlier word for the same ones goes. `wanted` is not saved yet."""
    about = {"line_id": wanted.line_id, "kind": wanted.kind, "customers": wanted.customers}
    earlier = Target.objects.filter(merchant=merchant, **about).order_by("-id").first()
    before = {"seconds": earlier.seconds} if earlier else None
    Target.objects.filter(merchant=merchant, **about).delete()
    wanted.merchant = merchant
    wanted.save()
    _kept("target.set", f"target:{wanted.id}", by, before, {**about, "seconds": wanted.seconds})
    return wanted


@transaction.atomic
def remove_target(row: Target, *, by: Membership) -> None:
    """The queue's own target holds again."""
    _kept("target.removed", f"target:{row.id}", by, {"seconds": row.seconds, "customers": row.customers}, None)
    row.delete()


def _set(row: Queue, wanted: Arranged, name: str) -> None:
    row.name, row.team_id, row.hours_id = name, wanted.team or None, wanted.hours or None
    row.overflow_id, row.overflow_seconds = wanted.overflow or None, wanted.overflow_seconds
    row.priority, row.sticky_seconds = wanted.priority, wanted.sticky_seconds
    row.target_seconds, row.warn_share = wanted.target_seconds, wanted.warn_share
    row.announces, row.offers_callback = wanted.announces, wanted.offers_callback


def _needs(row: Queue, skills: Mapping[int, int]) -> None:
    QueueSkill.objects.filter(merchant_id=row.merchant_id, queue=row).delete()
    QueueSkill.objects.bulk_create(
        QueueSkill(merchant_id=row.merchant_id, queue=row, skill_id=skill, level=level)
        for skill, level in skills.items()
    )


def _chats(row: Queue, lines: tuple[int, ...]) -> None:
    """Which chat lines lead here; one leads to one queue."""
    ours = Line.objects.select_for_update().filter(merchant_id=row.merchant_id, kind="chat")
    for line in ours:
        now, there = line.settings.get("queue") == row.id, line.id in lines
        if now != there:
            line.settings = {**line.settings, "queue": row.id if there else 0}
            line.save(update_fields=["settings"])


def _kept(verb: str, subject: str, by: Membership, before: object, after: object) -> None:
    values = [asdict(each) if isinstance(each, Arranged) else each for each in (before, after)]
    record(verb, subject, by=by.actor, merchant=by.merchant, before=_plain(values[0]), after=_plain(values[1]))


def _plain(value: Any) -> dict[str, Any] | None:
    """As JSON has it: keys are strings."""
    if value is None:
        return None
    return {name: _keyed(each) if isinstance(each, dict) else each for name, each in value.items()}


def _keyed(value: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): each for key, each in value.items()}
