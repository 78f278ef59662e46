//! The account of a run in, its report as a file that a browser shows out.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::cli::env::Env;
use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::cli::status::counted::{Click, Counted};
use crate::delivery::{self, Account};
use crate::issue;
use crate::journal::{State, Tally};
use crate::templates::pages::{
    Chart, Domain, Followed, Generation, Group, Moment, Person, Reply, Report, Round, Total,
};

/// How many of each state are named.
pub(super) const NAMES: usize = 1_000;

/// Where the mark of a report stands at the latest.
const HEAD: u64 = 4_096;

/// Writes the report to a file, or prints it where that is `-`.
pub(super) fn write(
    env: &mut Env,
    publication: &Publication,
    account: &Account,
    counted: &Counted,
    file: &Path,
) -> Result<(), Failure> {
    let page = page(env, publication, account, counted);
    if file == Path::new("-") {
        return Ok(env.print_exactly(&page)?);
    }
    let path = env.folder.join(file);
    if !replaceable(&path) {
        let message = format!("`{}` is there already, and is no report", file.display());
        return Err(Failure::usage(message).hint("name another file, or remove that one"));
    }
    private(&path, page.as_bytes())
        .map_err(|error| Failure::because(format!("cannot write `{}`", file.display()), &error))?;
    env.say(format_args!("Wrote the report of {} to {}.", account.run.issue, file.display()));
    Ok(())
}

/// Whether there is nothing at a path, nothing in its file, or an older report.
fn replaceable(path: &Path) -> bool {
    let head = |file: File| {
        let mut head = Vec::new();
        file.take(HEAD).read_to_end(&mut head).map(|_| head)
    };
    match File::open(path).and_then(head) {
        Ok(head) => head.is_empty() || String::from_utf8_lossy(&head).contains(Report::MARK),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Writes a file that appears whole or not at all, readable by its owner alone: it has addresses in it.
fn private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    // On purpose not synced: `status --html` makes again what a power cut takes.
    file.persist(path)?;
    Ok(())
}

fn page(env: &Env, publication: &Publication, account: &Account, counted: &Counted) -> String {
    let run = &account.run;
    let file = publication.folder.root().join("issues").join(format!("{}.toml", run.issue));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let title = issue::outline(&text).title.unwrap_or_else(|| run.issue.clone());
    let zone = &publication.config.publication.time_zone;
    let rounds: Vec<_> = account.rounds.iter().map(round).collect();
    let domains: Vec<_> = account.domains.iter().map(domain).collect();
    let replies: Vec<_> = account.replies.iter().map(reply).collect();
    let generations = run.generations.iter().zip(&account.generations);
    let generations = generations.map(|(generation, tally)| Generation {
        begun: generation.begun,
        commit: generation.commit.as_deref(),
        total: total(tally),
    });
    let pauses = rounds.windows(2).map(|two| (two[0].ended, two[1].begun)).collect();
    let chart = account.series.as_ref().map(|series| Chart {
        zone,
        start: series.start(),
        step: series.step(),
        moments: series.points().map(moment).collect(),
        recipients: account.tally.recipients(),
        pauses,
    });
    let clicks =
        counted.clicks.as_ref().map(|clicks| clicks.iter().map(followed).collect::<Vec<_>>());
    let report = Report {
        views: counted.views,
        clicks: clicks.as_deref(),
        publication: &publication.config.publication.name,
        issue: &run.issue,
        title: &title,
        zone,
        begun: run.date,
        finished: run.finished,
        seen: env.clock.now(),
        total: total(&account.tally),
        speed: account.speed(),
        peak: account.peak(),
        rounds: &rounds,
        chart,
        domains: &domains,
        replies: &replies,
        groups: &groups(account),
        generations: &generations.collect::<Vec<_>>(),
    };
    report.page().into_string()
}

fn followed(click: &Click) -> Followed<'_> {
    Followed { link: &click.link, count: click.count }
}

fn total(tally: &Tally) -> Total {
    let Tally { pending, claimed, attempting, accepted, deferred, rejected, unknown, suppressed } =
        *tally;
    let on_the_way = claimed + attempting;
    Total { accepted, rejected, unknown, deferred, on_the_way, pending, suppressed }
}

fn round(round: &delivery::Round) -> Round {
    Round { begun: round.begun, ended: round.ended, answers: round.answers }
}

fn moment(point: delivery::Point) -> Moment {
    let delivery::Answers { accepted, deferred, rejected, unknown } = point.answers;
    let (until, total) = (point.until, point.accepted);
    Moment { until, total, accepted, deferred, rejected, unknown }
}

fn domain(domain: &delivery::Domain) -> Domain<'_> {
    Domain { name: &domain.domain, total: total(&domain.counts) }
}

fn reply(said: &delivery::Said) -> Reply<'_> {
    let code = said.code.map(|code| code.to_string());
    let code: Vec<_> = code.as_deref().into_iter().chain(said.enhanced.as_deref()).collect();
    Reply {
        state: said.state.word(),
        code: code.join(" "),
        words: &said.words,
        count: said.count,
        example: &said.example,
    }
}

/// Who is named, by state, in the order of how much it matters.
fn groups(account: &Account) -> Vec<Group<'_>> {
    let Tally { unknown, attempting, rejected, deferred, suppressed, .. } = account.tally;
    let group = |(state, all): (&'static str, u64)| {
        let named = account.named.iter().filter(|named| named.state == state);
        let people = named.map(|named| Person {
            address: &named.address,
            attempts: named.attempts,
            reply: &named.reply,
        });
        Group { state, all, people: people.collect() }
    };
    let states = [
        (State::Unknown.word(), unknown),
        (State::Attempting.word(), attempting),
        (State::Rejected.word(), rejected),
        (State::Deferred.word(), deferred),
        ("suppressed", suppressed),
    ];
    states.into_iter().map(group).collect()
}
