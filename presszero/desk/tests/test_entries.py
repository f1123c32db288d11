"""Messages as they were sent, and their files."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from presszero.channels import files
from presszero.channels.models import Attachment, Entry
from presszero.conversations.models import Conversation, Message, Upload
from presszero.desk.frame import sign_image
from tests import cast

from .conftest import At, words

PNG = bytes.fromhex("89504e470d0a1a0a") + b"\x00" * 32


@pytest.fixture
def entry(boots: Conversation) -> Entry:
    row = Message.objects.get(conversation=boots).entry
    row.html = "<p onclick=alert(1)>Late <img src='https://t.example/p.gif'><script>alert(1)</script></p>"
    row.folded = "> see <b>https://x.example</b>"
    row.save()
    return row


def test_x2_the_frame_runs_nothing_and_has_its_own_policy(maya: At, entry: Entry) -> None:
    frame = maya.open(f"/entries/{entry.id}/html")
    policy = frame.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "script-src" not in policy and "frame-ancestors 'self'" in policy
    assert "<script" not in frame.content.decode() and "onclick" not in frame.content.decode()


def test_x4_pictures_are_left_out_until_asked_and_then_come_through_us(maya: At, entry: Entry) -> None:
    assert "1 picture" in words(maya.asks(f"/entries/{entry.id}/as-sent"))
    assert "t.example" not in maya.open(f"/entries/{entry.id}/html").content.decode()
    asked = maya.open(f"/entries/{entry.id}/html?images=1").content.decode()
    assert 'src="/entries/images/' in asked and "t.example" not in asked


def test_x4_a_picture_needs_a_token_of_ours_and_no_cookie(entry: Entry) -> None:
    anybody = Client()
    assert anybody.get("/entries/images/made-up").status_code == 404
    inside = sign_image(entry.id, entry.merchant_id, "http://127.0.0.1:9/x.png")
    assert anybody.get(f"/entries/images/{inside}").status_code == 404


def test_an_attached_picture_is_shown_inside_the_frame(maya: At, entry: Entry) -> None:
    token = _file(entry, "logo.png", "image/png", PNG, content_id="logo@x").token
    entry.html = '<img src="cid:logo@x">'
    entry.save()
    source = maya.open(f"/entries/{entry.id}/html").content.decode().partition('src="')[2].partition('"')[0]
    answer = Client().get(source)
    assert b"".join(answer) == PNG and answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert token not in source


def test_what_is_folded_is_text(maya: At, entry: Entry) -> None:
    shown = maya.asks(f"/entries/{entry.id}/folded").content.decode()
    assert "&lt;b&gt;" in shown and "<b>" not in shown


def test_files_are_saved_and_never_run(maya: At, entry: Entry) -> None:
    page = _file(entry, 'evil".html', "text/html", b"<script>alert(1)</script>")
    answer = maya.open(f"/attachments/{page.token}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    picture = maya.open(f"/attachments/{_file(entry, 'a.png', 'image/png', PNG).token}")
    assert picture.headers["Content-Disposition"].startswith("inline") and b"".join(picture) == PNG


def test_a4_another_shop_reaches_neither_words_nor_files(entry: Entry) -> None:
    token = _file(entry, "a.png", "image/png", PNG).token
    mallory = At(cast.thistle().team["mallory"])
    for path in ("html", "as-sent", "folded"):
        assert mallory.open(f"/entries/{entry.id}/{path}").status_code == 404
    assert mallory.open(f"/attachments/{token}").status_code == 404


def test_a_file_goes_up_and_out_with_the_answer(maya: At, boots: Conversation) -> None:
    given = SimpleUploadedFile("size chart.pdf", b"%PDF-1.4 x", "application/pdf")
    made = maya.client.post(f"/conversations/{boots.id}/uploads", {"file": given}).json()
    assert made["name"] == "size chart.pdf"
    last = Message.objects.filter(conversation=boots).latest("id").id
    fields = {"client_id": str(uuid.uuid4()), "after": str(last), "text": "Here", "upload": made["token"]}
    maya.asks(f"/conversations/{boots.id}/replies", "post", **fields)
    assert Attachment.objects.get(entry__inbound=False).filename == "size chart.pdf"


def test_u_a_file_of_somebody_else_cannot_be_sent(maya: At, shop: cast.Shop, boots: Conversation) -> None:
    given = SimpleUploadedFile("secret.txt", b"x")
    token = At(shop.tomas).client.post(f"/conversations/{boots.id}/uploads", {"file": given}).json()["token"]
    last = Message.objects.filter(conversation=boots).latest("id").id
    fields = {"client_id": str(uuid.uuid4()), "after": str(last), "text": "Here", "upload": token}
    assert maya.asks(f"/conversations/{boots.id}/replies", "post", **fields).status_code == 422
    maya.asks(f"/uploads/{token}", "delete")
    assert Upload.objects.filter(token=token).exists()


def _file(entry: Entry, name: str, kind: str, content: bytes, content_id: str = "") -> Attachment:
    return Attachment.objects.create(
        merchant_id=entry.merchant_id,
        entry=entry,
        filename=name,
        content_type=kind,
        size=len(content),
        storage_key=files.keep(entry.merchant_id, content),
        content_id=content_id,
        inline=bool(content_id),
    )
