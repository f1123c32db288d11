"""A mail's HTML as its sender meant it, with nothing in it that acts, asks, tracks or disguises.

Three walls, each enough alone: an allow-list sanitiser, a content policy of the frame's own, and a sandbox without
scripts and without our origin. Pictures of other servers are left out until somebody asks, and then come through us, so
that whoever watches for them learns neither who looked nor from where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urlsplit

import nh3
from django.core import signing
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; form-action 'none'; "
    "base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
IMAGE_LASTS = 3600  # seconds that a signed picture address works

_SALT = "frame-image"
_KEPT = """
a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details
dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q
s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_LOST_WITH_CONTENT = """
script style title head noscript template xmp iframe object embed svg math textarea select option button noembed
noframes plaintext video audio canvas map dialog
"""
# What dresses text and boxes; nothing that moves them over others or fetches anything.
_DRESS = """
background-color border border-bottom border-collapse border-color border-left border-radius border-right
border-spacing border-style border-top border-width color direction font font-family font-size font-style
font-variant font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left
margin-right margin-top max-height max-width min-width padding padding-bottom padding-left padding-right
padding-top text-align text-decoration text-indent text-transform vertical-align white-space width word-break
word-spacing
"""
_TAGS, _GONE_WITH_CONTENT, _STYLES = set(_KEPT.split()), set(_LOST_WITH_CONTENT.split()), set(_DRESS.split())
_BOX = {"align", "bgcolor", "height", "style", "valign", "width"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "style", "align", "border"},
    "table": _BOX | {"border", "cellpadding", "cellspacing"},
    "td": _BOX | {"colspan", "rowspan", "nowrap"},
    "th": _BOX | {"colspan", "rowspan", "nowrap", "scope"},
    "tr": _BOX,
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
}
_LINKS = ("http:", "https:", "mailto:", "tel:")
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[a-zA-Z0-9+/=\s]+\Z")
_UNSAFE_STYLE = re.compile(r"url|expression|image|src|@|\\|/\*|<|behavior|binding", re.IGNORECASE)
_ANCHOR = re.compile(r'(<a(?:\s+[\w-]+="[^"]*")*\s*>)(.*?)</a>', re.DOTALL)
_HREF = re.compile(r'href="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_HOST = re.compile(r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,20})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Shown:
    """A whole document for the frame, how many pictures of other servers were left out of it, and its body alone."""

    document: str
    blocked: int
    body: str = ""


def framed(html: str, inline: Mapping[str, str], image: Callable[[str], str] | None = None) -> Shown:
    """The document to show.

    `inline`: content id → address of an attached picture. `image` turns the address of a picture elsewhere into one of
    ours; None leaves such pictures out.
    """
    blocked = 0

    def attribute(tag: str, name: str, value: str) -> str | None:
        nonlocal blocked
        if name == "style":
            return None if _UNSAFE_STYLE.search(value) else value
        if name == "href":
            return value if value.strip().lower().startswith(_LINKS) else None
        if name != "src":
            return value
        found = _source(value, inline, image)
        blocked += found is None and value.lower().startswith(("http:", "https:", "//"))
        return found

    body = _cleaner(attribute).clean(html.replace("\x00", ""))
    told = _tell_hosts(body)
    return Shown(_DOCUMENT.format(dir="rtl" if get_language_bidi() else "ltr", body=told), blocked, told)


def sign_image(entry_id: int, merchant_id: int, url: str) -> str:
    """A token for one picture of one mail, good for an hour. The frame sends no cookie, so the token is the right."""
    return signing.dumps([entry_id, merchant_id, url], salt=_SALT, compress=True)


def read_image(token: str) -> tuple[int, int, str]:
    """Entry, merchant and address behind a token. Raises signing.BadSignature."""
    entry_id, merchant_id, url = signing.loads(token, salt=_SALT, max_age=IMAGE_LASTS)
    return int(entry_id), int(merchant_id), str(url)


def _cleaner(attribute: Callable[[str, str, str], str | None]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=_STYLES,
        strip_comments=True,
    )


def _source(value: str, inline: Mapping[str, str], image: Callable[[str], str] | None) -> str | None:
    """Where a picture comes from: attached to the mail, written into it, through us, or not at all."""
    value = value.strip()
    if value.lower().startswith("cid:"):
        return inline.get(value[4:].strip("<>"))
    if _PICTURE.match(value):
        return value
    if value.startswith("//"):
        value = f"https:{value}"
    if image and value.lower().startswith(("http://", "https://")):
        return image(value)
    return None


def _tell_hosts(body: str) -> str:
    """A link that names one host and leads to another says where it leads."""

    def told(found: re.Match[str]) -> str:
        href = _HREF.search(found[1])
        target = (_host_of(unescape(href[1])) if href else "").removeprefix("www.")
        named = _HOST.search(unescape(_TAG.sub("", found[2])))
        if not target or not named or named[1].lower().removeprefix("www.") == target:
            return found[0]
        warning = _("leads to %(host)s") % {"host": target}
        return f'{found[0]} <span class="pz-host">({escape(warning)})</span>'

    return _ANCHOR.sub(told, body)


def _host_of(url: str) -> str:
    """The host of an address, "" when there is none or it cannot be read."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


_DOCUMENT = (
    '<!doctype html><html dir="{dir}"><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
    "<style>html{{color-scheme:light;background:#fff}}body{{margin:12px 14px;font:14px/1.5 system-ui,sans-serif;"
    "color:#1c2426;overflow-wrap:anywhere}}img{{max-width:100%;height:auto}}table{{max-width:100%}}"
    "blockquote{{margin:0 0 0 .6em;padding:0 0 0 .8em;border-inline-start:3px solid #ddd}}"
    ".pz-host{{font-size:12px;background:#fff1c9;color:#5b4300;padding:0 .3em;border-radius:3px}}</style>"
    "<body>{body}</body></html>"
)
