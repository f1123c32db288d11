"""Is this installation ready: disk, back-ups, nothing stuck?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.host import doctor
from presszero.host.findings import Finding
from presszero.host.findings import Level as Found
from presszero.host.home import home
from presszero.mailroom.models import Quarantine
from presszero.merchants.models import Merchant
from presszero.timeline.models import Parked

from ..checks import Check, Level, Step, good, must

_LEVELS = {Found.FINE: Level.GREEN, Found.NOTE: Level.AMBER, Found.UNKNOWN: Level.AMBER, Found.WRONG: Level.RED}


def checks(merchant: Merchant) -> Iterator[Check]:
    """What the machine's own check-up says, and what waits for a person."""
    yield _found(_("Back-ups"), doctor.backups(home()))
    yield _found(_("Disk"), doctor.disk(home()))
    yield _found(_("Secret key"), doctor.secret_key(home()))
    yield _found(_("Spool"), doctor.spool(home()))
    yield _held(merchant)
    stuck = Parked.objects.filter(merchant=merchant, solved_at=None).count()
    if stuck:
        says = ngettext("One event could not be heard.", "%(n)d events could not be heard.", stuck) % {"n": stuck}
        yield must(_("Reactions"), says, Step(_("Look at them"), "/settings/reactions"))


def _held(merchant: Merchant) -> Check:
    held = Quarantine.objects.filter(merchant=merchant, closed_at=None).count()
    if not held:
        return good(_("Held back"), _("Nothing: everything that came was understood."))
    says = ngettext("One message waits for a look.", "%(n)d messages wait for a look.", held) % {"n": held}
    return must(_("Held back"), says, Step(_("Look at them"), "/settings/quarantine"))


def _found(subject: str, finding: Finding) -> Check:
    return Check(_LEVELS[finding.level], subject, finding.says, mend=finding.mend)
