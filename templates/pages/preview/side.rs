//! What is known of an issue and its readers in, what stands beside the letter out.

use maud::{Markup, html};

use crate::templates::pages::preview::{Choice, choices};

/// What stands beside the letter.
#[derive(Debug)]
pub struct Side {
    /// What `check` finds, the worst first.
    pub findings: Vec<Finding>,
    /// How inboxes show it.
    pub inboxes: Vec<Inbox>,
    /// How large it is.
    pub weight: Option<Weight>,
    /// Whose letter it is.
    pub readers: Readers,
    /// All issues, the newest first.
    pub issues: Vec<Choice>,
    /// Where a test goes, and what became of the last one; `None` where no server is set.
    pub test: Option<String>,
    /// What is asked for, to be asked for again by forms: names and values.
    pub asked: Vec<(&'static str, String)>,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It keeps the issue from being sent.
    Error,
    /// Readers will notice.
    Warning,
    /// Good to know.
    Note,
}

impl Rank {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that `check` finds.
#[derive(Debug)]
pub struct Finding {
    /// How bad it is.
    pub rank: Rank,
    /// What is wrong.
    pub message: String,
    /// Where: file, line and column; and where that is shown, if it is.
    pub place: Option<(String, Option<String>)>,
    /// What to do.
    pub help: Vec<String>,
    /// The number of its kind, and what that means.
    pub code: Option<(&'static str, &'static str)>,
}

/// The line of an inbox.
#[derive(Debug)]
pub struct Inbox {
    /// The mail program.
    pub program: &'static str,
    /// Who it comes from.
    pub sender: String,
    /// The subject, as far as it is shown.
    pub subject: String,
    /// What is shown behind or beneath it.
    pub snippet: String,
}

/// How large a letter is.
#[derive(Debug)]
pub struct Weight {
    /// The bytes of its HTML.
    pub bytes: usize,
    /// Where Gmail cuts it, in bytes.
    pub limit: usize,
    /// The same in words.
    pub words: String,
}

/// Whose letter is shown.
#[derive(Debug)]
pub struct Readers {
    /// One reader of each edition, and nobody in particular.
    pub samples: Vec<Choice>,
    /// Who it is now, in a sentence.
    pub shown: String,
    /// What was asked for, if it is an address.
    pub asked: String,
    /// Where readers are looked up.
    pub lookup: &'static str,
}

impl Side {
    pub(super) fn render(&self) -> Markup {
        html! {
            aside.side aria-label="About this letter" {
                section #findings tabindex="-1" aria-labelledby="findings-heading" { (self.findings()) }
                section #readers aria-labelledby="readers-heading" { (self.readers()) }
                section #issues aria-labelledby="issues-heading" {
                    h2 #issues-heading.kicker { "Issues" }
                    (choices(&self.issues))
                }
                section #inbox aria-labelledby="inbox-heading" { (self.inbox()) }
                @if let Some(weight) = &self.weight {
                    section #size aria-labelledby="size-heading" { (weight.render()) }
                }
                @if let Some(said) = &self.test {
                    section #test aria-labelledby="test-heading" { (self.test(said)) }
                }
            }
        }
    }

    fn findings(&self) -> Markup {
        let count = |rank| self.findings.iter().filter(|found| found.rank == rank).count();
        let counted = [Rank::Error, Rank::Warning, Rank::Note].map(|rank| (rank, count(rank)));
        let counted = counted.into_iter().filter(|(_, count)| *count > 0);
        let counted: Vec<_> = counted
            .map(|(rank, count)| {
                format!("{count} {}{}", rank.word(), if count == 1 { "" } else { "s" })
            })
            .collect();
        html! {
            h2 #findings-heading.kicker { "What check finds" }
            p.label { @if counted.is_empty() { "Nothing." } @else { (counted.join(", ")) } }
            ol.findings { @for found in &self.findings { li class=(found.rank.word()) { (finding(found)) } } }
        }
    }

    fn inbox(&self) -> Markup {
        html! {
            h2 #inbox-heading.kicker { "In the inbox" }
            dl.inbox {
                @for line in &self.inboxes {
                    div {
                        dt.label { (line.program) }
                        dd {
                            span.sender { (line.sender) }
                            span.subject { (line.subject) }
                            span.snippet { (line.snippet) }
                        }
                    }
                }
            }
        }
    }

    fn readers(&self) -> Markup {
        let Readers { samples, shown, asked, lookup } = &self.readers;
        html! {
            h2 #readers-heading.kicker { "Reader" }
            p { (shown) }
            (choices(samples))
            form method="get" {
                @for (name, value) in self.asked.iter().filter(|(name, _)| !matches!(*name, "reader" | "edition")) {
                    input type="hidden" name=(name) value=(value);
                }
                label for="reader" { "Another reader" }
                div.ask {
                    input #reader name="reader" type="text" inputmode="email" autocomplete="off"
                        spellcheck="false" list="known" value=(asked) required data-lookup=(lookup);
                    datalist #known {}
                    button.button { "Show" }
                }
            }
        }
    }

    fn test(&self, said: &str) -> Markup {
        html! {
            h2 #test-heading.kicker { "Send me a test" }
            form method="post" action="test" {
                @for (name, value) in &self.asked {
                    input type="hidden" name=(name) value=(value);
                }
                label for="address" { "To" }
                div.ask {
                    input #address name="address" type="email" autocomplete="email" required;
                    button.button { "Send" }
                }
            }
            p #sent.label role="status" { (said) }
        }
    }
}

impl Weight {
    fn render(&self) -> Markup {
        html! {
            h2 #size-heading.kicker { "Size" }
            meter min="0" max=(self.limit) low=(self.limit * 4 / 5) high=(self.limit * 4 / 5 + 1) optimum="0"
                value=(self.bytes) aria-labelledby="size-heading size-words" {}
            p #size-words.label { (self.words) }
        }
    }
}

fn finding(found: &Finding) -> Markup {
    html! {
        p {
            strong { (found.rank.word()) }
            " " (found.message)
        }
        @if let Some((place, href)) = &found.place {
            p.place { @match href { Some(href) => a href=(href) { (place) }, None => (place) } }
        }
        @for help in &found.help { p.muted { (help) } }
        @if let Some((number, meaning)) = found.code {
            details {
                summary { (number) ", in full" }
                @for paragraph in meaning.split("\n\n") { p.muted { (paragraph) } }
            }
        }
    }
}
