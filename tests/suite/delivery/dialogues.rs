//! Dialogues as data in, what became of everyone, of the run and of the connections out.
//!
//! Each file of `tests/cases/dialogues` has paragraphs: what the server does that a good one would
//! not (`> VERB WHO: ACT`), and behind it what that came to, in each of the three ways to talk to a
//! server. `UPDATE=1` writes the latter.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use newsletter::config::{AuthProtocol, Login, Secret, Smtp, Timeouts, Tls};
use newsletter::delivery::{Report, Stopped};
use newsletter::journal::State;
use tokio::sync::watch;

use crate::delivery::{MODES, timeless};
use crate::support::hours::Hours;
use crate::support::link::{Link, Way};
use crate::support::smtp::{Act, Point, Server, Setup};
use crate::support::world::{World, reader};

const READERS: usize = 6;

/// What the server does that a good one would not.
#[derive(Clone)]
struct Line {
    verb: String,
    /// `reader1`, or how often the verb came on the connection; everything where it is empty.
    who: String,
    once: bool,
    act: Act,
}

impl Line {
    fn parse(line: &str) -> Self {
        let (point, act) = line.split_once(": ").unwrap();
        let (point, once) = point.strip_suffix(", once").map_or((point, false), |p| (p, true));
        let (verb, who) = point.split_once(' ').unwrap_or((point, ""));
        let act = match act {
            "close" => Act::Close,
            "take and close" => Act::TakeAndClose,
            "hang" => Act::Hang,
            say => Act::Say(say.to_owned().leak()),
        };
        Self { verb: verb.to_owned(), who: who.to_owned(), once, act }
    }

    fn is_at(&self, point: &Point<'_>) -> bool {
        let who = point.to.split('@').next().unwrap_or_default();
        let here = match self.who.as_str() {
            "" | "*" => true,
            reader if reader.starts_with("reader") => reader == who,
            number => number == point.nth.to_string(),
        };
        here && self.verb == point.verb
    }
}

fn script(mut lines: Vec<Line>) -> impl FnMut(&Point<'_>) -> Act + Send {
    move |point| {
        let Some(at) = lines.iter().position(|line| line.is_at(point)) else { return Act::Normal };
        if lines[at].once { lines.remove(at).act } else { lines[at].act.clone() }
    }
}

/// What a dialogue comes to with a server that offers this.
async fn play(lines: Vec<Line>, ehlo: &'static [&'static str], hours: Hours) -> String {
    let logs_in = lines.iter().any(|line| line.verb == "AUTH");
    let mut world = timeless(READERS, &hours).await;
    world.patience.failures_max = 4;
    let ehlo = if logs_in { [ehlo, &["AUTH PLAIN"]].concat().leak() } else { ehlo };
    // What takes its time comes when everybody else is done, however fast the disk is.
    let way = || Way { delay: Box::new(|| Duration::from_millis(10)), ..Way::default() };
    let link =
        move |_| Link { heard: way(), said: way(), hours: Some(hours.clone()), ..Link::default() };
    let setup = Setup { ehlo, link: Some(Box::new(link)), ..Setup::default() };
    let server = Server::start_as(setup, script(lines)).await;
    let password = Secret::Env("SMTP_PASSWORD".to_owned());
    let protocol = AuthProtocol::Plain;
    let login = logs_in.then(|| Login { username: "ada".to_owned(), password, protocol });
    let (host, timeouts) = ("127.0.0.1".to_owned(), Timeouts::default());
    let (_sender, stop) = watch::channel(false);
    let smtp = Smtp { host, login, timeouts, ..server.smtp(Tls::None) };
    let report = world.deliver_until(smtp, stop).await;
    let states = world.check(&server).await;
    assert_eq!(states.values().sum::<usize>(), READERS);
    told(&world, &server, &report).await
}

/// What became of everyone, of the run and of the connections.
async fn told(world: &World, server: &Server, report: &Report) -> String {
    let mut lines = Vec::new();
    let mut fates: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (number, entry) in world.entries().await.into_iter().enumerate() {
        assert_eq!(entry.recipient.address.to_string(), reader(number));
        let state = format!("{:?}", entry.state).to_lowercase();
        let fate = match entry.state {
            State::Accepted => state,
            _ if entry.reply.is_empty() => state,
            _ => format!("{state}, {}", entry.reply),
        };
        fates.entry(fate).or_default().push(number.to_string());
    }
    lines.extend(fates.iter().map(|(fate, who)| format!("  {}: {fate}", who.join(" "))));
    let suppressed = world.suppressed.lock().unwrap();
    let suppressed: Vec<_> =
        suppressed.keys().map(|address| address.split('@').next().unwrap()).collect();
    if !suppressed.is_empty() {
        lines.push(format!("  suppressed: {}", suppressed.join(" ")));
    }
    let end = match &report.stopped {
        None if report.finished => "finished".to_owned(),
        None => "to be continued".to_owned(),
        Some(Stopped::Reply { reason, .. }) => format!("stopped, {reason}"),
        Some(Stopped::Server(error)) => format!("stopped, {error}"),
        Some(other) => format!("stopped, {other:?}"),
    };
    let connections = server.log(|log| log.connections);
    lines.push(format!("  run: {end}; connections: {connections}"));
    lines.join("\n")
}

/// A paragraph with what it comes to.
fn played(paragraph: &str) -> String {
    let kept = |line: &&str| line.starts_with(['#', '>']);
    let input: Vec<&str> = paragraph.lines().filter(kept).collect();
    let script = input.iter().filter_map(|line| line.strip_prefix("> ")).map(Line::parse);
    let script: Vec<Line> = script.collect();
    let names = ["chunking", "pipelining", "one by one"];
    let mut outcomes: Vec<(String, Vec<&str>)> = Vec::new();
    for (ehlo, name) in MODES.into_iter().zip(names) {
        let script = script.clone();
        let outcome = Hours::pass(async |hours| play(script, ehlo, hours).await);
        match outcomes.iter_mut().find(|(other, _)| *other == outcome) {
            Some((_, names)) => names.push(name),
            None => outcomes.push((outcome, vec![name])),
        }
    }
    let told = outcomes.iter().map(|(outcome, names)| format!("{}\n{outcome}", names.join(", ")));
    [input.join("\n")].into_iter().chain(told).collect::<Vec<_>>().join("\n")
}

fn play_file(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/dialogues").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let played: Vec<_> = text.trim_end().split("\n\n").map(played).collect();
    let played = played.join("\n\n") + "\n";
    if crate::cases::update() {
        std::fs::write(path, played).unwrap();
        return;
    }
    for (found, expected) in played.split("\n\n").zip(text.split("\n\n")) {
        assert_eq!(found.trim_end(), expected.trim_end(), "{name}");
    }
    assert_eq!(played, text, "{name}");
}

#[test]
fn every_row_of_the_table_is_played_from_end_to_end() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/dialogues");
    let files = folder.read_dir().unwrap().map(|file| file.unwrap().file_name());
    let players = files.map(|name| std::thread::spawn(move || play_file(name.to_str().unwrap())));
    let players: Vec<_> = players.collect();
    assert!(players.len() >= 6);
    players.into_iter().for_each(|player| player.join().unwrap());
}
