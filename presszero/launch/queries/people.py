"""Are the people and the words ready?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.conversations.models import Macro
from presszero.merchants.models import Brand, Merchant
from presszero.team import queries as team
from presszero.team.models import Role, SecondFactor

from ..checks import Check, Step, could, good


def checks(merchant: Merchant, at: datetime) -> Iterator[Check]:
    """Who answers, and whether their way in is safe."""
    members = list(team.members_of(merchant))
    yield _who(merchant, len(members), team.open_invitations(merchant, at).count())
    admins = [member for member in members if member.role == Role.ADMIN]
    safe = SecondFactor.objects.filter(person__in=[a.person_id for a in admins], confirmed_at__isnull=False)
    known = set(safe.values_list("person_id", flat=True))
    unsafe = [admin.person.name for admin in admins if admin.person_id not in known]
    if not unsafe:
        yield good(_("Sign-in"), _("Every admin signs in with a second factor."))
        return
    says = _("%(names)s can be signed in as with a password alone.") % {"names": ", ".join(unsafe[:3])}
    yield could(_("Sign-in"), says, Step(_("Add a second factor"), "/me"))


def words(merchant: Merchant) -> Iterator[Check]:
    """What stands under every mail, and the answers that need not be written twice."""
    look = Step(_("Set your look"), "/setup/look")
    plain = [
        brand.name for brand in Brand.objects.filter(merchant=merchant).order_by("id") if not brand.signature.strip()
    ]
    if plain:
        says = _("Answers of %(brand)s end without a name.") % {"brand": ", ".join(plain[:3])}
        yield could(_("Signature"), says, look)
    else:
        yield good(_("Signature"), _("Every answer ends with a name."))
    count = Macro.objects.filter(merchant=merchant, retired_at=None).count()
    if count:
        says = ngettext("One is at hand.", "%(n)d are at hand.", count) % {"n": count}
        yield good(_("Ready answers"), says)
    else:
        keep = Step(_("Pick from a dozen"), "/setup/answers")
        yield could(_("Ready answers"), _("None yet: every answer is written from nothing."), keep)


def _who(merchant: Merchant, members: int, invited: int) -> Check:
    if merchant.alone and members > 1:
        says = _("The shop is set to one person, and there are %(n)d.") % {"n": members}
        return could(_("Who answers"), says, Step(_("Answer as a team"), "/settings/shop"))
    if merchant.alone:
        return good(_("Who answers"), _("You, alone."))
    if members > 1:
        return good(_("Who answers"), ngettext("One person.", "%(n)d people.", members) % {"n": members})
    if invited:
        return good(_("Who answers"), _("You; somebody else is invited."))
    return could(_("Who answers"), _("Only you so far."), Step(_("Invite the others"), "/setup/people"))
