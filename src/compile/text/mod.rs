//! A letter in, its plain text out: made from the issue itself, never from the HTML.

mod notes;
mod prose;
mod sections;
mod table;
mod wrap;

use crate::compile::text::notes::Notes;
use crate::field::Template;
use crate::issue::{Block, Link};
use crate::templates::{Letter, Medium, Neighbour, page};

/// How many columns a line has.
pub(super) const COLUMNS: usize = 72;

/// Writes the text of a letter, with marks for its fields; its last line ends too.
pub(super) fn write(letter: &Letter<'_>) -> String {
    let mut page = Page { letter, text: String::new(), notes: Notes::new(letter.theme.text_links) };
    page.masthead();
    page.opening();
    for section in letter.sections {
        page.section(section);
    }
    page.around();
    page.colophon();
    page.text
}

/// The text that is being written, and the links of the section that is being written.
struct Page<'p> {
    letter: &'p Letter<'p>,
    text: String,
    notes: Notes,
}

impl Page<'_> {
    fn masthead(&mut self) {
        let name = self.letter.publication.name.clone();
        self.paragraph(&name.to_uppercase());
        if let Some(tagline) = self.letter.publication.tagline.clone() {
            self.glue(&tagline);
        }
        self.glue(&self.letter.folio());
        self.rule('-');
    }

    fn opening(&mut self) {
        let issue = self.letter.issue;
        if let Some(byline) = &issue.byline {
            let intro = byline.intro.as_ref().map(|intro| self.line(intro) + " ");
            let name = self.with_role(&byline.name, byline.role.as_ref());
            self.paragraph(&format!("{}{name}", intro.unwrap_or_default()));
        }
        if let Some(series) = &issue.series {
            self.text.push('\n');
            self.paragraph(&self.letter.part(series));
        }
        let title = self.line(&issue.title);
        self.heading(&title, '=');
        if let Some(deck) = &issue.deck {
            self.paragraph(&self.line(deck));
        }
        if let Some(lede) = &issue.lede {
            self.prose(&lede.blocks);
        }
        self.close_notes();
    }

    /// The issues before and after this one.
    fn around(&mut self) {
        let words = self.letter.language.words();
        let shown = [
            (words.previous, &self.letter.neighbours.previous),
            (words.next, &self.letter.neighbours.next),
        ];
        for (word, neighbour) in shown {
            let Some(Neighbour { title, name }) = neighbour else { continue };
            self.text.push('\n');
            let label = format!("{word}{}{title}", words.colon);
            self.pointer(&label, &(self.letter.url_of)(&page(name)));
        }
    }

    fn colophon(&mut self) {
        let publication = self.letter.publication;
        let words = self.letter.language.words();
        // What stands behind "-- " is a signature: programs fold it away and leave it out of replies.
        self.text.push_str("\n-- \n");
        if !matches!(self.letter.medium, Medium::Web(_)) {
            self.glue(&self.letter.why());
        }
        let home = (words.home, publication.url.as_str());
        let links = match self.letter.medium {
            Medium::Mail => vec![
                (words.unsubscribe, self.letter.unsubscribe),
                (words.view_in_browser, self.letter.permalink),
                home,
            ],
            Medium::Notice(_) => vec![home],
            Medium::Web(web) => vec![
                (words.archive.subscribe, publication.subscribe.as_str()),
                (words.archive.all_issues, web.index),
                (words.archive.feed, web.feed),
                home,
            ],
        };
        for (label, url) in links {
            self.text.extend(["\n", label, words.colon.trim_end(), "\n", url, "\n"]);
        }
        self.text.push('\n');
        self.glue(&format!("{}{}{}", publication.name, words.comma, publication.address));
    }

    /// A name and what the person does.
    fn with_role(&self, name: &Template, role: Option<&Template>) -> String {
        let comma = self.letter.language.words().comma;
        let role = role.map(|role| format!("{comma}{}", self.line(role)));
        self.line(name) + &role.unwrap_or_default()
    }

    fn line(&self, template: &Template) -> String {
        self.letter.marks.text(template).trim().to_owned()
    }

    fn prose(&mut self, blocks: &[Block]) {
        self.gap();
        let text = prose::write(blocks, self.letter.marks, COLUMNS, &mut self.notes);
        self.text.push_str(&text);
    }

    fn url(&self, link: &Link) -> String {
        self.letter.marks.url(link.template())
    }

    /// Words and the URL that they lead to, on a line of its own.
    fn pointer(&mut self, label: &str, url: &str) {
        let colon = self.letter.language.words().colon.trim_end();
        self.paragraph(&format!("{label}{colon}"));
        self.alone(url);
    }

    /// A URL on a line of its own.
    fn alone(&mut self, url: &str) {
        self.text.push_str(url);
        self.text.push('\n');
    }

    fn heading(&mut self, text: &str, underline: char) {
        self.text.push('\n');
        self.gap();
        self.underlined(text, underline);
    }

    fn underlined(&mut self, text: &str, underline: char) {
        let wrapped = wrap::fill(text, COLUMNS, self.letter.marks);
        let width = wrapped.lines().map(|line| wrap::width(line, self.letter.marks)).max();
        self.text.push_str(&wrapped);
        self.text.push_str(&underline.to_string().repeat(width.unwrap_or(1).clamp(1, COLUMNS)));
        self.text.push('\n');
    }

    fn rule(&mut self, character: char) {
        self.text.push_str(&character.to_string().repeat(COLUMNS));
        self.text.push('\n');
    }

    /// Lines of their own with an empty line before.
    fn paragraph(&mut self, text: &str) {
        self.gap();
        self.glue(text);
    }

    /// Lines of their own, right below what is there.
    fn glue(&mut self, text: &str) {
        self.text.push_str(&wrap::fill(text, COLUMNS, self.letter.marks));
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// The URLs of a section's links, each on a line of its own, where the section ends.
    fn close_notes(&mut self) {
        let notes = self.notes.take();
        if notes.is_empty() {
            return;
        }
        self.gap();
        for line in notes {
            self.alone(&line);
        }
    }
}
