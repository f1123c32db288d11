"""How bounces are worded: their senders, subjects, first lines, and where the returned mail begins. Any case."""

from __future__ import annotations

from ..either import either

# Mail servers themselves, by local part or name.
MAILER = either(
    r"""
mailer[-_. ]?daemon.*
mail[-_. ]?(?:delivery (?:sub)?system|delivery[-_. ]?(?:sub)?system|daemon|deliver(?:y|er)?)
(?:e-?mail )?delivery (?:sub)?system
mail ?er?[-_. ]delivery
post[-_. ]?master.*
mdaemon
mail (?:delivery|administrator|system)(?: .*)?
null
<>
mmdf
uucp
microsoftexchange[0-9a-f]+
ntmail
lmtp
imail
""",
    before=r"^",
    after=r"(?:@|$)",
)

# Machines that send bounces and other things.
MACHINE = either(
    r"""
(?:mail-?)?deliver(?:y|ies)?(?:[-_. ]?(?:status|sub|notification|system))?
mail[-_. ]?(?:system|er)
bounce[ds]?(?:[-_+=.].*)?
(?:system )?administrator
root
maileradmin
mailsystem
mail
smtp
noreply-?dmarc
exchange
groupwise
mail_?server
no-?reply
sysadmin
system
internet
""",
    before=r"^",
    after=r"(?:@|$)",
)

# Words that only mail servers use.
TECHNICAL = either(
    r"""
\bsmtp\b
\brcpt to\b
(?<![\d.])[45]\.\d\.\d{1,3}(?![\d.])
(?<![\d.])5[0-7]\d[- #][^\n]{0,60}(?:user|mailbox|recipient|relay|rejected|unknown|unavailable|message|spam)
user unknown
unknown (?:user|recipient|local)
user not found
no such (?:user|mailbox|recipient)
mailbox (?:is )?(?:full|unavailable|disabled|not found|does not exist|unknown)
over ?quota
quota exceeded
not listed in[^\n]{0,30}directory
recipient name is not recognized
did not reach the following recipient
mail delivery (?:failed|failure|subsystem|system)
(?:e-?mail|mail|message)[^\n]{0,60}(?:could not|cannot|was not|not be|can't|couldn't|wasn't)[^\n]{0,20}(?:deliver|sent)
undeliverable
returned (?:mail|to sender)
non-?delivery (?:report|notification)
mailer-daemon
permanent (?:fatal )?errors?
transcript of session
mail server
メールアドレス
送信できません
""",
)

# A server's answer, by number.
ANSWERED = either(
    r"""
(?<![\d.])5[0-7]\d[- #][^\n]{0,60}(?:user|mailbox|recipient|relay|rejected|unknown|unavailable|message|spam)
"""
)

# Their subjects.
SUBJECT = either(
    r"""
(?:un|non-?)deliver
delivery (?:status|failure|failed|error|problem|report|has|notification|attempt|delayed|to|incomplete|\
unsuccessful)
deliver(?:y|ed)? fail
fail(?:ed|ure)[^\n]{0,20}(?:deliver|notice|mail)
returned (?:mail|message|e-?mail|to sender)
mail (?:delivery|system error|not deliver|error|failure|could)
message (?:delivery|status|not|could|undeliver|delayed|failure|bounced)
could ?n[o']t (?:be )?(?:send|deliver)
can ?not be delivered
warning: (?:could|message)
delayed
rejected
bounce
user unknown
failure notice
nondeliver
mail failure
error (?:sending|deliver)
problem delivering
cannot send
e-?mail (?:could|not) 
unzustellbar
nicht zugestellt
zustellung
fehlgeschlagen
non remis
échec
echec
non (?:distribué|délivré)
no se (?:puede|pudo|ha podido)
no entregad
devuelto
devolvido
não (?:é possível|entregue|foi)
falha
non recapit
impossibile
mancat
mancato
onbestelbaar
niet (?:bezorgd|afgeleverd)
kan inte
kunde inte
olevererat
ikke levere
kunne ikke
ej levereras
toimittamat
ei voitu
nie można
niedostarcz
niedoręcz
nelze doruč
nedoruč
kézbesíthet
teslim edile
недоставлен
не доставлен
невозможно
не удалось
возвращ
недоставк
配信
送信(?:でき|エラー|失敗)
エラー
返送
退信
无法
無法
未送达
系统退信
배달
반송
전송 실패
αδύνατη
לא ניתן
تعذر
تعذّر
"""
)

# Subjects of absences, which are no bounces.
AWAY = either(
    r"""
out of (?:the )?office
auto(?:matic|mated)?[- ]?(?:reply|response|respond|answer)
vacation
on holiday
away from
abwesen
automatische antwort
absen[ct]
réponse automatique
fuera de
respuesta automática
resposta automática
risposta automatica
automatisch antwoord
afwezig
autosvar
frånvaro
автоответ
自动回复
自動回覆
自動応答
不在
자동 ?회신
부재
"""
)

# Still being tried.
DELAYED = either(
    r"""
warning message only
do(?:es)? not need to resend
still (?:trying|being retried|in the queue|attempting)
will (?:be )?(?:retried|keep trying|continue (?:to )?(?:try|attempt|retry)|try again)
(?:has|have) not (?:yet )?been delivered
delivery (?:is |has been |was )?delayed
delayed
further attempts
no action is required
temporarily
"""
)

# Given up.
FAILED = either(
    r"""
permanent
fatal
giv(?:en|ing) up
failed
undeliverable
returned
gave up
rejected
unknown
could not be delivered
expired
"""
)

# Words of a failed delivery.
FAILURE = either(
    r"""
could ?n[o']t be delivered
could not deliver
cannot (?:be )?deliver
can ?no?t be delivered
was ?n[o']t (?:be )?delivered
was not delivered
not be delivered
unable to deliver
undeliver
non-?deliver
delivery (?:has |to the |of the |of your |attempt|status|to )?[^\n]{0,60}(?:fail|error|delay|problem|\
impossible|not possible)
deliver(?:y|ies) (?:failure|failed|error|problem)
failed (?:to deliver|recipient|delivery|permanently)
fail(?:ed|ure) (?:deliver|notice)
returned (?:mail|to sender|e-?mail)
permanent (?:fatal )?(?:error|failure)
fatal error
failed address
user unknown
unknown user
no such user
does not exist
recipient
mailbox
rejected
bounced?
(?:could|can)(?: ?not|n't) (?:accept|reach|find)
was rejected
has been (?:rejected|returned|delayed|refused)
not reached
did not reach
have not (?:yet )?been delivered
has not (?:yet )?been delivered
warning message only
still (?:trying|undelivered)
delayed
unzustellbar
nicht zugestellt
konnte nicht
nicht übermittelt
non (?:remis|distribu|livré|délivré)
n'a pas (?:pu|été)
pas pu être
échec
no se (?:pudo|puede|ha podido|entregó)
no pudo
não (?:pôde|foi possível|pode|entregue)
falha
impossibile
non (?:è stato|può)
recapitat
niet (?:worden )?(?:bezorgd|afgeleverd)
onbestelbaar
kunde inte
inte leverer
kunne ikke
ikke leverer
ei voitu
nie (?:można|mógł|dostarczon|został)
niedostarcz
nedoručiteľn
nedoručiteln
nelze doruč
nebylo možn
kézbesít
teslim edil
не (?:может|удалось|удается|доставлен|было доставлен|был доставлен)
недоставлен
невозможно
не доставл
配信(?:でき|不能|エラー|されません)
送信でき
送信不
届け
エラー
退信
无法(?:投递|送达|传递|发送)
無法(?:投遞|傳遞|送達)
未能
배달
전송(?:하지|되지|실패)
반송
"""
)

# What stands right before the address that failed.
LEADS = either(
    r"""
rcpt to:?\s*<?
final-recipient:\s*(?:rfc822;\s*)?
original-recipient:\s*(?:rfc822;\s*)?
(?:failed|intended|original) recipients?:?\s*
recipients?(?: address| name)?s?\s?(?:\(s\))?:\s*<?
the following address(?:es)?[^\n]{0,40}:\s*
(?:e-?mail )?address:\s*
deliver(?:ed|y)? to[: ]+
undeliverable to[: ]+
could not (?:be )?deliver(?:ed)?[^\n]{0,40} to:?\s*
unknown user:\s*
undeliverable:?\s*
user unknown:?\s*
failed (?:for|address):?\s*
addressed to\s*
""",
    after=r"$",
)

# Where the report ends and the returned mail begins.
RETURNED = either(
    r"""
below this line is a copy
this is a copy of
a copy of the (?:original )?message
original message (?:follows|header|text|attached|is|was)
original (?:mail|message) headers?
unsent message
returned message
message header(?:s)? (?:follow|begin)
the (?:header|following is a copy)
start of (?:returned|message|original)
returned mail follows
the (?:original )?message (?:headers?|begins|follows|itself)\b.{0,40}:
begin (?:forwarded|original)
--- the header
headers? (?:of (?:the )?(?:original|message)|follow)
message (?:text )?follows
your (?:original )?message (?:follows|headers?|reads|is enclosed)
beginning of (?:the )?(?:original|header|text)
undelivered message
forwarded message
text of your message
ursprüngliche (?:nachricht|kopf)
received: from
received: by
return-path:
-----original
--- original
------? this is a copy
date: .{5,40} [+-]\d{4}
message-id: <
original message
(?:original|header)
mime-version: 1
メールの内容
以下は(?:、)?送信
""",
    before=r"^[ \t>*]{0,20}(?:[-=_*]{2,80})?[ \t]{0,9}",
    after=r".*$",
)
