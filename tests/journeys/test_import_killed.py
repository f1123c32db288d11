"""The importing process is killed in the middle. The same command again goes on, and nothing comes twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from presszero.channels.models import Entry
from presszero.conversations.models import Conversation, Message
from presszero.customers.models import Customer
from presszero.transfer.models import Import
from tests import cast

from .house import until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MANY = 1000  # messages, two to a conversation


def test_a_killed_import_goes_on_where_it_was(tmp_path: Path) -> None:
    shop = cast.juniper()
    path = tmp_path / "past.csv"
    rows = (f"{n // 2},Matter {n // 2},c{n // 2 % 300}@example.com,m{n},Words {n}" for n in range(MANY))
    path.write_text("\n".join(["id,subject,customer_email,message_id,text", *rows]))

    process = _import(path)
    until(lambda: Import.objects.filter(state="running", cursor__gt=0).exists(), 60, "the first batch")
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    there = Message.objects.filter(merchant=shop.merchant).count()
    assert 0 < there < MANY, "it was killed before it began, or after it was done"

    assert _import(path).wait(120) == 0
    job = Import.objects.get()
    assert (job.state, job.counts["message"]["new"]) == ("done", MANY)
    assert Message.objects.filter(merchant=shop.merchant).count() == MANY
    assert Entry.objects.filter(merchant=shop.merchant).values("text").distinct().count() == MANY
    assert Conversation.objects.filter(merchant=shop.merchant).count() == MANY // 2
    assert Customer.objects.filter(merchant=shop.merchant).count() == 300


def _import(path: Path) -> subprocess.Popen[bytes]:
    given = connection.settings_dict
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    where = f"postgresql://{given['USER']}{password}@/{given['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"{where}?host={given['HOST']}&port={given['PORT'] or 5432}",
        "PRESSZERO_SECRET_KEY": settings.SECRET_KEY,
        "PRESSZERO_HOME": str(path.parent / "home"),
        "PRESSZERO_LOG": "ERROR",
    }
    command = [sys.executable, "-m", "presszero", "import", "csv", str(path), "--about", "conversations"]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)
