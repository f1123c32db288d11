"""How good forecasts were, once the parcels have arrived. Plain Python; what it returns can be kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BINS = 10


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast and what became of it. Days are from the moment of the forecast, or all from placing.

    `quantiles` maps shares to days (0.5 → 4); `on_time` is the probability told, None where there was no date to keep;
    `kept` whether that date was.
    """

    took: float
    quantiles: Mapping[float, float]
    on_time: float | None = None
    kept: bool | None = None


def score(told: Iterable[Told]) -> dict[str, Any]:
    """`count`; `within`: for each quantile the share that arrived by it; `pinball`: their mean loss in days (lower is
    better); `brier` of the probabilities; `bins`: their reliability, see `reliability`."""
    told = list(told)
    shares = sorted({share for each in told for share in each.quantiles})
    within, losses = {}, []
    for share in shares:
        has = [each for each in told if share in each.quantiles]
        within[f"{share:g}"] = round(sum(each.took <= each.quantiles[share] for each in has) / len(has), 4)
        losses += [_pinball(share, each.took - each.quantiles[share]) for each in has]
    pairs = [(each.on_time, each.kept) for each in told if each.on_time is not None and each.kept is not None]
    return {
        "count": len(told),
        "within": within,
        "pinball": round(sum(losses) / len(losses), 4) if losses else None,
        "brier": round(sum((said - kept) ** 2 for said, kept in pairs) / len(pairs), 4) if pairs else None,
        "bins": reliability(pairs),
    }


def reliability(pairs: Sequence[tuple[float, bool]], bins: int = BINS) -> list[dict[str, float]]:
    """In each of `bins` ranges of probability that were told: the mean `said`, the share `kept`, and how many."""
    found = []
    for at in range(bins):
        here = [pair for pair in pairs if at <= pair[0] * bins < at + 1 or (at == bins - 1 and pair[0] >= 1)]
        if here:
            said, kept = sum(p[0] for p in here) / len(here), sum(p[1] for p in here) / len(here)
            found.append({"said": round(said, 4), "kept": round(kept, 4), "count": len(here)})
    return found


def _pinball(share: float, by: float) -> float:
    """What a quantile costs that was missed by so many days: `share` a day too short, the rest a day too long."""
    return max(share * by, (share - 1) * by)
