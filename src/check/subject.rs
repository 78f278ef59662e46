//! An issue's subject, preheader and sender in, what inboxes and filters hold against them out.

use unicode_width::UnicodeWidthStr as _;

use crate::check::{find, words};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::field::Template;
use crate::issue::Issue;

/// Shorter subjects say too little, in columns.
const SUBJECT_MIN: usize = 10;
/// How many letters a subject has to have before its capitals say anything.
const LETTERS_MIN: usize = 10;
/// Pictures in a subject, at most.
const EMOJI_MAX: usize = 2;
/// What inboxes have room for after the subject, in columns.
const PREHEADER: std::ops::RangeInclusive<usize> = 40..=130;
/// Characters without a width in a row: nobody types as many.
const INVISIBLE_MAX: usize = 2;

pub(super) fn check(issue: &Issue, config: &Config) -> Vec<Diagnostic> {
    let subject = issue.subject.to_default();
    let found = [
        false_reply(issue, &subject),
        shouting(issue, &subject),
        short(issue, &subject),
        emoji(issue, &subject),
        preheader(issue, &subject),
        sender(config, &subject),
    ];
    let lines = [Some(&issue.subject), issue.preheader.as_ref()];
    let invisible = lines.into_iter().flatten().filter_map(|line| invisible(issue, line));
    found.into_iter().flatten().chain(invisible).collect()
}

fn at(issue: &Issue, code: Code, line: &Template, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, &issue.source, line.span.0.clone(), message)
}

fn false_reply(issue: &Issue, subject: &str) -> Option<Diagnostic> {
    let (start, _) = subject.split_once([':', '：'])?;
    let word = start.split('[').next().unwrap_or_default().trim().to_lowercase();
    if !words::REPLIES.contains(&word.as_str()) {
        return None;
    }
    let message = format!("the subject begins with `{}:`, and answers nothing", start.trim());
    let mut diagnostic = at(issue, Code::FalseReply, &issue.subject, message);
    diagnostic.span = find(&issue.source, &diagnostic.span, &format!("{start}:"));
    Some(diagnostic.help("begin with the first word of the subject itself"))
}

fn shouting(issue: &Issue, subject: &str) -> Option<Diagnostic> {
    let capitals = subject.chars().filter(|c| c.is_uppercase()).count();
    let letters = capitals + subject.chars().filter(|c| c.is_lowercase()).count();
    let marks = subject.matches(['!', '！']).count();
    let doubled = ["!?", "?!", "??"].into_iter().find(|marks| subject.contains(marks));
    let (message, help) = if letters >= LETTERS_MIN && capitals * 5 > letters * 3 {
        ("most of the subject is in capitals".to_owned(), "write it as a sentence")
    } else if marks > 1 {
        (format!("the subject has {marks} exclamation marks"), "leave one, or none")
    } else if let Some(doubled) = doubled {
        (format!("the subject shouts `{doubled}`"), "leave one mark")
    } else {
        return None;
    };
    Some(at(issue, Code::Shouting, &issue.subject, message).help(help))
}

fn short(issue: &Issue, subject: &str) -> Option<Diagnostic> {
    let length = subject.trim().chars().count();
    let message = format!("the subject has {length} characters: it says too little");
    let short = subject.trim().width() < SUBJECT_MIN;
    short.then(|| {
        let diagnostic = at(issue, Code::ShortSubject, &issue.subject, message);
        diagnostic.help("say in 30 to 60 characters what the issue is about")
    })
}

fn emoji(issue: &Issue, subject: &str) -> Option<Diagnostic> {
    let count = subject.chars().filter(|character| is_emoji(*character)).count();
    let message = format!("the subject has {count} emoji");
    let diagnostic = || at(issue, Code::Emoji, &issue.subject, message);
    (count > EMOJI_MAX).then(|| diagnostic().help("leave one, or none"))
}

fn is_emoji(character: char) -> bool {
    matches!(character,
        '\u{2600}'..='\u{27bf}' | '\u{2b50}'..='\u{2b55}' | '\u{1f000}'..='\u{1faff}')
}

fn preheader(issue: &Issue, subject: &str) -> Option<Diagnostic> {
    let Some(line) = &issue.preheader else {
        let message = "there is no preheader: inboxes show whatever the letter begins with";
        let diagnostic = at(issue, Code::Preheader, &issue.title, message);
        return Some(
            diagnostic.help("add `preheader = \"…\"`, one sentence of 40 to 130 characters"),
        );
    };
    let text = line.to_default();
    let (width, length) = (text.trim().width(), text.trim().chars().count());
    let (message, help) = if normal(&text) == normal(subject) {
        ("the preheader repeats the subject".to_owned(), "go on where the subject ends")
    } else if width < *PREHEADER.start() {
        (
            format!(
                "the preheader has {length} characters: inboxes go on with the letter behind it"
            ),
            "write one sentence of 40 to 130 characters",
        )
    } else if width > *PREHEADER.end() {
        (
            format!("the preheader has {length} characters, and inboxes cut it"),
            "say it in 130; the `deck` has room for more",
        )
    } else {
        return None;
    };
    Some(at(issue, Code::Preheader, line, message).help(help))
}

/// A text without what makes no difference to a reader.
fn normal(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Padding that is there so that inboxes show nothing more.
fn invisible(issue: &Issue, line: &Template) -> Option<Diagnostic> {
    let text = line.to_default();
    let mut run = 0;
    let longest = text.chars().map(|character| {
        run = if is_invisible(character) { run + 1 } else { 0 };
        run
    });
    let longest = longest.max().unwrap_or_default();
    let message = format!("{longest} characters in a row cannot be seen");
    (longest > INVISIBLE_MAX).then(|| {
        at(issue, Code::HiddenText, line, message).help("delete them, and write words instead")
    })
}

fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn sender(config: &Config, subject: &str) -> Option<Diagnostic> {
    let name = config.sender.name.trim();
    let message = if name.is_empty() {
        "the sender has no name".to_owned()
    } else if name.contains('@') {
        format!("the sender’s name `{name}` looks like an address")
    } else if let Some(emoji) = name.chars().find(|c| is_emoji(*c)) {
        format!("the sender’s name has a `{emoji}` in it")
    } else if normal(name) == normal(subject) {
        format!("the sender’s name `{name}` is the subject")
    } else {
        return None;
    };
    // The file is not kept with its places: the key stands once in it.
    let text = &config.source.text;
    let sender = text.find("[sender]").unwrap_or_default();
    let line = text[sender..].lines().find(|line| line.trim_start().starts_with("from"));
    let line = line.unwrap_or_default();
    let place = find(&config.source, &(sender..text.len()), line);
    let help = "write who sends it: `from = \"The Tidewater Review <review@example.org>\"`";
    Some(Diagnostic::new(Code::SenderName, &config.source, place, message).help(help))
}
