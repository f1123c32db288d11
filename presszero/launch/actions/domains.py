"""Asking the DNS about a mail domain, in the background: a slow name server holds no page up."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import dns.resolver
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from presszero.channels.adapters.email.dns import RESERVED, SELECTOR, check_domain
from presszero.channels.models import Line
from presszero.host.findings import Finding, note, unknown
from presszero.team.mail import QUEUE
from presszero.timeline.actions import wake

from ..models import DomainCheck


@transaction.atomic
def ask_the_dns(line: Line, at: datetime) -> DomainCheck:
    """Begins to look up the domain of a mail line; what was found before stays until the answer is there."""
    domain = line.address.rpartition("@")[2].lower()[:254]
    selector = str(line.settings.get("dkim_selector") or SELECTOR)[:100]
    row, _made = DomainCheck.objects.update_or_create(
        merchant_id=line.merchant_id, domain=domain, selector=selector, defaults={"asked_at": at}
    )
    look_up.defer(merchant_id=line.merchant_id, check_id=row.id)
    wake(QUEUE)
    return row


@app.task(name="launch.look_up", queue=QUEUE)
def look_up(merchant_id: int, check_id: int) -> None:
    """The job. Asks about twenty questions at most."""
    row = DomainCheck.objects.filter(merchant_id=merchant_id, id=check_id).first()
    if row is None:
        return
    found = [asdict(finding) for finding in _findings(row.domain, row.selector)]
    DomainCheck.objects.filter(merchant_id=merchant_id, id=row.id).update(findings=found, checked_at=timezone.now())


def _findings(domain: str, selector: str) -> list[Finding]:
    if domain.endswith(RESERVED):
        return [note(f"domain {domain}", "A name for examples: there is nothing to look up, and no mail can reach it.")]
    try:
        return check_domain(domain, dns.resolver.Resolver(), selector)
    except dns.resolver.NoResolverConfiguration:
        return [unknown("DNS", "This machine has no DNS server set up.", "Look at /etc/resolv.conf.")]
