"""A mail, the chat and the form as customers would see them, in one small document for a frame of its own."""

from __future__ import annotations

from html import escape

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from presszero.desk.frame import framed
from presszero.desk.views.settings.shop import sample_mail
from presszero.merchants.models import Brand
from presszero.team.models import Membership
from presszero.ui.looks import contrast_with_white

DARK, LIGHT = "#101615", "#ffffff"


def drawn(brand: Brand, member: Membership, told: str, wrong: str) -> str:
    """The document. `told`: when we answer, as customers read it; `wrong`: why there is nothing to draw."""
    if wrong:
        return _DOCUMENT.format(**_page(), style=_STYLE, body=f'<p class="wrong">{escape(wrong)}</p>')
    colours = f":root{{--brand:{brand.colour};--on:{on(brand.colour)}}}"
    parts = (_mail(brand, member), _chat(brand, member, told), _form(brand, told))
    return _DOCUMENT.format(**_page(), style=colours + _STYLE, body="".join(parts))


def on(colour: str) -> str:
    """What can be read on "#rrggbb", as our own pages decide it."""
    return LIGHT if contrast_with_white(colour) >= 4.5 else DARK


def _page() -> dict[str, str]:
    return {"dir": "rtl" if get_language_bidi() else "ltr", "lang": get_language() or "en"}


def _mail(brand: Brand, member: Membership) -> str:
    sender = escape(f"{brand.name}")
    body = framed(sample_mail(brand, member), {}).body
    return (
        f'<section><h2>{escape(_("A mail of yours"))}</h2><div class="box"><div class="head"><b>{sender}</b>'
        f"<span>{escape(_('Re: Are my boots on their way?'))}</span></div>"
        f'<div class="mail">{body}</div></div></section>'
    )


def _chat(brand: Brand, member: Membership, told: str) -> str:
    phone = f'<div class="call">{escape(_("Or call %(phone)s") % {"phone": brand.phone})}</div>' if brand.phone else ""
    return (
        f'<section><h2>{escape(_("The chat"))}</h2><div class="box"><div class="bar"><b>{escape(brand.name)}</b>'
        f"<span>{escape(told)}</span></div>"
        f'<div class="talk"><p>{escape(_("Hi Ada, what can I do for you?"))}</p>'
        f'<p class="mine">{escape(_("Are my boots on their way?"))}</p>'
        f"<p>{escape(_('They are, and with you by Friday noon.'))}</p></div>{phone}</div></section>"
    )


def _form(brand: Brand, told: str) -> str:
    phone = f"<small>{escape(_('Or call %(phone)s') % {'phone': brand.phone})}</small>" if brand.phone else ""
    return (
        f'<section><h2>{escape(_("The form"))}</h2><div class="box pad"><h3>{escape(_("Write to us"))}</h3>'
        f'<div class="line"><span>{escape(_("What is it about?"))}</span><i></i></div>'
        f'<div class="line"><span>{escape(_("Your e-mail"))}</span><i></i></div>'
        f'<div class="send">{escape(_("Send"))}</div><small>{escape(told)}</small>{phone}</div></section>'
    )


_STYLE = (
    "html{color-scheme:light;background:#efede7}body{margin:0;padding:18px;display:grid;gap:18px;"
    "font:14px/1.5 system-ui,sans-serif;color:#1c2426;grid-template-columns:minmax(0,1fr)}"
    "h2{font-size:12px;font-weight:600;color:#58605f;margin:0 0 6px}h3{font-size:17px;margin:0}"
    "section{min-width:0}.box{background:#fff;border-radius:14px;overflow:hidden;"
    "box-shadow:0 1px 2px #0001,0 8px 24px #0001}"
    ".head{display:grid;padding:12px 16px;border-bottom:1px solid #ecebe6}.head span{color:#58605f;font-size:13px}"
    ".mail{padding:4px 16px 12px;overflow-wrap:anywhere}.mail img{max-width:100%;height:auto}"
    ".bar{background:var(--brand);color:var(--on);padding:14px 16px;display:grid}.bar span{font-size:12.5px}"
    ".talk{display:grid;gap:8px;padding:14px 16px}.talk p{margin:0;padding:8px 12px;border-radius:14px 14px 14px 4px;"
    "background:#f0efea;justify-self:start;max-width:80%}.talk .mine{background:var(--brand);color:var(--on);"
    "justify-self:end;border-radius:14px 14px 4px 14px}.call{padding:0 16px 14px;font-size:13px;color:#58605f}"
    ".pad{padding:16px;display:grid;gap:10px}.line{display:grid;gap:4px;font-size:13px;font-weight:500}"
    ".line i{height:34px;border:1px solid #c9ccc8;border-radius:8px}.send{background:var(--brand);color:var(--on);"
    "text-align:center;border-radius:9px;padding:9px;font-weight:600}small{color:#58605f}"
    ".wrong{background:#fbe6e2;color:#8f1d12;padding:12px 16px;border-radius:12px;margin:0}"
    "@media(min-width:560px){body{grid-template-columns:repeat(2,minmax(0,1fr))}section:first-child{grid-column:1/-1}}"
)
_DOCUMENT = (
    '<!doctype html><html lang="{lang}" dir="{dir}"><meta charset="utf-8"><title>.</title>'
    '<meta name="referrer" content="no-referrer"><style>{style}</style><body>{body}</body></html>'
)
