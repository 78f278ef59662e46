//! Figures and events in, their HTML out.

use maud::{Markup, html};

use crate::issue::{Delivery, Event, Events, Figure, Figures};
use crate::templates::letter::{Desk, table};
use crate::templates::prose::Level;
use crate::templates::{prose, sections};

pub(super) fn figures(figures: &Figures, desk: &Desk<'_>) -> Markup {
    html! {
        (sections::head(&figures.head, desk))
        (table(&html! { @for item in &figures.items { (figure(item, desk)) } }))
        @if let Some(source) = &figures.source {
            p class="muted caption" style=(desk.style.caption) {
                (desk.words().source) (desk.words().colon) (desk.line(source))
            }
        }
    }
}

/// The number and what it counts, side by side: read in a row they are a sentence.
fn figure(figure: &Figure, desk: &Desk<'_>) -> Markup {
    html! {
        tr {
            td class="line figure-cell" width="34%" valign="top" style=(desk.style.figure_cell) {
                p class="accent figure" style=(desk.style.figure) { (desk.line(&figure.value)) }
            }
            td class="line figure-cell" valign="top" style=(desk.style.figure_cell) {
                p class="ink figure-label" style=(desk.style.figure_label) { (desk.line(&figure.label)) }
                @if let Some(note) = &figure.note {
                    p class="muted caption" style=(desk.style.caption) { (desk.line(note)) }
                }
            }
        }
    }
}

/// `section` is the section's number: the file for calendars is named by it.
pub(super) fn events(events: &Events, section: usize, desk: &Desk<'_>) -> Markup {
    let level = Level::below(&events.head);
    html! {
        (sections::head(&events.head, desk))
        @for item in &events.items { (event(item, level, desk)) }
        @if let Some(Delivery::Link) = events.calendar {
            p class="ink paragraph" style=(desk.style.paragraph) {
                a class="accent link" href=((desk.letter.url_of)(&desk.letter.issue.calendar(section)))
                    style=(desk.style.link) { (desk.words().add_to_calendar) }
            }
        }
    }
}

fn event(event: &Event, level: Level, desk: &Desk<'_>) -> Markup {
    html! {
        (prose::subhead(&desk.linked(&event.title, event.url.as_ref()), level, desk))
        p class="muted when" style=(desk.style.when) {
            (desk.letter.when(event.when))
            @if let Some(place) = &event.place { br; (desk.line(place)) }
        }
        @if let Some(body) = &event.body { (desk.prose(body, level)) }
    }
}
