"""What a worker does, and what wakes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from presszero.alerts import actions as alerts
from presszero.alerts.pushing import BATCH as PUSHED
from presszero.alerts.pushing import push_due
from presszero.alerts.raising import tell_of_promises
from presszero.audit.actions import chain
from presszero.calls import duty as calls
from presszero.calls.asking import WAKES as WHEN_CALLED
from presszero.calls.hosted import duty as hosted
from presszero.calls.transcribing import working as transcribing
from presszero.channels import media, outbox
from presszero.channels.adapters.email.oauth.renewing import renew_due
from presszero.commerce.actions.drafting import expire_due
from presszero.commerce.actions.making import make_due
from presszero.commerce.payments.door import WAKES as WHEN_DRAFTED
from presszero.commerce.payments.looking import look_due as look_at_payments
from presszero.commerce.stores import fetching, filling, reconciling
from presszero.conversations.actions import doing_bulks, wake_due
from presszero.conversations.actions.bulk import WAKES
from presszero.conversations.actions.carry_on import carry_on_due
from presszero.conversations.actions.turns import give_missing_turns
from presszero.customers import codes
from presszero.customers.codes import post_code
from presszero.fulfilment import duty as fulfilment
from presszero.insights.letters import send_due
from presszero.offers.bought import keep_counting
from presszero.outreach import rehearsing as batches
from presszero.outreach import sending as outreach
from presszero.outreach.batches import WAKES as WHEN_STARTED
from presszero.outreach.planning import WAKES as WHEN_PLANNED
from presszero.privacy import duty as privacy
from presszero.promises import watching as promises
from presszero.promises.actions import break_due, forget_told
from presszero.remedies import doing as remedies
from presszero.remedies.actions.writing import WAKES as WHEN_GIVEN
from presszero.remedies.looking import look_due, take_back_due
from presszero.routing.watching import watch as watch_waiting
from presszero.rules.actions import DRY_RUNS
from presszero.rules.due import run_due
from presszero.rules.rehearsal import rehearse_due
from presszero.team.actions import sweep
from presszero.team.letters import post_waiting
from presszero.timeline import reactions
from presszero.timeline.actions import make_partitions
from presszero.visitors import actions as visitors

from . import forgetting, hearing, messages, split, texts
from .duty import Duty

LETTERS = (post_code,)  # beside the team's own; the queue knows a job once its module is imported
ASKERS = 2  # threads that fetch what changed in stores; one at a time asks the same store
SENDERS = 3  # threads that deliver, so that one slow provider does not hold the others up

more: list[Callable[[], Duty]] = []  # duties of apps above us, which add theirs when they are ready
due: list[Callable[[datetime], object]] = []  # theirs that are due by time alone, each told the present

_last_slow_round = 0.0


def all_duties() -> list[Duty]:
    hearing.register()
    forgetting.register()
    return [
        Duty("split", split.split_all, "arrivals", full=split.BATCH),
        Duty("understand", messages.understand_all, split.WHEN_SPLIT, full=messages.BATCH),
        Duty("react", reactions.consume_all, "timeline", full=reactions.LIMIT),
        *(Duty(f"deliver {n + 1}", outbox.deliver_due, "outbox", 1.0, full=2, crew="deliver") for n in range(SENDERS)),
        *(Duty(f"remedies {n + 1}", remedies.do_due, WHEN_GIVEN, 1.0, 2, "remedies") for n in range(remedies.WORKERS)),
        Duty("remedies unsure", _remedies_unsure, WHEN_GIVEN, poll=3.0),
        Duty("drafts", _drafts, WHEN_DRAFTED, poll=2.0),
        Duty("batches", batches.work, WHEN_STARTED),
        Duty("outreach", outreach.send_due, WHEN_PLANNED, poll=2.0, full=outreach.A_ROUND),
        Duty("media", media.fetch_due, media.WAKES, full=media.A_ROUND),
        Duty("missed texts", texts.catch_up_due, "", poll=15.0),
        *(Duty(f"hosted calls {n + 1}", hosted.work, WHEN_CALLED, crew="hosted") for n in range(hosted.WORKERS)),
        Duty("hosted recordings", hosted.fetch, WHEN_CALLED),
        Duty("hosted lines", hosted.look_around, "", poll=hosted.LOOKS_BACK),
        Duty("transcripts", transcribing.work, transcribing.WAKES, poll=10.0),
        Duty("letters", _post_letters, "letters", poll=2.0),
        Duty("push", push_due, "push", full=PUSHED),
        *(Duty(f"stores' changes {n + 1}", fetching.fetch_due, "", crew="changes") for n in range(ASKERS)),
        Duty("stores' histories", filling.fill_due, filling.WAKES, poll=5.0),
        Duty("mailbox sign-ins", renew_due, "", poll=30.0),
        Duty("clock", _clock, "", poll=5.0),
        Duty("waiting", _waiting, "", poll=2.0),
        Duty("calls", _calls, "", poll=1.0),
        Duty("rules by time", lambda: run_due(timezone.now()), "", poll=5.0),
        Duty("forecasts", fulfilment.work, "", poll=60.0),
        Duty("promises compared", _promises_compared, "", poll=60.0),
        Duty("suggestions", lambda: keep_counting(timezone.now()), "", poll=60.0),
        Duty("privacy", privacy.work, privacy.WHEN_ASKED, poll=5.0),
        Duty("dry runs", rehearse_due, DRY_RUNS),
        Duty("bulks", doing_bulks.go_on, WAKES, full=doing_bulks.A_ROUND),
        *(make() for make in more),
    ]


def _waiting() -> int:
    """Who waits for a person, and by when. Always 0: it rests between rounds."""
    watch_waiting(timezone.now())
    return 0


def _calls() -> int:
    """Whose turn to be called back has come. Always 0: it rests between rounds."""
    calls.work(timezone.now())
    return 0


def _remedies_unsure() -> int:
    """Evidence for what is unknown, and what is to be taken back. Always 0, so that it rests between rounds."""
    look_due()
    take_back_due()
    return 0


def _promises_compared() -> int:
    """Expectations, promises and plans, of the merchants whose turn it is. Always 0: it rests between rounds."""
    promises.sync_due(timezone.now())
    return 0


def _drafts() -> int:
    """Orders to be paid by link: made in their shop, and the payment looked for. Always 0: it rests between."""
    make_due()
    look_at_payments()
    return 0


def _post_letters() -> int:
    """A restored copy writes to nobody, colleagues included."""
    return 0 if outbox.sending_held() else post_waiting()


def _clock() -> int:
    """What is due by time alone. Always 0, so that it rests between rounds."""
    global _last_slow_round
    wake_due(timezone.now())
    carry_on_due(timezone.now())
    break_due(timezone.now())
    promises.watch(timezone.now())
    tell_of_promises(timezone.now())
    reconciling.reconcile_due(timezone.now())
    expire_due(timezone.now())
    outbox.find_abandoned()
    remedies.find_abandoned(timezone.now())
    outbox.match_strays()
    for what in due:
        what(timezone.now())
    if time.monotonic() - _last_slow_round > 300:
        _last_slow_round = time.monotonic()
        make_partitions()
        chain()
        sweep(timezone.now())
        codes.forget(timezone.now())
        visitors.forget(timezone.now())
        reconciling.forget(timezone.now())
        fulfilment.forget(timezone.now())
        give_missing_turns()
        forget_told(timezone.now())
        promises.look_again(timezone.now())
        alerts.forget(timezone.now())
        send_due(timezone.now())
    return 0
