"""A mailbox from few words: the settings' own form, filled in with what is known and what can be found out."""

from __future__ import annotations

from typing import Any

import dns.resolver

from presszero.channels.adapters.email import guess
from presszero.channels.models import Line
from presszero.desk.forms.lines import EmailLineForm, first_values
from presszero.merchants.models import Brand, Hours, Merchant


def the_mailbox(merchant: Merchant) -> Line:
    """The shop's first mail line, or a new one that is not stored yet."""
    found = Line.objects.filter(merchant=merchant, kind="email").select_related("brand", "hours").order_by("id").first()
    if found:
        return found
    made = Line(merchant=merchant, kind="email", name=merchant.name)
    made.brand = Brand.objects.filter(merchant=merchant).order_by("id")[:1].get()
    made.hours = Hours.objects.filter(merchant=merchant).order_by("id").first()
    return made


def servers(address: str) -> guess.Servers | None:
    """Found out now; talks to the DNS for some seconds at most."""
    try:
        return guess.servers_of(address, dns.resolver.Resolver())
    except dns.resolver.NoResolverConfiguration:
        return guess.servers_of(address, None)


def filled_in(row: Line, said: dict[str, Any], found: guess.Servers | None) -> EmailLineForm:
    """The whole form, as if somebody had filled in every field of it. `said`: what the short form holds, valid."""
    imap = said["imap_at"] or (found.imap if found else None)
    smtp = said["smtp_at"] or (found.smtp if found else None)
    fetched = said["way"] == "fetch"
    user = said["user"] or said["address"]
    whole = {
        **{name: value for name, value in first_values(row).items() if value},
        "name": row.name,
        "brand": row.brand_id,
        "hours": row.hours_id or "",
        "first_reply_minutes": row.first_reply_minutes,
        "next_reply_minutes": row.next_reply_minutes,
        "address": said["address"],
        **_server("imap", imap if fetched else None, user, said["password"]),
        **_server("smtp", smtp, user, said["password"]),
    }
    return EmailLineForm(whole, instance=row)


def _server(name: str, where: guess.Where | None, user: str, password: str) -> dict[str, Any]:
    if where is None:
        return {f"{name}_{part}": "" for part in ("host", "port", "security", "user", "password")}
    return {
        f"{name}_host": where.host,
        f"{name}_port": where.port,
        f"{name}_security": where.security,
        f"{name}_user": user if password else "",
        f"{name}_password": password,
    }
