"""Letters to the people who work here: sent by a job, through whatever mail Django is set up with."""

from __future__ import annotations

import logging
from base64 import b64decode, b64encode
from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from presszero.core.sealing import open_sealed, seal
from presszero.core.text import clean, one_line

QUEUE = "letters"
RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)  # 4 s, 16 s … half a day in all
_PURPOSE = "letter"
_log = logging.getLogger(__name__)


def letter(to: str, subject: str, text: str, html: str = "") -> None:
    """Send a letter soon, plain or with the same as HTML beside it. Part of the caller's transaction.

    Nothing is sent if that fails.
    """
    words = {"to": one_line(to, 254), "subject": one_line(subject, 200), "text": clean(text, 10_000)}
    if html:
        words["html"] = clean(html, 100_000)
    send_letter.defer(sealed=sealed(words))


def is_set_up() -> bool:
    """Whether letters can go out at all; if not, links are handed over by the person who made them."""
    return settings.DEFAULT_FROM_EMAIL != "webmaster@localhost"  # Django's own word for "nobody has set this"


def link(path: str) -> str:
    """An address on this installation, from its settings and never from a request."""
    return f"{settings.ORIGIN}{path}"


def sealed(values: Mapping[str, str]) -> str:
    """A job's words, unreadable in the queue's table: a link in a letter is as good as a password."""
    return b64encode(seal(values, _PURPOSE)).decode()


def opened(text: str) -> dict[str, str]:
    """The reverse of `sealed`."""
    return open_sealed(b64decode(text), _PURPOSE)


@app.task(name="team.send_letter", queue=QUEUE, retry=RETRY)
def send_letter(sealed: str) -> None:
    """Hand one letter to the mail server. Raises what the server said, to be tried again."""
    if not is_set_up():
        _log.warning("A letter was not sent: mail is not set up here (DEFAULT_FROM_EMAIL).")
        return
    words = opened(sealed)
    mail = EmailMultiAlternatives(words["subject"], words["text"], to=[words["to"]])
    if "html" in words:
        mail.attach_alternative(words["html"], "text/html")
    mail.send()
