"""What the demo shop's customers wrote: enough of a working day to look at, and every state once."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cast import ADA, BEN, Person

MINUTE, HOUR, DAY = 1, 60, 24 * 60


@dataclass(frozen=True)
class Story:
    """A matter. `said` is (minutes ago, "they" or "we", words) in order; `then` what the team did about it."""

    who: Person
    subject: str
    said: tuple[tuple[int, str, str], ...]
    then: tuple[str, ...] = ()
    note: str = ""
    topic: str = ""
    files: tuple[tuple[str, str, bytes], ...] = field(default=())


LENA = Person("Lena Novak", "lena@novak.example")
SAM = Person("Sam Okafor", "sam.okafor@example.net")
INES = Person("Ines Torres", "ines@torres.example")
JUN = Person("Jun Watanabe", "jun@watanabe.example")
MARYAM = Person("مريم حداد", "maryam@haddad.example")
PRIYA = Person("Priya Shah", "priya@shah.example")
TOM = Person("Tom Bell", "tom@bell.example")
NOA = Person("Noa Levi", "noa@levi.example")
OSKAR = Person("Oskar Lind", "oskar@lind.example", domain_confirms=False)
GRACE = Person("Grace Umeh", "grace@umeh.example")
PAUL = Person("Paul Ferrer", "paul@ferrer.example")
KLARA = Person("Klara Vogt", "klara@vogt.example")

STORIES: tuple[Story, ...] = (
    Story(
        ADA,
        "Boots still not here",
        (
            (
                3 * DAY,
                "they",
                "Hi, order 1042 said it would be here on Monday. Tracking has not moved since Thursday. We leave for "
                "the mountains on Saturday, so I'm getting nervous.",
            ),
            (
                3 * DAY - 25,
                "we",
                "Ada, sorry for the wait. The parcel was held at the Leeds hub. I've asked them to move it today and "
                "will write to you by three.",
            ),
            (12, "they", "Thanks for writing back. Friday would be fine if it really is Friday."),
        ),
        ("assign",),
        note="She would take the Fells in brown if the black ones can't make it. @Tomas fine with sending both?",
        topic="Late delivery",
    ),
    Story(
        BEN,
        "Wrong size, twice",
        (
            (6 * HOUR, "they", "You sent a 44. I ordered a 42. Please send the right pair."),
            (5 * HOUR, "we", "Sorry Ben! A 42 is on its way; keep the others until then."),
            (
                28,
                "they",
                "This is the second pair and it is a 44 again. I want my money back, and today, not next week.",
            ),
        ),
        ("assign", "urgent"),
        topic="Wrong size",
    ),
    Story(
        LENA,
        "Invoice for order 0991",
        (
            (
                3 * HOUR,
                "they",
                "Could you send it to our bookkeeping, accounts@novak.example? They need the VAT number.",
            ),
        ),
        ("assign",),
    ),
    Story(
        SAM,
        "Do the Fells run small?",
        (
            (DAY + 2 * HOUR, "they", "I am between a 42 and a 43 in most shoes. Which should I take?"),
            (DAY + HOUR, "we", "Take the 43: they run a little small, and exchanging is free."),
            (95, "they", "Great, ordered the 43. Do you have wool socks that fit them?"),
        ),
    ),
    Story(
        INES,
        "Gift card does not work",
        ((52, "they", "It says the code has been used already, but I only got it yesterday. The code ends in 2231."),),
    ),
    Story(JUN, "Return to the Leeds shop", ((130, "they", "Can I hand it in there instead of posting?"),)),
    Story(
        MARYAM,
        "أين طلبي؟",
        ((4 * HOUR, "they", "مرحبا، طلبت حذاء قبل أسبوع ولم يصل بعد. هل يمكنكم التحقق؟ رقم الطلب 1077. شكرا لكم"),),
    ),
    Story(
        OSKAR,
        "A pair for the whole team, and a question about the weather",
        (
            (
                7 * HOUR,
                "they",
                "We are eleven people walking the coast path in March and want to order together. Some of us are "
                "between sizes, two have wide feet, and one would like them in green, which your page lacks.\n\n"
                "1. Is there a price for eleven?\n2. Can we try sizes in a shop first?\n3. Will they be dry enough for "
                "Scottish rain?\n\nhttps://lind.example/coast-path has our plan, if that helps.",
            ),
        ),
    ),
    Story(
        PRIYA,
        "Are the laces red or orange?",
        (
            (2 * DAY, "they", "On my screen they look orange."),
            (2 * DAY - 40, "we", "They are red, like a letter box. A photo from the shop is on the way to you."),
            (DAY, "they", "Perfect, thank you!"),
        ),
        ("resolve",),
        topic="Product question",
    ),
    Story(
        TOM,
        "Thank you",
        ((2 * DAY + 3 * HOUR, "they", "The new soles are on and they walk like new. All good."),),
        ("resolve",),
        topic="Repair",
    ),
    Story(
        NOA,
        "When is the 38 back?",
        ((DAY + 5 * HOUR, "they", "Please tell me when the Moss boot in 38 is back. I can wait."),),
        ("assign", "snooze"),
        topic="Product question",
    ),
    Story(
        GRACE,
        "Order 1088: change the address",
        (
            (100, "they", "I moved last week. Please send order 1088 to 4 Quay Street, Bristol, not to the old flat."),
            (35, "they", "Is it still possible? The tracking page says it is being packed."),
        ),
        ("urgent",),
    ),
    Story(
        PAUL,
        "Sole came off after a month",
        ((9 * HOUR, "they", "The sole of the left boot came off. I attach a photo of the box label."),),
        files=(("label.txt", "text/plain", b"Fell boot, black, 43. Batch 2209.\n"),),
    ),
    Story(
        KLARA,
        "Passt der Schuh für breite Füße?",
        (
            (
                20 * HOUR,
                "they",
                "Guten Tag, ich habe sehr breite Füße. Welches Modell empfehlen Sie? Viele Grüße",
            ),
        ),
        ("reply",),
    ),
)

EARLIER = Story(
    ADA,
    "Which laces fit?",
    (
        (90 * DAY, "they", "Which laces fit the brown Fells?"),
        (90 * DAY - 60, "we", "The 120 cm waxed ones, Ada. I put a pair into your next parcel."),
    ),
)

FOREIGN = Story(
    Person("Rhona Birch", "rhona@birch.example"),
    "Hedge shears",
    ((45, "they", "Do you sharpen shears that were bought elsewhere?"),),
)
