"""Our own words for each kind of message, until a merchant writes theirs. Pure.

`next` says what happens next and by when; `open` says the same where no day can be named yet. Both go where the text
has {{ next }}. Nothing a customer typed stands in them but a cleaned first name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One kind in one language."""

    subject: str
    text: str
    next: str
    open: str


@dataclass(frozen=True, slots=True)
class Language:
    """What stands around the words. {name} and {brand} are filled in by us; `day`: Django's letters for a date."""

    hello: str
    stranger: str  # for whoever gave no name
    choose: str
    day: str
    kinds: Mapping[str, Words]


ENGLISH = Language(
    "Hello {name},",
    "Hello,",
    "Choose in one tap what suits you, no sign-in needed:",
    "l j F",
    {
        "order_placed": Words(
            "Your order {{ order.number }} is in",
            "thank you for your order {{ order.number }} ({{ order.items }}). {{ next }}",
            "We pack it now, and it should be with you by {{ day }}.",
            "We pack it now, and write to you as soon as it is on its way.",
        ),
        "sent": Words(
            "Your order {{ order.number }} is on its way",
            "your order {{ order.number }} ({{ order.items }}) has left us. {{ next }}",
            "It should be with you by {{ day }}. Should that change, you hear it from us first.",
            "As soon as the carrier names a day, you find it under its tracking link.",
        ),
        "out_for_delivery": Words(
            "Your order {{ order.number }} comes today",
            "the parcel of your order {{ order.number }} is on the van. {{ next }}",
            "It should be with you by this evening.",
            "It should be with you by this evening.",
        ),
        "delivered": Words(
            "Your order {{ order.number }} is there",
            "your carrier says that order {{ order.number }} has arrived. {{ next }}",
            "If anything is missing or not right, answer this message and we put it right.",
            "If anything is missing or not right, answer this message and we put it right.",
        ),
        "late": Words(
            "Your order {{ order.number }} comes later than we said",
            "your order {{ order.number }} will not be with you by {{ day.was }}, as we had said. We are sorry, and we "
            "would rather tell you ourselves. {{ next }}",
            "We now expect it to be with you by {{ day }}, and write again should that change.",
            "One of us finds out where it is, and writes to you by {{ answer.by }}.",
        ),
        "wanted_sooner": Words(
            "Order {{ order.number }}: you need it by {{ day.wanted }}",
            "you told us that you need order {{ order.number }} by {{ day.wanted }}. {{ next }}",
            "As things stand it comes by {{ day }}, so we ask you now, while something can be done.",
            "As things stand we cannot be sure of that. One of us looks at it and writes to you by {{ answer.by }}.",
        ),
        "new_day": Words(
            "Order {{ order.number }}: the new day",
            "here is the new day for your order {{ order.number }}. {{ next }}",
            "It should be with you by {{ day }}. Should that change, you hear it from us first.",
            "One of us names you a day by {{ answer.by }}.",
        ),
        "refund_made": Words(
            "Your money is on its way back",
            "we have sent {{ refund.amount }} back to you for order {{ order.number }}. {{ next }}",
            "Banks take a few working days: it should be on your account by {{ day }}.",
            "Banks take a few working days. If you do not see it in a week, answer this message.",
        ),
        "callback_missed": Words(
            "We did not call you when we said",
            "we said that we would call you, and did not. We are sorry. {{ next }}",
            "We call you by {{ day }}.",
            "One of us gets in touch by {{ answer.by }}.",
        ),
        "back_in_stock": Words(
            "{{ item }} is back",
            "{{ item }} is back in stock. {{ next }}",
            "What you order by {{ day }} leaves us at once.",
            "What you order now leaves us at once.",
        ),
        "expectation_asked": Words(
            "Order {{ order.number }}: by when do you need it?",
            "thank you for your order {{ order.number }}. {{ next }}",
            "We expect it to be with you by {{ day }}. If you need it sooner, tell us now.",
            "Tell us by when you need it, and we see what we can do today.",
        ),
    },
)
GERMAN = Language(
    "Guten Tag {name},",
    "Guten Tag,",
    "Wählen Sie mit einem Tipp, was Ihnen passt, ganz ohne Anmeldung:",
    "l, j. F",
    {
        "order_placed": Words(
            "Ihre Bestellung {{ order.number }} ist da",
            "vielen Dank für Ihre Bestellung {{ order.number }} ({{ order.items }}). {{ next }}",
            "Wir packen sie jetzt, und sie sollte bis {{ day }} bei Ihnen sein.",
            "Wir packen sie jetzt und schreiben Ihnen, sobald sie unterwegs ist.",
        ),
        "sent": Words(
            "Ihre Bestellung {{ order.number }} ist unterwegs",
            "Ihre Bestellung {{ order.number }} ({{ order.items }}) ist unterwegs. {{ next }}",
            "Sie sollte bis {{ day }} bei Ihnen sein. Ändert sich das, erfahren Sie es zuerst von uns.",
            "Sobald der Zusteller einen Tag nennt, finden Sie ihn in der Sendungsverfolgung.",
        ),
        "out_for_delivery": Words(
            "Ihre Bestellung {{ order.number }} kommt heute",
            "das Paket Ihrer Bestellung {{ order.number }} wird gerade ausgefahren. {{ next }}",
            "Es sollte bis heute Abend bei Ihnen sein.",
            "Es sollte bis heute Abend bei Ihnen sein.",
        ),
        "delivered": Words(
            "Ihre Bestellung {{ order.number }} ist angekommen",
            "laut Zusteller ist Ihre Bestellung {{ order.number }} angekommen. {{ next }}",
            "Fehlt etwas oder stimmt etwas nicht, antworten Sie auf diese Nachricht: Wir bringen es in Ordnung.",
            "Fehlt etwas oder stimmt etwas nicht, antworten Sie auf diese Nachricht: Wir bringen es in Ordnung.",
        ),
        "late": Words(
            "Ihre Bestellung {{ order.number }} kommt später als gesagt",
            "Ihre Bestellung {{ order.number }} wird nicht wie angekündigt bis {{ day.was }} bei Ihnen sein. Das tut "
            "uns leid, und wir sagen es Ihnen lieber selbst. {{ next }}",
            "Wir rechnen jetzt damit, dass sie bis {{ day }} bei Ihnen ist, und schreiben, falls sich das ändert.",
            "Jemand von uns findet heraus, wo sie ist, und schreibt Ihnen bis {{ answer.by }}.",
        ),
        "wanted_sooner": Words(
            "Bestellung {{ order.number }}: Sie brauchen sie bis {{ day.wanted }}",
            "Sie sagten uns, dass Sie die Bestellung {{ order.number }} bis {{ day.wanted }} brauchen. {{ next }}",
            "So wie es aussieht, kommt sie bis {{ day }}. Deshalb fragen wir jetzt, solange sich etwas tun lässt.",
            "So wie es aussieht, ist das nicht sicher. Jemand sieht nach und schreibt Ihnen bis {{ answer.by }}.",
        ),
        "new_day": Words(
            "Bestellung {{ order.number }}: der neue Tag",
            "hier ist der neue Tag für Ihre Bestellung {{ order.number }}. {{ next }}",
            "Sie sollte bis {{ day }} bei Ihnen sein. Ändert sich das, erfahren Sie es zuerst von uns.",
            "Jemand von uns nennt Ihnen bis {{ answer.by }} einen Tag.",
        ),
        "refund_made": Words(
            "Ihr Geld ist auf dem Weg zurück",
            "wir haben {{ refund.amount }} für Bestellung {{ order.number }} an Sie zurückgeschickt. {{ next }}",
            "Banken brauchen einige Werktage: Bis {{ day }} sollte es auf Ihrem Konto sein.",
            "Banken brauchen einige Werktage. Sehen Sie es in einer Woche nicht, antworten Sie auf diese Nachricht.",
        ),
        "callback_missed": Words(
            "Wir haben nicht angerufen",
            "wir wollten Sie anrufen und haben es nicht getan. Das tut uns leid. {{ next }}",
            "Wir rufen Sie bis {{ day }} an.",
            "Jemand von uns meldet sich bis {{ answer.by }}.",
        ),
        "back_in_stock": Words(
            "{{ item }} ist wieder da",
            "{{ item }} ist wieder auf Lager. {{ next }}",
            "Was Sie bis {{ day }} bestellen, geht sofort hinaus.",
            "Was Sie jetzt bestellen, geht sofort hinaus.",
        ),
        "expectation_asked": Words(
            "Bestellung {{ order.number }}: Bis wann brauchen Sie sie?",
            "vielen Dank für Ihre Bestellung {{ order.number }}. {{ next }}",
            "Wir rechnen damit, dass sie bis {{ day }} bei Ihnen ist. Brauchen Sie sie früher, sagen Sie es uns jetzt.",
            "Sagen Sie uns, bis wann Sie sie brauchen; wir sehen heute noch, was sich tun lässt.",
        ),
    },
)
SPANISH = Language(
    "Hola, {name}:",
    "Hola:",
    "Elija con un toque lo que prefiera, sin iniciar sesión:",
    r"l j \d\e F",
    {
        "order_placed": Words(
            "Hemos recibido su pedido {{ order.number }}",
            "gracias por su pedido {{ order.number }} ({{ order.items }}). {{ next }}",
            "Ya lo preparamos y debería llegarle a más tardar el {{ day }}.",
            "Ya lo preparamos y le escribimos en cuanto salga.",
        ),
        "sent": Words(
            "Su pedido {{ order.number }} está en camino",
            "su pedido {{ order.number }} ({{ order.items }}) ya ha salido. {{ next }}",
            "Debería llegarle a más tardar el {{ day }}. Si eso cambia, se lo diremos nosotros primero.",
            "En cuanto el transportista indique un día, lo verá en su seguimiento.",
        ),
        "out_for_delivery": Words(
            "Su pedido {{ order.number }} llega hoy",
            "el paquete de su pedido {{ order.number }} está en reparto. {{ next }}",
            "Debería llegarle antes de esta noche.",
            "Debería llegarle antes de esta noche.",
        ),
        "delivered": Words(
            "Su pedido {{ order.number }} ha llegado",
            "según el transportista, su pedido {{ order.number }} ha llegado. {{ next }}",
            "Si falta algo o algo no está bien, responda a este mensaje y lo arreglamos.",
            "Si falta algo o algo no está bien, responda a este mensaje y lo arreglamos.",
        ),
        "late": Words(
            "Su pedido {{ order.number }} llega más tarde de lo dicho",
            "su pedido {{ order.number }} no llegará para el {{ day.was }}, como habíamos dicho. Lo sentimos y "
            "preferimos decírselo nosotros. {{ next }}",
            "Ahora esperamos que le llegue a más tardar el {{ day }}, y le escribiremos si eso cambia.",
            "Alguien de nuestro equipo averigua dónde está y le escribe a más tardar el {{ answer.by }}.",
        ),
        "wanted_sooner": Words(
            "Pedido {{ order.number }}: lo necesita para el {{ day.wanted }}",
            "nos dijo que necesita el pedido {{ order.number }} para el {{ day.wanted }}. {{ next }}",
            "Tal como está, llega a más tardar el {{ day }}. Por eso le preguntamos ahora que aún se puede hacer algo.",
            "Tal como está, no es seguro. Uno de nosotros lo mira y le escribe a más tardar el {{ answer.by }}.",
        ),
        "new_day": Words(
            "Pedido {{ order.number }}: el nuevo día",
            "este es el nuevo día para su pedido {{ order.number }}. {{ next }}",
            "Debería llegarle a más tardar el {{ day }}. Si eso cambia, se lo diremos nosotros primero.",
            "Alguien de nuestro equipo le dará un día a más tardar el {{ answer.by }}.",
        ),
        "refund_made": Words(
            "Su dinero está en camino",
            "le hemos devuelto {{ refund.amount }} del pedido {{ order.number }}. {{ next }}",
            "Los bancos tardan unos días laborables: debería verlo en su cuenta a más tardar el {{ day }}.",
            "Los bancos tardan unos días laborables. Si no lo ve en una semana, responda a este mensaje.",
        ),
        "callback_missed": Words(
            "No le llamamos cuando dijimos",
            "dijimos que le llamaríamos y no lo hicimos. Lo sentimos. {{ next }}",
            "Le llamamos a más tardar el {{ day }}.",
            "Alguien de nuestro equipo se pone en contacto a más tardar el {{ answer.by }}.",
        ),
        "back_in_stock": Words(
            "{{ item }} vuelve a estar disponible",
            "{{ item }} vuelve a estar disponible. {{ next }}",
            "Lo que pida hasta el {{ day }} sale enseguida.",
            "Lo que pida ahora sale enseguida.",
        ),
        "expectation_asked": Words(
            "Pedido {{ order.number }}: ¿para cuándo lo necesita?",
            "gracias por su pedido {{ order.number }}. {{ next }}",
            "Esperamos que le llegue a más tardar el {{ day }}. Si lo necesita antes, díganoslo ahora.",
            "Díganos para cuándo lo necesita y hoy mismo vemos qué se puede hacer.",
        ),
    },
)
LANGUAGES: Mapping[str, Language] = {"en": ENGLISH, "de": GERMAN, "es": SPANISH}


def known(code: str) -> str:
    """One of ours for a BCP 47 tag: "de-AT" is "de"; "" for a language we have no words in."""
    short = code.strip().lower().replace("_", "-").partition("-")[0]
    return short if short in LANGUAGES else ""
