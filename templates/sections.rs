//! One section of an issue in, its HTML out: a function for each kind.

use maud::{Markup, PreEscaped, html};

use crate::issue::{
    Brief, Briefs, Button, Delivery, File, Head, Html, HtmlPiece, Kind, Quote, Section, Sponsor,
    Story,
};
use crate::templates::letter::{Desk, table};
use crate::templates::prose::Level;
use crate::templates::{facts, pictures, prose};

pub(super) fn section(section: &Section, desk: &Desk<'_>) -> Markup {
    match &section.kind {
        Kind::Story(story) => set_apart(&self::story(story, desk)),
        Kind::Briefs(briefs) => set_apart(&self::briefs(briefs, desk)),
        Kind::Quote(quote) => set_apart(&pull_quote(quote, desk)),
        Kind::Figures(figures) => set_apart(&facts::figures(figures, desk)),
        Kind::Events(events) => set_apart(&facts::events(events, section.number, desk)),
        Kind::Sponsor(sponsor) => set_apart(&self::sponsor(sponsor, desk)),
        Kind::Html(html) => set_apart(&own(html, desk)),
        Kind::Divider => html! {
            div style="padding:24px 0 0;" { hr class="line" style=(desk.style.rule); }
        },
    }
}

fn set_apart(content: &Markup) -> Markup {
    html! { div style="padding:28px 0 0;" { (content) } }
}

fn story(story: &Story, desk: &Desk<'_>) -> Markup {
    let level = Level::below(&story.head);
    html! {
        (head(&story.head, desk))
        (pictures::row(&story.images, desk))
        @if let Some(body) = &story.body { (desk.prose(body, level)) }
        @if let Some(button) = &story.button { (self::button(button, desk)) }
        @for file in &story.files { (download(file, desk)) }
    }
}

/// Kicker and heading.
pub(super) fn head(head: &Head, desk: &Desk<'_>) -> Markup {
    html! {
        @if let Some(kicker) = &head.kicker {
            p class="accent" style=(desk.style.kicker) { (desk.line(kicker)) }
        }
        @if let Some(heading) = &head.heading {
            h2 class="ink" style=(desk.style.heading) { (desk.line(heading)) }
        }
    }
}

/// What somebody paid for, in a frame, and said to be so before anything else.
fn sponsor(sponsor: &Sponsor, desk: &Desk<'_>) -> Markup {
    let level = if sponsor.heading.is_some() { Level::Third } else { Level::Second };
    let content = html! {
        p class="muted" style=(desk.style.kicker) { (desk.letter.sponsored(sponsor)) }
        @if let Some(heading) = &sponsor.heading {
            h2 class="ink" style=(desk.style.heading) { (desk.line(heading)) }
        }
        @if let Some(image) = &sponsor.image { (pictures::picture(image, desk)) }
        @if let Some(body) = &sponsor.body { (desk.prose(body, level)) }
        @if let Some(button) = &sponsor.button { (self::button(button, desk)) }
    };
    table(&html! { tr { td class="line" style=(desk.style.frame) { (content) } } })
}

/// The editor's own markup, with marks for its fields.
fn own(html: &Html, desk: &Desk<'_>) -> Markup {
    let marks = desk.letter.marks;
    let piece = |piece: &HtmlPiece| match piece {
        HtmlPiece::Markup(markup) => markup.clone(),
        HtmlPiece::Text(field) => marks.field(field).to_string(),
        HtmlPiece::Url(field) => marks.url_field(field).to_string(),
    };
    PreEscaped(html.pieces.iter().map(piece).collect())
}

fn briefs(briefs: &Briefs, desk: &Desk<'_>) -> Markup {
    let level = Level::below(&briefs.head);
    html! {
        (head(&briefs.head, desk))
        @for item in &briefs.items { (brief(item, level, desk)) }
    }
}

fn brief(brief: &Brief, level: Level, desk: &Desk<'_>) -> Markup {
    html! {
        @if let Some(heading) = &brief.heading {
            (prose::subhead(&desk.linked(heading, brief.url.as_ref()), level, desk))
        }
        @if let Some(body) = &brief.body { (desk.prose(body, level)) }
        @if let (None, Some(url)) = (&brief.heading, &brief.url) {
            p class="ink" style=(desk.style.paragraph) {
                a class="accent" href=(desk.url(url)) style=(desk.style.link) { (desk.url(url)) }
            }
        }
    }
}

fn pull_quote(quote: &Quote, desk: &Desk<'_>) -> Markup {
    html! {
        blockquote class="mark" style=(desk.style.quote) {
            @for block in &quote.text.blocks {
                @match block {
                    crate::issue::Block::Paragraph(words) => {
                        p class="ink" style=(desk.style.pull_quote) {
                            (prose::inlines(words, desk))
                        }
                    }
                    other => (prose::blocks(std::slice::from_ref(other), Level::Second, desk)),
                }
            }
            @if let Some(name) = &quote.attribution {
                p class="muted" style=(desk.style.attribution) {
                    "— " (desk.line(name))
                    @if let Some(role) = &quote.role { (desk.words().comma) (desk.line(role)) }
                }
            }
        }
    }
}

/// A cell with a colour and a link inside: Word pads the cell, all others pad the link.
fn button(button: &Button, desk: &Desk<'_>) -> Markup {
    html! {
        div style="padding:4px 0 20px;" {
            table role="presentation" border="0" cellpadding="0" cellspacing="0" {
                tr {
                    td class="btn" align="center" style=(desk.style.button_cell) {
                        a class="btn-ink" href=(desk.url(&button.url)) style=(desk.style.button) {
                            (desk.line(&button.label))
                        }
                    }
                }
            }
        }
    }
}

fn download(file: &File, desk: &Desk<'_>) -> Markup {
    let facts = desk.letter.facts(&file.asset, file.deliver);
    html! {
        div style="padding:0 0 16px;" {
            (table(&html! {
                tr {
                    td class="line" style=(format!("padding:12px 16px;border:1px solid {};", desk.letter.theme.light.rule)) {
                        p class="muted" style=(desk.style.attribution) {
                            @match file.deliver {
                                Delivery::Link => {
                                    (desk.words().download) (desk.words().colon)
                                    a class="accent" href=((desk.letter.url_of)(&file.asset.path))
                                        style=(desk.style.link) { (desk.line(&file.label)) }
                                    " (" (facts) ")"
                                }
                                Delivery::Inside => {
                                    strong class="ink" { (desk.line(&file.label)) }
                                    " (" (facts) ")"
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}
