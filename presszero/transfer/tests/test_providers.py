"""The past out of other help desks: what becomes of each row, once, and without waking anybody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from presszero.channels.models import Attachment, Delivery, Entry
from presszero.conversations import queries
from presszero.conversations.models import Conversation, Macro, Message, Note, Resolution, Snooze, Spam, Tagged
from presszero.conversations.queries.search import search
from presszero.customers.models import Customer, Handle
from presszero.timeline.models import Event
from presszero.transfer import actions
from presszero.transfer.models import Import, ImportRow
from presszero.transfer.running import bring_now
from tests import cast

from .bringing import brought, checked, run, sample

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def of(shop: cast.Shop, subject: str) -> Conversation:
    return Conversation.objects.get(merchant=shop.merchant, subject=subject)


def rejected(job: Import) -> dict[str, str]:
    rows = ImportRow.objects.filter(job=job, outcome="rejected")
    return dict(rows.values_list("external_id", "reason"))


def test_zendesk_comes_whole_with_its_times(shop: cast.Shop) -> None:
    job = run(brought(shop, "zendesk", sample("zendesk")))
    assert (job.state, job.trouble) == ("done", "")
    boots = of(shop, "Where are my boots?")
    assert (boots.state, boots.priority, boots.assignee_id) == ("resolved", 3, shop.maya.id)
    assert boots.created_at == datetime(2024, 2, 1, 10, tzinfo=UTC)
    said = list(Message.objects.filter(conversation=boots).order_by("at").values_list("inbound", "entry__text"))
    assert [inbound for inbound, _ in said] == [True, False, True]
    assert said[1][1] == "It arrives on Friday, promised."
    note = Note.objects.get(conversation=boots)
    assert note.text == "Olga Past: Carrier says Friday." and note.by_id is None
    assert {t.tag.name for t in Tagged.objects.filter(conversation=boots)} == {"late_parcel", "vip"}
    assert boots.fields == {"order_number": "1042"}
    assert Resolution.objects.get(conversation=boots).at == datetime(2024, 2, 3, 12, tzinfo=UTC)
    assert Attachment.objects.get(entry__thread__key="import:zendesk:501").filename == "label.txt"
    ada = Customer.objects.get(handles__address="ada@example.com")
    assert (ada.name, ada.fields, boots.customer_id) == ("Ada Kowalski", {"shoe_size": "39"}, ada.id)
    assert Handle.objects.filter(customer=ada, kind="phone", address="+442079460011").exists()


def test_zendesk_open_ones_wait_and_pending_ones_are_snoozed(shop: cast.Shop) -> None:
    run(brought(shop, "zendesk", sample("zendesk")))
    laces, back = of(shop, "Laces"), of(shop, "Return")
    assert (laces.state, laces.waiting_since) == ("open", datetime(2024, 3, 1, 8, tzinfo=UTC))
    assert back.state == "snoozed" and Snooze.objects.filter(conversation=back, until=None).exists()
    assert queries.thread_to_answer(laces) is not None


def test_zendesk_reads_the_old_xml_beside_it(shop: cast.Shop) -> None:
    run(brought(shop, "zendesk", sample("zendesk")))
    old = of(shop, "From the old days")
    assert (old.priority, Note.objects.get(conversation=old).by_id) == (4, shop.maya.id)
    assert [row.id for row in search(shop.maya, "walrus")] == [old.id]


def test_zendesk_says_of_every_rejected_row_why(shop: cast.Shop) -> None:
    job = run(brought(shop, "zendesk", sample("zendesk")))
    said = rejected(job)
    assert said["504"] == "It was deleted there." and "not in the file" in said["503"]
    assert said["9003"] == "It has neither a name nor an address."
    assert said["302"] == "It was switched off there."
    assert job.counts["conversation"]["rejected"] == 3  # the broken line too
    left = ImportRow.objects.get(job=job, kind="attachment", outcome="left_out")
    assert left.raw["name"] == "photo.jpg" and "not fetched" in left.reason


def test_zendesk_macros_get_our_words_and_steps(shop: cast.Shop) -> None:
    job = run(brought(shop, "zendesk", sample("zendesk")))
    macro = Macro.objects.get(merchant=shop.merchant, name="Late parcel")
    assert macro.text.startswith("Hi {{ customer.first_name }},") and macro.text.endswith("{{ agent.name }}")
    assert [step["do"] for step in macro.steps] == ["snooze", "tag", "priority"]
    left = ImportRow.objects.get(job=job, kind="macro_part")
    assert left.raw["left_out"] == ["brand_id → 12", "{{ticket.ticket_field_7001}}"]


def test_gorgias_comes_whole(shop: cast.Shop) -> None:
    job = run(brought(shop, "gorgias", sample("gorgias")))
    refund = of(shop, "Refund please")
    said = list(Message.objects.filter(conversation=refund).order_by("at").values_list("inbound", flat=True))
    assert said == [True, False] and Note.objects.get(conversation=refund).by_id == shop.maya.id
    assert refund.assignee_id == shop.maya.id and refund.fields == {"gorgias_4": "Too small"}
    assert Spam.objects.get().conversation_id == of(shop, "Win a phone").id
    assert set(rejected(job)) == {"703", ""}
    macro = Macro.objects.get(name="Refund given")
    assert "{{ customer.first_name }}" in macro.text and [s["do"] for s in macro.steps] == ["tag", "resolve"]
    assert [row.id for row in search(shop.maya, "marmalade")] == [refund.id]
    assert ImportRow.objects.filter(job=job, kind="conversation_part", raw={"team": "Returns"}).exists()


def test_freshdesk_comes_whole_as_json_and_xml(shop: cast.Shop) -> None:
    job = run(brought(shop, "freshdesk", sample("freshdesk")))
    size = of(shop, "Which size?")
    said = list(Message.objects.filter(conversation=size).order_by("at").values_list("inbound", "entry__text"))
    assert said == [
        (True, "I wear 39, which size do I take?"),
        (False, "Take 40."),
        (True, "Thanks, quokka!"),
    ]
    assert size.created_at == datetime(2024, 6, 1, 8, tzinfo=UTC)
    assert (size.topic.name, size.fields, size.state) == ("Question", {"order_number": "1042"}, "resolved")
    assert of(shop, "Still open").waiting_since and of(shop, "By XML").priority == 1
    assert [row.id for row in search(shop.maya, "narwhal")] == [of(shop, "By XML").id]
    assert set(rejected(job)) == {"803", "800000004"}
    assert Macro.objects.get(name="Sizes").text.startswith("Hi {{ customer.first_name }}")


@pytest.mark.parametrize("source", ["zendesk", "gorgias", "freshdesk"])
def test_history_sets_nothing_off(shop: cast.Shop, source: str) -> None:
    run(brought(shop, source, sample(source)))
    assert Message.objects.count() > 2
    assert not Event.objects.exists() and not Delivery.objects.exists()


@pytest.mark.parametrize("source", ["zendesk", "gorgias", "freshdesk"])
def test_the_same_file_twice_makes_nothing_twice(shop: cast.Shop, source: str) -> None:
    def there() -> list[int]:
        return [m.objects.count() for m in (Customer, Handle, Conversation, Entry, Message, Note, Macro, Tagged)]

    run(brought(shop, source, sample(source)))
    before = there()
    again = run(brought(shop, source, sample(source)))
    assert there() == before
    assert not any(outcomes.get("new") for kind, outcomes in again.counts.items() if kind != "attachment")


@pytest.mark.parametrize("source", ["zendesk", "gorgias", "freshdesk"])
def test_looking_through_changes_nothing_and_foresees_what_happens(shop: cast.Shop, source: str) -> None:
    job = checked(brought(shop, source, sample(source)))
    assert job.state == "checked" and not Customer.objects.exists() and not Conversation.objects.exists()
    foreseen = job.counts
    job = run(job)
    for kind in ("conversation", "message", "note", "macro"):
        assert foreseen.get(kind, {}).get("new") == job.counts.get(kind, {}).get("new"), kind
        assert foreseen.get(kind, {}).get("rejected") == job.counts.get(kind, {}).get("rejected"), kind
    assert any(each["outcome"] == "new" for each in job.choices["preview"])


@pytest.mark.parametrize("source", ["zendesk", "gorgias", "freshdesk"])
def test_an_import_is_taken_back(shop: cast.Shop, source: str) -> None:
    job = run(brought(shop, source, sample(source)))
    job = actions.take_back(job, by=shop.team["rosa"])
    bring_now(job)
    job.refresh_from_db()
    assert (job.state, job.counts["undone"]) == ("undone", {"stays": 0})
    for model in (Conversation, Entry, Note, Customer, Handle, Macro, Tagged):
        assert not model.objects.filter(merchant=shop.merchant).exists(), model
    assert run(job).state == "done" and Conversation.objects.exists()


def test_what_somebody_worked_on_since_stays(shop: cast.Shop) -> None:
    job = run(brought(shop, "zendesk", sample("zendesk")))
    laces = of(shop, "Laces")
    cast.answer(laces, "We do.", shop.maya)
    bring_now(actions.take_back(job, by=shop.team["rosa"]))
    assert [row.subject for row in Conversation.objects.all()] == ["Laces"]
    assert Customer.objects.get().id == laces.customer_id


def test_a_later_file_adds_only_what_is_new(shop: cast.Shop) -> None:
    run(brought(shop, "zendesk", sample("zendesk")))
    more = (
        '{"id":501,"subject":"Where are my boots?","status":"closed","requester_id":9001,"comments":['
        '{"id":4,"author_id":9001,"plain_body":"It came, thank you!","public":true,'
        '"created_at":"2024-02-03T12:00:00Z"},'
        '{"id":99,"author_id":9001,"plain_body":"One lace is missing.","public":true,'
        '"created_at":"2024-02-09T12:00:00Z"}]}'
    )
    job = run(brought(shop, "zendesk", more.encode(), name="tickets.json"))
    boots = of(shop, "Where are my boots?")
    assert Message.objects.filter(conversation=boots).count() == 4 and boots.snippet == "One lace is missing."
    assert job.counts["conversation"] == {"changed": 1} and job.counts["message"] == {"new": 1}


def test_files_of_somebody_else_are_said_to_be(shop: cast.Shop) -> None:
    job = brought(shop, "gorgias", b"hello", name="hello.txt")
    bring_now(job)
    job.refresh_from_db()
    assert job.state == "failed" and "Gorgias" in job.trouble
