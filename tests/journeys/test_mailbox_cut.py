"""A customer's mail lies in an IMAP mailbox, and the connection breaks in the middle of fetching it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from playwright.sync_api import expect

from presszero.channels.models import Entry, Mailbox
from presszero.intake.mail.tests.fake_imap import Cut, FakeImap, Session, mail
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received
from tests.cast import Shop

from .desk import Desk
from .house import until


def test_f18_a_mailbox_that_breaks_off_in_the_middle_of_a_mail_loses_and_doubles_nothing(
    shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    server = FakeImap()
    cuts: list[int] = []

    def cut_in_the_middle(session: Session, rest: str) -> bool:
        """The second and the fourth body are cut, each once: half of it goes out, then the connection is gone."""
        if "BODY.PEEK[]" not in rest:
            return False
        for place, each in enumerate(server.mails, 1):
            if not session._in(each.uid, rest.split()[2]):
                continue
            if each.uid in {2, 4} - set(cuts):
                cuts.append(each.uid)
                session.say(session.head(place, each))
                session.client.sendall(each.raw[: len(each.raw) // 2])
                session.cut(reset=each.uid == 4)
                raise Cut
            session.answer(place, each, rest)
        session.ok()
        return True

    server.faults["UID FETCH"] = cut_in_the_middle
    try:
        for number in range(1, 7):
            server.add(mail(number))
        desk = sit_down(shop.maya).go_to("Unassigned")
        _watch(shop, server)
        until(lambda: Received.objects.filter(merchant=shop.merchant).count() >= 6, 60, "all six mails")
        expect(desk.row("Mail 6")).to_be_visible()
        server.add(mail(7))  # and by IDLE it goes on
        expect(desk.row("Mail 7")).to_be_visible()
    finally:
        server.close()
    assert cuts == [2, 4]
    said = Counter(Entry.objects.filter(merchant=shop.merchant, inbound=True).values_list("subject", flat=True))
    assert said == Counter(f"Mail {number}" for number in range(1, 8))
    bodies = {body_of(row) for row in Received.objects.filter(merchant=shop.merchant)}
    assert bodies == {mail(number) for number in range(1, 8)}
    assert Mailbox.objects.get(merchant=shop.merchant).last_uid == 7


def _watch(shop: Shop, server: FakeImap) -> None:
    shop.line.settings["imap"] = {"host": "127.0.0.1", "port": server.port, "security": "none", "user": "support"}
    shop.line.keep_secrets({"imap_password": server.password})
    shop.line.save()
