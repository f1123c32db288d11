"""Spanish."""

from __future__ import annotations

import re
from types import MappingProxyType as Fixed

from .lexicon import Lexicon, Times, ending, words

_WEEK = "lunes martes miércoles jueves viernes sábado domingo"
_YEAR = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
_COUNTED = "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
_ABBREVIATIONS = "aprox núm sr sra dr dra tel ud uds art p ej"

TIMES = Times(
    days=Fixed({name: number for number, name in enumerate(_WEEK.split())} | {"miercoles": 2, "sabado": 5}),
    months=Fixed({name: number for number, name in enumerate(_YEAR.split(), 1)} | {"setiembre": 9}),
    numbers=Fixed(
        {word: number for number, word in enumerate(_COUNTED.split(), 2)}
        | {"un": 1, "una": 1, "uno": 1, "veinte": 20, "veinticuatro": 24, "treinta": 30, "cuarenta y ocho": 48}
    ),
    near=Fixed(
        {
            "hoy": 0,
            "hoy mismo": 0,
            "esta mañana": 0,
            "esta tarde": 0,
            "esta noche": 0,
            "mañana": 1,
            "mañana mismo": 1,
            "pasado mañana": 2,
        }
    ),  # fmt: skip
    parts=Fixed(
        {
            "mañana": 12,
            "mediodía": 12,
            "mediodia": 12,
            "tarde": 20,
            "noche": 22,
            "medianoche": 24,
            "esta mañana": 12,
            "esta tarde": 20,
            "esta noche": 22,
            "última hora": 24,
            "primera hora": 12,
        }
    ),  # fmt: skip
    units=Fixed(
        {
            "minuto": "minute",
            "minutos": "minute",
            "hora": "hour",
            "horas": "hour",
            "día": "day",
            "días": "day",
            "dia": "day",
            "dias": "day",
            "semana": "week",
            "semanas": "week",
            "mes": "month",
            "meses": "month",
        }
    ),  # fmt: skip
    stretches=Fixed(
        {
            "finales de semana": "friday",
            "final de la semana": "friday",
            "fin de semana": "sunday",
            "final de semana": "friday",
            "finales de esta semana": "friday",
            "esta semana": "sunday",
            "la próxima semana": "next_sunday",
            "próxima semana": "next_sunday",
            "la semana que viene": "next_sunday",
            "semana que viene": "next_sunday",
            "final del día": "day",
            "fin de mes": "month",
            "final de mes": "month",
            "finales de mes": "month",
            "finales del mes": "month",
        }
    ),  # fmt: skip
    joined=r"d[ií]as?\s+(?:h[aá]biles|laborables|laborales)",
    to=r"-|–|—|a|o|y|u",
    by=r"(?:a\s+más\s+tardar|como\s+muy\s+tarde|como\s+máximo|como\s+tarde)(?:\s+(?:el|para\s+el|la|a|en))?|para\s+el|para"
    r"|el\s+(?:día|próximo)|el|este|a|al|en|durante",
    on=r"el(?:\s+día)?|para\s+el(?:\s+día)?|a\s+más\s+tardar(?:\s+el)?|como\s+muy\s+tarde(?:\s+el)?",
    at=r"a\s+las?|por\s+la|de\s+la|al|a|sobre\s+las|antes\s+de\s+las?|a\s+primera\s+hora\s+de\s+la",
    before=r"antes\s+del?(?:\s+(?:el|la|las|día))?",
    within=r"en(?:\s+(?:un\s+plazo\s+(?:máximo\s+)?de|el\s+plazo\s+de|los\s+próximos|las\s+próximas|un\s+máximo\s+de|menos\s+de"
    r"|unos|unas|aproximadamente))?|dentro\s+de(?:\s+(?:los\s+próximos|las\s+próximas"
    r"|un\s+plazo\s+de))?|entre|de|tarda(?:rá)?"
    r"|máximo|hasta",
    this=r"este|próximo",
    coming=r"(?!.).",
    the=r"el|la|los|día",
    of=r"de",
    clock=r"horas|hrs?|h|de\s+la\s+(?:tarde|mañana|noche)|p\.?\s?m\.?|a\.?\s?m\.?",
    afternoon=frozenset({"de la tarde", "de la noche", "pm", "p.m", "p. m"}),
    nth=r"º|\.º|(?!\s+(?:de\s+)?(?:\w+\s+)?(?:d[ií]as|horas|semanas|meses|euros))",
    month_first=False,
    not_after=ending(r"pasado|desde|desde el|cada|todos los|hasta|hasta el|la|hace|del|último|buen|buenos"),
    not_before=words(r"\s*(?:pasado|pasada|después|más tarde|a viernes|a sábado|a domingo|anterior|de garantía)"),
)

SPANISH = Lexicon(
    times=TIMES,
    commits=words(
        r"\w+(?:ré|rás|rá|remos|réis|rán)|voy a|vamos a|va a|van a"
        r"|(?:le|te|les|os|se|la|lo|las|los) (?:lo |la |los |las )?\w+(?:o|amos|emos|imos)"
        r"|llega|llegan|sale|salen|tiene|tienes|tienen|recibe|recibes|está previst[oa]|previst[oa]|está|me pongo"
        r"|nos ponemos"
    ),
    ours=words(
        r"\w+(?:ré|remos)|voy a|vamos a|(?:le|te|les|os) (?:lo |la )?\w+(?:o|amos|emos|imos)|tardan?|me pongo"
        r"|nos ponemos"
    ),
    certain=words(r"a más tardar|como muy tarde|como máximo|garantizad[oa]"),
    kinds=(
        ("callback", words(r"llam(?:o|aré|aremos|amos|ar|aremos|ada|arle|arte|arán|ará)|telefone\w*|por teléfono")),
        ("refund", words(r"reembols\w*|dinero|devoluci[oó]n|devolver(?:é|emos|á|án)|importe|abono|abonar\w*")),
        (
            "restock",
            words(
                r"(?:de nuevo|otra vez|nuevamente) (?:en stock|disponibles?)|en stock|disponibles?|repondr\w*"
                r"|reposición"
            ),
        ),
        ("repair", words(r"repara\w*|arregl\w*")),
        (
            "answer",
            words(
                r"respuesta|responder\w*|respond\w*|contest\w*|escrib\w*|avis\w*|inform\w*|confirm\w*|noticias"
                r"|en contacto"
                r"|dir(?:é|emos)|comprob\w*|revis\w*|averigu\w*|solucion\w*"
            ),
        ),
        (
            "delivery",
            words(
                r"entreg\w*|llegar\w*|llega|llegan|paquete|pedido|envío|envi\w*|recibir\w*|recibe|reemplazo"
                r"|repuesto|botas|abrigo"
                r"|mensajero|repartidor|reparto|chaqueta|casa|con usted|contigo|sale|sustituci[oó]n|salga|saldrá"
            ),
        ),
        ("answer", words(r"correo|e-?mail|factura|etiqueta|detalles|fotos?|enlace|número de seguimiento")),
        ("delivery", words(r"mand\w*|tendr\w*|tiene|tienes|estar\w*|lo|la|los|las")),
    ),
    hedges=words(
        r"no|nunca|quizás?|tal vez|podrían?|podríamos|puede que|puede|pueden|a lo mejor|espero|esperamos|esperemos"
        r"|intent\w*|ojalá"
        r"|normalmente|probablemente|posiblemente|habitualmente|suelen?|solemos|fue|era|estaba|llegó|envió|salió"
        r"|entregó|pidió"
        r"|hizo|compró|dijo|dijimos|había|hemos|ha|han|habíamos|enviaron|prometimos|prometió|creo|en lugar de"
        r"|generalmente"
    ),
    hours=words(
        r"abiert[oa]s?|abrimos|cerrad[oa]s?|cerramos|horario|festivos?|vacaciones|oferta|descuento|válid\w*"
        r"|caduca\w*|cita"
        r"|fuera de la oficina|estaremos de vuelta|cobrar\w*|promoción"
    ),
    conditions=words(
        r"si|cuando|en cuanto|en caso de|siempre que|una vez|a menos que|tan pronto como|después de|hasta que"
        r"|de lo contrario"
    ),
    offers=words(r"si (?:le|te|quiere|quieres|prefiere|prefieres|lo|necesita|necesitas|no|hace)"),
    theirs=words(
        r"por favor|usted (?:dijo|pidió|quería)|dijo|dijiste|pidió|pediste|necesita|necesitas|quería|querías|debe"
        r"|debes"
        r"|tiene que|tienes que|devu[eé]lva\w*|envíenos|envíanos|mándenos|tiene \d+|dispone de|puede devolver"
        r"|usted necesita"
        r"|solicitó"
    ),
    clauses=re.compile(
        r"[,;:]\s|\s[-–—]\s|\s\(|\b(?:pero|porque|aunque)\b|\by\b(?!\s*(?:\d|cinco|cuatro|tres))"
        r"|\b(?=si\b|cuando\b|en cuanto\b)",
        re.IGNORECASE,
    ),
    needs=words(
        r"necesit\w*|tiene que|tienen que|hace falta|urgente|urge|es para|son para|a más tardar|sin falta"
        r"|imprescindible|a tiempo"
    ),
    hopes=words(
        r"quisiera|querría|me gustaría|espero|llegará|llegarán|llega|llegue|podría|pueden?|quiero|sería posible"
        r"|esperamos"
    ),
    answers=words(
        r"respuesta|responder\w*|llam\w*|dijo|dijeron|dijisteis|prometi\w*|pedí|compré|era|estaba|reembols\w*"
        r"|dinero|devolver\w*"
        r"|abren|abierto|contest\w*"
    ),
    occasions=words(
        r"cumpleaños|boda|fiesta|aniversario|bautizo|comunión|graduación|navidad|reyes|viaje|vacaciones|viaj\w*"
        r"|salimos|nos vamos"
        r"|me voy|evento|entrevista|carrera|maratón|concierto|mudanza|nos casamos|volamos"
    ),
    leaving=words(r"salimos|salgo|nos vamos|me voy|viajo|viajamos|volamos|vuelo|de vacaciones|nos mudamos"),
    abbreviations=frozenset(_ABBREVIATIONS.split()),
)
