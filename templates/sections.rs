//! One section of an issue in, its HTML out: a function for each kind.

use maud::{Markup, html};

use crate::field::Template;
use crate::issue::{Brief, Briefs, Button, Delivery, File, Image, Kind, Quote, Section, Story};
use crate::templates::letter::{Desk, table};

pub(super) fn section(section: &Section, desk: &Desk<'_>) -> Markup {
    match &section.kind {
        Kind::Story(story) => set_apart(&self::story(story, desk)),
        Kind::Briefs(briefs) => set_apart(&self::briefs(briefs, desk)),
        Kind::Quote(quote) => set_apart(&pull_quote(quote, desk)),
        Kind::Divider => html! {
            div style="padding:24px 0 0;" { hr class="line" style=(desk.style.rule); }
        },
    }
}

fn set_apart(content: &Markup) -> Markup {
    html! { div style="padding:28px 0 0;" { (content) } }
}

fn story(story: &Story, desk: &Desk<'_>) -> Markup {
    html! {
        (opening(story.kicker.as_ref(), story.heading.as_ref(), desk))
        @if let Some(image) = &story.image { (picture(image, desk)) }
        @if let Some(body) = &story.body { (desk.prose(body)) }
        @if let Some(button) = &story.button { (self::button(button, desk)) }
        @for file in &story.files { (download(file, desk)) }
    }
}

fn opening(kicker: Option<&Template>, heading: Option<&Template>, desk: &Desk<'_>) -> Markup {
    html! {
        @if let Some(kicker) = kicker {
            p class="accent" style=(desk.style.kicker) { (desk.line(kicker)) }
        }
        @if let Some(heading) = heading {
            h2 class="ink" style=(desk.style.heading) { (desk.line(heading)) }
        }
    }
}

fn briefs(briefs: &Briefs, desk: &Desk<'_>) -> Markup {
    html! {
        (opening(briefs.kicker.as_ref(), briefs.heading.as_ref(), desk))
        @for item in &briefs.items { (brief(item, desk)) }
    }
}

fn brief(brief: &Brief, desk: &Desk<'_>) -> Markup {
    html! {
        @if let Some(heading) = &brief.heading {
            h3 class="ink" style=(desk.style.subhead) {
                @match &brief.url {
                    Some(url) => {
                        a class="accent" href=(desk.url(url)) style=(desk.style.link) {
                            (desk.line(heading))
                        }
                    }
                    None => (desk.line(heading)),
                }
            }
        }
        @if let Some(body) = &brief.body { (desk.prose(body)) }
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
                            (crate::templates::prose::inlines(words, desk))
                        }
                    }
                    other => (crate::templates::prose::blocks(std::slice::from_ref(other), desk)),
                }
            }
            @if let Some(name) = &quote.attribution {
                p class="muted" style=(desk.style.attribution) {
                    "— " (desk.line(name))
                    @if let Some(role) = &quote.role { ", " (desk.line(role)) }
                }
            }
        }
    }
}

/// A picture across the letter, as wide as its column and never wider than its pixels.
fn picture(image: &Image, desk: &Desk<'_>) -> Markup {
    let column = desk.letter.theme.width - 64;
    let width = image.width.min(column);
    let height = (u64::from(image.height) * u64::from(width)).div_ceil(u64::from(image.width));
    let alt = desk.letter.marks.text(&image.alt);
    let shown = html! {
        img src=((desk.letter.source_of)(image)) width=(width) height=(height) alt=(alt)
            style={ "display:block;width:100%;max-width:" (width) "px;height:auto;border:0;" };
    };
    html! {
        div style="padding:0 0 20px;" {
            @match &image.url {
                Some(url) => a href=(desk.url(url)) { (shown) },
                None => (shown),
            }
            @if image.caption.is_some() || image.credit.is_some() {
                p class="muted" style=(desk.style.caption) {
                    @if let Some(caption) = &image.caption { (desk.line(caption)) " " }
                    @if let Some(credit) = &image.credit { em { (desk.line(credit)) } }
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
    let facts = format!("{}, {}", file.asset.kind(), file.asset.size());
    html! {
        div style="padding:0 0 16px;" {
            (table(&html! {
                tr {
                    td class="line" style=(format!("padding:12px 16px;border:1px solid {};", desk.letter.theme.light.rule)) {
                        p class="muted" style=(desk.style.attribution) {
                            @match file.deliver {
                                Delivery::Link => {
                                    a class="accent" href=((desk.letter.url_of)(&file.asset.path))
                                        style=(desk.style.link) { (desk.line(&file.label)) }
                                    " (" (facts) ")"
                                }
                                Delivery::Inside => {
                                    strong class="ink" { (desk.line(&file.label)) }
                                    " (" (facts) ", attached)"
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}
