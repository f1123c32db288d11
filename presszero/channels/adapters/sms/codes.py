"""What a provider's error codes mean for us, in a sentence for whoever reads why a text did not arrive. Data."""

from __future__ import annotations

from dataclasses import dataclass

OPTED_OUT, DEAD = "opted_out", "dead"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`refusal` as vocabulary.Sent has it; `then`: refused · later; `ours`: the line is at fault, not the text."""

    sentence: str
    refusal: str = ""
    then: str = "refused"
    ours: bool = False


_NO_NUMBER = "There is no such telephone number."
_NOT_FETCHED = "The provider could not fetch a file of this text from us."
_REGISTER = "The number is not registered for texts to the United States (10DLC). Register it with the provider."

CODES: dict[int, Meaning] = {
    12300: Meaning("The provider takes no files of such a kind."),
    20003: Meaning("The provider does not know the account or its token.", ours=True),
    20404: Meaning("The provider does not know this account.", ours=True),
    20429: Meaning("The provider asks us to send more slowly.", then="later"),
    14107: Meaning("The provider asks us to send more slowly.", then="later"),
    21211: Meaning(_NO_NUMBER, DEAD),
    21217: Meaning(_NO_NUMBER, DEAD),
    21408: Meaning("The account may not text this country. Allow it with the provider.", ours=True),
    21601: Meaning("Our number cannot send texts.", ours=True),
    21606: Meaning("Our number is not one of this account's, or cannot send texts.", ours=True),
    21610: Meaning("They told the network STOP: no text gets through until they write START.", OPTED_OUT),
    21611: Meaning("Too many texts wait at the provider.", then="later"),
    21612: Meaning("The provider knows no way from our number to theirs."),
    21614: Meaning("This number cannot get texts.", DEAD),
    21617: Meaning("The text is too long."),
    21620: Meaning(_NOT_FETCHED),
    21623: Meaning("The text has more files than the provider takes."),
    21659: Meaning("Our number is not one of this account's.", ours=True),
    21660: Meaning("Our number is not one of this account's.", ours=True),
    30001: Meaning("Too many texts waited at the provider."),
    30002: Meaning("The provider suspended the account.", ours=True),
    30003: Meaning("Their telephone is off, or out of reach."),
    30004: Meaning("They, or their network, block our texts."),
    30005: Meaning(_NO_NUMBER, DEAD),
    30006: Meaning("This is a landline, or a network that takes no texts.", DEAD),
    30007: Meaning("A network took it for spam."),
    30008: Meaning("The network did not say why."),
    30011: Meaning("Their network takes no picture messages. Turn pictures off for this number to send links."),
    30019: Meaning("The files are larger than their network takes."),
    30022: Meaning("The network lets us send no more for now."),
    30032: Meaning("Our toll-free number is not verified yet.", ours=True),
    30034: Meaning(_REGISTER, ours=True),
    30038: Meaning("The network lets no one-time codes through."),
    30410: Meaning("The network did not answer in time."),
    30454: Meaning("The account may send no more to this number today."),
    63019: Meaning(_NOT_FETCHED),
    63038: Meaning("The account may send no more today.", then="later"),
}


def meaning(code: int) -> Meaning | None:
    """None for a code that we know nothing about."""
    return CODES.get(code)


def number(given: object) -> int:
    """A code as providers write it: 21610, "21610", null; 0 for none."""
    said = str(given or "")
    return int(said) if said.isdecimal() and len(said) < 8 else 0
