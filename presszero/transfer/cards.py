"""What the screens say of each source: what comes, and how to get the file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .bringing import registry
from .models import Import
from .sources import SOURCES, sheet


@dataclass(frozen=True)
class Card:
    """A source on the screen. `steps` lead to its file."""

    key: str
    name: str
    takes: str
    steps: tuple[str, ...]
    accept: str


def cards() -> list[Card]:
    """In the order they stand."""
    return [*(_PROVIDERS[key]() for key in SOURCES), card(sheet.KEY)]


def card(key: str) -> Card:
    """Raises KeyError for a source there is not."""
    return _table() if key == sheet.KEY else _PROVIDERS[key]()


def kinds() -> dict[str, str]:
    """What rows of an import are called, many of them."""
    return {kind.key: kind.label() for kind in registry.kinds()}


def outcomes() -> dict[str, str]:
    return {
        "new": _("new"),
        "changed": _("changed"),
        "known": _("here already"),
        "rejected": _("rejected"),
        "left_out": _("left out"),
    }


def abouts() -> list[tuple[str, str]]:
    """What the rows of a table may be."""
    return [(each.key, each.label()) for each in sheet.sheets()]


def name_of(job: Import) -> str:
    """What an import is called on the screen."""
    if job.source == sheet.KEY:
        return dict(abouts()).get(job.about, _("A table"))
    return card(job.source).name


def state_of(job: Import) -> str:
    return {
        "uploading": _("on its way"),
        "ready": _("waits for you"),
        "checking": _("looking through it"),
        "checked": _("ready to bring in"),
        "running": _("coming in"),
        "stopped": _("stopped"),
        "done": _("done"),
        "failed": _("not possible"),
        "undoing": _("being taken back"),
        "undone": _("taken back"),
    }[job.state]


def _presszero() -> Card:
    return Card(
        "presszero",
        "Press Zero",
        _("Customers with addresses and consents, conversations with notes, tags, topics, macros"),
        (
            _("In the other shop’s Press Zero open Settings, then Export, and write everything as one ZIP."),
            _("Save it, and bring that ZIP here as it is."),
            _("Invite your colleagues first: what was theirs is theirs here too, by their e-mail addresses."),
        ),
        ".zip",
    )


def _zendesk() -> Card:
    return Card(
        "zendesk",
        "Zendesk",
        _("People, conversations with notes, tags, own fields, macros"),
        (
            _("In Zendesk’s Admin Center open Account, then Tools, Reports and Export."),
            _("Choose JSON (or XML), once for tickets and once for users. Zendesk mails you a link to each file."),
            _("Put the files into one ZIP, with macros.json from its API if you want the macros too."),
        ),
        ".zip,.json,.ndjson,.jsonl,.xml",
    )


def _gorgias() -> Card:
    return Card(
        "gorgias",
        "Gorgias",
        _("Customers, conversations with notes, tags, macros"),
        (
            _("Gorgias gives its history by its API: ask it, or its support, for tickets with their messages."),
            _("Save the answers as tickets.json, customers.json, users.json, tags.json and macros.json."),
            _("Put the files into one ZIP. Several pages in one file are fine."),
            _("Its CSV of tickets holds no messages: take the JSON, or bring the CSV in as a table."),
        ),
        ".zip,.json,.ndjson,.jsonl",
    )


def _freshdesk() -> Card:
    return Card(
        "freshdesk",
        "Freshdesk",
        _("People, conversations with notes, types, tags, own fields, canned responses"),
        (
            _("In Freshdesk open Admin, then Account, then Export data."),
            _("It mails you a link to a ZIP with Tickets0.json, Users0.json and the like."),
            _("Bring that ZIP here as it is."),
        ),
        ".zip,.json,.xml",
    )


def _table() -> Card:
    return Card(
        sheet.KEY,
        _("A table (CSV)"),
        _("Customers, addresses, consents, conversations, macros, topics or tags from any program"),
        (
            _("Save or export the table as CSV; any separator and encoding is fine."),
            _("The first row says what the columns are. We guess what they mean, and you correct us."),
        ),
        ".csv,.tsv,.txt",
    )


_PROVIDERS = {"presszero": _presszero, "zendesk": _zendesk, "gorgias": _gorgias, "freshdesk": _freshdesk}
