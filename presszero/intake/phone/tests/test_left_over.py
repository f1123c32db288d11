"""What was recorded when the gateway was stopped is stored by the next one, once, and nothing that nobody agreed to."""

import uuid

import pytest
from django.utils import timezone

from presszero.calls.models import Call, Recording
from presszero.channels.models import Line
from presszero.intake.phone import recordings
from tests import cast

from .test_sound import TONE, capture


@pytest.fixture
def line(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    shop = cast.juniper()
    return Line.objects.create(merchant=shop.merchant, brand=shop.brand, kind="phone", address="+4930123456")


@pytest.fixture
def folder(tmp_path):
    for name in ("pcaps", "metadata"):
        (tmp_path / name).mkdir()
    return tmp_path


def recorded(folder, line, *, ended=True, **dialog):
    """A call with two seconds of sound that lie where rtpengine left them."""
    uid, now = uuid.uuid4(), timezone.now()
    (folder / "pcaps" / f"{uid}-12ab.pcap").write_bytes(capture((1, 100.0, TONE), (2, 101.0, TONE)))
    (folder / "metadata" / f"{uid}-12ab.txt").write_text("who talked with whom")
    return Call.objects.create(
        merchant=line.merchant, line=line, driver="sip", provider_id=str(uid), uid=uid, inbound=True,
        stage="menu", dialog=dialog, ended_at=now if ended else None, ended="abandoned" if ended else "",
    )  # fmt: skip


def sweep(folder):
    return recordings.left_over(str(folder), recordings.recorded(str(folder)))


def test_a_message_is_stored_by_the_next_process_and_once(line, folder):
    call = recorded(folder, line, recording={"kind": "voicemail", "running": True})
    again = (folder / "pcaps" / f"{call.uid}-12ab.pcap").read_bytes()
    assert sweep(folder) == 1
    kept = Recording.objects.get(call=call)
    assert (kept.kind, kept.state) == ("voicemail", "stored") and 1.9 < kept.seconds < 3.1
    assert not list(folder.rglob(f"*{call.uid}-*"))

    (folder / "pcaps" / f"{call.uid}-12ab.pcap").write_bytes(again)  # killed between storing and taking it away
    sweep(folder)
    assert Recording.objects.count() == 1 and not recordings.recorded(str(folder))


def test_what_nobody_agreed_to_or_knows_of_does_not_stay(line, folder):
    recorded(folder, line, recording={"kind": "", "running": False})
    recorded(folder, line)  # nothing was noted, and nobody was asked
    recorded(folder, line).delete()
    goes_on = recorded(folder, line, ended=False, recording={"kind": "call", "running": True})
    assert sweep(folder) == 0 and not Recording.objects.exists()
    assert recordings.recorded(str(folder)) == {str(goes_on.uid)}
    assert [path.name for path in (folder / "metadata").iterdir()] == [f"{goes_on.uid}-12ab.txt"]
