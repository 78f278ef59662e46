//! Knows the words that say a subscriber left, in names of columns, cells and names of files.

/// Why a subscriber is not to be written to. The later one counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LeaveKind {
    /// They left.
    Unsubscribed,
    /// The other tool does not write to them.
    Disabled,
    /// The mailbox does not take mail.
    Bounced,
    /// The other tool keeps them out.
    Blocked,
    /// They called a letter spam.
    Complaint,
}

impl LeaveKind {
    /// The first word of the reason of a suppression.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Disabled => "disabled",
            Self::Bounced => "bounced",
            Self::Blocked => "blocked",
            Self::Complaint => "complaint",
        }
    }
}

use LeaveKind::{Blocked, Bounced, Complaint, Disabled, Unsubscribed};

/// Beginnings of words that say it alone.
const STEMS: &[(LeaveKind, &str)] = &[
    (
        Unsubscribed,
        "unsub optout optedout abgemeld abmeld abbestell ausgetragen desabonn desinscri \
         desuscri dessuscri disiscri uitgeschreven uitschrijv afgemeld afmeld opgezegd \
         avregistr avanmal avprenum avmeld frameld wypisa zrezygnowa rezygnacj odhlas \
         leiratkoz отпис відпис dezabon descadastr peruut odjavlj απεγγραφ διαγραφ \
         widerruf withdr revok revoc nomail noemail entfernt gelosch geloesch supprime \
         eliminad eliminat verwijderd raderad slettet usuniet удален видален \
         cancellazione",
    ),
    (
        Bounced,
        "bounc hardbounc undeliver unzustell rebot onbestelbaar недоставл недостав \
         unreachable ungultig ungueltig nondeliver niedostarcz",
    ),
    (Complaint, "complain beschwerde plainte queja klacht klagomal skarg жалоб скарг markedasspam"),
    (
        Blocked,
        "sperrvermerk werbesperr mailsperr blocklist blacklist denylist suppress quarantin gesperrt bloque bloccat \
         geblokkeerd sperrliste unmailable uncontactable zablokowan заблок",
    ),
];

/// Whole words that say it alone.
const EXACT: &[(LeaveKind, &str)] = &[
    (Unsubscribed, "baja bajas radie radiee radies deleted removed quit"),
    (Disabled, "disabled"),
    (Bounced, "cleaned invalid invalide invalido ongeldig ogiltig npai rebond rebonds"),
    (Complaint, "spam abuse abuses junk"),
    (Blocked, "blocked banned"),
];

/// Words in a row that say it together; `|` stands between those that can take a place.
const PHRASES: &[(&[&str], LeaveKind)] = &[
    (&["opt|opts|opted|opting", "out|outs"], Unsubscribed),
    (
        &[
            "do|does|did|must|please",
            "not",
            "email|emails|contact|mail|send|market|disturb|mailing",
        ],
        Unsubscribed,
    ),
    (
        &[
            "dont|doesnt|donot|nicht|niet",
            "email|contact|mail|mailen|send|market|senden|anschreiben|kontaktieren|contacteren",
        ],
        Unsubscribed,
    ),
    (
        &["no|never|kein|keine|keinen|geen|stop|sin|senza", "more", "email|emails|mail|mails"],
        Unsubscribed,
    ),
    (
        &[
            "no|never|kein|keine|keinen|geen|stop|sin|senza|ingen|inga",
            "email|emails|mail|mails|mailing|mailings|bulk|newsletter|newsletters|marketing|contact|contactar|enviar|werbung|rundbrief|correos|nieuwsbrief|nyhetsbrev",
        ],
        Unsubscribed,
    ),
    (&["no", "enviar|contactar|molestar"], Unsubscribed),
    (&["non", "contattare|inviare"], Unsubscribed),
    (&["ne", "pas", "contacter|envoyer|ecrire|emailer"], Unsubscribed),
    (&["pas", "de", "newsletter|mail|mails|email|emails|mailing|courriel|courriels"], Unsubscribed),
    (&["dado|dada|dados|darse|dar", "de", "baja"], Unsubscribed),
    (&["emails|email|mail|mails", "disabled|off|stopped"], Unsubscribed),
    (
        &[
            "excluded|exclude|exclusion|ausgeschlossen|exclu",
            "from|de|von",
            "campaigns|campaign|emails|email|mailing|mailings|newsletter|marketing",
        ],
        Blocked,
    ),
    (
        &["campaigns|email|emails|mailing|newsletter|marketing", "excluded|exclusion|exclude"],
        Blocked,
    ),
    (&["on", "hold"], Bounced),
    (&["is", "email|mail", "bad"], Bounced),
    (&["email", "1|2|3|4", "is", "bad"], Bounced),
    (&["clean", "time|date|at"], Bounced),
    (&["не", "писать|отправлять|присылать|писати|надсилати"], Unsubscribed),
    (&["non", "distribuable|distribue|distribues|recapitabile|entregado"], Bounced),
    (&["no", "entregado|entregada"], Bounced),
    (&["not", "deliverable|delivered|reachable"], Bounced),
    (&["not", "mailable|marketable|contactable"], Blocked),
    (&["delivery|mail", "failed|failure"], Bounced),
];

/// Words that turn what follows them into its opposite.
pub(crate) const NEGATIONS: [&str; 26] = [
    "not",
    "non",
    "no",
    "never",
    "nonmember",
    "kein",
    "keine",
    "keinen",
    "nicht",
    "pas",
    "sans",
    "sin",
    "senza",
    "geen",
    "niet",
    "inte",
    "ikke",
    "nie",
    "ne",
    "не",
    "без",
    "without",
    "ohne",
    "isnt",
    "zonder",
    "utan",
];

/// Finds words of leaving: the kind, and where they begin and end among the words.
pub(super) fn find(words: &[String]) -> Option<(LeaveKind, usize, usize)> {
    let mut found: Option<(LeaveKind, usize, usize)> = None;
    let mut at = 0;
    while at < words.len() {
        let here = at_word(words, at);
        // A word inside a phrase says nothing else: `emails disabled`.
        at = here.map_or(at + 1, |(_, _, end)| end);
        let stronger =
            |(kind, ..): &(LeaveKind, usize, usize)| found.is_none_or(|(other, ..)| *kind >= other);
        found = here.filter(stronger).or(found);
    }
    found
}

/// The words of leaving that begin at a place.
pub(crate) fn at_word(words: &[String], at: usize) -> Option<(LeaveKind, usize, usize)> {
    let fits = |phrase: &[&str]| {
        let rest = &words[at..];
        rest.len() >= phrase.len()
            && phrase.iter().zip(rest).all(|(any, word)| any.split('|').any(|one| one == word))
    };
    if let Some((phrase, kind)) = PHRASES.iter().find(|(phrase, _)| fits(phrase)) {
        return Some((*kind, at, at + phrase.len()));
    }
    let word = words[at].as_str();
    let exact = EXACT.iter().find(|(_, list)| list.split(' ').any(|exact| exact == word));
    let stem = || STEMS.iter().find(|(_, list)| list.split(' ').any(|stem| begins(word, stem)));
    exact.or_else(stem).map(|(kind, _)| (*kind, at, at + 1))
}

/// Whether a word begins with a stem, or ends in a word of it as German puts words together:
/// `newsletterabmeldung`.
fn begins(word: &str, stem: &str) -> bool {
    const COMPOUND_MIN: usize = 6;
    word.starts_with(stem) || stem.len() >= COMPOUND_MIN && word.contains(stem)
}

/// Whether a negation stands before a place: `not unsubscribed`, `no hard bounces`.
pub(super) fn is_negated(words: &[String], at: usize) -> bool {
    const BETWEEN: [&str; 16] = [
        "any", "the", "been", "yet", "hard", "soft", "a", "and", "or", "und", "et", "y", "e",
        "ever", "have", "has",
    ];
    let before = words[..at].iter().rev().find(|word| !BETWEEN.contains(&word.as_str()));
    before.is_some_and(|word| NEGATIONS.contains(&word.as_str()))
}
