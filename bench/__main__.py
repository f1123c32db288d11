"""`python -m bench [--write] [name …]`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time

from .ground import CODE, Ground, Missing, ground
from .row import Row, page, table

NAMES = (
    "door",
    "understand",
    "order",
    "list",
    "open",
    "reply",
    "api",
    "search",
    "desk",
    "reactions",
    "rules",
    "screen",
    "memory",
    "streams",
    "chat",
    "widget",
    "export",
    "orders",
    "panel",
    "suggestions",
    "sync",
    "foretell",
    "forecasts",
    "routing",
    "phone",
)
# Some measures share one large data set, so they live in one module.
MODULES = {"list": "pages", "open": "pages", "reply": "pages"}
PAGE = CODE / "docs" / "bench.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measures, each against PostgreSQL in the same run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)}; all when none is named")
    parser.add_argument("--write", action="store_true", help="write the table to docs/bench.md as well")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"There is no measure called {', '.join(sorted(unknown))}.")
    names = [name for name in NAMES if not asked.names or name in asked.names]
    try:
        with ground() as made:
            _set_up_django(made)
            rows = [row for name in names for row in _measured(made, name)]
    except Missing as why:
        print(why, file=sys.stderr)
        return 1
    print(table(rows))
    if asked.write:
        PAGE.write_text(page(rows, PAGE.read_text() if PAGE.exists() else ""))
        print(f"\nWritten to {PAGE.relative_to(CODE)}.")
    return 0 if all(row.met for row in rows) else 1


def _measured(made: Ground, name: str) -> list[Row]:
    begun = time.monotonic()

    def say(sentence: str) -> None:
        print(f"{name:<11}{time.monotonic() - begun:6.0f} s  {sentence}", file=sys.stderr, flush=True)

    say("begins")
    module = importlib.import_module(f"bench.{MODULES.get(name, name)}")
    measure = getattr(module, f"measure_{name}", None) or module.measure
    return list(measure(made, say))


def _set_up_django(made: Ground) -> None:
    os.environ.update(made.environment())
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
