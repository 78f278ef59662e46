//! A reader in, the pages on which that reader leaves, a part or everything, out.

use maud::html;

use crate::templates::pages::public::{ACT, PART, Public, masked};

/// The page that a link to unsubscribe leads to.
#[derive(Debug)]
pub struct Leave<'l> {
    /// Whose link it is.
    pub address: &'l str,
    /// Where what one gets can be chosen, if there is anything to choose.
    pub choose: Option<&'l str>,
}

/// The page with what a reader gets.
#[derive(Debug)]
pub struct Parts<'l> {
    /// Whose link it is.
    pub address: &'l str,
    /// What there is to choose.
    pub parts: &'l [Part],
    /// Whether something was just chosen.
    pub saved: bool,
}

/// A part of what a reader gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The segment's name.
    pub name: String,
    /// What readers know it as.
    pub title: String,
    /// Whether the reader left it.
    pub left: bool,
}

impl Public<'_> {
    /// Asks whether a subscription shall end.
    #[must_use]
    pub fn leave(&self, leave: &Leave<'_>) -> String {
        let words = self.words();
        let content = html! {
            p { (self.with(words.leave_text, "{address}", &masked(leave.address))) }
            (Self::button(&[(ACT, "leave")], &html! { (words.leave_button) }))
            @if let Some(choose) = leave.choose { p { a href=(choose) { (words.choose) } } }
        };
        self.page(&self.named(words.leave_title), &content)
    }

    /// Says that the reader has left already; with a button that asks for a mail to confirm the way
    /// back, where people can sign up.
    #[must_use]
    pub fn gone(&self, address: &str, again: bool) -> String {
        let words = self.words();
        let content = html! {
            p class="muted" { bdi { (masked(address)) } }
            p { (self.named(words.left_text)) }
            @if again {
                p { (words.gone_text) }
                (Self::quiet_button(&[(ACT, "again")], &html! { (words.gone_button) }))
            }
        };
        self.page(&self.named(words.gone_title), &content)
    }

    /// Shows what a reader gets, each part with a button.
    #[must_use]
    pub fn parts(&self, page: &Parts<'_>) -> String {
        let words = self.words();
        let content = html! {
            @if page.saved { p class="saved" role="status" { (words.saved) } }
            p class="muted" { bdi { (masked(page.address)) } }
            @if !page.parts.is_empty() {
                p { (self.named(words.parts_text)) }
                ul class="parts" {
                    @for part in page.parts {
                        li {
                            div {
                                h2 { (part.title) }
                                p class="label" {
                                    @if part.left { (words.part_gone) } @else { (words.part_here) }
                                }
                            }
                            @let (act, label) = if part.left {
                                ("join", words.part_join)
                            } else {
                                ("part", words.part_leave)
                            };
                            (Self::quiet_button(&[(ACT, act), (PART, &part.name)], &html! {
                                (label) span class="unseen" { (": ") (part.title) }
                            }))
                        }
                    }
                }
            }
            h2 { (words.all_title) }
            (Self::button(&[(ACT, "leave")], &html! { (words.leave_button) }))
        };
        self.page(words.parts_title, &content)
    }
}
