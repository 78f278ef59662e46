//! What an issue is once it is checked: complete, and fit to be published.

use std::sync::Arc;

use jiff::civil::{Date, DateTime};

use crate::diagnostic::Source;
use crate::document::Text;
use crate::field::{Span, Template};
use crate::issue::{File, Html, Image, Link, LocalTime, Prose};
use crate::language::Language;

/// One edition of the newsletter, as its editor wrote it.
#[derive(Debug, Clone)]
pub struct Issue {
    /// The file it was read from.
    pub source: Arc<Source>,
    /// The file's name without `.toml`.
    pub name: String,
    /// The headline.
    pub title: Template,
    /// The language, where it is not the publication's.
    pub language: Option<Language>,
    /// The date in the masthead.
    pub date: Date,
    /// The issue's number.
    pub number: Option<u32>,
    /// The series that it is a part of.
    pub series: Option<Series>,
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
    /// Whether the editor is still at it: it is not sent, and not in the archive.
    pub draft: bool,
    /// When `send --due` sends it.
    pub send_at: Option<LocalTime>,
    /// When it is no longer news.
    pub not_after: Option<LocalTime>,
    /// The segment it is for; `None` is everyone.
    pub audience: Option<String>,
    /// The name of its theme; `None` is that of the publication.
    pub theme: Option<Text>,
    /// The editor's opening.
    pub lede: Option<Prose>,
    /// What follows, in order.
    pub sections: Vec<Section>,
}

/// A series of issues, and which of them this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// What the series is called.
    pub name: String,
    /// Which part, counted from 1.
    pub part: u32,
    /// How many parts there are; `None` where it has no end yet.
    pub of: Option<u32>,
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
    /// Which one it is, counted from 1.
    pub number: usize,
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
    /// Numbers that say something by themselves.
    Figures(Figures),
    /// What takes place, where and when.
    Events(Events),
    /// What somebody paid for.
    Sponsor(Box<Sponsor>),
    /// The editor's own markup.
    Html(Html),
    /// What stands on the web in place of what only some readers get.
    Invitation(Invitation),
    /// A rule.
    Divider,
}

/// What stands at the top of a section; every part is optional.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The words above the heading.
    pub kicker: Option<Template>,
    /// The heading.
    pub heading: Option<Template>,
}

/// A story: every part is optional, and at least one is there.
#[derive(Debug, Clone)]
pub struct Story {
    /// Kicker and heading.
    pub head: Head,
    /// The pictures, above the text; several stand side by side.
    pub images: Vec<Image>,
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
    /// Kicker and heading.
    pub head: Head,
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

/// Numbers that say something by themselves.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Kicker and heading.
    pub head: Head,
    /// The numbers; at least one.
    pub items: Vec<Figure>,
    /// Where they come from.
    pub source: Option<Template>,
}

/// A number and what it counts.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The number: `58%`.
    pub value: Template,
    /// What it counts: "of the salt is in the depots".
    pub label: Template,
    /// More about it.
    pub note: Option<Template>,
}

/// What takes place, where and when.
#[derive(Debug, Clone)]
pub struct Events {
    /// Kicker and heading.
    pub head: Head,
    /// What takes place; at least one.
    pub items: Vec<Event>,
    /// Whether there is a file for calendars, and where.
    pub calendar: Option<Delivery>,
}

/// Something that takes place.
#[derive(Debug, Clone)]
pub struct Event {
    /// What it is.
    pub title: Template,
    /// When.
    pub when: When,
    /// Where.
    pub place: Option<Template>,
    /// Where there is more about it.
    pub url: Option<Link>,
    /// The text.
    pub body: Option<Prose>,
}

/// When something takes place, in the publication's time zone; an end is not before its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whole days, the last one included.
    Days(Date, Option<Date>),
    /// From one moment to another.
    Times(DateTime, Option<DateTime>),
}

/// What somebody paid for; readers are told so.
#[derive(Debug, Clone)]
pub struct Sponsor {
    /// Who paid.
    pub name: Template,
    /// What says so: "Sponsored by …", unless the editor wrote another.
    pub label: Option<Template>,
    /// Its heading.
    pub heading: Option<Template>,
    /// A picture, above the text.
    pub image: Option<Image>,
    /// The text.
    pub body: Option<Prose>,
    /// The one thing to press.
    pub button: Option<Button>,
}

/// What stands on the web in place of what only some readers get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// What it says; `None` is what the language says.
    pub words: Option<String>,
    /// Whether it stands for the whole issue.
    pub whole: bool,
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

/// A button.
#[derive(Debug, Clone)]
pub struct Button {
    /// What it says.
    pub label: Template,
    /// Where it leads.
    pub url: Link,
}

impl Issue {
    /// When it is sent, in the publication's time zone; where it does not say, at seven in the morning
    /// of its date.
    #[must_use]
    pub fn sent(&self) -> DateTime {
        let said = self.send_at.as_ref().map(|send_at| send_at.time);
        said.unwrap_or_else(|| self.date.at(7, 0, 0, 0))
    }

    /// The path of the file for calendars that a section of events has.
    #[must_use]
    pub fn calendar(&self, section: usize) -> String {
        format!("{}-{section}.ics", self.name)
    }

    /// The same issue for its page on the web, where nothing comes with a mail.
    #[must_use]
    pub fn on_the_web(&self) -> Self {
        let mut issue = self.clone();
        for section in &mut issue.sections {
            match &mut section.kind {
                Kind::Story(story) => {
                    story.images.iter_mut().for_each(|image| image.deliver = Delivery::Link);
                    story.files.iter_mut().for_each(|file| file.deliver = Delivery::Link);
                }
                Kind::Sponsor(sponsor) => {
                    sponsor.image.iter_mut().for_each(|image| image.deliver = Delivery::Link);
                }
                Kind::Events(events) => {
                    events.calendar = events.calendar.map(|_| Delivery::Link);
                }
                Kind::Briefs(_) | Kind::Quote(_) | Kind::Figures(_) | Kind::Html(_) => {}
                Kind::Invitation(_) | Kind::Divider => {}
            }
        }
        issue
    }

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
}
