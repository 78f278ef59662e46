//! Accounts of runs in, tables for people out: plain text, at most as wide as its words.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::cli::count;
use crate::cli::status::counted::Counted;
use crate::delivery::{Account, Domain, Said};
use crate::journal::{Run, Tally};
use crate::language::{duration, grouped, share, speed};

/// How many of each state are named.
pub(super) const NAMES: usize = 50;
/// How many domains and replies are shown.
const ROWS: usize = 10;
/// A reply's words are cut off here: the names below show them whole.
const WORDS: usize = 96;

/// A table for each run.
pub(super) fn text(accounts: &[(Account, Counted)]) -> String {
    accounts.iter().map(|(account, counted)| run(account, counted)).collect::<Vec<_>>().join("\n")
}

fn run(account: &Account, counted: &Counted) -> String {
    let Run { issue, date, finished, .. } = &account.run;
    let ended = match finished {
        Some(finished) => format!("finished {finished}"),
        None => "not finished".to_owned(),
    };
    let mut text = format!("{issue}: begun {date}, {ended}\n");
    numbers(&mut text, &account.tally);
    generations(&mut text, account);
    rounds(&mut text, account);
    read(&mut text, counted);
    domains(&mut text, &account.domains);
    replies(&mut text, &account.replies);
    names(&mut text, account);
    text
}

/// What there is to say of each state, in the order of how much it matters.
fn counts(tally: &Tally) -> [(&'static str, u64); 7] {
    let Tally { pending, claimed, attempting, accepted, deferred, rejected, unknown, suppressed } =
        *tally;
    [
        ("accepted", accepted),
        ("rejected", rejected),
        ("unknown", unknown),
        ("deferred", deferred),
        ("on the way", claimed + attempting),
        ("pending", pending),
        ("suppressed", suppressed),
    ]
}

fn numbers(text: &mut String, tally: &Tally) {
    for (word, number) in counts(tally) {
        if number == 0 && word != "accepted" {
            continue;
        }
        // Who is suppressed is none of the recipients.
        let share = match word {
            "suppressed" => String::new(),
            _ => format!("{:>8}", share(number, tally.recipients())),
        };
        line(text, format_args!("  {word:<11}{:>8}{share}", grouped(number)));
    }
}

/// One generation is the rule, and then it is the run.
fn generations(text: &mut String, account: &Account) {
    let generations = account.run.generations.iter().zip(&account.generations);
    for (number, (generation, tally)) in (1..).zip(generations) {
        if account.generations.len() == 1 {
            return;
        }
        let commit = generation.commit.as_deref().map(|commit| format!(", commit {commit}"));
        let got = counts(tally).into_iter().filter(|(_, number)| *number > 0);
        let got: Vec<_> = got.map(|(word, number)| format!("{} {word}", grouped(number))).collect();
        let got = if got.is_empty() { "nobody".to_owned() } else { got.join(", ") };
        let (begun, commit) = (generation.begun, commit.unwrap_or_default());
        line(text, format_args!("  generation {number}, begun {begun}{commit}: {got}"));
    }
}

/// When messages were sent: how fast, and in which rounds, where there was a pause.
fn rounds(text: &mut String, account: &Account) {
    let took = |length: jiff::SignedDuration| {
        duration(u64::try_from(length.as_millis()).unwrap_or_default())
    };
    if let Some(per_second) = account.speed() {
        let length = account.rounds.iter().map(|round| round.length()).sum();
        let (length, per_second) = (took(length), speed(per_second));
        let step = account.series.as_ref().map(|series| took(series.step()));
        let peak = account.peak().zip(step);
        let peak = peak.map(|(peak, step)| format!(", {} in the fastest {step}", speed(peak)));
        let peak = peak.unwrap_or_default();
        line(text, format_args!("  sent in {length}, {per_second} messages a second{peak}"));
    }
    if account.rounds.len() < 2 {
        return;
    }
    for (number, round) in (1..).zip(&account.rounds) {
        let (begun, length) = (round.begun, took(round.length()));
        let answers = count(round.answers, "answer");
        line(text, format_args!("  round {number}, begun {begun}: {answers} in {length}"));
    }
}

/// What readers did, where that is counted.
fn read(text: &mut String, counted: &Counted) {
    if let Some(views) = counted.views {
        line(text, format_args!("  read on the web: {}", count(views, "time")));
    }
    let Some(clicks) = &counted.clicks else { return };
    let all = clicks.iter().map(|click| click.count).sum();
    line(text, format_args!("  links followed: {}", count(all, "time")));
    for click in clicks.iter().take(ROWS) {
        line(text, format_args!("  {:>9}  {}", grouped(click.count), click.link));
    }
    if let Some((_, more)) = clicks.split_at_checked(ROWS).filter(|(_, more)| !more.is_empty()) {
        let (sum, links) = (more.iter().map(|click| click.count).sum(), more.len() as u64);
        line(text, format_args!("  {:>9}  {}", grouped(sum), count(links, "other link")));
    }
}

fn domains(text: &mut String, domains: &[Domain]) {
    let named = domains.iter().take(ROWS).map(|domain| (domain.domain.clone(), domain.counts));
    let mut rows: Vec<_> = named.collect();
    if let Some((_, more)) = domains.split_at_checked(ROWS).filter(|(_, more)| !more.is_empty()) {
        let counts = more.iter().map(|domain| domain.counts).sum();
        rows.push((format!("and {}", count(more.len() as u64, "more domain")), counts));
    }
    if rows.is_empty() {
        return;
    }
    let width = rows.iter().map(|(domain, _)| domain.width()).max().unwrap_or_default();
    let width = width.max("by domain".len());
    line(
        text,
        format_args!(
            "\n  {:<width$}{:>10}{:>10}{:>10}{:>10}{:>10}{:>12}",
            "by domain", "accepted", "rejected", "unknown", "deferred", "pending", "suppressed"
        ),
    );
    for (domain, tally) in rows {
        let pad = width - domain.width();
        let pending = tally.open() - tally.deferred;
        let cells = [tally.accepted, tally.rejected, tally.unknown, tally.deferred, pending];
        let [accepted, rejected, unknown, deferred, pending] = cells.map(grouped);
        let suppressed = grouped(tally.suppressed);
        line(
            text,
            format_args!(
                "  {domain}{:pad$}{accepted:>10}{rejected:>10}{unknown:>10}{deferred:>10}{pending:>10}{suppressed:>12}",
                ""
            ),
        );
    }
}

fn replies(text: &mut String, replies: &[Said]) {
    if replies.is_empty() {
        return;
    }
    text.push_str("\n  by reply\n");
    for said in replies.iter().take(ROWS) {
        let (number, state) = (grouped(said.count), said.state.word());
        let words: String = reply(said).chars().take(WORDS + 1).collect();
        let words = match words.char_indices().nth(WORDS) {
            Some((end, _)) => format!("{}…", words[..end].trim_end()),
            None => words,
        };
        line(text, format_args!("  {number:>9}  {state:<9} {words}"));
    }
    if let Some((_, more)) = replies.split_at_checked(ROWS).filter(|(_, more)| !more.is_empty()) {
        let sum = more.iter().map(|said| said.count).sum();
        let others = if more.len() == 1 { "other reply" } else { "other replies" };
        line(text, format_args!("  {:>9}  {} {others}", grouped(sum), more.len()));
    }
}

/// A class of replies as a server would say it.
fn reply(said: &Said) -> String {
    let code = said.code.map(|code| code.to_string());
    let parts = [code.as_deref(), said.enhanced.as_deref(), Some(said.words.as_str())];
    let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "(no words)".to_owned() } else { parts.join(" ") }
}

fn names(text: &mut String, account: &Account) {
    let Tally { attempting, deferred, rejected, unknown, suppressed, .. } = account.tally;
    let states = [
        ("unknown", unknown),
        ("attempting", attempting),
        ("rejected", rejected),
        ("deferred", deferred),
        ("suppressed", suppressed),
    ];
    if !account.named.is_empty() {
        text.push('\n');
    }
    for (state, all) in states {
        let mut shown = 0;
        for named in account.named.iter().filter(|named| named.state == state) {
            let colon = if named.reply.is_empty() { "" } else { ": " };
            text.extend(["  ", &named.address, ": ", state, colon, &named.reply, "\n"]);
            shown += 1;
        }
        if all > shown {
            let more = grouped(all - shown);
            line(text, format_args!("  and {more} more {state}: `--csv` has them all"));
        }
    }
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    writeln!(text, "{words}").expect("a string takes it");
}
