//! What became of a run in, a page that says so out: one file that needs no other and no script.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, PreEscaped, html};

use crate::language::{self, Language, grouped, share};
use crate::templates::pages::chart::Chart;
use crate::templates::pages::shell::{HOUSE, Shell};
use crate::templates::pages::tables::{self, Domain, Followed, Generation, Group, Reply, Round};

const SHEET: &str = include_str!("report.css");

/// Nothing may be asked for, and nothing run: what servers said is in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// How many recipients are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// The server took it.
    pub accepted: u64,
    /// The server said: never.
    pub rejected: u64,
    /// Whether the server took it is not known.
    pub unknown: u64,
    /// The server said: later.
    pub deferred: u64,
    /// Handed out, or on the wire.
    pub on_the_way: u64,
    /// Nothing was sent.
    pub pending: u64,
    /// On the list, and not written to.
    pub suppressed: u64,
}

/// What became of a run.
#[derive(Debug)]
pub struct Report<'r> {
    /// The publication's name.
    pub publication: &'r str,
    /// The issue's name: its file's, without `.toml`.
    pub issue: &'r str,
    /// The issue's headline; its name, where the file is gone.
    pub title: &'r str,
    /// What the times of the page are in.
    pub zone: &'r TimeZone,
    /// When the run was begun.
    pub begun: Timestamp,
    /// When there was nothing left to do.
    pub finished: Option<Timestamp>,
    /// When the journal was looked at.
    pub seen: Timestamp,
    /// How many recipients are in each state.
    pub total: Total,
    /// How many messages were answered in a second; `None` where that cannot be told.
    pub speed: Option<f64>,
    /// The same in the step of the chart in which there were most.
    pub peak: Option<f64>,
    /// When messages were sent, between pauses.
    pub rounds: &'r [Round],
    /// Acceptance over time.
    pub chart: Option<Chart<'r>>,
    /// By domain, the most recipients first.
    pub domains: &'r [Domain<'r>],
    /// By reply, the most frequent first.
    pub replies: &'r [Reply<'r>],
    /// Who was not accepted, by state.
    pub groups: &'r [Group<'r>],
    /// How often the issue's page was read, where that is counted.
    pub views: Option<u64>,
    /// How often its links were followed, the most first, where that is counted.
    pub clicks: Option<&'r [Followed<'r>]>,
    /// What it was begun with, and then what it was gone on with.
    pub generations: &'r [Generation<'r>],
}

impl Total {
    /// Everyone the run is for.
    #[must_use]
    pub const fn recipients(&self) -> u64 {
        self.open() + self.accepted + self.rejected + self.unknown
    }

    /// Those of whom there is still something to be done.
    #[must_use]
    pub const fn open(&self) -> u64 {
        self.deferred + self.on_the_way + self.pending
    }

    /// The sum of two.
    #[must_use]
    pub(super) const fn plus(&self, other: &Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            rejected: self.rejected + other.rejected,
            unknown: self.unknown + other.unknown,
            deferred: self.deferred + other.deferred,
            on_the_way: self.on_the_way + other.on_the_way,
            pending: self.pending + other.pending,
            suppressed: self.suppressed + other.suppressed,
        }
    }

    /// What there is to say of each state, with what it means.
    const fn words(&self) -> [(&'static str, u64, &'static str); 7] {
        [
            ("accepted", self.accepted, "The mail server took it."),
            ("rejected", self.rejected, "The server said: never."),
            ("unknown", self.unknown, "Nobody can tell."),
            ("deferred", self.deferred, "The server said: later."),
            ("on the way", self.on_the_way, "No answer yet."),
            ("pending", self.pending, "Nothing was sent yet."),
            ("suppressed", self.suppressed, "Not written to."),
        ]
    }
}

impl Report<'_> {
    /// What every page of this kind has near its beginning, and no other file.
    pub const MARK: &'static str = "<meta name=\"generator\" content=\"newsletter status\">";

    /// The page.
    #[must_use]
    pub fn page(&self) -> Markup {
        let head = html! {
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            (PreEscaped(Self::MARK))
            meta name="robots" content="noindex";
            style { (PreEscaped(HOUSE)) (PreEscaped(SHEET)) }
        };
        let title = format!("{}: report of the run, {}", self.title, self.publication);
        let language = Language::default();
        let shell = Shell { language: &language, title: &title, skip: "Skip to the report", head };
        shell.around(&html! {
            main id="content" class="report" {
                (self.opening())
                (self.numbers())
                (self.next())
                @if let Some(chart) = &self.chart { (chart.figure()) }
                (tables::followed(self.views, self.clicks))
                (tables::rounds(self.rounds, self.zone))
                @if !self.domains.is_empty() { (tables::domains(self.domains)) }
                @if !self.replies.is_empty() { (tables::replies(self.replies)) }
                (tables::groups(self.groups))
                (tables::generations(self.generations, self.zone))
            }
            footer class="foot label" { (self.colophon()) }
        })
    }

    fn opening(&self) -> Markup {
        html! {
            header class="opening" {
                p class="kicker" { bdi { (self.publication) } " · report of a run" }
                h1 { bdi { (self.title) } }
                p class="label" { (self.issue) }
                p class="verdict" { (self.verdict()) }
                dl class="facts" {
                    div { dt { "Begun" } dd { (self.moment(self.begun)) } }
                    @match self.finished {
                        Some(finished) => {
                            div { dt { "Finished" } dd { (self.moment(finished)) } }
                            div { dt { "Took" } dd { (took(finished.duration_since(self.begun))) } }
                        }
                        None => div { dt { "Finished" } dd { "not yet" } },
                    }
                    @if let Some(speed) = self.speed {
                        div {
                            dt { "Speed" }
                            dd {
                                (language::speed(speed)) " messages a second"
                                @if let (Some(peak), Some(chart)) = (self.peak, &self.chart) {
                                    ", " (language::speed(peak)) " in the fastest " (took(chart.step))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// How it went, in a sentence or two.
    fn verdict(&self) -> String {
        let total = &self.total;
        let recipients = total.recipients();
        let mut rest: Vec<String> = Vec::new();
        for (number, words) in [
            (total.rejected, ["was rejected", "were rejected"]),
            (total.unknown, ["is unknown", "are unknown"]),
            (total.deferred, ["is deferred", "are deferred"]),
            (total.on_the_way, ["is on the way", "are on the way"]),
            (total.pending, ["is pending", "are pending"]),
        ] {
            if number > 0 {
                rest.push(format!("{}\u{a0}{}", grouped(number), words[usize::from(number != 1)]));
            }
        }
        let first = match (recipients, total.accepted) {
            (0, _) => "Nobody was to be written to.".to_owned(),
            (1, 1) => "The mail server accepted the one letter.".to_owned(),
            (all, accepted) if all == accepted => {
                format!("The mail server accepted all {} letters.", grouped(all))
            }
            (all, accepted) => format!(
                "The mail server accepted {} of {} ({}).",
                grouped(accepted),
                count(all, "letter"),
                share(accepted, all)
            ),
        };
        match rest.split_last() {
            None => first,
            Some((last, [])) => format!("{first} {last}."),
            Some((last, before)) => format!("{first} {} and {last}.", before.join(", ")),
        }
    }

    fn numbers(&self) -> Markup {
        let recipients = self.total.recipients();
        html! {
            section class="numbers" aria-labelledby="numbers" {
                h2 id="numbers" { "The numbers" }
                dl {
                    @for (word, number, meaning) in self.total.words() {
                        @if number > 0 || !matches!(word, "on the way" | "pending") {
                            div class=(class(word)) {
                                dt { (word) }
                                dd {
                                    b { (grouped(number)) }
                                    @if word != "suppressed" && number > 0 {
                                        span class="label" { (share(number, recipients)) }
                                    }
                                    span class="label" { (meaning) }
                                }
                            }
                        }
                    }
                }
                p class="label" {
                    "Of " (count(recipients, "recipient")) ". "
                    "Accepted is what the mail server said; whether a letter reached its reader is for bounces to tell."
                }
            }
        }
    }

    /// What an operator does now, in the words of the command line.
    fn next(&self) -> Markup {
        let Total { rejected, unknown, .. } = self.total;
        let open = self.total.open();
        html! {
            section class="next" aria-labelledby="next" {
                h2 id="next" { "What to do next" }
                @if open + rejected + unknown == 0 {
                    p { "Nothing. The run is finished." }
                } @else {
                    ul {
                        @if open > 0 {
                            li {
                                "It is not finished; nobody is lost: "
                                code { "newsletter send " (self.issue) } " goes on with those who are open."
                            }
                        }
                        @if unknown > 0 {
                            li {
                                "Whether the unknown got it nobody can tell. Look into the mail server’s log for their addresses. "
                                code { "newsletter send " (self.issue) " --resend-unknown" }
                                " sends it to them again, with the same Message-ID; without it they are left alone."
                            }
                        }
                        @if rejected > 0 {
                            li {
                                "Read what the server said of the rejected: they are not tried again. "
                                "Addresses whose mailbox does not exist were added to the suppressions."
                            }
                        }
                    }
                }
            }
        }
    }

    fn colophon(&self) -> Markup {
        let zone = self.zone.iana_name().unwrap_or("the publication’s time zone");
        html! {
            p { "As the journal had it on " (self.moment(self.seen)) ". Times are those of " (zone) "." }
            p { "It names readers by their addresses: keep it to yourself." }
        }
    }

    fn moment(&self, at: Timestamp) -> Markup {
        moment(at, self.zone)
    }
}

/// A moment as people read it, and as machines do.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> Markup {
    let there = at.to_zoned(zone.clone());
    html! { time datetime=(at) { (there.strftime("%-d %b %Y, %H:%M:%S")) } }
}

/// How long something took.
pub(super) fn took(length: SignedDuration) -> String {
    language::duration(u64::try_from(length.as_millis()).unwrap_or_default())
}

/// A number and the noun it counts.
pub(super) fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// The class that gives a state its colour.
pub(super) fn class(state: &str) -> &'static str {
    match state {
        "accepted" => "good",
        "rejected" => "bad",
        "deferred" => "wait",
        "unknown" | "attempting" => "doubt",
        _ => "plain",
    }
}
