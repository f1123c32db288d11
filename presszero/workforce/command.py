"""`presszero staffing`: how many agents, said on a screen or as JSON. Needs no database."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

from presszero.host.refusal import Refusal

from .asking import count, seconds, share, target
from .erlang import Answering, Traffic
from .staffing import Question, Staffed, by_erlang_a, by_erlang_c, rostered

MOST = 1e8  # erlang: more people than talk at once anywhere
WIDTH = 16  # characters of a bar
EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True)
class Told:
    """What was asked and what comes out. `impatient` is None where nobody said how patient callers are."""

    asked: Question
    patient: Staffed
    impatient: Staffed | None


def run(options: argparse.Namespace) -> str:
    """What to print. Refusal: a value that means nothing, with how to write it."""
    asked = _understood(options)
    impatient = by_erlang_a(asked) if asked.patience is not None else None
    told = Told(asked, by_erlang_c(asked), impatient)
    return json.dumps(as_json(told), indent=2, ensure_ascii=False) if options.json else "\n".join(_drawn(told))


def as_json(told: Told) -> dict[str, object]:
    """Shares are 0 to 1, times are seconds; a wait without end is null and `notes` says so."""
    asked = told.asked
    found: dict[str, object] = {"load_erlang": asked.traffic.load, "erlang_c": _one(told.patient, asked)}
    if told.impatient:
        found["erlang_a"] = _one(told.impatient, asked)
    return {**found, "notes": list(_notes(told))}


def _understood(options: argparse.Namespace) -> Question:
    interval, handling = seconds(options.interval, "--interval"), seconds(options.aht, "--aht")
    for name, length in (("--interval", interval), ("--aht", handling)):
        if length <= 0:
            raise Refusal(f"{name}: it must be longer than nothing.")
    traffic = Traffic(count(options.calls, "--calls") / interval, handling)
    if traffic.load > MOST:
        raise Refusal("--calls: that many would be talking to more than a hundred million agents. Check the units.")
    level, within = target(options.target)
    return Question(
        traffic,
        level,
        within,
        patience=seconds(options.patience, "--patience") if options.patience is not None else None,
        occupancy=_above_nothing(share(options.occupancy, "--occupancy")),
        shrinkage=_below_all(share(options.shrinkage, "--shrinkage")),
        agents=_whole(options.agents) if options.agents is not None else None,
    )


def _above_nothing(occupancy: float) -> float:
    if occupancy <= 0:
        raise Refusal("--occupancy: agents who may never be busy answer nobody. Write it as 0.85 or 85%.")
    return occupancy


def _below_all(shrinkage: float) -> float:
    if shrinkage > 0.99:
        raise Refusal("--shrinkage: then nobody is there to answer. Write it as 30%, and 1 per cent as 1%.")
    return shrinkage


def _whole(words: str) -> int:
    number = count(words, "--agents", 10 * MOST)
    if number != int(number):
        raise Refusal(f"--agents: {words!r} is no whole number of people.")
    return int(number)


def _one(staffed: Staffed, asked: Question) -> dict[str, object]:
    found = staffed.found
    return {
        "agents": found.agents,
        "p_wait": found.p_wait,
        "service_level": found.service_level,
        "mean_wait_s": found.mean_wait if math.isfinite(found.mean_wait) else None,
        "occupancy": found.occupancy,
        "p_abandon": found.p_abandon,
        "rostered": rostered(found.agents, asked.shrinkage),
        "reaches_target": asked.reached_by(found),
        "agents_for_target": staffed.enough,
    }


def _notes(told: Told) -> Iterator[str]:
    asked, found = told.asked, told.patient.found
    if asked.traffic.load == 0:
        yield "Nobody calls: nobody is needed."
    if not math.isfinite(found.mean_wait):
        yield (
            f"{found.agents} agents cannot keep up with {asked.traffic.load:g} erlang: if nobody hangs up, the queue "
            "and the wait grow without end (Erlang C)."
        )
    if asked.agents is not None and not asked.reached_by(found):
        yield f"{found.agents} agents do not reach the target by Erlang C; {told.patient.enough} do."
    if asked.agents is not None and told.impatient and not asked.reached_by(told.impatient.found):
        yield f"{found.agents} agents do not reach the target by Erlang A; {told.impatient.enough} do."


def _drawn(told: Told) -> Iterator[str]:
    asked = told.asked
    handling, rate = _time(asked.traffic.handling), asked.traffic.rate * 3600
    yield f"{asked.traffic.load:,.6g} erlang: {rate:,.10g} calls an hour, {handling} each."
    limit = f", busy at most {_percent(asked.occupancy)} of the time" if asked.occupancy < 1 else ""
    yield f"Target: {_percent(asked.level)} answered within {_time(asked.within)}{limit}."
    yield from _table("Erlang C: nobody hangs up", told.patient, asked)
    if told.impatient:
        yield from _table(f"Erlang A: callers wait {_time(asked.patience or 0)} on average", told.impatient, asked)
    for note in _notes(told):
        yield f"\n{note}"


def _table(title: str, staffed: Staffed, asked: Question) -> Iterator[str]:
    yield ""
    yield title
    yield (
        f"  {'agents':>9} {'rostered':>9}  {'answered in time':<{WIDTH + 7}} {'mean wait':>9} "
        f"{'wait':>6} {'busy':>6} {'give up':>7}"
    )
    for each in staffed.beside:
        yield _row(each, asked, ">" if each.agents == staffed.found.agents else " ")


def _row(each: Answering, asked: Question, mark: str) -> str:
    bar = _bar(each.service_level)
    wait = _time(each.mean_wait) if math.isfinite(each.mean_wait) else "no end"
    return (
        f"{mark} {each.agents:>9,} {rostered(each.agents, asked.shrinkage):>9,}  {bar} {each.service_level:>6.1%} "
        f"{wait:>9} {each.p_wait:>6.1%} {each.occupancy:>6.1%} {each.p_abandon:>7.1%}"
    )


def _bar(share: float) -> str:
    eighths = round(share * WIDTH * 8)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (EIGHTHS[rest] if rest else "")).ljust(WIDTH, "·")


def _percent(share: float) -> str:
    return f"{share * 100:.6g} %"


def _time(length: float) -> str:
    if length < 100:
        return f"{length:.3g} s"
    return f"{length / 60:.3g} min" if length < 6000 else f"{length / 3600:,.4g} h"
