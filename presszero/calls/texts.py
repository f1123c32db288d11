"""What we text around a call, in the languages we can say it in. Pure. Short: a text has 160 signs."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "missed": "{shop}: we missed your call, sorry. Write to us here and we answer: {link}",
        "missed_bare": "{shop}: we missed your call, sorry. Answer this text and we write back.",
        "not_reached": "{shop}: we called you back twice and did not reach you. Write to us or call again: {link}",
        "not_reached_bare": "{shop}: we called you back twice and did not reach you. Answer this text, or call again.",
        "help": "{shop}: write to us here: {link}",
        "pay": "{shop}: you can pay here: {link}",
    },
    "de": {
        "missed": "{shop}: Wir haben Ihren Anruf leider verpasst. Schreiben Sie uns hier: {link}",
        "missed_bare": "{shop}: Wir haben Ihren Anruf leider verpasst. Antworten Sie einfach auf diese SMS.",
        "not_reached": "{shop}: Wir haben zweimal zurückgerufen und Sie nicht erreicht. Schreiben Sie uns: {link}",
        "not_reached_bare": "{shop}: Wir haben zweimal zurückgerufen und Sie nicht erreicht. Antworten Sie hier.",
        "help": "{shop}: Schreiben Sie uns hier: {link}",
        "pay": "{shop}: Hier können Sie bezahlen: {link}",
    },
    "es": {
        "missed": "{shop}: perdimos su llamada, lo sentimos. Escríbanos aquí: {link}",
        "missed_bare": "{shop}: perdimos su llamada, lo sentimos. Responda a este mensaje.",
        "not_reached": "{shop}: le llamamos dos veces y no contestó. Escríbanos aquí: {link}",
        "not_reached_bare": "{shop}: le llamamos dos veces y no contestó. Responda a este mensaje.",
        "help": "{shop}: escríbanos aquí: {link}",
        "pay": "{shop}: puede pagar aquí: {link}",
    },
    "fr": {
        "missed": "{shop} : nous avons manqué votre appel, désolés. Écrivez-nous ici : {link}",
        "missed_bare": "{shop} : nous avons manqué votre appel, désolés. Répondez à ce message.",
        "not_reached": "{shop} : nous vous avons rappelé deux fois sans vous joindre. Écrivez-nous : {link}",
        "not_reached_bare": "{shop} : nous vous avons rappelé deux fois sans vous joindre. Répondez ici.",
        "help": "{shop} : écrivez-nous ici : {link}",
        "pay": "{shop} : vous pouvez payer ici : {link}",
    },
    "it": {
        "missed": "{shop}: abbiamo perso la sua chiamata, ci scusi. Ci scriva qui: {link}",
        "missed_bare": "{shop}: abbiamo perso la sua chiamata, ci scusi. Risponda a questo messaggio.",
        "not_reached": "{shop}: l'abbiamo richiamata due volte senza trovarla. Ci scriva qui: {link}",
        "not_reached_bare": "{shop}: l'abbiamo richiamata due volte senza trovarla. Risponda qui.",
        "help": "{shop}: ci scriva qui: {link}",
        "pay": "{shop}: può pagare qui: {link}",
    },
    "nl": {
        "missed": "{shop}: we hebben uw oproep gemist, sorry. Schrijf ons hier: {link}",
        "missed_bare": "{shop}: we hebben uw oproep gemist, sorry. Beantwoord dit bericht.",
        "not_reached": "{shop}: we belden u twee keer terug zonder u te bereiken. Schrijf ons: {link}",
        "not_reached_bare": "{shop}: we belden u twee keer terug zonder u te bereiken. Antwoord hier.",
        "help": "{shop}: schrijf ons hier: {link}",
        "pay": "{shop}: u kunt hier betalen: {link}",
    },
}


def words(key: str, language: str, shop: str, link: str) -> str:
    """In their language, else in English; where there is no link to give, without one."""
    spoken = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    bare = spoken.get(f"{key}_bare", "")
    return (spoken[key] if link or not bare else bare).format(shop=shop, link=link).strip()
