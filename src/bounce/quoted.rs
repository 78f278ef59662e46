//! A text splits into the words of the report and the mail that the report quotes.

use crate::bounce::fields::{self, Fields};
use crate::bounce::phrases;
use crate::bounce::status::{self, Status};

/// A text in two halves.
#[derive(Debug, Clone, Default)]
pub(super) struct Halves {
    /// The words of the report, before the quoted mail and after it.
    pub(super) said: String,
    /// The quoted mail, without the marks that stand before each of its lines.
    pub(super) quoted: String,
    /// Whether each line of the quoted mail had a `>` before it, as mail programs write replies.
    pub(super) is_reply: bool,
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

/// What stands after it, in a line that looks like a rule.
const ENDS: &[&str] = &[
    "end of message",
    "end message",
    "end of the message",
    "end of original",
    "end of the original",
    "end of returned",
    "end of rejected",
    "end of unsent",
    "end of your message",
    "end of included",
    "end of copy",
    "end of header",
    "end original",
    "ende der nachricht",
    "fin du message",
    "fin del mensaje",
    "fine del messaggio",
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

/// The marks before each line of a quoted mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Margin {
    /// None: the mail goes on to the end, or to a line that says so.
    Flush,
    /// Blanks: it goes on as long as lines have them.
    Indented,
    /// `>` or `|`, likewise.
    Marked,
}

/// Splits a text. What follows a quoted mail whose lines are marked or indented is said again:
/// some reports begin with the fields of the mail and say below them what is wrong.
pub(super) fn split(text: &str) -> Halves {
    let mut halves = Halves::default();
    let mut rest = text;
    while let Some((at, start)) = begin(rest) {
        halves.said.push_str(&rest[..at]);
        rest = take(&rest[start..], at < start, &mut halves);
    }
    halves.said.push_str(rest);
    halves
}

/// Where a quoted mail begins: with the line that announces it, and with its own first line.
fn begin(text: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_mark(line) {
            return Some((at, at + line.len()));
        }
        if fields::field(bare(line)).is_some() && begins_header(&text[at..]) {
            return Some((at, at));
        }
        at += line.len();
    }
    None
}

/// Takes in a quoted mail, and returns what follows it. Behind a line that announces the mail, what
/// is no longer indented may be its body: there it is what follows only where it has a code.
fn take<'t>(text: &'t str, is_announced: bool, halves: &mut Halves) -> &'t str {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let margin = Margin::of(first);
    halves.is_reply |= margin == Margin::Marked;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_over = !line.trim().is_empty() && !margin.goes_on(line);
        let is_sure = !is_announced || margin == Margin::Marked;
        if is_over && (is_sure || has_code(&text[at..])) {
            return &text[at..];
        }
        at += line.len();
        if is_end(line) {
            return &text[at..];
        }
        halves.quoted.push_str(margin.strip(line));
    }
    ""
}

/// How much behind a quoted mail is looked at for a code.
const NEAR_MAX: usize = 500;

fn has_code(text: &str) -> bool {
    let near = &text[..text.floor_char_boundary(NEAR_MAX.min(text.len()))];
    Status::find(near).is_some() || status::reply_code(near).is_some()
}

impl Margin {
    fn of(line: &str) -> Self {
        match line.chars().next() {
            Some('>' | '|') => Self::Marked,
            Some(' ' | '\t') => Self::Indented,
            _ => Self::Flush,
        }
    }

    fn goes_on(self, line: &str) -> bool {
        match self {
            Self::Flush => true,
            Self::Indented | Self::Marked => Self::of(line) != Self::Flush,
        }
    }

    fn strip(self, line: &str) -> &str {
        match self {
            Self::Flush => line,
            Self::Indented => line.trim_start_matches([' ', '\t']),
            Self::Marked => {
                let line = line.trim_start_matches(['>', '|']);
                line.strip_prefix(' ').unwrap_or(line)
            }
        }
    }
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
    is_rule && phrases::first(MARKS, &phrases::plain(line)).is_some()
}

fn is_end(line: &str) -> bool {
    let line = line.trim();
    let is_rule = line.len() < 200 && line.starts_with(['-', '=', '_', '*', '#', '+']);
    is_rule && phrases::first(ENDS, &phrases::plain(line)).is_some()
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

/// The report that a gateway pasted beneath its own words, from its header on: the mail of a mail
/// system, with a header that says so.
pub(super) fn pasted_report(halves: &Halves) -> Option<&str> {
    let text = halves.quoted.trim_start_matches('\n');
    let fields = Fields::parse(text);
    let is_null = fields.get("return-path").is_some_and(|path| path.trim() == "<>");
    let is_report = fields.get("content-type").is_some_and(|kind| {
        kind.to_ascii_lowercase().contains("report-type=delivery-status")
            || kind.to_ascii_lowercase().starts_with("multipart/report")
    });
    let is_one = is_report || is_null || fields.has("x-failed-recipients");
    (is_one && !halves.is_reply && text.contains("\n\n")).then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::bounce::quoted::split;

    #[test]
    fn what_follows_an_indented_header_is_said() {
        let text = "You sent\n\n  Message-Id: <a@example.com>\n  From: b@example.com\n  \
                    To: c@example.org\n\nIt failed:\n  user unknown\n\nReceived: by x\n\
                    From: b@example.com\nTo: c@example.org\n\nThe letter.\n";
        let halves = split(text);
        assert_eq!(halves.said, "You sent\n\nIt failed:\n  user unknown\n\n");
        assert!(halves.quoted.ends_with("The letter.\n"), "{}", halves.quoted);
    }

    #[test]
    fn a_quoted_mail_ends_where_a_line_says_so() {
        let halves =
            split("no\n--- Original message ---\nThe letter.\n--- End of message ---\nyes\n");
        assert_eq!((halves.said.as_str(), halves.quoted.as_str()), ("no\nyes\n", "The letter.\n"));
    }
}
