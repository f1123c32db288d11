"""What was said on the telephone and stands as text: redacted, and erased, wherever it stands."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from presszero.calls import actions
from presszero.calls.menu.vocabulary import Unpark
from presszero.calls.models import Recording, Transcription
from presszero.calls.tests.test_calls import HEARS, WAV, phone, rings, understood
from presszero.calls.transcribing.placing import place
from presszero.channels.models import Entry
from presszero.privacy.actions import Request, erase, erase_due
from presszero.privacy.redacting import redact
from presszero.timeline.reactions import consume_all
from tests import cast

pytestmark = pytest.mark.django_db
SAID = "It is Ada. My password is hunter2swordfish"


@pytest.fixture
def shop() -> cast.Shop:
    made = cast.juniper()
    consume_all(HEARS)
    return made


def left(shop: cast.Shop) -> Recording:
    """Somebody left those words, and they were written down."""
    call = understood(rings(phone(shop)))
    actions.carry_out(call.id, Unpark("voicemail"), timezone.now())
    key = default_storage.save("calls/message.wav", ContentFile(WAV))
    kept = actions.keep_recording(call.id, "voicemail", "", key, 12.4, timezone.now())
    assert kept is not None
    understood(call)
    Transcription.objects.create(merchant=shop.merchant, recording=kept, state="done", not_before=timezone.now())
    kept.transcript = SAID
    kept.save()
    place(Recording.objects.select_related("call").get(id=kept.id))
    return kept


def test_what_is_redacted_in_the_message_goes_from_the_recording_too(shop: cast.Shop) -> None:
    kept = left(shop)
    entry = Entry.objects.get(message_id=f"voicemail:{kept.id}")
    assert entry.text == SAID and redact(entry, by=shop.tomas.actor)
    kept.refresh_from_db()
    entry.refresh_from_db()
    assert "Ada" in entry.text and "hunter2" not in kept.transcript + entry.text


def test_gd2_an_erasure_leaves_no_word_of_what_was_said(shop: cast.Shop) -> None:
    kept = left(shop)
    person = understood(kept.call).customer
    assert person is not None
    erase(person, Request(), by=shop.tomas.actor, at_once=True)
    assert erase_due(timezone.now()) == 1
    kept.refresh_from_db()
    assert (kept.transcript, kept.storage_key) == ("", "")
    assert not Entry.objects.filter(text__contains="Ada").exists() and not Transcription.objects.exists()
