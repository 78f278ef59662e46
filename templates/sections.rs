//! One section of an issue in, its HTML out: a function for each kind.

use maud::{Markup, PreEscaped, html};

use crate::issue::{
    Brief, Briefs, Button, Delivery, File, Head, Html, HtmlPiece, Invitation, Kind, Quote, Section,
    Sponsor, Story,
};
use crate::markup;
use crate::templates::letter::{Desk, table};
use crate::templates::prose::Level;
use crate::templates::style::Style;
use crate::templates::{facts, pictures, prose};

/// The sections in order, with a rule above each where the theme has them.
pub(super) fn all(sections: &[&Section], desk: &Desk<'_>) -> Markup {
    let is_divider = |section: &Section| matches!(section.kind, Kind::Divider);
    html! {
        @for (at, section) in sections.iter().enumerate() {
            @let divided = is_divider(section) || at > 0 && is_divider(sections[at - 1]);
            @if desk.letter.theme.rules.sections && !divided { (rule(desk)) }
            (self::section(section, desk))
        }
    }
}

fn section(section: &Section, desk: &Desk<'_>) -> Markup {
    let content = match &section.kind {
        Kind::Story(story) => self::story(story, desk),
        Kind::Briefs(briefs) => self::briefs(briefs, desk),
        Kind::Quote(quote) => pull_quote(quote, desk),
        Kind::Figures(figures) => facts::figures(figures, desk),
        Kind::Events(events) => facts::events(events, section.number, desk),
        Kind::Sponsor(sponsor) => self::sponsor(sponsor, desk),
        Kind::Html(html) => own(html, desk),
        Kind::Invitation(invitation) => self::invitation(invitation, desk),
        Kind::Divider => return rule(desk),
    };
    html! { div class="section" style=(desk.style.section) { (content) } }
}

pub(super) fn rule(desk: &Desk<'_>) -> Markup {
    html! {
        div class="section" style=(desk.style.section) {
            hr class="line rule" style=(desk.style.rule);
        }
    }
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
            p class="accent kicker" style=(desk.style.kicker) { (desk.line(kicker)) }
        }
        @if let Some(heading) = &head.heading {
            h2 class="ink heading" style=(desk.style.heading) { (desk.line(heading)) }
        }
    }
}

/// What somebody paid for, in a frame, and said to be so before anything else.
fn sponsor(sponsor: &Sponsor, desk: &Desk<'_>) -> Markup {
    let level = if sponsor.heading.is_some() { Level::Third } else { Level::Second };
    let content = html! {
        p class="muted kicker" style=(desk.style.kicker) { (desk.letter.sponsored(sponsor)) }
        @if let Some(heading) = &sponsor.heading {
            h2 class="ink heading" style=(desk.style.heading) { (desk.line(heading)) }
        }
        @if let Some(image) = &sponsor.image { (pictures::picture(image, desk)) }
        @if let Some(body) = &sponsor.body { (desk.prose(body, level)) }
        @if let Some(button) = &sponsor.button { (self::button(button, desk)) }
    };
    table(&html! { tr { td class="line frame" style=(desk.style.frame) { (content) } } })
}

/// What only some readers get, in a frame that says so and how to become one of them.
fn invitation(invitation: &Invitation, desk: &Desk<'_>) -> Markup {
    let letter = desk.letter;
    let content = html! {
        p class="ink paragraph" style=(desk.style.paragraph) { (letter.invitation(invitation)) }
        p class="ink paragraph" style=(desk.style.paragraph) {
            a class="accent link" href=(letter.publication.subscribe) style=(desk.style.link) {
                (letter.join())
            }
        }
    };
    let frame =
        table(&html! { tr { td class="line frame" style=(desk.style.frame) { (content) } } });
    html! { div class="invitation" { (frame) } }
}

/// The editor's own markup, with marks for its fields.
fn own(html: &Html, desk: &Desk<'_>) -> Markup {
    let marks = desk.letter.marks;
    let piece = |piece: &HtmlPiece| match piece {
        HtmlPiece::Markup(markup) => markup.clone(),
        HtmlPiece::Text(field) => marks.field(field).to_string(),
        HtmlPiece::Url(field) => marks.url_field(field).to_string(),
    };
    let own: String = html.pieces.iter().map(piece).collect();
    html! { div class="ink paragraph" style=(desk.style.paragraph) { (PreEscaped(dressed(&own, desk))) } }
}

/// The markup with the theme's look on headings and links that have none of their own.
fn dressed(own: &str, desk: &Desk<'_>) -> String {
    let Style { link, subhead, .. } = &desk.style;
    let mut dressed = String::with_capacity(own.len());
    let mut done = 0;
    for tag in markup::tags(own) {
        let bare = tag.attribute("style").is_none() && tag.attribute("class").is_none();
        let (class, style) = match tag.name.as_str() {
            "a" => ("accent link", link),
            "h2" | "h3" | "h4" => ("ink subhead", subhead),
            _ => continue,
        };
        if !tag.closing && bare {
            let at = tag.span.start + 1 + tag.name.len();
            dressed.push_str(&own[done..at]);
            dressed.extend([" class=\"", class, "\" style=\"", style, "\""]);
            done = at;
        }
    }
    dressed + &own[done..]
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
            p class="ink paragraph" style=(desk.style.paragraph) {
                a class="accent link" href=(desk.url(url)) style=(desk.style.link) { (desk.url(url)) }
            }
        }
    }
}

fn pull_quote(quote: &Quote, desk: &Desk<'_>) -> Markup {
    html! {
        blockquote class="mark quote" style=(desk.style.quote) {
            @for block in &quote.text.blocks {
                @match block {
                    crate::issue::Block::Paragraph(words) => {
                        p class="ink pull-quote" style=(desk.style.pull_quote) {
                            (prose::inlines(words, desk))
                        }
                    }
                    other => (prose::blocks(std::slice::from_ref(other), Level::Second, desk)),
                }
            }
            @if let Some(name) = &quote.attribution {
                p class="muted attribution" style=(desk.style.attribution) {
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
                    td class="btn button-cell" align="center" style=(desk.style.button_cell) {
                        a class="btn-ink button" href=(desk.url(&button.url)) style=(desk.style.button) {
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
                    td class="line file" style=(desk.style.file) {
                        p class="muted attribution" style=(desk.style.attribution) {
                            @match file.deliver {
                                Delivery::Link => {
                                    (desk.words().download) (desk.words().colon)
                                    a class="accent link" href=((desk.letter.url_of)(&file.asset.path))
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
