"""Posting the letters that wait: a duty of the worker."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from django.db import connections
from django.db.models import Q
from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from .actions.passwords import send_reset
from .mail import QUEUE, send_letter

JOBS = (send_reset, send_letter)  # the queue knows a job once its module is imported
_FORGOTTEN = 60  # seconds without a sign of life from the worker that took a job


def post_waiting() -> int:
    """Post what is due, and what a worker left behind when it died. Returns how many were due.

    A letter whose mail server is away is tried again later, by the job's own retries.
    """
    jobs = ProcrastinateJob.objects.filter(queue_name=QUEUE)
    in_time = Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=timezone.now())
    due = jobs.filter(in_time, status="todo").count()
    if due or jobs.filter(status="doing").exists():
        ours = cast(DjangoConnector, app.connector)
        asyncio.run(_post(app.with_connector(ours.get_worker_connector())))
    return due


async def _post(worker: App) -> None:
    """Jobs run in one thread, so that the database connection it opens can be closed again when they are done."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    try:
        await _drain(worker)
    finally:
        await loop.run_in_executor(None, connections.close_all)


async def _drain(worker: App) -> None:
    async with worker.open_async():
        for job in await worker.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=_FORGOTTEN):
            await worker.job_manager.retry_job(job)
        await worker.run_worker_async(
            queues=[QUEUE],
            name="letters",
            wait=False,
            concurrency=1,
            listen_notify=False,
            install_signal_handlers=False,
            delete_jobs="successful",
        )
