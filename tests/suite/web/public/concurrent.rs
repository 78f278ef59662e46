//! Many readers who leave at the same moment, also while the server is killed, in: each of them in
//! the file once out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use crate::real::component::Dice;
use crate::support::public::{ONE_CLICK, Public, exchange, request};
use crate::support::publication::{Publication, Running};

/// How many ask at the same time.
const HANDS: usize = 1_000;

fn reader(number: usize) -> String {
    format!("reader{number:04}@example.org")
}

/// How often each address is in the file; rows that are not whole are none.
fn written(publication: &Publication) -> BTreeMap<String, usize> {
    let mut written = BTreeMap::new();
    for row in csv::Reader::from_path(publication.path("suppressions.csv")).unwrap().records() {
        let row = row.unwrap();
        assert!(row.len() >= 4, "{row:?}");
        *written.entry(row[0].to_owned()).or_default() += 1;
    }
    written
}

#[test]
fn a_thousand_who_leave_at_once_are_all_in_the_file_once() {
    const READERS: usize = 1_000;
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let links: Vec<_> = (0..READERS).map(|number| public.link(&reader(number))).collect();
    let next = AtomicUsize::new(0);
    let start = Barrier::new(HANDS);
    let answered = AtomicUsize::new(0);
    let hand = || {
        start.wait();
        // Two for each, as when a provider asks again.
        while let Some(link) = links.get(next.fetch_add(1, Ordering::Relaxed) / 2) {
            let answer = public.one_click(link);
            assert_eq!(answer.status, 200, "{}", answer.text);
            answered.fetch_add(1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(hand);
        }
    });
    assert_eq!(answered.into_inner(), 2 * READERS);
    let written = written(&publication);
    for number in 0..READERS {
        assert_eq!(written.get(&reader(number)), Some(&1), "{}", reader(number));
    }
    assert_eq!(public.count("unsubscribes_total{source=\"one-click\"}"), 2 * READERS as u64);
}

#[test]
fn whoever_was_told_of_it_is_gone_though_the_server_was_killed() {
    const READERS: usize = 300;
    let publication = Publication::sample();
    let mut dice = Dice::new(8_058);
    let done: Arc<Mutex<Vec<usize>>> = Arc::default();
    for round in 0..12_usize {
        let public =
            if round == 0 { Public::of(&publication) } else { Public::start(&publication) };
        let links: Vec<_> = (0..READERS).map(|number| public.link(&reader(number))).collect();
        // Killed after so many answers, wherever the others are then: queued, written, flushed.
        let until = 1 + (dice.share() * 40.0) as usize;
        kill_after(public, &links, until, &done);
        let written = written(&publication);
        for number in done.lock().unwrap().iter() {
            assert_eq!(written.get(&reader(*number)), Some(&1), "round {round}: {number}");
        }
    }
    let public = Public::start(&publication);
    for number in 0..READERS {
        assert_eq!(public.one_click(&public.link(&reader(number))).status, 200);
    }
    let written = written(&publication);
    assert!((0..READERS).all(|number| written.get(&reader(number)) == Some(&1)), "{written:?}");
}

/// Lets many ask, and kills the server (SIGKILL) after some answers.
fn kill_after(public: Public<'_>, links: &[String], until: usize, done: &Mutex<Vec<usize>>) {
    let (answers, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let Public { host, running, .. } = public;
    let running: Mutex<Running> = Mutex::new(running);
    let known = done.lock().unwrap().clone();
    let leave = |number: usize| {
        let bytes = request(&host, "POST", &links[number], &[], ONE_CLICK);
        let answer = exchange(&host, bytes.as_bytes()).unwrap_or_default();
        if !answer.starts_with(b"HTTP/1.1 200") {
            return false;
        }
        done.lock().unwrap().push(number);
        if answers.fetch_add(1, Ordering::Relaxed) + 1 == until {
            running.lock().unwrap().kill().unwrap();
        }
        true
    };
    let hand = || {
        let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mut mine = numbers.take_while(|number| *number < links.len());
        while mine.by_ref().find(|number| !known.contains(number)).is_some_and(leave) {}
    };
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(hand);
        }
    });
    let mut running = running.into_inner().unwrap();
    drop(running.kill());
    running.wait().unwrap();
}
