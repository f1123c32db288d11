"""`python -m bench.tournament [--orders N] [--seeds 1,2] [WORLD …]`: promises against made-up shops' truth, as a table.

For every world and share to keep: what was kept of the orders placed afterwards, and the mean days promised; beside
them the shop's own dates, one flat number of days (the quantile of all that was delivered), and what perfect knowledge
of each order's own curve would promise.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from presszero.fulfilment.prediction.learning import learn
from presszero.fulfilment.prediction.orders import Floats, Orders

from .worlds import WORLDS, World, world

KEEPS = (0.9, 0.95, 0.965, 0.99)
CHOSEN = 0.965
DRAWS = 100
HEAD = ("world", *(f"{keep:.1%} asked" for keep in KEEPS), "perfect knowledge", "one flat number", "the shop", "CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="*", metavar="WORLD", default=list(WORLDS))
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--seeds", default="1")
    asked = parser.parse_args()
    print("| " + " | ".join(HEAD) + " |\n" + "| --- " * len(HEAD) + "|")
    for name in asked.worlds:
        for seed in asked.seeds.split(","):
            print("| " + " | ".join(row(world(name, asked.orders, int(seed)))) + " |", flush=True)


def row(made: World) -> list[str]:
    orders = orders_of(made)
    begun = time.process_time()
    told = learn(orders, made.as_of, CHOSEN)
    spent = time.process_time() - begun
    ahead = orders.pick(orders.placed >= made.as_of)
    taken, said = ahead.days_taken, ahead.days_promised
    seen = orders.known_at(made.as_of).days_taken
    flat = np.full(len(ahead), np.nanquantile(seen, CHOSEN, method="inverted_cdf"))
    cells = [_cell(taken, told.keeping(keep).promise(ahead), keep) for keep in KEEPS]
    print(f"{made.name}: lately {told.trial.used}, margin {told.level.margin:.4f}", file=sys.stderr)
    return [made.name, *cells, *(_cell(taken, each) for each in (_perfect(made), flat, said)), f"{spent:.0f} s"]


def orders_of(made: World) -> Orders:
    return Orders(made.placed, made.promised, made.delivered(), made.groups, made.numbers)


def _perfect(made: World) -> Floats:
    """The quantile of many draws of the same order's delivery."""
    ahead = made.placed >= made.as_of
    day = np.floor(made.placed[ahead])
    chance = np.random.default_rng([made.seed, 2])
    draws = [np.floor((made.placed + made.draw(chance))[ahead]) - day for _ in range(DRAWS)]
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nan_to_num(np.nanquantile(draws, CHOSEN, axis=0, method="inverted_cdf")))


def _cell(taken: Floats, days: Floats, keep: float = 0.0) -> str:
    has = ~np.isnan(taken) & ~np.isnan(days)
    if not has.any():
        return "–"
    kept = float(np.mean(taken[has] <= days[has]))
    return f"{kept:.1%}{' **short**' if kept < keep else ''} · {days[has].mean():.1f} d"


if __name__ == "__main__":
    main()
