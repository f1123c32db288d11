"""How long callers wait for n agents: Erlang B, Erlang C and Erlang A, exactly, for any load.

Callers come at random (Poisson) and take a random time to help (exponential). The load is what they bring, in erlang:
calls per second times seconds of handling. Erlang C lets nobody hang up and is pessimistic; Erlang A lets each wait a
random time (exponential, on average `patience`) and is optimistic. The truth lies between the two.

Every sum below has positive terms only and is built up from its largest ones, so nothing overflows or cancels, and the
work grows with the square root of the load.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

NEGLIGIBLE = 1e-18  # beside the sum so far
FAR, NEAR = 40.0, 10.0  # standard deviations from the peak of a sum: beyond are exp(-800) and exp(-50) of it
LARGE = 1e200
EXACT = 1e-12  # shares that differ by less are the same share


@dataclass(frozen=True)
class Traffic:
    """What comes in an average moment. `rate`: calls a second; `handling`: seconds each, wrap-up too."""

    rate: float
    handling: float

    @property
    def load(self) -> float:
        """In erlang: how many would be talked to at once if nobody had to wait."""
        return self.rate * self.handling


@dataclass(frozen=True)
class Answering:
    """What n agents make of it. Shares are of all who call, 0 to 1; `mean_wait` is in seconds and may be infinite.

    `service_level`: answered within the target time. Whoever gave up was not answered, however soon they did.
    `mean_wait`: of everybody, those at once answered and those who gave up too. `occupancy`: of the agents' time.
    """

    agents: int
    p_wait: float
    service_level: float
    mean_wait: float
    occupancy: float
    p_abandon: float


def erlang_b(agents: int, load: float) -> float:
    """The share that finds all agents busy, if nobody waits: B(n, A) = (A^n / n!) / sum(A^k / k!, k = 0 … n).

    A. K. Erlang (1917). The known recursion 1 / B(n) = 1 + n / A · 1 / B(n - 1), unrolled from the top:
    1 / B(n) = 1 + n/A + n(n-1)/A² + …
    """
    return 1.0 / _inverse_b(agents, load) if load > 0 else float(agents == 0)


def erlang_c(traffic: Traffic, agents: int, within: float) -> Answering:
    """Nobody hangs up (M/M/n). `within`: the target, seconds.

    A. K. Erlang (1917): C = n B / (n - A (1 - B)), P(wait > t) = C exp(-(n - A) t / handling), mean wait
    C · handling / (n - A). With no more agents than erlangs the queue grows for ever: everybody waits, without end.
    """
    load = traffic.load
    if load == 0:
        return _nobody_calls(agents)
    if agents <= load:
        return Answering(agents, 1.0, 0.0, math.inf, 1.0, 0.0)
    spare = agents - load
    waits = agents / (agents + spare * (_inverse_b(agents, load) - 1.0))
    late = waits * math.exp(-spare * within / traffic.handling)
    return Answering(agents, waits, 1.0 - late, waits * traffic.handling / spare, load / agents, 0.0)


def erlang_a(traffic: Traffic, agents: int, within: float, patience: float) -> Answering:
    """Callers hang up after a random time, `patience` seconds on average (M/M/n+M, all states summed exactly).

    C. Palm (1946); Garnett, Mandelbaum and Reiman, "Designing a call center with impatient customers" (2002). The time
    an endlessly patient caller would wait has density λ π(n-1) exp(λ(1 - e^(-θx))/θ - nμx) (Baccelli and Hebuterne,
    1981); the sums over it are incomplete gamma functions. P(abandon) = θ · mean wait.
    """
    load = traffic.load
    if load == 0:
        return _nobody_calls(agents)
    if agents == 0:
        return Answering(0, 1.0, 0.0, patience, 0.0, 1.0)
    if patience == 0:
        lost = erlang_b(agents, load)
        return Answering(agents, lost, 1.0 - lost, 0.0, load * (1 - lost) / agents, lost)
    waits, gives_up = _impatient(traffic, agents, patience)
    late = waits * math.exp(_late(traffic, agents, within, patience))
    served = 1.0 - gives_up
    level = min(1.0, max(0.0, served - late))
    return Answering(agents, waits, level, gives_up * patience, min(1.0, load * served / agents), gives_up)


def fewest(answering: Callable[[int], Answering], level: float, occupancy: float = 1.0) -> Answering:
    """The fewest agents that answer the share `level` in time and are busy at most the share `occupancy`.

    `level` below 1: no number of agents answers everybody in time.
    """
    low, high = -1, 0  # `low` are too few, `high` may be enough
    while not reaches(found := answering(high), level, occupancy):
        low, high = high, max(1, 2 * high)
    while high - low > 1:
        middle = (low + high) // 2
        tried = answering(middle)
        if reaches(tried, level, occupancy):
            high, found = middle, tried
        else:
            low = middle
    return found


def reaches(found: Answering, level: float, occupancy: float = 1.0) -> bool:
    """Whether at least the share `level` is answered in time by agents busy at most the share `occupancy`."""
    return found.service_level >= level - EXACT and found.occupancy <= occupancy + EXACT


def _nobody_calls(agents: int) -> Answering:
    return Answering(agents, 0.0, 1.0, 0.0, 0.0, 0.0)


def _inverse_b(agents: int, load: float) -> float:
    """1 / B(n, A), infinite where B is too small for a float."""
    total = term = 1.0
    for left in range(agents, 0, -1):
        term *= left / load
        total += term
        if (left < load and term < NEGLIGIBLE * total) or total == math.inf:
            break
    return total


def _impatient(traffic: Traffic, agents: int, patience: float) -> tuple[float, float]:
    """The share that waits and the share that gives up.

    A state with j waiting weighs product(λ / (nμ + iθ), i = 1 … j) beside the one with all busy and nobody waiting,
    beside which all states with somebody free weigh 1/B - 1.
    """
    most, free = traffic.rate * patience, agents * patience / traffic.handling
    first = _first(most, free)
    weight, all_weights, waiting, scale, j = 1.0, 0.0, 0.0, 1.0, first
    while True:
        all_weights += weight
        waiting += j * weight
        j += 1
        weight *= most / (free + j)
        if weight * j < NEGLIGIBLE * (waiting + all_weights) and free + j > most:
            break
        if weight > LARGE:
            weight, all_weights, waiting, scale = 1.0, all_weights / weight, waiting / weight, scale / weight
    below = (_inverse_b(agents, traffic.load) - 1.0) * scale if first == 0 else 0.0
    everything = below + all_weights
    return all_weights / everything, waiting / everything / most


def _late(traffic: Traffic, agents: int, within: float, patience: float) -> float:
    """The logarithm of: answered after more than `within` seconds, among those who wait.

    With y = exp(-θ·within), a = nμ/θ and m = λ/θ: y^(a+1) exp(m(1-y)) G(a+1, my) / G(a, m), where
    G(a, x) = sum(x^k / (a(a+1)…(a+k)), k = 0 …) is the series of the incomplete gamma function.
    """
    most, free = traffic.rate * patience, agents * patience / traffic.handling
    faded = math.exp(-within / patience)
    lasts = -most * math.expm1(-within / patience) - (free + 1) * within / patience
    return lasts + _log_series(free + 1, most * faded) - _log_series(free, most)


def _log_series(a: float, x: float) -> float:
    """log G(a, x), summed from where its terms begin to matter."""
    first = k = _first(x, a)
    term, total, scale = 1.0, 0.0, 0.0
    while True:
        total += term
        k += 1
        term *= x / (a + k)
        if term < NEGLIGIBLE * total and a + k > x:
            break
        if term > LARGE:
            total, scale, term = total / term, scale + math.log(term), 1.0
    skipped = first * math.log(x) - (math.lgamma(a + first + 1) - math.lgamma(a + 1)) if first else 0.0
    return math.log(total) + scale + skipped - math.log(a)


def _first(x: float, a: float) -> int:
    """From where to sum product(x / (a + i), i = 1 … k) over k: 0, unless the peak is far away."""
    peak, wide = x - a, math.sqrt(x)
    return math.floor(peak - NEAR * wide) if peak > FAR * wide else 0
