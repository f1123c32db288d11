"""Drawing a menu: what an editor may do to it, what it may never do, publishing and going back."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from presszero.audit.models import Record
from presszero.calls.editing import drawing, publishing, shaping, starters
from presszero.calls.editing.shaping import Json
from presszero.calls.menu import checking
from presszero.calls.menu.flow import KEYS, KINDS, Flow
from presszero.calls.models import Menu, MenuVersion, Prompt, Reception
from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from tests import cast
from tests.cast import Shop

from .test_speaking import tone

HERE = "/settings/phone"


@pytest.fixture
def shop(db: None) -> Shop:
    return cast.juniper()


@pytest.fixture
def rosa(shop: Shop) -> Client:
    made = Client()
    made.cookies[COOKIE] = start_session(shop.team["rosa"].person, Browser("127.0.0.1", "test"), timezone.now()).token
    return made


def menu_of(shop: Shop, starter: str = "orders") -> Menu:
    flow = starters.filled(starter, shop.merchant.name, ["en", "de"])
    return publishing.begin(shop.merchant, "Main", flow, by=shop.team["rosa"])


@given(st.integers(min_value=0, max_value=10**9))
@settings(max_examples=40, deadline=None)
def test_whatever_an_editor_does_the_draft_reads_and_zero_leads_to_a_person(seed: int) -> None:
    chance = random.Random(seed)
    flow = shaping.empty(["en", "de"])
    for _step in range(chance.randrange(1, 25)):
        slots, nodes = list(shaping.all_slots(flow)), list(flow["nodes"])
        slot = chance.choice(slots)[0]
        acts: list[Any] = [
            lambda f, s=slot: shaping.add(f, s, chance.choice(list(KINDS)))[0],
            lambda f, s=slot, n=nodes: shaping.lead(f, s, chance.choice([*n, ""])),
        ]
        if nodes:
            node = chance.choice(nodes)
            acts += [
                lambda f, n=node: shaping.remove(f, n),
                lambda f, n=node: shaping.choose(f, n, chance.choice([*KEYS, "0", "#"]), {"name": "x"}),
                lambda f, n=node: shaping.unhang(f, n, chance.choice(list(KEYS))),
                lambda f, n=node: shaping.change(f, n, {"heard": {"texts": {"en": "Hello"}, "recordings": {}}}),
            ]
        try:
            flow = chance.choice(acts)(flow)
        except Refused:
            continue
    read = Flow.read(flow)
    assert "0" not in {key for node in read.nodes.values() for key in node.choices}
    assert not checking.proof(read)
    drawing.drawn(flow)


@pytest.mark.parametrize("key", [each.key for each in starters.STARTERS])
@pytest.mark.parametrize("languages", [["en"], ["de-AT", "es"], ["fr"]])
def test_every_starter_is_right_from_the_first_word(key: str, languages: list[str]) -> None:
    flow = starters.filled(key, "Juniper & Co.", languages)
    assert publishing.faults(flow) == []
    assert publishing.unproven(flow) == []
    assert Flow.read(flow).languages == (tuple(languages) if languages != ["fr"] else ("en",))


def test_a_step_taken_out_lets_what_follows_close_up() -> None:
    flow = starters.filled("short", "Juniper", ["en"])
    flow = shaping.remove(flow, "hello")
    assert flow["start"] == "hours"
    flow = shaping.lead(flow, "hours.closed", "person")
    assert set(flow["nodes"]) == {"hours", "person"}  # the message nobody comes to is gone


def test_key_zero_cannot_be_given_away(rosa: Client, shop: Shop) -> None:
    row = menu_of(shop)
    answer = rosa.post(f"{HERE}/menus/{row.id}/nodes/which/keys", {"version": 0, "key": "0", "name": "Robots"})
    assert answer.status_code == 422
    assert "0 always leads to a person" in answer.content.decode()
    row.refresh_from_db()
    assert (row.draft_version, "0" in row.draft["nodes"]["which"]["choices"]) == (0, False)


def test_edited_published_changed_and_taken_back(rosa: Client, shop: Shop) -> None:
    row = menu_of(shop)
    where = f"{HERE}/menus/{row.id}"
    assert "0 reaches a person, always" in rosa.get(where).content.decode()
    put = {"version": 0, "slot": "which.choices.2", "what": "new voicemail"}
    assert rosa.post(f"{where}/places", put, headers={"HX-Request": "true"}).status_code == 200
    assert rosa.post(f"{where}/publication", {"says": "First"}).status_code == 302
    words = {"version": 1, "name": "Orders first", "text-en": "Press 1 for orders.", "text-de": "", "tries": 3}
    assert rosa.post(f"{where}/nodes/which", words).status_code == 302
    row.refresh_from_db()
    assert row.draft["nodes"]["which"]["heard"]["texts"] == {"en": "Press 1 for orders."}
    assert rosa.post(f"{where}/publication").status_code in (302, 422)  # German says nothing now: told, or taken
    live = publishing.live(row)
    assert live is not None
    rosa.post(f"{where}/versions/1")
    row.refresh_from_db()
    assert row.draft == MenuVersion.objects.get(menu=row, number=1).flow
    verbs = Record.objects.filter(merchant=shop.merchant, subject=f"menu:{row.id}").values_list("verb", flat=True)
    assert {"menu.make", "menu.publish", "menu.restore"} <= set(verbs)


def test_of_two_who_edit_the_later_one_is_told(rosa: Client, shop: Shop) -> None:
    row = menu_of(shop)
    where = f"{HERE}/menus/{row.id}/speech"
    assert rosa.post(where, {"version": 0, "languages": "en de es"}).status_code == 302
    answer = rosa.post(where, {"version": 0, "languages": "fr"})
    assert answer.status_code == 422
    assert "Somebody else changed this menu" in answer.content.decode()
    row.refresh_from_db()
    assert row.draft["languages"] == ["en", "de", "es"]


def test_what_is_not_right_is_not_published(shop: Shop) -> None:
    row = publishing.begin(shop.merchant, "Empty", shaping.empty(), by=shop.team["rosa"])
    with pytest.raises(publishing.NotYet):
        publishing.publish(row, "", timezone.now(), by=shop.team["rosa"])
    assert publishing.live(row) is None


@pytest.mark.slow
def test_a_recording_takes_the_place_of_words(rosa: Client, shop: Shop, tmp_path: Path) -> None:
    row = menu_of(shop)
    sound = tmp_path / "hello.wav"
    sound.write_bytes(tone(1.0))
    with sound.open("rb") as file:
        rosa.post(f"{HERE}/menus/{row.id}/nodes/hello", {"version": 0, "sound-en": file})
    made = Prompt.objects.get(merchant=shop.merchant)
    row.refresh_from_db()
    assert row.draft["nodes"]["hello"]["heard"]["recordings"] == {"en": made.id}
    heard = rosa.get(f"{HERE}/menus/{row.id}/sounds/hello?language=en")
    assert b"".join(heard.streaming_content).startswith(b"RIFF")
    broken = tmp_path / "hello.mp3"
    broken.write_bytes(b"this is no sound")
    with broken.open("rb") as file:
        answer = rosa.post(f"{HERE}/menus/{row.id}/nodes/hello", {"version": 1, "sound-en": file})
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.draft_version == 1


def test_the_draft_can_be_called_in_the_browser(rosa: Client, shop: Shop) -> None:
    row = menu_of(shop)

    def tell(state: str, **event: str) -> Json:
        body = json.dumps({"state": state, "event": event})
        answer = rosa.post(f"{HERE}/menus/{row.id}/trial", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        found: Json = answer.json()
        return found

    said = tell("", what="started")
    assert "Welcome to Juniper" in said["commands"][0]["sounds"][0]["text"]
    said = tell(said["state"], what="played")
    assert (said["here"]["node"], said["commands"][-1]["do"]) == ("which", "listen")
    said = tell(said["state"], what="digit", key="1")
    said = tell(said["state"], what="digit", key="0")
    assert {"do": "park", "why": "they pressed 0"} in said["commands"]
    answer = rosa.post(
        f"{HERE}/menus/{row.id}/trial",
        json.dumps({"state": said["state"] + "x", "event": {"what": "played"}}),
        content_type="application/json",
    )
    assert answer.status_code == 422


def test_a_number_is_added_and_answered_with_a_menu(rosa: Client, shop: Shop) -> None:
    row = menu_of(shop)
    publishing.publish(row, "", timezone.now(), by=shop.team["rosa"])
    assert rosa.post(f"{HERE}/numbers", {"number": "020 7946 0042"}).status_code == 422
    rosa.post(f"{HERE}/numbers", {"number": "+44 20 7946 0042", "name": "Service"})
    line = Line.objects.get(merchant=shop.merchant, kind="phone")
    assert line.address == "+442079460042"
    where = f"{HERE}/numbers/{line.id}"
    assert rosa.get(where).status_code == 200
    given = {"name": "Service", "hours": 0, "menu": row.id, "queue": 0, "closed_plan": "voicemail", "records": "asked"}
    given |= {"ring_seconds": 15, "wrap_seconds": 20, "countries": "gb ie", "driver": "sip", "host": "sip.example"}
    given |= {"networks": "203.0.113.0/28", "username": "juniper", "password": "s3cret"}
    assert rosa.post(where, given).status_code == 302
    reception = Reception.objects.get(merchant=shop.merchant, line=line)
    assert (reception.menu_id, reception.countries, reception.ring_seconds) == (row.id, ["GB", "IE"], 15)
    line.refresh_from_db()
    assert line.settings["trunk"]["networks"] == ["203.0.113.0/28"]
    assert line.secrets["trunk_password"] == "s3cret"
    assert "s3cret" not in rosa.get(where).content.decode()
    assert rosa.post(where, given | {"countries": "XX"}).status_code == 422
    assert rosa.post(f"{HERE}/menus/{row.id}/retirement").status_code == 422  # the number is answered with it
    written = Record.objects.filter(merchant=shop.merchant, verb="line.save").get()
    assert "s3cret" not in json.dumps([written.before, written.after])
