//! The addresses of the sender and of the recipient in a text are replaced by marks for them.
//!
//! What a local part or a domain is called says nothing of a mailbox, and what is said of the
//! sender's own address says nothing of the recipient's.

use crate::bounce::mailbox;
use crate::bounce::phrases::{self, Plain, may_be_in, places};

/// The mark of the sender's address or domain.
const SENDER: &str = "sender";
/// The mark of the recipient's address.
const RECIPIENT: &str = "@to";
/// The mark of any other address.
const OTHER: &str = "@";

/// How far a word about the sender may be from a phrase, in bytes.
const NEAR: usize = 90;

/// How far before a phrase a part of the letter may be of which it is said, in bytes.
const CLOSE: usize = 40;

/// Words for the sender, or for what the sender sends from.
#[rustfmt::skip]
const OF_SENDER: &[&str] = &[
    "sender", "sender's", "senders", "mail from", "from address", "from domain", "from header", "from field", "from:", "return path", "return-path", "reverse path", "reverse-path", "originator",
    "your domain", "your address", "your email address", "your e-mail address", "your host", "your hostname", "your server", "your mail server", "your ip", "your system", "your isp",
    "ip for", "client", "helo", "ehlo", "connecting", "absender", "expéditeur", "expediteur", "emetteur", "émetteur", "remitente", "mittente", "remetente", "afzender", "avsändare", "afsender",
    "отправител", "送信者", "差出人", "发件", "寄件",
];

/// What belongs to a letter, or proves where it is from.
#[rustfmt::skip]
const OF_LETTER: &[&str] = &[
    "header", "headers", "message-id", "link", "url", "attachment", "charset", "mime", "ptr", "reverse dns", "rdns", "dkim", "spf", "dmarc", "signature", "certificate", "whitelist", "allow list", "allowlist",
];

/// Words for a mailbox.
const OF_MAILBOX: &[&str] =
    &["user", "mailbox", "account", "alias", "postfach", "benutzer", "boîte", "usuario", "utente"];

/// Words for the recipient.
#[rustfmt::skip]
const OF_RECIPIENT: &[&str] = &[
    "recipient", "recipients", "rcpt", "@to", "addressee", "destination", "destinat", "destinatario", "destinataire", "destinatário", "empfänger", "ontvanger", "mottagare", "modtager",
    "получател", "宛先", "あて先", "受信者", "收件", "you tried", "you are trying", "you sent to",
];

/// Who a bounce is between.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parties<'p> {
    /// The sender's addresses.
    pub(super) senders: &'p [String],
    /// The recipient's addresses.
    pub(super) recipients: &'p [String],
}

impl Parties<'_> {
    /// Makes a text plain, with marks in place of addresses.
    pub(super) fn plain(&self, text: &str) -> Plain {
        let mut marked = String::with_capacity(text.len());
        let mut at = 0;
        for found in mailbox::find(text) {
            if found.start < at {
                continue;
            }
            marked.push_str(&text[at..found.start]);
            marked.push_str(self.mark(&found.address));
            at = found.end;
        }
        marked.push_str(&text[at..]);
        for domain in self.domains() {
            marked = without(&marked, domain);
        }
        phrases::plain(&marked)
    }

    fn mark(&self, address: &str) -> &'static str {
        let is_in = |list: &[String]| list.iter().any(|known| mailbox::is_same(known, address));
        if is_in(self.recipients) {
            RECIPIENT
        } else if is_in(self.senders) {
            SENDER
        } else {
            OTHER
        }
    }

    /// The domains that are the sender's and no recipient's.
    fn domains(&self) -> impl Iterator<Item = &str> {
        let domain = |address: &'_ String| address.rsplit('@').next().map(str::len);
        let of = move |address| domain(address).map(|length| &address[address.len() - length..]);
        let is_theirs = move |own: &str| {
            let mut theirs = self.recipients.iter().filter_map(of);
            theirs.any(|theirs| theirs.to_lowercase().ends_with(&own.to_lowercase()))
        };
        let own = self.senders.iter().filter_map(of);
        own.filter(move |own| own.contains('.') && !is_theirs(own))
    }
}

/// A text with the mark of the sender in place of a domain that stands for itself.
fn without(text: &str, domain: &str) -> String {
    let (lower, domain) = (text.to_ascii_lowercase(), domain.to_ascii_lowercase());
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '@');
    let (mut whole, mut at) = (String::with_capacity(text.len()), 0);
    for (start, _) in lower.match_indices(&domain) {
        let end = start + domain.len();
        let before = lower[..start].chars().next_back();
        let mut behind = lower[end..].chars();
        let behind = match behind.next() {
            Some('.') => behind.next().filter(|c| c.is_alphanumeric()),
            behind => behind,
        };
        // `host mail.example.com said` is a server that speaks.
        let speaks = ["host ", "server ", "at ", "by "].iter().any(|w| lower[..start].ends_with(w));
        if start >= at
            && !speaks
            && !before.is_some_and(is_inside)
            && !behind.is_some_and(is_inside)
        {
            whole.push_str(&text[at..start]);
            whole.push_str(SENDER);
            at = end;
        }
    }
    whole.push_str(&text[at..]);
    whole
}

/// What a phrase in a text is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Of the sender, wherever the text has it.
    OfSender,
    /// Of the recipient, or it is not said of whom.
    OfRecipient,
}

/// What the first of some phrases in a text is said of that is not said of the sender; or, where
/// all of them are, the first.
pub(super) fn said_of<'p>(phrases: &[&'p str], plain: &Plain) -> Option<(&'p str, Said)> {
    let mut of_sender = None;
    for phrase in phrases.iter().filter(|phrase| may_be_in(plain, phrase)) {
        // Words on both sides of where a reply begins are of two speakers.
        for place in places(plain, phrase).filter(|place| reply_in(&plain[place.clone()]).is_none())
        {
            if !is_of_sender(plain, place.start, place.end) {
                return Some((*phrase, Said::OfRecipient));
            }
            of_sender.get_or_insert((*phrase, Said::OfSender));
        }
    }
    of_sender
}

/// Whether a text speaks of the sender and not of the recipient.
pub(super) fn is_about_sender(plain: &Plain) -> bool {
    phrases::first(OF_SENDER, plain).is_some() && phrases::first(OF_RECIPIENT, plain).is_none()
}

/// Whether the clause around a place speaks of the sender alone.
fn is_of_sender(plain: &Plain, start: usize, end: usize) -> bool {
    const STOPS: [&str; 4] = [". ", "; ", "! ", "? "];
    let text: &str = plain;
    let from = text.floor_char_boundary(start.saturating_sub(NEAR));
    let to = text.floor_char_boundary((end + NEAR).min(text.len()));
    let before = &text[from..start];
    let begin = STOPS.iter().filter_map(|stop| Some(before.rfind(stop)? + stop.len())).max();
    let begin = begin.max(reply_in(before));
    let behind = &text[end..to];
    let stop = STOPS.iter().filter_map(|stop| behind.find(stop)).min();
    let clause = &text[from + begin.unwrap_or(0)..end + stop.unwrap_or(behind.len())];
    let close = before.floor_char_boundary(before.len().saturating_sub(CLOSE));
    let subject = phrases::plain(&before[close.max(begin.unwrap_or(0))..]);
    is_about_sender(&phrases::plain(clause)) || is_about_letter(&subject)
}

/// Whether the words before a phrase speak of the letter and of no mailbox.
fn is_about_letter(subject: &Plain) -> bool {
    let has = |words| phrases::first(words, subject).is_some();
    has(OF_LETTER) && !has(OF_MAILBOX) && !has(OF_RECIPIENT)
}

/// Where the last reply of a server begins: what stands before it is the reporter's.
fn reply_in(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let is_code = |at: &usize| {
        let code = &bytes[*at..*at + 3];
        let before = at.checked_sub(1).map(|before| bytes[before]);
        matches!(code[0], b'4' | b'5')
            && code.iter().all(is_digit)
            && before.is_none_or(|byte| matches!(byte, b' ' | b'\'' | b'"' | b'(' | b':' | b'-'))
            && bytes.get(at + 3).is_some_and(|byte| matches!(byte, b' ' | b'-'))
    };
    (0..bytes.len().saturating_sub(3)).rev().find(is_code)
}

#[cfg(test)]
mod tests {
    use crate::bounce::parties::{Parties, Said, said_of};

    #[test]
    fn what_is_said_of_the_sender_is_told_from_what_is_said_of_the_recipient() {
        let senders = ["letter@mail.example.com".to_owned()];
        let recipients = ["ada@example.org".to_owned()];
        let parties = Parties { senders: &senders, recipients: &recipients };
        let phrases = ["does not exist", "user unknown", "unbekannt"];
        for text in [
            "553 5.1.0 mail.example.com does not exist",
            "550 <letter@mail.example.com> user unknown",
            "550 Your domain does not exist",
            "550 Absender unbekannt",
            "Try ada@example.org. 550 sender domain does not exist",
            "550 the link in it does not exist",
            "<ada@example.org>: host mx.example.org said: 550-5.1.0 <letter@mail.example.com> unbekannt",
        ] {
            let said = said_of(&phrases, &parties.plain(text)).map(|(_, said)| said);
            assert_eq!(said, Some(Said::OfSender), "{text}");
        }
        for text in [
            "550 user unknown",
            "550 <ada@example.org>: user unknown",
            "from letter@mail.example.com to ada@example.org: user unknown",
            "host mail.example.com said: 550 user unknown",
            "the sender was told. 550 user unknown",
            "Subject: First frost Reason: user unknown",
            "see the link https://help.example.net/codes/of/a/server/and/more for this: user unknown",
        ] {
            let said = said_of(&phrases, &parties.plain(text)).map(|(_, said)| said);
            assert_eq!(said, Some(Said::OfRecipient), "{text}");
        }
    }
}
