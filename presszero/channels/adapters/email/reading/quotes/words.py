"""What mail programs write around old mails, language by language. Lower case; data only."""

from __future__ import annotations

# "wrote" in the line above a quote. Longer phrases first where one contains another.
WROTE = (
    # en
    "wrote", "writes", "said", "has written", "replied",
    # de, nl, af
    "schrieb", "schreibt", "geschrieben", "schreef", "schrijft", "geschreven", "het geskryf", "geskryf",
    # fr, es, ca, gl, pt, it, ro
    "a écrit", "a ecrit", "écrit", "ecrit", "escribió", "escribio", "escribiste", "ha escrito", "va escriure", "ha escrit",
    "escribiu", "escreveu", "escreveste", "ha scritto", "scrisse", "scritto", "a scris", "scrie",
    # sv, no, da, is, fi, et, lv, lt
    "skrev", "har skrivit", "skrifaði", "skrifaði:", "kirjoitti", "kirjutas", "rakstīja", "rašė", "parašė", "raksta",
    # pl, cs, sk, sl, hr, sr, bs, hu
    "napisał", "napisała", "napisał(a)", "pisze", "napsal", "napsal(a)", "napsala", "napísal", "napísal(a)", "napísala",
    "je napisal", "je napisal/-a", "je napisala", "napisao", "napisao/la", "je napisao", "je napisao/la", "napisala je",
    "ezt írta", "írta", "írta a következőt",
    # ru, uk, bg, sr, mk
    "написал", "написала", "написал(а)", "пишет", "писал", "писал(а)", "писала", "написав", "написала", "пише",
    "написа", "написао", "је написао", "је написао/ла", "напиша",
    # el, tr, ar, he, fa, hi
    "έγραψε", "έγραψες", "yazdı", "şunu yazdı", "şunları yazdı", "yazmış", "كتب", "كتبت", "تمت كتابة ما يلي", "כתב", "כתבה",
    "כתב/ה", "‏כתב", "نوشت", "نوشته", "ने लिखा",
    # id, ms, vi, th, sq, ka, eu
    "menulis", "berkata", "đã viết", "đã viết:", "viết", "เขียน", "เขียนว่า", "ka shkruar", "shkroi", "idatzi du", "დაწერა",
    # zh, ja, ko
    "写道", "写到", "寫道", "来信", "wrote", "は書きました", "さんは書きました", "のメール", "書きました", "님이 작성", "작성:",
    "님이 다음과 같이 썼습니다", "님께서", "썼습니다", "작성했습니다", "쓰셨습니다",
)  # fmt: skip

# The first word(s) of such a line.
OPENERS = (
    "on", "at", "in", "am", "um", "den", "der", "op", "le", "il", "el", "em", "a", "al", "la", "il giorno", "dne", "dňa",
    "dana", "dnia", "w dniu", "v", "på", "d.", "man", "tir", "ons", "tor", "fre", "lør", "søn", "mån", "tis", "tors", "lör",
    "sön", "ma", "di", "wo", "do", "vr", "za", "zo", "mo", "mi", "fr", "sa", "so", "lun", "mar", "mer", "mié", "jue", "jeu",
    "ven", "vie", "sáb", "sam", "dim", "dom", "seg", "ter", "qua", "qui", "sex", "pon", "wt", "śr", "czw", "pt", "sob",
    "niedz", "po", "út", "st", "čt", "pá", "ne", "ut", "št", "pi", "tor", "sre", "čet", "pet", "ned", "uto", "sri", "sub",
    "пн", "вт", "ср", "чт", "пт", "сб", "вс", "нд", "в", "у", "на", "нед", "до", "στις", "tarihinde", "بتاريخ", "في",
    "בתאריך", "ב-", "در", "vào", "vào lúc", "pada", "pada tanggal", "เมื่อ", "ในวันที่", "în", "pe", "klo", "ke", "to", "pe",
    "la", "su", "ti", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday",
    "friday", "saturday", "sunday", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
    "citando", "quoting", "zitat", "quote", "---", "----", "el día", "le lun", "fra", "från", "von", "from", "begin", "ngày",
    "pirmd", "otrd", "trešd", "ceturtd", "piektd", "sestd", "svētd", "el lun", "e", "am:", "datum", "az", "ekkor",
)  # fmt: skip

# Names of header fields, as mail programs translate them above an old mail.
FROM = (
    "from", "von", "absender", "de", "da", "van", "från", "fra", "frá", "lähettäjä", "od", "ot", "от", "від", "від кого",
    "от кого", "feladó", "felado", "de la", "expéditeur", "expediteur", "kimden", "gönderen", "από", "από:", "מאת", "من", "差出人",
    "送信者", "送信元", "发件人", "寄件者", "寄件人", "보낸 사람", "보낸사람", "보낸이", "od kogo", "nadawca", "odesílatel", "odesilatel",
    "odosielateľ", "remetente", "remitente", "mittente", "afzender", "avsändare", "avsender", "afsender", "kellelt", "no",
    "nuo", "siuntėjas", "dari", "pengirim", "từ", "người gửi", "จาก", "ผู้ส่ง", "از", "från:", "nga", "saatja", "sūtītājs",
    "pošiljatelj", "šalje", "posiljatelj", "пошиљалац", "изпращач", "发信人", "發件人", "보내는 사람", "de parte de", "prejšnji",
    "vom", "nguoi gui", "igorlea", "remitent", "sendandi", "відправник", "отправитель",
)  # fmt: skip
SENT = (
    "sent", "date", "gesendet", "datum", "gesendet am", "envoyé", "envoyé le", "envoye", "enviado", "enviado el", "enviada",
    "enviada em", "enviado em", "data", "inviato", "data invio", "fecha", "fecha de envío", "verzonden", "verstuurd",
    "verzonden op", "skickat", "skickad", "sendt", "dato", "lähetetty", "päivämäärä", "päiväys", "wysłano", "wysłane", "data wysłania",
    "odesláno", "odoslané", "dátum", "elküldve", "küldve", "küldés dátuma", "дата", "отправлено", "отправлен", "надіслано",
    "изпратено", "trimis", "trimisă", "data trimiterii", "gönderildi", "gönderilen", "tarih", "gönderme tarihi", "gönderim tarihi", "στάλθηκε", "ημερομηνία",
    "ημ/νία", "נשלח", "תאריך", "التاريخ", "أرسلت", "تاريخ الإرسال", "تم الإرسال", "送信日時", "日時", "日付", "发送时间",
    "发送日期", "日期", "寄件日期", "傳送日期", "时间", "時間", "보낸 날짜", "날짜", "보낸시간", "보낸 시간", "일시", "sendt dato", "saadetud",
    "kuupäev", "nosūtīts", "datums", "išsiųsta", "siųsta", "dikirim", "tanggal", "đã gửi", "ngày", "ngày gửi", "gửi lúc", "ส่ง", "วันที่", "ส่งเมื่อ",
    "تاریخ", "poslano", "poslato", "послато", "datë", "dërguar", "sent on", "date sent", "sent at", "envoyer", "sendt den", "dags",
    "sent date", "datuma", "bidalia", "enviat", "skickat den", "received", "time", "sent time", "data/ora", "sendedatum", "on",
)  # fmt: skip
TO = (
    "to", "an", "empfänger", "à", "a", "para", "aan", "naar", "till", "til", "vastaanottaja", "do", "dla", "komu", "címzett", "címzettek",
    "către", "catre", "kime", "alıcı", "kimə", "προς", "אל", "ל", "إلى", "الى", "宛先", "收件人", "收件者", "받는 사람",
    "받는사람", "받는이", "кому", "до", "za", "prejemnik", "prima", "primatelj", "adresát", "destinataire", "destinatario",
    "destinatário", "ontvanger", "mottagare", "mottaker", "modtager", "kellele", "saaja", "kam", "kam:", "kepada", "ke",
    "đến", "tới", "ถึง", "به", "adresatas", "gavėjas", "za:", "за", "vastaanottajat", "pre", "per", "nori", "tới người nhận", "adresat",
)  # fmt: skip
SUBJECT = (
    "subject", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "aihe", "otsikko", "temat",
    "předmět", "predmet", "předmět:", "tárgy", "targy", "subiect", "konu", "θέμα", "נושא", "הנדון", "الموضوع", "件名", "主题", "主旨", "主題",
    "标题", "제목", "тема", "относно", "zadeva", "naslov", "teema", "tēma", "temats", "tema", "perihal", "subjek", "chủ đề", "tiêu đề",
    "เรื่อง", "หัวข้อ", "موضوع", "efni", "assumpte", "gaia", "наслов", "предмет", "re", "title", "titel", "betr", "betr.", "onderwerp:", "emne:",
)  # fmt: skip
OTHER = (
    "cc", "kopie", "copie à", "copie", "cópia", "copia", "kopia", "kopi", "kopio", "másolatot kap", "másolat", "копия", "копія",
    "копие", "kk", "κοιν", "κοινοποίηση", "bilgi", "עותק", "نسخة", "抄送", "副本", "참조", "ссылка", "bcc", "cci", "cco", "ccn", "reply-to",
    "reply to", "antwort an", "répondre à", "responder a", "odpovědět komu", "importance", "priority", "wichtigkeit", "priorität",
    "attachments", "attachment", "anlagen", "pièces jointes", "bijlagen", "adjuntos", "anexos", "allegati", "organization",
    "organisation", "message-id", "mailed-by", "signed-by", "security", "importancia", "dw", "do wiadomości", "másolat:", "kópia",
    "bifogade filer", "vedhæftede filer", "liitteet", "kopija", "cópia:", "dt", "添付ファイル", "vedlegg", "importanza", "importance :",
    "betreff:", "企业", "답장", "숨은참조", "第", "kategorien",
)  # fmt: skip

# Between dashes above an old mail; other words between dashes count where header fields follow.
ORIGINAL = (
    "original message", "original email", "original mail", "original appointment", "ursprüngliche nachricht",
    "ursprungliche nachricht", "originalnachricht", "original-nachricht", "originale nachricht", "ursprüngliche e-mail",
    "ursprüngliche mail", "message d'origine", "message d’origine", "message original", "message initial", "e-mail d'origine",
    "courriel d'origine", "mail original", "mensaje original", "mensaje origina", "correo original", "mensagem original", "messaggio originale", "messaggio di origine",
    "oorspronkelijk bericht", "origineel bericht", "oorspronkelijke bericht", "ursprungligt meddelande", "originalmeddelande", "original meddelande",
    "ursprungligt e-post", "opprinnelig melding", "oprindelig meddelelse", "original meddelelse", "oprindelig besked", "opprinnelig e-post",
    "alkuperäinen viesti", "wiadomość oryginalna", "wiadomość oryginalna", "oryginalna wiadomość", "originální zpráva", "původní zpráva", "původní e-mail",
    "pôvodná správa", "eredeti üzenet", "eredeti levél", "mesaj original", "mesajul original", "orijinal mesaj", "orjinal mesaj", "özgün ileti",
    "orijinal ileti", "исходное сообщение", "исходное письмо", "оригинальное сообщение", "первоначальное сообщение", "початкове повідомлення",
    "вихідне повідомлення", "оригинално съобщение", "първоначално съобщение", "αρχικό μήνυμα", "הודעה מקורית", "ההודעה המקורית",
    "الرسالة الأصلية", "رسالة أصلية", "پیام اصلی", "元のメッセージ", "オリジナルメッセージ", "オリジナル メッセージ", "原始邮件",
    "原始郵件", "邮件原件", "原邮件", "回复的原邮件", "回复的邮件", "转发的邮件", "原始信息", "원본 메시지", "원본 메일", "원본메일", "original", "izvorno sporočilo", "izvirno sporočilo", "izvorna poruka",
    "originalna poruka", "оригинална порука", "algne kiri", "algsõnum", "sākotnējais ziņojums", "pradinis pranešimas", "originalus laiškas",
    "pesan asli", "mesej asal", "thư gốc", "tin nhắn gốc", "ข้อความเดิม", "ข้อความต้นฉบับ", "missatge original", "mensaxe orixinal", "reply message", "reply", "reply separator",
    "upprunaleg skilaboð", "jatorrizko mezua", "replied message", "antwort", "previous message",
)  # fmt: skip
FORWARDED = (
    "forwarded message", "forwarded mail", "forwarded email", "forwarded by", "forward message", "begin forwarded message", "begin forward message",
    "weitergeleitete nachricht", "weitergeleitete mail", "weitergeleitete e-mail", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
    "weitergeleitet von", "message transféré", "message transmis", "message réexpédié", "début du message réexpédié", "début du message transféré",
    "e-mail transféré", "mail transféré", "mensaje reenviado", "inicio del mensaje reenviado", "mensaje enviado", "mensagem reencaminhada", "mensagem encaminhada",
    "início da mensagem reencaminhada", "início da mensagem encaminhada", "messaggio inoltrato", "inizio messaggio inoltrato", "messaggio inoltrato da", "doorgestuurd bericht",
    "begin doorgestuurd bericht", "doorgezonden bericht", "vidarebefordrat meddelande", "vidarebefordrat brev", "vidarebefordrat mejl", "början på vidarebefordrat meddelande",
    "videresendt melding", "videresendt meddelelse", "videresendt besked", "start på videresendt besked", "start på videresendt melding", "videresendt e-post",
    "edelleenlähetetty viesti", "välitetty viesti", "välitetty viesti alkaa", "wiadomość przekazana", "przekazana wiadomość", "treść przekazanej wiadomości",
    "przesłana wiadomość", "przeposłana zpráva", "přeposlaná zpráva", "přeposlaný e-mail", "začátek přeposlané zprávy", "preposlaná správa", "začiatok preposlanej správy",
    "továbbított üzenet", "továbbított levél", "mesaj redirecționat", "mesaj transmis", "mesaj înaintat", "mesajul redirecționat", "yönlendirilen ileti", "iletilmiş mesaj",
    "iletilen mesaj", "yönlendirilmiş mesaj", "iletilen ileti başlangıcı", "пересылаемое сообщение", "пересланное сообщение", "пересылаемое письмо", "пересланное письмо",
    "начало переадресованного сообщения", "перенаправленное сообщение", "переслане повідомлення", "препратено съобщение", "προωθημένο μήνυμα",
    "הודעה שהועברה", "הודעה מועברת", "رسالة معاد توجيهها", "رسالة مُعاد توجيهها", "الرسالة المحولة", "پیام ارسال شده", "転送メッセージ", "転送されたメッセージ", "転送します",
    "转发的邮件信息", "转发邮件信息", "转发的邮件", "转发邮件", "轉寄郵件", "轉寄的訊息", "轉寄訊息", "转发消息", "전달된 메시지", "전달된 메일", "전달 메시지", "posredovano sporočilo", "proslijeđena poruka",
    "прослеђена порука", "edastatud kiri", "edastatud sõnum", "pārsūtītais ziņojums", "persiųstas laiškas", "pesan terusan", "pesan yang diteruskan",
    "thư đã chuyển tiếp", "thư được chuyển tiếp", "ข้อความที่ส่งต่อ", "missatge reenviat", "mensaxe reenviada", "áframsend skilaboð", "birzuzenduriko mezua",
)  # fmt: skip
FORWARD_SUBJECT = (
    "fwd", "fw", "wg", "tr", "rv", "enc", "i", "doorst", "vs", "vb", "pd", "vidarebef", "videres", "пер", "fwd:", "転送", "转发", "轉寄",
    "전달", "továbbítás", "továbbított üzenet", "ilet", "yml", "pť", "tf", "prp", "trs", "rv",
)  # fmt: skip
REPLY_SUBJECT = (
    "re", "aw", "antw", "sv", "vs", "res", "rif", "r", "odp", "ynt", "ynt.", "yan", "atb", "回复", "答复", "回覆", "答覆", "返信", "답장", "回信", "ha", "sz",
    "bls", "αντ", "απ", "השב", "תשובה", "رد", "отв", "отг", "відп", "ref", "antwort", "vá", "vl", "ats", "trả lời", "y/n", "ce",
)  # fmt: skip

# "Sent from my phone" and its like, from the line's beginning.
DEVICE = (
    "sent from my ", "sent from mail for ", "sent from outlook", "sent from yahoo mail", "sent from samsung", "sent from gmail", "sent from the ", "sent from iphone", "sent from ipad",
    "sent from a ", "sent from an ", "sent from android", "sent from blackberry", "sent from windows", "sent from proton", "sent from tutanota", "sent from mailbox", "sent from spark",
    "sent from zoho", "sent from hey", "sent from superhuman", "sent from polymail", "sent from nine", "sent from type", "sent from aol", "sent from mobile", "sent from mail.ru", "sent from yandex", "sent from huawei", "sent from xiaomi", "sent from your ", "sent from rogers", "sent from airmail", "sent from bluemail", "sent from aquamail", "sent from myMail".lower(), "sent from fairemail", "sent from canary", "sent from edison", "sent from boxer", "sent from vmware", "sent from sparrow", "sent from newton", "sent from front", "sent from missive", "sent from thunderbird", "sent from ios", "sent from icloud", "sent from postbox", "sent from macbook", "sent from laposte", "sent from orange", "sent from zimbra", "sent from workspace", "sent from galaxy", "sent from lg", "sent from motorola", "sent from nokia", "sent from sony", "sent from htc", "sent from smart", "sent from verizon", "sent from t-mobile", "sent from at&t", "sent from vodafone", "sent from windows mail",
    "sent via ", "sent with ", "sent by my ", "sent on the go", "sent using ", "sent on my ", "get outlook for ", "download outlook for", "typed on ", "sent wirelessly", "sent securely", "sent while ", "written on my ", "posted from my ", "posted via ", "dictated ", "sent: from ", "sent  from my",
    "composed on ", "enviado desde ", "enviado a través de", "enviat des d", "enviado do meu", "enviado via ", "enviado a partir d", "enviado de mi ", "enviado do ", "enviado pelo ", "enviada do meu", "enviado con ", "enviado com ",
    "envoyé de mon ", "envoyé depuis ", "envoyé de ma ", "envoyé à partir ", "envoyé avec ", "envoyé via ", "envoyé par ", "envoye de mon ", "télécharger outlook", "téléchargez outlook", "obtenir outlook", "obtenez outlook",
    "von meinem ", "gesendet von ", "gesendet mit ", "gesendet über ", "gesendet via ", "gesendet aus ", "diese nachricht wurde von meinem", "von unterwegs gesendet", "outlook für ", "holen sie sich outlook", "herunterladen von outlook", "versendet mit ", "versendet von ", "mobil gesendet", "von meinem iphone", "vom iphone gesendet", "vom ipad gesendet",
    "inviato da ", "inviato dal ", "inviata da ", "inviato con ", "inviato tramite ", "ottieni outlook", "scarica outlook", "verstuurd vanaf ", "verzonden vanaf ", "verzonden met ", "verstuurd met ", "verstuurd via ", "verzonden via ", "verzonden vanuit ", "download outlook voor", "outlook voor ", "verkry outlook",
    "skickat från ", "skickat via ", "skickades från ", "skickat med ", "hämta outlook", "skaffa outlook", "sendt fra ", "sendt via ", "sendt med ", "hent outlook", "få outlook", "lähetetty ", "hanki outlook", "lataa outlook",
    "wysłane z ", "wysłano z ", "wysłane za pomocą ", "pobierz outlook", "odesláno z ", "odesláno pomocí", "získejte outlook", "získat outlook", "získat aplikaci outlook", "stáhnout outlook", "odoslané z ", "získajte outlook", "küldve ", "elküldve ", "az én ", "a készülékemről", "outlook beszerzése", "iphone-ról küldve", "iphone-omról küldve", "trimis de pe ", "trimis din ", "trimis cu ", "descărcați outlook", "obțineți outlook",
    "iphone'umdan gönderildi", "iphone’umdan gönderildi", "ipad'imden gönderildi", "ipad’imden gönderildi", "android'den gönderildi", "samsung cihazımdan", "cihazımdan gönderildi", "outlook'u edinin", "telefonumdan gönderildi", "ios için outlook", "android için outlook",
    "отправлено с ", "отправлено из ", "отправлено от ", "отправлено через ", "отправлено мобильн", "скачать outlook", "скачайте outlook", "получить outlook", "получите outlook", "надіслано з ", "надіслано із ", "відправлено з ", "отримати outlook", "изпратено от ", "послано с ", "послато са ", "poslano s ", "poslano z ", "poslato sa ", "poslano iz ", "prenesite outlook", "στάλθηκε από ", "εστάλη από ", "αποκτήστε το outlook", "saadetud minu", "nosūtīts no", "išsiųsta iš",
    "נשלח מה", "נשלח מ", "קבל את outlook", "أرسلت من ", "مرسل من ", "تم الإرسال من ", "أُرسلت من ", "الحصول على outlook", "ارسال شده از", "dikirim dari ", "dapatkan outlook", "đã gửi từ ", "được gửi từ ", "gửi từ ", "tải outlook", "ส่งจาก ", "ส่งจาก", "รับ outlook",
    "iphoneから送信", "ipadから送信", "私のiphoneから送信", "androidから送信", "スマートフォンから送信", "iphone から送信", "ipad から送信", "ios 版 outlook", "ios 版outlook", "outlook for ios", "outlook for android", "android 版 outlook", "ios版outlook", "从我的", "发自我的", "發自我的", "从我的iphone发送", "来自我的", "发自 ", "發自 ", "发送自", "來自我的", "从 windows 版邮件发送", "傳送自我的", "從我的", "获取 outlook", "获取outlook", "取得 outlook", "取得outlook", "下载 outlook", "下載 outlook", "나의 iphone에서", "나의 iphone에서 보냄", "내 iphone에서", "iphone에서 보냄", "iphone에서 보낸", "ipad에서 보냄", "삼성 갤럭시", "갤럭시에서", "내 galaxy", "나의 galaxy", "samsung 휴대폰에서", "ios용 outlook", "android용 outlook", "outlook 다운로드",
)  # fmt: skip

# Our own and other desks' line over which an answer is to be typed.
REPLY_ABOVE = (
    "reply above this line", "reply above this", "type your reply above", "write your reply above", "type above this line", "reply above the line", "write above this line", "please reply above", "reply directly above",
    "respond above this line", "respond above", "do not write below this line", "do not type below this line", "please do not write below this line", "add your reply above",
    "antworten sie oberhalb", "oberhalb dieser linie", "oberhalb dieser zeile", "über dieser zeile", "über dieser linie", "répondre au-dessus de cette ligne", "répondez au-dessus de cette ligne", "au dessus de cette ligne", "au-dessus de cette ligne", "votre réponse au-dessus",
    "responda por encima de esta línea", "responder por encima de esta línea", "por encima de esta línea", "encima de esta línea", "sobre esta línea", "arriba de esta línea", "responda acima desta linha", "acima desta linha", "rispondi sopra questa riga", "sopra questa riga", "sopra questa linea", "sopra a questa linea",
    "boven deze lijn", "boven deze regel", "ovanför denna rad", "ovanför den här raden", "ovenfor denne linje", "over denne linje", "over denne linjen", "ovenfor denne linjen", "tämän rivin yläpuolelle", "tämän viivan yläpuolelle", "powyżej tej linii", "nad tą linią", "nad tento řádek", "nad tuto čáru", "nad tímto řádkem", "nad týmto riadkom", "e sor fölé", "ezen sor fölé", "a vonal fölé", "deasupra acestei linii", "bu satırın üst",
    "выше этой строки", "выше этой черты", "выше этой линии", "над этой строкой", "над этой чертой", "вище цього рядка", "над цим рядком", "над този ред", "πάνω από αυτή τη γραμμή", "מעל שורה זו", "מעל קו זה", "فوق هذا السطر", "この行より上", "この線より上", "この行の上", "在此行以上", "在此线以上", "在此行上方", "在这一行上方", "請在此行上方", "请在此行上方", "이 줄 위에", "이 줄 위", "phía trên dòng này", "di atas baris ini", "เหนือบรรทัดนี้", "iznad ove linije", "iznad ovog retka", "nad to vrstico",
)  # fmt: skip

# How long notices at the end of company mails begin.
DISCLAIMER = (
    "this e-mail and any files", "this email and any files", "this message and any attachments", "this e-mail and any attachments", "this email and any attachments", "this e-mail is confidential", "this email is confidential",
    "this message is intended only", "this e-mail message is intended", "this communication is intended", "the information contained in this", "the information in this e-mail", "the information in this email", "confidentiality notice", "confidentiality note", "disclaimer:", "privileged and confidential", "the content of this email is confidential", "the contents of this email", "this electronic message contains", "this e-mail may contain", "this email may contain", "this message may contain", "please consider the environment", "this message contains confidential", "if you are not the intended recipient", "this transmission is intended", "important notice:",
    "diese e-mail enthält vertrauliche", "diese e-mail und", "diese nachricht enthält vertrauliche", "der inhalt dieser e-mail", "diese e-mail ist vertraulich", "ce message et toutes les pièces jointes", "ce message et ses pièces jointes", "ce message est confidentiel", "ce courriel", "les informations contenues dans ce",
    "este mensaje y sus archivos", "este mensaje y los", "este correo electrónico", "este mensaje está dirigido", "esta mensagem", "este e-mail", "questo messaggio", "il presente messaggio", "le informazioni contenute", "dit bericht is uitsluitend", "dit e-mailbericht", "de informatie in deze e-mail", "de informatie verzonden", "denna e-post", "detta meddelande", "denne e-post", "denne e-mail", "tämä sähköposti", "ta wiadomość", "niniejsza wiadomość", "tato zpráva", "tento e-mail", "ez az üzenet", "acest mesaj", "bu e-posta", "bu elektronik posta", "данное сообщение", "это сообщение и", "настоящее сообщение", "本邮件", "本郵件", "本メール", "이 메일은",
)  # fmt: skip
