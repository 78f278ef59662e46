//! What a message says to people in, whom it is about and what is said of each out.

use crate::bounce::evidence::Evidence;
use crate::bounce::mailbox::{self, Mailbox};
use crate::bounce::part::Part;
use crate::bounce::report::Found;
use crate::bounce::status::{self, Status};
use crate::bounce::transcript;
use crate::bounce::{RECIPIENTS_MAX, phrases, rules};

/// How much is read of what is said to people.
const TEXT_MAX: usize = 20_000;
/// How many paragraphs are looked at for the one that says most.
const PARAGRAPHS_MAX: usize = 200;

/// What is said to people.
#[derive(Debug, Clone)]
pub(super) struct Prose {
    /// All of it, without the mail that is quoted.
    pub(super) text: String,
    /// Whom it is about; at least one, who may have no name.
    pub(super) items: Vec<Item>,
}

/// What is said of one recipient.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) address: Option<String>,
    pub(super) found: Found,
    pub(super) said: String,
}

/// The people that run the servers; a report names them as whom to ask.
const STAFF: &[&str] =
    &["postmaster", "mailer-daemon", "abuse", "support", "helpdesk", "hostmaster", "mailerdaemon"];

/// What the parts of a message say to people.
pub(super) fn read(parts: &[Part], evidence: &Evidence) -> Prose {
    let text = said(parts);
    let items = items(&text, parts, evidence);
    Prose { text, items }
}

/// What is said, in plain text where there is some, and of HTML where there is not.
pub(super) fn said(parts: &[Part]) -> String {
    let of_kind = |is_html: bool| -> String {
        let own = parts.iter().filter(|part| part.level == 0 && !part.is_header);
        let own = own.filter(|part| part.kind.starts_with("text/"));
        let own = own.filter(|part| (part.kind == "text/html") == is_html);
        own.fold(String::new(), |whole, part| whole + &part.halves.said + "\n\n")
    };
    let plain = of_kind(false);
    let text = if plain.trim().is_empty() { of_kind(true) } else { plain };
    cut(&text).to_owned()
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_MAX)]
}

impl Prose {
    /// The paragraph that is about one of the addresses and says something, or all that is said.
    pub(super) fn about<'a>(&self, addresses: impl Iterator<Item = &'a str>) -> &str {
        let known: Vec<_> = addresses.collect();
        let is_about = |item: &&Item| {
            let address = item.address.as_deref().unwrap_or_default();
            known.iter().any(|known| mailbox::is_same(known, address)) && !item.said.is_empty()
        };
        let others = if self.items.len() > 1 && !known.is_empty() { "" } else { &self.text };
        self.items.iter().find(is_about).map_or(others, |item| &item.said)
    }
}

/// An address that the text names, and how likely it is whom the text is about.
struct Candidate {
    mailbox: Mailbox,
    score: i32,
    /// The score of its place alone, whoever it is.
    place: i32,
    /// The text before it in its line, without letters' case.
    label: String,
}

fn items(text: &str, parts: &[Part], evidence: &Evidence) -> Vec<Item> {
    let failed = failed_recipients(parts);
    let candidates = candidates(text, &failed, evidence);
    let common = loudest(text).trim();
    let about = |mailbox: &Mailbox| paragraph(text, mailbox, &candidates, common).to_owned();
    let mut items: Vec<Item> = Vec::new();
    for (address, found) in failed.iter().map(|address| (address, Found::Failed)) {
        let place = candidates.iter().find(|c| mailbox::is_same(&c.mailbox.address, address));
        let said = place.map_or_else(|| text.to_owned(), |candidate| about(&candidate.mailbox));
        items.push(Item { address: Some(address.clone()), found, said });
    }
    if items.is_empty() && !has_list(text) {
        let found = Found::Text;
        let answered = transcript::read(text).into_iter().take(RECIPIENTS_MAX);
        items.extend(answered.map(|one| Item {
            address: Some(one.address),
            found,
            said: one.said,
        }));
    }
    if !items.is_empty() {
        return items;
    }
    for candidate in chosen(&candidates) {
        let address = &candidate.mailbox.address;
        let is_known = |item: &Item| {
            item.address.as_deref().is_some_and(|known| mailbox::is_same(known, address))
        };
        if !items.iter().any(is_known) && items.len() < RECIPIENTS_MAX {
            let said = about(&candidate.mailbox);
            items.push(Item { address: Some(address.clone()), found: Found::Text, said });
        }
    }
    if items.is_empty() {
        items.push(unnamed(evidence, &candidates, common));
    }
    items
}

/// Whether a text has sendmail's list of those whom the mail did not reach.
fn has_list(text: &str) -> bool {
    text.to_ascii_lowercase().contains("the following addresses had")
}

/// The candidates that a text is about: the most likely, and those that stand in the same place of
/// the same list, who share its fate.
fn chosen(candidates: &[Candidate]) -> Vec<&Candidate> {
    let score = |candidate: &&Candidate| candidate.score;
    let Some(best) = candidates.iter().max_by_key(score).filter(|best| best.score > 0) else {
        return Vec::new();
    };
    let is_listed = |candidate: &Candidate| {
        let is_label = candidate.label.chars().all(|c| !c.is_alphanumeric())
            || candidate.label.contains("recipient");
        is_label && candidate.label == best.label && candidate.place == best.place
    };
    let is_chosen = |candidate: &&Candidate| {
        candidate.score == best.score
            || candidate.score > 0 && best.place >= LISTED && is_listed(candidate)
    };
    candidates.iter().filter(is_chosen).collect()
}

/// What is said where the text names nobody: of whom the quoted mail was for or, where that is not
/// told either, of whom the report came to, as some write the recipient there.
fn unnamed(evidence: &Evidence, candidates: &[Candidate], common: &str) -> Item {
    let quoted = evidence.quoted_to.first().cloned();
    let is_own = |c: &&Candidate| {
        let is_in =
            |list: &[String]| list.iter().any(|known| mailbox::is_same(known, &c.mailbox.address));
        is_in(&evidence.sent_to) && !is_in(&evidence.quoted_from) && c.score + OWN > 0
    };
    let own = candidates.iter().filter(is_own).max_by_key(|candidate| candidate.score);
    let (address, found) = match (quoted, own) {
        (Some(quoted), _) => (Some(quoted), Found::Quoted),
        (None, Some(own)) => (Some(own.mailbox.address.clone()), Found::Text),
        (None, None) => (None, Found::Nowhere),
    };
    Item { address, found, said: common.to_owned() }
}

/// The address that another one stands for, where the text says so: Exim writes `(generated from
/// ada@example.org)`, Postfix `(expanded from <ada@example.org>)`.
pub(super) fn origin(said: &str) -> Option<String> {
    let at = ["generated from ", "expanded from "].iter().find_map(|mark| said.find(mark))?;
    let line = said[at..].split([')', '\n']).next().unwrap_or_default();
    mailbox::in_field(line)
}

/// `X-Failed-Recipients`, which may be there several times and hold several each.
pub(super) fn failed_recipients(parts: &[Part]) -> Vec<String> {
    let Some(header) = parts.first() else { return Vec::new() };
    let found = header.fields.all("x-failed-recipients").flat_map(mailbox::find);
    let mut all: Vec<String> = Vec::new();
    for found in found.take(RECIPIENTS_MAX) {
        if !all.contains(&found.address) {
            all.push(found.address);
        }
    }
    all
}

/// What an address loses that the report itself came to.
const OWN: i32 = 8;
/// What an address gains that is in a list of those whom the mail did not reach.
const LISTED: i32 = 10;
/// How many lines of such a list are looked at.
const LIST_LINES: usize = 200;

/// Words before a list of those whom the mail did not reach.
#[rustfmt::skip]
const LISTS: &[&str] = &[
    "following recipient", "following address", "following destination", "following user", "following mailbox", "following email", "following e-mail", "following person", "following people", "the following failed", "following address(es) failed",
    "recipients of this message", "affected recipient", "intended recipient", "failed recipient", "folgenden empfänger", "folgende empfänger", "folgenden adressen", "folgende adresse", "destinataires suivants", "destinataire suivant", "adresses suivantes",
    "siguientes destinatarios", "siguiente destinatario", "siguientes direcciones", "seguenti destinatari", "seguente destinatario", "seguenti indirizzi", "seguintes destinat", "seguinte destinat", "volgende ontvanger", "volgende adres", "следующим получател", "следующим адрес", "次のあて先", "次の宛先", "以下の宛先", "以下のあて先", "次の受信者",
];

/// Where the lists of those whom the mail did not reach begin.
fn lists(text: &str) -> Vec<usize> {
    let (mut at, mut lists) = (0, Vec::new());
    if phrases::first(LISTS, &phrases::plain(text)).is_none() {
        return lists;
    }
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.len() < 300 && phrases::first(LISTS, &phrases::plain(line)).is_some() {
            lists.push(at);
        }
    }
    lists
}

fn candidates(text: &str, failed: &[String], evidence: &Evidence) -> Vec<Candidate> {
    let lists = lists(text);
    let found = mailbox::find(text).into_iter();
    let candidates = found.map(|mailbox| {
        let line = Line::around(text, &mailbox);
        let is_listed = lists.iter().any(|list| {
            mailbox.start >= *list
                && line.is_alone()
                && text[*list..mailbox.start].lines().count() <= LIST_LINES
        });
        let place = line.score() + if is_listed { LISTED } else { 0 };
        let score = place + score(&mailbox.address, &line, failed, evidence);
        Candidate { mailbox, score, place, label: line.before.to_string() }
    });
    candidates.collect()
}

/// The line that an address stands in.
struct Line<'t> {
    before: phrases::Plain,
    behind: &'t str,
}

impl<'t> Line<'t> {
    fn around(text: &'t str, mailbox: &Mailbox) -> Self {
        let start = text[..mailbox.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[mailbox.end..].find('\n').map_or(text.len(), |at| mailbox.end + at);
        let behind = &text[mailbox.end..end];
        let before = phrases::plain(&text[start..mailbox.start]);
        Self { before, behind: behind.trim_start_matches(['>', ')', '"', '\'', ']']) }
    }

    /// Whether the address is the first word of the line.
    fn is_alone(&self) -> bool {
        self.before.chars().all(|c| !c.is_alphanumeric())
    }

    /// The last words before the address.
    fn tail(&self) -> &str {
        let from = self.before.len().saturating_sub(30);
        &self.before[self.before.ceil_char_boundary(from)..]
    }

    /// How likely it is that a text is about an address that stands there.
    fn score(&self) -> i32 {
        let mut score = 1;
        // Alone at the beginning of its line, as in every list of failures.
        if self.is_alone() {
            score += 4;
            let behind = self.behind.trim();
            if behind.is_empty() || behind.starts_with([':', '(', '.', ';', '-']) {
                score += 1;
            }
        }
        if NEAR.iter().any(|word| self.tail().contains(word)) {
            score += 3;
        }
        if NOT.iter().any(|word| self.tail().contains(word)) || self.tail().ends_with("mailto:") {
            score -= 5;
        }
        score
    }
}

/// Words before an address that is the recipient's.
const NEAR: &[&str] = &[
    "recipient",
    "rcpt to",
    "mailbox",
    "address",
    "user",
    "to:",
    "to",
    "for",
    "account",
    "empfänger",
    "destinataire",
    "destinatario",
    "destinatário",
    "宛先",
    "получател",
    "unknown",
    "member",
];

/// Words before an address that is not.
const NOT: &[&str] =
    &["message-id", "message id", "from", "sender", "contact", "questions", "mail from"];

/// How likely it is that a report is about an address, wherever it stands.
fn score(address: &str, line: &Line<'_>, failed: &[String], evidence: &Evidence) -> i32 {
    let is_in = |list: &[String]| list.iter().any(|known| mailbox::is_same(known, address));
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let mut score = 0;
    // The summary of a report says whom the mail was addressed to, as the mail itself does.
    let is_summary = &*line.before == "to:";
    if is_in(failed) || is_in(&evidence.quoted_to) {
        score += if is_summary { 2 } else { 6 };
    }
    if is_in(&evidence.sent_to) || is_in(&evidence.quoted_from) {
        score -= OWN;
    }
    if STAFF.contains(&local.as_str()) && !is_in(&evidence.quoted_to) {
        score -= 6;
    }
    if !address.rsplit('@').next().is_some_and(|domain| domain.contains(['.', '['])) {
        score -= 2;
    }
    score
}

/// What is said of an address: from its line to where another one begins or, if that says
/// something, to the end of the paragraph.
fn paragraph<'t>(
    text: &'t str,
    mailbox: &Mailbox,
    candidates: &[Candidate],
    common: &'t str,
) -> &'t str {
    let start = text[..mailbox.start].rfind('\n').map_or(0, |at| at + 1);
    let others = candidates.iter().filter(|other| {
        let begins = text[..other.mailbox.start].rfind('\n').map_or(0, |at| at + 1);
        let alone = text[begins..other.mailbox.start].chars().all(|c| !c.is_alphanumeric());
        alone && !mailbox::is_same(&other.mailbox.address, &mailbox.address)
    });
    let next = others.map(|other| other.mailbox.start).find(|at| *at > mailbox.end);
    let next = next.map_or(text.len(), |at| text[..at].rfind('\n').map_or(at, |at| at + 1));
    let own = &text[start..next];
    // A code says more than words, and words that mean but one thing say more than others.
    let mut ends = own.split_inclusive("\n\n").take(PIECES_MAX).scan(0, |end, piece| {
        *end += piece.len();
        Some(*end)
    });
    let ends: Vec<usize> = ends.by_ref().collect();
    let coded = |end: &usize| has_code(&own[..*end]);
    let clear = |end: &usize| rules::says_clearly(&phrases::plain(&own[..*end]));
    let worded = |end: &usize| rules::says_something(&phrases::plain(&own[..*end]));
    let end = ends.iter().find(|end| coded(end) || clear(end));
    let end = end.or_else(|| ends.iter().find(|end| worded(end)));
    end.map_or(common, |end| own[..*end].trim())
}

/// How many paragraphs below an address are looked at.
const PIECES_MAX: usize = 4;

fn has_code(text: &str) -> bool {
    Status::find(text).is_some() || status::reply_code(text).is_some()
}

/// The paragraph that says most: with a code and with words that a rule knows, with a code, with
/// words that mean but one thing, with others; or all of a text.
fn loudest(text: &str) -> &str {
    let paragraphs = || text.split("\n\n").take(PARAGRAPHS_MAX);
    let coded = |text: &&str| has_code(text);
    let worded = |text: &&str| rules::says_something(&phrases::plain(text));
    let known = paragraphs().find(|text| coded(text) && worded(text));
    let clear = |text: &&str| rules::says_clearly(&phrases::plain(text));
    let known = known.or_else(|| paragraphs().find(coded)).or_else(|| paragraphs().find(clear));
    known.or_else(|| paragraphs().find(worded)).unwrap_or(text)
}
