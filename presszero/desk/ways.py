"""How the composer may answer: by which ways, which of them is proposed and why, and what to tell whoever sends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from presszero.channels.limits import unfit
from presszero.channels.models import Line, Thread
from presszero.channels.pool import TEXTS
from presszero.channels.registry import adapter
from presszero.channels.sharing import sample, would_link
from presszero.channels.vocabulary import Shared
from presszero.conversations import queries
from presszero.conversations import ways as policy
from presszero.conversations.models import Conversation
from presszero.conversations.queries import Item, Reach
from presszero.conversations.ways import Way
from presszero.core.phones import shown
from presszero.outreach.gate.texting import has_stopped
from presszero.ui.formats import ago, channel_word

_NOBODY = Reach([], {}, [], [], [], "")


@dataclass(frozen=True)
class Recipients:
    """Who gets an answer unless the agent says otherwise, who may get it, and whose address bounced."""

    to: Sequence[str]
    reachable: Sequence[str]
    dead: Sequence[str]


@dataclass(frozen=True)
class Said:
    """A caution in words, and the way that would reach them: its key and what to call it."""

    kind: str
    words: str  # or Markup, where a time stands in it
    instead: str = ""
    instead_word: str = ""


@dataclass(frozen=True)
class Choice:
    """The ways, the one that is picked, and what is said beside it. `asked`: how they want to be answered."""

    reach: Reach
    way: Way | None
    why: str = ""
    asked: str = ""
    name: str = ""
    now: datetime | None = None
    files: Sequence[Shared] = ()  # those that wait in the composer
    links: bool = False  # they would go as links in the words
    stopped: bool = False  # they told this number STOP

    @property
    def ways(self) -> list[Way]:
        return self.reach.ways

    @property
    def recipients(self) -> Recipients:
        if self.way is None:
            return Recipients((), (), ())
        to = self.reach.to.get(self.way.thread_id or 0) or ([self.way.address] if self.way.address else [])
        return Recipients(to, (), self.reach.dead)

    @property
    def cautions(self) -> list[Said]:
        if self.way is None or self.now is None:
            return []
        attached = sum(file.size for file in self.files)
        said = [_caution(each, self) for each in policy.cautions(self.way, self.ways, self.now, attached)]
        said += [] if any(each.kind == "too_large" for each in said) else _said_files(self, self.way)
        return [_said_stop(self), *said] if self.stopped else said

    @property
    def carried(self) -> int:
        """How many files would go along with a text, in one way or the other."""
        can = adapter(self.way.channel).can if self.way else None
        return len(self.files) if can and can.addresses and not unfit(self.files, can) else 0

    @property
    def link(self) -> str:
        """As long as each link that goes with the words, for counting them; "" when none does."""
        return sample() if self.links else ""

    def label(self, way: Way) -> str:
        """As the picker calls it."""
        word = channel_word(way.channel)
        word = word[:1].upper() + word[1:]
        if way.live:
            assert self.now is not None
            return _("%(channel)s · here now") % {"channel": word} if way.here(self.now) else word
        if way.channel == TEXTS:
            address = shown(way.address)
            return (_("Text to %(address)s") if way.proven else _("Text to %(address)s, not proven")) % {
                "address": address
            }
        if way.thread_id:
            return f"{word}, {way.line}"
        known = _("%(channel)s to %(address)s") if way.proven else _("%(channel)s to %(address)s, not proven")
        return known % {"channel": word, "address": way.address}


def choice(conversation: Conversation, items: Iterable[Item], name: str) -> Choice:
    """What the composer starts with, the threads worked out from the stream that is drawn anyway."""
    said = [item for item in items if item.kind == "message" and not item.taken_back]
    theirs = [item.thread_id for item in said if item.inbound and not item.automatic]
    if not theirs:  # the part that is shown holds no word of theirs
        usual = queries.thread_to_answer(conversation)
        theirs = [usual.id] if usual else []
    threads = dict.fromkeys([*theirs[::-1], *(item.thread_id for item in reversed(said))])
    return _choice(conversation, list(threads), name)


def picked(conversation: Conversation, key: str, name: str) -> Choice:
    """The same with a way of the agent's own choosing. An unknown key proposes one again."""
    found = _choice(conversation, queries.threads_of(conversation), name)
    way = next((each for each in found.ways if each.key == key), None)
    if way is None:
        return found
    why = _why(policy.ASKED, way, name, found.asked) if found.asked else ""
    return Choice(found.reach, way, why, found.asked, name, found.now, stopped=_has_stopped(conversation, way))


def with_files(conversation: Conversation, found: Choice, files: Sequence[Shared]) -> Choice:
    """The same, knowing what waits in the composer and how it would go."""
    if not files or found.way is None or not adapter(found.way.channel).can.addresses:
        return replace(found, files=files)
    line = Line.objects.get(merchant_id=conversation.merchant_id, id=found.way.line_id)
    return replace(found, files=files, links=would_link(line, found.way.address, files))


def recipients(conversation: Conversation, thread: Thread) -> Recipients:
    """With everybody who may get it."""
    to = queries.usual_recipients(conversation, thread)
    reachable = list(queries.reachable(conversation, thread))
    known = queries.reach(conversation, [thread.id])
    return Recipients(to, reachable, [address for address in known.dead if address in reachable])


def _choice(conversation: Conversation, threads: list[int], name: str) -> Choice:
    reach = queries.reach(conversation, threads) if threads else _NOBODY
    now = timezone.now()
    asked = conversation.asked_channel or reach.prefers
    here = [way.key for way in reach.ways if way.here(now)]
    last = f"thread:{threads[0]}" if threads else ""
    way, why = policy.choose_way(reach.ways, asked, last, here)
    stopped = _has_stopped(conversation, way)
    return Choice(reach, way, _why(why, way, name, asked), asked, name, now, stopped=stopped)


def _has_stopped(conversation: Conversation, way: Way | None) -> bool:
    """Asked of texts alone: nothing goes to a number that told us STOP."""
    if way is None or way.channel != TEXTS:
        return False
    return has_stopped(conversation.merchant_id, way.handle_kind, way.address)


def _said_files(found: Choice, way: Way) -> list[Said]:
    """What they cannot get by this way; else, of a text, whether the network carries them or links do."""
    refused = unfit(found.files, adapter(way.channel).can)
    if refused:
        return [Said("unfit", " ".join(refused))]
    if not found.carried:
        return []
    if not found.links:
        return [Said("carried", _("The files go along with the text, as a picture message (MMS)."))]
    words = _("No picture message can go from this number to %(address)s. The text gets a link to each file instead.")
    return [Said("carried", words % {"address": shown(way.address)})]


def _said_stop(found: Choice) -> Said:
    assert found.way is not None
    other = next((each for each in found.ways if each.channel != TEXTS and not each.bounced and not each.paused), None)
    said = _("%(name)s told us STOP: no text goes to %(address)s until they write START.")
    words = said % {"name": found.name, "address": shown(found.way.address)}
    return Said("bounced", words, other.key if other else "", channel_word(other.channel) if other else "")


def _why(why: str, way: Way | None, name: str, asked: str) -> str:
    if way is None or why == policy.LAST:
        return ""
    if why == policy.ASKED:
        return _("%(name)s asked for %(channel)s") % {"name": name, "channel": channel_word(asked)}
    if why == policy.NOW:
        return _("%(name)s is here now") % {"name": name}
    return _("goes out by mail") if way.handle_kind == "email" else ""


def _caution(said: policy.Caution, found: Choice) -> Said:
    way, name = found.way, found.name
    assert way is not None
    other = next((each for each in found.ways if each.key == said.instead), None)
    words = {
        "bounced": _("%(address)s cannot get texts.") % {"address": shown(way.address)}
        if way.channel == TEXTS
        else _("%(address)s did not take our last mail.") % {"address": way.address},
        "paused": _("%(line)s is paused: this waits until it is not.") % {"line": way.line},
        "trouble": _("%(line)s cannot send just now: this waits until it can.") % {"line": way.line},
        "gone": _gone(said.since, name),
        "unproven": _("Nobody has proven that %(address)s is %(name)s's address.")
        % {"address": way.address, "name": name},
        "too_large": _("These files are too large for this channel."),
    }[said.kind]
    return Said(said.kind, words, other.key if other else "", channel_word(other.channel) if other else "")


def _gone(since: datetime | None, name: str) -> str:
    if since is None:
        return _("%(name)s is not in the chat. They see this when they come back.") % {"name": name}
    words = Markup(escape(_("%(name)s left the chat (%(ago)s). They see this when they come back.")))  # noqa: S704
    return words % {"name": name, "ago": ago(since)}  # a name is escaped, a time is drawn
