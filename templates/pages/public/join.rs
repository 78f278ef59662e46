//! What a newcomer can choose in, the form to sign up and the page that confirms it out.

use maud::html;

use crate::templates::pages::public::{ACT, EMAIL, PART, Public, masked};

/// The form to sign up.
#[derive(Debug)]
pub struct Form<'f> {
    /// What can be chosen.
    pub choices: &'f [Choice],
    /// What was written into it, where that is no address.
    pub wrong: Option<&'f str>,
}

/// A segment that a newcomer can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What readers know it as.
    pub title: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Public<'_> {
    /// The form to sign up.
    #[must_use]
    pub fn form(&self, form: &Form<'_>) -> String {
        let (words, archive) = (self.words(), self.publication.language.words().archive);
        let wrong = form.wrong.is_some();
        let content = html! {
            p { (words.form_text) }
            form method="post" {
                @if wrong { p class="wrong" id="wrong" { (words.form_wrong) } }
                label for="email" { (words.form_email) }
                input id="email" name=(EMAIL) type="email" required autocomplete="email" dir="ltr"
                    maxlength="254" value=[form.wrong] aria-invalid=[wrong.then_some("true")]
                    aria-describedby=[wrong.then_some("wrong")];
                @if !form.choices.is_empty() {
                    fieldset {
                        legend { (words.form_parts) }
                        @for choice in form.choices {
                            label class="choice" {
                                input type="checkbox" name=(PART) value=(choice.name)
                                    checked[choice.chosen];
                                " " (choice.title)
                            }
                        }
                    }
                }
                button class="button" { (archive.subscribe) }
            }
        };
        self.page(&self.named(archive.join), &content)
    }

    /// Asks whether a subscription shall begin.
    #[must_use]
    pub fn confirm(&self, address: &str) -> String {
        let words = self.words();
        let content = html! {
            p { (self.with(words.confirm_text, "{address}", &masked(address))) }
            (Self::button(&[(ACT, "confirm")], &html! { (words.confirm_button) }))
        };
        self.page(words.confirm_title, &content)
    }
}
