"""Is a line ready: answered, well, tried, believed by other mail servers, and seen on a site?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from presszero.channels.adapters.email.dns import SELECTOR
from presszero.channels.answering import expects, sentence
from presszero.channels.models import Entry, Line
from presszero.host.findings import Level as Found
from presszero.merchants.models import Merchant
from presszero.promises.acknowledging import USUALLY, wanted
from presszero.team.models import Membership, Role
from presszero.visitors.models import Visitor

from .. import trying
from ..actions.trials import LOST
from ..checks import Check, Level, Step, could, good, must
from ..models import DomainCheck, Trial

_LEVELS = {Found.FINE: Level.GREEN, Found.NOTE: Level.AMBER, Found.UNKNOWN: Level.AMBER, Found.WRONG: Level.RED}


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of all lines at once, so that ten lines ask no more than one."""

    answering: int  # members who may answer
    trials: Mapping[int, Trial]
    domains: Mapping[tuple[str, str], DomainCheck]
    visited: Mapping[int, datetime]  # line id → when somebody from a site last came


def around(merchant: Merchant, rows: Sequence[Line]) -> Around:
    """Five queries, however many lines."""
    members = Membership.objects.filter(merchant=merchant, left_at=None).exclude(role=Role.READ_ONLY)
    checked = DomainCheck.objects.filter(merchant=merchant)
    return Around(
        members.count(),
        trying.newest(merchant),
        {(row.domain, row.selector): row for row in checked},
        _visited(merchant, [row for row in rows if row.kind in ("form", "chat")]),
    )


def checks(line: Line, known: Around, at: datetime) -> Iterator[Check]:
    """Everything about one line."""
    yield _well(line)
    yield _answered(line, known, at)
    if line.kind in USUALLY:
        yield _acknowledged(line)
    yield _tried(line, known.trials.get(line.id), at)
    if line.kind == "email":
        yield from _believed(line, known, at)
    if line.kind in ("form", "chat"):
        yield _embedded(line, known)


def _well(line: Line) -> Check:
    settings = Step(_("Look at its settings"), f"/settings/lines/{line.id}")
    subject = _("Open")
    if line.paused_at:
        return must(subject, _("It is paused: nothing comes in or goes out."), settings)
    if line.trouble:
        return must(subject, line.trouble, settings)
    return good(subject, _("It takes messages in."))


def _answered(line: Line, known: Around, at: datetime) -> Check:
    """Somebody, in hours that are set, within a time that customers are told."""
    subject, hours = _("Answered"), Step(_("Set your hours"), "/setup/hours")
    if not known.answering:
        return must(subject, _("Nobody in the team may answer."), Step(_("Invite somebody"), "/settings/people"))
    if line.hours is None or not any(line.hours.weekly.values()):
        return could(subject, _("It counts as answered round the clock, since it has no hours."), hours)
    told = sentence(line, at, expects(line, at))
    if not told:
        return must(subject, _("Its hours never open."), hours)
    return good(subject, _("Customers are told: “%(told)s”") % {"told": told})


def _acknowledged(line: Line) -> Check:
    if wanted(line):
        return good(_("Acknowledgement"), _("Whoever writes hears at once that you have it, and when you answer."))
    settings = Step(_("Look at its settings"), f"/settings/lines/{line.id}")
    return could(_("Acknowledgement"), _("It is off: whoever writes hears nothing until you answer."), settings)


def _tried(line: Line, trial: Trial | None, at: datetime) -> Check:
    subject, here = _("Test message"), f"/readiness/lines/{line.id}/trial"
    if line.kind not in ("email", "form", "chat"):
        return good(subject, _("Your own program tries it."))
    once, again = Step(_("Send a test message"), here, posts=True), Step(_("Try again"), here, posts=True)
    if trial is None:
        return must(subject, _("None was sent through it yet."), once)
    if trial.outcome == Trial.Outcome.FAILED:
        return must(subject, trial.reason, again)
    if trial.outcome == Trial.Outcome.PASSED:
        return good(subject, _("It left, and it came in."), again)
    if trying.stalled(trial, at, LOST):
        return must(subject, _("It was not sent: nothing is sent from here at the moment."), again)
    says = _("It left. Waiting for it to come in.") if trial.left_at else _("It is on its way.")
    return Check(Level.AMBER, subject, says, running=f"/readiness/lines/{line.id}")


def _believed(line: Line, known: Around, at: datetime) -> Iterator[Check]:
    """What the DNS said when it was last asked."""
    domain = line.address.rpartition("@")[2].lower()
    asked = known.domains.get((domain, str(line.settings.get("dkim_selector") or SELECTOR)))
    here = f"/readiness/lines/{line.id}/domain"
    subject = _("Mail DNS")
    if asked is None:
        yield could(
            subject,
            _("Nobody has looked yet whether other mail servers believe %(domain)s.") % {"domain": domain},
            Step(_("Look now"), here, posts=True),
        )
        return
    running = asked.checked_at is None or asked.checked_at < asked.asked_at
    if running and at - asked.asked_at < LOST:
        yield Check(
            Level.AMBER,
            subject,
            _("Asking the DNS about %(domain)s.") % {"domain": domain},
            running=f"/readiness/lines/{line.id}",
        )
        return
    again = Step(_("Look again"), here, posts=True)
    for found in asked.findings:
        level = _LEVELS[Found(found["level"])]
        yield Check(level, found["subject"], found["says"], again, found["mend"])
    if not asked.findings:
        yield could(subject, _("The last look did not end."), again)


def _embedded(line: Line, known: Around) -> Check:
    subject, show = _("On your site"), Step(_("Show me how"), "/setup/web")
    if line.id in known.visited:
        return good(subject, _("Somebody has opened it already."))
    return could(subject, _("Nobody has opened it yet. Put it on a page of yours, or give out its link."), show)


def _visited(merchant: Merchant, rows: Sequence[Line]) -> dict[int, datetime]:
    ids = [row.id for row in rows]
    if not ids:
        return {}
    opened = Visitor.objects.filter(merchant=merchant, line_id__in=ids).values("line_id").annotate(at=Max("seen_at"))
    wrote = Entry.objects.filter(merchant=merchant, thread__line_id__in=ids, inbound=True, automatic="")
    sent = wrote.values("thread__line_id").annotate(at=Max("at"))
    found = {each["thread__line_id"]: each["at"] for each in sent}
    return {**found, **{each["line_id"]: each["at"] for each in opened}}
