"""Words for "let me talk to a person", in each language, and whether somebody said some. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

# Said alone or within a sentence. Rather one too many: who is put through by mistake has lost nothing.
PERSON: Mapping[str, tuple[str, ...]] = {
    "en": (
        "agent", "agents", "human", "human being", "operator", "representative", "rep", "person", "real person",
        "somebody", "someone", "customer service", "customer support", "associate", "receptionist", "speak to staff",
        "live help", "zero", "talk to you", "a colleague", "your manager", "supervisor",
    ),
    "de": (
        "mensch", "menschen", "mitarbeiter", "mitarbeiterin", "mitarbeitern", "person", "berater", "beraterin",
        "jemand", "jemanden", "jemandem", "kundendienst", "kundenservice", "zentrale", "vermittlung", "sachbearbeiter",
        "ansprechpartner", "null", "kollege", "kollegin", "kollegen", "agent", "operator",
    ),
    "es": (
        "agente", "persona", "humano", "humana", "operador", "operadora", "representante", "asesor", "asesora",
        "alguien", "atencion al cliente", "servicio al cliente", "ejecutivo", "ejecutiva",
        "cero", "recepcionista", "encargado",
    ),
    "fr": (
        "agent", "humain", "humaine", "operateur", "operatrice", "personne", "conseiller", "conseillere", "quelqu un",
        "service client", "le standard", "standardiste", "representant", "representante", "zero", "une vraie personne",
    ),
    "it": (
        "agente", "umano", "umana", "operatore", "operatrice", "persona", "rappresentante", "qualcuno", "addetto",
        "addetta", "servizio clienti", "assistenza clienti", "centralino", "zero", "consulente",
    ),
    "nl": (
        "agent", "een mens", "mens spreken", "medewerker", "medewerkster", "persoon", "iemand", "telefonist",
        "telefoniste", "klantenservice", "vertegenwoordiger", "operator", "nul", "een echt mens", "collega",
    ),
    "pt": (
        "agente", "pessoa", "humano", "humana", "operador", "operadora", "atendente", "representante", "alguem",
        "atendimento", "zero", "assistente humano",
    ),
    "pl": ("agent", "agentem", "czlowiek", "czlowiekiem", "konsultant", "konsultantem", "operator", "osoba", "zero",
           "pracownik", "pracownikiem", "ktos", "kims"),
    "sv": ("agent", "manniska", "person", "medarbetare", "operator", "nagon", "kundtjanst", "handlaggare", "noll"),
    "da": ("agent", "menneske", "person", "medarbejder", "operator", "nogen", "kundeservice", "nul"),
    "nb": ("agent", "menneske", "person", "medarbeider", "operator", "noen", "kundeservice", "null"),
    "fi": ("ihminen", "ihmiselle", "ihmisen", "asiakaspalvelija", "asiakaspalvelu", "henkilo", "operaattori", "nolla"),
    "cs": ("agent", "clovek", "clovekem", "operator", "operatorem", "osoba", "nula"),
    "tr": ("temsilci", "temsilciye", "insan", "operator", "musteri hizmetleri", "yetkili", "sifir"),
    "ru": ("оператор", "оператора", "оператором", "человек", "человека", "человеком", "сотрудник", "специалист",
           "ноль"),
    "uk": ("оператор", "оператора", "оператором", "людина", "людиною", "спеціаліст", "нуль"),
}  # fmt: skip
# Languages that set no spaces between words: found anywhere.
WITHIN: Mapping[str, tuple[str, ...]] = {
    "ja": ("オペレーター", "担当者", "人と話", "係の人", "人間"),
    "zh": ("人工", "客服", "真人", "转接", "轉接", "接线员"),
}
NO: Mapping[str, tuple[str, ...]] = {
    "en": ("no", "nope", "decline", "do not record", "don t record"),
    "de": ("nein", "nicht aufzeichnen", "nicht aufnehmen"),
    "es": ("no",),
    "fr": ("non",),
    "it": ("no",),
    "nl": ("nee", "niet opnemen"),
    "pt": ("nao",),
}

_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Without accents, signs and capitals, its words apart by one blank, and a blank at both ends."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return f" {' '.join(_WORD.findall(bare))} "


def says(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of these stands in it as whole words."""
    said = plain(text)
    return any(plain(phrase) in said for phrase in phrases if plain(phrase).strip())


_PERSON = frozenset(plain(word) for words in PERSON.values() for word in words)
_NO = frozenset(plain(word) for words in NO.values() for word in words)


def wants_person(text: str) -> bool:
    """Whether whoever said this asks for a person, in any language we know the words of."""
    said = plain(text)
    return any(word in said for word in _PERSON) or any(word in text for words in WITHIN.values() for word in words)


def declines(text: str) -> bool:
    """Whether they said no, asked whether the call may be recorded."""
    said = plain(text)
    return any(word in said for word in _NO)
