"""Drafts, publishing, and going back: what is written down of a menu, and who did it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.team.models import Membership

from ..menu import checking
from ..menu.flow import BadFlow, Flow
from ..models import Menu, MenuVersion, Reception
from . import drawing
from .shaping import Json


class SomebodyElse(Refused):
    """The draft was changed meanwhile."""


class NotYet(Refused):
    """The menu cannot be published as it is; the sentence says which step and why."""


@transaction.atomic
def begin(merchant: Merchant, name: str, flow: Json, *, by: Membership) -> Menu:
    """A new menu with a draft; nobody hears it before it is published and set on a line."""
    row = Menu.objects.create(merchant=merchant, name=_named(name), draft=flow)
    _written(row, "menu.make", None, {"name": row.name}, by)
    return row


@transaction.atomic
def keep(menu: Menu, flow: Json, version: int, *, by: Membership) -> Menu:
    """Saves the draft, if it is still the one that was changed. Raises SomebodyElse."""
    row = _locked(menu)
    if row.draft_version != version:
        raise SomebodyElse(
            _("Somebody else changed this menu a moment ago."), _("It is shown as it is now; make your change again.")
        )
    row.draft, row.draft_version = flow, version + 1
    row.save(update_fields=["draft", "draft_version"])
    return row


@transaction.atomic
def rename(menu: Menu, name: str, *, by: Membership) -> Menu:
    row = _locked(menu)
    before, row.name = row.name, _named(name)
    row.save(update_fields=["name"])
    _written(row, "menu.rename", {"name": before}, {"name": row.name}, by)
    return row


@transaction.atomic
def publish(menu: Menu, says: str, at: datetime, *, by: Membership) -> MenuVersion:
    """What callers hear from now on. Raises NotYet while anything is wrong with it."""
    row = _locked(menu)
    wrong = faults(row.draft) or unproven(row.draft)
    if wrong:
        node, sentence = wrong[0]
        where = drawing.title(node, row.draft["nodes"].get(node, {})) if node else row.name
        raise NotYet(f"{where}: {sentence}", _("Mend what is marked, then publish it."))
    last = live(row)
    made = MenuVersion.objects.create(
        merchant_id=row.merchant_id,
        menu=row,
        number=last.number + 1 if last else 1,
        flow=row.draft,
        by=by.actor.code,
        at=at,
        says=says.strip()[:200],
    )
    _written(row, "menu.publish", {"version": last.number if last else 0}, {"version": made.number}, by)
    return made


@transaction.atomic
def restore(menu: Menu, version: MenuVersion, *, by: Membership) -> Menu:
    """An old version as the draft; publishing it is another step."""
    row = _locked(menu)
    row.draft, row.draft_version = version.flow, row.draft_version + 1
    row.save(update_fields=["draft", "draft_version"])
    _written(row, "menu.restore", None, {"version": version.number}, by)
    return row


@transaction.atomic
def retire(menu: Menu, at: datetime, *, by: Membership) -> None:
    """Puts it away. Raises NotYet while a line is answered with it."""
    row = _locked(menu)
    used = Reception.objects.filter(merchant_id=row.merchant_id, menu=row).select_related("line").first()
    if used:
        raise NotYet(
            _("%(line)s is answered with this menu.") % {"line": used.line.address},
            _("Give that line another one first."),
        )
    row.retired_at = at
    row.save(update_fields=["retired_at"])
    _written(row, "menu.retire", None, {"name": row.name}, by)


def live(menu: Menu) -> MenuVersion | None:
    """What callers hear now."""
    return MenuVersion.objects.filter(merchant_id=menu.merchant_id, menu=menu).order_by("-number").first()


def all_live() -> Iterator[MenuVersion]:
    """What callers of every merchant hear, menu by menu."""
    rows = MenuVersion.objects.filter(menu__retired_at=None).select_related("menu")
    yield from rows.order_by("merchant_id", "menu_id", "-number").distinct("merchant_id", "menu_id").iterator()


def faults(flow: Json) -> list[tuple[str, str]]:
    """(node, sentence) of everything that is wrong with a draft; node "" for the whole."""
    try:
        read = Flow.read(flow)
    except BadFlow as bad:
        _nodes, _dot, rest = bad.path.partition("nodes.")
        return [(rest.partition(".")[0], _(bad.sentence))]
    return [(each.node, _(each.sentence).format(**each.given)) for each in checking.faults(read)]


def unproven(flow: Json) -> list[tuple[str, str]]:
    """(node, sentence) of every place from which 0 would not lead to a person; read, walked, and none ever found."""
    return [(each.node, _(each.sentence).format(**each.given)) for each in checking.proof(Flow.read(flow))]


def differences(before: Json, after: Json) -> list[str]:
    """What changed between two versions, one line a step."""
    old, new = before.get("nodes", {}), after.get("nodes", {})
    lines = [_("new: %(step)s") % {"step": drawing.title(n, new[n])} for n in new if n not in old]
    lines += [_("gone: %(step)s") % {"step": drawing.title(n, old[n])} for n in old if n not in new]
    lines += [_("changed: %(step)s") % {"step": drawing.title(n, new[n])} for n in new if n in old and new[n] != old[n]]
    if before.get("languages") != after.get("languages"):
        lines.append(_("languages: %(languages)s") % {"languages": ", ".join(after.get("languages", []))})
    return lines


def _locked(menu: Menu) -> Menu:
    return Menu.objects.select_for_update().get(merchant_id=menu.merchant_id, id=menu.id)


def _named(name: str) -> str:
    found = " ".join(name.split())[:60]
    if not found:
        raise NotYet(_("A menu needs a name."), _("Call it what your team calls it."))
    return found


def _written(row: Menu, verb: str, before: dict[str, Any] | None, after: dict[str, Any], by: Membership) -> None:
    subject = f"menu:{row.id}"
    record(verb, subject, by=by.actor, merchant=row.merchant, before=before, after=after)
