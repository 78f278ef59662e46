//! Pictures of a section in, their HTML out: one across the letter, or several side by side.

use maud::{Markup, html};

use crate::issue::Image;
use crate::templates::letter::{Desk, table};

/// A picture across the letter, as wide as its column and never wider than its pixels.
pub(super) fn picture(image: &Image, desk: &Desk<'_>) -> Markup {
    html! {
        div style="padding:0 0 20px;" { (shown(image, desk.letter.theme.column(), desk)) }
    }
}

/// Pictures side by side, each with its words beneath it.
pub(super) fn row(images: &[Image], desk: &Desk<'_>) -> Markup {
    let [_, _, ..] = images else {
        return html! { @for image in images { (picture(image, desk)) } };
    };
    let count = u32::try_from(images.len()).unwrap_or(u32::MAX);
    let column = (desk.letter.theme.column() - GAP * (count - 1)) / count;
    let last = images.len() - 1;
    html! {
        div style="padding:0 0 20px;" {
            (table(&html! {
                tr {
                    @for (at, image) in images.iter().enumerate() {
                        td width={ (100 / count) "%" } valign="top" {
                            (shown(image, column, desk))
                        }
                        @if at < last {
                            td width=(GAP) style={ "font-size:0;line-height:0;width:" (GAP) "px;" } { "\u{a0}" }
                        }
                    }
                }
            }))
        }
    }
}

/// The pixels between pictures that stand side by side.
const GAP: u32 = 12;

/// A picture in a column of so many pixels, and the words beneath it.
fn shown(image: &Image, column: u32, desk: &Desk<'_>) -> Markup {
    let width = image.width.min(column);
    let height = (u64::from(image.height) * u64::from(width)).div_ceil(u64::from(image.width));
    let alt = image.alt.as_ref().map(|alt| desk.letter.marks.text(alt)).unwrap_or_default();
    let shown = html! {
        img src=((desk.letter.source_of)(image)) width=(width) height=(height) alt=(alt)
            class="picture" style={ (desk.style.picture) "width:100%;max-width:" (width) "px;" };
    };
    html! {
        @match &image.url {
            Some(url) => a href=(desk.url(url)) { (shown) },
            None => (shown),
        }
        @if image.caption.is_some() || image.credit.is_some() {
            p class="muted caption" style=(desk.style.caption) {
                @if let Some(caption) = &image.caption { (desk.line(caption)) }
                @if image.caption.is_some() && image.credit.is_some() { br; }
                @if let Some(credit) = &image.credit { em { (desk.line(credit)) } }
            }
        }
    }
}
