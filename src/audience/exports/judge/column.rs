//! Decides by the name of a column what its cells say of a subscriber.

use crate::audience::exports::judge::leaving::{self, LeaveKind};
use crate::audience::exports::judge::lexicon::{
    ABOUT_SUBSCRIPTION, AGREED, AGREED_EXACT, CONFIRMED, CONSENT, COUNT, DATE, DATE_BESIDE, FILLER,
    LINK, MAIL, MAY_LEAVE, NAMES, NEWSLETTER, OTHER_MATTER, OTHER_WAY, PLACE, PREFERENCES, REASON,
    SHARE, STATE, STATISTICS, STATUS, STATUS_TRACE, SUBSCRIBER, THIRD_PARTY, TRACE, UNRELATED,
    VAGUE, VAGUE_BESIDE,
};
use crate::audience::exports::judge::words::words;

/// What the cells of a column say of a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnMeaning {
    /// Nothing.
    Nothing,
    /// A yes, or a date, of those who left.
    Left(LeaveKind),
    /// The date at which they left.
    LeftAt(LeaveKind),
    /// Why they left: any text.
    LeftBecause(LeaveKind),
    /// Something that only those have who left, such as the campaign.
    Trace,
    /// A yes, or a date, of those who may have left: `inactive`, `cancelled_at`.
    MayLeave,
    /// A no of those who do not want mail; other texts are in doubt where it asks for nothing else.
    Consent(ConsentAsk),
    /// The date of a consent.
    ConsentAt,
    /// A no of those who never confirmed, or are asleep.
    Confirmed,
    /// A word for how the subscriber stands.
    Status(StatusGrade),
}

/// Whether a list has a word.
fn has(list: &str, word: &str) -> bool {
    list.split(' ').any(|own| own == word)
}

/// Whether a word begins with one of some stems.
fn begins(stems: &str, word: &str) -> bool {
    stems.split(' ').any(|stem| word.starts_with(stem))
}

/// What a column of consent is called after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConsentAsk {
    /// The consent itself: `subscribed`, `opt_in`.
    Consent,
    /// The newsletter, so that its cells may hold names of newsletters.
    Newsletter,
}

/// How much the words of a status column count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatusGrade {
    /// It is about the subscription: a word that is not known is in doubt.
    Strict,
    /// It may be: a word that is not known is in doubt where the others are of subscriptions.
    Loose,
    /// It is about something else: only words count that are certainly of mail.
    Foreign,
}

/// The words of a column's name.
struct Name {
    words: Vec<String>,
}

impl Name {
    /// Whether one of its words is in a list.
    fn any(&self, list: &str) -> bool {
        self.words.iter().any(|word| has(list, word))
    }

    /// Whether one of its words begins with a stem of a list.
    fn begins(&self, stems: &str) -> bool {
        self.words.iter().any(|word| begins(stems, word))
    }

    fn is(&self, words: &str) -> bool {
        self.words.iter().map(String::as_str).eq(words.split(' '))
    }

    /// Whether a word of the first list stands before one of the second.
    fn pair(&self, first: &str, second: &str) -> bool {
        self.words.windows(2).any(|pair| has(first, &pair[0]) && has(second, &pair[1]))
    }

    /// Whether all its words are of some lists.
    fn only(&self, lists: &[&str]) -> bool {
        self.words.iter().all(|word| lists.iter().any(|list| has(list, word)))
    }

    /// Whether each of its words is of some lists, or begins with one of some stems.
    fn made_of(&self, lists: &[&str], stems: &[&str]) -> bool {
        let known = |word: &String| {
            lists.iter().any(|list| has(list, word)) || stems.iter().any(|list| begins(list, word))
        };
        self.words.iter().all(known)
    }

    fn is_of_mail(&self) -> bool {
        self.any(MAIL) || self.begins(NEWSLETTER)
    }

    fn is_date(&self) -> bool {
        // `on mailing list` is no date.
        self.any(DATE) || self.words.iter().skip(1).any(|word| has(DATE_BESIDE, word))
    }

    fn is_count(&self) -> bool {
        self.any(COUNT) || self.pair("no nr n", "of o de")
    }

    /// Whether it speaks of another way than mail, or of mail of others.
    fn is_elsewhere(&self) -> bool {
        let postal = self.pair("direct postal snail post", "mail mailing mailings");
        let others = self.any(THIRD_PARTY) || self.pair("third 3 rd", "party parties rd");
        let other_way = self.any(OTHER_WAY) || postal;
        let mail = self.any("email emails newsletter newsletters") || self.begins(NEWSLETTER);
        others || other_way && !mail
    }
}

/// Decides by a column's name; `beside_email` says whether `Do Not Email` stands beside it, so that
/// `Do Not Mail` is about paper.
pub(super) fn meaning(name: &str, beside_email: bool) -> ColumnMeaning {
    use ColumnMeaning::Nothing;

    let name = Name { words: words(name) };
    let is_evidence = name.begins("consent") && name.any("when where how");
    let is_paper = beside_email && name.is("do not mail");
    if name.words.is_empty() || is_evidence || is_paper || name.is_elsewhere() || name.any(LINK) {
        return Nothing;
    }
    let ways: [fn(&Name) -> Option<ColumnMeaning>; 6] =
        [out, denied, status, open, confirmed, consent];
    ways.iter().find_map(|way| way(&name)).unwrap_or(Nothing)
}

/// Whether a name is that of a column which asks not to send email.
pub(super) fn is_do_not_email(name: &str) -> bool {
    let words = words(name);
    words.iter().map(String::as_str).eq(["do", "not", "email"])
}

/// A word of leaving.
fn out(name: &Name) -> Option<ColumnMeaning> {
    use ColumnMeaning::{Consent, Left, LeftAt, LeftBecause, Nothing, Trace};

    if name.is("clean") {
        return Some(Left(LeaveKind::Bounced));
    }
    let (kind, at, _) = leaving::find(&name.words)?;
    let is_hard = name.any("hard permanent");
    let is_soft = name.any("soft temporary transient");
    if kind == LeaveKind::Bounced && is_soft {
        return Some(Nothing);
    }
    if name.is_count() && !(kind == LeaveKind::Bounced && is_hard && !name.any(SHARE)) {
        return Some(Nothing);
    }
    // A word that means other things, too, beside words that have nothing to do with mail.
    let vague = name.any(VAGUE)
        && !name.only(&[VAGUE, VAGUE_BESIDE, FILLER, MAIL, DATE, DATE_BESIDE, TRACE, SUBSCRIBER]);
    if vague || name.any(NAMES) {
        return Some(Nothing);
    }
    if name.is_date() {
        return Some(LeftAt(kind));
    }
    if name.begins(REASON) {
        let certain = kind != LeaveKind::Bounced || is_hard;
        return Some(if certain { LeftBecause(kind) } else { Trace });
    }
    if name.any(TRACE) {
        return Some(Trace);
    }
    Some(match leaving::is_negated(&name.words, at) {
        true => Consent(ConsentAsk::Consent),
        false => Left(kind),
    })
}

/// A word of consent with a no before it: `not_subscribed`.
fn denied(name: &Name) -> Option<ColumnMeaning> {
    use ColumnMeaning::{Left, MayLeave};

    let is_consent = |word: &String| word == "subscribe" || begins(CONSENT, word);
    let at = name.words.iter().position(is_consent)?;
    let denied = leaving::is_negated(&name.words, at) && !name.any(UNRELATED);
    denied.then_some(match name.any("never") {
        true => MayLeave,
        false => Left(LeaveKind::Unsubscribed),
    })
}

/// `status` and its sisters.
fn status(name: &Name) -> Option<ColumnMeaning> {
    use ColumnMeaning::{Nothing, Status};

    // `Opted`: in or out.
    if name.is("opted") || name.is("opt") {
        return Some(Status(StatusGrade::Strict));
    }
    let is_state = name.any(STATE);
    if !is_state && !name.any(STATUS) {
        return type_of_subscription(name);
    }
    // The state of an address: `MailingState`.
    if name.any(PLACE) || name.is("mailing state") {
        return Some(Nothing);
    }
    if name.is_date() || name.any(STATUS_TRACE) {
        return Some(Nothing);
    }
    let about = name.is_of_mail() || name.begins(ABOUT_SUBSCRIPTION) || name.begins(CONSENT);
    Some(Status(match about {
        true if name.begins(OTHER_MATTER) && !name.is_of_mail() => StatusGrade::Foreign,
        true => StatusGrade::Strict,
        false if !is_state && name.only(&[STATUS, FILLER, "opt global general allgemeiner"]) => {
            StatusGrade::Strict
        }
        false if name.only(&[STATUS, STATE, FILLER, SUBSCRIBER]) => StatusGrade::Loose,
        false => StatusGrade::Foreign,
    }))
}

/// `subscription`, `subscriber_type`: they may tell the plan, or that there is none.
fn type_of_subscription(name: &Name) -> Option<ColumnMeaning> {
    let is_type = name.begins("subscri abonnement abo") && name.any("type typ stage");
    let alone = name.is("subscription") || name.is("abonnement") || name.is("abo");
    (is_type || alone).then_some(ColumnMeaning::Status(StatusGrade::Loose))
}

/// A word that may mean leaving.
fn open(name: &Name) -> Option<ColumnMeaning> {
    let left = name.is("left") || name.pair("left", "at on") || name.pair("date has", "left");
    if name.is("not interested") {
        return Some(ColumnMeaning::MayLeave);
    }
    let is_open = left || name.begins(MAY_LEAVE) || name.is("stop");
    if !is_open || name.is_count() || name.any(NAMES) || name.begins(OTHER_MATTER) {
        return None;
    }
    let beside = [FILLER, MAIL, DATE, DATE_BESIDE, SUBSCRIBER, "opt left stop confirmation"];
    let alone = name.made_of(&beside, &[MAY_LEAVE, REASON]);
    Some(if alone { ColumnMeaning::MayLeave } else { ColumnMeaning::Nothing })
}

/// `confirmed`, `verified`, `active`.
fn confirmed(name: &Name) -> Option<ColumnMeaning> {
    let double = name.pair("double", "opt") || name.any("doi doubleoptin");
    let is_confirmed = name.begins(CONFIRMED);
    if name.is_date() || !(double || is_confirmed) {
        return None;
    }
    let beside = [FILLER, MAIL, SUBSCRIBER, "double opt in doi doubleoptin did manually"];
    let alone = name.made_of(&beside, &[CONFIRMED, CONSENT, NEWSLETTER]);
    Some(if alone { ColumnMeaning::Confirmed } else { ColumnMeaning::Nothing })
}

/// Consent, and columns that are called after the newsletter.
fn consent(name: &Name) -> Option<ColumnMeaning> {
    use ColumnMeaning::{Consent, ConsentAt, Nothing};

    let opt_in = name.pair("opt opted opts", "in ins");
    let said = opt_in
        || name.begins(CONSENT)
        || name.is("subscribe")
        || name.is("subscriber")
        || name.is("is subscriber")
        || name.is("abonnent")
        || name.is("ist abonnent")
        || name.any("contact kontakt") && name.pair("by per par via por", MAIL);
    let marketing = name.any("marketing promotions promotional werbung advertising");
    let mail = name.is_of_mail() || marketing || name.any("updates communications offers news");
    let contact = name.any("contact") && name.any("can may ok allow allows agrees accepts");
    let agreed = (name.begins(AGREED) || name.any(AGREED_EXACT)) && (mail || contact);
    let titled = name.begins(NEWSLETTER)
        || name.pair(MAIL, "list liste lists updates marketing")
        || name.pair("marketing promotional", "email emails mail mails communications messages")
        || name.is("marketing")
        || name.is("updates")
        || name.pair("lettre", "dinformation information infos")
        || name.pair("news", "letter letters")
        || name.pair(MAIL, "ok okay allowed wanted");
    if !(said || agreed || titled) {
        return None;
    }
    if name.begins(UNRELATED) && !mail {
        return Some(Nothing);
    }
    if name.is_count()
        || name.any(NAMES)
        || name.any(STATISTICS)
        || name.any(PLACE)
        || name.begins(REASON)
    {
        return Some(Nothing);
    }
    if name.is_date() {
        return Some(ConsentAt);
    }
    if name.any(TRACE) || name.any(STATUS_TRACE) || name.any(PREFERENCES) {
        return Some(Nothing);
    }
    // `Subscribed to`, `permissions`: their cells name lists or rights.
    let names_lists =
        name.words.last().is_some_and(|word| matches!(word.as_str(), "to" | "permissions"))
            || name.any("lists newsletters groups segments");
    Some(Consent(match (said || agreed) && !names_lists {
        true => ConsentAsk::Consent,
        false => ConsentAsk::Newsletter,
    }))
}
