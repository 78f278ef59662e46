//! An issue as one reader gets it in, the page that shows it to its editor out.

mod pane;
mod side;
mod source;

use maud::{Markup, html};

use crate::language::Language;
use crate::templates::pages::Shell;

pub use pane::{Content, Frame, Pane};
pub use side::{Finding, Inbox, Rank, Readers, Side, Weight};
pub use source::{leaving, source};

/// How the preview looks.
pub const SHEET: &str = include_str!("preview.css");
/// What it does that HTML cannot: it follows the files.
pub const SCRIPT: &str = include_str!("preview.js");

/// Everything that the page shows.
#[derive(Debug)]
pub struct Preview<'p> {
    /// Which state of the files this is: it grows with each change.
    pub version: u64,
    /// The publication's name.
    pub publication: &'p str,
    /// The headline, or its file where that is not known.
    pub title: &'p str,
    /// Whether what is shown is what the files say.
    pub state: State,
    /// The ways to look at a letter.
    pub views: &'p [View],
    /// What is shown, side by side.
    pub panes: &'p [Pane],
    /// What stands beside it.
    pub side: &'p Side,
}

/// Whether what is shown is what the files say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is.
    Fresh,
    /// It is, and there is something for which it would not be sent.
    Unsendable,
    /// The files have errors: it is what they said when they last had none.
    Stale,
    /// The files have errors, and had them from the beginning.
    Nothing,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Fresh => "Up to date",
            Self::Unsendable => "Errors: this cannot be sent",
            Self::Stale => "Errors: this is the version before them",
            Self::Nothing => "Errors: nothing can be shown",
        }
    }

    /// What the letters stand in.
    fn place(self) -> &'static str {
        match self {
            Self::Fresh | Self::Unsendable => "now",
            Self::Stale | Self::Nothing => "before",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Fresh => "state fresh",
            Self::Unsendable | Self::Stale | Self::Nothing => "state stale",
        }
    }
}

/// One way to look at a letter.
#[derive(Debug)]
pub struct View {
    /// What it is called.
    pub label: &'static str,
    /// Whether it is shown.
    pub shown: bool,
    /// Where it is shown alone.
    pub alone: String,
    /// Where it is shown beside the others, or no longer; `None` for the only one.
    pub beside: Option<String>,
}

/// Something that can be chosen.
#[derive(Debug)]
pub struct Choice {
    /// What it is called.
    pub label: String,
    /// What there is to say of it.
    pub note: String,
    /// Where it is shown.
    pub href: String,
    /// Whether it is shown.
    pub current: bool,
}

impl Preview<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self) -> Markup {
        let title = format!("{} – preview", self.title);
        let language = Language::default();
        let shell = Shell {
            language: &language,
            title: &title,
            skip: "Skip to the letter",
            head: head(true),
        };
        shell.around(&html! {
            header.bar {
                p.brand { (self.publication) }
                h1 #title { (self.title) }
                p #state class=(self.state.class()) role="status" { (self.state.words()) }
                p.label { a href="#findings" { "What check finds" } }
            }
            div.desk {
                main #content class=(self.state.place()) tabindex="-1" data-version=(self.version) {
                    nav #views.views aria-label="Views" {
                        ul { @for (at, view) in (1..).zip(self.views) { (self::view(at, view)) } }
                    }
                    div #panes.panes { @for pane in self.panes { (pane.render()) } }
                }
                (self.side.render())
            }
        })
    }
}

/// The name shows a view alone, the sign behind it adds it or takes it away. The keys that a
/// browser gives to `accesskey` reach them by number.
fn view(at: usize, view: &View) -> Markup {
    let (sign, does) = if view.shown { ("−", "Do not show") } else { ("+", "Show beside:") };
    html! {
        li {
            a href=(view.alone) accesskey=(at) aria-current=[view.shown.then_some("true")] { (view.label) }
            @if let Some(beside) = &view.beside {
                a.beside href=(beside) aria-label={ (does) " " (view.label) } title={ (does) " " (view.label) } {
                    span aria-hidden="true" { (sign) }
                }
            }
        }
    }
}

/// Sheets, and the script where the page follows the files.
fn head(follows: bool) -> Markup {
    html! {
        meta name="robots" content="noindex";
        link rel="icon" href="data:,";
        link rel="stylesheet" href="house.css";
        link rel="stylesheet" href="preview.css";
        @if follows { script src="preview.js" defer {} }
    }
}

/// A list of what can be chosen.
fn choices(choices: &[Choice]) -> Markup {
    html! {
        ul.choices {
            @for choice in choices {
                li {
                    a href=(choice.href) aria-current=[choice.current.then_some("true")] { (choice.label) }
                    @if !choice.note.is_empty() { " " span.label { (choice.note) } }
                }
            }
        }
    }
}
