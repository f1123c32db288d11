"""U1–U8: what strangers attach, and what agents add."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from pytest_django import Settings

from presszero.channels.models import Attachment, Entry
from presszero.conversations.actions.answer import MAX_UPLOADS
from presszero.conversations.models import Upload
from tests import cast
from tests.waiting import crowded
from tests.walls.everything import PNG, Everything, browser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
XSL = b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#x"?><xsl:stylesheet id="x"/>'
GIF_AND_SCRIPT = b"GIF89a/*\x01\x00\x01\x00*/=1;alert(1)//"


def received(shop: cast.Shop, content: bytes, kind: str, name: str) -> Attachment:
    """A file that came by mail."""
    mail = cast.ada().mail(shop, "See this.", "A file")
    main, _, sub = kind.partition("/")
    mail.add_attachment(content, main or "application", sub or "octet-stream", filename=name)
    cast.deliver(shop.line, mail.as_bytes())
    return cast.the(cast.work()).entry.attachments.get()


def opened(shop: cast.Shop, row: Attachment, more: str = "") -> HttpResponseBase:
    return browser(shop.maya).get(f"/attachments/{row.token}{more}")


@pytest.mark.parametrize("more", ["", "?inline=1", "?s=1&disposition=inline"])
@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (SVG, "image/svg+xml", "logo.svg"),
        (SVG, "image/png", "logo.png"),
        (HTML, "text/html", "page.html"),
        (HTML, "image/jpeg", "photo.jpg"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "application/xhtml+xml", "page.xhtml"),
        (XSL, "application/xml", "style.xml"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "application/x-mimearchive", "page.mhtml"),
        (zlib.compress(SVG), "image/svg+xml", "logo.svgz"),
        (b"%PDF-1.7\n/OpenAction<</S/JavaScript/JS(app.alert(1))>>", "application/pdf", "bill.pdf"),
    ],
)
def test_u1_what_could_run_is_only_ever_saved(shop: cast.Shop, content: bytes, kind: str, name: str, more: str) -> None:
    got = opened(shop, received(shop, content, kind, name), more)
    assert got["Content-Type"] in ("application/octet-stream", kind if kind in ("image/png", "image/jpeg") else "")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"] and "default-src 'none'" in got["Content-Security-Policy"]
    if got["Content-Type"] == "application/octet-stream":
        assert got["Content-Disposition"].startswith("attachment")
    assert got["Cache-Control"].startswith("private")


def test_u1_a_picture_that_is_also_a_script_is_a_picture_and_nothing_else(shop: cast.Shop) -> None:
    got = opened(shop, received(shop, GIF_AND_SCRIPT, "application/javascript", "both.gif"))
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("image/gif", "nosniff")
    assert "sandbox" in got["Content-Security-Policy"]


@pytest.mark.parametrize(
    "kind", ["image/svg+xml; x", "IMAGE/SVG+XML", "text/html;charset=utf-7", "image/png", "", "application/pdf"]
)
def test_u2_the_bytes_decide_what_a_file_is(shop: cast.Shop, kind: str) -> None:
    mail = cast.ada().mail(shop, "See this.", "A file")
    mail.add_attachment(SVG, "image", "placeholder", filename="logo.png")
    raw = mail.as_bytes().replace(b"Content-Type: image/placeholder", f"Content-Type: {kind}".encode())
    cast.deliver(shop.line, raw)
    row = cast.the(cast.work()).entry.attachments.get()
    assert row.content_type == "image/svg+xml"
    assert opened(shop, row)["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "a\x00b.png", "CON", "x" * 4000]
)
def test_u3_u5_a_name_reaches_no_path(rows: Everything, name: str) -> None:
    maya = browser(rows.shop.maya)
    got = maya.post(f"/conversations/{rows.conversation.id}/uploads", {"file": SimpleUploadedFile(name, b"words")})
    assert got.status_code == 200
    made = Upload.objects.get(token=got.json()["token"])
    assert re.fullmatch(r"attachments/\d+/[0-9a-f]{2}/[0-9a-f]{64}", made.storage_key)
    assert not re.search(r"[/\\\x00-\x1f]", made.filename) and 0 < len(made.filename.encode()) <= 255


@pytest.mark.parametrize(
    "path",
    [
        "/attachments/..%2f..%2fsecret-key",
        "/attachments/../../secret-key",
        "/assets/v1/..%2f..%2f..%2fconfig/settings.py",
        "/assets/v1/../../../config/settings.py",
        "/assets/v1//etc/passwd",
        "/entries/images/..%2f..%2fsecret-key",
        "/static/..%2f..%2fsecret-key",
    ],
)
def test_u5_no_address_reaches_a_file_of_ours(rows: Everything, path: str) -> None:
    got = browser(rows.shop.team["rosa"]).get(path)
    assert got.status_code in (400, 404)


def test_u4_too_large_and_too_many_are_refused_with_a_sentence(rows: Everything) -> None:
    maya, where = browser(rows.shop.maya), f"/conversations/{rows.conversation.id}/uploads"
    before = Upload.objects.count()
    large = maya.post(where, {"file": SimpleUploadedFile("big.bin", b"\0" * (25 * 1024 * 1024 + 1))})
    assert large.status_code == 422 and "25 MB" in large.content.decode()
    assert Upload.objects.count() == before
    for n in range(MAX_UPLOADS - before):
        assert maya.post(where, {"file": SimpleUploadedFile(f"{n}.txt", b"words")}).status_code == 200
    many = maya.post(where, {"file": SimpleUploadedFile("more.txt", b"words")})
    assert many.status_code == 422 and "Twenty" in many.content.decode()
    assert Upload.objects.count() == MAX_UPLOADS


def _zip(names: list[str], content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    "names", [["bomb.bin"], ["../../../../tmp/slipped"], [f"{n}" for n in range(20_000)]], ids=["bomb", "slip", "many"]
)
def test_u6_an_archive_stays_closed(shop: cast.Shop, names: list[str], settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    content = _zip(names, b"\0" * (50_000_000 if names == ["bomb.bin"] else 1))
    begun = time.monotonic()
    row = received(shop, content, "application/zip", "archive.zip")
    assert time.monotonic() - begun < 5 * crowded()
    assert (row.content_type, row.size) == ("application/zip", len(content))
    assert Attachment.objects.count() == 1
    assert [p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()] == [len(content)]
    assert not Path("/tmp/slipped").exists()
    assert opened(shop, row)["Content-Disposition"].startswith("attachment")


def _png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


BOMBS = {
    "png": _png(50_000, 50_000),
    "gif": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\0" * 20,
    "jpeg": b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 65_000, 65_000) + b"\0" * 20,
    "webp": b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\xff\x00" * 2,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_u7_a_picture_too_large_for_any_screen_is_a_plain_file(shop: cast.Shop, bomb: str) -> None:
    begun = time.monotonic()
    row = received(shop, BOMBS[bomb], f"image/{bomb}", f"photo.{bomb}")
    assert time.monotonic() - begun < 3 * crowded()
    assert row.content_type == "application/octet-stream"
    assert opened(shop, row)["Content-Disposition"].startswith("attachment")


def test_u7_an_ordinary_picture_is_shown(shop: cast.Shop) -> None:
    assert received(shop, PNG, "image/png", "dot.png").content_type == "image/png"


def _reply(rows: Everything, who: str, token: str, conversation: int | None = None) -> int:
    form = {"text": "See this.", "client_id": "0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b", "upload": token, "anyway": "1"}
    where = f"/conversations/{conversation or rows.conversation.id}/replies"
    return browser(rows.shop.team[who]).post(where, form).status_code


def test_u8_an_upload_is_of_one_person_and_one_conversation(rows: Everything) -> None:
    before = Entry.objects.count()
    assert _reply(rows, "tomas", rows.upload.token) == 422
    assert _reply(rows, "maya", rows.upload.token, rows.part.id) == 422
    assert _reply(rows, "maya", rows.upload.token[:-1]) == 422
    assert Entry.objects.count() == before
    assert Upload.objects.get(id=rows.upload.id).used_at is None


def test_u8_an_upload_works_once(rows: Everything) -> None:
    assert _reply(rows, "maya", rows.upload.token) in (200, 302)
    assert Attachment.objects.filter(filename="label.pdf").count() == 1
    form = {"text": "Again.", "client_id": "1b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b", "upload": rows.upload.token}
    again = browser(rows.shop.maya).post(f"/conversations/{rows.conversation.id}/replies", form | {"anyway": "1"})
    assert again.status_code == 422
    assert Attachment.objects.filter(filename="label.pdf").count() == 1


def test_u8_an_upload_of_another_merchant_is_not_there(rows: Everything) -> None:
    other = cast.thistle()
    theirs = cast.the(cast.ada().writes(other, "Hello", "Hi")).conversation
    mallory = browser(other.team["mallory"])
    form = {"text": "Mine.", "client_id": "2b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b", "upload": rows.upload.token}
    assert mallory.post(f"/conversations/{theirs.id}/replies", form | {"anyway": "1"}).status_code == 422
    assert not Entry.objects.filter(merchant=other.merchant, inbound=False).exists()
