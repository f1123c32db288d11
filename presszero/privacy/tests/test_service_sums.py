"""What service took is in a person's copy without anybody's name, and stays a sum when the person is erased."""

from __future__ import annotations

import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from presszero.conversations import actions
from presszero.insights import serving
from presszero.insights.models import Served, Worked
from presszero.insights.working import beat
from presszero.privacy.actions import Request, erase, erase_due
from presszero.privacy.exporting import export, write_due
from tests.cast import ada, juniper, the

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_copy_says_what_it_took_and_an_erasure_leaves_the_sum() -> None:
    shop = juniper()
    row = the(ada().writes(shop, "Order 1042 is late.")).conversation
    beat(shop.maya, [(row.id, 15)], timezone.now())
    actions.resolve(row, by=shop.maya.actor)
    before = serving.serve(shop.merchant.id, row.id)
    assert before and before.contacts == {"email": 1}

    copy = export(row.customer, Request("email", "call"), with_notes=False, by=shop.tomas.actor)
    assert write_due(timezone.now()) == 1
    copy.refresh_from_db()
    with default_storage.open(copy.storage_key) as file, zipfile.ZipFile(file) as archive:
        (talk,) = json.loads(archive.read("data.json"))["conversations"]
    assert talk["service"]["seconds_worked"] == 15 and "member" not in json.dumps(talk["service"])

    erase(row.customer, Request("email", "call"), by=shop.tomas.actor, at_once=True)
    assert erase_due(timezone.now()) == 1
    kept = Served.objects.get(id=before.id)
    assert (kept.seconds, kept.contacts) == (before.seconds, before.contacts) and Worked.objects.get().seconds == 15
