"""The menu editor: the tree of what a caller hears, changed a step at a time, published when it is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from babel import Locale, UnknownLocaleError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.channels.files import keep as keep_file
from presszero.routing.models import Queue
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import asked_by_htmx, page

from ..menu.flow import KEYS
from ..models import Menu, MenuVersion, Prompt
from ..speaking import fitted, missing
from . import drawing, publishing, shaping, starters
from .shaping import Json

HERE = "/settings/phone"


@needs(Role.ADMIN)
@require_POST
def menus(request: MemberAsked) -> HttpResponse:
    """POST: a new menu, from a starter or empty."""
    given, merchant = request.POST.get("starter", ""), request.merchant
    starter = starters.named(given)
    languages = list(merchant.languages)
    flow = starters.filled(given, merchant.name, languages) if starter else shaping.empty(languages[:3])
    name = request.POST.get("name", "") or (str(starter.name) if starter else "")
    row = publishing.begin(merchant, name, flow, by=request.member)
    return HttpResponseRedirect(f"{HERE}/menus/{row.id}")


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD"])
def menu(request: MemberAsked, menu_id: int) -> HttpResponse:
    """GET /settings/phone/menus/7"""
    row = found(request, menu_id)
    return page(request, "calls/menu.html", {**shown(row), **_beside(row), "said": request.GET.get("said", "")})


@needs(Role.ADMIN)
@require_POST
def name(request: MemberAsked, menu_id: int) -> HttpResponse:
    """POST: what it is called."""
    row = publishing.rename(found(request, menu_id), request.POST.get("name", ""), by=request.member)
    return HttpResponseRedirect(f"{HERE}/menus/{row.id}?said=saved")


@needs(Role.ADMIN)
@require_POST
def places(request: MemberAsked, menu_id: int) -> HttpResponse:
    """POST slot, what: "new say" puts a new step there, "go hello" leads to one that is there, "" to nothing."""
    slot = request.POST.get("slot", "")
    verb, _blank, which = request.POST.get("what", "").partition(" ")
    opened = ""

    def changed(flow: Json) -> Json:
        nonlocal opened
        if verb == "new":
            made, opened = shaping.add(flow, slot, which)
            return made
        return shaping.lead(flow, slot, which)

    return _kept(request, menu_id, changed, lambda: opened)


@needs(Role.ADMIN)
@require_http_methods(["POST", "DELETE"])
def node(request: MemberAsked, menu_id: int, node: str) -> HttpResponse:
    """POST: its words and settings. DELETE: take it out."""
    if request.method == "DELETE":
        return _kept(request, menu_id, lambda flow: shaping.remove(flow, node))
    given = {each: request.POST[each] for each in ("name", "tries", "most", "queue", "what") if each in request.POST}
    heard = _heard(request, found(request, menu_id), node)
    return _kept(
        request,
        menu_id,
        lambda flow: shaping.change(flow, node, {**given, **heard}),
        lambda: request.POST.get("open", ""),
    )


@needs(Role.ADMIN)
@require_POST
def key(request: MemberAsked, menu_id: int, node: str) -> HttpResponse:
    """POST key, name, language, words; or off=1, when it leads nowhere any more."""
    number = request.POST.get("key", "")
    if request.POST.get("off") == "1":
        return _kept(request, menu_id, lambda flow: shaping.unhang(flow, node, number), lambda: node)
    given = {each: request.POST[each] for each in ("name", "language", "words") if each in request.POST}
    return _kept(request, menu_id, lambda flow: shaping.choose(flow, node, number, given), lambda: node)


@needs(Role.ADMIN)
@require_POST
def speech(request: MemberAsked, menu_id: int) -> HttpResponse:
    """POST languages, speech: in which languages it speaks, and whether it listens to words beside keys."""
    languages = request.POST.get("languages", "").replace(",", " ").split()

    def changed(flow: Json) -> Json:
        return shaping.listen_for_words(shaping.speak(flow, languages), request.POST.get("speech") == "1")

    return _kept(request, menu_id, changed)


@needs(Role.ADMIN)
@require_POST
def publication(request: MemberAsked, menu_id: int) -> HttpResponse:
    """POST: callers hear it from now on."""
    row = found(request, menu_id)
    publishing.publish(row, request.POST.get("says", ""), timezone.now(), by=request.member)
    return HttpResponseRedirect(f"{HERE}/menus/{row.id}?said=published")


@needs(Role.ADMIN)
@require_POST
def version(request: MemberAsked, menu_id: int, number: int) -> HttpResponse:
    """POST: an old version becomes the draft."""
    row = found(request, menu_id)
    old = MenuVersion.objects.filter(merchant=request.merchant, menu=row, number=number).first()
    if old is None:
        raise Http404
    publishing.restore(row, old, by=request.member)
    return HttpResponseRedirect(f"{HERE}/menus/{row.id}?said=restored")


@needs(Role.ADMIN)
@require_POST
def retirement(request: MemberAsked, menu_id: int) -> HttpResponse:
    """POST: puts it away."""
    publishing.retire(found(request, menu_id), timezone.now(), by=request.member)
    return HttpResponseRedirect(f"{HERE}?said=gone")


def found(request: MemberAsked, menu_id: int) -> Menu:
    """One of this merchant's menus; 404 for any other."""
    row = Menu.objects.filter(merchant=request.merchant, id=menu_id, retired_at=None).first()
    if row is None:
        raise Http404
    return row


def shown(row: Menu, opened: str = "") -> dict[str, Any]:
    """What the tree is drawn with. `opened`: the step whose settings stand open."""
    flow = {**shaping.empty(), **row.draft}
    faults = publishing.faults(flow)
    live = publishing.live(row)
    steps = {node: drawing.title(node, each) for node, each in flow["nodes"].items()}
    return {
        "menu": row,
        "flow": flow,
        "root": drawing.drawn(flow, faults),
        "whole_faults": [sentence for node, sentence in faults if node not in flow["nodes"]],
        "faults": len(faults),
        "kinds": drawing.kinds(),
        "icons": drawing.icons(),
        "steps": steps,
        "keys": sorted(KEYS, key=lambda key: (not key.isdecimal(), key)),
        "links": links(),
        "tongues": {each: tongue(each) for each in flow["languages"]},
        "queues": list(Queue.objects.filter(merchant_id=row.merchant_id, retired_at=None).order_by("id")),
        "recordings": dict(Prompt.objects.filter(merchant_id=row.merchant_id).values_list("id", "name")),
        "opened": opened,
        "live": live,
        "changed": publishing.differences(live.flow, flow) if live else [],
        "mute": missing(),
    }


def links() -> dict[str, str]:
    """What a caller may be texted a link to."""
    return {
        "help": _("our help"),
        "order": _("their order"),
        "pay": _("paying"),
        "form": _("our contact form"),
    }


def tongue(language: str) -> str:
    """What a language is called: German; its code where nobody knows it."""
    try:
        return Locale.parse(language, sep="-").get_display_name(get_language() or "en") or language
    except (ValueError, UnknownLocaleError):
        return language


def _beside(row: Menu) -> dict[str, Any]:
    versions = MenuVersion.objects.filter(merchant_id=row.merchant_id, menu=row).order_by("-number")[:20]
    rows: list[MenuVersion] = list(versions)
    older = (*rows[1:], None)
    told = [
        (each, publishing.differences(before.flow, each.flow)[:6] if before else [])
        for each, before in zip(rows, older, strict=False)
    ]
    return {"versions": told}


def _kept(
    request: MemberAsked, menu_id: int, changed: Callable[[Json], Json], opened: Callable[[], str] = lambda: ""
) -> HttpResponse:
    """The draft after a change, saved if nobody changed it meanwhile, and the tree anew."""
    row = found(request, menu_id)
    given = request.POST.get("version", "") or request.GET.get("version", "")
    at = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1
    flow = changed({**shaping.empty(), **row.draft})
    row = publishing.keep(row, flow, at, by=request.member)
    if asked_by_htmx(request):
        return page(request, "calls/_tree.html", shown(row, opened()))
    return HttpResponseRedirect(f"{HERE}/menus/{row.id}#{opened()}")


def _heard(request: MemberAsked, row: Menu, node: str) -> dict[str, Any]:
    """The words by language, and recordings: uploaded now, kept, or taken out."""
    before = row.draft.get("nodes", {}).get(node, {}).get("heard")
    if before is None:
        return {}
    texts, sounds = dict(before["texts"]), dict(before["recordings"])
    for language in row.draft.get("languages", []):
        if (words := request.POST.get(f"text-{language}")) is not None:
            texts[language] = words
        if request.POST.get(f"spoken-{language}") == "1":
            sounds.pop(language, None)
        if upload := request.FILES.get(f"sound-{language}"):
            sounds[language] = _recorded(request, upload, language)
    return {"heard": {"texts": texts, "recordings": sounds}}


def _recorded(request: MemberAsked, upload: Any, language: str) -> int:
    sound, seconds = fitted(upload.read())
    made = Prompt.objects.create(
        merchant=request.merchant,
        name=str(upload.name)[:80],
        language=language[:12],
        storage_key=keep_file(request.merchant.id, sound),
        seconds=seconds,
    )
    return made.id
