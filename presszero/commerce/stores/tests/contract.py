"""What an adapter shows so that the shared tests can try it: `tests/contract.py` in its folder holds a `CONTRACT`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from presszero.channels.adapter import Request
from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.vocabulary import Ask


@dataclass(frozen=True)
class Street:
    """A shop that is open. `ask` makes one that it can do, of a kind, under a key; `effects`: how often it was done."""

    store: StoreSettings
    ask: Callable[[str, str], Ask]
    effects: Callable[[Ask], int]


@dataclass(frozen=True)
class Contract:
    """`headers` are what a genuine webhook with this body comes with; `says_nothing` names samples without news."""

    store: StoreSettings
    headers: Callable[[bytes, Mapping[str, str]], dict[str, str]]
    open: Callable[[], AbstractContextManager[Street]]
    says_nothing: frozenset[str] = field(default_factory=frozenset)
    unsigned: frozenset[str] = field(default_factory=frozenset)  # samples that come without a signature
    is_real: bool = False  # a whole program: slow to open
    acts: Callable[[str, bytes], bool] = lambda method, body: True  # which requests are worth a break of the line


@dataclass(frozen=True)
class Sample:
    kind: str
    path: Path

    @property
    def body(self) -> bytes:
        said = json.loads(self.path.read_text())["body"]
        return (said if isinstance(said, str) else json.dumps(said)).encode()

    @property
    def headers(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.path.read_text())["headers"]
        return found

    def request(self, known: Contract) -> Request:
        """As the shop sends it."""
        headers = known.headers(self.body, self.headers)
        return Request("POST", f"https://desk.example/in/{self.kind}/t", headers, self.body)


def contract(module: str) -> Contract:
    """The contract of an adapter, from the folder of its module. Raises ImportError when it has none."""
    found: Contract = import_module(f"{module.rpartition('.')[0]}.tests.contract").CONTRACT
    return found


def samples(kind: str, module: str) -> list[Sample]:
    folder = Path(str(import_module(module).__file__)).parent / "samples"
    return [Sample(kind, path) for path in sorted(folder.glob("*.json"))]
