"""The customer beside the talk."""

from __future__ import annotations

from presszero.conversations.models import Conversation
from presszero.customers.models import Consent, Customer, CustomerNote, Handle, Merge, OwnField
from tests import cast

from .conftest import At, words


def test_the_panel_shows_how_they_are_reached_and_what_was_before(
    maya: At, boots: Conversation, invoice: Conversation
) -> None:
    shown = words(maya.asks(f"/customers/{boots.customer_id}/panel", beside=boots.id))
    assert "ada@example.com" in shown and "Invoice" in shown and "Boots" not in shown


def test_the_page_tells_everything_that_happened(maya: At, boots: Conversation) -> None:
    maya.asks(f"/conversations/{boots.id}/resolution", "put")
    shown = words(maya.open(f"/customers/{boots.customer_id}"))
    assert "They wrote" in shown and "Maya Okafor resolved it" in shown


def test_notes_addresses_and_consent(maya: At, boots: Conversation) -> None:
    path = f"/customers/{boots.customer_id}"
    assert "Size 39" in words(maya.asks(f"{path}/notes", "post", text="Size 39"))
    maya.asks(f"/customer-notes/{CustomerNote.objects.get().id}", "delete")
    assert "Size 39" not in words(maya.asks(f"{path}/panel"))
    assert maya.asks(f"{path}/handles", "post", address="nonsense").status_code == 422
    maya.asks(f"{path}/handles", "post", address="Ada@Work.example")
    assert Handle.objects.get(address="ada@work.example").proof == "claimed"
    maya.asks(f"{path}/consents", "post", purpose="marketing", channel="email", given="0")
    assert Consent.objects.get().given is False
    yes = {"purpose": "marketing", "channel": "email", "given": "1"}
    assert maya.asks(f"{path}/consents", "post", **yes).status_code == 422  # a yes is proven by what they said
    maya.asks(f"{path}/consents", "post", wording="Yes, write to me", **yes)
    assert Consent.objects.latest("id").wording == "Yes, write to me"
    assert maya.asks(f"{path}/consents", "post", purpose="spying", channel="email", given="1").status_code == 404


def test_own_fields_and_nothing_else_can_be_set(maya: At, boots: Conversation) -> None:
    OwnField.objects.create(merchant=boots.merchant, key="size", label="Size", kind="number")
    path = f"/customers/{boots.customer_id}/fields"
    maya.asks(path, "put", name="Ada K.", size="39", root_id="1", merchant_id="1", id="7", created_at="2001-01-01")
    row = Customer.objects.get(id=boots.customer_id)
    assert (row.name, row.fields, row.root_id) == ("Ada K.", {"size": "39"}, None)
    assert maya.asks(path, "put", size="large").status_code == 422


def test_two_records_of_one_person_are_merged_and_taken_apart(maya: At, shop: cast.Shop, boots: Conversation) -> None:
    other = cast.the(cast.ben().writes(shop, "It is me, Ada, at work", "Hi")).conversation.customer
    path = f"/customers/{boots.customer_id}"
    assert "Ben Ruiz" in words(maya.asks(f"{path}/merge-candidates", q="ben"))
    maya.asks(f"{path}/merges", "post", other=other.id)
    assert "ben@example.org" in words(maya.asks(f"{path}/panel"))
    maya.asks(f"/customer-merges/{Merge.objects.get().id}", "delete")
    assert "ben@example.org" not in words(maya.asks(f"{path}/panel"))


def test_another_shops_customer_does_not_exist(boots: Conversation) -> None:
    mallory = At(cast.thistle().team["mallory"])
    for path in ("", "/panel", "/merge-candidates"):
        assert mallory.open(f"/customers/{boots.customer_id}{path}").status_code == 404
    assert mallory.asks(f"/customers/{boots.customer_id}/notes", "post", text="x").status_code == 404
    assert not CustomerNote.objects.exists()
