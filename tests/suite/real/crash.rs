//! Sends that are killed at random moments in, everyone once or named as unknown out.
#![expect(
    clippy::print_stdout,
    reason = "a seed and timings help where a test fails; `cargo test` shows them then"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::time::Duration;

use newsletter::cli::{Env, Exit};

use crate::real::component::{self, Dice};
use crate::real::sink::{Copy, Sink};
use crate::support::publication::{ISSUE, Publication, key};

const READERS: usize = 150;

/// How many connections a send has.
const LANES: usize = 4;

/// A lane has one message on the wire and announces the next one with it.
const IN_FLIGHT_MAX: usize = LANES * 2;

/// A publication whose send was killed.
struct Wreck {
    publication: Publication,
    sink: Sink,
    /// How many messages were there when it died.
    before: usize,
}

/// What a finished run has come to.
struct Account {
    unknown: BTreeSet<String>,
    copies: BTreeMap<String, Vec<Copy>>,
}

/// How long a send takes when nobody kills it.
#[derive(Clone, Copy)]
struct Pace {
    /// Until the first message is there.
    beginning: Duration,
    /// From then to the end.
    sending: Duration,
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn fifty_kills_lose_nobody_and_mail_nobody_twice() {
    let seed = seed();
    let workers: Vec<_> = (0..2)
        .map(|worker| std::thread::spawn(move || kill_repeatedly(seed + worker, 25)))
        .collect();
    let interrupted: usize = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
    println!("{interrupted} of 50 kills came in the middle");
    assert!(interrupted >= 10, "only {interrupted} of 50 kills came in the middle");
}

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn those_in_doubt_get_a_second_copy_at_most_when_told_to_and_nobody_stays_in_doubt() {
    let mut dice = Dice::new(seed());
    let pace = measure();
    let mut doubts = 0;
    for kill in 0..20 {
        let wreck = kill_once(pace, 2 * kill + 1, dice.share());
        let account = wreck.finish();
        if account.unknown.is_empty() {
            continue;
        }
        doubts += 1;
        wreck.resend(&account);
        if doubts == 3 {
            return;
        }
    }
    panic!("20 kills left somebody in doubt {doubts} times");
}

/// Kills sends, finishes them and checks everyone; returns how many kills came in the middle.
fn kill_repeatedly(seed: u64, kills: usize) -> usize {
    let mut dice = Dice::new(seed);
    let pace = measure();
    let middle = (0..kills).filter(|kill| {
        let wreck = kill_once(pace, *kill, dice.share());
        wreck.finish();
        (1..READERS).contains(&wreck.before)
    });
    middle.count()
}

/// Sends without a kill, and takes the time.
#[expect(clippy::disallowed_methods, reason = "the test takes the time of another program")]
fn measure() -> Pace {
    let (publication, sink) = begin();
    let start = std::time::Instant::now();
    let mut send = publication.spawn(&["send", ISSUE, "--yes"]);
    component::wait_until("the first message is there", || sink.count() > 0);
    let beginning = start.elapsed();
    assert!(send.wait().unwrap().success());
    let pace = Pace { beginning, sending: start.elapsed() - beginning };
    println!("a send takes {beginning:?} to the first message and {:?} more", pace.sending);
    pace
}

fn begin() -> (Publication, Sink) {
    let publication = Publication::with_readers(READERS);
    let sink = Sink::start(&[]);
    publication.set_server(&format!(
        "host = \"127.0.0.1\"\nport = {}\ntls_type = \"none\"\nmax_conns = {LANES}",
        sink.port()
    ));
    (publication, sink)
}

/// Kills a send: every other time at any moment, else after its first message.
fn kill_once(pace: Pace, kill: usize, share: f64) -> Wreck {
    let (publication, sink) = begin();
    let mut send = publication.spawn(&["send", ISSUE, "--yes"]);
    if kill.is_multiple_of(2) {
        component::pause((pace.beginning + pace.sending).mul_f64(share));
    } else {
        component::wait_until("the first message is there", || sink.count() > 0);
        component::pause(pace.sending.mul_f64(share));
    }
    send.kill().unwrap();
    send.wait().unwrap();
    sink.wait_until_idle();
    let before = sink.count();
    Wreck { publication, sink, before }
}

impl Wreck {
    /// Sends to the end and checks that everyone got it once, or is named and got it once at most.
    fn finish(&self) -> Account {
        let ended = self.publication.run(&["send", ISSUE, "--yes"]);
        let account = self.account();
        let exit = if account.unknown.is_empty() { Exit::Done } else { Exit::Partly };
        assert_eq!(ended.exit, exit, "{}", ended.messages);
        assert!(account.unknown.len() <= IN_FLIGHT_MAX, "{:?}", account.unknown);
        for row in self.publication.rows() {
            let copies = account.copies.get(&row.key()).map_or(0, Vec::len);
            if account.unknown.contains(&row.key()) {
                assert!(copies <= 1, "{} is unknown and has {copies} copies", row.email);
                let named = format!("{}: unknown: ", row.email);
                assert!(ended.messages.contains(&named), "no {named} in {}", ended.messages);
            } else {
                assert_eq!(copies, 1, "{} of {} before the kill", row.email, self.before);
            }
        }
        account
    }

    /// Sends again to those in doubt and checks that they have two copies of one message at most.
    fn resend(&self, account: &Account) {
        let ended = self.publication.run(&["send", ISSUE, "--yes", "--resend-unknown"]);
        assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
        let after = self.account();
        assert!(after.unknown.is_empty(), "{:?}", after.unknown);
        for row in self.publication.rows() {
            let earlier = account.copies.get(&row.key()).map_or(0, Vec::len);
            let again = usize::from(account.unknown.contains(&row.key()));
            let copies = &after.copies[&row.key()];
            assert_eq!(copies.len(), earlier + again, "{}", row.email);
            assert!(copies.iter().all(|copy| copy.message == copies[0].message));
            let ids: BTreeSet<_> = copies.iter().map(|copy| copy.header("Message-ID")).collect();
            assert_eq!(ids.len(), 1, "{ids:?}");
        }
    }

    /// What the journal and the server say, where they agree that the run is finished.
    fn account(&self) -> Account {
        let status = self.publication.status();
        let counts = &status["counts"];
        let named = status["named"].as_array().unwrap().iter();
        let unknown = named.filter(|named| named["state"] == "unknown");
        let unknown: BTreeSet<_> =
            unknown.map(|named| key(named["address"].as_str().unwrap())).collect();
        assert_eq!(counts["unknown"], unknown.len(), "{status}");
        assert_eq!(counts["accepted"], READERS - unknown.len(), "{status}");
        assert!(!status["finished"].is_null(), "{status}");
        let copies = self.sink.copies();
        assert!(copies.len() <= READERS);
        Account { unknown, copies }
    }
}

/// Another one each time; `NEWSLETTER_TEST_SEED` repeats one.
fn seed() -> u64 {
    let env = Env::from_process();
    let given = env.variables.get(OsStr::new("NEWSLETTER_TEST_SEED"));
    let seed = given.map_or_else(
        || {
            let mut bytes = [0; 8];
            (env.random)(&mut bytes);
            u64::from_le_bytes(bytes) >> 1
        },
        |seed| seed.to_str().unwrap().parse().unwrap(),
    );
    println!("NEWSLETTER_TEST_SEED={seed}");
    seed
}
