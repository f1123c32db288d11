"""What servers say when they do not deliver, by what it means. One expression a line, matched anywhere, any case."""

from __future__ import annotations

from ..either import either

# The mailbox is full.
FULL = either(
    r"""
mailbox (?:is |size |has )?(?:full|limit|exceed)
(?:over|exceed\w*)\s?(?:the |its |his |your |disk |storage |mailbox |allocated |maximum )*quota
quota (?:is )?(?:exceeded|full|violation)
over ?quota
quota\b[^\n]{0,40}\bexceed
mailfolder is full
insufficient (?:disk|storage|space|system storage)
not enough (?:disk |storage |free )?space
disk (?:quota|space|full)
out of storage
reached (?:its |the |his )?(?:disk )?quota
storage (?:limit|allocation|quota|space)
mail ?box[^\n]{0,30}\bfull
inbox (?:is )?full
is full\b
maildir over
boîte (?:aux lettres )?(?:est )?pleine
boite[^\n]{0,20}pleine
postfach[^\n]{0,20}(?:voll|überfüllt)
buzón[^\n]{0,20}lleno
caixa[^\n]{0,20}cheia
casella[^\n]{0,20}piena
переполнен
превышен\w* (?:квот|лимит|объ)
mailbox_?full
容量
いっぱい
満杯
邮箱已满
信箱已滿
too many messages (?:in|on)
message count
exceeded storage
exceeds? (?:the )?(?:mailbox|allowed|allocated|max\w*) (?:size|space|limit)
account[^\n]{0,20}\bfull\b
will exceed
vpopmail: quota
domain has exceeded
"""
)

# The mail is too big.
TOO_BIG = either(
    r"""
(?:message|mail|size)\b[^\n]{0,30}(?:too (?:big|large|long)|exceeds? (?:the )?(?:fixed |maximum |size|limit|\
max))
exceed\w* (?:the )?(?:maximum )?(?:message |incoming )?(?:mail )?size
size limit
max(?:imum)? message size
larger than[^\n]{0,40}(?:limit|allowed|maximum)
message (?:length|size) exceeds
mesgtoobig
tamaño máximo
taille maximale
"""
)

# A verdict on the mail or its sender: spam, policy, reputation, relaying.
JUDGED = either(
    r"""
spam
\bbulk\b
unsolicited
\bvirus
malware
phish
infected
black ?list
block ?list
\bdnsbl
\brbl\b
\bsbl\b
\bxbl\b
spamhaus
spamcop
barracudacentral
senderscore
reputation
policy
policies
content (?:rejected|reject|filter|denied)
prohibited
banned
suspicious
harmful
\bdmarc
\bdkim\b
\bspf\b
sender policy
reverse dns
\bptr\b
rdns
sender (?:address )?(?:rejected|denied|blocked|verify|verification|is not)
ip (?:address )?(?:has been |is |was )?(?:block|listed|denied|banned|reject)
your (?:ip|host|server|network|domain|mail server|email|message|mail)\b[^\n]{0,50}(?:block|denied|listed|\
reject|refus|not allowed)
blocked (?:by|for|due|using|because|from)
has been blocked
was blocked
grey ?list
gray ?list
rate limit
ratelimit
too many
throttl
try (?:again )?later
temporar
deferred
relay(?:ing)?\b[^\n]{0,30}(?:denied|not permitted|not allowed|prohibited|access|disabled|forbidden)
relay(?:ing)? (?:denied|access|not)
not (?:permitted|allowed|authori[sz]ed) to relay
unable to relay
cannot relay
we do not relay
authentication
not authenticated
access denied(?! to)
not (?:authori[sz]ed|permitted|allowed) to send
rejected (?:for|by|due)
blocked
undesirable
administratively
administrative prohibition
message (?:content )?(?:was |has been )?(?:rejected|refused|blocked|filtered)
mail rejected
rejected by (?:header|content|server)
transaction failed due
violat
abuse
filter(?:ed|ing)?\b
restricted
permission (?:denied|to send)
notauthorized
only accept
is not accepting mail from
complaint
blocked by recipient
recipient has blocked
domain of sender
certificate
starttls
tls required
encryption
"""
)

# Such a verdict in words that leave no doubt, whatever else is said of the user.
STRONG = either(
    r"""
domain of sender
sender(?:'s)? (?:e-?mail )?(?:address|domain)
(?<![\d.])5\.1\.[78](?![\d.])
user reject
spamhaus
spamcop
black ?list
block ?list
dnsbl
\brbl\b
looks like spam
(?:as|is|be|considered) (?:likely )?(?:spam|unsolicited|bulk)
spam (?:detected|message|content|score|filter|mail)
virus
reputation
dmarc
relay(?:ing)? (?:access )?(?:denied|not)
unable to relay
sender (?:address )?(?:rejected|denied|blocked|verify|verification)
your (?:ip|host|server) 
poor reputation
banned
reverse dns
policy (?:reasons|violation)
grey
gray
"""
)

# The account exists and is closed for now.
SUSPENDED = either(
    r"""
suspend
disabled
deactivat
inactiv
temporarily (?:inactive|unavailable|disabled)
account (?:is |has been )?(?:locked|closed temporarily|frozen|blocked)
mailbox is frozen
archivee
dormant
expired account
discontinued
not active
"""
)

# The network, a queue, or the server itself is at fault.
UNREACHED = either(
    r"""
timed? ?out
time-?out
retry (?:time|timeout)
retry time not reached
connection (?:refused|reset|dropped|lost|closed|failed|died)
could ?n[o']t (?:connect|establish)
can(?:no|')t connect
unable to connect
no route to host
network (?:is )?unreachable
not (?:been )?able to (?:reach|connect)
connect to [^\n]{0,120}: 
lost connection
host (?:is )?(?:down|not responding|unreachable)
no answer
not responding
did ?n[o']t respond
still (?:trying|queued|in the queue|retrying)
will (?:be )?(?:retr|keep trying|continue)
in(?:to)? the queue too long
message expired
delivery (?:time )?expired
undelivered for
delayed
too long in
loop
too many hops
hop count
routing loop
configuration error
config error
system error
internal error
server error
local error
mail system (?:is )?(?:busy|full)
try again
service (?:not |un)available
resources
overload
temporary failure
dns (?:failure|error|server|timeout)
name service error
host lookup did not complete
lowest numbered mx
lookup failed
server failure
servfail
"""
)

# It may be different later.
LATER = either(
    r"""
try (?:again|later)
temporar
later
grey
gray
unverified
verification in progress
timed? ?out
deferred
"""
)
