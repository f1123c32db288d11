"""The ways customers take: the mailbox, the form and the chat."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from presszero.audit.actions import record
from presszero.channels.adapters.email.oauth.providers import providers
from presszero.channels.models import Line
from presszero.desk.forms.lines import EmailLineForm
from presszero.host.ports import LMTP, SMTP
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role

from .. import actions
from ..forms import Mailbox, Web
from ..mailboxes import filled_in, servers, the_mailbox
from ..queries import line_section
from .frame import put_off, show, went_through


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def mailbox(request: MemberAsked) -> HttpResponse:
    """GET and POST /setup/mailbox: kept at once, and tried at once."""
    row = the_mailbox(request.merchant)
    if request.method == "GET":
        return _mailbox(request, row, Mailbox(initial=_known(row)))
    later = put_off(request, "mailbox")
    if later:
        return later
    form = Mailbox(request.POST)
    whole = _whole(form, row) if form.is_valid() else None
    if whole is None:
        return _mailbox(request, row, form, 422)
    with transaction.atomic():
        kept = whole.keep()
        by = request.member.actor
        record("line.save", f"line:{kept.id}", by=by, merchant=request.merchant, after={"address": kept.address})
        actions.begin_trial(kept, by=request.member, at=timezone.now())
        actions.ask_the_dns(kept, timezone.now())
    return went_through(request, "mailbox", stays=True)


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def web(request: MemberAsked) -> HttpResponse:
    """GET and POST /setup/web: the two are on unless somebody says otherwise."""
    if request.method == "GET":
        return _web(request, Web(initial={"form": True, "chat": True}))
    later = put_off(request, "web")
    if later:
        return later
    form = Web(request.POST)
    if not form.is_valid():
        return _web(request, form, 422)
    said = form.cleaned_data
    kinds = [kind for kind in ("form", "chat") if said[kind]]
    with transaction.atomic():
        made = actions.open_web_lines(kinds, [said["site"]] if said["site"] else [], by=request.member)
        for line in made:
            actions.begin_trial(line, by=request.member, at=timezone.now())
    return went_through(request, "web", stays=bool(made))


def _whole(form: Mailbox, row: Line) -> EmailLineForm | None:
    """The settings' form with everything in it; what it refuses is said in the short one's words."""
    said = dict(form.cleaned_data)
    fetched = said["way"] == "fetch"
    if fetched and not said["password"] and not (row.id and row.secrets.get("imap_password")):
        form.add_error("password", _("The mailbox has a password; without it we cannot fetch your mail."))
    complete = said["smtp_at"] and (said["imap_at"] or not fetched)
    found = None if complete else servers(said["address"])
    if not complete and found is None:
        wanted = [name for name in (("imap", "smtp") if fetched else ("smtp",)) if not said[f"{name}_at"]]
        for name in wanted:
            form.add_error(name, _("We could not find this out. Your mail provider's help page names it."))
    if form.errors:
        return None
    whole = filled_in(row, said, found)
    if whole.is_valid():
        return whole
    for name, wrong in whole.errors.items():
        form.add_error(name if name in form.fields else None, list(wrong))
    return None


def _known(row: Line) -> dict[str, object]:
    """The short form as it was filled in last; never a password."""
    if not row.id:
        return {}
    imap, smtp = row.settings.get("imap") or {}, row.settings.get("smtp") or {}
    return {
        "way": "fetch" if imap.get("host") else "handed",
        "address": row.address,
        "user": "" if smtp.get("user") == row.address else smtp.get("user", ""),
        "imap": _typed(imap),
        "imap_security": imap.get("security", ""),
        "smtp": _typed(smtp),
        "smtp_security": smtp.get("security", ""),
    }


def _typed(server: dict[str, object]) -> str:
    return f"{server['host']}:{server['port']}" if server.get("host") and server.get("port") else ""


def _mailbox(request: MemberAsked, row: Line, form: Mailbox, status: int = 200) -> HttpResponse:
    by_hand = bool(form.errors.keys() & {"imap", "smtp"}) or bool(form["imap"].value() or form["smtp"].value())
    context = {
        "form": form,
        "row": row,
        "held": bool(row.id and row.secrets.get("smtp_password")),
        "by_hand": by_hand,
        "doors": {"smtp": SMTP.port, "lmtp": LMTP.port},
        "sign_ins": providers(),
        "origin": settings.ORIGIN,
        "section": line_section(row, timezone.now()) if row.id and not form.is_bound else None,
    }
    return show(request, "mailbox", context, status)


def _web(request: MemberAsked, form: Web, status: int = 200) -> HttpResponse:
    rows = Line.objects.filter(merchant=request.merchant, kind__in=("form", "chat")).order_by("-kind", "id")
    lines = list(rows.select_related("brand", "hours", "merchant"))
    known = list(dict.fromkeys(site for line in lines for site in line.settings.get("sites") or []))
    context = {
        "form": form,
        "lines": [(line, line_section(line, timezone.now())) for line in lines],
        "kinds": {line.kind for line in lines},
        "sites": known,
        "origin": settings.ORIGIN,
    }
    return show(request, "web", context, status)
