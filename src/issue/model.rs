//! What an issue is once it is checked: complete, and fit to be published.

use std::sync::Arc;

use jiff::civil::{Date, DateTime};

use crate::diagnostic::Source;
use crate::field::{Field, Span, Template};
use crate::issue::{Asset, Link};

/// One edition of the newsletter, as its editor wrote it.
#[derive(Debug, Clone)]
pub struct Issue {
    /// The file it was read from.
    pub source: Arc<Source>,
    /// The file's name without `.toml`.
    pub name: String,
    /// The headline.
    pub title: Template,
    /// The date in the masthead.
    pub date: Date,
    /// The issue's number.
    pub number: Option<u32>,
    /// What stands in the masthead beside the date: "Friday briefing".
    pub edition: Option<Template>,
    /// The subject of the mail; the headline, unless the editor wrote another.
    pub subject: Template,
    /// What the inbox shows after the subject.
    pub preheader: Option<Template>,
    /// The sentence beneath the headline.
    pub deck: Option<Template>,
    /// Who brings it.
    pub byline: Option<Byline>,
    /// When `send --due` sends it, in the publication's time zone.
    pub send_at: Option<DateTime>,
    /// When it is no longer news.
    pub not_after: Option<DateTime>,
    /// The segment it is for; `None` is everyone.
    pub audience: Option<String>,
    /// The editor's opening.
    pub lede: Option<Prose>,
    /// What follows, in order.
    pub sections: Vec<Section>,
}

/// "This week's edition brought to you by …".
#[derive(Debug, Clone)]
pub struct Byline {
    /// The words before the name.
    pub intro: Option<Template>,
    /// The name.
    pub name: Template,
    /// What the person does.
    pub role: Option<Template>,
}

/// One piece of an issue.
#[derive(Debug, Clone)]
pub struct Section {
    /// Where it stands in its file.
    pub span: Span,
    /// The segment it is for; `None` is everyone who gets the issue.
    pub audience: Option<String>,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of sections.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A story.
    Story(Box<Story>),
    /// Several short ones.
    Briefs(Briefs),
    /// A quotation set apart.
    Quote(Quote),
    /// A rule.
    Divider,
}

/// A story: every part is optional, and at least one is there.
#[derive(Debug, Clone)]
pub struct Story {
    /// The words above the heading.
    pub kicker: Option<Template>,
    /// The heading.
    pub heading: Option<Template>,
    /// The picture, above the text.
    pub image: Option<Image>,
    /// The text.
    pub body: Option<Prose>,
    /// The one thing to press.
    pub button: Option<Button>,
    /// What can be downloaded, or comes with the mail.
    pub files: Vec<File>,
}

/// Several short stories under one heading.
#[derive(Debug, Clone)]
pub struct Briefs {
    /// The words above the heading.
    pub kicker: Option<Template>,
    /// The heading.
    pub heading: Option<Template>,
    /// The stories; at least one.
    pub items: Vec<Brief>,
}

/// A short story.
#[derive(Debug, Clone)]
pub struct Brief {
    /// Its heading.
    pub heading: Option<Template>,
    /// Where the heading leads.
    pub url: Option<Link>,
    /// The text.
    pub body: Option<Prose>,
}

/// A quotation set apart.
#[derive(Debug, Clone)]
pub struct Quote {
    /// What was said.
    pub text: Prose,
    /// Who said it.
    pub attribution: Option<Template>,
    /// Who that is.
    pub role: Option<Template>,
}

/// Whether the bytes of a picture or file come with the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// They stay on the web, below the publication's URL.
    Link,
    /// They come with the mail: a picture embedded, a file attached.
    Inside,
}

/// A picture.
#[derive(Debug, Clone)]
pub struct Image {
    /// The file.
    pub asset: Asset,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// What it shows, for those who do not see it.
    pub alt: Template,
    /// The words beneath it.
    pub caption: Option<Template>,
    /// Who made it.
    pub credit: Option<Template>,
    /// Where it leads.
    pub url: Option<Link>,
    /// Whether it is embedded.
    pub deliver: Delivery,
}

/// A button.
#[derive(Debug, Clone)]
pub struct Button {
    /// What it says.
    pub label: Template,
    /// Where it leads.
    pub url: Link,
}

/// A file to download, or one that comes with the mail.
#[derive(Debug, Clone)]
pub struct File {
    /// The file.
    pub asset: Asset,
    /// What it is.
    pub label: Template,
    /// Whether it is attached.
    pub deliver: Delivery,
}

/// Text in paragraphs, lists and the like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// What it is made of, in order.
    pub blocks: Vec<Block>,
    /// Where it stands in its file.
    pub span: Span,
}

/// A piece of prose that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading inside a story.
    Subhead(Vec<Inline>),
    /// A list.
    List(ListBlock),
    /// Something that somebody said or wrote.
    Quote(Vec<Block>),
    /// Text whose line breaks and spaces count.
    Code(String),
    /// A rule.
    Rule,
}

/// A list of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListBlock {
    /// The first number; `None` for bullets.
    pub start: Option<u64>,
    /// The points.
    pub items: Vec<Vec<Block>>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// A hole.
    Field(Field),
    /// Words in italics.
    Emphasis(Vec<Inline>),
    /// Words in bold.
    Strong(Vec<Inline>),
    /// Words as a machine writes them.
    Code(String),
    /// Words that lead somewhere.
    Link(Link, Vec<Inline>),
    /// The line ends here.
    Break,
}

impl Issue {
    /// Every segment that decides what a reader gets, once, in the order in which they come.
    #[must_use]
    pub fn section_audiences(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for name in self.sections.iter().filter_map(|section| section.audience.as_deref()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Calls `visit` with every field that a reader's row has to fill.
    pub fn for_each_field(&self, visit: &mut dyn FnMut(&Field)) {
        let byline = self.byline.iter();
        let byline = byline.flat_map(|b| [b.intro.as_ref(), Some(&b.name), b.role.as_ref()]);
        let lines = [Some(&self.title), Some(&self.subject), self.edition.as_ref()];
        let lines = lines.into_iter().chain([self.preheader.as_ref(), self.deck.as_ref()]);
        lines.chain(byline).flatten().flat_map(Template::fields).for_each(&mut *visit);
        if let Some(lede) = &self.lede {
            lede.for_each_field(visit);
        }
        self.sections.iter().for_each(|section| section.for_each_field(visit));
    }
}

impl Section {
    /// Calls `visit` with every field in the section.
    pub fn for_each_field(&self, visit: &mut dyn FnMut(&Field)) {
        match &self.kind {
            Kind::Story(story) => story.for_each_field(visit),
            Kind::Briefs(briefs) => {
                visit_lines([briefs.kicker.as_ref(), briefs.heading.as_ref()], visit);
                for item in &briefs.items {
                    visit_lines(
                        [item.heading.as_ref(), item.url.as_ref().map(Link::template)],
                        visit,
                    );
                    item.body.iter().for_each(|body| body.for_each_field(visit));
                }
            }
            Kind::Quote(quote) => {
                visit_lines([quote.attribution.as_ref(), quote.role.as_ref()], visit);
                quote.text.for_each_field(visit);
            }
            Kind::Divider => {}
        }
    }
}

impl Story {
    fn for_each_field(&self, visit: &mut dyn FnMut(&Field)) {
        visit_lines([self.kicker.as_ref(), self.heading.as_ref()], visit);
        if let Some(image) = &self.image {
            let words = [Some(&image.alt), image.caption.as_ref(), image.credit.as_ref()];
            visit_lines(words, visit);
            visit_lines([image.url.as_ref().map(Link::template)], visit);
        }
        self.body.iter().for_each(|body| body.for_each_field(visit));
        if let Some(button) = &self.button {
            visit_lines([Some(&button.label), Some(button.url.template())], visit);
        }
        self.files.iter().for_each(|file| visit_lines([Some(&file.label)], visit));
    }
}

fn visit_lines<const N: usize>(lines: [Option<&Template>; N], visit: &mut dyn FnMut(&Field)) {
    lines.into_iter().flatten().flat_map(Template::fields).for_each(visit);
}

impl Prose {
    /// Calls `visit` with every field in the text.
    pub fn for_each_field(&self, visit: &mut dyn FnMut(&Field)) {
        self.blocks.iter().for_each(|block| block.for_each_field(visit));
    }
}

impl Block {
    fn for_each_field(&self, visit: &mut dyn FnMut(&Field)) {
        match self {
            Self::Paragraph(inlines) | Self::Subhead(inlines) => {
                inlines.iter().for_each(|inline| inline.for_each_field(visit));
            }
            Self::List(list) => {
                list.items.iter().flatten().for_each(|block| block.for_each_field(visit));
            }
            Self::Quote(blocks) => blocks.iter().for_each(|block| block.for_each_field(visit)),
            Self::Code(_) | Self::Rule => {}
        }
    }
}

impl Inline {
    fn for_each_field(&self, visit: &mut dyn FnMut(&Field)) {
        match self {
            Self::Field(field) => visit(field),
            Self::Emphasis(inlines) | Self::Strong(inlines) => {
                inlines.iter().for_each(|inline| inline.for_each_field(visit));
            }
            Self::Link(link, inlines) => {
                link.template().fields().for_each(&mut *visit);
                inlines.iter().for_each(|inline| inline.for_each_field(visit));
            }
            Self::Text(_) | Self::Code(_) | Self::Break => {}
        }
    }
}
