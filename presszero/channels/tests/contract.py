"""What an adapter shows so that the shared tests can try it: `tests/contract.py` in its folder holds a `CONTRACT`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from presszero.channels.adapter import LineSettings, Request
from presszero.channels.vocabulary import Handle


@dataclass(frozen=True)
class OtherSide:
    """A running stand-in for the provider. `line` sends to it; `ids` tells the message id of everything it took."""

    line: LineSettings
    ids: Callable[[], list[str]]


@dataclass(frozen=True)
class Contract:
    """`signed` makes the request a provider would make of a sample; `old` one whose time is past, if it has a time."""

    line: LineSettings
    signed: Callable[[bytes], Request]
    old: Callable[[bytes], Request] | None
    stored_headers: Callable[[Path], Mapping[str, str]]  # as the door keeps them beside the body
    is_posted: Callable[[Path], bool]  # false for what comes by another way than a webhook
    other_side: Callable[[], AbstractContextManager[OtherSide]] | None  # None: the words are handed to nobody
    recipient: Handle


def contract(kind: str, module: str) -> Contract:
    """The contract of an adapter, from the folder of its module. Raises ImportError when it has none."""
    found: Contract = import_module(f"{module.rpartition('.')[0]}.tests.contract").CONTRACT
    return found


def samples(module: str) -> list[Path]:
    folder = Path(str(import_module(module).__file__)).parent / "samples"
    return sorted(path for path in folder.iterdir() if path.suffix in (".json", ".eml", ".form"))
