//! A run in the journal in, what became of it as one value out: what `status` shows in every form.
//!
//! The history of a run is read once, and each piece of it is told to three counts: over time
//! (`series`), by stretch of sending (`rounds`) and by what the server said (`replies`). Domains and
//! names are looked up afterwards. Of a recipient nothing is kept but what the ledger keeps.

mod replies;
mod rounds;
mod rows;
mod series;

use std::collections::BTreeMap;

use crate::address;
use crate::journal::{Error, Happened, Journal, Ledger, Run, State, Tally};

pub use replies::{Classes, Said};
pub use rounds::Round;
pub use rows::{Row, Rows};
pub use series::{Answers, Point, Series};

use crate::delivery::account::rounds::Rounds;

/// How many addresses are read at once.
const PAGE: u32 = 10_000;

/// What became of a run until the moment at which it was looked at.
#[derive(Debug)]
pub struct Account {
    /// The run.
    pub run: Run,
    /// How many recipients are in each state.
    pub tally: Tally,
    /// The same for each generation, from the first one on; the suppressed belong to none.
    pub generations: Vec<Tally>,
    /// Over time; `None` where nothing happened yet.
    pub series: Option<Series>,
    /// The stretches of time in which messages were sent, between pauses.
    pub rounds: Vec<Round>,
    /// By the domain of the address, the most recipients first.
    pub domains: Vec<Domain>,
    /// What the server said, the most frequent first.
    pub replies: Vec<Said>,
    /// Recipients of whom there is something to say, in the order of how much it matters; no more of
    /// each state than were asked for.
    pub named: Vec<Named>,
    /// How many readers were set aside, and got nothing since then.
    pub set_aside: u64,
}

/// What became of the recipients of one domain.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Domain {
    /// Its A-labels, in lower case.
    pub domain: String,
    /// How many of them are in each state.
    pub counts: Tally,
}

/// A recipient of whom there is something to say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Named {
    /// The address.
    pub address: String,
    /// The word for the state.
    pub state: &'static str,
    /// Which of the generations, counted from 1; none for whoever is not written to.
    pub generation: Option<usize>,
    /// How often the message was tried.
    pub attempts: u32,
    /// What the server said last, or why, without characters that cannot be seen.
    pub reply: String,
}

impl Account {
    /// Gives account of a run, naming so many recipients of each state at most.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn of(journal: &Journal, run: Run, names: usize) -> Result<Self, Error> {
        let span = journal.span(&run).await?;
        let mut series = span.map(|(first, last)| Series::over(first, last));
        let mut rounds = Rounds::over(span);
        let mut replies = Classes::default();
        let mut observe = |happened: Happened<'_>| {
            if let (Some(series), Some(state)) = (&mut series, happened.to) {
                series.add(happened.at, state);
            }
            rounds.add(happened.at, happened.to);
            if let Some(state) = happened.to.filter(|state| state.is_answer()) {
                replies.add(state, happened.reply);
            }
        };
        let ledger = journal.follow(&run, &mut observe).await?;
        let suppressed = ledger.suppressed().await?;
        let domains = domains(&ledger, &suppressed).await?;
        let named = named(&ledger, suppressed, names).await?;
        let (tally, generations) = (ledger.tally(), ledger.tallies().await?);
        let (rounds, replies) = (rounds.into_rounds(), replies.into_said());
        let set_aside = ledger.set_aside().await?.len() as u64;
        Ok(Self { run, tally, generations, series, rounds, domains, replies, named, set_aside })
    }

    /// How many messages were answered in a second, while messages were sent; `None` where that was
    /// too short to tell.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nobody sends 2^52 messages")]
    pub fn speed(&self) -> Option<f64> {
        let answers: u64 = self.rounds.iter().map(|round| round.answers).sum();
        let seconds: f64 = self.rounds.iter().map(|round| round.length().as_secs_f64()).sum();
        (seconds > 0.0 && answers > 0).then(|| answers as f64 / seconds)
    }

    /// The same in the stretch of the series in which there were most; `None` where that was no faster,
    /// or too short to tell.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nobody sends 2^52 messages")]
    pub fn peak(&self) -> Option<f64> {
        let series = self.series.as_ref()?;
        let step = series.step().as_secs_f64();
        let said = |point: Point| {
            let Answers { accepted, deferred, rejected, .. } = point.answers;
            accepted + deferred + rejected
        };
        let most = series.points().map(said).max().filter(|most| *most > 0 && step >= 1.0)?;
        Some(most as f64 / step).filter(|peak| self.speed().is_none_or(|speed| *peak > speed))
    }
}

/// Counts the recipients of each domain.
async fn domains(ledger: &Ledger, suppressed: &[(String, String)]) -> Result<Vec<Domain>, Error> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = ledger.addresses(after, PAGE).await?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        for (address, state) in
            page.iter().filter_map(|(_, address, state)| Some((address, (*state)?)))
        {
            *tally_of(&mut tallies, address).of_mut(state) += 1;
        }
    }
    suppressed.iter().for_each(|(address, _)| tally_of(&mut tallies, address).suppressed += 1);
    let mut domains: Vec<_> =
        tallies.into_iter().map(|(domain, counts)| Domain { domain, counts }).collect();
    domains.sort_by_key(|domain| std::cmp::Reverse(domain.counts.recipients()));
    Ok(domains)
}

/// The tally of an address's domain. The journal has domains as A-labels in lower case.
fn tally_of<'t>(tallies: &'t mut BTreeMap<String, Tally>, address: &str) -> &'t mut Tally {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    if !tallies.contains_key(domain) {
        tallies.insert(domain.to_owned(), Tally::default());
    }
    tallies.get_mut(domain).expect("it was just put there")
}

/// Names the first of each state that there is something to say of.
async fn named(
    ledger: &Ledger,
    suppressed: Vec<(String, String)>,
    limit: usize,
) -> Result<Vec<Named>, Error> {
    let mut named = Vec::new();
    for state in [State::Unknown, State::Attempting, State::Rejected, State::Deferred] {
        for entry in ledger.first_in(state, limit).await? {
            named.push(Named {
                address: entry.recipient.address.to_string(),
                state: state.word(),
                generation: Some(ledger.run().generation_of(entry.edition) + 1),
                attempts: entry.attempts,
                reply: harmless(&entry.reply),
            });
        }
    }
    named.extend(suppressed.into_iter().take(limit).map(|(address, reply)| Named {
        address: harmless(&address),
        state: "suppressed",
        generation: None,
        attempts: 0,
        reply: harmless(&reply),
    }));
    Ok(named)
}

/// A server's words without what moves a cursor, turns the line around or cannot be seen.
fn harmless(text: &str) -> String {
    let seen = |character: char| match character {
        _ if !address::is_invisible(character) => character,
        _ if character.is_whitespace() && !character.is_control() => ' ',
        _ => '?',
    };
    text.chars().map(seen).collect()
}
