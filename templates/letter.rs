//! An issue as one edition gets it in, the whole HTML document of the letter out.

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

use crate::config::Publication;
use crate::field::{Marks, Template};
use crate::issue::{Byline, Image, Issue, Link, Prose, Section};
use crate::language::{Language, Words};
use crate::templates::layout::Slot;
use crate::templates::prose::Level;
use crate::templates::style::Style;
use crate::templates::theme::{Line, LineColour, Logo, Picture, Theme};
use crate::templates::web::Medium;
use crate::templates::{frame, prose, sections, sheet};

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
    /// Where it is read.
    pub medium: Medium<'l>,
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

impl<'l> Desk<'l> {
    pub(super) fn new(letter: &'l Letter<'l>) -> Self {
        Self { letter, style: Style::new(letter.theme, letter.language.direction()) }
    }

    pub(super) fn line(&self, template: &Template) -> Markup {
        html! { (self.letter.marks.text(template)) }
    }

    /// A line that leads somewhere, where there is a URL.
    pub(super) fn linked(&self, line: &Template, url: Option<&Link>) -> Markup {
        html! {
            @match url {
                Some(url) => {
                    a class="accent link" href=(self.url(url)) style=(self.style.link) {
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
        let desk = Desk::new(self);
        match (self.medium, &self.theme.layout) {
            (Medium::Web(web), None) => self.page(web, &desk),
            (Medium::Web(web), Some(layout)) => {
                self.framed(layout.fill(|slot| self.web_slot(slot, web, &desk)), web, &desk)
            }
            (Medium::Mail, Some(layout)) => layout.fill(|slot| self.slot(slot, &desk)),
            // A layout of the editor's own has the links of an issue.
            (Medium::Mail, None) | (Medium::Notice(_), _) => self.mail(&desk),
        }
    }

    fn mail(&self, desk: &Desk<'_>) -> Markup {
        let (language, direction) = (self.language.tag(), self.language.direction());
        let subject = self.marks.text(&self.issue.subject);
        html! {
            (DOCTYPE)
            html lang=(language) dir=(direction) {
                head { (self.head(&subject)) }
                body class="page" style=(desk.style.page) {
                    div role="article" aria-roledescription="email" aria-label=(subject)
                        lang=(language) dir=(direction)
                        style="font-size:medium;font-size:max(16px,1rem);word-break:break-word;" {
                        (self.ghost_table())
                        div style={ "max-width:" (self.theme.width) "px;margin:0 auto;" } {
                            (table(&html! {
                                @if !matches!(self.medium, Medium::Notice(_)) {
                                    tr { td class="above" style=(desk.style.above) { (self.preheader(desk)) } }
                                }
                                @if self.theme.light.band.is_some() {
                                    tr { td class="band" style=(desk.style.band) {
                                        (self.masthead(desk))
                                    } }
                                }
                                tr { td class="paper" style=(desk.style.paper) {
                                    @if self.theme.light.band.is_none() { (self.masthead(desk)) }
                                    (self.masthead_rule(desk))
                                    (self.opening(desk))
                                    (sections::all(self.sections, desk))
                                    (self.around(desk))
                                } }
                                tr { td class="below" style=(desk.style.below) { (self.colophon(desk)) } }
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
            style { (PreEscaped(sheet::sheet(self.theme))) }
        }
    }

    /// What fills a slot of the theme's own layout.
    pub(super) fn slot(&self, slot: Slot, desk: &Desk<'_>) -> Markup {
        let subject = || self.marks.text(&self.issue.subject);
        html! {
            @match slot {
                Slot::Head => (self.head(&subject())),
                Slot::Preheader => (self.preheader(desk)),
                Slot::Masthead => (self.whole_masthead(desk)),
                Slot::Opening => (self.opening(desk)),
                Slot::Sections => { (sections::all(self.sections, desk)) (self.around(desk)) },
                Slot::Colophon => (self.colophon(desk)),
                Slot::Language => (self.language.tag()),
                Slot::Direction => (self.language.direction()),
                Slot::Subject => (subject()),
                Slot::Publication => (self.publication.name),
                Slot::Folio => (self.folio()),
                Slot::Url => (self.publication.url),
                Slot::Permalink => (self.permalink),
                Slot::Unsubscribe => (self.unsubscribe),
            }
        }
    }

    /// The masthead with its ground or the line beneath it.
    pub(super) fn whole_masthead(&self, desk: &Desk<'_>) -> Markup {
        if self.theme.light.band.is_none() {
            return html! { (self.masthead(desk)) (self.masthead_rule(desk)) };
        }
        let band = html! { td class="band" style=(desk.style.band) { (self.masthead(desk)) } };
        table(&html! { tr { (band) } })
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
            p class="muted preheader" style=(desk.style.preheader) {
                @if let Some(preheader) = &self.issue.preheader { (desk.line(preheader)) " " }
                a class="accent colophon-link" href=(self.permalink) style=(desk.style.colophon_link) {
                    (desk.words().view_in_browser)
                }
            }
        }
    }

    pub(super) fn masthead(&self, desk: &Desk<'_>) -> Markup {
        let (name, line) = match self.theme.light.band {
            Some(_) => ("band-ink", "band-ink"),
            None => ("ink", "muted"),
        };
        html! {
            @match &self.theme.logo {
                Some(logo) => (self.logo(logo, desk)),
                None => p class={ (name) " publication" } style=(desk.style.publication) {
                    (self.publication.name)
                },
            }
            @if let Some(tagline) = &self.publication.tagline {
                p class={ (line) " tagline" } style=(desk.style.tagline) { (tagline) }
            }
            p class={ (line) " folio" } style=(desk.style.folio) {
                (self.folio())
            }
        }
    }

    /// The publication's name as a picture. Programs without `<picture>` show the one inside.
    fn logo(&self, logo: &Logo, desk: &Desk<'_>) -> Markup {
        let src = |picture: &Picture| (self.url_of)(&picture.asset.path);
        let align = if self.theme.centred { "text-align:center;" } else { "" };
        html! {
            div style={ "padding:0 0 4px;" (align) } {
                picture {
                    @if let Some(dark) = &logo.dark {
                        source srcset=(src(dark)) media="(prefers-color-scheme:dark)";
                    }
                    img class="logo" src=(src(&logo.picture)) width=(logo.width)
                        height=(logo.height) alt=(logo.alt) style=(desk.style.logo);
                }
            }
        }
    }

    /// The line beneath the masthead; a ground of its own sets it apart without one.
    pub(super) fn masthead_rule(&self, desk: &Desk<'_>) -> Markup {
        let drawn = self.theme.rules.line != Line::None && self.theme.light.band.is_none();
        let colour = match self.theme.rules.colour {
            LineColour::Text => "ink-line",
            LineColour::Accent => "mark",
            LineColour::Rule => "line",
        };
        html! {
            @if drawn {
                div style="padding:12px 0 0;" {
                    hr class={ (colour) " masthead-rule" } style=(desk.style.masthead_rule);
                }
            }
        }
    }

    /// On the web there is a way past what stands above the headline.
    fn headline_id(&self) -> Option<&'static str> {
        matches!(self.medium, Medium::Web(_)).then_some("headline")
    }

    fn byline(&self, byline: &Byline, desk: &Desk<'_>) -> Markup {
        html! {
            p class="muted byline" style=(desk.style.byline) {
                @if let Some(intro) = &byline.intro { (desk.line(intro)) " " }
                strong class="ink" { (desk.line(&byline.name)) }
                @if let Some(role) = &byline.role { (desk.words().comma) (desk.line(role)) }
            }
        }
    }

    pub(super) fn opening(&self, desk: &Desk<'_>) -> Markup {
        html! {
            @if let Some(byline) = &self.issue.byline { (self.byline(byline, desk)) }
            @if let Some(series) = &self.issue.series {
                p class="accent kicker" style={ "padding:28px 0 0;" (desk.style.kicker) } {
                    (self.part(series))
                }
            }
            h1 id=[self.headline_id()] class="ink headline" style=(desk.style.headline) {
                (desk.line(&self.issue.title))
            }
            @if let Some(deck) = &self.issue.deck {
                p class="muted deck" style=(desk.style.deck) { (desk.line(deck)) }
            }
            (self.lede(desk))
        }
    }

    pub(super) fn lede(&self, desk: &Desk<'_>) -> Markup {
        html! {
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
                    p class="muted attribution" style={ "padding:20px 0 0;" (desk.style.attribution) } {
                        (word) (desk.words().colon)
                        a class="accent link" href=((self.url_of)(&frame::page(&issue.name)))
                            style=(desk.style.link) { (issue.title) }
                    }
                }
            }
        }
    }

    fn colophon(&self, desk: &Desk<'_>) -> Markup {
        let Publication { name, url, address, .. } = self.publication;
        let words = desk.words();
        html! {
            p class="muted colophon" style=(desk.style.colophon) { (self.why()) }
            p class="muted colophon" style=(desk.style.colophon) {
                @if !matches!(self.medium, Medium::Notice(_)) {
                    a class="accent colophon-link" href=(self.unsubscribe) style=(desk.style.colophon_link) { (words.unsubscribe) }
                    " · "
                }
                a class="accent colophon-link" href=(url) style=(desk.style.colophon_link) {
                    (words.on_the_web.replace("{name}", name))
                }
            }
            p class="muted colophon" style=(desk.style.colophon) { (name) (words.comma) (address) }
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
