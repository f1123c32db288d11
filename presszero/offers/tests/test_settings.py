"""On or off, how many are held out, how many things; every change is in the record."""

from __future__ import annotations

from presszero.audit.models import Record
from presszero.offers.models import Suggesting

from .stage import Stage, browser


def test_an_admin_sets_it_and_the_record_keeps_it(play: Stage) -> None:
    rosa = browser(play.world.shop.team["rosa"])
    assert b"Held out" in rosa.get("/settings/suggestions").content
    assert rosa.post("/settings/suggestions", {"share": "20", "most": "3"}).status_code == 302
    row = Suggesting.objects.get(merchant=play.world.merchant)
    assert (row.on, row.share, row.most) == (False, 0.2, 3)
    kept = Record.objects.get(merchant=play.world.merchant, verb="suggestions.changed")
    assert kept.before == {"on": True, "held_out_percent": 10, "most": 2}
    assert kept.after == {"on": False, "held_out_percent": 20, "most": 3}


def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(play: Stage) -> None:
    rosa = browser(play.world.shop.team["rosa"])
    answer = rosa.post("/settings/suggestions", {"on": "1", "share": "4", "most": "2"})
    assert answer.status_code == 422
    assert b"fewer can never be told from chance" in answer.content
    assert rosa.post("/settings/suggestions", {"on": "1", "share": "10", "most": "9"}).status_code == 422
    assert Suggesting.objects.get(merchant=play.world.merchant).share == 0.1
    assert browser(play.world.shop.maya).get("/settings/suggestions").status_code == 403
