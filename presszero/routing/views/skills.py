"""Settings: who can what, and how much they take at once."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.team.queries import members_of
from presszero.ui.page import page

from ..actions.arranging import abilities, make_skill, retire_skill, set_abilities
from ..forms import SkillForm, at_once, level
from ..models import Skill
from ..policy import USUAL

HERE = "/settings/skills"


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def skills(request: MemberAsked) -> HttpResponse:
    """GET /settings/skills: a table of people. POST keeps it: level-7-3 for member and skill, call-7 and chat-7."""
    if request.method != "POST":
        return _show(request)
    members, known = _members(request), _skills(request)
    try:
        with transaction.atomic():
            for member in members:
                _keep(request, member, known)
    except ValueError:
        no = Refused(_("How many at once is a number up to 20."), _("Leave it empty for the usual."))
        return _show(request, refused=no, status=422)
    return HttpResponseRedirect(f"{HERE}?said=saved")


@needs(Role.LEAD)
@require_POST
def new(request: MemberAsked) -> HttpResponse:
    """POST /settings/skills/new with `name` and, for a language, its short name."""
    form = SkillForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        make_skill(request.merchant, form.cleaned_data["name"], form.cleaned_data["language"], by=request.member)
    except Refused as no:
        return _show(request, form, no, no.status)
    return HttpResponseRedirect(f"{HERE}?said=made")


@needs(Role.LEAD)
@require_POST
def retirement(request: MemberAsked, skill_id: int) -> HttpResponse:
    """POST /settings/skills/7/retirement"""
    row = Skill.objects.filter(merchant=request.merchant, id=skill_id, retired_at=None).first()
    if row is None:
        raise Http404
    retire_skill(row, by=request.member, at=timezone.now())
    return HttpResponseRedirect(f"{HERE}?said=gone")


def _keep(request: MemberAsked, member: Membership, known: list[Skill]) -> None:
    said = request.POST
    levels = {skill.id: level(said[name]) for skill in known if (name := f"level-{member.id}-{skill.id}") in said}
    most = {kind: at_once(said[name]) for kind in USUAL if (name := f"{kind}-{member.id}") in said}
    set_abilities(member, levels, most, by=request.member)


def _show(
    request: MemberAsked, form: SkillForm | None = None, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    known = _skills(request)
    context: dict[str, Any] = {
        "rows": [_row(request, member, known) for member in _members(request)],
        "skills": known,
        "usual": USUAL,
        "levels": [("0", "–"), ("1", _("a little")), ("2", "2"), ("3", _("well")), ("4", "4"), ("5", _("best"))],
        "form": form or SkillForm(),
        "refused": refused,
        "said": request.GET.get("said", ""),
    }
    return page(request, "routing/skills.html", context, status)


def _row(request: MemberAsked, member: Membership, known: list[Skill]) -> dict[str, Any]:
    """As it is kept, or as it was just typed and refused."""
    kept, said = abilities(member), request.POST
    levels = {skill.id: str(kept["skills"].get(str(skill.id), 0)) for skill in known}
    return {
        "member": member,
        "levels": {skill: said.get(f"level-{member.id}-{skill}", now) for skill, now in levels.items()},
        "most": {kind: said.get(f"{kind}-{member.id}", kept["at_once"].get(kind, "")) for kind in USUAL},
    }


def _members(request: MemberAsked) -> list[Membership]:
    return list(members_of(request.merchant).exclude(role=Role.READ_ONLY))


def _skills(request: MemberAsked) -> list[Skill]:
    return list(Skill.objects.filter(merchant=request.merchant, retired_at=None).order_by("name"))
