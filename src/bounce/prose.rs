//! What a message says to people in, whom it is about and what is said of each out.

use crate::bounce::evidence::Evidence;
use crate::bounce::fields;
use crate::bounce::mailbox::{self, Mailbox};
use crate::bounce::part::Part;
use crate::bounce::report::Found;
use crate::bounce::status::{self, Status};
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

/// What stands before the mail that is quoted: a line that has one of these and looks like a rule.
const MARKS: &[&str] = &[
    "below this line is a copy",
    "copy of the message",
    "copy of your message",
    "copy of the original",
    "copy of your original",
    "copy of message",
    "original message",
    "original text",
    "unsent message",
    "undelivered message",
    "returned message",
    "rejected message",
    "message headers",
    "message header",
    "headers of the",
    "header of the",
    "message follows",
    "message text follows",
    "message contents",
    "text of your message",
    "start of message",
    "begin message",
    "included message",
    "returned mail follows",
    "your message was:",
    "mail header",
    "ursprüngliche nachricht",
    "originalnachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "messaggio originale",
    "mensagem original",
    "oorspronkelijk bericht",
    "исходное сообщение",
    "元のメッセージ",
    "オリジナル",
];

/// Fields that a header has, and those of them that only a header has.
const HEADER: &[&str] = &["from", "to", "subject", "date", "cc", "reply-to", "sender"];
const ONLY_HEADER: &[&str] = &[
    "received",
    "return-path",
    "message-id",
    "mime-version",
    "dkim-signature",
    "x-mailer",
    "delivered-to",
    "content-type",
    "x-received",
    "x-original-to",
    "list-unsubscribe",
];

/// The people that run the servers; a report names them as whom to ask.
const STAFF: &[&str] =
    &["postmaster", "mailer-daemon", "abuse", "support", "helpdesk", "hostmaster", "mailerdaemon"];

/// What a text says, and the mail that it quotes.
pub(super) fn before_original(text: &str) -> (&str, &str) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_mark(line) {
            return (&text[..at], &text[at + line.len()..]);
        }
        if fields::field(bare(line)).is_some() && begins_header(&text[at..]) {
            return (&text[..at], &text[at..]);
        }
        at += line.len();
    }
    (text, "")
}

fn bare(line: &str) -> &str {
    line.trim_start_matches(['>', '|', ' ', '\t']).trim_end()
}

fn is_mark(line: &str) -> bool {
    let line = line.trim();
    if line.len() < 8 || line.len() > 200 {
        return false;
    }
    let is_rule = line.starts_with(['-', '=', '_', '*', '#', '+', '|', '>', '['])
        || line.ends_with([':', '-', '=', '_', '*', '：']);
    let plain = phrases::plain(line);
    is_rule && phrases::first(MARKS, &plain).is_some()
}

/// Whether a text begins with the header of a mail: three fields in a row or more.
fn begins_header(text: &str) -> bool {
    let (mut usual, mut only) = (0, 0);
    for line in text.lines().take(12) {
        let Some((name, _)) = fields::field(bare(line)) else {
            if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
                continue;
            }
            break;
        };
        let name = name.to_ascii_lowercase();
        usual += usize::from(HEADER.contains(&name.as_str()));
        only += usize::from(ONLY_HEADER.contains(&name.as_str()));
    }
    only >= 1 && usual + only >= 3
}

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
        own.fold(String::new(), |whole, part| whole + &part.text + "\n\n")
    };
    let plain = of_kind(false);
    let text = if plain.trim().is_empty() { of_kind(true) } else { plain };
    let (said, _) = before_original(&text);
    // Where nothing is said before the mail, it is said after it.
    let is_enough = mailbox::find(said).len() + usize::from(Status::find(said).is_some()) > 0
        || rules::says_something(&phrases::plain(cut(said)));
    cut(if is_enough { said } else { &text }).to_owned()
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
        self.items.iter().find(is_about).map_or(&self.text, |item| &item.said)
    }
}

/// An address that the text names, and how likely it is whom the text is about.
struct Candidate {
    mailbox: Mailbox,
    score: i32,
}

fn items(text: &str, parts: &[Part], evidence: &Evidence) -> Vec<Item> {
    let failed = failed_recipients(parts);
    let candidates: Vec<_> = mailbox::find(text)
        .into_iter()
        .map(|mailbox| Candidate { score: score(text, &mailbox, &failed, evidence), mailbox })
        .collect();
    let best = candidates.iter().map(|candidate| candidate.score).max().unwrap_or(0);
    let common = loudest(text).trim();
    let mut items: Vec<Item> = Vec::new();
    for (address, found) in failed.iter().map(|address| (address, Found::Failed)) {
        let place = candidates.iter().find(|c| mailbox::is_same(&c.mailbox.address, address));
        let said = place
            .map_or(text, |candidate| paragraph(text, &candidate.mailbox, &candidates, common));
        items.push(Item { address: Some(address.clone()), found, said: said.to_owned() });
    }
    if !items.is_empty() {
        return items;
    }
    for candidate in candidates.iter().filter(|c| c.score == best && best > 0) {
        let address = &candidate.mailbox.address;
        let is_known = |item: &Item| {
            item.address.as_deref().is_some_and(|known| mailbox::is_same(known, address))
        };
        if !items.iter().any(is_known) && items.len() < RECIPIENTS_MAX {
            let said = paragraph(text, &candidate.mailbox, &candidates, common).to_owned();
            items.push(Item { address: Some(address.clone()), found: Found::Text, said });
        }
    }
    if items.is_empty() {
        let quoted = evidence.quoted_to.first().cloned();
        let found = if quoted.is_some() { Found::Quoted } else { Found::Nowhere };
        items.push(Item { address: quoted, found, said: common.to_owned() });
    }
    items
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

/// How likely it is that a text is about an address.
fn score(text: &str, mailbox: &Mailbox, failed: &[String], evidence: &Evidence) -> i32 {
    let address = mailbox.address.as_str();
    let is_in = |list: &[String]| list.iter().any(|known| mailbox::is_same(known, address));
    let start = text[..mailbox.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[mailbox.end..].find('\n').map_or(text.len(), |at| mailbox.end + at);
    let (before, behind) = (&text[start..mailbox.start], &text[mailbox.end..end]);
    let before = phrases::plain(before);
    let behind = behind.trim_start_matches(['>', ')', '"', '\'', ']']);
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let mut score = 1;
    if is_in(failed) || is_in(&evidence.quoted_to) {
        score += 6;
    }
    // Alone at the beginning of its line, as in every list of failures.
    if before.chars().all(|c| !c.is_alphanumeric()) {
        score += 4;
        if behind.trim().is_empty() || behind.trim_start().starts_with([':', '(', '.', ';', '-']) {
            score += 1;
        }
    }
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
    let tail = &before[before.ceil_char_boundary(before.len().saturating_sub(30))..];
    if NEAR.iter().any(|word| tail.contains(word)) {
        score += 3;
    }
    if is_in(&evidence.sent_to) || is_in(&evidence.quoted_from) {
        score -= 8;
    }
    if STAFF.contains(&local.as_str()) && !is_in(&evidence.quoted_to) {
        score -= 6;
    }
    const NOT: &[&str] =
        &["message-id", "message id", "from", "sender", "contact", "questions", "mail from"];
    if NOT.iter().any(|word| tail.contains(word)) || tail.ends_with("mailto:") {
        score -= 5;
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
    let mut end = 0;
    for piece in own.split_inclusive("\n\n").take(4) {
        end += piece.len();
        if says(&own[..end]) {
            return own[..end].trim();
        }
    }
    common
}

/// Whether a text has a code, or words that a rule knows.
fn says(text: &str) -> bool {
    Status::find(text).is_some()
        || status::reply_code(text).is_some()
        || rules::says_something(&phrases::plain(text))
}

/// The paragraph that says most: with a code and with words that a rule knows, with a code, with
/// words that mean but one thing, with others; or all of a text.
fn loudest(text: &str) -> &str {
    let paragraphs = || text.split("\n\n").take(PARAGRAPHS_MAX);
    let coded = |text: &&str| Status::find(text).is_some() || status::reply_code(text).is_some();
    let worded = |text: &&str| rules::says_something(&phrases::plain(text));
    let known = paragraphs().find(|text| coded(text) && worded(text));
    let clear = |text: &&str| rules::says_clearly(&phrases::plain(text));
    let known = known.or_else(|| paragraphs().find(coded)).or_else(|| paragraphs().find(clear));
    known.or_else(|| paragraphs().find(worded)).unwrap_or(text)
}
