"""What the markup of mail programs says: this is a quote, a signature, the old mail, hidden."""

from __future__ import annotations

import re

from lxml.etree import _Element

from .quotes.line import CUT, FORWARD, OWN, QUOTE, SIGNATURE

# Class names and ids, without the prefixes that web mails put before them when they show somebody else's mail.
_PREFIX = re.compile(r"^(?:x_|ecx|yiv\d+|m_-?\d+|gmail-|ydp[0-9a-f]+)+")
_QUOTES = frozenset(
    [
        "gmail_attr",
        "moz-cite-prefix",
        "yahoo_quoted",
        "protonmail_quote",
        "tutanota_quote",
        "zmail_extra",
        "zmail_extra_hr",
        "freshdesk_quote",
        "quotedreply",
        "quoted-reply",
        "missive_quote",
        "hs_reply",
        "front-blockquote",
        "sh-quoted-content",
        "skiff_quote",
        "email-quote",
        "mail-quote",
        "quoted_text",
        "reply_quote",
        "replyquote",
        "isreplycontent",
        "isreplycontentbody",
        "moz-email-headers-table",
        "blockquote_zmail",
        "quoted-content",
        "quotecontainer",
        "quotehead",
        "quotebody",
        "airmail_ext_on",
        "clean_bq",
        "appendedmail",
        "gmail_quote_attribution",
        "yahooquoted",
        "msg-quote",
        "wmquote",
        "cite-prefix",
        "wlmailquote",
        "mailmasterquote",
        "ntes_quote",
        "edo-reply",
        "quote_header",
        "original-message",
        "originalmessage",
    ]
)
_CUTS = frozenset(
    [
        "divrplyfwdmsg",
        "appendonsend",
        "olk_src_body_section",
        "stopspelling",
        "mail-editor-reference-message-container",
        "reply-intro",
        "messagereplysection",
        "oriqqmail",
        "originalcontent",
        "replysplit",
        "ms-outlook-mobile-body-separator-line",
        "mailoriginal",
        "replymessageheader",
    ]
)
_SIGNATURES = frozenset(
    [
        "gmail_signature",
        "gmail_signature_prefix",
        "moz-signature",
        "signature",
        "ms-outlook-mobile-signature",
        "applemailsignature",
        "protonmail_signature_block",
        "protonmail_signature_block-user",
        "protonmail_signature_block-proton",
        "zmail_signature",
        "messagesignaturesection",
        "bloop_sign",
        "ymail_android_signature",
        "ymail_ios_signature",
        "yahoo-signature",
        "iphonesignature",
        "mobile-signature",
        "signature_block",
        "email-signature",
        "mail-signature",
        "tutanota_signature",
        "mailsignature",
        "mail_signature",
        "sign_block",
        "outlookmobilesignature",
        "aolmail_signature",
        "ntes-signature",
        "foxmail_signature",
        "hs_signature",
        "front-signature",
        "superhuman-signature",
        "x-apple-signature",
        "spark-signature",
        "zohosignature",
    ]
)
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)|margin:\s*0(?:px)?\s+0(?:px)?\s+0(?:px)?\s+40px", re.I)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px)?\s*(?:;|$|!)", re.I
)
_FORWARDED = re.compile(
    r"^\W*(?:begin )?(?:[^\W\d_]+ ){0,4}(?:forwarded|weitergeleitete|transf|reenviad|"
    r"inoltrat|encaminhad|doorgestuurd|пересыл|转发|轉寄|転送)",
    re.I,
)


def role(element: _Element) -> str:
    """The role of everything inside the element; OWN where its markup says nothing."""
    names = _names(element)
    tag = str(element.tag).lower()
    if names & _CUTS or element.get("data-marker") in ("__QUOTED_TEXT__", "__DIVIDER__", "__HEADERS__"):
        return CUT
    if "gmail_quote" in names and tag != "blockquote":
        return _gmail(element)
    if tag == "blockquote":
        return OWN if _indents(element, names) else QUOTE
    if names & _QUOTES or element.get("name") == "quote" or element.get("type") == "cite":
        return QUOTE
    if names & _SIGNATURES or element.get("data-smartmail") == "gmail_signature":
        return SIGNATURE
    return OWN


def hidden(element: _Element) -> bool:
    """Preheaders and the like: text that no reader of the mail sees."""
    style = element.get("style") or ""
    return bool(style) and bool(_HIDDEN.search(style[:500])) or element.get("hidden") is not None


def _names(element: _Element) -> set[str]:
    given = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('name') or ''}"[:400]
    return {_PREFIX.sub("", each.lower()) for each in given.split()}


def _gmail(element: _Element) -> str:
    """Gmail wraps attribution and blockquote in one div; answers between blockquotes stand in it too."""
    start = " ".join("".join(str(each) for each in element.itertext())[:300].split())
    if _FORWARDED.match(start.lstrip("-– ")):
        return FORWARD
    return OWN if next(element.iter("blockquote"), None) is not None else QUOTE


def _indents(element: _Element, names: set[str]) -> bool:
    """Some programs indent with blockquotes; those have no line at their left."""
    if element.get("type") == "cite" or element.get("cite") or any("quote" in each for each in names):
        return False
    return bool(_INDENT.search(element.get("style") or ""))
