"""German."""

from __future__ import annotations

import re
from types import MappingProxyType as Fixed

from .lexicon import Lexicon, Times, ending, words

_WEEK = "montag dienstag mittwoch donnerstag freitag samstag sonntag"
_YEAR = "januar februar märz april mai juni juli august september oktober november dezember"
_COUNTED = "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"
_ABBREVIATIONS = "z b bzw ca evtl ggf nr str usw inkl zzgl jan feb mär apr jun jul aug sep sept okt nov dez dr"

TIMES = Times(
    days=Fixed({name: number for number, name in enumerate(_WEEK.split())} | {"sonnabend": 5}),
    months=Fixed(
        {name: number for number, name in enumerate(_YEAR.split(), 1)}
        | {name[:3]: number for number, name in enumerate(_YEAR.split(), 1)}
        | {"sept": 9, "maerz": 3, "jänner": 1}
    ),
    numbers=Fixed(
        {word: number for number, word in enumerate(_COUNTED.split(), 2)}
        | {"ein": 1, "eine": 1, "einem": 1, "einer": 1, "eines": 1, "vierzehn": 14, "fünfzehn": 15, "zwanzig": 20}
        | {"dreißig": 30, "fuenf": 5, "zwoelf": 12}
    ),
    near=Fixed({"heute": 0, "heute noch": 0, "noch heute": 0, "morgen": 1, "gleich morgen": 1, "übermorgen": 2}),
    parts=Fixed(
        {
            "früh": 12,
            "morgen": 12,
            "vormittag": 12,
            "mittag": 12,
            "nachmittag": 18,
            "abend": 21,
            "nacht": 24,
            "mitternacht": 24,
            "feierabend": 18,
            "geschäftsschluss": 18,
            "vormittags": 12,
            "nachmittags": 18,
            "abends": 21,
            "mittags": 12,
        }
    ),  # fmt: skip
    units=Fixed(
        {
            "minute": "minute",
            "minuten": "minute",
            "stunde": "hour",
            "stunden": "hour",
            "tag": "day",
            "tage": "day",
            "tagen": "day",
            "tages": "day",
            "woche": "week",
            "wochen": "week",
            "monat": "month",
            "monate": "month",
            "monaten": "month",
            "monats": "month",
        }
    ),  # fmt: skip
    stretches=Fixed(
        {
            "ende der woche": "friday",
            "ende dieser woche": "friday",
            "wochenende": "friday",
            "diese woche": "sunday",
            "dieser woche": "sunday",
            "nächste woche": "next_sunday",
            "nächster woche": "next_sunday",
            "kommende woche": "next_sunday",
            "kommender woche": "next_sunday",
            "anfang nächster woche": "next_sunday",
            "mitte nächster woche": "next_sunday",
            "ende nächster woche": "next_friday",
            "laufe der woche": "sunday",
            "laufe des tages": "day",
            "ende des tages": "day",
            "tagesende": "day",
            "ende des monats": "month",
            "monatsende": "month",
            "ende nächsten monats": "next_month",
            "laufe der nächsten woche": "next_sunday",
        }
    ),  # fmt: skip
    joined=r"(?:werk|arbeits|geschäfts|bank)tag(?:e|en|es)?",
    to=r"-|–|—|bis|oder|und|bis\s+zu",
    by=r"(?:bis\s+)?spätestens(?:\s+(?:bis(?:\s+zum|\s+zur)?|am|zum|zur|im))?|bis(?:\s+(?:zum|zur|einschließlich|am))?"
    r"|am|zum|im|noch|für",
    on=r"am|zum|bis(?:\s+zum)?|spätestens\s+(?:am|zum)|für\s+den|den",
    at=r"um|gegen|bis(?:\s+um)?|vor|am|zu",
    before=r"vor(?:\s+(?:dem|der))?|noch\s+vor(?:\s+(?:dem|der))?",
    within=r"innerhalb(?:\s+(?:von|der\s+nächsten|eines|einer))?|binnen|in(?:\s+(?:den\s+nächsten|spätestens|maximal|etwa|ca\."
    r"|circa|rund))?|nach\s+spätestens|dauert(?:\s+(?:etwa|ca\.|rund|noch|maximal))?|spätestens\s+(?:in|nach)",
    this=r"diese[nmrs]?|kommende[nmrs]?",
    coming=r"nächste[nmrs]?",
    the=r"der|den|dem",
    of=r"des",
    clock=r"uhr",
    afternoon=frozenset(),
    nth=r"\.",
    month_first=False,
    not_after=ending(
        r"letzte[nmrs]?|vergangene[nmrs]?|vorige[nmrs]?|seit|seit dem|jede[nmrs]?|ab|ab dem|von|guten|nach"
    ),
    not_before=words(r"\s*(?:bis|vorher|später|rückgaberecht|garantie|gewährleistung)"),
)

GERMAN = Lexicon(
    times=TIMES,
    commits=words(
        r"ich|wir|werde|werden|wird|wirst|erhalten|erhältst|erhält|bekommen|bekommst|bekommt|kommt|kommen|trifft"
        r"|treffen|haben"
        r"|hast|sollte|sollten|ist|sind|erreicht|erreichen|geht|gehen|liefert|bringt|stellt|stellen|erfolgt"
        r"|erfolgen|liegt|soll|sollen|startet|landet|steht|holt|zahlt|zahlen|tauscht|ruft|schickt|sendet|repariert"
        r"|meldet|dauert|rechnen|hören|hörst|hört"
        r"|verlässt|verlassen"
    ),
    ours=words(r"ich|wir"),
    certain=words(r"spätestens|garantiert|zugesagt"),
    kinds=(
        (
            "callback",
            words(
                r"ruf(?:e|en|t)?|anrufen?|anruf|zurückrufen|rückruf|telefonisch|klingeln?|klingle|durchklingeln"
                r"|telefonier\w*"
            ),
        ),
        (
            "refund",
            words(r"\w*erstatt\w*|rückzahl\w*|geld|überweis\w*|gutgeschrieben|gutschrift|zurück(?:ge)?zahl\w*|betrag"),
        ),
        ("restock", words(r"wieder (?:auf lager|verfügbar|lieferbar|vorrätig|erhältlich|bestellbar)|nachschub")),
        ("repair", words(r"reparier\w*|reparatur\w*|\w*genäht|\w*nähen|besohl\w*|instand\w*")),
        (
            "answer",
            words(
                r"antwort\w*|melden?|bescheid|rückmeldung|schreiben? (?:ich|wir|ihnen|dir)|informier\w*|klären?"
                r"|prüfen?"
                r"|kümmer\w*|von (?:uns|mir)|rückfrage|zurückkommen"
            ),
        ),
        (
            "delivery",
            words(
                r"\w*liefer\w*|versand\w*|versend\w*|verschick\w*|paket\w*|sendung|päckchen|bestellung|ersatz\w*"
                r"|zugestell\w*"
                r"|zustell\w*|eintreff\w*|trifft|treffen|bei (?:ihnen|dir|euch)|stiefel|mantel|ware|artikel"
                r"|ankomm\w*|unterwegs|verlässt|vor (?:ihrer|deiner|der) tür|auf die reise|fahrer|bote|lager"
                r"|ankommt|neue[sn]? paar"
            ),
        ),
        ("answer", words(r"e-?mail|mail|rechnung|etikett|sendungsnummer|retourenlabel|unterlagen|fotos?|link|angaben")),
        ("delivery", words(r"schick\w*|send\w*|kommt|kommen|an|da|erhalten|bekommen|es|sie")),
    ),
    hedges=words(
        r"nicht|keine?[nmrs]?|nie|niemals|leider|könnten?|kann|können(?!.{0,60}rechnen)|vielleicht|eventuell|evtl"
        r"|hoffentlich"
        r"|möglicherweise|hoffen?|versuche?n?|wahrscheinlich|vermutlich|würden?|wollten?|wurden?|wurde|war|waren"
        r"|hatten?|habe"
        r"|wir haben|haben wir|hat|üblicherweise|normalerweise|in der regel|meist|meistens|oft|manchmal|hätten?"
        r"|ging|gingen"
        r"|kam|kamen|gesagt|versprochen|glaube|denke|statt"
    ),
    hours=words(
        r"geöffnet|geschlossen|öffnungszeiten|offen|öffnen|urlaub|feiertage?|gültig|läuft|angebot|rabatt|aktion"
        r"|abwesend|termin"
        r"|nicht im haus|erreichbar|im büro|abgebucht|verlängert|bestellschluss|betriebsferien"
    ),
    conditions=words(
        r"wenn|falls|sofern|sobald|solange|ob|nachdem|wann"
        r"|sollten? (?:es|sie|das|die|der|ihre?|deine?|ihr|dein|sich)|bevor"
        r"|ansonsten|sonst|andernfalls"
    ),
    offers=words(r"wenn (?:ihnen|dir|es|das|sie|du|nichts|ich|wir)|falls (?:sie|du|es|nötig|gewünscht)"),
    theirs=words(
        r"sie (?:sagten|schrieben|wollten|wünschten|brauchen|benötigen|müssen|baten|möchten)"
        r"|du (?:musst|brauchst|wolltest)"
        r"|bitte|(?:senden|schicken|geben|melden|teilen|antworten) sie|schicke? (?:uns|es)"
        r"|zurück(?:zu)?(?:senden|schicken)"
        r"|sie haben (?:\d+|vierzehn|zwei|gesagt|geschrieben)|widerruf\w*|ihr wunsch\w*|zurückgeben"
    ),
    clauses=re.compile(
        r"[,;:]\s|\s[-–—]\s|\s\(|\b(?:und|aber|denn|sondern|sodass)\b|\b(?=falls\b|wenn\b|sofern\b|sobald\b)",
        re.IGNORECASE,
    ),
    needs=words(
        r"brauche?n?|bräuchten?|benötig\w*|muss|müssen|müsste|dringend|unbedingt|spätestens|rechtzeitig|ist für"
        r"|sind für"
        r"|zu spät|frist"
    ),
    hopes=words(
        r"hätten? gerne?|möchten?|wünschen?|hoffen?|schafft|schaffen|kommt|kommen|klappt|könnten?|kann|können"
        r"|ankommen|da sein"
        r"|geliefert|möglich|gern|gerne|will|wollen"
    ),
    answers=words(
        r"antwort\w*|rückruf|anrufen|rufen|angerufen|gesagt|versprochen|bestellt|sollten?|wurden?|wurde|war|hieß"
        r"|geöffnet|offen"
        r"|\w*erstatt\w*|geld|zurückschicken|zurücksenden|melden|hat|haben"
    ),
    occasions=words(
        r"\w*geburtstag\w*|\w*hochzeit\w*|party|feier|jubiläum|taufe|konfirmation|kommunion|weihnacht\w*|urlaub"
        r"|reise|verreis\w*"
        r"|fahren|fahre|fliegen|fliege|umzug|umziehen|abreise|fest|einschulung|beerdigung|heirat\w*|abschlussball"
        r"|wanderung"
        r"|marathon|konzert"
    ),
    leaving=words(r"verreis\w*|fahren|fahre|fliegen|fliege|abreise|abreisen|reisen|in (?:den )?urlaub|umziehen|ziehen"),
    abbreviations=frozenset(_ABBREVIATIONS.split()),
)
