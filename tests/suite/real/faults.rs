//! Every way in which smtp-sink can misbehave in, everyone in exactly one state out.

use std::collections::BTreeMap;

use newsletter::cli::Exit;
use serde_json::Value;

use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication, key};

const READERS: usize = 12;

/// As many as lose a connection to a server before it is given up, on each of two lanes.
const UNKNOWN_MAX: usize = 10;

/// The options of a server, the exit code of a send to it, and where it leaves everyone.
type Fault = (&'static [&'static str], Exit, Left);

/// Where a send leaves its readers.
#[derive(Clone, Copy, PartialEq)]
enum Left {
    Accepted,
    /// They get it from the next send.
    Open,
    /// Some are unknown, one for each connection that was lost; the others are open.
    Doubtful,
}

use Left::{Accepted, Doubtful, Open};

const FAULTS: &[Fault] = &[
    // It says no. `-f` and `-r` imply `-p`.
    (&["-f", "CONNECT"], Exit::Usage, Open),
    (&["-f", "EHLO"], Exit::Usage, Open),
    (&["-f", "MAIL"], Exit::Usage, Open),
    (&["-f", "RCPT", "-B", "550 5.1.1 no such user"], Exit::Usage, Open),
    (&["-f", "DATA"], Exit::Usage, Open),
    (&["-f", ".", "-B", "554 5.6.0 not well-formed"], Exit::Usage, Open),
    (&["-f", "QUIT"], Exit::Done, Accepted),
    // It says no before it has read the message, at once or a second later, and reads no more.
    (&["-A", "0"], Exit::Usage, Open),
    (&["-A", "1"], Exit::Usage, Open),
    // It says later.
    (&["-r", "CONNECT"], Exit::World, Open),
    (&["-r", "EHLO"], Exit::World, Open),
    (&["-r", "MAIL"], Exit::Unfinished, Open),
    (&["-r", "RCPT"], Exit::Unfinished, Open),
    (&["-r", "DATA", "-b", "421 4.3.2 shutting down"], Exit::Unfinished, Open),
    (&["-r", "."], Exit::Unfinished, Open),
    // It says 421 and hangs up.
    (&["-Q", "CONNECT"], Exit::World, Open),
    (&["-Q", "EHLO"], Exit::World, Open),
    (&["-Q", "MAIL"], Exit::World, Open),
    (&["-Q", "RCPT"], Exit::World, Open),
    (&["-Q", "DATA"], Exit::Unfinished, Open),
    (&["-Q", "."], Exit::Unfinished, Open),
    (&["-Q", "QUIT"], Exit::Done, Accepted),
    // It hangs up without a word; after the message nobody knows.
    (&["-q", "CONNECT"], Exit::World, Open),
    (&["-q", "EHLO"], Exit::World, Open),
    (&["-q", "MAIL"], Exit::World, Open),
    (&["-q", "RCPT"], Exit::World, Open),
    (&["-q", "DATA"], Exit::World, Open),
    (&["-q", "."], Exit::World, Doubtful),
    (&["-q", "QUIT"], Exit::Done, Accepted),
    // It takes its time, in reading or in answering. A delayed answer to what was pipelined would
    // come after those to what follows it: a fault of smtp-sink's own, which `-p` avoids.
    (&["-p", "-W", "MAIL:1"], Exit::Done, Accepted),
    (&["-p", "-W", "DATA:1:50"], Exit::Done, Accepted),
    (&["-p", "-W", ".:1:50"], Exit::Done, Accepted),
    (&["-w", "1"], Exit::Done, Accepted),
    (&["-H", "1"], Exit::Done, Accepted),
    (&["-T", "500"], Exit::Done, Accepted),
    // It offers less; without EHLO it is no server to submit mail to.
    (&["-8"], Exit::Done, Accepted),
    (&["-p"], Exit::Done, Accepted),
    (&["-E"], Exit::Done, Accepted),
    (&["-N"], Exit::Done, Accepted),
    (&["-a"], Exit::Done, Accepted),
    (&["-8", "-p", "-E", "-N", "-a"], Exit::Done, Accepted),
    (&["-e"], Exit::Usage, Open),
    (&["-P"], Exit::Usage, Open),
];

#[test]
#[ignore = "needs smtp-sink (postfix)"]
fn whatever_smtp_sink_does_everyone_is_in_one_state_and_the_exit_code_says_so() {
    std::thread::scope(|scope| {
        let faults: Vec<_> =
            FAULTS.iter().map(|fault| (fault.0, scope.spawn(|| suffer(fault)))).collect();
        let ended = faults.into_iter().map(|(options, fault)| (options, fault.join().is_ok()));
        let failed: Vec<_> = ended.filter(|(_, good)| !good).collect();
        assert!(failed.is_empty(), "{failed:?}");
    });
}

/// Sends to a server that misbehaves, and what is left to one that does not.
fn suffer((options, exit, left): &Fault) {
    let publication = Publication::with_readers(READERS);
    let bad = Sink::start(options);
    let first = send(&publication, &bad, *exit);
    let counts = ["accepted", "rejected", "unknown", "open"].map(|key| first[key].clone());
    let unknown = usize::try_from(first["unknown"].as_u64().unwrap()).unwrap();
    let expected = match left {
        Accepted => [READERS, 0, 0, 0],
        Open => [0, 0, 0, READERS],
        Doubtful => [0, 0, unknown, READERS - unknown],
    };
    assert_eq!(counts, expected.map(Value::from), "{options:?}: {first}");
    if *left == Doubtful {
        assert!((2..=UNKNOWN_MAX).contains(&unknown), "{options:?}: {first}");
        assert_eq!(bad.copies().len(), unknown, "{options:?}: each of them has it");
    }
    if *left == Accepted {
        let copies = bad.copies();
        assert_eq!(copies.len(), READERS, "{options:?}");
        assert!(copies.values().all(|copies| copies.len() == 1), "{options:?}");
    }

    let good = Sink::start(&[]);
    let last = if *left == Open || *left == Accepted { Exit::Done } else { Exit::Partly };
    let second = send(&publication, &good, last);
    assert_eq!(second["open"], 0, "{options:?}: {second}");
    let copies = good.copies();
    let states = states(&publication);
    for row in publication.all_rows() {
        let expected = match states.get(&row.key()).map(String::as_str) {
            None if *left != Accepted => 1,
            None | Some("rejected" | "unknown") => 0,
            Some(state) => panic!("{options:?}: {} is {state}", row.email),
        };
        assert_eq!(copies.get(&row.key()).map_or(0, Vec::len), expected, "{options:?}");
    }
}

/// Sends with an exit code; returns the summary.
fn send(publication: &Publication, sink: &Sink, exit: Exit) -> Value {
    publication.set_server(&format!(
        "host = \"127.0.0.1\"\nport = {}\ntls_type = \"none\"\nmax_conns = 2\n\n\
         [send]\nretry_delays = [\"30ms\"]",
        sink.port()
    ));
    let ended = publication.run(&["send", ISSUE, "--yes", "--json"]);
    assert_eq!(ended.exit, exit, "{}{}", ended.output, ended.messages);
    let summary: Value = serde_json::from_str(&ended.output).unwrap();
    assert_eq!(summary["exit"], exit as u8, "{summary}");
    summary
}

/// The state of everyone who is not accepted.
fn states(publication: &Publication) -> BTreeMap<String, String> {
    let status = publication.status();
    let named = status["named"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    named.map(|named| (key(&text(&named["address"])), text(&named["state"]))).collect()
}
