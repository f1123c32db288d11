"""A photo leaves without the place it was taken at, and is still the same photo, the right way up."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from presszero.channels.privacy import without_notes


def photo(kind: str, turn: int = 1) -> bytes:
    """A small picture with a place, a camera and a comment in it."""
    picture = Image.new("RGB", (40, 30), (200, 30, 30))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = turn, "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: tuple(IFDRational(n) for n in (53, 48, 7)), 29: "2026:11:21"})
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, quality=90)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_u7_where_it_was_taken_is_gone_and_the_picture_is_the_same(kind: str) -> None:
    before = photo(kind)
    assert b"SecretCamera" in before
    after = without_notes(before)
    assert b"SecretCamera" not in after and b"2026:11:21" not in after
    with Image.open(io.BytesIO(before)) as old, Image.open(io.BytesIO(after)) as new:
        assert not new.getexif().get_ifd(0x8825)
        assert old.convert("RGB").tobytes() == new.convert("RGB").tobytes()


def test_a_photo_taken_sideways_stays_the_right_way_up() -> None:
    with Image.open(io.BytesIO(without_notes(photo("JPEG", turn=6)))) as new:
        assert dict(new.getexif()) == {0x0112: 6}


@pytest.mark.parametrize("cut", [3, 12, 30, 100, 400])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_torn_picture_harms_nothing(kind: str, cut: int) -> None:
    assert isinstance(without_notes(photo(kind)[:cut]), bytes)


def test_other_files_stay_as_they_are() -> None:
    assert without_notes(b"%PDF-1.7 hello") == b"%PDF-1.7 hello"
