"""Opens the demo shop by the same verbs everybody uses: mail comes through the mailroom, answers through the outbox."""

from __future__ import annotations

import io
import tempfile
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from presszero.channels.adapters.email import scan
from presszero.channels.models import Line
from presszero.conversations import actions
from presszero.conversations.actions.answer import Answer
from presszero.conversations.models import Conversation, Macro, Topic
from presszero.core.sealing import new_token
from presszero.customers.models import OwnField
from presszero.intake.history import import_mail
from presszero.intake.messages import understand_all
from presszero.intake.split import split_all
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming, storable_id
from presszero.mailroom.lanes import lane
from presszero.merchants.models import Brand, Holiday, Hours, Merchant
from presszero.merchants.policy import DAYS
from presszero.remedies.actions.limits import set_default_limits
from presszero.routing.actions import be_ready
from presszero.team.actions.members import join
from presszero.team.models import Membership, Person, Role
from presszero.team.passwords import hashed

from . import cast, goods, month, network, orders, practice, promised, waits, yesterday
from .contact import open_form
from .mailbox import PRETEND, keep
from .phone import open_line
from .stories import EARLIER, FOREIGN, STORIES, Story
from .writing import Letter, compose, vouched

_WEEK = {day: [["07:00", "23:00"]] for day in DAYS}
_TOPICS = ("Late delivery", "Wrong size", "Return", "Invoice", "Product question", "Repair")
_LATE = """Hi {{ customer.first_name }},

I am sorry that your parcel is late. I have asked the carrier where it is and will write to you by tomorrow noon, \
whatever they say."""
_EXCHANGE = """Hi {{ customer.first_name }},

exchanging is free: any post office takes it, and the new pair leaves the moment yours is scanned."""
_MACROS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Late parcel", _LATE, {"topic": "Late delivery"}),
    ("Exchange is free", _EXCHANGE, {"topic": "Return"}),
    ("Settled, thanks", "You are welcome, {{ customer.first_name }}! Write any time.", {"resolve": True}),
    ("Waiting for them", "", {"snooze": True}),
)
_INVITATION = {
    "id": "size",
    "page": "/demo/shop/boots",
    "seconds": 12,
    "days": 1,
    "text": {
        "en": "Not sure about your size? Ask us, we have these boots beside us.",
        "de": "Unsicher bei der Größe? Fragen Sie uns, die Schuhe stehen neben uns.",
    },
}
# A mailing to half the world is not read by a machine: it waits for a person to look at it.
_EVERYBODY = ", ".join(f"shop{number}@example.com" for number in range(600))
_MAILING = f"From: Bulk <offers@bulk.example>\r\nTo: {_EVERYBODY}\r\nSubject: 40 % off boxes\r\n\r\nBoxes!\r\n".encode()


def seed() -> None:
    """Opens both shops, once; a second call finds them open."""
    if not Merchant.objects.filter(slug=cast.SHOP_SLUG).exists():
        line = _shop()
        _past(line)
        _arrive(month.arrivals(line))
        month.work(line)
        _arrive(yesterday.arrivals(line))
        yesterday.work(line)
        _present(line)
        network.know(line.merchant)
        _work(line)
        goods.stock(line.merchant)
        orders.place(line.merchant)
        promised.give_word(line)
        waits.tell(line.merchant)
        month.sum_up(line)
        answer = practice.set_up(line)
        if answer:
            _arrive([_incoming(line, answer.raw, answer.at, practice.DEPOT.address)])
        _other_shop()


@transaction.atomic
def _shop() -> Line:
    shop = Merchant.objects.create(
        name=cast.SHOP, slug=cast.SHOP_SLUG, currency="GBP", languages=["en", "de"], timezone="Europe/London"
    )
    set_default_limits(shop)
    signature = "{{ agent.first_name }} at {{ brand.name }}"
    brand = Brand.objects.create(merchant=shop, name=cast.SHOP, signature=signature)
    hours = Hours.objects.create(merchant=shop, name="Shop hours", timezone=shop.timezone, weekly=_WEEK)
    year = timezone.localdate().year
    for day, name in ((date(year, 12, 25), "Christmas Day"), (date(year, 12, 26), "Boxing Day")):
        Holiday.objects.create(merchant=shop, hours=hours, date=day, name=name)
    maya = _member(shop, cast.MAYA, Role.AGENT)
    tomas = _member(shop, cast.TOMAS, Role.ADMIN)
    be_ready(maya, True)
    topics = {name: Topic.objects.create(merchant=shop, name=name) for name in _TOPICS}
    for name, text, does in _MACROS:
        known = {**does, "topic": topics[does["topic"]].id} if "topic" in does else does
        Macro.objects.create(merchant=shop, name=name, text=text, actions=known)
    OwnField.objects.create(merchant=shop, key="shoe_size", label="Shoe size", kind="number")
    _chat(shop, brand, hours)
    open_form(brand, hours)
    network.open_number(brand, hours)
    open_line(brand, hours, tomas)
    return _line(shop, brand, hours, cast.SHOP_ADDRESS)


def _chat(shop: Merchant, brand: Brand, hours: Hours) -> Line:
    """On the pages of presszero.demo.shop."""
    line = Line(merchant=shop, kind="chat", address="juniper.example", name=shop.name, brand=brand, hours=hours)
    line.first_reply_minutes = 5
    line.settings = {"sites": [settings.ORIGIN], "invitations": [_INVITATION]}
    line.keep_secrets({"identity": new_token(256)})
    line.save()
    return line


def _line(shop: Merchant, brand: Brand, hours: Hours | None, address: str) -> Line:
    """Answers go to the pretend mailboxes; what our own receiving server found out about senders is believed."""
    return Line.objects.create(
        merchant=shop,
        kind="email",
        address=address,
        name=shop.name,
        brand=brand,
        hours=hours,
        settings={
            "smtp": {"host": "127.0.0.1", "port": PRETEND.port, "security": "none"},
            "authserv_id": cast.SHOP_SERVER,
            "relays": ["127.0.0.1"],
        },
    )


def _member(shop: Merchant, who: cast.Person, role: Role) -> Membership:
    person, _made = Person.objects.get_or_create(
        email=who.address, defaults={"name": who.name, "password": hashed(cast.PASSWORD)}
    )
    return join(person, shop, role)


def _past(line: Line) -> None:
    """What was said before today comes in as an archive, with its own dates."""
    with tempfile.TemporaryDirectory() as folder:
        for number, raw in enumerate(_archive(line)):
            (Path(folder) / f"{number:03d}.eml").write_bytes(raw)
        import_mail(Path(folder), line=line.address, out=io.StringIO())


_sent: dict[str, list[bytes]] = {}


def _archive(line: Line) -> list[bytes]:
    """Every exchange but its last mail of theirs, which arrives today."""
    mails: list[bytes] = []
    _sent.clear()
    for story in (EARLIER, *STORIES):
        chain: list[bytes] = []
        old = story.said if story is EARLIER else story.said[:-1]
        for minutes, side, words in old:
            chain.append(_mail(story, minutes, side, words, chain, line))
        _sent[story.subject] = chain
        mails += chain
    return mails


def _present(line: Line) -> None:
    rows = []
    for story in sorted(STORIES, key=lambda s: -s.said[-1][0]):
        minutes, side, words = story.said[-1]
        raw = _mail(story, minutes, side, words, _sent.get(story.subject, []), line)
        rows.append(_incoming(line, raw, _ago(minutes), story.who.address))
        keep(story.who.address, raw, "sent")
    rows.append(_incoming(line, _MAILING, _ago(75), "offers@bulk.example"))
    _arrive(rows)


def _arrive(rows: list[Incoming]) -> None:
    receive(rows)
    while split_all():
        continue
    while understand_all():
        continue


def _incoming(line: Line, raw: bytes, at: datetime, sender: str) -> Incoming:
    headers = {"via": "smtp", "envelope_from": sender, "envelope_to": line.address, "peer": "127.0.0.1"}
    number = lane(line.id, scan.lane_key(raw))
    return Incoming(line.merchant_id, line.id, storable_id(scan.external_id(raw)), number, headers, raw, received_at=at)


def _mail(story: Story, minutes: int, side: str, words: str, chain: list[bytes], line: Line) -> bytes:
    """One mail of an exchange, answering the one before it."""
    ours = cast.Person("Maya at Juniper & Co.", line.address)
    who = story.who if side == "they" else ours
    to = line.address if side == "they" else story.who.address
    files = story.files if not chain else ()
    subject = story.subject if not chain else f"Re: {story.subject}"
    mail = compose(who, Letter(words, subject, to, files=files), _ago(minutes))
    earlier = [scan.message_id(raw) for raw in chain]
    if earlier:
        mail["In-Reply-To"] = f"<{earlier[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in earlier)
    return vouched(mail, who)


def _work(line: Line) -> None:
    """What the team did with it."""
    maya = Membership.objects.select_related("person").get(merchant=line.merchant, person__email=cast.MAYA.address)
    for story in STORIES:
        row = Conversation.objects.filter(merchant=line.merchant, subject__endswith=story.subject, root=None)
        found = row.order_by("-last_at").first()
        if found is not None:
            _do(found, story, maya)


def _do(row: Conversation, story: Story, maya: Membership) -> None:
    by = maya.actor
    if story.topic:
        topic = Topic.objects.get(merchant_id=row.merchant_id, name=story.topic)
        actions.set_topic(row, topic, by=by)
    if "assign" in story.then:
        actions.assign(row, maya, by=by)
    if story.note:
        actions.note(row, story.note, by=maya, client_id=uuid.uuid4())
    if "urgent" in story.then:
        actions.set_priority(row, Conversation.Priority.URGENT, by=by)
    if "reply" in story.then:
        words = "Guten Tag,\n\nfür breite Füße passt das Modell **Moor** am besten. Der Umtausch ist kostenlos."
        actions.reply(row, Answer(words, uuid.uuid4()), by=maya)
    if "snooze" in story.then:
        actions.snooze(row, timezone.now() + timedelta(days=3), by=by)
    if "resolve" in story.then:
        actions.resolve(row, by=by)


@transaction.atomic
def _other_shop() -> None:
    """A second merchant on the same installation, of which the first must never see anything."""
    shop = Merchant.objects.create(name=cast.OTHER_SHOP, slug=cast.OTHER_SLUG, currency="GBP")
    set_default_limits(shop)
    brand = Brand.objects.create(merchant=shop, name=cast.OTHER_SHOP)
    _member(shop, cast.MALLORY, Role.AGENT)
    line = _line(shop, brand, None, cast.OTHER_ADDRESS)
    minutes, side, words = FOREIGN.said[0]
    raw = _mail(FOREIGN, minutes, side, words, [], line)
    transaction.on_commit(lambda: _arrive([_incoming(line, raw, _ago(minutes), FOREIGN.who.address)]))


def _ago(minutes: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)
