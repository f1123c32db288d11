"""What a file says, without card numbers: between reading it and the first row, so that nothing after sees one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from presszero.core.cards import is_card, masked
from presszero.core.masking import masked_words
from presszero.core.sealing import blind

from .vocabulary import Record, Rejected, Where

T = TypeVar("T")

_OPENS = frozenset({"member"})  # a place in the archive: it opens the file and is no column
_NUMBERS = frozenset({"external_id", "to"})
_ADDRESSES = frozenset({"email", "phone"})
_HIDDEN = "•••"
_LABELS = ("label", "name", "title")
_NO_LETTERS = re.compile(r"[\W\d_]+")
_DEEP = 20  # mappings within mappings


def without_cards(found: Iterator[tuple[Where, Record]]) -> Iterator[tuple[Where, Record]]:
    """Each record as it may be stored. The cells of a table stay as they are until one is kept; see bringing.hand."""
    for where, record in found:
        clean = _whole(record)
        if where.cells and isinstance(record, Rejected):
            clean = replace(record, raw=None, reason=words(record.reason))
        yield replace(where, place=words(where.place)), clean


def words(said: str) -> str:
    return masked(said)[0]


def row_without_cards(header: Sequence[str], cells: Sequence[Any]) -> list[str]:
    """Cells of a row; one under "CVV" is a security code whatever stands beside it."""
    named = [*header, *[""] * (len(cells) - len(header))]
    return [_named(name, str(cell)) for name, cell in zip(named, cells, strict=False)]


def number(said: str) -> str:
    """A number elsewhere, the same for the same number: a card in it leaves a keyed hash, so two never become one."""
    kept = words(said)
    return said if kept == said else f"{kept[:24]}:{blind(said, 'number elsewhere')[:32]}"


def _whole(found: T) -> T:
    """A record of ours, with all that stands in it."""
    if not is_dataclass(found):
        return found
    values = {each.name: _value(each.name, getattr(found, each.name)) for each in fields(found)}
    return cast(T, replace(cast(Any, found), **values))


def _value(name: str, said: Any) -> Any:
    if name == "raw":
        return _raw(said)
    if name == "handles":
        return tuple((kind, address) for kind, address in said if _is_address(address))
    if is_dataclass(said):
        return _whole(said)
    if isinstance(said, str):
        return _text(name, said)
    if isinstance(said, tuple):
        return tuple(_value("", each) for each in said)
    if isinstance(said, Mapping):
        return {words(str(key)): _entry(str(key), value) for key, value in said.items()}
    return said


def _text(name: str, said: str) -> str:
    if name in _OPENS:
        return said
    if name in _NUMBERS:
        return number(said)
    if name in _ADDRESSES:
        return said if _is_address(said) else ""
    return masked(said, markup=name == "html")[0]


def _entry(key: str, value: Any) -> Any:
    """Of own fields, and of a macro's step."""
    return _named(key, value) if isinstance(value, str) and key not in _NUMBERS else _value(key, value)


def _raw(said: Any, depth: int = _DEEP) -> Any:
    """What stood in a rejected row, whatever its shape; what lies deeper than anybody looks is left out."""
    if isinstance(said, Mapping) and depth:
        beside = " ".join(str(said[key]) for key in _LABELS if key in said)  # {"label": "CVV", "value": "123"}
        return {words(str(key)): _raw_named(f"{key} {beside}", each, depth) for key, each in said.items()}
    if isinstance(said, list | tuple) and depth:
        return [_raw(each, depth - 1) for each in said]
    return None if isinstance(said, Mapping | list | tuple) else masked_words({"raw": said})[0]["raw"]


def _raw_named(name: str, said: Any, depth: int) -> Any:
    is_word = isinstance(said, str | int) and not isinstance(said, bool)
    return _named(name, str(said)) if is_word else _raw(said, depth - 1)


def _named(name: str, said: str) -> str:
    """A value under a name: "CVV" and "123" are each nothing, and together a security code."""
    kept, count = masked(said)
    called = _NO_LETTERS.sub(" ", name)
    return kept if kept != said or masked(f"{called}: {said}")[1] == count else _HIDDEN


def _is_address(said: str) -> bool:
    """Two customers must not become one by the four digits that are left of their cards: such an address is none."""
    digits = said.removeprefix("+")
    return words(said) == said and not (digits.isascii() and digits.isdigit() and len(digits) >= 13 and is_card(digits))
