"""English."""

from __future__ import annotations

import re
from types import MappingProxyType as Fixed

from .lexicon import Lexicon, Times, ending, words

_WEEK = "monday tuesday wednesday thursday friday saturday sunday"
_YEAR = "january february march april may june july august september october november december"
_SHORT = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4}
_COUNTED = "one two three four five six seven eight nine ten eleven twelve"
_ABBREVIATIONS = "approx nov dec jan feb mar apr jun jul aug sep sept oct mon tue wed thu fri no mr mrs ms dr st"

TIMES = Times(
    days=Fixed({name: number for number, name in enumerate(_WEEK.split())} | _SHORT),
    months=Fixed(
        {name: number for number, name in enumerate(_YEAR.split(), 1)}
        | {name[:3]: number for number, name in enumerate(_YEAR.split(), 1)}
        | {"sept": 9}
    ),
    numbers=Fixed(
        dict(
            zip(
                ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
                range(1, 13),
                strict=True,
            )
        )
        | {"a": 1, "an": 1, "a couple of": 2, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30}
    ),
    near=Fixed(
        {
            "today": 0,
            "tonight": 0,
            "this morning": 0,
            "this afternoon": 0,
            "this evening": 0,
            "tomorrow": 1,
            "the day after tomorrow": 2,
            "day after tomorrow": 2,
            "later today": 0,
            "same day": 0,
        }
    ),  # fmt: skip
    parts=Fixed(
        {
            "morning": 12,
            "noon": 12,
            "midday": 12,
            "lunch": 13,
            "lunchtime": 13,
            "afternoon": 18,
            "evening": 21,
            "night": 22,
            "tonight": 22,
            "this morning": 12,
            "this afternoon": 18,
            "this evening": 21,
            "midnight": 24,
            "close of business": 18,
            "end of business": 18,
            "first thing": 12,
            "end of day": 24,
            "eod": 24,
            "cob": 18,
        }
    ),  # fmt: skip
    units=Fixed(
        {
            "minute": "minute",
            "minutes": "minute",
            "mins": "minute",
            "hour": "hour",
            "hours": "hour",
            "hrs": "hour",
            "day": "day",
            "days": "day",
            "week": "week",
            "weeks": "week",
            "week's": "week",
            "month": "month",
            "months": "month",
        }
    ),  # fmt: skip
    stretches=Fixed(
        {
            "the end of the day": "day",
            "end of day": "day",
            "the end of today": "day",
            "eod": "day",
            "close of business": "closing",
            "end of business": "closing",
            "cob": "closing",
            "the end of the week": "friday",
            "end of the week": "friday",
            "end of this week": "friday",
            "the end of this week": "friday",
            "end of week": "friday",
            "the end of next week": "next_friday",
            "end of next week": "next_friday",
            "the weekend": "friday",
            "this week": "sunday",
            "next week": "next_sunday",
            "later this week": "sunday",
            "early next week": "next_sunday",
            "the end of the month": "month",
            "end of the month": "month",
            "end of this month": "month",
            "the end of next month": "next_month",
        }
    ),  # fmt: skip
    joined=r"(?:business|working|work|bank|week)[\s-]?days?",
    to=r"-|–|—|to|or|and",
    by=r"by|on|no\s+later\s+than|not\s+later\s+than|at\s+the\s+latest\s+by|latest\s+by|for|due|around",
    on=r"on|for|from",
    at=r"at|by|around|before|in\s+the|the",
    before=r"before|ahead\s+of",
    within=r"within(?:\s+the\s+next)?|in(?:\s+the\s+next)?(?:\s+between)?|inside(?:\s+of)?|in\s+under|in\s+less\s+than"
    r"|in\s+at\s+most|under|between|up\s+to|at\s+most|no\s+more\s+than|in\s+about|in\s+around|takes?|take\s+about"
    r"|allow",
    this=r"this|coming|this\s+coming",
    coming=r"next",
    the=r"the",
    of=r"of",
    clock=r"a\.?m\.?|p\.?m\.?|o['’]clock",
    afternoon=frozenset({"pm", "p.m"}),
    nth=r"st|nd|rd|th",
    month_first=False,
    not_after=ending(
        r"last|past|since|previous|every|each|from|than|after|only|was|were|open|until|till|about|for the past|good"
    ),
    not_before=words(r"ago|late|old|overdue|earlier|return|notice|warranty|guarantee|before|after|to|until|through"),
)

ENGLISH = Lexicon(
    times=TIMES,
    commits=words(
        r"(?:i|we|you|it|they|he|she|that|this|[a-z]{3,20})['’](?:ll)|will|shall"
        r"|(?:am|are|is|['’]m|['’]re|['’]s) going to"
        r"|(?:i['’]m|i am|we['’]re|we are) \w+ing|i promise|we promise|you should (?:have|get|receive|hear|see)"
        r"|should (?:arrive|be|reach|come|ship|leave|land|get)|(?:is|are|['’]s) (?:due|expected|scheduled|guaranteed)"
        r"|(?:is|are|['’]s|['’]re) (?:being )?(?:\w+ing|delivered|shipped|sent|dispatched)"
        r"|(?:arrives?|ships?|leaves?|lands?)"
        r"|(?:you )?can expect|expect|takes|let me"
    ),
    ours=words(
        r"(?:i|we)['’]ll|(?:i|we) (?:will|shall|promise)|(?:i['’]m|i am|we['’]re|we are) (?:going to|\w+ing)|let me"
    ),
    certain=words(r"at the latest|no later than|not later than|guaranteed"),
    kinds=(
        ("callback", words(r"(?:call|calls|calling|phone|phoning|ring|ringing|callback|called)(?! centre| center)")),
        (
            "refund",
            words(
                r"refund\w*|reimburs\w*|money back|your money|credit (?:you|your|the)|credited|paid back"
                r"|pay you back|back on your card|in your account"
            ),
        ),
        (
            "restock",
            words(
                r"back in stock|new stock|more of (?:these|them|those)|restock\w*|available again|in stock again"
                r"|back on sale"
            ),
        ),
        (
            "repair",
            words(
                r"repair\w*|resole\w*|soles|sewn|sewing|stitch\w*|resol\w*|seams?|zips?|fixed|fix (?:it|them|your)"
                r"|mend\w*"
                r"|resol(?:ed|ing)"
            ),
        ),
        (
            "answer",
            words(
                r"e-?mail you|reply|replies|answer|update you|an update|let you know|get back|come back to you"
                r"|back to you"
                r"|hear from|hear back|(?:write|writing) (?:to you|back)|respond|response|confirm\w*|look into"
                r"|follow up"
                r"|find out|take care of|deal with|see to|check|sort (?:it|this|that) out|in touch|report back"
                r"|text you|news|know more"
            ),
        ),
        (
            "delivery",
            words(
                r"deliver\w*|arriv\w*|shipment|shipping|ships?|shipped|dispatch\w*|parcels?|packages?|replacement"
                r"|with you"
                r"|reach(?:es)? you|on its way|at your door|boots?|coat|courier|driver|doorstep"
                r"|in the (?:post|mail)|posted|new (?:one|pair)|drop (?:it|them) off|lands?|in your hands|your order"
                r"|the order"
            ),
        ),
        ("answer", words(r"e-?mail|invoice|label|tracking|details|quote|link|photos?|information|receipt")),
        (
            "delivery",
            words(
                r"send|sending|sent|have (?:it|them)|get (?:it|them)|receive (?:it|them|your)|there|here|get there"
                r"|leaves? (?:our|the)|it|they"
            ),
        ),
    ),
    hedges=words(
        r"not|never|can['’]t|cannot|couldn['’]t|won['’]t|don['’]t|doesn['’]t|isn['’]t|aren['’]t|unable|unlikely"
        r"|impossible"
        r"|might|may|could|would|maybe|perhaps|possibly|hopefully|hope|hoping|try|trying|aim|aiming|think|guess"
        r"|probably"
        r"|usually|normally|typically|generally|often|sometimes|should have (?:been|had|\w+ed|come)|would have|had"
        r"|was|were|did|didn['’]t"
        r"|wasn['’]t"
        r"|promised|told|said|missed|instead of"
    ),
    hours=words(
        r"open|opens|opening|closed|closes|our hours|office hours"
        r"|(?:be|am|are|is|i['’]m|we['’]re) (?:away|out|off|back in the)"
        r"|holidays?|vacation|on leave|out of office|sale|offer|code|valid|expires?|subscri\w+|charged?|billed"
        r"|appointment"
        r"|(?:i|we)(?:['’]ll| will| shall) be back(?! (?:to you|with))|last order|cut-?off"
    ),
    conditions=words(
        r"if|unless|in case|once|when|whenever|should you|provided|providing|assuming|as long as|as soon as|as of"
        r"|until"
        r"|whether|after|otherwise"
    ),
    offers=words(r"if (?:that|this|it|you|needed|necessary|i|we|nothing)"),
    theirs=words(
        r"you (?:said|wrote|asked|wanted|want|need|needed|ordered|must|have to|can return|can send"
        r"|could|told|mentioned)"
        r"|please|you['’]ll (?:need|have) to|you will (?:need|have) to|send (?:it|them) back|return (?:it|them)"
        r"|let (?:us|me) know"
        r"|kindly|make sure|remember to|your (?:request|wish|deadline)"
    ),
    clauses=re.compile(
        r"[,;:]\s|\s[-–—]\s|\s\(|\b(?:and|but|so|because|while|although|which)\b"
        r"|\b(?=if\b|unless\b|in case\b|once\b|when\b|as soon as\b|should you\b|provided\b|otherwise\b)",
        re.IGNORECASE,
    ),
    needs=words(
        r"need|needs|needed|must|have to|has to|got to|gotta|essential|vital|urgent\w*|deadline|it['’]s for"
        r"|it is for|is for"
        r"|they['’]re for|are for"
        r"|for (?:my|our|his|her|a|the) [\w'’]+(?: [\w'’]+)? (?:birthday|wedding|party|anniversary|trip)"
        r"|in time for|no use after|too late after|at the latest|latest"
    ),
    hopes=words(
        r"hope|hoping|would like|(?:i|we)['’]d like|would love|want|wanted|could|can|will|possible|expect\w*|wish"
        r"|arrive|get here|be here|come"
    ),
    answers=words(
        r"answer|reply|hear|call|phone|refund\w*|email|e-mail|said|told|promised|ordered|was|were|did|supposed"
        r"|should have"
        r"|return|send (?:it|them) back|you open|are you"
    ),
    occasions=words(
        r"birthday|wedding|party|anniversary|christening|baptism|graduation|funeral|christmas|holiday|trip"
        r"|interview|race|concert"
        r"|ceremony|event|leave|leaving|travel|travelling|traveling|fly|flying|move|moving|going away|go away|marry"
        r"|marries"
        r"|gets? married|getting married|ball|prom|hike|marathon"
    ),
    leaving=words(
        r"leave|leaving|travel|travelling|traveling|fly|flying|go away|going away|move|moving|set off"
        r"|trip (?:starts|begins)"
    ),
    abbreviations=frozenset(_ABBREVIATIONS.split()),
)
