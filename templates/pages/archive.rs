//! The published issues by year in, the page that lists them out.

use std::fmt::Write as _;

use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};

use crate::config::Publication;
use crate::language::Language;
use crate::templates::pages::{Facts, HOUSE, Shell, Shown};
use crate::templates::theme::{Line as Stroke, LineColour, Logo, Scheme, Theme};

/// The list of a publication's issues.
#[derive(Debug)]
pub struct Index<'i> {
    /// The publication.
    pub publication: &'i Publication,
    /// How it looks: colours, fonts, logo.
    pub theme: &'i Theme,
    /// What is told to machines.
    pub facts: Facts<'i>,
    /// A file beside the list as a link to it: copied to another place, the list leads there.
    pub href: fn(&str) -> String,
    /// The file of the feed.
    pub feed: &'i str,
    /// The years, the newest first.
    pub years: &'i [Year<'i>],
}

/// A year and its issues, the newest first.
#[derive(Debug)]
pub struct Year<'i> {
    /// The year.
    pub year: i16,
    /// Its issues.
    pub lines: Vec<Line<'i>>,
}

/// An issue in the list.
#[derive(Debug)]
pub struct Line<'i> {
    /// The file of its page.
    pub page: String,
    /// The headline.
    pub title: &'i str,
    /// The sentence beneath it.
    pub deck: Option<&'i str>,
    /// The date in its masthead.
    pub date: Date,
    /// What stands beside the date: edition and number.
    pub folio: Vec<String>,
    /// What it is written in.
    pub language: Language,
    /// How often it was read, where that is counted.
    pub views: Option<u64>,
    /// What it shows first; only the newest issue's is shown.
    pub picture: Option<Shown<'i>>,
}

const SHEET: &str = include_str!("archive.css");

impl Index<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self) -> String {
        let Publication { name, language, .. } = self.publication;
        let shell = Shell {
            language,
            title: name,
            skip: language.words().archive.skip,
            head: html! {
                link rel="alternate" type="application/atom+xml" title=(name) href=(self.feed);
                (self.facts.head())
                style { (PreEscaped(HOUSE)) (PreEscaped(colours(self.theme))) (PreEscaped(SHEET)) }
            },
        };
        let page = shell.around(&html! {
            div class={ "sheet" @if self.theme.centred { " centred" } } {
                (self.masthead())
                (self.ways())
                main id="content" {
                    @if self.years.is_empty() { p class="muted" { (language.words().archive.empty) } }
                    @for (at, year) in self.years.iter().enumerate() { (self.year(year, at == 0)) }
                }
            }
            footer class="sheet label" { (self.imprint()) }
        });
        page.into_string()
    }

    fn masthead(&self) -> Markup {
        let Publication { name, tagline, .. } = self.publication;
        let banded = self.theme.light.band.is_some();
        html! {
            header class={ "masthead" @if banded { " band" } } style=[stroke(self.theme)] {
                h1 {
                    @match &self.theme.logo { Some(logo) => (self.logo(logo)), None => (name) }
                }
                @if let Some(tagline) = tagline { p class="tagline" { (tagline) } }
            }
        }
    }

    /// The publication's name as a picture.
    fn logo(&self, logo: &Logo) -> Markup {
        let href = self.href;
        html! {
            picture {
                @if let Some(dark) = &logo.dark {
                    source srcset=(href(&dark.asset.path)) media="(prefers-color-scheme:dark)";
                }
                img src=(href(&logo.picture.asset.path)) width=(logo.width) height=(logo.height)
                    alt=(logo.alt);
            }
        }
    }

    /// The years of the page, and where else to go.
    fn ways(&self) -> Markup {
        let Publication { name, language, subscribe, .. } = self.publication;
        let words = language.words().archive;
        html! {
            nav class="ways label" aria-label=(name) {
                @if self.years.len() > 1 {
                    ul class="years" aria-label=(words.years) {
                        @for Year { year, .. } in self.years { li { a href={ "#year-" (year) } { (year) } } }
                    }
                }
                ul {
                    li { a href=(self.feed) { (words.feed) } }
                    li { a href=(subscribe) { (words.subscribe) } }
                }
            }
        }
    }

    fn year(&self, year: &Year<'_>, newest: bool) -> Markup {
        let id = format!("year-{}", year.year);
        html! {
            section class="year" aria-labelledby=(id) {
                h2 id=(id) { (year.year) }
                ol {
                    @for (at, line) in year.lines.iter().enumerate() {
                        li { (self.line(line, newest && at == 0)) }
                    }
                }
            }
        }
    }

    fn line(&self, line: &Line<'_>, lead: bool) -> Markup {
        let href = self.href;
        let Line { page, title, deck, date, folio, views, language, .. } = line;
        let other = language.primary() != self.publication.language.primary();
        let (tag, direction) = (language.tag(), language.direction());
        html! {
            article class=[lead.then_some("lead")] lang=[other.then_some(tag)]
                dir=[other.then_some(direction)] {
                p class="label" {
                    time datetime=(date) { (language.date(*date)) }
                    @for part in folio { " " span class="dot" { "·" } " " span { (part) } }
                    @if let Some(views) = views {
                        " " span class="dot" { "·" } " " span { data value=(views) { (language.views(*views)) } }
                    }
                }
                div {
                    h3 { a href=(href(page)) { (title) } }
                    @if let Some(deck) = deck { p class="deck" { (deck) } }
                }
                @if let (true, Some(Shown { url, alt, width, height })) = (lead, &line.picture) {
                    img src=(href(url)) alt=(alt) width=(width) height=(height);
                }
            }
        }
    }

    fn imprint(&self) -> Markup {
        let Publication { name, url, address, language, .. } = self.publication;
        html! {
            p { a href=(url) { (language.words().on_the_web.replace("{name}", name)) } }
            p { (name) (language.words().comma) (address) }
        }
    }
}

/// The line beneath the masthead, as the theme's letters have it.
fn stroke(theme: &Theme) -> Option<String> {
    let colour = match theme.rules.colour {
        LineColour::Text => "ink",
        LineColour::Accent => "accent",
        LineColour::Rule => "rule",
    };
    let drawn = theme.rules.line != Stroke::None && theme.light.band.is_none();
    drawn.then(|| {
        let (style, thickness) = (theme.rules.line.as_str(), theme.rules.thickness);
        format!("border-block-end:{thickness}px {style} var(--{colour})")
    })
}

/// The colours and faces of a theme, under the names of the house's.
#[must_use]
pub fn colours(theme: &Theme) -> String {
    let faces = &theme.faces;
    format!(
        ":root{{{}--serif:{};--headings:{};--sans:{};--weight:{};--corner:{}px;}}\n\
         @media (prefers-color-scheme:dark){{:root{{{}}}}}\n",
        scheme(&theme.light),
        faces.text,
        faces.headings,
        faces.labels,
        faces.weight,
        theme.corner,
        scheme(&theme.dark),
    )
}

fn scheme(scheme: &Scheme) -> String {
    let named = [
        ("page", scheme.page),
        ("paper", scheme.paper),
        ("ink", scheme.ink),
        ("muted", scheme.muted),
        ("accent", scheme.accent),
        ("rule", scheme.rule),
        ("button", scheme.button),
        ("button-ink", scheme.button_text),
    ];
    let band = scheme.band.map(|(band, ink)| [("band", band), ("band-ink", ink)]);
    let mut variables = String::new();
    for (name, colour) in named.into_iter().chain(band.into_iter().flatten()) {
        write!(variables, "--{name}:{colour};").expect("a string takes it");
    }
    variables
}
