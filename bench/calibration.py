"""`python -m bench.calibration`: draws docs/calibration.svg, said against kept, in a made-up shop.

The shop's lanes, strikes and promises are those of `bench.worlds`; its orders of the last half year are foretold from
what was delivered before. For each we say how likely it arrives by a day drawn by lot, and count how many did.
"""

from __future__ import annotations

import sys

import numpy as np

from presszero.fulfilment.prediction.learning import learn
from presszero.fulfilment.prediction.picture import picture
from presszero.fulfilment.prediction.scoring import reliability

from .ground import CODE
from .tournament import orders_of
from .worlds import world

PICTURE = CODE / "docs" / "calibration.svg"


def main() -> None:
    made = world("strike", 24_000, 3)
    orders = orders_of(made)
    told = learn(orders, made.as_of)
    ahead = orders.pick(orders.placed >= made.as_of)
    days = np.random.default_rng(3).integers(1, 28, len(ahead)).astype(np.float64)
    said, kept = told.outlook(ahead).by(days), ahead.days_taken <= days
    bins = reliability([(float(chance), bool(was)) for chance, was in zip(said, kept, strict=True)])
    caption = f"{len(ahead):,} orders of a made-up shop, foretold from the {told.learned_from:,} before them"
    PICTURE.write_text(picture(bins, "There by a day drawn by lot: said and seen", caption))
    off = np.average([abs(each["said"] - each["kept"]) for each in bins], weights=[each["count"] for each in bins])
    print(f"{PICTURE.relative_to(CODE)} drawn; {off:.1%} off on average.", file=sys.stderr)


if __name__ == "__main__":
    main()
