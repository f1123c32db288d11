"""A person's copy holds everything of theirs and nothing of others; the night takes what rules let go, and no more."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import date, timedelta

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from presszero.audit.actions import looked
from presszero.audit.models import Look, Record
from presszero.channels.models import Attachment, Entry
from presszero.conversations.actions import note, resolve
from presszero.conversations.models import Conversation
from presszero.core.refusal import Refused
from presszero.customers import actions as customers
from presszero.mailroom.models import Received
from presszero.privacy import policy, retention
from presszero.privacy.actions import Request, hold
from presszero.privacy.exporting import export, write_due
from presszero.privacy.models import Purge, RetentionRule, SubjectExport
from presszero.team.actions import Browser as Window
from presszero.team.actions import start_session
from presszero.team.gate import COOKIE
from tests.cast import Browser, Shop, Shopper, ada, answer, ben, deliver, juniper, the, work

pytestmark = pytest.mark.django_db


def with_a_file(shop: Shop, name: str = "receipt.txt", who: Shopper | None = None) -> Conversation:
    mail = (who or ada()).mail(shop, "Where is order 1042?", "Boots")
    mail.add_attachment(b"paid", maintype="application", subtype="octet-stream", filename=name)
    deliver(shop.line, mail.as_bytes())
    return the(work()).conversation


def settled(shop: Shop, row: Conversation, days: int) -> None:
    """Done with, so many days ago."""
    resolve(row, by=shop.maya.actor)
    then = timezone.now() - timedelta(days=days)
    Conversation.objects.filter(id=row.id).update(last_at=then)
    Received.objects.update(received_at=then)


def test_gd1_the_copy_holds_all_channels_and_nobody_else() -> None:
    shop = juniper()
    talk = with_a_file(shop)
    chat = the(Browser("Ada K").chats(shop, "Me again, in the chat"))
    customers.merge(chat.conversation.customer, talk.customer, by=shop.maya.actor)
    answer(talk, "It comes tomorrow.", shop.maya)
    note(talk, "She sounds cross.", by=shop.maya, client_id=uuid.uuid4())
    the(ben().writes(shop, "I am somebody else"))
    made = export(talk.customer, Request("email", "call"), with_notes=False, by=shop.tomas.actor)
    assert write_due(timezone.now()) == 1
    made.refresh_from_db()
    archive = zipfile.ZipFile(io.BytesIO(default_storage.open(made.storage_key).read()))
    told = archive.read("data.json").decode()
    page = archive.read("index.html").decode()
    for words in ("Where is order 1042?", "Me again, in the chat", "It comes tomorrow.", "ada@example.com"):
        assert words in told and words in page
    for words in ("cross", "somebody else", "ben@example.org"):
        assert words not in told and words not in page
    (file,) = [f for c in json.loads(told)["conversations"] for m in c["messages"] for f in m["files"]]
    assert archive.read(file["path"]) == b"paid"

    again = export(talk.customer, Request("email", "call"), with_notes=True, by=shop.tomas.actor)
    write_due(timezone.now())
    again.refresh_from_db()
    assert "cross" in zipfile.ZipFile(default_storage.open(again.storage_key)).read("data.json").decode()
    retention.drop_old_copies(timezone.now() + timedelta(days=8))
    assert not default_storage.exists(made.storage_key) and SubjectExport.objects.filter(gone_at=None).count() == 0


@pytest.mark.parametrize(("asked", "by"), [("2026-01-31", "2026-02-28"), ("2026-12-15", "2027-01-15")])
def test_gd1_the_answer_is_due_within_a_month(asked: str, by: str) -> None:
    assert policy.answer_by(date.fromisoformat(asked)) == date.fromisoformat(by)


def test_gd4_files_go_after_their_time_and_only_of_what_is_settled() -> None:
    shop = juniper()
    old = with_a_file(shop)
    with_a_file(shop, "label.txt", ben())  # still open
    settled(shop, old, 181)
    (files,) = [each for each in retention.rules(shop.merchant) if each.what == "files"]
    assert retention.would_go(shop.merchant, files, timezone.now()) == 1
    retention.purge_one(shop.merchant, timezone.now())
    assert [file.filename for file in Attachment.objects.all()] == ["label.txt"]
    assert Entry.objects.filter(text="Where is order 1042?").exists()  # words stay for ever, unless a rule says so
    assert Purge.objects.filter(what="files", days=180, count=1).exists()


def test_gd4_a_rule_of_a_channel_and_a_hold() -> None:
    shop = juniper()
    talk = with_a_file(shop)
    settled(shop, talk, 40)
    retention.keep(shop.merchant, "messages", "email", 30, by=shop.team["rosa"])
    standing = hold(talk.customer, "Court case", by=shop.tomas.actor)
    retention.purge_one(shop.merchant, timezone.now())
    assert Entry.objects.exclude(text="").exists()
    standing.lifted_at = timezone.now()
    standing.save()
    retention.purge_one(shop.merchant, timezone.now())
    assert not Entry.objects.exclude(text="").exists()
    assert Conversation.objects.get(id=talk.id).snippet == ""


def test_gd7_an_identity_document_goes_thirty_days_after_the_matter() -> None:
    shop = juniper()
    talk = with_a_file(shop, "passport.pdf")
    settled(shop, talk, 31)
    with pytest.raises(Refused):
        retention.keep(shop.merchant, "papers", "", None, by=shop.team["rosa"])
    retention.purge_one(shop.merchant, timezone.now())
    assert not Attachment.objects.exists()


def test_a_lead_asks_on_the_customers_page_and_calls_it_off() -> None:
    shop = juniper()
    talk = with_a_file(shop)
    lead, agent = signed_in(shop, "tomas"), signed_in(shop, "maya")
    page = f"/customers/{talk.customer_id}/privacy"
    assert agent.get(page).status_code == 403 and lead.get(page).status_code == 200
    unproven = lead.post(f"{page}/erasure", {"asked": "email", "proven": "not_needed"})
    assert unproven.status_code == 422 and b"Make sure that it is them first" in unproven.content
    assert lead.post(f"{page}/erasure", {"asked": "email", "proven": "call"}).status_code == 302
    assert b"Call it off" in lead.get(page).content
    erasure = talk.customer.erasures.get()
    assert lead.post(f"/privacy/erasures/{erasure.id}/withdrawal").status_code == 302
    erasure.refresh_from_db()
    assert erasure.called_off_at and erasure.called_off_by == shop.tomas.actor.code
    assert signed_in(shop, "rosa").get("/settings/privacy").status_code == 200


def signed_in(shop: Shop, name: str) -> Client:
    member = shop.team[name]
    started = start_session(member.person, Window("203.0.113.9", "Safari"), timezone.now())
    client = Client()
    client.cookies[COOKIE] = started.token
    return client


def test_gd4_gd9_an_admin_sets_a_time_for_one_channel_and_for_who_looked() -> None:
    shop = juniper()
    talk = with_a_file(shop)
    settled(shop, talk, 40)
    admin = signed_in(shop, "rosa")
    asked = {"what": "messages", "channel": "email", "days": "30"}
    previewed = admin.post("/settings/privacy/rules", asked | {"look": "1"})
    assert b"1 would go tonight. Nothing is saved yet." in previewed.content
    assert not RetentionRule.objects.exists()
    assert admin.post("/settings/privacy/rules", asked | {"channel": "pigeon"}).status_code == 422
    assert admin.post("/settings/privacy/rules", asked).status_code == 302
    assert admin.post("/settings/privacy/rules/looks", {"days": "90"}).status_code == 302
    looked(shop.merchant.id, shop.maya.id, talk.customer_id, timezone.now() - timedelta(days=91))
    retention.purge_one(shop.merchant, timezone.now())
    assert not Entry.objects.exclude(text="").exists() and not Look.objects.exists()
    assert admin.post("/settings/privacy/rules/messages", {"channel": "email", "drop": "1"}).status_code == 302
    assert not RetentionRule.objects.filter(channel="email").exists()
    assert Record.objects.filter(verb="retention.change").count() == 3
