"""What servers say of an address that is dead. One expression a line, matched anywhere, any case."""

from __future__ import annotations

from ..either import either

# Nobody of that name.
NO_USER = either(
    r"""
invalid (?:final delivery )?user ?id
user (?:is )?(?:unknown|not (?:known|found|exist|listed|local|active)|does ?n[o']t exist|do not exist|invalid|\
doesnt exist|no longer|not here|disabled or does not exist)
unknown (?:local )?(?:user|recipient|address|mailbox|account|rcpt|mail|e-?mail|local[- ]?part|login|alias)
unknown or invalid
unknown/invalid
invalid (?:mailbox|recipient|user|address|local|rcpt|e-?mail)
invalid[^\n]{0,10}recipient
no such (?:user|recipient|address|mailbox|account|person|local|e-?mail|name|id|mail ?drop|alias|subscriber|\
customer|directory|login)
no (?:mail ?box|user|account|recipient|one)[^\n]{0,30}(?:here|by that name|found|with that|at this|available|\
exists?)
(?:user|recipient|mail ?box|account|address|e-?mail|inbox|person|employee|local ?part|destination|id|alias|\
addressee|spectator)s?\b[^\n]{0,70}?\b(?:does ?n[o']t|do ?n[o']t|doesnt|did ?n[o']t|do not|is ?n[o']t|not|\
no longer|cannot|could ?n[o']t)\s(?:an? |be |currently |an active |active |a valid |valid )?(?:exists?|found|\
known|valid|locat\w*|available|listed|in use|present|a member|hosted|registered|recogni[sz]ed|have an?|\
at this|in service)
(?:not|isn't|no) (?:a |an )?(?:valid|known|local|existing|active|registered|recogni[sz]ed|legitimate|current|\
correct|authori[sz]ed recipient)[^\n]{0,12}(?:user|recipient|mailbox|address|e-?mail|account|customer|\
subscriber|alias)
mailbox (?:is )?(?:unavailable|not available|unavaiable|invalid|unknown|missing)
mailbox name (?:invalid|not allowed)
account (?:is )?(?:unavailable|unknown|invalid|not available|has been (?:deleted|closed|removed|terminated)|\
closed|deleted)
address (?:is )?(?:unknown|invalid|bad|not known|no longer|wrong|undeliverable|does no)
bad (?:destination|address|recipient|mailbox|user|local)
addressee unknown
recipient (?:address )?(?:is )?(?:unknown|invalid|not (?:known|ok|accepted|exist|on this)|unavailable|\
rejected: (?:unknown|user|invalid|undeliverable|userunknown|no such|address|nonexist|recipient|access denied|\
5\.1\.1|\S+ does))
recipient (?:name )?(?:is )?not recogni[sz]ed
recipients? (?:was|were|is|are) (?:not|undeliverable|unknown)
recipnotfound
recipientnotfound
not found in[^\n]{0,30}(?:directory|address book|table|database|name)
not (?:listed|present|found) in (?:\w+ ){0,4}(?:directory|address book|name)
not in my (?:validrcptto|control/(?:locals|validrcptto))
no valid (?:recipient|user|cert)
wasn't found at
was(?:n't| not) found
couldn't be found
couldn't find
could not be found
unable to find
cannot find
nosuchuser
badrcptto
badrecipientto
badrecipient
user missing home
no home directory
missing home
can't accept user
unrouteable
all recipients (?:address(?:es)? )?(?:are|were)? ?(?:invalid|rejected)
no such\b
doesn't have a\b[^\n]{0,30}account
does not like recipient
envelope recipient has been denied
there is no one at
nessun utente
utilisateur inconnu
destinataire (?:inconnu|invalide)
adresse[^\n]{0,40}(?:invalide|inconnu|existe pas|nicht gefunden|unbekannt|existiert nicht)
empfänger[^\n]{0,30}(?:unbekannt|nicht gefunden|existiert nicht|nicht bekannt)
benutzer[^\n]{0,20}(?:unbekannt|nicht)
no existe
usuario (?:desconocido|no)
usuário[^\n]{0,20}(?:desconhecido|não existe|inexistente)
não (?:existe|foi encontrad)
inesistente
sconosciuto
onbekend
bestaat niet
finns inte
okänd
findes ikke
finnes ikke
ukendt
ukjent
nie (?:istnieje|ma takiego)
nieznany
neexistuje
nem létezik
bulunamadı
не (?:существует|найден|зарегистрирован)
нет такого
неизвестн
存在しません
見つかりません
不明です
宛先不明
あて先
メールアドレスは存在
不存在
用户不存在
存在しない
찾을 수 없
존재하지
사용자를? 찾
5\.1\.1 (?:the )?(?:email account that you tried|recipient|address|user|bad|unknown|<)
destination addresses were unknown
undeliverable address
nonexist
non-exist
unknown address
failed to match
non existent
address not present
unknown_user
user_unknown
recipient_unknown
"""
)

# No such domain.
NO_HOST = either(
    r"""
all relevant mx records point to non-existent
all host address lookups failed permanently
indicated no smtp service
couldn't find a mail exchanger
host (?:or domain )?(?:name )?(?:is )?(?:unknown|not found|does not exist)
unknown (?:host|domain|mail (?:host|server))
no such (?:domain|host)
domain (?:name )?(?:does ?n[o']t exist|is (?:not (?:found|valid|reachable|registered|configured|hosted)|\
invalid|unknown|non-existent)|must exist|not found|unknown|part is invalid|of sender)
name or service not known
couldn't find any host
can't find any host
couldn't find any
no mx (?:record|or a)
has no (?:mx|valid|mail exchanger|a record)
no (?:valid )?(?:mail )?(?:hosts|exchangers?|servers?) (?:for|found)
bad destination (?:system|host|mailbox system)
invalid (?:domain|host)
unrouteable (?:mail )?domain
unroutable
cannot resolve
can't resolve
could not (?:be )?resolve
unable to resolve
nxdomain
dns[^\n]{0,30}(?:non-existent|nonexistent|nxdomain|no such|not found|domain name not found)
not (?:listed|a member)[^\n]{0,20}as a host
domain[^\n]{0,60}(?:existiert nicht|n'existe pas|no existe|não existe|non esiste|не существует|wasn't found|\
couldn't be found|not found|doesn't exist|does not exist)
host[^\n]{0,80}not found
(?:account or )?domain may not exist
address has no (?:mx|domain)
illegal host
host/domain name
is not a valid domain
no such domain
"""
)

# Gone elsewhere.
MOVED = either(
    r"""
has moved
user (?:has )?moved
moved to\b
(?:address|e-?mail) (?:has |was |is )?(?:been )?(?:changed|replaced|discontinued)
new (?:e-?mail )?address is
no longer (?:with|at|work|employ|use|using|here|accept|valid|in use|active|exist|monitored|on)
has left
left the company
relocated
не работает
n'est plus
ya no
não é mais
non è più
nicht mehr (?:gültig|aktiv|verfügbar|vergeben)
移転
変更されました
"""
)

# Takes no mail from anybody.
REFUSES = either(
    r"""
does(?: not|n't) accept (?:any )?(?:mail|e-?mail|messages|incoming)
not accept(?:ing)? (?:any )?(?:mail|messages|e-?mail)(?! from)
null mx
refuses? (?:to accept )?(?:all|any) (?:e-?)?mail
accepts? no (?:e-?)?mail
nobody reads
do(?:es)? not receive (?:e-?)?mail
recipient refuses to accept
nullmx
unmonitored
no mail (?:is )?accepted
does not receive
"""
)
