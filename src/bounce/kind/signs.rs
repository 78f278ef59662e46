//! The words that tell one kind of message from another, in the languages that they come in.
//!
//! All are in the form of [`crate::bounce::phrases::plain`].

/// Who sends bounces: parts of the `From`.
#[rustfmt::skip]
pub(super) const MACHINES: &[&str] = &[
    "mailer-daemon", "mailer daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mail daemon", "mail_daemon", "mailer_daemon", "mmdf", "postmaster", "post_master", "post-master", "post master", "mail delivery", "delivery subsystem", "mail system", "mail administrator",
    "system administrator", "internet mail", "microsoft exchange", "microsoftexchange", "mdaemon", "smtpd", "bounce-handler", "bounces@", "<>", "mail router", "mailsystem", "deamon", "delivery service", "mail-system", "mail transport", "message transfer", "mail.server",
    "mailgate", "mail gateway", "mail server",
];

/// What the subject of a bounce says.
#[rustfmt::skip]
pub(super) const SUBJECTS: &[&str] = &[
    "undelivered mail", "undeliverable", "undelivered", "undeliver", "delivery status notification", "delivery status", "delivery failure", "delivery failed", "delivery has failed", "delivery fail", "delivery error", "delivery problem", "delivery report", "delivery notification", "delivery unsuccessful", "delivery not",
    "mail failure", "mail failed", "mail error", "mail system error", "mail delivery", "mail could not", "mail not delivered", "failure notice", "failure delivery", "failure report", "failed delivery", "failed mail", "returned mail", "returned message", "return mail", "returned to sender", "return to sender", "mail returned",
    "non delivery", "non-delivery", "nondelivery", "nondeliverable", "non-deliverable", "not deliverable", "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "not be delivered", "could not deliver", "could not send", "cannot deliver", "can't deliver", "unable to deliver", "unable to send", "not delivered",
    "unknown user", "user unknown", "unknown recipient", "unknown address", "no such user", "address not found", "recipient not found", "invalid address", "invalid recipient", "address error", "message status - undeliverable", "message rejected", "mail rejected", "rejected mail", "rejected:", "rejected message", "message bounced", "mail bounced", "bounced mail", "bounce", "message blocked", "blocked by", "message returned",
    "mailbox full", "mailbox is full", "over quota", "quota exceeded", "mailbox unavailable", "permanent error", "permanent failure", "error sending", "error delivering", "error in delivery", "error mail", "error condition", "mail status report", "message delivery", "message not", "e-mail delivery", "email delivery", "email could not", "email not", "not reached", "did not reach", "*** spam *** returned", "host unknown", "deferral notice", "failed to deliver", "failed recipient", "dsn:", "dsn ",
    "unzustellbar", "nicht zustellbar", "nicht zugestellt", "zustellung", "zustellfehler", "fehler beim", "non remis", "non distribué", "non distribuable", "non délivré", "échec", "echec", "retour de courrier", "no se puede entregar", "no se pudo entregar", "no entregado", "no se ha podido entregar", "error de entrega", "devuelto", "correo devuelto", "mancata consegna", "mancato recapito", "messaggio non", "non recapitabil", "impossibile recapitare", "não entregue", "nao entregue", "falha na entrega", "falha de entrega", "não foi possível", "devolvid", "onbestelbaar", "niet bezorgd", "niet bezorgbaar", "niet afgeleverd", "aflevering",
    "退信", "退回", "投递失败", "投遞失敗", "无法投递", "無法投遞", "无法送达", "未送达", "无法传递", "반송", "전송 실패", "배달되지 않", "배달할 수 없", "发送失败", "nie można dostarczyć", "niedostarczon", "nedoručiteln", "nedoručen", "kézbesíthetetlen", "kan inte levereras", "går inte att leverera", "kan ikke leveres", "toimittaminen", "ei voi toimittaa", "teslim edilemed", "teslim edilemiyor", "配信不能", "配信でき", "配信エラー", "配信失敗", "配送", "送信エラー", "送信失敗", "送信でき", "不達", "未配信", "未達", "宛先不明", "エラーメール", "недостав", "не доставлен", "не удалось доставить", "не удалась", "невозможно доставить", "ошибка доставки", "возврат",
];

/// What the subject of a warning says.
#[rustfmt::skip]
pub(super) const LATE_SUBJECTS: &[&str] = &[
    "delayed", "(delay)", "delivery delay", "delay in", "message delay", "mail delay", "warning could not send", "warning cannot send", "warning could not deliver", "warning unable to", "warning message delayed", "warning delayed", "warning mail delayed", "warning message still", "warning mail still", "warning delivery", "warning message not", "warning mail not", "still undelivered", "not yet delivered", "delivery warning", "transient delivery", "deferral notice", "delivery deferred", "still being retried", "verzöger", "verspät", "retardé", "retrasad", "ritard", "atrasad", "vertraag", "遅延", "遅れ", "задерж",
];

/// What a warning says.
#[rustfmt::skip]
pub(super) const LATE: &[&str] = &[
    "has not yet been delivered", "not yet been delivered", "have not yet been delivered", "not been delivered yet", "delivery attempts will continue", "will continue to try", "will continue trying", "will keep trying", "will keep on trying", "will try again", "will be tried again", "we'll keep trying", "server will retry", "gmail will retry", "will retry for", "is still being", "still trying to deliver", "still attempting", "will be retried", "will be re-tried",
    "this is a warning message only", "warning message only", "you do not need to resend", "do not need to resend your", "no need to resend", "don't need to resend", "no action is required", "has been delayed", "have been delayed", "is being delayed", "was delayed", "is delayed", "delivery delayed", "could not send message for past", "cannot send message for last", "will be returned to you", "until it is", "message is being held", "remains in the queue", "wird weiterhin versuch", "weiter versucht", "nouvelle tentative", "volverá a intentar", "se seguirá intentando", "verrà ritentat", "novas tentativas", "nieuwe poging", "再送します", "再送信します", "再送いたします", "再送を試み", "再送信を試み", "再送を行", "再送を繰り返", "再送中", "再配送します", "再配送を", "自動的に再送",
];

/// What says that it is no warning, whatever else is said.
#[rustfmt::skip]
pub(super) const GIVEN_UP: &[&str] = &[
    "permanent error", "permanent fatal", "i've given up", "we've given up", "have given up", "giving up", "gave up", "failed permanently", "permanent failure", "will not be retried", "no further attempts", "no more attempts", "will not try", "too long in the queue", "retry timeout exceeded", "could not be delivered to one or more", "has been in the queue too long", "delivery time expired", "message expired", "undeliverable to", "has failed", "delivery failed",
];

/// What the subject of a success says.
#[rustfmt::skip]
pub(super) const ARRIVED_SUBJECTS: &[&str] = &[
    "(success)", "(relay)", "successful mail delivery", "successfully delivered", "delivered:", "relayed:", "return receipt", "delivery receipt", "read:", "zugestellt:", "remis :", "entregado:", "consegnato:",
];

/// How a subject begins that says the contrary: `Non remis :`.
pub(super) const NEGATIONS: &[&str] = &["non ", "not ", "no ", "nicht ", "não ", "niet "];

/// What the subject of an answer by a machine says.
#[rustfmt::skip]
pub(super) const AWAY_SUBJECTS: &[&str] = &[
    "out of office", "out of the office", "out-of-office", "out of town", "automatic reply", "automatic response", "automated reply", "automated response", "autoreply", "auto-reply", "auto reply", "autoresponse", "auto response", "auto-response", "autorespond", "auto-respond", "auto:", "[auto]", "(auto)", "vacation", "on holiday", "away from my", "away from the", "i am away", "i'm away", "annual leave", "on leave", "maternity leave", "thank you for your email", "thank you for your message", "thank you for contacting", "we have received your", "ticket received",
    "abwesenheit", "abwesend", "nicht im büro", "nicht im hause", "automatische antwort", "autoantwort", "urlaub", "eingangsbestätigung", "réponse automatique", "absence", "absent", "en congé", "en vacances", "message automatique", "respuesta automática", "fuera de la oficina", "ausente", "vacaciones", "risposta automatica", "fuori ufficio", "fuori sede", "assente", "assenza", "in ferie", "resposta automática", "fora do escritório", "ausência", "ausencia", "férias", "automatisch antwoord", "automatische beantwoord", "afwezig", "niet aanwezig", "vakantie", "不在", "自動返信", "自動応答", "休暇", "автоответ", "автоматический ответ", "отпуск", "отсутств",
];

/// What those say who want a person to prove that they are one.
#[rustfmt::skip]
pub(super) const CHALLENGES: &[&str] = &[
    "boxbe", "spamarrest", "spam arrest", "tmda", "active spam killer", "prove that you are * human", "prove you are * human", "prove you're a human", "confirm that you are * person", "click the link below to confirm you", "verify that you sent", "confirm that you sent", "confirm you sent", "sender verification request", "whitelist me", "to be added to * approved senders", "added to my list of allowed senders", "your message is being held until", "your message is awaiting", "reply to this message to confirm", "unverified sender",
];

/// Fields of answers by machines, and how their values begin; none: whatever the value.
pub(super) const AUTOMATIC: &[(&str, &[&str])] = &[
    ("auto-submitted", &["auto-replied", "auto-generated", "auto-notified"]),
    ("x-autoreply", &[]),
    ("x-autorespond", &[]),
    ("x-autoresponse", &[]),
    ("x-auto-reply", &[]),
    ("x-mail-autoreply", &[]),
    ("x-autoreply-from", &[]),
    ("x-autogenerated", &["reply"]),
    ("x-ms-exchange-inbox-rules-loop", &[]),
    ("x-vacation", &[]),
    ("x-away", &[]),
    ("delivered-to", &["autoresponder"]),
    ("preference", &["auto_reply"]),
    ("precedence", &["auto_reply", "auto-reply", "autoreply"]),
];

/// What the text of a bounce says, often as its first words.
#[rustfmt::skip]
pub(super) const OPENINGS: &[&str] = &[
    "this is the qmail-send program", "this is the mail system at", "i'm sorry to have to inform you", "this message was created automatically by mail delivery software", "this report relates to a message you sent", "this is a delivery failure notification", "your message did not reach", "did not reach the following recipient", "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "can not be delivered", "could not deliver", "couldn't deliver", "was not able to deliver", "wasn't able to deliver", "unable to deliver", "not able to deliver", "was not delivered to", "was undeliverable", "is undeliverable", "undeliverable mail", "undeliverable to",
    "delivery to the following", "delivery has failed", "delivery failed", "delivery failure", "failed to deliver", "failed permanently", "failed to be delivered", "has been returned", "has not been delivered", "was blocked by", "is being returned", "returned to sender", "following addresses had", "the following address", "following recipients", "following recipient(s)", "had permanent fatal errors", "message not delivered", "mail not delivered", "email not delivered", "has been rejected", "was rejected", "message rejected", "bounced back", "delivery notification", "an error occurred while", "could not be sent", "transcript of session follows", "the mail system: ", "user unknown", "no such user", "unknown user", "mailbox full", "mailbox is full", "the users mailbox", "your mail message to",
    "nicht zugestellt werden", "konnte nicht zugestellt", "nicht ausgeliefert", "unzustellbar", "n'a pas pu être", "n'a pas été remis", "n'a pas été délivré", "impossible de remettre", "impossible de délivrer", "no se ha podido entregar", "no se pudo entregar", "no pudo ser entregado", "no ha podido ser entregado", "non è stato possibile", "non è stato recapitato", "impossibile recapitare", "não pôde ser entregue", "não foi possível entregar", "nao foi possivel", "não foi entregue", "kon niet worden", "niet worden bezorgd", "niet worden afgeleverd",
    "退信原因", "退信", "被退回", "投递失败", "无法投递", "無法投遞", "无法送达", "未能送达", "반송", "전송하지 못", "배달되지 않", "배달하지 못", "nie została dostarczona", "nie mogła zostać dostarczona", "nebyla doručena", "配信できません", "配信でき", "配送でき", "送信できません", "送信でき", "送れません", "お届け", "届けられません", "届きません", "不達", "не может быть доставлен", "не было доставлено", "не удалось доставить", "не доставлен",
];

/// Who sends nothing but complaints without a report for machines.
pub(super) const COMPLAINERS: &[&str] = &["staff@hotmail.com", "jmrp@hotmail.com"];

/// What the subject of such complaints says.
pub(super) const COMPLAINT_SUBJECTS: &[&str] = &[
    "complaint about message",
    "complaint about a message",
    "spam complaint",
    "abuse report",
    "email abuse report",
    "feedback report",
    "spam report",
    "junk mail report",
];
