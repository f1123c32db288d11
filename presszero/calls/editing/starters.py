"""Menus to begin with, in the languages we have good words for; the others are left to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .shaping import Json, heard_of


@dataclass(frozen=True)
class Starter:
    """One to begin with."""

    key: str
    name: str | Promise
    why: str | Promise
    icon: str


STARTERS: tuple[Starter, ...] = (
    Starter(
        "short", _("Small shop"), _("A greeting, and straight to a person. While closed they leave a message."), "store"
    ),
    Starter("orders", _("Shop with orders"), _("1 tells where an order is, 2 is for everything else."), "truck"),
    Starter("nobody", _("After hours"), _("Offers to call back, or takes a message."), "moon"),
)

_WORDS: dict[str, dict[str, str]] = {
    "hello": {
        "en": "Welcome to {{ shop }}. To speak to a person, press zero at any time.",
        "de": "Willkommen bei {{ shop }}. Mit der Null erreichen Sie jederzeit einen Menschen.",
        "es": "Bienvenido a {{ shop }}. Para hablar con una persona, pulse cero en cualquier momento.",
    },
    "which": {
        "en": "For the whereabouts of your order, press 1. For anything else, press 2.",
        "de": "Um zu hören, wo Ihre Bestellung ist, drücken Sie die 1. Für alles andere die 2.",
        "es": "Para saber dónde está su pedido, pulse 1. Para todo lo demás, pulse 2.",
    },
    "order": {
        "en": "Your order {{ order.number }} is {{ order.state }}. {{ order.next }}",
        "de": "Ihre Bestellung {{ order.number }} ist {{ order.state }}. {{ order.next }}",
        "es": "Su pedido {{ order.number }} está {{ order.state }}. {{ order.next }}",
    },
    "closed": {
        "en": "We are closed now.",
        "de": "Wir haben gerade geschlossen.",
        "es": "Ahora estamos cerrados.",
    },
    "message": {
        "en": "Leave a message after the tone, and we answer first thing.",
        "de": "Sprechen Sie nach dem Ton, und wir melden uns als Erstes.",
        "es": "Deje un mensaje después de la señal y le contestaremos lo antes posible.",
    },
    "back": {
        "en": "We can call you back as soon as somebody is here.",
        "de": "Wir rufen Sie zurück, sobald jemand da ist.",
        "es": "Podemos devolverle la llamada en cuanto haya alguien.",
    },
}

_NAMES: dict[str, str | Promise] = {
    "hello": _("Greeting"),
    "hours": _("Open or closed?"),
    "which": _("What is it about?"),
    "find": _("Where is my order?"),
    "order": _("What we know of it"),
    "person": _("A person"),
    "closed": _("Closed"),
    "message": _("Leave a message"),
    "back": _("Call back"),
}


def named(key: str) -> Starter | None:
    return next((each for each in STARTERS if each.key == key), None)


def filled(key: str, shop: str, languages: Sequence[str]) -> Json:
    """The flow of a starter for a shop, in those of its languages that there are words for; at least in English."""
    spoken = [each for each in languages if each.partition("-")[0] in _WORDS["hello"]] or ["en"]

    def heard(words: str) -> Json:
        texts = {each: _WORDS[words][each.partition("-")[0]].replace("{{ shop }}", shop.rstrip(".")) for each in spoken}
        return heard_of({"texts": texts})

    message: Json = {"kind": "voicemail", "name": "", "heard": heard("message")}
    hours: Json = {"kind": "hours", "name": "", "open": "person", "closed": "closed"}
    closed: Json = {"kind": "say", "name": "", "heard": heard("closed"), "to": "message"}
    person: Json = {"kind": "queue", "name": "", "queue": 0, "heard": heard_of(None)}
    nodes: Json = {"hello": {"kind": "say", "name": "", "heard": heard("hello"), "to": "hours"}, "hours": hours}
    if key == "nobody":
        back: Json = {"kind": "callback", "name": "", "heard": heard("back")}
        nodes = {"hello": {**nodes["hello"], "to": "back"}, "back": back}
    elif key == "orders":
        called = {"1": str(_("Orders")), "2": str(_("Everything else"))}
        choices = {key: {"name": called[key], "to": to} for key, to in (("1", "find"), ("2", "person"))}
        hours["open"] = "which"
        nodes["which"] = {"kind": "choose", "name": "", "heard": heard("which"), "choices": choices, "tries": 2}
        find: Json = {"kind": "lookup", "name": "", "heard": heard_of(None), "what": "order", "most": 10}
        nodes["find"] = {**find, "found": "order", "none": "person"}
        nodes["order"] = {"kind": "say", "name": "", "heard": heard("order"), "to": "person"}
        nodes |= {"person": person, "closed": closed, "message": message}
    else:
        nodes |= {"person": person, "closed": closed, "message": message}
    for node, row in nodes.items():
        row["name"] = str(_NAMES[node])
    return {"start": "hello", "languages": list(spoken), "speech": False, "record": None, "nodes": nodes}
