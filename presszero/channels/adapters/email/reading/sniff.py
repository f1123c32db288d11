"""What kind of file an attachment is, by its first bytes; the sender's word counts only where they say nothing."""

from __future__ import annotations

import re

from .pictures import is_bomb

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\xff\x0a", "image/jxl"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
    (b"#!", "text/x-shellscript"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"%!PS", "application/postscript"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
)
_ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pages": "application/vnd.apple.pages",
    "epub": "application/epub+zip",
    "pkpass": "application/vnd.apple.pkpass",
}
_OLE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
_BY_NAME = {
    "txt": "text/plain", "csv": "text/csv", "log": "text/plain", "md": "text/plain", "json": "application/json",
    "ics": "text/calendar", "vcf": "text/vcard", "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg",
    "jpeg": "image/jpeg", "gif": "image/gif", "eml": "message/rfc822", "xml": "application/xml",
    "zip": "application/zip", "html": "text/html", "htm": "text/html", "svg": "image/svg+xml",
    "asc": "application/pgp-signature", "p7s": "application/pkcs7-signature", "mp3": "audio/mpeg",
    "mp4": "video/mp4", "mov": "video/quicktime",
    **_ZIPPED, **_OLE,
}  # fmt: skip
_ACTIVE = re.compile(rb"(?i)<\s*(?:!doctype\s+html|html|head|body|script|iframe|svg|xsl:|math|object|embed)\b")
_TOKEN = re.compile(r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,98}$")
_VAGUE = ("application/octet-stream", "application/x-download", "application/binary", "application/unknown")


def content_type(content: bytes, declared: str, filename: str) -> str:
    """Lower case, no parameters. Text that a browser would run is named as such, whatever it claims to be (U2).

    A picture too large to be shown is a plain file.
    """
    if is_bomb(content):
        return "application/octet-stream"
    suffix = filename.rpartition(".")[2].lower() if "." in filename else ""
    declared = declared.partition(";")[0].strip().lower()
    start = content[:4096].lstrip(b"\xef\xbb\xbf\x00 \t\r\n")
    found = _by_bytes(content, start, suffix)
    if found:
        return found
    if _TOKEN.match(declared) and declared not in _VAGUE and declared.count("/") == 1:
        return declared
    return _BY_NAME.get(suffix, "application/octet-stream")


def _by_bytes(content: bytes, start: bytes, suffix: str) -> str:
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return _refined(kind, suffix)
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return {b"heic": "image/heic", b"mif1": "image/heic", b"avif": "image/avif", b"qt  ": "video/quicktime"}.get(
            brand, "video/mp4"
        )
    active = _ACTIVE.search(start[:1024])
    if active and start[:1] == b"<":
        return "image/svg+xml" if b"<svg" in start.lower() else "text/html"
    return ""


def _refined(kind: str, suffix: str) -> str:
    if kind == "application/zip":
        return _ZIPPED.get(suffix, kind)
    if kind == "application/x-ole-storage":
        return _OLE.get(suffix, kind)
    return kind
