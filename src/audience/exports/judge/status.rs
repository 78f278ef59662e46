//! Reads the words by which tools say how a subscriber stands.

use crate::audience::exports::judge::leaving::{self, LeaveKind};
use crate::audience::exports::judge::words::{fold, words};

/// What a status says of a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusWord {
    /// A subscriber.
    Joins,
    /// Not to be written to.
    Leaves(LeaveKind),
    /// Never confirmed, asleep, or gone in a way that may or may not mean the newsletter.
    Doubtful,
}

/// Whole statuses, folded and with spaces between their words, of subscribers.
const JOINS: &str = "\
    in|single|double|yearly|monthly|annual|lifetime|founding|complimentary|active|subscribed|subscribe|subscriber|enabled|confirmed|regular|premium|free|paid|\
    paying|member|yes|true|1|ok|okay|valid|verified|opted in|optin|opt in|optedin|\
    current|live|normal|delivered|deliverable|engaged|trial|trialing|trialed|gifted|comp|\
    a|c|single opt in|double opt in|confirmed opt in|express|implied|explicit|\
    marketing contact|marketable|sendable|mailable|active patron|granted|given|consented|\
    aktiv|aktive|aktiver|angemeldet|abonniert|abonnent|bestatigt|bestaetigt|actif|abonne|\
    abonnee|inscrit|inscrite|confirme|confirmee|activo|activa|suscrito|suscrita|\
    confirmado|confirmada|ativo|ativa|inscrito|inscrita|assinante|attivo|attiva|iscritto|\
    iscritta|confermato|confermata|actief|ingeschreven|aangemeld|bevestigd|geabonneerd|\
    prenumerant|prenumererar|bekraftad|bekreftet|bekraeftet|tilmeldt|pameldt|aktywny|\
    aktywna|zapisany|zapisana|potwierdzony|potwierdzona|активен|активныи|активна|\
    активнии|подписан|подписана|подтвержден|підписании|підписана|підтвердженo|\
    підтверджении|prihlasen|aktivni|feliratkozott|abonat|aktiivinen|tilaaja|\
    εγγεγραμμενος|ja|oui|si|sim|да|так|tak";

/// Whole statuses of those who left.
const LEAVES: &[(LeaveKind, &str)] = &[
    (
        LeaveKind::Unsubscribed,
        "left|archived|no|false|0|u|out|off|gone|left list|nein|non|denied|refused|\
         declined|by user|not given|opt|redacted",
    ),
    (LeaveKind::Bounced, "b|held|hard|dead|clean|by bounces|invalid email"),
    (LeaveKind::Blocked, "blocked|by moderator|by admin|spammy|spamtrap|block|unmarketable"),
];

/// Beginnings of words that end a subscription of some kind.
const CANCELLED: &str = "\
    cancel annul gekund gekuend kundig kuendig resili disdett ausgetret terminat anulow \
    zrusen отмен скасов avslut opsagt oppsagt uppsagd";

/// Beginnings of words that leave it open.
const DOUBTFUL: &str = "\
    declin pending unconfirm unactiv inactiv nonsubscrib unverif validat suspend expir paus \
    snooz dormant lapsed churn deactiv former closed trash archiv deceased await waiting \
    unknown unpaid incomplete delinquent invited unsure inaktiv ausstehend unbestat \
    unbestaet ehemalig wartend abgelaufen deaktiv verstorben ruhend inactif attente \
    desactiv expire ancien pendient caducad vencid pendent inativ attesa inattiv sospes \
    scadut afwacht onbevestigd inactief verlopen vantande obekraft afventer ventende \
    ubekreft ubekraft oczekuj niepotwierdz nieaktyw неподтвержд непідтвердж ожида очіку \
    неактив неактивн приостан призупин neaktiv cekaj varakoz odotta asteptare ανενεργ \
    εκκρεμ";

/// What a cell says as a status; `None` where its words are not known.
pub(crate) fn status(cell: &str) -> Option<StatusWord> {
    let words = words(cell);
    let text = words.join(" ");
    if let Some((kind, _)) =
        LEAVES.iter().find(|(_, list)| list.split('|').any(|word| word == text))
    {
        return Some(StatusWord::Leaves(*kind));
    }
    if joins(&text) {
        return Some(StatusWord::Joins);
    }
    let begins =
        |stems: &str| words.iter().any(|word| stems.split(' ').any(|stem| word.starts_with(stem)));
    // A soft bounce passes: such a subscriber is still one in most tools.
    let is_soft = words.iter().any(|word| word.starts_with("soft") || word.starts_with("temporar"));
    if let Some((kind, at, _)) = leaving::find(&words) {
        return Some(match kind {
            LeaveKind::Bounced if is_soft => StatusWord::Doubtful,
            _ if leaving::is_negated(&words, at) => StatusWord::Joins,
            kind => StatusWord::Leaves(kind),
        });
    }
    negated(&words, &begins)
}

/// Whether a text is a status of subscribers.
fn joins(text: &str) -> bool {
    JOINS.split('|').any(|word| word == text)
}

/// Reads the statuses that deny, that cancel and that leave it open.
fn negated(words: &[String], begins: &dyn Fn(&str) -> bool) -> Option<StatusWord> {
    let denied = words.iter().any(|word| leaving::NEGATIONS.contains(&word.as_str()));
    let is_known = |word: &String| word.len() > 1 && joins(word);
    if denied && words.iter().any(is_known) {
        // Who never was there has not left; who is not there has.
        let open = [
            "never",
            "confirm",
            "verif",
            "activ",
            "bestat",
            "bestaet",
            "bevestigd",
            "marketing",
            "valid",
        ];
        let is_open = words.iter().any(|word| open.iter().any(|open| word.starts_with(open)))
            || words.iter().any(|word| word.starts_with("подтв") || word.starts_with("підтв"));
        return Some(match is_open {
            true => StatusWord::Doubtful,
            false => StatusWord::Leaves(LeaveKind::Unsubscribed),
        });
    }
    if begins(CANCELLED) && !denied {
        return Some(StatusWord::Leaves(LeaveKind::Unsubscribed));
    }
    let is_open = words.iter().any(|word| matches!(word.as_str(), "soft" | "past" | "cold"));
    if is_open || begins(DOUBTFUL) {
        return Some(StatusWord::Doubtful);
    }
    // `Active subscriber`, `Subscribed via form`: a known word at the beginning.
    let is_known = words.first().is_some_and(|first| first.len() > 3 && joins(first));
    (is_known && !denied).then_some(StatusWord::Joins)
}

/// Whether a status is certainly about mail, whatever its column is called.
pub(super) fn is_certain(cell: &str) -> Option<LeaveKind> {
    let words = words(cell);
    let (kind, at, end) = leaving::find(&words)?;
    // One word among others may be a name, a town or a sentence.
    let mostly = words.len() <= end - at + 1;
    let vague = matches!(
        fold(cell.trim()).as_str(),
        "deleted" | "removed" | "disabled" | "invalid" | "quit" | "blocked" | "banned"
    );
    let denied = leaving::is_negated(&words, at);
    (mostly && !vague && !denied).then_some(kind)
}

#[cfg(test)]
mod tests {
    use crate::audience::exports::judge::status::{LeaveKind, StatusWord, status};

    #[test]
    fn statuses_are_read_with_words_around_them_and_in_other_languages() {
        use LeaveKind::{Blocked, Bounced, Complaint, Disabled, Unsubscribed};

        let leaves = [
            ("unsubscribed", Unsubscribed),
            ("Not subscribed", Unsubscribed),
            ("Opted-out via web", Unsubscribed),
            ("cancelled", Unsubscribed),
            ("désabonnée", Unsubscribed),
            ("abgemeldet", Unsubscribed),
            ("dado de baja", Unsubscribed),
            ("отписан", Unsubscribed),
            ("NOT_SUBSCRIBED", Unsubscribed),
            ("hard bounce", Bounced),
            ("Bounced (hard)", Bounced),
            ("unzustellbar", Bounced),
            ("cleaned", Bounced),
            ("marked as spam", Complaint),
            ("complained", Complaint),
            ("disabled", Disabled),
            ("blacklisted", Blocked),
        ];
        for (word, kind) in leaves {
            assert_eq!(status(word), Some(StatusWord::Leaves(kind)), "{word}");
        }
        for word in
            ["active", "Subscribed", "Active subscriber", "abonné", "not unsubscribed", "aktywny"]
        {
            assert_eq!(status(word), Some(StatusWord::Joins), "{word}");
        }
        for word in [
            "pending",
            "inactive",
            "soft bounced",
            "never subscribed",
            "nicht bestätigt",
            "expired",
            "Former patron",
        ] {
            assert_eq!(status(word), Some(StatusWord::Doubtful), "{word}");
        }
        for word in ["gold", "Ohio", "TX", "open"] {
            assert_eq!(status(word), None, "{word}");
        }
    }
}
