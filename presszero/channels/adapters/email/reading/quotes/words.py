"""Words of mail programs around old mails, in many languages: "wrote", names of header fields. Lower case."""

from __future__ import annotations

# "wrote" in the line above a quote. Longer phrases first where one contains another.
WROTE = (
    "wrote", "writes", "said", "has written", "replied", "schrieb", "schreibt", "geschrieben", "schreef",
    "schrijft", "geschreven", "het geskryf", "geskryf", "a écrit", "a ecrit", "écrit", "ecrit", "escribió",
    "escribio", "escribiste", "ha escrito", "va escriure", "ha escrit", "escribiu", "escreveu", "escreveste",
    "ha scritto", "scrisse", "scritto", "a scris", "scrie", "skrev", "har skrivit", "skrifaði", "skrifaði:",
    "kirjoitti", "kirjutas", "rakstīja", "rašė", "parašė", "raksta", "napisał", "napisała", "napisał(a)",
    "pisze", "napsal", "napsal(a)", "napsala", "napísal", "napísal(a)", "napísala", "je napisal",
    "je napisal/-a", "je napisala", "napisao", "napisao/la", "je napisao", "je napisao/la", "napisala je",
    "ezt írta", "írta", "írta a következőt", "написал", "написала", "написал(а)", "пишет", "писал", "писал(а)",
    "писала", "написав", "пише", "написа", "написао", "је написао", "је написао/ла", "напиша", "έγραψε",
    "έγραψες", "yazdı", "şunu yazdı", "şunları yazdı", "yazmış", "كتب", "كتبت", "تمت كتابة ما يلي", "כתב",
    "כתבה", "כתב/ה", "\u200f\u05db\u05ea\u05d1", "نوشت", "نوشته", "ने लिखा", "menulis", "berkata", "đã viết",
    "đã viết:", "viết", "เขียน", "เขียนว่า", "ka shkruar", "shkroi", "idatzi du", "დაწერა", "写道", "写到",
    "寫道", "来信", "は書きました", "さんは書きました", "のメール", "書きました", "님이 작성", "작성:",
    "님이 다음과 같이 썼습니다", "님께서", "썼습니다", "작성했습니다", "쓰셨습니다",
)  # fmt: skip

# The first word(s) of such a line.
OPENERS = (
    "on", "at", "in", "am", "um", "den", "der", "op", "le", "il", "el", "em", "a", "al", "la", "il giorno",
    "dne", "dňa", "dana", "dnia", "w dniu", "v", "på", "d.", "man", "tir", "ons", "tor", "fre", "lør", "søn",
    "mån", "tis", "tors", "lör", "sön", "ma", "di", "wo", "do", "vr", "za", "zo", "mo", "mi", "fr", "sa", "so",
    "lun", "mar", "mer", "mié", "jue", "jeu", "ven", "vie", "sáb", "sam", "dim", "dom", "seg", "ter", "qua",
    "qui", "sex", "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "po", "út", "st", "čt", "pá", "ne", "ut",
    "št", "pi", "sre", "čet", "pet", "ned", "uto", "sri", "sub", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "нд",
    "в", "у", "на", "нед", "до", "στις", "tarihinde", "بتاريخ", "في", "בתאריך", "ב-", "در", "vào", "vào lúc",
    "pada", "pada tanggal", "เมื่อ", "ในวันที่", "în", "pe", "klo", "ke", "to", "su", "ti", "mon", "tue", "wed",
    "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "citando", "quoting",
    "zitat", "quote", "---", "----", "el día", "le lun", "fra", "från", "von", "from", "begin", "ngày", "pirmd",
    "otrd", "trešd", "ceturtd", "piektd", "sestd", "svētd", "el lun", "e", "am:", "datum", "az", "ekkor",
)  # fmt: skip

# Names of header fields, as mail programs translate them above an old mail.
FROM = (
    "from", "von", "absender", "de", "da", "van", "från", "fra", "frá", "lähettäjä", "od", "ot", "от", "від",
    "від кого", "от кого", "feladó", "felado", "de la", "expéditeur", "expediteur", "kimden", "gönderen", "από",
    "από:", "מאת", "من", "差出人", "送信者", "送信元", "发件人", "寄件者", "寄件人", "보낸 사람", "보낸사람",
    "보낸이", "od kogo", "nadawca", "odesílatel", "odesilatel", "odosielateľ", "remetente", "remitente",
    "mittente", "afzender", "avsändare", "avsender", "afsender", "kellelt", "no", "nuo", "siuntėjas", "dari",
    "pengirim", "từ", "người gửi", "จาก", "ผู้ส่ง", "از", "från:", "nga", "saatja", "sūtītājs", "pošiljatelj",
    "šalje", "posiljatelj", "пошиљалац", "изпращач", "发信人", "發件人", "보내는 사람", "de parte de",
    "prejšnji", "vom", "nguoi gui", "igorlea", "remitent", "sendandi", "відправник", "отправитель",
)  # fmt: skip

SENT = (
    "sent", "date", "gesendet", "datum", "gesendet am", "envoyé", "envoyé le", "envoye", "enviado",
    "enviado el", "enviada", "enviada em", "enviado em", "data", "inviato", "data invio", "fecha",
    "fecha de envío", "verzonden", "verstuurd", "verzonden op", "skickat", "skickad", "sendt", "dato",
    "lähetetty", "päivämäärä", "päiväys", "wysłano", "wysłane", "data wysłania", "odesláno", "odoslané",
    "dátum", "elküldve", "küldve", "küldés dátuma", "дата", "отправлено", "отправлен", "надіслано", "изпратено",
    "trimis", "trimisă", "data trimiterii", "gönderildi", "gönderilen", "tarih", "gönderme tarihi",
    "gönderim tarihi", "στάλθηκε", "ημερομηνία", "ημ/νία", "נשלח", "תאריך", "التاريخ", "أرسلت", "تاريخ الإرسال",
    "تم الإرسال", "送信日時", "日時", "日付", "发送时间", "发送日期", "日期", "寄件日期", "傳送日期", "时间",
    "時間", "보낸 날짜", "날짜", "보낸시간", "보낸 시간", "일시", "sendt dato", "saadetud", "kuupäev",
    "nosūtīts", "datums", "išsiųsta", "siųsta", "dikirim", "tanggal", "đã gửi", "ngày", "ngày gửi", "gửi lúc",
    "ส่ง", "วันที่", "ส่งเมื่อ", "تاریخ", "poslano", "poslato", "послато", "datë", "dërguar", "sent on",
    "date sent", "sent at", "envoyer", "sendt den", "dags", "sent date", "datuma", "bidalia", "enviat",
    "skickat den", "received", "time", "sent time", "data/ora", "sendedatum", "on",
)  # fmt: skip

TO = (
    "to", "an", "empfänger", "à", "a", "para", "aan", "naar", "till", "til", "vastaanottaja", "do", "dla",
    "komu", "címzett", "címzettek", "către", "catre", "kime", "alıcı", "kimə", "προς", "אל", "ל", "إلى", "الى",
    "宛先", "收件人", "收件者", "받는 사람", "받는사람", "받는이", "кому", "до", "za", "prejemnik", "prima",
    "primatelj", "adresát", "destinataire", "destinatario", "destinatário", "ontvanger", "mottagare",
    "mottaker", "modtager", "kellele", "saaja", "kam", "kam:", "kepada", "ke", "đến", "tới", "ถึง", "به",
    "adresatas", "gavėjas", "za:", "за", "vastaanottajat", "pre", "per", "nori", "tới người nhận", "adresat",
)  # fmt: skip

SUBJECT = (
    "subject", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "aihe",
    "otsikko", "temat", "předmět", "predmet", "předmět:", "tárgy", "targy", "subiect", "konu", "θέμα", "נושא",
    "הנדון", "الموضوع", "件名", "主题", "主旨", "主題", "标题", "제목", "тема", "относно", "zadeva", "naslov",
    "teema", "tēma", "temats", "tema", "perihal", "subjek", "chủ đề", "tiêu đề", "เรื่อง", "หัวข้อ", "موضوع",
    "efni", "assumpte", "gaia", "наслов", "предмет", "re", "title", "titel", "betr", "betr.", "onderwerp:",
    "emne:",
)  # fmt: skip

OTHER = (
    "cc", "kopie", "copie à", "copie", "cópia", "copia", "kopia", "kopi", "kopio", "másolatot kap", "másolat",
    "копия", "копія", "копие", "kk", "κοιν", "κοινοποίηση", "bilgi", "עותק", "نسخة", "抄送", "副本", "참조",
    "ссылка", "bcc", "cci", "cco", "ccn", "reply-to", "reply to", "antwort an", "répondre à", "responder a",
    "odpovědět komu", "importance", "priority", "wichtigkeit", "priorität", "attachments", "attachment",
    "anlagen", "pièces jointes", "bijlagen", "adjuntos", "anexos", "allegati", "organization", "organisation",
    "message-id", "mailed-by", "signed-by", "security", "importancia", "dw", "do wiadomości", "másolat:",
    "kópia", "bifogade filer", "vedhæftede filer", "liitteet", "kopija", "cópia:", "dt", "添付ファイル",
    "vedlegg", "importanza", "importance :", "betreff:", "企业", "답장", "숨은참조", "第", "kategorien",
)  # fmt: skip
