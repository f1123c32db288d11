"""Hours, look, people and ready answers."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.audit.actions import record
from presszero.channels.answering import expects, sentence
from presszero.channels.models import Line
from presszero.conversations.models import Macro
from presszero.core.refusal import Refused
from presszero.desk.forms.shop import BrandForm, HoursForm, as_text, zones
from presszero.desk.frame import POLICY
from presszero.merchants.models import Brand, Hours
from presszero.merchants.policy import DAYS
from presszero.team import mail
from presszero.team import queries as team
from presszero.team.actions import Invited, invite
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role

from .. import actions
from ..answers import answers as ready_answers
from ..forms import OWN, WEEKS, People, Week
from ..preview import drawn
from .frame import put_off, show, went_through

form_page = require_http_methods(["GET", "POST"])


@needs(Role.ADMIN)
@form_page
@transaction.atomic
def hours(request: MemberAsked) -> HttpResponse:
    """GET and POST /setup/hours: one of the usual weeks with one tap, or day by day."""
    row = Hours.objects.filter(merchant=request.merchant).order_by("id").first()
    row = row or Hours(merchant=request.merchant, name=_("Our hours"), timezone=request.merchant.timezone)
    first = as_text(row) if row.id else {"name": row.name, "timezone": row.timezone, **WEEKS["office"]}
    if request.method == "GET":
        return _hours(request, HoursForm(initial=first), Week(initial={"week": _which(first)}))
    later = put_off(request, "hours")
    if later:
        return later
    week = Week(request.POST)
    said = {**first, **request.POST.dict()}
    if week.is_valid() and week.cleaned_data["week"] != OWN:
        said |= {**dict.fromkeys(DAYS, ""), **WEEKS[week.cleaned_data["week"]]}
    form = HoursForm(said)
    if not form.is_valid() or not week.is_valid():
        return _hours(request, form, week, 422)
    form.keep(row)
    Line.objects.filter(merchant=request.merchant, hours=None).update(hours=row)
    after = {"weekly": row.weekly}
    record("hours.save", f"hours:{row.id}", by=request.member.actor, merchant=request.merchant, after=after)
    return went_through(request, "hours")


@needs(Role.ADMIN)
@form_page
def look(request: MemberAsked) -> HttpResponse:
    """GET and POST /setup/look: colour, signature, number, and the frame around mails."""
    row = _brand(request)
    if request.method == "GET":
        return show(request, "look", {"form": BrandForm(instance=row)})
    later = put_off(request, "look")
    if later:
        return later
    form = BrandForm(request.POST, instance=row)
    if not form.is_valid():
        return show(request, "look", {"form": form}, 422)
    row = form.save()
    record(
        "brand.save", f"brand:{row.id}", by=request.member.actor, merchant=request.merchant, after={"name": row.name}
    )
    return went_through(request, "look")


@needs(Role.ADMIN)
@require_POST
def preview(request: MemberAsked) -> HttpResponse:
    """POST /setup/look/preview: a mail, the chat and the form as they would look; nothing is kept."""
    row = _brand(request)
    form = BrandForm(request.POST, instance=row)
    wrong = "" if form.is_valid() else str(next(iter(form.errors.values()))[0])
    line = Line.objects.filter(merchant=request.merchant).select_related("hours", "merchant").order_by("id").first()
    now = timezone.now()
    told = sentence(line, now, expects(line, now)) if line else ""
    response = HttpResponse(drawn(row, request.member, told, wrong))
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@needs(Role.ADMIN)
@form_page
def people(request: MemberAsked) -> HttpResponse:
    """GET and POST /setup/people: several invitations at once."""
    if request.method == "GET":
        return _people(request, People(), [], [])
    later = put_off(request, "people")
    if later:
        return later
    if "alone" in request.POST:
        actions.work_as(True, by=request.member)
        return went_through(request, "people")
    form = People(request.POST)
    if not form.is_valid():
        return _people(request, form, [], [], 422)
    made: list[Invited] = []
    refused: list[tuple[str, Refused]] = []
    for email in form.cleaned_data["emails"]:
        try:
            made.append(invite(email, Role(form.cleaned_data["role"]), by=request.member, at=timezone.now()))
        except Refused as why:
            refused.append((email, why))
    if not made:
        return _people(request, form, made, refused, 422)
    actions.work_as(False, by=request.member)
    actions.finish("people", by=request.member)
    return _people(request, People(), made, refused)


@needs(Role.ADMIN)
@form_page
def answers(request: MemberAsked) -> HttpResponse:
    """GET and POST /setup/answers: a dozen, of which those ticked become macros."""
    if request.method == "POST":
        later = put_off(request, "answers")
        if later:
            return later
        actions.keep_answers(request.POST.getlist("keep"), by=request.member)
        return went_through(request, "answers")
    names = Macro.objects.filter(merchant=request.merchant, retired_at=None).values_list("name", flat=True)
    kept = set(names)
    rows = [(each, each.name in kept) for each in ready_answers()]
    return show(request, "answers", {"rows": rows, "many": sum(not there for _row, there in rows)})


def _which(first: dict[str, str]) -> str:
    """The usual week that these hours are."""
    days = {day: first.get(day, "") for day in DAYS if first.get(day)}
    return next((name for name, week in WEEKS.items() if week == days), OWN)


def _hours(request: MemberAsked, form: HoursForm, week: Week, status: int = 200) -> HttpResponse:
    context = {"form": form, "week": week["week"].value(), "days": DAYS, "zones": zones(), "weeks": _weeks()}
    return show(request, "hours", context, status)


def _weeks() -> list[tuple[str, str, str]]:
    return [
        ("office", _("Weekdays"), _("Monday to Friday, 9 to 17")),
        ("shop", _("With Saturday"), _("Monday to Saturday, 10 to 18")),
        ("every", _("Every day"), _("9 to 20")),
        (OWN, _("My own"), _("Day by day")),
    ]


def _people(
    request: MemberAsked, form: People, made: list[Invited], refused: list[tuple[str, Refused]], status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "made": made,
        "refused": refused,
        "posted": mail.is_set_up(),
        "members": list(team.members_of(request.merchant)),
        "invited": list(team.open_invitations(request.merchant, timezone.now())),
    }
    return show(request, "people", context, status)


def _brand(request: MemberAsked) -> Brand:
    return Brand.objects.filter(merchant=request.merchant).order_by("id")[:1].get()
