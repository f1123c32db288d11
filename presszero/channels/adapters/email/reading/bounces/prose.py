"""Bounces that are only prose: whom do they name, and what did the server say?"""

from __future__ import annotations

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"(?<![\w.+@/-])[A-Za-z0-9_'+&=.!#$%*/?^`{|}~-]{1,200}@(?:[A-Za-z0-9_-]{1,63}\.)+[A-Za-z]{2,24}(?![\w@])|<([^<>\s@]{1,200}@[^<>\s@]{1,255})>")

_RETURNED = re.compile(
    r"(?im)^[ \t>*]{0,20}(?:[-=_*]{2,80})?[ \t]{0,9}(?:below this line is a copy|this is a copy of|a copy of the (?:original )?message|original message (?:follows|header|text|attached|is|was)|original (?:mail|message) headers?|unsent message|returned message|message header(?:s)? (?:follow|begin)|"
    r"the (?:header|following is a copy)|start of (?:returned|message|original)|returned mail follows|the (?:original )?message (?:headers?|begins|follows|itself)\b.{0,40}:|begin (?:forwarded|original)|--- the header|headers? (?:of (?:the )?(?:original|message)|follow)|message (?:text )?follows|your (?:original )?message (?:follows|headers?|reads|is enclosed)|beginning of (?:the )?(?:original|header|text)|undelivered message|forwarded message|"
    r"text of your message|ursprüngliche (?:nachricht|kopf)|received: from|received: by|return-path:|-----original|--- original|------? this is a copy|date: .{5,40} [+-]\d{4}|message-id: <|original message|(?:original|header)|mime-version: 1|メールの内容|以下は(?:、)?送信).*$"
)  # fmt: skip
_FAILURE = re.compile(
    r"could ?n[o']t be delivered|could not deliver|cannot (?:be )?deliver|can ?no?t be delivered|was ?n[o']t (?:be )?delivered|was not delivered|not be delivered|unable to deliver|undeliver|non-?deliver|delivery (?:has |to the |of the |of your |attempt|status|to )?[^\n]{0,60}(?:fail|error|delay|problem|impossible|not possible)|deliver(?:y|ies) (?:failure|failed|error|problem)|failed (?:to deliver|recipient|delivery|permanently)|fail(?:ed|ure) (?:deliver|notice)|returned (?:mail|to sender|e-?mail)|permanent (?:fatal )?(?:error|failure)|fatal error|failed address|"
    r"user unknown|unknown user|no such user|does not exist|recipient|mailbox|rejected|bounced?|(?:could|can)(?: ?not|n't) (?:accept|reach|find)|was rejected|has been (?:rejected|returned|delayed|refused)|not reached|did not reach|have not (?:yet )?been delivered|has not (?:yet )?been delivered|warning message only|still (?:trying|undelivered)|delayed|"
    r"unzustellbar|nicht zugestellt|konnte nicht|nicht übermittelt|non (?:remis|distribu|livré|délivré)|n'a pas (?:pu|été)|pas pu être|échec|no se (?:pudo|puede|ha podido|entregó)|no pudo|não (?:pôde|foi possível|pode|entregue)|falha|impossibile|non (?:è stato|può)|recapitat|niet (?:worden )?(?:bezorgd|afgeleverd)|onbestelbaar|kunde inte|inte leverer|kunne ikke|ikke leverer|ei voitu|nie (?:można|mógł|dostarczon|został)|niedostarcz|nedoručiteľn|nedoručiteln|nelze doruč|nebylo možn|kézbesít|teslim edil|не (?:может|удалось|удается|доставлен|было доставлен|был доставлен)|недоставлен|невозможно|не доставл|配信(?:でき|不能|エラー|されません)|送信でき|送信不|届け|エラー|退信|无法(?:投递|送达|传递|发送)|無法(?:投遞|傳遞|送達)|未能|배달|전송(?:하지|되지|실패)|반송",
    re.I,
)  # fmt: skip
_LEADS = re.compile(
    r"(?i)(?:rcpt to:?\s*<?|final-recipient:\s*(?:rfc822;\s*)?|original-recipient:\s*(?:rfc822;\s*)?|(?:failed|intended|original) recipients?:?\s*|recipients?(?: address| name)?s?\s?(?:\(s\))?:\s*<?|the following address(?:es)?[^\n]{0,40}:\s*|(?:e-?mail )?address:\s*|deliver(?:ed|y)? to[: ]+|undeliverable to[: ]+|could not (?:be )?deliver(?:ed)?[^\n]{0,40} to:?\s*|unknown user:\s*|undeliverable:?\s*|user unknown:?\s*|failed (?:for|address):?\s*|addressed to\s*)$"
)  # fmt: skip
_NAMES_FAILURES = re.compile(r"(?i)did not reach|could not be delivered|cannot be delivered|not delivered to|following (?:address|recipient)|failed")
_REASON_LINE = re.compile(r"(?im)^[ \t>*]{0,20}(?:reason|error(?:[- ](?:text|message|description|detail))?|diagnostic|because|cause|grund|motivo|raison)[ \t]{0,9}:[ \t]{0,9}(\S.{3,300})")
_NOT_A_RECIPIENT = re.compile(r"(?i)^(?:postmaster|mailer-daemon|mail-?daemon|abuse|hostmaster|webmaster|mailmaster|no-?reply|do-?not-?reply|helpdesk|spam\w*|mdaemon|unblock|bounce\w*)@|@(?:mail\.)?(?:spamhaus|spamcop)\.|\.(?:png|gif|jpe?g|htm|html)$")
_REPLY_LINE = re.compile(r"(?m)^.*(?<![\d.\w@-])(?:[45]\d\d(?:[ \-#]|$)|[45]\.\d{1,2}\.\d{1,3}(?=[\s:)>-])).*(?:\n[ \t]+\S.*){0,4}")


MAX_TEXT, MAX_LINES, MAX_LINE = 60_000, 800, 600


@dataclass(frozen=True, slots=True)
class Told:
    """What the prose says: recipients as named, and the sentence of the server."""

    recipients: tuple[str, ...]
    said: str
    failure: bool  # the words are those of a failed delivery
    sure: bool = True  # the first recipient is named as the one that failed


def trimmed(text: str) -> str:
    """The first lines, none too long: what servers write is short, and nothing here may become slow."""
    return "\n".join(line[:MAX_LINE] for line in text[:MAX_TEXT].split("\n")[:MAX_LINES])


def told(text: str, never: frozenset[str]) -> Told:
    """`never`: addresses that are certainly not the failed one (the reporting server's own, the sender's), lower case."""
    head, _ = cut(text)
    scored = _recipients(head, never)
    found = tuple(scored)
    sure = bool(found) and scored[found[0]] > 2
    return Told(found, _said(head, found), bool(_FAILURE.search(head[:20_000])), sure)


def cut(text: str) -> tuple[str, str]:
    """(the report, the returned mail below it)."""
    text = trimmed(text)
    for found in _RETURNED.finditer(text):
        if found.start() > 40 and _FAILURE.search(text[: found.start()]):
            return text[: found.start()], text[found.start() :]
    return text, ""


def _recipients(head: str, never: frozenset[str]) -> dict[str, int]:
    """Addresses that may be the failed one, the likeliest first, with how likely."""
    scored: dict[str, int] = {}
    for order, found in enumerate(ADDRESS.finditer(head[:30_000])):
        address = (found.group(1) or found.group()).strip("<>.'")
        address = re.sub(r"(?i)^(?:.*\bsmtp[=:]|mailto:|=3d)", "", address)
        if _NOT_A_RECIPIENT.search(address) or order > 200:
            continue
        score = _score(head, found.start(), found.end()) - (50 if address.lower() in never else 0)
        if score > scored.get(address, -100):
            scored[address] = score
    best = sorted(scored, key=lambda each: -scored[each])
    return {each: scored[each] for each in best if scored[each] > -20}


def _score(head: str, start: int, end: int) -> int:
    """How surely the address at this place is the one that failed."""
    line_start = head.rfind("\n", 0, start) + 1
    line_end = head.find("\n", end)
    before = head[line_start:start].lstrip(" \t>*<-#\"'(")
    after = head[end : line_end if line_end >= 0 else len(head)].strip()
    score = 2 if _NAMES_FAILURES.search(head[:start]) else 0
    if not before:
        score += 3 if after.lstrip(">)\"' ")[:1] in (":", "", ";", ".", "(", "-") else 1
    if _LEADS.search(head[max(0, start - 120) : start]):
        score += 4
    if _FAILURE.search(head[line_start : line_start + 400]):
        score += 2
    if re.search(r"(?i)(?:from|sender|contact|administrator|help|questions?|write to|mailto|postmaster|reply to)\W{0,3}(?:\w+\W){0,3}$", before[-60:]):
        score -= 6
    return score


def _said(head: str, recipients: tuple[str, ...]) -> str:
    """The server's own answer about the first recipient, if quoted; else the lines around it; else the first lines."""
    near = _around(head, recipients[0]) if recipients else ""
    about = _paragraph(head, recipients[0]) if len(recipients) > 1 else ""
    telling = _replies(about) or _replies(head[:30_000])
    if recipients and len(telling) > 1:
        telling = [each for each in telling if recipients[0] in each] or telling
    telling = telling or [found.group(1) for found in _REASON_LINE.finditer(head)][:3]
    said = " ".join(dict.fromkeys(telling)) or near
    return said[:1500] or " ".join(head.split())[:600]


def _replies(text: str) -> list[str]:
    found = [" ".join(each.group().split()) for each in _REPLY_LINE.finditer(text)]
    return [each for each in found if len(each) > 8][:6]


def _paragraph(head: str, address: str) -> str:
    return next((each for each in re.split(r"\n[ \t]*\n", head) if address in each), "")


def _around(head: str, address: str) -> str:
    """The last paragraph that names the address (the first may be the mail's own head); its neighbours too where it holds nothing else."""
    paragraphs = re.split(r"\n[ \t]*\n", head)
    at = next((number for number in range(len(paragraphs) - 1, -1, -1) if address in paragraphs[number]), 0)
    found = " ".join(paragraphs[at].split())
    if len(found) < len(address) + 24:
        neighbours = " ".join(" ".join(each.split()) for each in paragraphs[at + 1 : at + 3])
        before = " ".join(paragraphs[at - 1].split())[-300:] if at else ""
        found = f"{before} {found} {neighbours}".strip()
    return found
