"""How machines word what they send: absences, challenges, "confirm your address". Any case."""

from __future__ import annotations

from .either import either

# Subjects that only automatic answers have, from their beginning.
AWAY = either(
    r"""
(?:automatic|auto|automated)[- ]?(?:re(?:ply|sponse|sponder)|answer|generated)
out[- ]of[- ](?:the[- ])?office
automatische (?:antwort|rückantwort|reactie)
automatisch antwoord
automatische beantwoording
abwesenheits(?:notiz|nachricht|meldung|agent|info)
réponse automatique
reponse automatique
message d.absence
respuesta autom[aá]tica
fuera de (?:la )?oficina
resposta autom[aá]tica
fora do escrit
risposta automatica
fuori (?:ufficio|sede)
autosvar
automatiskt svar
automatisk sv
automaattinen vastaus
poissaolo
automatyczna odpowied
odpowiedź automatyczna
automatická odpověď
automatická odpoveď
automatikus válasz
răspuns automat
în afara biroului
otomatik yan[ıi]t
ofis dışı
автоответ
автоматический ответ
вне офиса
автоматична відповідь
автоматичен отговор
αυτόματη απάντηση
εκτός γραφείου
תשובה אוטומטית
מחוץ למשרד
رد تلقائي
خارج المكتب
自动回复
自動回覆
自動返信
自動応答
不在(?:通知|のお知らせ|にして)
자동 ?(?:회신|응답|답장)
부재 ?중
balasan otomatis
trả lời tự động
ตอบกลับอัตโนมัติ
vacation (?:reply|response|auto|message|notice|responder)
absence (?:du bureau|notice|message)
poissaoloviesti
frånvaromeddelande
fraværsbesked
ausencia autom
""",
    before=r"^\W{0,3}(?:(?:re|aw|antw|sv|vs|fwd?)\s?:\s?){0,2}\W{0,3}",
)

# Subjects that people use too: they count only where a header speaks of a machine.
PERHAPS_AWAY = either(
    r"""
ooo\b
i am (?:currently )?(?:out|away|on)
vacation
on (?:annual )?(?:leave|holiday)
away from
abwesend
nicht im (?:büro|hause)
außer haus
urlaubs
absence
absent du
ausente
ausência
assente
afwezig
niet aanwezig
frånvaro
ej på kontoret
fravær
ikke til stede
poissa
nieobecno
poza biurem
nepřítomn
mimo kancelář
házon kívül
szabadság
отсутств
休暇
abwesenheit
""",
    before=r"^\W{0,3}(?:(?:re|aw|antw|sv|vs|fwd?)\s?:\s?){0,2}\W{0,3}",
)

# "Prove that you are human before I read your mail."
CHALLENGE = either(
    r"""
(?:please )?(?:confirm|verify) (?:your|the) (?:message|mail|e-?mail(?! address)|delivery)
message (?:is )?(?:awaiting|held for) (?:your )?(?:confirmation|verification)
challenge[- ]response
\[?confirm:
spamarrest
boxbe
earthlink spamblocker
your (?:e-?mail|message) (?:requires|needs) (?:verification|confirmation)
sender verification
qurb
tmda
"""
)

# Codes and links that open accounts.
VERIFICATION = either(
    r"""
(?:confirm|verify|validate|activate) (?:your|the|this|my)? ?(?:new )?(?:e-?mail|account|address|registration|\
identity|sign[- ]?(?:up|in)|login|subscription)
(?:verification|confirmation|security|login|log-?in|sign-?in|access|one[- ]time|authentication|activation|\
passcode|auth) (?:code|link|pin|passcode)
(?:e-?mail|account|address) (?:verification|confirmation|activation)
one[- ]time pass
\botp\b
two[- ]factor
2fa
magic link
password reset
reset (?:your )?password
(?:your|the) \w{0,20} ?code (?:is|:)
invited you to (?:join|sign)
bestätigen sie ihre
bestätigungscode
e-?mail-adresse bestätigen
sicherheitscode
anmeldecode
passwort zurücksetzen
confirme[zr] votre
code de (?:vérification|confirmation|sécurité)
confirm[ae] (?:tu|su) (?:correo|cuenta)
código de (?:verificación|verificação|confirmación|confirmação|seguridad)
codice di (?:verifica|conferma)
verificatiecode
bevestig (?:je|uw)
verifieringskod
bekræft din
bekreft
vahvista
kod weryfikacyjny
potwierdź
ověřovací
doğrulama kodu
код подтверждения
подтвердите
подтверждение (?:адреса|регистрации)
確認コード
認証コード
验证码
驗證碼
인증 ?(?:번호|코드)
"""
)

# Local parts behind which nobody reads.
NOBODY = either(
    r"""
no-?_?\.?reply
do-?_?\.?not-?_?\.?reply
donotreply
noreply.*
.*[-_.]noreply
no-responder
nepasrepondre
ne-pas-repondre
nicht-?antworten
keine-?antwort
security
account(?:s|-security.*)?
verify
verification
auth
login
notifications?
notify
mailer
info-noreply
""",
    before=r"^",
    after=r"$",
)
