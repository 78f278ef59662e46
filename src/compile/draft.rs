//! An issue, an edition and a date in, the message with marks where readers' values go out.

use aws_lc_rs::digest;
use jiff::Timestamp;

use crate::compile::asset::Carried;
use crate::compile::edition::Edition;
use crate::compile::encode::{self, QuotedPrintable};
use crate::compile::program::{Cut, Escape, Gap, Made, Program, Reader, Slot};
use crate::compile::{asset, clicks, html, mime, text};
use crate::config::{Publication, Sender, Unsubscribe};
use crate::field::{Field, Mark, Marks, Template};
use crate::issue::{Asset, Delivery, Image, Issue, Section};
use crate::key::Key;
use crate::templates::{Letter, Medium, Neighbours, Theme, page};

/// Everything but the issue that decides what a message looks like.
#[derive(Debug, Clone, Copy)]
pub struct Press<'p> {
    /// The publication.
    pub publication: &'p Publication,
    /// Who it comes from.
    pub sender: &'p Sender,
    /// How a reader leaves.
    pub unsubscribe: &'p Unsubscribe,
    /// The reader's name in `To`.
    pub name: &'p Template,
    /// How it looks.
    pub theme: &'p Theme,
    /// What comes before and after it.
    pub neighbours: &'p Neighbours,
    /// What makes links that lead through the publication's server, where they are counted; they
    /// are the same for every reader.
    pub clicks: Option<&'p Key>,
}

/// A message before it is encoded: what [`Draft::program`] compiles.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(super) html: String,
    pub(super) text: String,
    pub(super) embedded: Vec<Asset>,
    pub(super) attached: Vec<Asset>,
    marks: Marks,
    parts: Vec<Part>,
}

/// A stretch of a message.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// A hole outside the bodies.
    Slot(Slot),
    /// A body: text with marks, to be quoted-printable.
    Body(String, Escape),
}

/// Renders an issue for one edition.
///
/// `salt` keeps the Message-IDs of a test apart from those of the issue itself; it is empty for
/// the issue.
#[must_use]
pub fn draft(
    issue: &Issue,
    press: &Press<'_>,
    edition: &Edition,
    date: Timestamp,
    salt: &str,
) -> Draft {
    drafted(issue, press, edition, Medium::Mail, (date, salt))
}

/// Renders a letter to somebody who asked for something: no issue of the list, so that it has none
/// of the list's headers and links. `why` says why it was sent.
#[must_use]
pub fn notice(issue: &Issue, press: &Press<'_>, why: &str, date: Timestamp, salt: &str) -> Draft {
    drafted(issue, press, &Edition::public(issue), Medium::Notice(why), (date, salt))
}

fn drafted(
    issue: &Issue,
    press: &Press<'_>,
    edition: &Edition,
    medium: Medium<'_>,
    (date, salt): (Timestamp, &str),
) -> Draft {
    let sections = edition.sections(issue);
    let (marks, (html, text)) = with_letter(issue, press, &sections, medium, |letter| {
        let markup = letter.render().into_string();
        let markup = match press.clicks {
            Some(key) => clicks::counted(&markup, letter, key),
            None => markup,
        };
        (html::in_lines(&markup), text::write(letter))
    });
    let embedded = asset::of(issue, &sections, press.publication, Carried::Embedded);
    let attached = asset::of(issue, &sections, press.publication, Carried::Attached);
    let mut draft = Draft { html, text, embedded, attached, marks, parts: Vec::new() };
    let listed = matches!(medium, Medium::Mail);
    let head = mime::Head { issue, press, date, salt, boundary: boundary(issue), listed };
    draft.parts = mime::parts(&draft, &head);
    draft
}

/// Makes a letter, with marks for the fields of its issue, and something of it.
pub(super) fn with_letter<T>(
    issue: &Issue,
    press: &Press<'_>,
    sections: &[&Section],
    medium: Medium<'_>,
    make: impl FnOnce(&Letter<'_>) -> T,
) -> (Marks, T) {
    let mut marks = Marks::default();
    issue.for_each_field(&mut |field| marks.insert(field));
    let Publication { list_id, .. } = press.publication;
    let unsubscribe = press.unsubscribe.url.replace("{token}", &Marks::TOKEN.to_string());
    let url_of = |path: &str| url_of(press.publication, path);
    let permalink = url_of(&page(&issue.name));
    let source_of = |image: &Image| match image.deliver {
        Delivery::Link => url_of(&image.asset.path),
        Delivery::Inside => format!("cid:{}", content_id(&image.asset, list_id)),
    };
    let letter = Letter {
        issue,
        sections,
        publication: press.publication,
        language: issue.language.as_ref().unwrap_or(&press.publication.language),
        neighbours: press.neighbours,
        theme: press.theme,
        marks: &marks,
        unsubscribe: &unsubscribe,
        permalink: &permalink,
        medium,
        source_of: &source_of,
        url_of: &url_of,
    };
    let made = make(&letter);
    (marks, made)
}

/// Where a file of the publication is on the web.
#[must_use]
pub fn url_of(publication: &Publication, path: &str) -> String {
    format!("{}/{}", publication.url, encode::path(path))
}

/// The identifier of an embedded picture (RFC 2392).
pub(super) fn content_id(asset: &Asset, list_id: &str) -> String {
    format!("{}@{list_id}", encode::percent(&asset.path).replace('%', "."))
}

/// What separates the parts: it cannot be in them, since `=_` is in no quoted-printable and no
/// base64 text, and it is the same for the same issue.
fn boundary(issue: &Issue) -> String {
    let digest = digest::digest(&digest::SHA256, issue.source.text.as_bytes());
    let hex: String = digest.as_ref()[..9].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("=_{hex}")
}

impl Draft {
    /// Encodes the message once and cuts it where readers' values go.
    #[must_use]
    pub fn program(&self) -> Program {
        let mut program = Program { bytes: Vec::new(), slots: Vec::new() };
        for part in &self.parts {
            match part {
                Part::Bytes(bytes) => program.bytes.extend_from_slice(bytes),
                Part::Slot(slot) => program.cut(slot.clone()),
                Part::Body(body, escape) => self.encode(body, *escape, &mut program),
            }
        }
        program
    }

    fn encode(&self, body: &str, escape: Escape, program: &mut Program) {
        let mut encoder = QuotedPrintable::default();
        for (literal, mark) in self.pieces(body) {
            encoder.text(literal, &mut program.bytes);
            let Some(mark) = mark else { continue };
            encoder.boundary(&mut program.bytes);
            program.cut(match mark {
                Mark::Text(field) => Slot::Field(field.clone(), escape),
                Mark::Url(field) => Slot::Field(field.clone(), Escape::Url),
                Mark::Token => Slot::Token,
            });
        }
    }

    /// Renders one reader's message without a program: what [`Program::assemble`] has to equal.
    ///
    /// # Errors
    /// A field has neither a value nor a default.
    pub fn render(&self, reader: Reader<'_>) -> Result<Vec<u8>, Gap> {
        let mut message = Vec::new();
        let made = Made::default();
        for part in &self.parts {
            match part {
                Part::Bytes(bytes) => message.extend_from_slice(bytes),
                Part::Slot(slot) => slot.write(reader, &made, &mut message)?,
                Part::Body(body, escape) => {
                    self.render_body(body, *escape, reader, &mut message)?;
                }
            }
        }
        Ok(message)
    }

    fn render_body(
        &self,
        body: &str,
        escape: Escape,
        reader: Reader<'_>,
        message: &mut Vec<u8>,
    ) -> Result<(), Gap> {
        let mut encoder = QuotedPrintable::default();
        for (literal, mark) in self.pieces(body) {
            encoder.text(literal, message);
            let Some(mark) = mark else { continue };
            encoder.boundary(message);
            encoder.text(&value(mark, escape, reader)?, message);
            encoder.boundary(message);
        }
        Ok(())
    }

    /// One reader's letter as HTML.
    ///
    /// # Errors
    /// A field has neither a value nor a default.
    pub fn html(&self, reader: Reader<'_>) -> Result<String, Gap> {
        self.fill(&self.html, Escape::Html, reader)
    }

    /// One reader's letter as plain text.
    ///
    /// # Errors
    /// A field has neither a value nor a default.
    pub fn text(&self, reader: Reader<'_>) -> Result<String, Gap> {
        self.fill(&self.text, Escape::None, reader)
    }

    /// How large the HTML is, for as many readers as there are.
    #[must_use]
    pub fn measure(&self) -> Measure {
        let mut measure = Measure { fixed: 0, tokens: 0, holes: Vec::new() };
        for (literal, mark) in self.pieces(&self.html) {
            measure.fixed += literal.len();
            match mark {
                Some(Mark::Text(field)) => measure.holes.push((field.clone(), Escape::Html)),
                Some(Mark::Url(field)) => measure.holes.push((field.clone(), Escape::Url)),
                Some(Mark::Token) => measure.tokens += 1,
                None => {}
            }
        }
        measure
    }

    fn fill(&self, body: &str, escape: Escape, reader: Reader<'_>) -> Result<String, Gap> {
        fill(&self.marks, body, escape, reader)
    }

    fn pieces<'b>(&'b self, body: &'b str) -> Vec<(&'b str, Option<Mark<'b>>)> {
        pieces(&self.marks, body)
    }
}

/// A body with one reader's values in place of its marks.
pub(super) fn fill(
    marks: &Marks,
    body: &str,
    escape: Escape,
    reader: Reader<'_>,
) -> Result<String, Gap> {
    let mut filled = String::with_capacity(body.len());
    for (literal, mark) in pieces(marks, body) {
        filled.push_str(literal);
        if let Some(mark) = mark {
            filled.push_str(&value(mark, escape, reader)?);
        }
    }
    Ok(filled)
}

/// A body cut at its marks: stretches of the author's text, each with the mark behind it.
fn pieces<'b>(marks: &'b Marks, body: &'b str) -> Vec<(&'b str, Option<Mark<'b>>)> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, character) in body.char_indices() {
        if let Some(mark) = marks.meaning(character) {
            pieces.push((&body[start..at], Some(mark)));
            start = at + character.len_utf8();
        }
    }
    pieces.push((&body[start..], None));
    pieces
}

/// The HTML of a draft as far as its size goes.
#[derive(Debug, Clone)]
pub struct Measure {
    fixed: usize,
    tokens: usize,
    holes: Vec<(Field, Escape)>,
}

impl Measure {
    /// How many bytes of HTML one reader gets.
    ///
    /// # Errors
    /// A field has neither a value nor a default.
    pub fn size(&self, reader: Reader<'_>) -> Result<usize, Gap> {
        let key = &reader.recipient.address.key();
        let tokens = if self.tokens == 0 { 0 } else { self.tokens * Key::token_length(key) };
        let mut size = self.fixed + tokens;
        for (field, escape) in &self.holes {
            size += escape.apply(&reader.fill(field)?).len();
        }
        Ok(size)
    }
}

/// What a mark becomes for one reader.
fn value(mark: Mark<'_>, escape: Escape, reader: Reader<'_>) -> Result<String, Gap> {
    match mark {
        Mark::Text(field) => Ok(escape.apply(&reader.fill(field)?)),
        Mark::Url(field) => Ok(Escape::Url.apply(&reader.fill(field)?)),
        Mark::Token => Ok(reader.token()),
    }
}

impl Program {
    fn cut(&mut self, slot: Slot) {
        self.slots.push(Cut { at: self.bytes.len(), slot });
    }
}
