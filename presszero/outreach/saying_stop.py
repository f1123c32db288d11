"""How people say that they want no more, that they want it again, or that they need help. Pure.

The single words are those of the American rule (47 CFR 64.1200(a)(10)) and what people write instead, in the languages
our shops speak. A word counts alone: "stop" is an end, "please stop by tomorrow" is not. By mail and chat "cancel" is
about an order, so fewer words count there. Sentences are only suspected: a person of ours decides what they meant.
"""

from __future__ import annotations

import re
import unicodedata

_PLAIN = (
    "stop, stop all, stopall, unsubscribe, opt out, optout, revoke, remove me, stop it, stop now, stop texting, "
    "stop texts, stop messages, no more messages, no more texts, unsubscribe me, opt me out, abmelden, abbestellen, "
    "stopp, stop sms, keine nachrichten mehr, keine sms mehr, austragen, darse de baja, dar de baja, baja, "
    "no mas mensajes, no mas sms, parar, desuscribir, me desabonner, desabonner, se desinscrire, arreter, "
    "disiscrivimi, disiscriviti, cancellami, afmelden, uitschrijven, stoppen, avregistrera, avsluta prenumeration, "
    "afmeld, avmeld, peruuta tilaus, wypisz, wypisz mnie, odhlasit, leiratkozas, dezabonare, sair, remover, "
    "отписаться, стоп, iptal, durdur, الغاء الاشتراك, إلغاء الاشتراك, إيقاف, 停止, 退订, 配信停止"
)
_BY_TEXT = (
    "quit, end, cancel, ende, beenden, fin, alto, cancelar, cancela, detener, arret, annulla, fine, basta, slut, "
    "koniec, konec, stops, توقف"
)
_HELP = "help, info, help me, hilfe, infos, ayuda, aide, aiuto, hulp, ajuda, pomoc, yardim, مساعدة"
_AGAIN = "start, unstop, subscribe, resume, anmelden, wieder anmelden, inicio, alta, reprendre, inizia, aanmelden"

_CHANNELS = r"(?:text|sms|message|msg|write|contact|call|ring|e-?mail|mail|bother|spam|phone)"
_SENTENCES = (
    rf"\b(?:do not|don t|dont|never|stop|quit|cease|no longer)\b(?: (?:ever|please|you))* {_CHANNELS}(?:ing|s)?"
    r"(?: to)? (?:me|us|this (?:number|phone))\b",
    rf"\bstop (?:all |these |those |the |your |sending (?:me )?)+(?:\w+ )?{_CHANNELS}(?:s|es)?\b",
    r"\b(?:take|remove|delete|get) (?:me|us|my (?:number|name|phone)|this number) (?:off|from)\b",
    r"\b(?:remove|delete|forget) my (?:phone )?number\b",
    r"\bleave me alone\b",
    r"\b(?:i )?(?:do not|don t|dont) want (?:any(?: more)?|more|your|these|those|to (?:get|receive|hear)) "
    rf"(?:\w+ ){{0,3}}(?:{_CHANNELS}(?:s|es)?|from you)\b",
    r"\bno more (?:texts?|sms|messages?|calls?)\b",
    r"\bunsubscribe me\b|\bopt(?:ing)? (?:me )?out\b",
    r"\b(?:schreib|schreibt|schreiben|schick|schicken|schickt|kontaktier\w*|ruf\w*) (?:sie )?(?:mir|mich) "
    r"(?:bitte )?(?:keine|nicht mehr|nie wieder|nicht)\b",
    r"\bkeine (?:weiteren )?(?:sms|nachrichten|mails?|anrufe)(?: mehr)?\b.{0,20}\b(?:bitte|will|mochte|wunsche|mehr)\b",
    r"\b(?:will|mochte|wunsche) (?:keine|nicht mehr)\b.{0,25}\b(?:sms|nachricht\w*|mail\w*|anruf\w*|kontaktiert)\b",
    r"\blass(?:en|t)? (?:sie )?mich in ruhe\b|\bnehm(?:en|t) (?:sie )?mich (?:aus|von)\b",
    r"\bno me (?:escrib|envi|mand|contact|llam)\w+(?: mas)?\b",
    r"\bdej(?:en|a|e) de (?:escribir|enviar|mandar|llamar)\w*\b",
    r"\bno (?:quiero|deseo) (?:recibir )?mas\b|\bdame de baja\b",
    r"\bne m (?:ecri|envoy|appel|contact)\w+ plus\b|\barretez de m\b|\bje ne veux plus (?:recevoir|de)\b",
)
_WRONG = (
    r"\b(?:wrong (?:number|person)|not (?:my|the right) number|don t know (?:who|any) |never (?:bought|ordered|heard))",
    r"\byou (?:have|ve got|got) the wrong\b|\b(?:who is this|this is not) (?:\w+ )?(?:s )?(?:number|phone)\b",
    r"\bfalsche (?:nummer|person)\b|\bfalsch verbunden\b|\bsie haben die falsche\b",
    r"\bnumero (?:equivocado|erroneo)\b|\bse (?:ha )?equivoc\w+ de numero\b|\bmauvais numero\b|\bnumero sbagliato\b",
)
_LONGEST = 600  # characters looked at


def folded(text: str) -> str:
    """Small letters and single spaces: no accents, no dots, no quotes."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w\s]|_", " ", bare).split())


PLAIN = frozenset(folded(word) for word in _PLAIN.split(","))
BY_TEXT = PLAIN | {folded(word) for word in _BY_TEXT.split(",")}
HELP = frozenset(folded(word) for word in _HELP.split(","))
AGAIN = frozenset(folded(word) for word in _AGAIN.split(","))
_ASKS = re.compile("|".join(_SENTENCES))
_NOT_THEM = re.compile("|".join(_WRONG))


def means_stop(text: str, *, by_text: bool) -> bool:
    """Whether somebody asks to be left alone, and says nothing else."""
    return _bare(text) in (BY_TEXT if by_text else PLAIN)


def means_again(text: str) -> bool:
    """Whether they take it back."""
    return _bare(text) in AGAIN


def means_help(text: str) -> bool:
    return _bare(text) in HELP


def seems_to_mean(text: str) -> str:
    """What a sentence may be about: "person", they want no more; "wrong", they are somebody else; "" neither."""
    said = folded(text[:_LONGEST])
    if _NOT_THEM.search(said):
        return "wrong"
    return "person" if _ASKS.search(said) else ""


def _bare(text: str) -> str:
    said = folded(text[:200])
    for polite in ("please", "bitte", "por favor", "thanks", "thank you", "danke"):
        said = said.removeprefix(f"{polite} ").removesuffix(f" {polite}")
    return said
