"""Settings → Signs: the places of a shop, one sign each, to be printed and hung up."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.core.text import one_line
from presszero.merchants.models import Brand
from presszero.routing.queries import queues_of
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from . import signs as words


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def signs(request: MemberAsked) -> HttpResponse:
    """GET asks for the places; POST draws a sign for each. Nothing is kept: a sign carries what it needs."""
    merchant = request.merchant
    queues = list(queues_of(merchant.id))
    given = request.POST.get("places", "")
    places = list(dict.fromkeys(found for each in given.splitlines() if (found := one_line(each, words.LONGEST))))
    number = request.POST.get("queue", "")
    queue = next((each for each in queues if str(each.id) == number), None)
    wrong = ""
    if request.method == "POST" and not places:
        wrong = _("Write down at least one place.")
    elif len(places) > words.MOST:
        wrong = _("Sixty signs at a time. Print these, then the others.")
        places = places[: words.MOST]
    made = [(place, mark_safe(words.code(words.written(merchant, place, queue)))) for place in places]  # noqa: S308 - segno's own SVG, of our address
    brand = Brand.objects.filter(merchant=merchant).order_by("id").first()
    context = {"made": made, "typed": given, "queues": queues, "queue": queue, "wrong": wrong, "brand": brand}
    return page(request, "frontdoor/signs.html", context, 422 if wrong else 200)
