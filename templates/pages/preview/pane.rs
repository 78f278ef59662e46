//! One view of a letter in, the piece of the page that holds it out.

use maud::{Markup, html};

/// One view of a letter.
#[derive(Debug)]
pub struct Pane {
    /// What tells it from the others, in letters.
    pub id: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What there is to say of it.
    pub note: String,
    /// What it shows.
    pub content: Content,
}

/// What a pane shows.
#[derive(Debug)]
pub enum Content {
    /// A letter, as a mail program shows it.
    Frame(Frame),
    /// Words, as they are.
    Text(String),
    /// There is no letter.
    Nothing,
}

/// A letter in a frame.
#[derive(Debug)]
pub struct Frame {
    /// Where the letter is.
    pub src: String,
    /// What tells whether it is still the same.
    pub digest: String,
    /// How wide the frame is: a word that the sheet knows.
    pub class: &'static str,
}

/// What a letter may do in its frame: nothing but be looked at, and open its links elsewhere. The
/// page may look into it, since it keeps the place to which an editor has scrolled.
const SANDBOX: &str = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

impl Pane {
    pub(super) fn render(&self) -> Markup {
        let heading = format!("{}-heading", self.id);
        html! {
            section.pane #(self.id) aria-labelledby=(heading) {
                h2 #(heading).label { (self.label) @if !self.note.is_empty() { " · " (self.note) } }
                @match &self.content {
                    Content::Frame(frame) => {
                        div.stage {
                            iframe class=(frame.class) title={ "The letter: " (self.label) }
                                sandbox=(SANDBOX) src=(frame.src) data-digest=(frame.digest) {}
                        }
                    }
                    Content::Text(text) => pre tabindex="0" role="group" aria-labelledby=(heading) { (text) },
                    Content::Nothing => p.nothing { "There is nothing to show yet: see what check finds." },
                }
            }
        }
    }
}
