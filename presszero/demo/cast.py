"""Who plays: the shop, its people, and the customers of the Pretend page."""

from __future__ import annotations

from dataclasses import dataclass

SHOP = "Juniper & Co."
SHOP_SLUG = "juniper"
SHOP_ADDRESS = "help@juniper.example"
SHOP_SERVER = "mx.juniper.example"  # the shop's receiving mail server, whose word on a sender counts
OTHER_SHOP = "Thistle & Sons"
OTHER_SLUG = "thistle"
OTHER_ADDRESS = "hello@thistle.example"
PASSWORD = "press-zero-demo"  # noqa: S105 - of the demo shop alone, and printed when it opens


@dataclass(frozen=True)
class Person:
    """Somebody of the cast. `domain_confirms`: their provider signs, so the shop's server can vouch for them."""

    name: str
    address: str
    says: str = ""
    domain_confirms: bool = True
    phone: str = ""  # of those that films may show


ADA = Person("Ada Kowalski", "ada@example.com", "Three orders; 1042 is late.", phone="+447700900123")
BEN = Person("Ben Ruiz", "ben@example.org", "New, and cross.", phone="+447700900456")
CUSTOMERS = (ADA, BEN)

MAYA = Person("Maya Ortiz", "maya@juniper.example", "agent")
TOMAS = Person("Tomas Hale", "tomas@juniper.example", "admin")
MALLORY = Person("Mallory Quill", "mallory@thistle.example", "agent of another shop")
