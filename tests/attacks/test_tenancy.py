"""A2, A3, A4, A6, A7, A8: what belongs to another merchant, to nobody here, or to us alone."""

from __future__ import annotations

import ast
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from presszero.channels import envelope
from presszero.channels.adapters.email.compose import compose
from presszero.channels.models import Attachment, Delivery, Entry, Participant
from presszero.conversations import actions, queries
from presszero.conversations.models import Conversation, Message
from presszero.core.refusal import Refused
from presszero.customers import queries as customers
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership, Role
from tests import cast
from tests.walls.everything import Everything, browser, everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OWNED_KEYS = sorted(
    (
        (model, field)
        for model in apps.get_models()
        if issubclass(model, Owned)
        for field in model._meta.local_fields
        if isinstance(field, OwnedKey)
    ),
    key=lambda pair: (pair[0]._meta.db_table, pair[1].name),
)


@pytest.fixture
def twin(rows: Everything) -> Everything:
    """Another merchant with one of everything too."""
    return everything(_twin())


def _twin() -> cast.Shop:
    shop = cast.thistle()
    for name, role in (("Maya Twin", Role.AGENT), ("Tomas Twin", Role.LEAD), ("Rosa Twin", Role.ADMIN)):
        shop.member(name, role, f"{name.split()[0].lower()}@thistle.example")
    return shop


def test_a2_the_database_refuses_every_key_to_another_merchants_row(rows: Everything, twin: Everything) -> None:
    assert len(OWNED_KEYS) > 30
    tried, let_through = 0, []
    for model, field in OWNED_KEYS:
        mine = model._base_manager.filter(merchant=rows.shop.merchant).values_list("id", flat=True).first()
        target = field.remote_field.model
        foreign = target._base_manager.filter(merchant=twin.shop.merchant).values_list("id", flat=True).first()
        if mine is None or foreign is None:
            continue
        tried += 1
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s WHERE merchant_id = %s AND id = %s',
                    [foreign, rows.shop.merchant.id, mine],
                )
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            let_through.append(f"{model._meta.label}.{field.name}")
        except DatabaseError:
            continue
    assert not let_through
    assert tried > 25


FOREIGN_FORMS = [
    ("PUT", "conversations/{mine}/topic", lambda t: {"topic": t.topic.id}),
    ("PUT", "conversations/{mine}/assignee", lambda t: {"member": t.shop.maya.id}),
    ("POST", "conversations/{mine}/merges", lambda t: {"into": t.conversation.id}),
    ("POST", "conversations/{mine}/splits", lambda t: {"message": t.reply.id, "note": t.note.id}),
    ("POST", "conversations/{mine}/macros/{macro}", lambda t: {}),
    ("POST", "conversations/{mine}/replies", lambda t: {"thread": t.entry.thread_id, **WORDS}),
    ("POST", "conversations/{mine}/replies", lambda t: {"upload": t.upload.token, **WORDS}),
    ("POST", "customers/{customer}/merges", lambda t: {"other": t.customer_note.customer_id}),
]
WORDS = {"text": "Hello", "client_id": str(uuid.uuid4()), "anyway": "1"}


@pytest.mark.parametrize(("method", "where", "form"), FOREIGN_FORMS)
def test_a2_a8_no_form_can_name_another_merchants_row(
    rows: Everything, twin: Everything, method: str, where: str, form: object
) -> None:
    path = "/" + where.format(mine=rows.conversation.id, customer=rows.conversation.customer_id, macro=twin.macro.id)
    before = _state()
    values = "&".join(f"{k}={v}" for k, v in form(twin).items())
    got = browser(rows.shop.maya).generic(method, path, values, "application/x-www-form-urlencoded")
    assert got.status_code in (404, 422)
    assert _state() == before


def _state() -> list[object]:
    return [
        list(Conversation.objects.order_by("id").values_list("id", "topic", "assignee", "root", "version")),
        list(Message.objects.order_by("id").values_list("id", "conversation")),
        list(Customer.objects.order_by("id").values_list("id", "root")),
        Entry.objects.count(),
        Delivery.objects.count(),
    ]


def test_a3_search_lists_counts_and_suggestions_show_only_ones_own(rows: Everything, twin: Everything) -> None:
    Conversation.objects.filter(merchant=rows.shop.merchant).update(subject="zanzibar secret", snippet="zanzibar")
    Customer.objects.filter(merchant=rows.shop.merchant).update(name="Zanzibar Person")
    theirs = twin.shop.maya
    for words in ("zanzibar", "1042 late", str(rows.conversation.id), f"#{rows.conversation.id}", "ada@example.com"):
        assert {r.id for r in queries.search(theirs, words)} <= set(_conversations(twin)), words
    assert list(customers.find(twin.shop.merchant, "Zanzibar")) == []
    own = queries.counts(theirs)
    everyone = queries.counts(rows.shop.maya)
    Conversation.objects.filter(merchant=rows.shop.merchant).update(state="open", assignee=None)
    assert queries.counts(theirs) == own
    assert queries.counts(rows.shop.maya) != everyone
    for name in queries.VIEWS:
        assert {r.id for r in queries.view(theirs, name)} <= set(_conversations(twin))
    at = browser(theirs)
    for path in (
        "/search?q=zanzibar",
        f"/conversations/{twin.conversation.id}/merge-candidates?q=zanzibar",
        f"/customers/{twin.conversation.customer_id}/merge-candidates?q=zanzibar",
        "/desk/team",
    ):
        got = at.get(path)
        assert got.status_code == 200
        assert "zanzibar secret" not in got.content.decode() and "Zanzibar Person" not in got.content.decode()


def _conversations(of: Everything) -> Iterator[int]:
    return iter(Conversation.objects.filter(merchant=of.shop.merchant).values_list("id", flat=True))


def test_a4_a_files_address_cannot_be_guessed_and_is_for_its_team(rows: Everything, twin: Everything) -> None:
    tokens = set(Attachment.objects.values_list("token", flat=True))
    assert len(tokens) == Attachment.objects.count() >= 2
    assert all(len(token) >= 22 for token in tokens)  # 128 bits in base64
    own, token = browser(rows.shop.maya), rows.attachment.token
    assert own.get(f"/attachments/{token}").status_code == 200
    for guess in (
        rows.attachment.id,
        rows.attachment.id + 1,
        token[:-1],
        token.swapcase(),
        rows.attachment.storage_key,
    ):
        assert own.get(f"/attachments/{guess}").status_code == 404
    assert browser(twin.shop.team["rosa"]).get(f"/attachments/{token}").status_code == 404
    assert browser(None).get(f"/attachments/{token}").status_code == 302
    got = own.get(f"/attachments/{token}")
    assert (got["Referrer-Policy"], got["Cache-Control"].split(",")[0]) == ("no-referrer", "private")


def test_a4_a_file_is_closed_to_who_has_left(rows: Everything) -> None:
    maya = browser(rows.shop.maya)
    Membership.objects.filter(id=rows.shop.maya.id).update(left_at="2026-01-01T00:00Z")
    assert maya.get(f"/attachments/{rows.attachment.token}").status_code == 403


def test_a6_no_code_of_a_channel_can_reach_a_note() -> None:
    above = {"conversations", "intake", "desk", "demo", "customers", "routing"}
    reached = []
    for file in Path("presszero/channels").rglob("*.py"):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            words = [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
            reached += [(str(file), n) for n in names if set(n.split(".")[1:2]) & above and n.startswith("presszero.")]
            reached += [(str(file), w) for w in words if "conversations_note" in w or "customers_customernote" in w]
    assert reached == []


def test_a6_m15_no_mail_carries_a_note_or_a_hidden_recipient(shop: cast.Shop) -> None:
    ada = cast.ada()
    row = cast.the(ada.writes(shop, "Late.", "Boots", Cc="eve@x.example")).conversation
    actions.note(row, "xylophone: she is difficult", by=shop.maya, client_id=uuid.uuid4())
    actions.answer.let_in(Participant.objects.get(address="eve@x.example"), by=shop.maya.actor)
    said = cast.answer(row, "Sorry!", shop.maya, to=("ada@example.com",))
    actions.note(row, "xylophone again", by=shop.maya, client_id=uuid.uuid4())
    both = cast.answer(row, "Sorry, both.", shop.maya)
    for message in (said, both):
        for delivery in message.entry.deliveries.select_related("entry__thread", "line__brand"):
            mail = compose(envelope.outgoing(delivery), message.at)
            assert b"xylophone" not in mail.raw and b"Bcc" not in mail.raw
            assert [box.spec for box in mail.recipients] == [delivery.address]
    alone = compose(envelope.outgoing(said.entry.deliveries.get()), said.at)
    assert b"eve@x.example" not in alone.raw


def test_a7_fields_that_a_form_does_not_name_are_ignored(rows: Everything, twin: Everything) -> None:
    maya, extra = browser(rows.shop.maya), {
        "merchant": twin.shop.merchant.id, "merchant_id": twin.shop.merchant.id, "id": 1, "root_id": 1, "role": "admin",
        "is_staff": "1", "author": "1", "by": twin.shop.maya.id, "created_at": "2001-01-01", "verified": "1",
        "proof": "verified", "inbound": "1", "state": "resolved", "sender_name": "The King", "fields": "{}",
    }  # fmt: skip
    customer = Customer.objects.get(id=rows.conversation.customer_id)
    words = "&".join(f"{k}={v}" for k, v in {"name": "Ada K", **extra}.items())
    kind = "application/x-www-form-urlencoded"
    assert maya.put(f"/customers/{customer.id}/fields", words, kind).status_code in (200, 302)
    after = Customer.objects.get(id=customer.id)
    assert after.name == "Ada K"
    assert (after.merchant_id, after.root_id, after.created_at, after.fields) == (
        customer.merchant_id, customer.root_id, customer.created_at, customer.fields,
    )  # fmt: skip
    form = extra | {"text": "Hello", "client_id": str(uuid.uuid4()), "anyway": "1"}
    assert maya.post(f"/conversations/{rows.conversation.id}/replies", form).status_code in (200, 302)
    said = Entry.objects.order_by("-id")[0]
    assert (said.merchant_id, said.inbound, said.actor, said.proof) == (
        rows.shop.merchant.id, False, rows.shop.maya.actor.code, "",
    )  # fmt: skip
    assert "King" not in said.sender_name
    assert Conversation.objects.get(id=rows.conversation.id).state == "open"
    rosa = browser(rows.shop.team["rosa"])
    assert rosa.post("/settings/topics", extra | {"name": "New"}).status_code in (200, 302)
    assert rosa.post("/settings/macros/new", extra | {"name": "New", "text": "Hi"}).status_code in (200, 302)
    assert not [m for m in apps.get_models() if m.__name__ in ("Topic", "Macro") and _of(m, twin) != 1]


def _of(model: type[models.Model], whose: Everything) -> int:
    return int(model._base_manager.filter(merchant=whose.shop.merchant).count())


def test_a8_merge_split_and_undo_see_only_ones_own(rows: Everything, twin: Everything) -> None:
    mallory, before = browser(twin.shop.team["rosa"]), _state()
    for path in (f"/merges/{rows.merged.id}", f"/splits/{rows.part.id}", f"/customer-merges/{rows.customer_merge.id}"):
        assert mallory.delete(path).status_code == 404
    with pytest.raises(Refused):
        actions.merge(twin.conversation, rows.conversation, by=twin.shop.maya.actor)
    assert _state() == before
