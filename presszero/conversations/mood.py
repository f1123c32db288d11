"""Whether somebody's last words say that all is well: good, bad, or unclear. Pure. English, German, Spanish, emoji.

Unclear is never good: a suggestion after words that were misread costs more than one that was not made. So words must
say it plainly; a question, a wish, a "but", irony or both moods at once leave it unclear.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

LONGEST = 600  # characters; whoever writes more has more to say than that all is well
_NEAR = 3  # words between a negation and what it turns around


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"
    UNCLEAR = "unclear"


def mood(words: str) -> Mood:
    """Of what was written now: quotes and signatures are folded away before (channels.Entry.text)."""
    said = _plain(words)
    if not said or len(said) > LONGEST:
        return Mood.UNCLEAR
    left, idioms = _idioms(said)
    good, bad = _weighed(left)
    good, bad = good or Mood.GOOD in idioms, bad or Mood.BAD in idioms
    unclear = Mood.UNCLEAR in idioms or bool(_OPEN.search(left)) or bool(_IRONY.search(said))
    if bad:
        return Mood.UNCLEAR if good and not unclear else Mood.BAD
    return Mood.GOOD if good and not unclear else Mood.UNCLEAR


def mood_of_all(parts: list[str]) -> Mood:
    """Of several messages in a row, oldest first: the last must be good, and none bad."""
    moods = [mood(each) for each in parts if each.strip()]
    if Mood.BAD in moods:
        return Mood.BAD
    return moods[-1] if moods else Mood.UNCLEAR


def _plain(words: str) -> str:
    """One line, small letters, plain apostrophes, no letter thrice in a row, no quoted lines, no addresses."""
    lines = [line for line in words.splitlines() if not line.lstrip().startswith(">")]
    said = unicodedata.normalize("NFKC", " ; ".join(lines)).casefold().replace("\ufe0f", "")
    said = re.sub(r"[’‘`´]", "'", said)
    said = re.sub(r"https?://\S+|\S+@\S+", " ", said)
    said = re.sub(r"([^\W\d])\1{2,}", r"\1", said)
    return re.sub(r"\s+", " ", said).strip(" ;")


def _idioms(said: str) -> tuple[str, set[Mood]]:
    """What means something else than its words, and the rest without it."""
    found = set()
    for pattern, means in _IDIOMS:
        said, times = pattern.subn(" , ", said)
        if times and means:
            found.add(means)
    return said, found


def _weighed(said: str) -> tuple[bool, bool]:
    """(something good, something bad), each clause by itself; what is good turned around is bad."""
    good = bad = False
    for clause in _CLAUSE.split(said):
        for match in _GOOD.finditer(clause):
            turned = _negated(clause[: match.start()])
            good, bad = good or not turned, bad or turned
        for match in _BAD.finditer(clause):
            bad = bad or not _negated(clause[: match.start()])
    return good or bool(_GOOD_SIGNS.search(said)), bad or bool(_BAD_SIGNS.search(said))


def _negated(before: str) -> bool:
    return any(_NOT.fullmatch(word) for word in re.findall(r"[\w']+", before)[-_NEAR:])


def _any(phrases: str) -> re.Pattern[str]:
    """Whole words, parted by " / "; a "*" stands for a word or the rest of one."""
    each = (re.sub(r"(?<!\w)\*", r"\\w+", re.sub(r"(?<=\w)\*", r"\\w*", one)) for one in phrases.split(" / "))
    return re.compile(rf"(?<![\w'])(?:{'|'.join(each)})(?![\w'])")


_CLAUSE = re.compile(r"[.!;:,\n–—]|\b(?:but|however|although|aber|jedoch|doch|pero|aunque|sino)\b")
_NOT = re.compile(
    r"not|never|no|hardly|barely|without|cannot|\w+n't|isnt|dont|doesnt|didnt|wasnt|cant"
    r"|nicht|nie|niemals|kein\w*|kaum|ohne|nix|ni|nunca|sin|tampoco|jamás|nada|apenas"
)

# In this order: each is taken out before the next is looked for.
_IDIOMS: tuple[tuple[re.Pattern[str], Mood | None], ...] = (
    (_any(
        "thanks? (you )?(so much )?for nothing / thanks a lot for nothing / danke für nichts / danke für gar "
        "nichts / gracias por nada / thanks for wasting / thanks for ruining / no thanks to you"
    ), Mood.BAD),
    (_any("danke[, ]+für die verschwendete / gracias por hacerme perder"), Mood.BAD),
    (_any(
        "no,? thank(s| you) / nein,? (vielen )?danke / nein danke / no,? (muchas )?gracias / thanks,? but no / "
        "danke,? aber nein / gracias,? pero no"
    ), Mood.UNCLEAR),
    (_any(
        "thank(s| you)( so much)? in advance / thanks? in adv* / (vielen |besten |herzlichen )?dank im vora?us / "
        "danke im vora?us / (muchas )?gracias (de antemano|por adelantado) / many thanks in advance"
    ), Mood.UNCLEAR),
    (_any(
        "thanks? (you )?(anyway|anyways|all the same|though) / trotzdem (vielen )?danke / danke trotzdem / danke "
        "dennoch / gracias (de todos modos|de todas formas|igualmente|igual)"
    ), Mood.UNCLEAR),
    (_any(
        "too good to be true / good (riddance|grief|question|luck) / better late than never / na toll / na super "
        "/ na prima / na danke / schöne bescherung / qué bien,? otra vez / oh great / oh wonderful / oh perfect / "
        "just great / just perfect / just wonderful / just fantastic / yeah,? right / wow,? thanks / great job / "
        "nice try / not bad / nicht schlecht / no está mal"
    ), Mood.UNCLEAR),
    (_any(
        "(would|could|might|will) (be|have been) * / wäre[ns]? (* )?* / würde mich freuen / sería * / estaría * / "
        "me gustaría / i('d| would) (love|like|be happy|appreciate) / hope(fully)? / hoffe* / espero / ojalá"
    ), Mood.UNCLEAR),
    (_any(
        "could(n't| not) (be|have been|have gone) (happier|better) / can('t|not) thank (you|them) enough / no "
        "complaints / can('t|not) complain / never been happier / better than new / no more problems / nothing to "
        "complain about / nichts zu meckern / besser geht('s| es)? nicht / besser geht's nicht / könnte nicht "
        "besser / no podría estar más content* / sin ningún problema / ohne probleme"
    ), Mood.GOOD),
    (_any(
        "no (problem|problems|worries|trouble|harm done|hard feelings) / not a problem / kein(e)? "
        "(problem*|sorge*) / (ningún|no hay) problema / no pasa nada / good (morning|afternoon|evening|day|night) "
        "/ buen[oa]s (días|tardes|noches) / macht nichts / problem solved / kein stress"
    ), None),
)  # fmt: skip

_GOOD = _any(
    "thank(s|x|ful)? / thank you / thankyou / thx / tysm / cheers / great / perfect(ly)? / awesome / brilliant / "
    "wonderful / fantastic / lovely / excellent / amazing / superb / happy / pleased / delighted / satisfied / "
    "glad / solved / sorted / resolved / all (good|set|well|sorted|fine) / love (it|them|these|my) / appreciate* "
    "/ works? (now|again|fine|perfectly|great|well) / working (now|again) / good / legend / fits? "
    "(perfectly|well|great) / danke* / dank / super / toll* / prima / klasse / wunderbar* / perfekt* / spitze / "
    "hervorragend* / großartig* / ausgezeichnet* / zufrieden* / glücklich* / froh / freu* mich / hat geklappt / "
    "alles (gut|bestens|klar|super) / funktioniert (jetzt|wieder|nun|einwandfrei|bestens) / passt "
    "(jetzt|perfekt|wunderbar) / passen (jetzt|perfekt|wunderbar) / gelöst / erledigt / lieb von (dir|ihnen|euch) "
    "/ begeistert / gracias / genial(es)? / estupend* / perfect[oa]s? / excelentes? / encantad[oa]s? / "
    "maravillos* / fenomenal / content[oa]s? / feliz / satisfech[oa]s? / me alegr* / solucionado / resuelto / "
    "arreglado / todo (bien|perfecto) / funciona (ya|bien|perfectamente|de nuevo) / ya funciona / agradec* / bien "
    "/ me encantan?"
)  # fmt: skip

_BAD = _any(
    "angry / furious / disappoint* / terrible / awful / horrible / worst / worse / broken / damaged? / defective "
    "/ faulty / wrong / missing / useless / unacceptable / ridiculous / joke / lawyer / chargeback / scam* / rude "
    "/ disgust* / unhappy / dissatisfied / upset / annoy* / frustrat* / complain* / still "
    "(waiting|not|no|broken|missing) / too late / problem* / issues? / wast(e|ed|ing) (of )?(my )?(time|money) / "
    "torn / leak* / fed up / sick of / never (again|came|arrived|got|received) / again broken / nothing "
    "(happened|came|arrived) / shame(ful)? / incompetent* / (does|do|did)n't (work|fit|help|arrive|come) / "
    "(does|do|did) not (work|fit|help|arrive|come) / not working / kaputt* / enttäusch* / schlecht* / wütend / "
    "sauer / unverschämt* / frechheit / falsch* / fehlt* / beschädigt* / defekt* / anwalt* / ärger* / immer noch "
    "(nicht|nichts|kein*) / unzufrieden / saftladen / katastroph* / mangelhaft* / nie wieder / betrug / beschwer* "
    "/ probleme? / unmöglich / witz / funktioniert (immer noch )?nicht / passt (immer noch )?nicht / passen "
    "(immer noch )?nicht / zu spät / rot[oa]s? / dañad[oa]s? / enfadad[oa]s? / decepcionad[oa]s? / decepci* / "
    "malísim* / mal[oa]s? / (muy|está|salió|todo|va) mal / pésim* / fatal / falta* / todavía no / aún no / sigo "
    "esperando / vergüenza / estafa* / denunci* / abogad* / equivocad[oa]s? / defectuos[oa]s? / inaceptables? / "
    "queja* / problemas? / no (funciona|sirve|llegó|ha llegado) / hart[oa]s?"
)  # fmt: skip

# What asks for something more, or leaves it open.
_OPEN = re.compile(
    r"[?¿]|"
    + _any(
        "please / pls / can you / could you / i (also )?(need|want) / another (thing|question|matter) / one more "
        "thing / one thing / however / but / although / except / when will / where is / waiting for / let me know "
        "/ we'll see / if (it|they|you|this|that) / until / not sure / maybe / guess / i suppose / apart from / "
        "bitte um / bitte / könn(t|ten|test)* / ich (brauche|möchte|hätte|will) / noch (eine|ein|was|etwas) / "
        "aber / allerdings / außer / wann / warte* / mal sehen / mal schauen / abwarten / falls / wenn / "
        "vielleicht / por favor / podr[íi]a* / necesito / quiero / quisiera / otra (cosa|pregunta) / pero / "
        "aunque / salvo / cuándo / espero / esperando / ya veremos / a ver / si (llega|funciona|no) / quizás? / "
        "tal vez / supongo"
    ).pattern
)  # fmt: skip

# "great" in quotes, thanks that trail off, praise with a rolling eye.
_IRONY = re.compile(
    r"[\"“”„«»*](?:great|good|super|toll|help(?:ful)?|service|excellent|perfect|genial|gran|tolle[rn]?|hilfe|servicio)\b"
    r"|(?:thanks?|thank you|great|super|toll|danke|gracias|perfect|genial|nice)\s?(?:…|\.{3}|\.\s?\.\s?\.)"
    r"|\b(?:slow clap|sarcasm|wow|bravo)\b|(?:^|\s)/s\b|[🙃🙄😒😏🤡🖕]"
    r"|\b(?:only|just|nur|erst|solo|sólo) (?:took )?\w+ (?:weeks?|months?|wochen|monate|semanas|meses)\b"
    r"|\b(?:third|fourth|fifth|dritte[ns]?|vierte[ns]?|tercera|cuarta) (?:time|mal|vez)\b"
)

_GOOD_SIGNS = re.compile(r"[👍🙏❤🧡💛💚💙💜😊😀😃😄😁🎉😍🥰👌💯✨🤗😻🥳☺]|<3|[:;=]-?[)D](?!\w)|\^\^")
_BAD_SIGNS = re.compile(r"[😡😠🤬👎😢😭😞😤💔😩😫☹🙁]|(?<!\w)[:;=]'?-?\((?!\w)")
