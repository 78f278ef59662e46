//! An issue in, every piece of it that an editor wrote out, in the order of the letter.

use crate::field::{Field, Template};
use crate::issue::{
    Brief, Button, Event, File, Head, Html, Image, Issue, Kind, Link, Prose, Section,
};

/// A piece of an issue.
#[derive(Debug, Clone, Copy)]
pub enum Part<'i> {
    /// One line of text.
    Line(&'i Template),
    /// Where a heading, picture or button leads, and its words; a brief may have none.
    Url(&'i Link, Option<&'i Template>),
    /// Text in paragraphs.
    Prose(&'i Prose),
    /// A picture; its lines come after it.
    Image(&'i Image),
    /// A file; its label comes after it.
    File(&'i File),
    /// The editor's own markup; its text comes after it.
    Html(&'i Html),
}

impl Issue {
    /// Calls `visit` with every piece, first those above the sections.
    pub fn for_each_part<'i>(&'i self, visit: &mut dyn FnMut(Part<'i>)) {
        lines([Some(&self.title), Some(&self.subject), self.edition.as_ref()], visit);
        lines([self.preheader.as_ref(), self.deck.as_ref()], visit);
        if let Some(byline) = &self.byline {
            lines([byline.intro.as_ref(), Some(&byline.name), byline.role.as_ref()], visit);
        }
        self.lede.iter().for_each(|lede| visit(Part::Prose(lede)));
        self.sections.iter().for_each(|section| section.for_each_part(visit));
    }

    /// Calls `visit` with every field that a reader's row has to fill.
    pub fn for_each_field<'i>(&'i self, visit: &mut dyn FnMut(&'i Field)) {
        self.for_each_part(&mut |part| fields(part, visit));
    }
}

/// Calls `visit` with every field of a piece.
fn fields<'i>(part: Part<'i>, visit: &mut dyn FnMut(&'i Field)) {
    match part {
        Part::Line(line) => line.fields().for_each(&mut *visit),
        Part::Url(url, _) => url.template().fields().for_each(&mut *visit),
        Part::Prose(prose) => prose.for_each_field(visit),
        Part::Html(html) => html.fields().for_each(&mut *visit),
        Part::Image(_) | Part::File(_) => {}
    }
}

impl Section {
    /// Calls `visit` with every field of the section.
    pub fn for_each_field<'i>(&'i self, visit: &mut dyn FnMut(&'i Field)) {
        self.for_each_part(&mut |part| fields(part, visit));
    }

    /// Calls `visit` with every piece of the section.
    pub fn for_each_part<'i>(&'i self, visit: &mut dyn FnMut(Part<'i>)) {
        match &self.kind {
            Kind::Story(story) => {
                head(&story.head, visit);
                story.images.iter().for_each(|image| picture(image, visit));
                prose(story.body.as_ref(), visit);
                story.button.iter().for_each(|shown| button(shown, visit));
                story.files.iter().for_each(|shown| file(shown, visit));
            }
            Kind::Briefs(briefs) => {
                head(&briefs.head, visit);
                briefs.items.iter().for_each(|item| brief(item, visit));
            }
            Kind::Quote(quote) => {
                visit(Part::Prose(&quote.text));
                lines([quote.attribution.as_ref(), quote.role.as_ref()], visit);
            }
            Kind::Figures(figures) => {
                head(&figures.head, visit);
                for item in &figures.items {
                    lines([Some(&item.value), Some(&item.label), item.note.as_ref()], visit);
                }
                lines([figures.source.as_ref()], visit);
            }
            Kind::Events(events) => {
                head(&events.head, visit);
                events.items.iter().for_each(|item| event(item, visit));
            }
            Kind::Sponsor(sponsor) => {
                lines([Some(&sponsor.name), sponsor.label.as_ref()], visit);
                lines([sponsor.heading.as_ref()], visit);
                sponsor.image.iter().for_each(|image| picture(image, visit));
                prose(sponsor.body.as_ref(), visit);
                sponsor.button.iter().for_each(|shown| button(shown, visit));
            }
            Kind::Html(html) => {
                visit(Part::Html(html));
                visit(Part::Prose(&html.text));
            }
            Kind::Invitation(_) | Kind::Divider => {}
        }
    }
}

fn lines<'i, const N: usize>(lines: [Option<&'i Template>; N], visit: &mut dyn FnMut(Part<'i>)) {
    lines.into_iter().flatten().for_each(|line| visit(Part::Line(line)));
}

fn prose<'i>(prose: Option<&'i Prose>, visit: &mut dyn FnMut(Part<'i>)) {
    prose.into_iter().for_each(|prose| visit(Part::Prose(prose)));
}

fn url<'i>(url: Option<&'i Link>, words: Option<&'i Template>, visit: &mut dyn FnMut(Part<'i>)) {
    url.into_iter().for_each(|url| visit(Part::Url(url, words)));
}

fn head<'i>(head: &'i Head, visit: &mut dyn FnMut(Part<'i>)) {
    lines([head.kicker.as_ref(), head.heading.as_ref()], visit);
}

fn brief<'i>(brief: &'i Brief, visit: &mut dyn FnMut(Part<'i>)) {
    lines([brief.heading.as_ref()], visit);
    url(brief.url.as_ref(), brief.heading.as_ref(), visit);
    prose(brief.body.as_ref(), visit);
}

fn event<'i>(event: &'i Event, visit: &mut dyn FnMut(Part<'i>)) {
    lines([Some(&event.title), event.place.as_ref()], visit);
    url(event.url.as_ref(), Some(&event.title), visit);
    prose(event.body.as_ref(), visit);
}

fn picture<'i>(image: &'i Image, visit: &mut dyn FnMut(Part<'i>)) {
    visit(Part::Image(image));
    lines([image.alt.as_ref(), image.caption.as_ref(), image.credit.as_ref()], visit);
    url(image.url.as_ref(), image.alt.as_ref(), visit);
}

fn button<'i>(button: &'i Button, visit: &mut dyn FnMut(Part<'i>)) {
    visit(Part::Line(&button.label));
    visit(Part::Url(&button.url, Some(&button.label)));
}

fn file<'i>(file: &'i File, visit: &mut dyn FnMut(Part<'i>)) {
    visit(Part::File(file));
    visit(Part::Line(&file.label));
}
