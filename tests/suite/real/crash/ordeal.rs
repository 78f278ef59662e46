//! Moments to end a send at in, a run that got through them, checked to the last reader, out.

use std::collections::BTreeSet;
use std::iter::Sum;
use std::ops::AddAssign;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use newsletter::cli::Exit;

use crate::real::component;
use crate::support::publication::{ISSUE, Publication, Row, Running};
use crate::support::recorder::{Manner, Record, Recorder, Speech};

const READERS: usize = 2_000;

/// A short letter: what is killed is the sender, and not the compiler.
const LETTER: &str = "title = \"First frost\"
date = 2026-11-20
lede = \"Dear {{first_name|reader}}, it was the first frost of the winter.\"
";

/// How many connections a send has.
pub(crate) const LANES: usize = 4;

/// How many messages may be under way on one of them: of three runs, each has another.
const IN_FLIGHT_MAX: [usize; 3] = [16, 2, 5];

/// What the servers of three runs say to EHLO, how late they are, and whether each is worth two.
const OFFERS: [&[&str]; 3] = [&["PIPELINING", "CHUNKING"], &["PIPELINING"], &[]];

/// How often a send is begun again before it has to have ended by itself.
const SENDS_MAX: usize = 10;

/// How long a send may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// When a send is ended; shares are between 0 and 1.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    /// After this time.
    Planning(Duration),
    /// After the first share of what is left of the messages, divided by how many ends are still to
    /// come, and after the second share of two milliseconds more.
    Sending(f64, f64, usize),
    /// After the last message, and this share of the time that it takes to be done with it all.
    Settling(f64),
}

/// What became of the ends of sends.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    pub(crate) planning: usize,
    pub(crate) sending: usize,
    pub(crate) settling: usize,
    /// How many left somebody in doubt.
    pub(crate) in_doubt: usize,
    /// The most that one left in doubt.
    pub(crate) most_in_doubt: usize,
    pub(crate) runs: usize,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.planning += other.planning;
        self.sending += other.sending;
        self.settling += other.settling;
        self.in_doubt += other.in_doubt;
        self.most_in_doubt = self.most_in_doubt.max(other.most_in_doubt);
        self.runs += other.runs;
    }
}

impl Sum for Figures {
    fn sum<I: Iterator<Item = Self>>(figures: I) -> Self {
        figures.fold(Self::default(), |mut sum, figures| {
            sum += figures;
            sum
        })
    }
}

/// How a run stands by the journal.
#[derive(Debug, Default)]
struct Standing {
    accepted: usize,
    rejected: usize,
    suppressed: usize,
    unknown: BTreeSet<String>,
    /// Those of whom the next send will say that they are in doubt.
    attempting: BTreeSet<String>,
}

/// A run whose sends are ended again and again.
pub(crate) struct Ordeal {
    signals: &'static str,
    publication: Publication,
    rows: Vec<Row>,
    server: Recorder,
    in_flight_max: usize,
    /// How many are in doubt, and how many of these have no message: nobody sends it to them.
    doubts: usize,
    without: usize,
    figures: Figures,
    over: bool,
}

/// What the server makes of an address: of a hundred readers eight are refused and twenty put off.
fn manner(address: &str) -> Manner {
    let number: usize = address[7..12].parse().unwrap();
    match number % 25 {
        4 => Manner::Refuse("550 5.1.1 no such user"),
        19 => Manner::RefuseMessage("550 5.2.2 the mailbox is full for good"),
        7 | 8 | 21 => Manner::PutOff("450 4.2.0 later"),
        1 | 14 => Manner::PutOffMessage("452 4.2.2 the mailbox is full"),
        _ => Manner::Accept,
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of messages are small"
)]
pub(crate) fn share_of(number: usize, share: f64) -> usize {
    (number as f64 * share) as usize
}

impl Ordeal {
    /// A publication and a server; every third server speaks alike, and a share of them is late.
    pub(crate) fn begin(signals: &'static str, round: usize, share: f64) -> Self {
        let publication = Publication::with_readers(READERS);
        publication.write(&format!("issues/{ISSUE}.toml"), LETTER);
        let delay = Duration::from_micros(if share < 0.5 { 0 } else { 500 });
        let server = Recorder::start(Speech { offers: OFFERS[round % 3], delay, manner });
        let in_flight_max = IN_FLIGHT_MAX[round / 3 % 3];
        publication.set_server(&format!(
            "host = \"127.0.0.1\"\nport = {}\ntls_type = \"none\"\nmax_conns = {LANES}\n\
             max_in_flight = {in_flight_max}\n[send]\nretry_delays = [\"50ms\", \"50ms\"]",
            server.port()
        ));
        let rows = publication.rows();
        let figures = Figures { runs: 1, ..Figures::default() };
        Self {
            signals,
            publication,
            rows,
            server,
            in_flight_max,
            doubts: 0,
            without: 0,
            figures,
            over: false,
        }
    }

    pub(crate) fn figures(&self) -> Figures {
        self.figures
    }

    /// Whether a send has come to its end by itself.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    fn send(&self) -> Running {
        self.publication.spawn(&["send", ISSUE, "--yes"])
    }

    /// Begins or goes on with the run, and ends that at a moment; returns whether it had not ended
    /// by itself before.
    pub(crate) fn interrupt(&mut self, moment: Moment) -> bool {
        let mut send = self.send();
        self.wait_for(moment, &mut send);
        let count = self.server.record().count;
        if let Some(ended) = send.try_wait().unwrap() {
            self.over = ended.code() != Some(Exit::Unfinished as i32);
            return false;
        }
        let ended = self.end(&mut send);
        self.server.wait_until_idle();
        match count {
            0 => self.figures.planning += 1,
            some if some < self.all() => self.figures.sending += 1,
            _ => self.figures.settling += 1,
        }
        self.check_end(ended, moment);
        true
    }

    /// How many messages there will be in the end, before anything is sent again.
    fn all(&self) -> usize {
        self.rows.iter().filter(|row| manner(&row.email).is_served()).count() - self.without
    }

    /// How long it takes from the beginning of a send to its first command.
    #[expect(clippy::disallowed_methods, reason = "the test takes the time of another program")]
    pub(crate) fn measure(&mut self) -> Duration {
        let start = std::time::Instant::now();
        let mut send = self.send();
        assert!(self.server.wait(PATIENCE, |record| record.steps > 0));
        let beginning = start.elapsed();
        self.end(&mut send);
        self.server.wait_until_idle();
        beginning
    }

    fn wait_for(&self, moment: Moment, send: &mut Running) {
        let record = self.server.record();
        let (steps, count) = (record.steps, record.count);
        drop(record);
        let all = self.all();
        // A send that has ended by itself is not waited for.
        let mut wait = |until: usize| {
            let is_so = |record: &Record| record.steps > until || record.count >= all;
            while !self.server.wait(Duration::from_millis(20), is_so)
                && send.try_wait().unwrap().is_none()
            {}
        };
        match moment {
            Moment::Planning(time) => component::pause(time),
            Moment::Sending(share, then, parts) => {
                // A message is three steps at least, and some are put off.
                let left = (all - count) * 4 / parts;
                wait(steps + share_of(left, share));
                component::pause(Duration::from_micros(2_000).mul_f64(then));
            }
            Moment::Settling(share) => {
                wait(usize::MAX);
                component::pause(Duration::from_millis(10).mul_f64(share));
            }
        }
    }

    /// Ends a send as the test wants it.
    fn end(&self, send: &mut Running) -> ExitStatus {
        for signal in self.signals.split(' ') {
            match signal {
                "KILL" => send.kill().unwrap(),
                signal => component::signal(send, signal),
            }
        }
        send.wait().unwrap()
    }

    /// Checks that nobody is lost by the end, and that few enough are in doubt.
    fn check_end(&mut self, ended: ExitStatus, moment: Moment) {
        let standing = self.standing();
        let Some(standing) = standing else {
            assert_eq!(self.server.record().count, 0, "nobody has a message before the plan");
            return;
        };
        let doubts = standing.unknown.len() + standing.attempting.len();
        let record = self.server.record();
        let twice = record.messages.iter().find(|(_, copies)| copies.len() > 1);
        assert!(twice.is_none(), "{:?} has it twice after {moment:?}", twice.map(|(to, _)| to));
        let count = record.count;
        let without =
            |to: &&String| manner(to).is_served() && !record.messages.contains_key(to.as_str());
        self.without = standing.unknown.union(&standing.attempting).filter(without).count();
        drop(record);
        assert!(standing.accepted <= count, "{} accepted, {count} there", standing.accepted);
        assert!(count <= standing.accepted + doubts, "{count} there, {standing:?}");
        let new = doubts - self.doubts;
        self.doubts = doubts;
        assert!(new <= LANES * self.in_flight_max, "{new} in doubt after {moment:?}");
        self.figures.in_doubt += usize::from(new > 0);
        self.figures.most_in_doubt = self.figures.most_in_doubt.max(new);
        if self.signals == "TERM" {
            assert_eq!(new, 0, "nobody is in doubt after {moment:?}: {standing:?}");
            // A program that does not listen yet has nothing on the wire.
            let heard = ended.signal().is_none();
            let codes = [Exit::Unfinished, Exit::Partly, Exit::Done].map(|exit| Some(exit as i32));
            assert!(!heard || codes.contains(&ended.code()), "{ended}");
            if heard && standing.accepted > 0 && standing.accepted < self.all() {
                assert_eq!(ended.code(), Some(Exit::Unfinished as i32));
            }
        }
    }

    /// Goes on to the end, checks everyone, and sends again to those in doubt.
    pub(crate) fn finish(&mut self) {
        let exit = self.complete();
        let standing = self.standing().unwrap();
        assert_eq!(standing.unknown.len(), self.doubts, "the end leaves nobody more in doubt");
        assert_eq!(exit, Exit::Partly as i32, "some are refused");
        self.check(&standing, &BTreeSet::new());
        if standing.unknown.is_empty() {
            return;
        }
        let args = ["send", ISSUE, "--yes", "--resend-unknown"];
        assert!(component::finished(self.publication.spawn(&args), PATIENCE).code().is_some());
        self.complete();
        let after = self.standing().unwrap();
        assert!(after.unknown.is_empty(), "{:?}", after.unknown);
        self.check(&after, &standing.unknown);
    }

    /// Sends until there is nothing left to do.
    fn complete(&self) -> i32 {
        for _ in 0..SENDS_MAX {
            let ended = component::finished(self.send(), PATIENCE);
            let code = ended.code().unwrap();
            if code != Exit::Unfinished as i32 {
                return code;
            }
        }
        panic!("{SENDS_MAX} sends do not come to an end: {:?}", self.standing());
    }

    /// Checks everyone at the end of a run; `again` are those to whom it was sent again.
    fn check(&self, standing: &Standing, again: &BTreeSet<String>) {
        assert!(standing.attempting.is_empty(), "{:?}", standing.attempting);
        let settled = standing.accepted + standing.rejected + standing.suppressed;
        assert_eq!(settled + standing.unknown.len(), READERS, "{standing:?}");
        let record = self.server.record();
        let mut accepted = 0;
        for row in &self.rows {
            let copies = record.messages.get(&row.email).map_or(&[][..], Vec::as_slice);
            let unknown = standing.unknown.contains(&row.email);
            let allowed = match (manner(&row.email).is_served(), again.contains(&row.email)) {
                (false, _) => 0..=0,
                (true, _) if unknown => 0..=1,
                (true, true) => 1..=2,
                (true, false) => 1..=1,
            };
            assert!(allowed.contains(&copies.len()), "{} has {} copies", row.email, copies.len());
            accepted += usize::from(manner(&row.email).is_served() && !unknown);
            assert!(copies.iter().all(|copy| *copy == copies[0]), "{}", row.email);
            if copies.len() > 1 {
                // They are the same, so one of them says it of both.
                assert!(contains(&copies[0], b"\r\nMessage-ID: <"), "{}", row.email);
            }
        }
        assert_eq!(standing.accepted, accepted);
    }

    /// What `status --json` says; `None` while there is no run.
    fn standing(&self) -> Option<Standing> {
        let ended = self.publication.run(&["status", "--json"]);
        let mut runs: Vec<serde_json::Value> = serde_json::from_str(&ended.output)
            .unwrap_or_else(|error| panic!("{error}: {} {}", ended.output, ended.messages));
        assert!(runs.len() <= 1, "{}", ended.output);
        let status = runs.pop()?;
        let named = |state: &str| -> BTreeSet<String> {
            let named = status["named"].as_array().unwrap().iter();
            let named = named.filter(|named| named["state"] == state);
            let names: BTreeSet<_> =
                named.map(|named| named["address"].as_str().unwrap().to_owned()).collect();
            assert_eq!(status["counts"][state], names.len(), "each one is named: {status}");
            names
        };
        let count =
            |state: &str| usize::try_from(status["counts"][state].as_u64().unwrap()).unwrap();
        Some(Standing {
            accepted: count("accepted"),
            rejected: count("rejected"),
            suppressed: count("suppressed"),
            unknown: named("unknown"),
            attempting: named("attempting"),
        })
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
