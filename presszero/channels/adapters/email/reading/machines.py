"""How machines word what they send: absences, challenges, "confirm your address". Any case."""

from __future__ import annotations

from .either import either

# Subjects of absences and automatic answers, from their beginning.
AWAY = either(
    r"""
(?:automatic|auto|automated)[- ]?(?:re(?:ply|sponse|sponder)|answer|generated)
out[- ]of[- ](?:the[- ])?office
ooo\b
i am (?:currently )?(?:out|away|on)
vacation
on (?:annual )?(?:leave|holiday)
away from
automatische (?:antwort|rückantwort|reactie)
automatisch antwoord
automatische beantwoording
abwesenheit
abwesend
nicht im (?:büro|hause)
außer haus
urlaubs
réponse automatique
reponse automatique
absence
absent du
message d.absence
respuesta autom[aá]tica
fuera de (?:la )?oficina
ausente
resposta autom[aá]tica
fora do escrit
ausência
risposta automatica
fuori (?:ufficio|sede)
assente
afwezig
niet aanwezig
autosvar
automatiskt svar
automatisk sv
frånvaro
ej på kontoret
fravær
ikke til stede
automaattinen vastaus
poissa
poissaolo
automatyczna odpowied
odpowiedź automatyczna
nieobecno
poza biurem
automatická odpověď
automatická odpoveď
nepřítomn
mimo kancelář
automatikus válasz
házon kívül
szabadság
răspuns automat
în afara biroului
otomatik yan[ıi]t
ofis dışı
автоответ
автоматический ответ
вне офиса
отсутств
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
休暇
자동 ?(?:회신|응답|답장)
부재 ?중
balasan otomatis
trả lời tự động
ตอบกลับอัตโนมัติ
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
