"""`presszero import`: the same from a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from presszero.conversations.models import Conversation
from presszero.transfer.models import Import
from tests import cast

from .bringing import SAMPLES, sample

pytestmark = pytest.mark.django_db


def test_a_folder_comes_in_with_a_report(shop: cast.Shop, tmp_path: Path) -> None:
    said, rejected = io.StringIO(), tmp_path / "rejected.csv"
    call_command("import_past", "zendesk", SAMPLES / "zendesk" / "samples", rejected=rejected, stdout=said)
    assert "Conversations: 4 new, 3 rejected" in said.getvalue()
    assert "not in the file" in rejected.read_text() and Conversation.objects.count() == 4


def test_a_dry_run_changes_nothing_and_the_run_after_it_takes_the_same_file(shop: cast.Shop, tmp_path: Path) -> None:
    file = tmp_path / "past.zip"
    file.write_bytes(sample("gorgias"))
    call_command("import_past", "gorgias", file, shop="juniper", dry_run=True, stdout=io.StringIO())
    assert not Conversation.objects.exists()
    call_command("import_past", "gorgias", file, shop="juniper", stdout=io.StringIO())
    assert Conversation.objects.count() == 2 and Import.objects.count() == 1


def test_what_it_cannot_do_it_says(shop: cast.Shop, tmp_path: Path) -> None:
    cast.thistle()
    file = tmp_path / "past.json"
    file.write_text("[]")
    with pytest.raises(CommandError, match="Which shop"):
        call_command("import_past", "zendesk", file)
    with pytest.raises(CommandError, match="There is no line"):
        call_command("import_past", "zendesk", file, shop="juniper", line="none@juniper.example")
    with pytest.raises(CommandError, match="not the files"):
        call_command("import_past", "freshdesk", file, shop="juniper")
