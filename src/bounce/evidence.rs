//! The parts of a message in, what may tell which mail it is about and whose out.

use crate::bounce::fields::Fields;
use crate::bounce::mailbox;
use crate::bounce::notice;
use crate::bounce::part::Part;
use crate::bounce::quoted::Halves;

/// How many values of one sort are kept, and how many bytes of a text.
const VALUES_MAX: usize = 100;
const TEXT_MAX: usize = 10_000;

/// What may tell which mail a message is about, and whose. All of it may be forged; the first of
/// each sort is what the message says in the most particular place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The addresses that the message itself came to: a return path of ours, if it is a bounce.
    pub sent_to: Vec<String>,
    /// Whom it is from.
    pub from: Option<String>,
    /// Its subject, decoded.
    pub subject: String,
    /// What it says to people, in at most 10,000 bytes, without what it quotes.
    pub text: String,
    /// The Message-IDs of the mail that it quotes or answers, without `<` and `>`.
    pub message_ids: Vec<String>,
    /// `Original-Envelope-Id` (RFC 3464 §2.2.1): the ENVID that the mail was sent with.
    pub envelope_ids: Vec<String>,
    /// The addresses in `List-Unsubscribe` of the mail that it quotes: URLs and `mailto:`.
    pub unsubscribe: Vec<String>,
    /// Whom the mail that it quotes was for, as that mail says.
    pub quoted_to: Vec<String>,
    /// Whom the mail that it quotes was from: `From`, `Sender`, `Return-Path`.
    pub quoted_from: Vec<String>,
    /// The subject of the mail that it quotes, decoded.
    pub quoted_subject: String,
    /// Every address anywhere in it, each once.
    pub addresses: Vec<String>,
}

/// Where a message says whom it came to, the most particular first.
const SENT_TO: &[&str] = &[
    "x-original-to",
    "delivered-to",
    "envelope-to",
    "x-envelope-to",
    "x-rcpt-to",
    "x-delivered-to",
    "apparently-to",
    "x-apparently-to",
    "original-recipient",
    "resent-to",
    "to",
    "cc",
];
const QUOTED_TO: &[&str] = &[
    "x-hmxmroriginalrecipient",
    "x-original-to",
    "delivered-to",
    "envelope-to",
    "x-envelope-to",
    "x-rcpt-to",
    "x-receiver",
    "x-apparently-to",
    "apparently-to",
    "to",
];
const QUOTED_FROM: &[&str] = &["return-path", "x-envelope-from", "sender", "from", "reply-to"];

pub(super) fn gather(parts: &[Part]) -> Evidence {
    let mut evidence = Evidence::default();
    let Some(header) = parts.first().map(|part| &part.fields) else { return evidence };
    evidence.subject = cut(&header.words("subject"), 1_000).to_owned();
    evidence.from = header.get("from").and_then(mailbox::in_field);
    evidence.sent_to = addresses(header, SENT_TO);
    for part in parts.iter().filter(|part| part.level > 0 && part.is_header) {
        evidence.of_quoted(&part.fields);
    }
    for part in parts.iter().filter(|part| part.level == 0 && !part.is_header) {
        if part.is_report() {
            evidence.of_report(&part.text);
        } else {
            evidence.of_text(&part.halves);
        }
    }
    if let Some(id) = notice::message_id(parts) {
        add_ids(&mut evidence.message_ids, &id);
    }
    for name in ["in-reply-to", "references"] {
        header.all(name).for_each(|value| add_ids(&mut evidence.message_ids, value));
    }
    evidence.all_addresses(parts);
    evidence
}

impl Evidence {
    /// Takes in the header of the mail that is quoted.
    fn of_quoted(&mut self, fields: &Fields) {
        for value in fields.all("message-id") {
            add_ids(&mut self.message_ids, value);
        }
        for value in fields.all("list-unsubscribe") {
            let urls = value.split(['<', '>', ',']).map(str::trim);
            let urls = urls.filter(|url| url.contains(':'));
            urls.for_each(|url| add(&mut self.unsubscribe, &url.replace(' ', "")));
        }
        addresses(fields, QUOTED_TO).iter().for_each(|to| add(&mut self.quoted_to, to));
        addresses(fields, QUOTED_FROM).iter().for_each(|from| add(&mut self.quoted_from, from));
        if self.quoted_subject.is_empty() {
            self.quoted_subject = cut(&fields.words("subject"), 1_000).to_owned();
        }
    }

    /// Takes in a part for machines.
    fn of_report(&mut self, text: &str) {
        for group in text.split("\n\n") {
            let fields = Fields::parse(group.trim_start_matches('\n'));
            for id in fields.all("original-envelope-id") {
                add(&mut self.envelope_ids, id);
            }
            for name in ["original-message-id", "x-original-message-id", "message-id"] {
                fields.all(name).for_each(|value| add_ids(&mut self.message_ids, value));
            }
        }
    }

    /// Takes in what is said to people, and the mail that is quoted after it.
    fn of_text(&mut self, halves: &Halves) {
        let (said, quoted) = (halves.said.as_str(), halves.quoted.as_str());
        let room = TEXT_MAX.saturating_sub(self.text.len());
        self.text.push_str(cut(said, room));
        let lines = quoted.lines().map(|line| line.trim_start_matches(['>', '|', ' ']));
        let whole: String = lines.fold(String::new(), |whole, line| whole + line + "\n");
        for block in whole.split("\n\n").take(6) {
            let fields = Fields::parse(block.trim_start_matches('\n'));
            if fields.has("message-id") || fields.has("from") || fields.has("to") {
                self.of_quoted(&fields);
            }
        }
        // Some name it in a sentence: `Message-Id: <…>`, `message ID <…>`.
        for line in said.lines().filter(|line| line.to_lowercase().contains("message")) {
            let is_id = line.to_lowercase().contains("id") && line.contains('<');
            if is_id {
                add_ids(&mut self.message_ids, line);
            }
        }
    }

    fn all_addresses(&mut self, parts: &[Part]) {
        let values = parts.iter().filter(|part| part.is_header).flat_map(|part| part.fields.iter());
        for (_, value) in values.filter(|(name, _)| !name.starts_with("received")) {
            mailbox::find(value).iter().for_each(|found| add(&mut self.addresses, &found.address));
        }
        for part in parts.iter().filter(|part| !part.is_header) {
            let found = mailbox::find(cut(&part.text, TEXT_MAX));
            found.iter().for_each(|found| add(&mut self.addresses, &found.address));
        }
    }
}

fn addresses(fields: &Fields, names: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for value in names.iter().flat_map(|name| fields.all(name)) {
        mailbox::find(value).iter().for_each(|found| add(&mut all, &found.address));
    }
    all
}

fn add(values: &mut Vec<String>, value: &str) {
    if values.len() < VALUES_MAX && !value.is_empty() && !values.iter().any(|is| is == value) {
        values.push(value.to_owned());
    }
}

/// The Message-IDs of a text: what is between `<` and `>` and has an `@`.
fn add_ids(ids: &mut Vec<String>, text: &str) {
    for piece in text.split('<').skip(1) {
        let Some((id, _)) = piece.split_once('>') else { continue };
        if id.contains('@') && id.len() < 500 && !id.contains(char::is_whitespace) {
            add(ids, id);
        }
    }
}

fn cut(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}
