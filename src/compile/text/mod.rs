//! A letter in, its plain text out: made from the issue itself, never from the HTML.

mod prose;
mod wrap;

use crate::compile::text::prose::Notes;
use crate::field::Template;
use crate::issue::{Brief, Briefs, Delivery, File, Image, Kind, Quote, Section, Story};
use crate::templates::{Letter, masthead_line};

/// How many columns a line has.
pub(super) const COLUMNS: usize = 72;

/// Writes the text of a letter, with marks for its fields; its last line ends too.
pub(super) fn write(letter: &Letter<'_>) -> String {
    let mut page = Page { letter, text: String::new(), notes: Notes::default() };
    page.masthead();
    page.opening();
    for section in letter.sections {
        page.section(section);
    }
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
        self.glue(&masthead_line(self.letter.issue, self.letter.marks));
        self.rule('-');
    }

    fn opening(&mut self) {
        let issue = self.letter.issue;
        if let Some(byline) = &issue.byline {
            let intro = byline.intro.as_ref().map(|intro| self.line(intro) + " ");
            let role = byline.role.as_ref().map(|role| format!(", {}", self.line(role)));
            let name = self.line(&byline.name);
            self.paragraph(&format!(
                "{}{name}{}",
                intro.unwrap_or_default(),
                role.unwrap_or_default()
            ));
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

    fn section(&mut self, section: &Section) {
        match &section.kind {
            Kind::Story(story) => self.story(story),
            Kind::Briefs(briefs) => self.briefs(briefs),
            Kind::Quote(quote) => self.quote(quote),
            Kind::Divider => {
                self.gap();
                self.text.push_str(&" ".repeat(COLUMNS / 2 - 3));
                self.text.push_str("* * *\n");
            }
        }
        self.close_notes();
    }

    fn story(&mut self, story: &Story) {
        self.head(story.kicker.as_ref(), story.heading.as_ref());
        if let Some(image) = &story.image {
            self.image(image);
        }
        if let Some(body) = &story.body {
            self.prose(&body.blocks);
        }
        if let Some(button) = &story.button {
            let label = self.line(&button.label);
            let url = self.letter.marks.url(button.url.template());
            self.pointer(&label, &url);
        }
        for file in &story.files {
            self.file(file);
        }
    }

    fn briefs(&mut self, briefs: &Briefs) {
        self.head(briefs.kicker.as_ref(), briefs.heading.as_ref());
        briefs.items.iter().for_each(|brief| self.brief(brief));
    }

    fn brief(&mut self, brief: &Brief) {
        if let Some(heading) = &brief.heading {
            let heading = self.line(heading);
            self.paragraph(&format!("### {heading}"));
        }
        if let Some(body) = &brief.body {
            self.prose(&body.blocks);
        }
        if let Some(url) = &brief.url {
            self.gap();
            self.text.push_str(&self.letter.marks.url(url.template()));
            self.text.push('\n');
        }
    }

    fn quote(&mut self, quote: &Quote) {
        let mut inner =
            prose::write(&quote.text.blocks, self.letter.marks, COLUMNS - 2, &mut self.notes);
        if let Some(name) = &quote.attribution {
            let role = quote.role.as_ref().map(|role| format!(", {}", self.line(role)));
            let name = format!("— {}{}", self.line(name), role.unwrap_or_default());
            inner.push('\n');
            inner.push_str(&wrap::fill(&name, COLUMNS - 2, self.letter.marks));
        }
        self.gap();
        self.text.push_str(&prose::prefix(&inner, "> "));
    }

    fn image(&mut self, image: &Image) {
        self.paragraph(&format!("[Picture: {}]", self.line(&image.alt)));
        let words = [image.caption.as_ref(), image.credit.as_ref()];
        let words: Vec<_> = words.into_iter().flatten().map(|words| self.line(words)).collect();
        if !words.is_empty() {
            self.paragraph(&words.join(" "));
        }
        if let Some(url) = &image.url {
            self.text.push_str(&self.letter.marks.url(url.template()));
            self.text.push('\n');
        }
    }

    fn file(&mut self, file: &File) {
        let facts = format!("{}, {}", file.asset.kind(), file.asset.size());
        let label = self.line(&file.label);
        match file.deliver {
            Delivery::Link => {
                let url = (self.letter.url_of)(&file.asset.path);
                self.pointer(&format!("{label} ({facts})"), &url);
            }
            Delivery::Inside => self.paragraph(&format!("{label} ({facts}, attached)")),
        }
    }

    fn colophon(&mut self) {
        let publication = self.letter.publication;
        // What stands behind "-- " is a signature: programs fold it away and leave it out of replies.
        self.text.push_str("\n-- \n");
        self.glue(&publication.colophon);
        let links = [
            ("Unsubscribe", self.letter.unsubscribe),
            ("View in browser", self.letter.permalink),
            ("On the web", publication.url.as_str()),
        ];
        for (label, url) in links {
            self.text.extend(["\n", label, ":\n", url, "\n"]);
        }
        self.text.push('\n');
        self.glue(&format!("{}, {}", publication.name, publication.address));
    }

    fn head(&mut self, kicker: Option<&Template>, heading: Option<&Template>) {
        self.text.push('\n');
        if let Some(kicker) = kicker {
            self.paragraph(&self.line(kicker).to_uppercase());
            if heading.is_none() {
                return;
            }
        } else {
            self.gap();
        }
        if let Some(heading) = heading {
            let heading = self.line(heading);
            self.underlined(&heading, '-');
        }
    }

    fn line(&self, template: &Template) -> String {
        self.letter.marks.text(template).trim().to_owned()
    }

    fn prose(&mut self, blocks: &[crate::issue::Block]) {
        self.gap();
        let text = prose::write(blocks, self.letter.marks, COLUMNS, &mut self.notes);
        self.text.push_str(&text);
    }

    /// Words and the URL that they lead to, on a line of its own.
    fn pointer(&mut self, label: &str, url: &str) {
        self.paragraph(&format!("{label}:"));
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
        for (number, url) in notes {
            self.text.extend(["[", &number.to_string(), "] ", &url, "\n"]);
        }
    }
}
