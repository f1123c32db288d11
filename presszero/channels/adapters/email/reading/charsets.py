"""Bytes to text, whatever the mail claims about its charset. Never raises."""

from __future__ import annotations

import codecs
import re

_SAME_BUT_WIDER = {
    # What programs write, and the superset that they really use.
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "gb-2312": "gb18030",
    "chinesegb": "gb18030", "hz": "hz", "gb2312-80": "gb18030", "csgb2312": "gb18030",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso-latin-1": "cp1252",
    "windows-1252": "cp1252", "cp-1252": "cp1252", "ansi": "cp1252", "iso-8859-1-windows": "cp1252",
    "iso-8859-9": "cp1254", "iso8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "shift-jis": "cp932", "shiftjis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "ms932": "cp932", "csshiftjis": "cp932", "ms-kanji": "cp932",
    "ks-c-5601-1987": "cp949", "ks-c-5601": "cp949", "ksc5601": "cp949", "euc-kr": "cp949", "euckr": "cp949",
    "ks-c5601-1987": "cp949", "korean": "cp949", "windows-949": "cp949", "ksc-5601": "cp949",
    "big5": "cp950", "big-5": "cp950", "cn-big5": "cp950", "x-x-big5": "cp950", "big5-hkscs": "big5hkscs",
    "koi8-ru": "koi8_u", "koi8": "koi8_r", "x-mac-cyrillic": "mac_cyrillic", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-macroman": "mac_roman", "iso-8859-8-i": "iso8859_8", "iso-8859-8-e": "iso8859_8",
    "windows-1255": "cp1255", "utf8": "utf-8", "utf-8mb4": "utf-8", "utf8mb4": "utf-8", "unicode": "utf-8",
    "utf-8-bom": "utf-8", "x-utf-8": "utf-8", "windows-65001": "utf-8", "cp65001": "utf-8",
}  # fmt: skip
_REFUSED = {  # not character sets, or a way past a filter (utf-7)
    "utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "palmos",
    "charmap", "utf-8-sig", "unicode-1-1-utf-7", "x-imap4-modified-utf7",
}  # fmt: skip
_WIDE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_NAME = re.compile(r"^[a-z0-9][a-z0-9.:+-]{0,39}$")


def decode(raw: bytes, declared: str = "") -> str:
    """The text of `raw`. A wrong, unknown or dangerous declared charset is replaced by what the bytes look like."""
    if raw.startswith(codecs.BOM_UTF8):
        return raw[3:].decode("utf-8", "replace")
    name = known(declared)
    if not name or name == "ascii":
        return guess(raw)
    if name in ("utf-16", "utf-32") and raw.count(0) == 0:
        return guess(raw)
    if _single_byte(name) and _WIDE.search(raw) and _is_utf8(raw):
        return raw.decode("utf-8")  # multi-byte UTF-8 sequences hardly ever occur in real single-byte text
    try:
        return raw.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return _mended(raw, name)


def known(declared: str) -> str:
    """The Python codec for a declared name; "" where it is unknown or refused."""
    name = declared.strip(" \t\"'<>").lower().replace("_", "-").partition(";")[0].strip()
    name = name.partition("$")[0].partition("*")[0]
    if not _NAME.match(name) or name in _REFUSED:
        return ""
    name = _SAME_BUT_WIDER.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, UnicodeError, ValueError):
        return ""
    if not getattr(found, "_is_text_encoding", True) or found.name.replace("_", "-") in _REFUSED:
        return ""
    return _SAME_BUT_WIDER.get(found.name.replace("_", "-"), found.name)


def guess(raw: bytes) -> str:
    """Text of undeclared bytes: UTF-8 if it can be, Japanese mail if escaped so, UTF-16 by its mark, else Western."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    if b"\x1b$" in raw or b"\x1b(J" in raw:
        return _japanese_mail(raw)
    if _is_utf8(raw):
        return raw.decode("utf-8")
    if _nearly_utf8(raw):
        return raw.decode("utf-8", "replace")
    return _western(raw)


def _mended(raw: bytes, name: str) -> str:
    if name.startswith("iso2022_jp"):
        return _japanese_mail(raw)
    if name == "utf-8":
        return raw.decode("utf-8", "replace") if _nearly_utf8(raw) else _east_or_west(raw)
    if name == "cp1252":
        return _western(raw)
    if _is_utf8(raw) and _WIDE.search(raw):
        return raw.decode("utf-8")
    try:
        return raw.decode(name, "replace")
    except (UnicodeError, LookupError, ValueError):
        return guess(raw)


def _western(raw: bytes) -> str:
    # The five bytes that cp1252 leaves undefined are control characters in Latin-1 and are stripped later.
    return raw.decode("cp1252", "replace") if not re.search(rb"[\x81\x8d\x8f\x90\x9d]", raw) else raw.decode("latin-1")


def _east_or_west(raw: bytes) -> str:
    """Declared UTF-8 but is not: old East Asian programs, else Western."""
    high = sum(1 for byte in raw[:4000] if byte >= 0x80)
    if high > 8 and high * 3 > len(raw[:4000]):
        for name in ("gb18030", "cp932", "cp949", "cp950"):
            try:
                return raw.decode(name)
            except UnicodeError:
                continue
    return _western(raw)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeError:
        return False
    return True


def _nearly_utf8(raw: bytes) -> bool:
    """A few broken characters (a mail cut in the middle of one, a stray byte) among many good ones."""
    return (
        bool(_WIDE.search(raw)) and raw.decode("utf-8", "replace").count("\ufffd") * 10 <= len(_WIDE.findall(raw)) + 9
    )


def _single_byte(name: str) -> bool:
    return name.startswith(("cp125", "iso8859", "latin", "koi8", "mac", "cp437", "cp85", "cp866", "cp874"))


def _japanese_mail(raw: bytes) -> str:
    """ISO-2022-JP as programs write it: with the makers' own characters (①, ㈱), which Python's codec refuses."""
    try:
        return raw.decode("iso2022_jp")
    except UnicodeError:
        pass
    pieces = re.split(rb"\x1b(\$@|\$B|\$\(D|\(B|\(J|\(I)", raw)
    out = [pieces[0].decode("ascii", "replace")]
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if escape in (b"$@", b"$B"):
            out.append(_as_shift_jis(piece))
        elif escape == b"(I":
            out.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        else:
            out.append(piece.decode("ascii", "replace"))
    return "".join(out)


def _as_shift_jis(piece: bytes) -> str:
    out = bytearray()
    for at in range(0, len(piece) - 1, 2):
        row, cell = piece[at], piece[at + 1]
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            continue  # a newline inside a double-byte run: the writer forgot to switch back
        lead = ((row - 0x21) >> 1) + (0x81 if row <= 0x5E else 0xC1)
        trail = cell + (0x1F if cell <= 0x5F else 0x20) if row % 2 else cell + 0x7E
        out += bytes((lead, trail))
    return out.decode("cp932", "replace")
