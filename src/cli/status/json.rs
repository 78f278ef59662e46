//! Accounts of runs in, JSON for machines out. Its names change only by addition (`docs/status.md`).

use crate::cli::failure::Failure;
use crate::cli::status::counted::Counted;
use crate::delivery::{Account, Answers, Domain, Named, Said};
use crate::journal::{Digests, Tally};

#[derive(serde::Serialize)]
struct Status<'a> {
    issue: &'a str,
    begun: String,
    finished: Option<String>,
    commit: Option<&'a str>,
    recipients: u64,
    counts: Tally,
    generations: Vec<Begun<'a>>,
    named: &'a [Named],
    /// How many messages were answered in a second, without the pauses.
    speed: Option<f64>,
    /// The same in the step of the series in which there were most.
    peak: Option<f64>,
    rounds: Vec<Round>,
    series: Vec<Stretch>,
    domains: &'a [Domain],
    replies: &'a [Said],
    /// Only where the settings ask for it.
    #[serde(flatten)]
    counted: &'a Counted,
}

/// What a run was begun with, or gone on with.
#[derive(serde::Serialize)]
struct Begun<'a> {
    begun: String,
    commit: Option<&'a str>,
    digests: &'a Digests,
    counts: Tally,
}

#[derive(serde::Serialize)]
struct Round {
    begun: String,
    ended: String,
    answers: u64,
}

#[derive(serde::Serialize)]
struct Stretch {
    until: String,
    /// By then, in all.
    accepted: u64,
    /// In it.
    answers: Answers,
}

/// A list of what became of each run.
pub(super) fn text(accounts: &[(Account, Counted)]) -> Result<String, Failure> {
    let statuses: Vec<_> =
        accounts.iter().map(|(account, counted)| status(account, counted)).collect();
    let json = serde_json::to_string_pretty(&statuses);
    Ok(json.map_err(|error| Failure::because("cannot write the status", &error))? + "\n")
}

fn status<'a>(account: &'a Account, counted: &'a Counted) -> Status<'a> {
    let run = &account.run;
    let generations = run.generations.iter().zip(&account.generations);
    let generations = generations.map(|(generation, counts)| Begun {
        begun: generation.begun.to_string(),
        commit: generation.commit.as_deref(),
        digests: &generation.digests,
        counts: *counts,
    });
    let rounds = account.rounds.iter().map(|round| Round {
        begun: round.begun.to_string(),
        ended: round.ended.to_string(),
        answers: round.answers,
    });
    let points = account.series.iter().flat_map(|series| series.points());
    let series = points.map(|point| Stretch {
        until: point.until.to_string(),
        accepted: point.accepted,
        answers: point.answers,
    });
    Status {
        issue: &run.issue,
        begun: run.date.to_string(),
        finished: run.finished.map(|moment| moment.to_string()),
        commit: run.generations[0].commit.as_deref(),
        recipients: account.tally.recipients(),
        counts: account.tally,
        generations: generations.collect(),
        named: &account.named,
        speed: account.speed(),
        peak: account.peak(),
        rounds: rounds.collect(),
        series: series.collect(),
        domains: &account.domains,
        replies: &account.replies,
        counted,
    }
}
