//! Rounds, domains, replies, recipients and generations of a run in, the tables of its report out.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::language::{grouped, share};
use crate::templates::pages::report::{Total, class, count, moment, took};

/// How many domains and replies are shown.
const ROWS: usize = 25;

/// A stretch of time in which messages were sent.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// When the first thing happened in it.
    pub begun: Timestamp,
    /// When the last one did.
    pub ended: Timestamp,
    /// How many messages the server answered.
    pub answers: u64,
}

/// What a run was begun with, or gone on with.
#[derive(Debug)]
pub struct Generation<'r> {
    /// When.
    pub begun: Timestamp,
    /// The commit that the folder was at.
    pub commit: Option<&'r str>,
    /// Its recipients.
    pub total: Total,
}

/// What became of the recipients of one domain.
#[derive(Debug, Clone, Copy)]
pub struct Domain<'r> {
    /// Its A-labels.
    pub name: &'r str,
    /// How many of them are in each state.
    pub total: Total,
}

/// A link and how often it was followed.
#[derive(Debug, Clone, Copy)]
pub struct Followed<'r> {
    /// Where it leads.
    pub link: &'r str,
    /// How often.
    pub count: u64,
}

/// Replies that are the same, but for what is made for one message.
#[derive(Debug)]
pub struct Reply<'r> {
    /// The word for what they made of the recipient.
    pub state: &'static str,
    /// The code and the enhanced code.
    pub code: String,
    /// The words, with `…` for what differs.
    pub words: &'r str,
    /// How often it was said.
    pub count: u64,
    /// One of them, whole.
    pub example: &'r str,
}

/// Recipients in one state.
#[derive(Debug)]
pub struct Group<'r> {
    /// The word for it.
    pub state: &'static str,
    /// How many there are.
    pub all: u64,
    /// The first of them.
    pub people: Vec<Person<'r>>,
}

/// Somebody of whom there is something to say.
#[derive(Debug)]
pub struct Person<'r> {
    /// The address.
    pub address: &'r str,
    /// How often the message was tried.
    pub attempts: u32,
    /// What the server said last, or why.
    pub reply: &'r str,
}

/// What a table shows: it stays where it is while the table is moved.
pub(super) fn caption(words: &str) -> Markup {
    html! { caption { span { (words) } } }
}

/// A table that can be moved sideways where it is wider than the page.
fn wide(id: &str, table: &Markup) -> Markup {
    html! { div class="wide" role="region" aria-labelledby=(id) tabindex="0" { (table) } }
}

/// What became of the recipients of each domain: the first ones, and the sum of all others.
pub(super) fn domains(domains: &[Domain<'_>]) -> Markup {
    let (shown, more) = domains.split_at(domains.len().min(ROWS));
    let sum = more.iter().fold(Total::default(), |sum, domain| sum.plus(&domain.total));
    let all = count(domains.len() as u64, "domain");
    html! {
        section {
            h2 id="domains" { "By domain" }
            (wide("domains", &html! {
                table class="domains" {
                    (caption(&format!("What became of the recipients of {all}, the largest first.")))
                    thead { tr {
                        th scope="col" { "Domain" }
                        th scope="col" class="number" { "Recipients" }
                        th scope="col" class="number" { "Accepted" }
                        th scope="col" class="number" { "Rejected" }
                        th scope="col" class="number" { "Unknown" }
                        th scope="col" class="number" { "Deferred" }
                        th scope="col" { "Share accepted" }
                    } }
                    tbody {
                        @for domain in shown { (domain_row(domain.name, &domain.total)) }
                        @if !more.is_empty() {
                            (domain_row(&format!("and {}", count(more.len() as u64, "more domain")), &sum))
                        }
                    }
                }
            }))
        }
    }
}

fn domain_row(name: &str, total: &Total) -> Markup {
    let recipients = total.recipients();
    html! {
        tr {
            th scope="row" { (name) }
            td class="number" { (grouped(recipients)) }
            td class="number" { (grouped(total.accepted)) }
            @for number in [total.rejected, total.unknown, total.deferred] {
                td.number.none[number == 0] { (grouped(number)) }
            }
            td class="share" {
                @if recipients == 0 {
                    "none written to"
                } @else {
                    span class="number" { (share(total.accepted, recipients)) } " " (bar(total))
                }
            }
        }
    }
}

/// The parts of a total as one bar; the numbers stand beside it.
fn bar(total: &Total) -> Markup {
    let whole = total.recipients().max(1);
    let parts = [
        ("good", total.accepted),
        ("bad", total.rejected),
        ("doubt", total.unknown),
        ("wait", total.deferred),
    ];
    let before = |at: usize| parts[..at].iter().map(|(_, number)| number).sum();
    html! {
        svg class="bar" width="100%" height="10" aria-hidden="true" {
            rect class="rest" width="100%" height="10" {}
            @for (at, (class, number)) in parts.iter().enumerate() {
                @if *number > 0 {
                    @let (x, width) = (percent(before(at), whole), percent(*number, whole));
                    rect class=(class) x=(format!("{x:.2}%")) width=(format!("{width:.2}%")) height="10" {}
                }
            }
        }
    }
}

/// A part of a whole in hundredths.
#[expect(clippy::cast_precision_loss, reason = "it becomes a length on a screen")]
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// What the server said.
/// How often the issue was read and its links were followed; nothing, where neither is counted.
pub(super) fn followed(views: Option<u64>, clicks: Option<&[Followed<'_>]>) -> Markup {
    let (shown, more) = clicks.unwrap_or_default().split_at(clicks.map_or(0, <[_]>::len).min(ROWS));
    html! {
        @if views.is_some() || clicks.is_some() {
            section {
                h2 id="readers" { "Readers" }
                @if let Some(views) = views {
                    p { "The page on the web was read " (count(views, "time")) "." }
                }
                @if clicks.is_some_and(<[_]>::is_empty) { p { "No link was followed." } }
                @if !shown.is_empty() {
                    (wide("readers", &html! {
                        table class="replies" {
                            (caption("How often links of the mail were followed, the most first."))
                            thead { tr {
                                th scope="col" class="number" { "Times" }
                                th scope="col" { "Link" }
                            } }
                            tbody { @for Followed { link, count } in shown { tr {
                                td class="number" { (grouped(*count)) }
                                td class="words" { bdi { (link) } }
                            } } }
                        }
                    }))
                }
                @if !more.is_empty() {
                    p class="label" {
                        "And " (count(more.len() as u64, "other link")) "; "
                        code { "newsletter status --json" } " has them all."
                    }
                }
                p class="label" { "Nobody is named: only how often is counted, and not all scanners can be told." }
            }
        }
    }
}

pub(super) fn replies(replies: &[Reply<'_>]) -> Markup {
    let (shown, more) = replies.split_at(replies.len().min(ROWS));
    html! {
        section {
            h2 id="replies" { "By reply" }
            (wide("replies", &html! {
                table class="replies" {
                    (caption("What the mail server said, the most frequent first; where … stands for what differs, one of them is below."))
                    thead { tr {
                        th scope="col" class="number" { "Times" }
                        th scope="col" { "Outcome" }
                        th scope="col" { "Code" }
                        th scope="col" { "Words" }
                    } }
                    tbody { @for reply in shown { (reply_row(reply)) } }
                }
            }))
            @if !more.is_empty() {
                p class="label" {
                    "And " (count(more.iter().map(|reply| reply.count).sum(), "answer"))
                    " in other words; " code { "newsletter status --json" } " has them all."
                }
            }
        }
    }
}

fn reply_row(reply: &Reply<'_>) -> Markup {
    html! {
        tr {
            td class="number" { (grouped(reply.count)) }
            td { (state(reply.state)) }
            td class="code" { (reply.code) }
            td class="words" {
                @if reply.words.is_empty() { span class="muted" { "no words" } } @else { bdi { (reply.words) } }
                @if reply.words.contains('…') { bdi class="example" { (reply.example) } }
            }
        }
    }
}

/// A state's word with its colour.
fn state(word: &str) -> Markup {
    html! { span class={ "state " (class(word)) } { (word) } }
}

/// Who was not accepted, and why: a table for each state.
pub(super) fn groups(groups: &[Group<'_>]) -> Markup {
    html! {
        @for group in groups { @if group.all > 0 { (self::group(group)) } }
    }
}

fn group(group: &Group<'_>) -> Markup {
    let Group { state: word, all, people } = group;
    let more = all.saturating_sub(people.len() as u64);
    html! {
        section {
            h2 id=(word) { "Who is " (state(word)) }
            (wide(word, &html! {
                table class="people" {
                    (caption(meaning(word)))
                    thead { tr {
                        th scope="col" { "Address" }
                        @if *word != "suppressed" { th scope="col" class="number" { "Attempts" } }
                        th scope="col" { "Why" }
                    } }
                    tbody {
                        @for person in people {
                            tr {
                                th scope="row" { bdi { (person.address) } }
                                @if *word != "suppressed" { td class="number" { (person.attempts) } }
                                td class="words" { bdi { (person.reply) } }
                            }
                        }
                    }
                }
            }))
            @if more > 0 {
                p class="label" {
                    "And " (grouped(more)) " more: " code { "newsletter status --csv" } " has them all."
                }
            }
        }
    }
}

/// What a state means for whoever is in it.
fn meaning(state: &str) -> &'static str {
    match state {
        "rejected" => "The server will never take it for these addresses.",
        "unknown" => "The server’s answer was lost: they may have got it, or not.",
        "attempting" => "Their message may be on the wire at this moment, or the sender stopped.",
        "deferred" => "The server asked to be tried again later.",
        _ => "They were on the list and were not written to.",
    }
}

/// The rounds, where there was a pause.
pub(super) fn rounds(rounds: &[Round], zone: &TimeZone) -> Markup {
    if rounds.len() < 2 {
        return html! {};
    }
    html! {
        section {
            h2 id="rounds" { "When it was sent" }
            div class="wide" role="region" aria-labelledby="rounds" tabindex="0" {
                table class="narrow" {
                    (caption(&format!("Messages were sent in {} rounds, with pauses between them.", rounds.len())))
                    thead { tr {
                        th scope="col" class="number" { "Round" }
                        th scope="col" { "Begun" }
                        th scope="col" class="number" { "Took" }
                        th scope="col" class="number" { "Answers" }
                    } }
                    tbody {
                        @for (number, round) in (1..).zip(rounds) {
                            tr {
                                th scope="row" class="number" { (number) }
                                td { (moment(round.begun, zone)) }
                                td class="number" { (took(round.ended.duration_since(round.begun))) }
                                td class="number" { (grouped(round.answers)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The generations, where there is more than one.
pub(super) fn generations(generations: &[Generation<'_>], zone: &TimeZone) -> Markup {
    if generations.len() < 2 {
        return html! {};
    }
    html! {
        section {
            h2 id="generations" { "Generations" }
            div class="wide" role="region" aria-labelledby="generations" tabindex="0" {
                table {
                    (caption("The run was gone on with after changes were accepted: who got what there was when."))
                    thead { tr {
                        th scope="col" class="number" { "Generation" }
                        th scope="col" { "Begun" }
                        th scope="col" { "Commit" }
                        th scope="col" class="number" { "Recipients" }
                        th scope="col" class="number" { "Accepted" }
                    } }
                    tbody {
                        @for (number, generation) in (1..).zip(generations) {
                            tr {
                                th scope="row" class="number" { (number) }
                                td { (moment(generation.begun, zone)) }
                                td { @if let Some(commit) = generation.commit { code { (short(commit)) } } }
                                td class="number" { (grouped(generation.total.recipients())) }
                                td class="number" { (grouped(generation.total.accepted)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// As many digits of a commit as people write.
fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}
