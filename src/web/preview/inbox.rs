//! A letter in, the lines out that inboxes show of it before it is opened.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::markup::{Token, tokens};
use crate::templates::pages::preview::Inbox;
use crate::web::preview::Letter;

/// What a mail program has room for, in columns: sender, subject, and what is behind it.
///
/// These are what common screens show; nobody promises them (docs/preview.md has the sources).
struct Room {
    program: &'static str,
    sender: usize,
    subject: usize,
    snippet: usize,
}

const ROOMS: [Room; 3] = [
    Room { program: "Gmail, on a telephone", sender: 24, subject: 37, snippet: 40 },
    Room { program: "Apple Mail, iPhone", sender: 28, subject: 41, snippet: 90 },
    Room { program: "Outlook, Windows", sender: 28, subject: 54, snippet: 50 },
];

/// More words than any of them shows.
const WORDS_MAX: usize = 60;

/// The line of each program.
pub(super) fn lines(letter: &Letter) -> Vec<Inbox> {
    let first = first_words(&letter.html);
    let line = |room: &Room| Inbox {
        program: room.program,
        sender: cut(&letter.sender, room.sender),
        subject: cut(&letter.subject, room.subject),
        snippet: cut(&first, room.snippet),
    };
    ROOMS.iter().map(line).collect()
}

/// What a letter begins with: programs show the first words that they find, whatever they are for.
fn first_words(html: &str) -> String {
    let body = html.find("<body").unwrap_or_default();
    let mut words = Vec::new();
    let mut silent = false;
    for token in tokens(&html[body..]) {
        match token {
            Token::Tag(tag) if matches!(tag.name.as_str(), "style" | "script" | "title") => {
                silent = !tag.closing;
            }
            Token::Text(text, _) if !silent => {
                words.extend(text.split_whitespace().map(str::to_owned));
            }
            _ => {}
        }
        if words.len() > WORDS_MAX {
            break;
        }
    }
    words.join(" ")
}

/// A text in the columns that there are, with `…` where it is cut.
fn cut(text: &str, columns: usize) -> String {
    let text = text.trim();
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut room = columns.saturating_sub(1);
    let fits = |character: &char| {
        let width = character.width().unwrap_or_default();
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}
