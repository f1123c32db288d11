"""A9: what is done to people, lines and exceptions stands in the record. D5: what is too much is refused at once."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from presszero.audit.actions import chain, verify
from presszero.audit.models import Record
from presszero.team.models import Membership, SecondFactor
from tests.walls.everything import Everything, browser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a9_what_an_admin_does_is_on_record_with_their_name(rows: Everything) -> None:
    shop = rows.shop
    rosa, tomas, before = browser(shop.team["rosa"]), browser(shop.tomas), Record.objects.count()
    done = [
        rosa.post(f"/settings/people/{shop.maya.id}/role", {"role": "lead"}),
        rosa.put(f"/settings/lines/{shop.line.id}/pause"),
        rosa.post("/settings/topics", {"name": "New topic"}),
        tomas.delete(f"/settings/quarantine/{rows.held.id}"),
        rosa.post(f"/settings/people/{shop.maya.id}/removal"),
    ]
    assert [answer.status_code < 400 for answer in done] == [True] * len(done)
    made = list(Record.objects.order_by("id").values_list("verb", "actor"))[before:]
    verbs = {verb for verb, _ in made}
    assert len(verbs) >= len(done)
    assert {actor for _, actor in made} == {shop.team["rosa"].actor.code, shop.tomas.actor.code}
    assert any("role" in verb for verb in verbs) and any("quarantine" in verb for verb in verbs)
    chain(shop.merchant)
    assert verify(shop.merchant) is None


def test_a9_the_record_shows_tampering(rows: Everything) -> None:
    browser(rows.shop.team["rosa"]).post("/settings/topics", {"name": "New topic"})
    chain(rows.shop.merchant)
    row = Record.objects.filter(merchant=rows.shop.merchant).order_by("-id")[0]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_record DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_record SET actor = 'member:1' WHERE id = %s", [row.id])
        cursor.execute("ALTER TABLE audit_record ENABLE TRIGGER USER")
    assert verify(rows.shop.merchant) == row.id


def test_a9_nobody_changes_anothers_security_settings(rows: Everything) -> None:
    """An admin may end sessions and memberships; passwords and second factors are a person's own, whoever asks."""
    rosa, maya = browser(rows.shop.team["rosa"]), rows.shop.maya.person
    before = maya.password
    for path in ("/me/password", "/me/second-factor/removal", "/me/second-factor", "/me/recovery-codes"):
        rosa.post(path, {"person": maya.id, "person_id": maya.id, "old": "x", "new": "y" * 20, "password": "x"})
    maya.refresh_from_db()
    assert maya.password == before
    assert not SecondFactor.objects.filter(person=maya).exists()
    assert Membership.objects.get(id=rows.shop.maya.id).role == "agent"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"&".join(b"f%d=1" % n for n in range(1_000_000)), "application/x-www-form-urlencoded"),
        (b"text=" + b"x" * 6_000_000, "application/x-www-form-urlencoded"),
        (
            b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(100_000))
            + b"--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
        (
            b"".join(
                b'--b\r\nContent-Disposition: form-data; name="file"; filename="%d"\r\n\r\n1\r\n' % n
                for n in range(5_000)
            )
            + b"--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
    ],
    ids=["a million fields", "six million letters", "a hundred thousand parts", "five thousand files"],
)
@pytest.mark.parametrize("where", ["/sign-in", "/conversations/{}/replies", "/conversations/{}/uploads"])
def test_d5_endless_forms_are_refused_at_once(rows: Everything, body: bytes, kind: str, where: str) -> None:
    path = where.format(rows.conversation.id)
    begun = time.process_time()
    got = browser(rows.shop.maya).generic("POST", path, body, kind)
    assert 400 <= got.status_code < 500
    assert time.process_time() - begun < 1.0
