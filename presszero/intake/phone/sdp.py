"""Session descriptions, as little as we must know of them: rtpengine writes the real ones."""

from __future__ import annotations

LONGEST = 16_000  # bytes; a browser's offer has about 6,000, a carrier's 500
MOST_LINES = 400
MIRROR = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive", "sendrecv": "sendrecv"}


class BadDescription(ValueError):
    """Not something to talk over. The sentence says why."""


def checked(text: str) -> str:
    """The description itself, when it offers audio and is of a sane size. Raises BadDescription."""
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        raise BadDescription("The description is too long.")
    lines = text.split("\n")
    if not lines[0].startswith("v=0"):
        raise BadDescription("This is no session description.")
    if not any(line.startswith("m=audio ") for line in lines):
        raise BadDescription("No audio is offered.")
    return text


def silent(codecs: str) -> str:
    """A party that hears nothing and says nothing, and stands where nobody is yet: a menu, a queue.

    `codecs` is the caller's own description: ours must list what it lists, or the payload numbers would differ.
    """
    kinds, lines = _audio(codecs)
    return "".join(
        f"{line}\r\n"
        for line in (
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=-",
            "c=IN IP4 127.0.0.1",
            "t=0 0",
            f"m=audio 9 RTP/AVP {kinds}",
            *lines,
            "a=sendrecv",
        )
    )


def mirrored(ours: str, theirs: str) -> str:
    """Ours again, for a party that holds, resumes or moves: what they no longer send or take, we no longer await."""
    asked = next((way for way in MIRROR if f"a={way}" in theirs), "sendrecv")
    kept = [line for line in ours.split("\r\n") if line.removeprefix("a=") not in MIRROR]
    return "\r\n".join([*(line for line in kept if line), f"a={MIRROR[asked]}", ""])


def plain() -> str:
    """What we offer when we call somebody: G.711 in both kinds, and keys as RFC 4733 has them."""
    return silent(
        "v=0\r\nm=audio 9 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
    )


def _audio(text: str) -> tuple[str, list[str]]:
    """The payload numbers of the first audio part, and the lines that say what they are."""
    kinds, wanted = "8 0", []
    within = False
    for line in text.replace("\r", "").split("\n"):
        if line.startswith("m="):
            if within:
                break
            within = line.startswith("m=audio ")
            kinds = " ".join(line.split()[3:]) if within else kinds
        elif within and line.startswith(("a=rtpmap:", "a=fmtp:", "a=ptime:")):
            wanted.append(line)
    return kinds, wanted
