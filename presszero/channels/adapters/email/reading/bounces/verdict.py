"""Is the address dead? Only "no such user or host, moved, refuses all mail" count; a full mailbox or a spam verdict do not.

What servers say decides before their numbers do: many say 550 or 5.7.1 to an unknown user, and 5.1.1 to a blocked sender.
"""

from __future__ import annotations

import re

_SAME = r"(?:[^\n]{0,80})"
_FULL = re.compile(
    r"mailbox (?:is |size |has )?(?:full|limit|exceed)|(?:over|exceed\w*)\s?(?:the |its |his |your |disk |storage |mailbox |allocated |maximum )*quota|quota (?:is )?(?:exceeded|full|violation)|over ?quota|"
    r"quota\b[^\n]{0,40}\bexceed|mailfolder is full|insufficient (?:disk|storage|space|system storage)|not enough (?:disk |storage |free )?space|disk (?:quota|space|full)|"
    r"out of storage|reached (?:its |the |his )?(?:disk )?quota|storage (?:limit|allocation|quota|space)|mail ?box[^\n]{0,30}\bfull|inbox (?:is )?full|is full\b|maildir over|boîte (?:aux lettres )?(?:est )?pleine|boite[^\n]{0,20}pleine|"
    r"postfach[^\n]{0,20}(?:voll|überfüllt)|buzón[^\n]{0,20}lleno|caixa[^\n]{0,20}cheia|casella[^\n]{0,20}piena|переполнен|превышен\w* (?:квот|лимит|объ)|mailbox_?full|容量|いっぱい|満杯|邮箱已满|信箱已滿|"
    r"too many messages (?:in|on)|message count|exceeded storage|exceeds? (?:the )?(?:mailbox|allowed|allocated|max\w*) (?:size|space|limit)|account[^\n]{0,20}\bfull\b|will exceed|vpopmail: quota|domain has exceeded",
    re.I,
)  # fmt: skip
_TOO_BIG = re.compile(
    r"(?:message|mail|size)\b[^\n]{0,30}(?:too (?:big|large|long)|exceeds? (?:the )?(?:fixed |maximum |size|limit|max))|exceed\w* (?:the )?(?:maximum )?(?:message |incoming )?(?:mail )?size|size limit|max(?:imum)? message size|larger than[^\n]{0,40}(?:limit|allowed|maximum)|message (?:length|size) exceeds|mesgtoobig|tamaño máximo|taille maximale",
    re.I,
)  # fmt: skip
_JUDGED = re.compile(
    r"spam|\bbulk\b|unsolicited|\bvirus|malware|phish|infected|black ?list|block ?list|\bdnsbl|\brbl\b|\bsbl\b|\bxbl\b|spamhaus|spamcop|barracudacentral|senderscore|reputation|policy|policies|"
    r"content (?:rejected|reject|filter|denied)|prohibited|banned|suspicious|harmful|\bdmarc|\bdkim\b|\bspf\b|sender policy|reverse dns|\bptr\b|rdns|sender (?:address )?(?:rejected|denied|blocked|verify|verification|is not)|"
    r"ip (?:address )?(?:has been |is |was )?(?:block|listed|denied|banned|reject)|your (?:ip|host|server|network|domain|mail server|email|message|mail)\b[^\n]{0,50}(?:block|denied|listed|reject|refus|not allowed)|blocked (?:by|for|due|using|because|from)|has been blocked|was blocked|"
    r"grey ?list|gray ?list|rate limit|ratelimit|too many|throttl|try (?:again )?later|temporar|deferred|"
    r"relay(?:ing)?\b[^\n]{0,30}(?:denied|not permitted|not allowed|prohibited|access|disabled|forbidden)|relay(?:ing)? (?:denied|access|not)|not (?:permitted|allowed|authori[sz]ed) to relay|unable to relay|cannot relay|we do not relay|authentication|not authenticated|"
    r"access denied(?! to)|not (?:authori[sz]ed|permitted|allowed) to send|rejected (?:for|by|due)|blocked|undesirable|administratively|administrative prohibition|message (?:content )?(?:was |has been )?(?:rejected|refused|blocked|filtered)|mail rejected|rejected by (?:header|content|server)|"
    r"transaction failed due|violat|abuse|filter(?:ed|ing)?\b|restricted|permission (?:denied|to send)|notauthorized|only accept|is not accepting mail from|complaint|blocked by recipient|recipient has blocked|domain of sender|certificate|starttls|tls required|encryption",
    re.I,
)  # fmt: skip
_SUSPENDED = re.compile(
    r"suspend|disabled|deactivat|inactiv|temporarily (?:inactive|unavailable|disabled)|account (?:is |has been )?(?:locked|closed temporarily|frozen|blocked)|mailbox is frozen|archivee|dormant|expired account|discontinued|not active",
    re.I,
)  # fmt: skip
_UNREACHED = re.compile(
    r"timed? ?out|time-?out|retry (?:time|timeout)|retry time not reached|connection (?:refused|reset|dropped|lost|closed|failed|died)|could ?n[o']t (?:connect|establish)|can(?:no|')t connect|unable to connect|no route to host|network (?:is )?unreachable|"
    r"not (?:been )?able to (?:reach|connect)|connect to [^\n]{0,120}: |lost connection|host (?:is )?(?:down|not responding|unreachable)|no answer|not responding|did ?n[o']t respond|still (?:trying|queued|in the queue|retrying)|will (?:be )?(?:retr|keep trying|continue)|in(?:to)? the queue too long|message expired|delivery (?:time )?expired|undelivered for|delayed|"
    r"too long in|loop|too many hops|hop count|routing loop|configuration error|config error|system error|internal error|server error|local error|mail system (?:is )?(?:busy|full)|try again|service (?:not |un)available|resources|overload|temporary failure|dns (?:failure|error|server|timeout)|name service error|host lookup did not complete|lowest numbered mx|lookup failed|server failure|servfail",
    re.I,
)  # fmt: skip
_NO_USER = re.compile(
    r"invalid (?:final delivery )?user ?id|user (?:is )?(?:unknown|not (?:known|found|exist|listed|local|active)|does ?n[o']t exist|do not exist|invalid|doesnt exist|no longer|not here|disabled or does not exist)|unknown (?:local )?(?:user|recipient|address|mailbox|account|rcpt|mail|e-?mail|local[- ]?part|login|alias)|unknown or invalid|unknown/invalid|invalid (?:mailbox|recipient|user|address|local|rcpt|e-?mail)|invalid[^\n]{0,10}recipient|"
    r"no such (?:user|recipient|address|mailbox|account|person|local|e-?mail|name|id|mail ?drop|alias|subscriber|customer|directory|login)|no (?:mail ?box|user|account|recipient|one)[^\n]{0,30}(?:here|by that name|found|with that|at this|available|exists?)|"
    r"(?:user|recipient|mail ?box|account|address|e-?mail|inbox|person|employee|local ?part|destination|id|alias|addressee|spectator)s?\b[^\n]{0,70}?\b(?:does ?n[o']t|do ?n[o']t|doesnt|did ?n[o']t|do not|is ?n[o']t|not|no longer|cannot|could ?n[o']t)\s(?:an? |be |currently |an active |active |a valid |valid )?(?:exists?|found|known|valid|locat\w*|available|listed|in use|present|a member|hosted|registered|recogni[sz]ed|have an?|at this|in service)|"
    r"(?:not|isn't|no) (?:a |an )?(?:valid|known|local|existing|active|registered|recogni[sz]ed|legitimate|current|correct|authori[sz]ed recipient)[^\n]{0,12}(?:user|recipient|mailbox|address|e-?mail|account|customer|subscriber|alias)|"
    r"mailbox (?:is )?(?:unavailable|not available|unavaiable|invalid|unknown|missing)|mailbox name (?:invalid|not allowed)|account (?:is )?(?:unavailable|unknown|invalid|not available|has been (?:deleted|closed|removed|terminated)|closed|deleted)|address (?:is )?(?:unknown|invalid|bad|not known|no longer|wrong|undeliverable|does no)|bad (?:destination|address|recipient|mailbox|user|local)|addressee unknown|"
    r"recipient (?:address )?(?:is )?(?:unknown|invalid|not (?:known|ok|accepted|exist|on this)|unavailable|rejected: (?:unknown|user|invalid|undeliverable|userunknown|no such|address|nonexist|recipient|access denied|5\.1\.1|\S+ does))|recipient (?:name )?(?:is )?not recogni[sz]ed|recipients? (?:was|were|is|are) (?:not|undeliverable|unknown)|recipnotfound|recipientnotfound|not found in[^\n]{0,30}(?:directory|address book|table|database|name)|"
    r"not (?:listed|present|found) in (?:\w+ ){0,4}(?:directory|address book|name)|not in my (?:validrcptto|control/(?:locals|validrcptto))|no valid (?:recipient|user|cert)|wasn't found at|was(?:n't| not) found|couldn't be found|couldn't find|could not be found|unable to find|cannot find|nosuchuser|badrcptto|badrecipientto|badrecipient|user missing home|no home directory|missing home|can't accept user|unrouteable|"
    r"all recipients (?:address(?:es)? )?(?:are|were)? ?(?:invalid|rejected)|no such\b|doesn't have a\b[^\n]{0,30}account|does not like recipient|envelope recipient has been denied|there is no one at|nessun utente|utilisateur inconnu|destinataire (?:inconnu|invalide)|adresse[^\n]{0,40}(?:invalide|inconnu|existe pas|nicht gefunden|unbekannt|existiert nicht)|empfänger[^\n]{0,30}(?:unbekannt|nicht gefunden|existiert nicht|nicht bekannt)|benutzer[^\n]{0,20}(?:unbekannt|nicht)|"
    r"no existe|usuario (?:desconocido|no)|usuário[^\n]{0,20}(?:desconhecido|não existe|inexistente)|não (?:existe|foi encontrad)|inesistente|sconosciuto|onbekend|bestaat niet|finns inte|okänd|findes ikke|finnes ikke|ukendt|ukjent|nie (?:istnieje|ma takiego)|nieznany|neexistuje|nem létezik|bulunamadı|не (?:существует|найден|зарегистрирован)|нет такого|неизвестн|存在しません|見つかりません|不明です|宛先不明|あて先|メールアドレスは存在|不存在|用户不存在|存在しない|찾을 수 없|존재하지|사용자를? 찾|"
    r"5\.1\.1 (?:the )?(?:email account that you tried|recipient|address|user|bad|unknown|<)|destination addresses were unknown|undeliverable address|nonexist|non-exist|unknown address|failed to match|non existent|address not present|unknown_user|user_unknown|recipient_unknown",
    re.I,
)  # fmt: skip
_NO_HOST = re.compile(
    r"all relevant mx records point to non-existent|all host address lookups failed permanently|indicated no smtp service|couldn't find a mail exchanger|host (?:or domain )?(?:name )?(?:is )?(?:unknown|not found|does not exist)|unknown (?:host|domain|mail (?:host|server))|no such (?:domain|host)|domain (?:name )?(?:does ?n[o']t exist|is (?:not (?:found|valid|reachable|registered|configured|hosted)|invalid|unknown|non-existent)|must exist|not found|unknown|part is invalid|of sender)|"
    r"name or service not known|couldn't find any host|can't find any host|couldn't find any|no mx (?:record|or a)|has no (?:mx|valid|mail exchanger|a record)|no (?:valid )?(?:mail )?(?:hosts|exchangers?|servers?) (?:for|found)|bad destination (?:system|host|mailbox system)|invalid (?:domain|host)|unrouteable (?:mail )?domain|unroutable|cannot resolve|can't resolve|could not (?:be )?resolve|unable to resolve|nxdomain|dns[^\n]{0,30}(?:non-existent|nonexistent|nxdomain|no such|not found|domain name not found)|"
    r"not (?:listed|a member)[^\n]{0,20}as a host|domain[^\n]{0,60}(?:existiert nicht|n'existe pas|no existe|não existe|non esiste|не существует|wasn't found|couldn't be found|not found|doesn't exist|does not exist)|host[^\n]{0,80}not found|(?:account or )?domain may not exist|address has no (?:mx|domain)|illegal host|host/domain name|is not a valid domain|no such domain",
    re.I,
)  # fmt: skip
_MOVED = re.compile(
    r"has moved|user (?:has )?moved|moved to\b|(?:address|e-?mail) (?:has |was |is )?(?:been )?(?:changed|replaced|discontinued)|new (?:e-?mail )?address is|no longer (?:with|at|work|employ|use|using|here|accept|valid|in use|active|exist|monitored|on)|has left|left the company|relocated|"
    r"не работает|n'est plus|ya no|não é mais|non è più|nicht mehr (?:gültig|aktiv|verfügbar|vergeben)|移転|変更されました",
    re.I,
)  # fmt: skip
_REFUSES = re.compile(
    r"does(?: not|n't) accept (?:any )?(?:mail|e-?mail|messages|incoming)|not accept(?:ing)? (?:any )?(?:mail|messages|e-?mail)(?! from)|null mx|refuses? (?:to accept )?(?:all|any) (?:e-?)?mail|accepts? no (?:e-?)?mail|nobody reads|do(?:es)? not receive (?:e-?)?mail|recipient refuses to accept|nullmx|unmonitored|no mail (?:is )?accepted|does not receive",
    re.I,
)  # fmt: skip
_LATER = re.compile(r"(?i)try (?:again|later)|temporar|later|grey|gray|unverified|verification in progress|timed? ?out|deferred")
_DEAD_STATUS = re.compile(r"^5\.(?:1\.(?:0|1|2|3|4|6|10)|4\.4|3\.2)$|^5\.1\.[1236]\d?$")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.\w])([45]\d\d)(?=[ \-#:,.]|$)")


def status_in(text: str) -> str:
    """The first enhanced status code of a failure in a text: "5.1.1"; "" where it has none."""
    found = next((each for each in _STATUS.finditer(text) if each.group(1) in "45"), None)
    return found.group() if found else ""


def dead(status: str, said: str) -> bool:
    """Whether a server's words (and its status code, "" if none) mean that the address itself is dead."""
    said = " ".join(said.split())[:4000]
    status = status or status_in(said)
    if _FULL.search(said) or _TOO_BIG.search(said):
        return False
    gone = bool(_NO_USER.search(said) or _MOVED.search(said) or _REFUSES.search(said))
    if status.startswith("4.") and (not _NO_USER.search(said) or _LATER.search(said)):
        return False
    if _SUSPENDED.search(said) and not _NO_USER.search(said):
        return False
    judged = bool(_JUDGED.search(said))
    if status.startswith("5.7.") and judged:
        return gone and not _strongly_judged(said)
    if gone and not _strongly_judged(said):
        return True
    if judged:
        return False
    if _NO_HOST.search(said) and not re.search(r"(?i)temporar|try again|(?<!\d)4\d\d |4\.4\.\d", said):
        return True
    if _UNREACHED.search(said):
        return False
    return bool(_DEAD_STATUS.match(status)) or bool(re.search(r"(?<!\d)(?:556|521)[ -]", said))


_STRONG = re.compile(
    r"domain of sender|sender(?:'s)? (?:e-?mail )?(?:address|domain)|(?<![\d.])5\.1\.[78](?![\d.])|user reject|spamhaus|spamcop|black ?list|block ?list|dnsbl|\brbl\b|looks like spam|(?:as|is|be|considered) (?:likely )?(?:spam|unsolicited|bulk)|spam (?:detected|message|content|score|filter|mail)|virus|reputation|dmarc|relay(?:ing)? (?:access )?(?:denied|not)|unable to relay|sender (?:address )?(?:rejected|denied|blocked|verify|verification)|your (?:ip|host|server) |poor reputation|banned|reverse dns|policy (?:reasons|violation)|grey|gray",
    re.I,
)  # fmt: skip


def _strongly_judged(said: str) -> bool:
    return bool(_STRONG.search(said))
