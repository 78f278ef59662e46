//! What has happened in, a page that says it out.

use maud::html;

use crate::templates::pages::public::{ACT, PROOF, Public};

/// What there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice<'n> {
    /// The reader has left; with what allows a return, where there is a way back.
    Left(Option<&'n str>),
    /// The reader came back.
    Back,
    /// A person has to help.
    Stuck,
    /// A mail is on its way, or not: that is not said.
    Asked,
    /// The reader has signed up.
    Done,
    /// The link is not ours.
    Wrong,
    /// The link is too old.
    Old,
    /// Somebody asks too often.
    Often,
    /// The machine failed.
    Failed,
    /// There is no page.
    Missing,
}

impl Public<'_> {
    /// A page that says what has happened. Where it cannot help, it names another way to leave.
    #[must_use]
    pub fn notice(&self, notice: Notice<'_>, contact: &str, leave_contact: &str) -> String {
        let words = self.words();
        let (title, text) = match notice {
            Notice::Left(_) => (words.left_title, words.left_text),
            Notice::Back => (words.back_title, words.back_text),
            Notice::Stuck => (words.stuck_title, words.stuck_text),
            Notice::Asked => (words.asked_title, words.asked_text),
            Notice::Done => (words.done_title, words.done_text),
            Notice::Wrong => (words.wrong_title, words.wrong_text),
            Notice::Old => (words.old_title, words.old_text),
            Notice::Often => (words.often_title, words.often_text),
            Notice::Failed => (words.failed_title, words.failed_text),
            Notice::Missing => (words.missing_title, ""),
        };
        let may_want_to_leave =
            matches!(notice, Notice::Wrong | Notice::Often | Notice::Failed | Notice::Missing);
        let (before, behind) = words.leave_by_mail.split_once("{contact}").unwrap_or_default();
        let content = html! {
            @if !text.is_empty() { p { (self.with(text, "{contact}", contact)) } }
            @if may_want_to_leave {
                p {
                    (before)
                    a href=(format!("mailto:{leave_contact}?subject=unsubscribe")) { (leave_contact) }
                    (behind)
                }
            }
            @if let Notice::Left(Some(proof)) = notice {
                p { (words.undo_text) }
                (Self::quiet_button(&[(ACT, "return"), (PROOF, proof)], &html! { (words.undo_button) }))
            }
        };
        self.page(&self.named(title), &content)
    }
}
