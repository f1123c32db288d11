"""A customer at a mail program, on the other side of real sockets."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import parseaddr

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.timeline.actions import wake
from tests.cast import Shop, Shopper

from .house import House, until
from .provider import Provider, Taken


class Customer(Shopper):
    """Writes through the SMTP door, and finds the shop's answers in a mailbox."""

    house: House
    provider: Provider

    def posts(self, shop: Shop, text: str, subject: str = "Hello", **headers: str) -> EmailMessage:
        """Sends a mail of hers to the shop."""
        mail = self.mail(shop, text, subject, **headers)
        self.house.take_mail(mail, shop.line.address)
        return mail

    def posts_back(self, answer: Taken, text: str) -> EmailMessage:
        """Presses reply on an answer that lies in her mailbox, and writes under it."""
        to = parseaddr(str(answer.mail["Reply-To"] or answer.mail["From"]))[1]
        mine = EmailMessage()
        subject = str(answer.mail["Subject"])
        mine["From"], mine["To"] = f"{self.name} <{self.address}>", to
        mine["Subject"] = subject if subject.startswith("Re: ") else f"Re: {subject}"
        mine["Message-ID"] = f"<again.{len(self.sent)}.{self.address}>"
        mine["In-Reply-To"] = str(answer.mail["Message-ID"])
        mine["References"] = f"{answer.mail['References'] or ''} {answer.mail['Message-ID']}".strip()
        quoted = "".join(f"> {line}\n" for line in answer.text.splitlines())
        mine.set_content(f"{text}\n\nOn Monday, the shop wrote:\n{quoted}")
        self.sent.append(str(mine["Message-ID"]).strip("<>"))
        self.house.take_mail(mine, to)
        return mine

    def reads(self, many: int = 1) -> Taken:
        """The newest of so many answers, once they are there. The seconds to take them back in pass at once."""

        def come() -> bool:
            _time_passes(self.address)
            return len(self.provider.mails(self.address)) >= many

        until(come, 25, f"answer number {many} to {self.address}")
        return self.provider.mails(self.address)[-1]

    def waits(self) -> Taken:
        """The first answer, after every second in which it might have been taken back."""
        return self.provider.wait_for(self.address)

    def finds_nothing(self) -> bool:
        return not self.provider.mails(self.address)


@transaction.atomic
def _time_passes(address: str) -> None:
    """For what waits to be sent to this address."""
    if Delivery.objects.filter(address=address, state="queued", not_before__gt=timezone.now()).update(not_before=Now()):
        wake("outbox")


def came(what: object, seconds: float = 10) -> None:
    """Waits until a callable says yes."""
    assert callable(what)
    until(what, seconds)
