"""A hundred rules asked about every arrival, fifty a second: their CPU against that of understanding the same ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from presszero.conversations.models import Conversation, Tag
from presszero.intake import hearing
from presszero.intake.messages import understand_all
from presszero.rules import actions
from presszero.rules.models import DryRun, Firing, Rule
from presszero.rules.rehearsal import rehearse
from presszero.team.models import Membership
from presszero.timeline.reactions import consume, listeners

from .arrivals import deliver
from .ground import Ground
from .row import Row, at_most
from .shop import Shop, open_shop
from .usage import cpu_exactly

RULES = 100
A_SECOND = 50  # arrivals
AT_ONCE = 10  # arrivals in a batch: what has gathered at that pace whenever a worker looks, five times a second
SECONDS = 30
A_PAST = 1_000  # arrivals before it begins
ONE_IN = 100  # arrivals that a rule acts on
TARGET = 20  # percent of understanding
CONVERSATIONS = 10_000
DRY_RUN = 2.0  # seconds

WORDS = (
    "refund",
    "invoice",
    "cancel",
    "broken",
    "wrong size",
    "exchange",
    "discount",
    "wholesale",
    "warranty",
    "customs",
)


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: what rules cost beside understanding, and how long a dry run takes."""
    shop = open_shop(ground)
    member = Membership.objects.get(id=shop.member_ids[0])
    _write_rules(member)
    hearing.register()
    listener = listeners["rules"]
    consume(listener)
    deliver(shop, "before", A_PAST, A_PAST)
    while understand_all():
        pass
    _drain(listener)
    with ground.connect() as connection:
        connection.execute("ANALYZE")  # as autovacuum has done in a shop of some days
    understanding = reacting = 0.0
    for second in range(1, SECONDS + 1):
        one, other = _one_second(ground, shop, second, listener)
        understanding, reacting = understanding + one, reacting + other
    reacting += _spent(ground, partial(_drain, listener))
    arrived = SECONDS * A_SECOND
    fired = Firing.objects.filter(merchant_id=shop.merchant_id).count()
    say(f"understanding {1000 * understanding / arrived:.2f} ms, rules {1000 * reacting / arrived:.2f} ms an arrival")
    _check(shop, fired)
    note = (
        f"{RULES} rules, every one of them about arrivals, {A_SECOND} a second in batches of {AT_ONCE} for both,"
        f" as a worker meets them; CPU of both with PostgreSQL's: {1000 * understanding / arrived:.2f} and"
        f" {1000 * reacting / arrived:.2f} ms an arrival. {fired} of {arrived} were acted on."
    )
    yield at_most("rules: of understanding", 100 * reacting / understanding, TARGET, "%", note, digits=1)
    yield _dry_run(shop, member, say)


def _one_second(ground: Ground, shop: Shop, second: int, listener: Any) -> tuple[float, float]:
    """CPU seconds of understanding what arrives in a second, and of asking the rules about it, a batch at a time."""
    understanding = reacting = 0.0
    for batch in range(A_SECOND // AT_ONCE):
        deliver(shop, f"s{second}-{batch}", AT_ONCE, AT_ONCE)
        understanding += _spent(ground, understand_all)
        reacting += _spent(ground, partial(consume, listener))
    return understanding, reacting


def _spent(ground: Ground, work: Callable[[], object]) -> float:
    """CPU seconds, ours and PostgreSQL’s. To look those up costs as much as the work, so that stays outside."""
    before = cpu_exactly(ground.server_pid())
    begun = time.process_time()
    work()
    ended = time.process_time()
    return ended - begun + cpu_exactly(ground.server_pid()) - before


def _drain(listener: Any) -> None:
    """What rules did is heard too: with the batch after, and here after the last."""
    while consume(listener):
        pass


def _write_rules(member: Membership) -> None:
    merchant = member.merchant
    tag = Tag.objects.create(merchant=merchant, name="late")
    for number in range(RULES):
        reads = {"when": {"on": ["arrived"]}, "filter": _filter(number), "stop": False, "once": False,
                 "rest": "", "steps": [{"do": "tag", "tag": tag.id}]}  # fmt: skip
        rule = actions.save(Rule(merchant=merchant), f"Rule {number}", reads, by=member)
        actions.switch(rule, True, by=member, at=timezone.now() - timedelta(days=1))


def _filter(number: int) -> dict[str, Any]:
    """As merchants write them: words, addresses, languages, states. The first matches one in so many."""
    if number == 0:
        return {"all": [{"field": "customer_name", "op": "is", "value": "Ada 7"}, _odd()]}
    word = WORDS[number % len(WORDS)]
    filters: list[dict[str, Any]] = [
        {"any": [{"field": "text", "op": "contains", "value": f"{word} {number}"},
                 {"field": "subject", "op": "contains", "value": f"{word} {number}"}]},
        {"all": [{"field": "customer_address", "op": "contains", "value": f"@{number}.example"}]},
        {"all": [{"field": "customer_language", "op": "is", "value": "de"},
                 {"field": "text", "op": "contains", "value": word}]},
        {"all": [{"field": "priority", "op": "is", "value": 4}, {"field": "state", "op": "is", "value": "open"}]},
    ]  # fmt: skip
    return filters[number % len(filters)]


def _odd() -> dict[str, Any]:
    """Of the first batch of every odd second: their addresses say which it was."""
    return {"any": [{"field": "customer_address", "op": "starts_with", "value": f"s{n}-0-"} for n in range(1, 60, 2)]}


def _check(shop: Shop, fired: int) -> None:
    wanted = SECONDS * A_SECOND // ONE_IN
    if fired != wanted:
        raise RuntimeError(f"{fired} firings, not {wanted}.")
    tagged = Conversation.objects.filter(merchant_id=shop.merchant_id, tagged__removed_at=None, tagged__isnull=False)
    if tagged.count() != wanted:
        raise RuntimeError(f"{tagged.count()} conversations carry the tag, not {wanted}.")


def _dry_run(shop: Shop, member: Membership, say: Callable[[str], None]) -> Row:
    have = Conversation.objects.filter(merchant_id=shop.merchant_id).count()
    deliver(shop, "past", CONVERSATIONS - have, CONVERSATIONS - have)
    while understand_all():
        pass
    reads = {"when": {"on": ["arrived"]}, "filter": {"field": "text", "op": "contains", "value": "1042"},
             "stop": False, "once": False, "rest": "", "steps": [{"do": "resolve"}]}  # fmt: skip
    run = actions.dry_run(member.merchant, reads, by=member)
    begun = time.perf_counter()
    rehearse(DryRun.objects.select_related("merchant").get(id=run.id), timezone.now())
    took = time.perf_counter() - begun
    run.refresh_from_db()
    if run.found["count"] != CONVERSATIONS:
        raise RuntimeError(f"The dry run found {run.found['count']}.")
    say(f"a dry run over {run.total:,} conversations took {took:.2f} s")
    return at_most("rules: dry run", took, DRY_RUN, "s", f"{run.total:,} conversations of thirty days.", digits=2)
