//! Nothing in, the words that give something away, in the languages that people write in, out.

/// What programs put before the subject of an answer or of something forwarded.
pub(super) const REPLIES: [&str; 22] = [
    "re", "fw", "fwd", // English
    "aw", "wg", // German
    "tr", "réf", // French
    "sv", "vs", "vl", "vb", // the north
    "antw", "doorst", // Dutch
    "res", "enc", "rv", "rif", // the south
    "odp", "на", "відп", // the east
    "رد", "回复",
];

/// Words that say that there is a link, and not where it leads.
pub(super) const VAGUE: [&str; 66] = [
    "click here",
    "click",
    "here",
    "read more",
    "more",
    "link",
    "this link",
    "this",
    "learn more",
    "see more",
    "find out more",
    "more info",
    "more information",
    "continue",
    "continue reading",
    "read on",
    "tap here",
    "this page",
    "details",
    "go", // English
    "тут",
    "сюди",
    "натисніть",
    "натисніть тут",
    "клікніть тут",
    "читати далі",
    "далі",
    "більше",
    "докладніше",
    "детальніше",
    "дізнатися більше",
    "посилання",
    "за посиланням", // Ukrainian
    "ici",
    "cliquez ici",
    "cliquer ici",
    "lire la suite",
    "en savoir plus",
    "voir plus",
    "plus",
    "lien",
    "ce lien",
    "plus d’infos",
    "suite", // French
    "hier",
    "hier klicken",
    "klicken sie hier",
    "klick hier",
    "klicke hier",
    "mehr",
    "mehr erfahren",
    "mehr lesen",
    "weiterlesen",
    "weiter",
    "dieser link",
    "mehr dazu", // German
    "هنا",
    "انقر هنا",
    "اضغط هنا",
    "اقرأ المزيد",
    "المزيد",
    "رابط",
    "الرابط",
    "هذا الرابط",
    "للمزيد",
    "تابع القراءة", // Arabic
];

/// Words that promise an attachment; whole words, in lower case.
pub(super) const ATTACHED: [&str; 19] = [
    "attached",
    "enclosed",
    "see attachment",
    "in the attachment", // English
    "у вкладенні",
    "у додатку до листа",
    "вкладений файл",
    "додаю файл", // Ukrainian
    "en pièce jointe",
    "ci-joint",
    "ci-jointe",
    "pièce jointe", // French
    "im anhang",
    "angehängt",
    "beigefügt",
    "anbei", // German
    "مرفق",
    "المرفق",
    "مرفقات", // Arabic
];

/// Hosts that stand in for others: filters have lists of them, and readers cannot see behind them.
pub(super) const SHORTENERS: [&str; 24] = [
    "bit.ly",
    "bitly.com",
    "t.co",
    "tinyurl.com",
    "goo.gl",
    "ow.ly",
    "is.gd",
    "v.gd",
    "buff.ly",
    "rebrand.ly",
    "cutt.ly",
    "tiny.cc",
    "shorturl.at",
    "rb.gy",
    "t.ly",
    "bl.ink",
    "lnkd.in",
    "adf.ly",
    "bit.do",
    "s.id",
    "tr.im",
    "soo.gd",
    "dlvr.it",
    "shorte.st",
];

/// Endings of names that have a dot and are no hosts.
pub(super) const FILES: [&str; 33] = [
    "html", "htm", "php", "pdf", "jpg", "jpeg", "png", "gif", "js", "ts", "py", "rs", "md", "sh",
    "zip", "doc", "docx", "xls", "xlsx", "csv", "txt", "json", "toml", "xml", "yml", "yaml", "mp3",
    "mp4", "css", "odt", "ods", "epub", "ics",
];
