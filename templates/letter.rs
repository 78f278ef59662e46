//! An issue as one edition gets it in, the whole HTML document of the letter out.

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

use crate::config::Publication;
use crate::field::{Marks, Template};
use crate::issue::{Byline, Image, Issue, Link, Prose, Section};
use crate::language::{Language, Words};
use crate::templates::prose::Level;
use crate::templates::style::{self, Style};
use crate::templates::theme::Theme;
use crate::templates::{frame, prose, sections};

/// Everything that a letter is made from.
pub struct Letter<'l> {
    /// The issue.
    pub issue: &'l Issue,
    /// The sections that this edition has.
    pub sections: &'l [&'l Section],
    /// The publication.
    pub publication: &'l Publication,
    /// What the letter is written in.
    pub language: &'l Language,
    /// What comes before and after it.
    pub neighbours: &'l Neighbours,
    /// How it looks.
    pub theme: &'l Theme,
    /// What stands for the fields until readers' values are known.
    pub marks: &'l Marks,
    /// The unsubscribe link, with the mark of the token.
    pub unsubscribe: &'l str,
    /// Where the issue is on the web.
    pub permalink: &'l str,
    /// The URL of a picture: on the web, or inside the mail.
    pub source_of: &'l dyn Fn(&Image) -> String,
    /// The URL of a file on the web.
    pub url_of: &'l dyn Fn(&str) -> String,
}

/// The issues before and after one, as far as a letter shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The one before.
    pub previous: Option<Neighbour>,
    /// The one after.
    pub next: Option<Neighbour>,
}

/// Another issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its headline.
    pub title: String,
    /// Its name, which its permalink is made from.
    pub name: String,
}

/// What a section's function needs.
pub(super) struct Desk<'l> {
    pub(super) letter: &'l Letter<'l>,
    pub(super) style: Style,
}

impl Desk<'_> {
    pub(super) fn line(&self, template: &Template) -> Markup {
        html! { (self.letter.marks.text(template)) }
    }

    /// A line that leads somewhere, where there is a URL.
    pub(super) fn linked(&self, line: &Template, url: Option<&Link>) -> Markup {
        html! {
            @match url {
                Some(url) => {
                    a class="accent" href=(self.url(url)) style=(self.style.link) {
                        (self.line(line))
                    }
                }
                None => (self.line(line)),
            }
        }
    }

    pub(super) fn url(&self, link: &Link) -> String {
        self.letter.marks.url(link.template())
    }

    pub(super) fn prose(&self, text: &Prose, level: Level) -> Markup {
        prose::blocks(&text.blocks, level, self)
    }

    pub(super) fn words(&self) -> &'static Words {
        self.letter.language.words()
    }
}

/// Markup that only Outlook for Windows reads, which lays out with Word.
pub(super) struct Outlook(pub(super) &'static str);

impl Render for Outlook {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str("<!--[if mso]>");
        buffer.push_str(self.0);
        buffer.push_str("<![endif]-->");
    }
}

const OFFICE: &str = "<noscript><xml><o:OfficeDocumentSettings xmlns:o=\"urn:schemas-microsoft-com:office:office\"><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml></noscript><style>table{border-collapse:collapse;}td.btn{mso-padding-alt:13px 24px;}td,h1,h2,h3,p,li{mso-line-height-rule:exactly;}</style>";

impl Letter<'_> {
    /// The document.
    #[must_use]
    pub fn render(&self) -> Markup {
        let (language, direction) = (self.language.tag(), self.language.direction());
        let desk = Desk { letter: self, style: Style::new(self.theme, direction) };
        let subject = self.marks.text(&self.issue.subject);
        html! {
            (DOCTYPE)
            html lang=(language) dir=(direction) {
                (self.head(&subject))
                body class="page" style=(desk.style.page) {
                    div role="article" aria-roledescription="email" aria-label=(subject)
                        lang=(language) dir=(direction)
                        style="font-size:medium;font-size:max(16px,1rem);word-break:break-word;" {
                        (self.ghost_table())
                        div style={ "max-width:" (self.theme.width) "px;margin:0 auto;" } {
                            (table(&html! {
                                tr { td style="padding:12px 16px;" { (self.preheader(&desk)) } }
                                tr { td class="paper" style=(desk.style.paper) {
                                    (self.masthead(&desk))
                                    (self.opening(&desk))
                                    @for section in self.sections {
                                        (sections::section(section, &desk))
                                    }
                                    (self.around(&desk))
                                } }
                                tr { td style="padding:24px 16px 32px;" { (self.colophon(&desk)) } }
                            }))
                        }
                        (Outlook("</td></tr></table>"))
                    }
                }
            }
        }
    }

    fn head(&self, subject: &str) -> Markup {
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="format-detection"
                    content="telephone=no, date=no, address=no, email=no, url=no";
                meta name="x-apple-disable-message-reformatting" content="";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                @if let Some(preheader) = &self.issue.preheader {
                    meta name="description" content=(self.marks.text(preheader));
                }
                title { (subject) }
                (Outlook(OFFICE))
                style { (PreEscaped(style::sheet(self.theme))) }
            }
        }
    }

    /// Word has no `max-width`: a table of the letter's width holds it, for Word alone.
    fn ghost_table(&self) -> Markup {
        PreEscaped(format!(
            "<!--[if mso]><table role=\"presentation\" width=\"{}\" align=\"center\" border=\"0\" \
             cellpadding=\"0\" cellspacing=\"0\"><tr><td><![endif]-->",
            self.theme.width
        ))
    }

    /// Visible: Gmail counts hidden text against a sender.
    fn preheader(&self, desk: &Desk<'_>) -> Markup {
        html! {
            p class="muted" style=(desk.style.preheader) {
                @if let Some(preheader) = &self.issue.preheader { (desk.line(preheader)) " " }
                a class="accent" href=(self.permalink) style=(desk.style.link) {
                    (desk.words().view_in_browser)
                }
            }
        }
    }

    fn masthead(&self, desk: &Desk<'_>) -> Markup {
        html! {
            p class="ink" style=(desk.style.publication) { (self.publication.name) }
            @if let Some(tagline) = &self.publication.tagline {
                p class="muted" style=(desk.style.tagline) { (tagline) }
            }
            p class="muted" style=(desk.style.folio) { (self.folio()) }
            div style="padding:12px 0 0;" { hr class="line" style=(desk.style.rule); }
            @if let Some(byline) = &self.issue.byline { (self.byline(byline, desk)) }
        }
    }

    fn byline(&self, byline: &Byline, desk: &Desk<'_>) -> Markup {
        html! {
            p class="muted" style=(desk.style.byline) {
                @if let Some(intro) = &byline.intro { (desk.line(intro)) " " }
                strong class="ink" { (desk.line(&byline.name)) }
                @if let Some(role) = &byline.role { (desk.words().comma) (desk.line(role)) }
            }
        }
    }

    fn opening(&self, desk: &Desk<'_>) -> Markup {
        html! {
            @if let Some(series) = &self.issue.series {
                p class="accent" style={ "padding:28px 0 0;" (desk.style.kicker) } {
                    (self.part(series))
                }
            }
            h1 class="ink headline" style=(desk.style.headline) { (desk.line(&self.issue.title)) }
            @if let Some(deck) = &self.issue.deck {
                p class="muted" style=(desk.style.deck) { (desk.line(deck)) }
            }
            @if let Some(lede) = &self.issue.lede {
                div style="padding:20px 0 0;" { (desk.prose(lede, Level::Second)) }
            }
        }
    }

    /// The issues before and after this one.
    fn around(&self, desk: &Desk<'_>) -> Markup {
        let Words { previous, next, .. } = desk.words();
        let shown = [(previous, &self.neighbours.previous), (next, &self.neighbours.next)];
        html! {
            @for (word, issue) in shown {
                @if let Some(issue) = issue {
                    p class="muted" style={ "padding:20px 0 0;" (desk.style.attribution) } {
                        (word) (desk.words().colon)
                        a class="accent" href=((self.url_of)(&frame::page(&issue.name)))
                            style=(desk.style.link) { (issue.title) }
                    }
                }
            }
        }
    }

    fn colophon(&self, desk: &Desk<'_>) -> Markup {
        let Publication { name, url, address, .. } = self.publication;
        let link = desk.style.colophon_link.as_str();
        let words = desk.words();
        html! {
            p class="muted" style=(desk.style.colophon) { (self.why()) }
            p class="muted" style=(desk.style.colophon) {
                a class="accent" href=(self.unsubscribe) style=(link) { (words.unsubscribe) }
                " · "
                a class="accent" href=(url) style=(link) {
                    (words.on_the_web.replace("{name}", name))
                }
            }
            p class="muted" style=(desk.style.colophon) { (name) (words.comma) (address) }
        }
    }
}

/// A table that only lays out, and that screen readers pass over.
pub(super) fn table(rows: &Markup) -> Markup {
    html! {
        table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0"
            style="width:100%;border-collapse:collapse;" { (rows) }
    }
}
