//! A letter in, its page on the web out: the same look, with what a browser has and a mail has not.
//!
//! Nobody in particular reads a page: it has no unsubscribe link, and where a mail leads to it, it
//! leads to the other issues.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::config::Publication;
use crate::markup::{self, Tag};
use crate::templates::layout::Slot;
use crate::templates::letter::{Desk, Letter};
use crate::templates::pages::{Facts, colours};
use crate::templates::{Neighbour, frame, sections, sheet};

/// Where a letter is read.
#[derive(Debug, Clone, Copy)]
pub enum Medium<'l> {
    /// In a mail program.
    Mail,
    /// In a mail program, by somebody who asked for something and gets no issue: why it was sent.
    Notice(&'l str),
    /// In a browser.
    Web(&'l Web<'l>),
}

/// What a page has that a mail has not.
#[derive(Debug)]
pub struct Web<'w> {
    /// Where all issues are listed.
    pub index: &'w str,
    /// Where the feed is.
    pub feed: &'w str,
    /// What is told to machines.
    pub facts: &'w Facts<'w>,
}

/// What only browsers need: the way past the navigation, focus, print.
const SHEET: &str = include_str!("web.css");

impl Letter<'_> {
    /// The whole page in the usual layout.
    pub(super) fn page(&self, web: &Web<'_>, desk: &Desk<'_>) -> Markup {
        let banded = self.theme.light.band.is_some();
        let masthead = html! { header { (self.masthead(desk)) } };
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) dir=(self.language.direction()) {
                head { (self.web_head(web)) }
                body class="page" style=(desk.style.page) {
                    (self.top(web, desk))
                    div style={ "max-width:" (self.theme.width) "px;margin:0 auto;word-break:break-word;" } {
                        @if banded { div class="band" style=(desk.style.band) { (masthead) } }
                        div class="paper" style=(desk.style.paper) {
                            @if !banded { (masthead) }
                            (self.masthead_rule(desk))
                            main { (self.opening(desk)) (sections::all(self.sections, desk)) }
                            (self.more(desk))
                        }
                        footer class="below" style=(desk.style.below) { (self.imprint(web, desk)) }
                    }
                }
            }
        }
    }

    /// What fills a slot of the theme's own layout.
    pub(super) fn web_slot(&self, slot: Slot, web: &Web<'_>, desk: &Desk<'_>) -> Markup {
        match slot {
            Slot::Head => self.web_head(web),
            Slot::Preheader => Markup::default(),
            Slot::Sections => {
                html! { (sections::all(self.sections, desk)) (self.more(desk)) }
            }
            Slot::Colophon => self.imprint(web, desk),
            Slot::Unsubscribe => html! { (self.publication.subscribe) },
            other => self.slot(other, desk),
        }
    }

    /// The theme's own layout with what every page begins with, and the landmark that it has to
    /// have.
    pub(super) fn framed(&self, filled: Markup, web: &Web<'_>, desk: &Desk<'_>) -> Markup {
        let PreEscaped(document) = filled;
        let tags = markup::tags(&document);
        let is_body = |tag: &&Tag| tag.name == "body";
        let (Some(open), Some(close)) =
            (tags.iter().find(is_body), tags.iter().rev().find(is_body))
        else {
            return PreEscaped(document);
        };
        let has_main = tags.iter().any(|tag| tag.name == "main");
        let body = without_mail(&document, &tags, open.span.end..close.span.start);
        html! {
            (PreEscaped(&document[..open.span.end]))
            (self.top(web, desk))
            @if has_main { (PreEscaped(body)) } @else { main { (PreEscaped(body)) } }
            (PreEscaped(&document[close.span.start..]))
        }
    }

    fn web_head(&self, web: &Web<'_>) -> Markup {
        html! {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (web.facts.title) " · " (self.publication.name) }
            link rel="alternate" type="application/atom+xml" title=(self.publication.name) href=(web.feed);
            (web.facts.head())
            style { (PreEscaped(colours(self.theme))) (PreEscaped(SHEET)) (PreEscaped(sheet::sheet(self.theme))) }
        }
    }

    /// The first line of the page, and what comes before it.
    fn top(&self, web: &Web<'_>, desk: &Desk<'_>) -> Markup {
        let Publication { name, url, subscribe, .. } = self.publication;
        let words = desk.words().archive;
        let link = |words: &str, url: &str| {
            html! { a class="accent colophon-link" href=(url) style=(desk.style.colophon_link) { (words) } }
        };
        html! {
            a class="skip" href="#headline" { (words.skip) }
            nav id="top" aria-label=(name) style={ "max-width:" (self.theme.width) "px;margin:0 auto;" } {
                div class="above bar" style=(desk.style.above) {
                    p class="muted preheader" style=(desk.style.preheader) { (link(name, url)) }
                    p class="muted preheader" style=(desk.style.preheader) {
                        (link(words.all_issues, web.index)) " · " (link(words.subscribe, subscribe))
                    }
                }
            }
        }
    }

    /// The issues before and after this one, and the way back.
    fn more(&self, desk: &Desk<'_>) -> Markup {
        let words = desk.words();
        let shown = [
            (words.previous, "prev", &self.neighbours.previous),
            (words.next, "next", &self.neighbours.next),
        ];
        let line = |content: &Markup| {
            html! {
                p class="muted attribution" style={ "padding:20px 0 0;" (desk.style.attribution) } { (content) }
            }
        };
        let other = |word: &str, rel: &str, issue: &Neighbour| {
            html! {
                (word) (words.colon)
                a class="accent link" rel=(rel) href=((self.url_of)(&frame::page(&issue.name)))
                    style=(desk.style.link) { (issue.title) }
            }
        };
        html! {
            nav aria-label=(words.archive.more) {
                (sections::rule(desk))
                @for (word, rel, issue) in shown {
                    @if let Some(issue) = issue { (line(&other(word, rel, issue))) }
                }
                (line(&html! {
                    a class="accent link" href="#top" style=(desk.style.link) { (words.archive.top) }
                }))
            }
        }
    }

    /// What a page ends with: where there is more, and whose it is.
    fn imprint(&self, web: &Web<'_>, desk: &Desk<'_>) -> Markup {
        let Publication { name, url, address, subscribe, .. } = self.publication;
        let words = desk.words();
        let home = words.on_the_web.replace("{name}", name);
        let links = [
            (words.archive.all_issues, web.index),
            (words.archive.feed, web.feed),
            (words.archive.subscribe, subscribe.as_str()),
            (home.as_str(), url.as_str()),
        ];
        html! {
            p class="muted colophon" style=(desk.style.colophon) {
                @for (at, (label, url)) in links.into_iter().enumerate() {
                    @if at > 0 { " · " }
                    a class="accent colophon-link" href=(url) style=(desk.style.colophon_link) { (label) }
                }
            }
            p class="muted colophon" style=(desk.style.colophon) { (name) (words.comma) (address) }
        }
    }

    /// What the issue says below its headline, for readers of feeds.
    #[must_use]
    pub fn content(&self) -> Markup {
        let desk = Desk::new(self);
        html! { (self.lede(&desk)) (sections::all(self.sections, &desk)) }
    }
}

/// A stretch of a document without what says that it is a mail.
fn without_mail(document: &str, tags: &[Tag], stretch: std::ops::Range<usize>) -> String {
    let mut kept = String::new();
    let mut done = stretch.start;
    let inside = tags.iter().filter(|tag| stretch.contains(&tag.span.start));
    let mail = |name: &str| matches!(name, "aria-roledescription");
    for attribute in inside.flat_map(|tag| &tag.attributes).filter(|it| mail(&it.name)) {
        kept += document[done..attribute.span.start].trim_end();
        done = attribute.span.end;
    }
    kept + &document[done..stretch.end]
}
