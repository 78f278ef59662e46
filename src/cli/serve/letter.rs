//! A publication in, the letter that asks for a confirmation out: through the compiler of issues.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::compile::{self, Program};
use crate::diagnostic::Source;
use crate::issue::{self, Issue};
use crate::templates::{Neighbours, Theme};

/// The column of the token, which is all that differs from reader to reader.
pub(super) const TOKEN: &str = "token";

/// What letters are made from: the words are compiled once.
pub(super) struct Form {
    issue: Issue,
    theme: Theme,
    neighbours: Neighbours,
    why: String,
}

impl Form {
    /// Compiles the words of the publication's language.
    pub(super) fn new(
        publication: &Publication,
        now: Timestamp,
        found: &mut Found,
    ) -> Result<Self, Failure> {
        let text = written(publication, now);
        let source = Source::new("issues/confirmation.toml", text);
        let parsed = issue::parse(&source, &publication.folder, &[]);
        let issue = parsed.value.ok_or_else(|| {
            let said = parsed.diagnostics.first().map(|found| found.message.clone());
            let said = said.unwrap_or_default();
            Failure::new(Exit::Bug, format!("the mail to confirm does not compile: {said}"))
        })?;
        let theme = publication.theme(&issue, found)?;
        let words = publication.config.publication.language.words().public;
        let why = words.mail_why.replace("{name}", &publication.config.publication.name);
        Ok(Self { issue, theme, neighbours: Neighbours::default(), why })
    }

    /// The message, with holes for who gets it and for the token.
    pub(super) fn program(&self, publication: &Publication, date: Timestamp) -> Program {
        let press = publication.press(&self.theme, &self.neighbours, None);
        let salt = format!("confirmation {}", date.as_nanosecond());
        compile::notice(&self.issue, &press, &self.why, date, &salt).program()
    }
}

/// The letter as an editor would write it.
fn written(publication: &Publication, now: Timestamp) -> String {
    let publication = &publication.config.publication;
    let words = publication.language.words().public;
    let named = |text: &str| text.replace("{name}", &publication.name);
    let date = now.to_zoned(publication.time_zone.clone()).date();
    let mut text = format!("date = {date}\n");
    let mut line = |key: &str, value: &str| {
        writeln!(text, "{key} = \"{}\"", escaped(value)).expect("a string takes it");
    };
    line("title", &plain(words.confirm_title));
    line("subject", &plain(&named(words.mail_subject)));
    line("lede", &prose(&plain(&named(words.mail_text))));
    let url = format!("{}/subscribe/{{{{{TOKEN}}}}}", publication.url);
    let (label, ignore) = (escaped(&plain(words.confirm_button)), prose(words.mail_ignore));
    let (url, ignore) = (escaped(&url), escaped(&ignore));
    write!(
        text,
        "\n[[section]]\nbutton = {{ label = \"{label}\", url = \"{url}\" }}\n\
         \n[[section]]\nbody = \"{ignore}\"\n"
    )
    .expect("a string takes it");
    text
}

/// A text in which nothing is a field.
fn plain(text: &str) -> String {
    text.replace("{{", "{ {").replace("}}", "} }")
}

/// A text in which nothing is Markdown.
fn prose(text: &str) -> String {
    let mut prose = String::new();
    for character in text.chars() {
        // Those alone can begin something within a line; the others mean nothing there.
        if "\\`*_[]<>&!#|~".contains(character) {
            prose.push('\\');
        }
        prose.push(character);
    }
    prose
}

/// A text as it stands in a string of TOML.
fn escaped(text: &str) -> String {
    let control = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().map(control).collect::<String>().replace('\\', "\\\\").replace('"', "\\\"")
}
