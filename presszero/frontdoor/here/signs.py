"""What the code on a sign says: whose it is, where it hangs, whose queue answers. Signed: nobody else makes one."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from segno import make_qr

from presszero.core.text import one_line
from presszero.merchants.models import Merchant
from presszero.routing.models import Queue

_SALT = "sign"
MOST = 60  # printed at once
LONGEST = 60  # letters of a place


@dataclass(frozen=True, slots=True)
class Sign:
    """Where it hangs, and who comes."""

    merchant: Merchant
    place: str
    queue: Queue | None  # null: the main one


def written(merchant: Merchant, place: str, queue: Queue | None) -> str:
    """The word in the sign's address. It lasts: signs are printed."""
    return signing.dumps([merchant.id, one_line(place, LONGEST), queue.id if queue else 0], salt=_SALT, compress=True)


def read(word: str) -> Sign | None:
    """None for a word we did not write."""
    try:
        merchant_id, place, queue_id = signing.loads(word[:400], salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    merchant = Merchant.objects.filter(id=merchant_id).first()
    if merchant is None:
        return None
    return Sign(merchant, str(place), Queue.objects.filter(merchant=merchant, id=queue_id, retired_at=None).first())


def address(word: str) -> str:
    """What the code leads to."""
    return f"{settings.ORIGIN}/here/{word}"


def code(word: str) -> str:
    """The code as SVG, sharp at any size, readable with a quarter of it scratched off."""
    return make_qr(address(word), error="Q").svg_inline(scale=4, border=2, omitsize=True, dark="#000", light="#fff")
