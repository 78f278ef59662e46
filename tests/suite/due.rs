//! Moments at which cron calls `send --due` in, who is written to and what is said out.

use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use newsletter::cli::Exit;
use newsletter::clock::Clock;
use newsletter::config::Tls;
use newsletter::diagnostic::{Code, Source};
use newsletter::issue::{Schedule, schedule};

use crate::support::publication::{Ended, ISSUE, Publication};
use crate::support::smtp::{Act, Point, Server, when};

const DUE: &[&str] = &["send", "--due"];
const OLDER: &str = "2026-11-13-what-a-ferry-is-worth";
const READERS: usize = 36;

/// A publication with a mail server.
struct Desk {
    publication: Publication,
    server: Server,
    _runtime: tokio::runtime::Runtime,
}

impl Desk {
    /// A new one, in which the key was made.
    fn new() -> Self {
        Self::with(|_| Act::Normal)
    }

    fn with(script: impl FnMut(&Point<'_>) -> Act + Send + 'static) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(script));
        let publication = Publication::sample();
        publication.set_server(&format!(
            "host = \"127.0.0.1\"\nport = {}\ntls_type = \"none\"\ntimeout = \"5s\"",
            server.smtp(Tls::None).port
        ));
        let desk = Self { publication, server, _runtime: runtime };
        for issue in desk.publication.issues().iter().filter(|issue| *issue != ISSUE) {
            let path = format!("issues/{issue}.toml");
            let text = desk.publication.read(&path);
            let timeless = text.lines().filter(|line| !line.starts_with("send_at"));
            let timeless: Vec<_> = timeless.collect();
            desk.publication.write(&path, &timeless.join("\n"));
        }
        assert_eq!(desk.at("2026-11-01T00:00:00Z", &["send", "--dry-run"]).exit, Exit::Done);
        desk
    }

    fn at(&self, moment: &str, arguments: &[&str]) -> Ended {
        self.publication.run_at(Clock::Fixed(moment.parse().unwrap()), arguments)
    }

    /// Exchanges words in the newest issue.
    fn replace(&self, old: &str, new: &str) {
        let path = format!("issues/{ISSUE}.toml");
        let text = self.publication.read(&path);
        assert!(text.contains(old), "no {old} in {text}");
        self.publication.write(&path, &text.replacen(old, new, 1));
    }

    /// Gives another issue a time.
    fn schedule(&self, issue: &str, times: &str) {
        let path = format!("issues/{issue}.toml");
        self.publication.write(&path, &format!("{times}\n{}", self.publication.read(&path)));
    }

    /// Makes the newest issue due by the machine's clock.
    fn schedule_now(&self) {
        self.replace("2026-11-20T07:00:00", &local(0));
        self.replace("not_after = 2026-11-20T12:00:00\n", "");
    }

    fn messages(&self) -> usize {
        self.server.log(|log| log.messages.len())
    }

    fn runs(&self) -> Vec<serde_json::Value> {
        let status = self.publication.run(&["status", "--json"]);
        serde_json::from_str(&status.output).unwrap()
    }
}

/// So many seconds from now, as an editor in London writes it.
fn local(seconds: i64) -> String {
    let moment = Clock::System.now() + SignedDuration::from_secs(seconds);
    let zone = TimeZone::get("Europe/London").unwrap();
    moment.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// It was not worth a word.
fn assert_silent(ended: &Ended) {
    assert_eq!((ended.exit, &*ended.output, &*ended.messages), (Exit::Done, "", ""));
}

#[test]
fn an_issue_goes_out_when_its_time_has_come_and_never_again() {
    let desk = Desk::new();
    assert_silent(&desk.at("2026-11-20T06:59:59Z", DUE));
    assert!(!desk.publication.path(".newsletter/journal.db").exists());
    assert!(!desk.publication.path(".newsletter/lock").exists());

    let ended = desk.at("2026-11-20T07:00:00Z", DUE);
    let line =
        format!("{ISSUE}: accepted 36 of 36; 0 rejected, 0 unknown, 0 open; 2 not written to\n");
    assert_eq!((ended.exit, &*ended.output, &*ended.messages), (Exit::Done, &*line, ""));
    assert_eq!(desk.messages(), READERS);

    for moment in ["2026-11-20T07:00:01Z", "2026-11-20T11:59:00Z", "2027-11-20T07:00:00Z"] {
        assert_silent(&desk.at(moment, DUE));
    }
    assert_eq!(desk.messages(), READERS);
    assert_eq!(desk.runs().len(), 1);
}

#[test]
fn an_issue_that_is_renamed_is_not_sent_again() {
    let desk = Desk::new();
    assert_eq!(desk.at("2026-11-20T07:00:00Z", DUE).exit, Exit::Done);
    let (old, new) = (format!("issues/{ISSUE}.toml"), "issues/2026-11-20-frost.toml");
    std::fs::rename(desk.publication.path(&old), desk.publication.path(new)).unwrap();
    for arguments in [DUE, &["send", "2026-11-20-frost", "--yes"]] {
        let ended = desk.at("2026-11-20T07:05:00Z", arguments);
        assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
        let said = format!("`2026-11-20-frost` was sent before, under the name `{ISSUE}`");
        assert!(ended.messages.contains(&said), "{}", ended.messages);
    }
    assert_eq!(desk.messages(), READERS);
}

#[test]
fn a_journal_that_is_gone_is_no_good_end() {
    let desk = Desk::new();
    assert_eq!(desk.at("2026-11-20T07:00:00Z", DUE).exit, Exit::Done);
    std::fs::remove_file(desk.publication.path(".newsletter/journal.db")).unwrap();
    for arguments in [&["status"][..], &["status", ISSUE], &["status", "--json"]] {
        let ended = desk.publication.run(arguments);
        assert_eq!(ended.exit, Exit::World, "{}", ended.messages);
        assert!(ended.messages.contains("journal.db, is gone"), "{}", ended.messages);
        assert_eq!(ended.output, "");
    }
}

#[test]
fn nothing_is_due_without_a_time() {
    let desk = Desk::new();
    desk.replace("send_at   = 2026-11-20T07:00:00\n", "");
    // A draft may be broken, too.
    desk.publication.write("issues/draft.toml", "title = ");
    assert_silent(&desk.at("2026-11-20T08:00:00Z", DUE));
}

#[test]
fn of_ten_calls_at_once_one_sends_and_none_complains() {
    let desk = Desk::new();
    desk.schedule_now();
    let call = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
        command.args(["send", "--due", "--json"]).current_dir(desk.publication.path(""));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let calls: Vec<_> = (0..10).map(|_| call()).collect();
    let ended: Vec<_> = calls.into_iter().map(|call| call.wait_with_output().unwrap()).collect();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let said: Vec<_> = ended.iter().map(|ended| text(&ended.stderr)).collect();
    assert!(ended.iter().all(|ended| ended.status.success()), "{ended:?}");
    assert!(said.iter().all(String::is_empty), "{said:?}");
    let lines: String = ended.iter().map(|ended| text(&ended.stdout)).collect();
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();
    assert_eq!((&line["issue"], &line["accepted"]), (&ISSUE.into(), &READERS.into()), "{line}");
    assert_eq!((&line["exit"], &line["open"]), (&0.into(), &0.into()), "{line}");
    assert_eq!(desk.messages(), READERS);
}

#[test]
fn what_is_no_longer_news_is_not_begun_and_that_is_said_for_a_week() {
    let desk = Desk::new();
    for moment in ["2026-11-20T12:00:01Z", "2026-11-27T12:00:00Z"] {
        let ended = desk.at(moment, DUE);
        assert_eq!((ended.exit, &*ended.output), (Exit::TooLate, ""), "{}", ended.messages);
        let said = format!("too late to begin {ISSUE}: it had until 2026-11-20T12:00:00Z");
        assert!(ended.messages.contains(&said), "{}", ended.messages);
    }
    assert_silent(&desk.at("2026-11-27T12:00:01Z", DUE));
    assert!(!desk.publication.path(".newsletter/journal.db").exists(), "nothing is recorded");
    let ended = desk.at("2026-11-21T00:00:00Z", &["send", "--due", "--json"]);
    let line: serde_json::Value = serde_json::from_str(&ended.output).unwrap();
    assert_eq!((&line["exit"], &line["begun"]), (&6.into(), &serde_json::Value::Null), "{line}");
    assert!(line["message"].as_str().unwrap().starts_with("too late"), "{line}");
    assert_eq!(desk.messages(), 0);
}

#[test]
fn without_an_end_an_issue_that_no_run_is_known_of_is_begun_for_a_day_only() {
    let desk = Desk::new();
    desk.replace("not_after = 2026-11-20T12:00:00\n", "");
    let ended = desk.at("2026-11-21T07:00:01Z", DUE);
    assert_eq!(ended.exit, Exit::TooLate, "{}", ended.messages);
    assert_eq!(desk.messages(), 0);
    let text = desk.publication.read("newsletter.toml") + "\n[send]\ndue_within = \"1h\"\n";
    desk.publication.write("newsletter.toml", &text);
    assert_eq!(desk.at("2026-11-20T08:00:01Z", DUE).exit, Exit::TooLate);
    assert_eq!(desk.at("2026-11-20T08:00:00Z", DUE).exit, Exit::Done);
    assert_eq!(desk.messages(), READERS);
}

#[test]
fn a_run_that_was_begun_goes_on_until_it_is_no_longer_news_and_by_hand_after_that() {
    let desk = Desk::new();
    let begin = ["send", ISSUE, "--yes", "--limit", "10"];
    assert_eq!(desk.at("2026-11-20T06:00:00Z", &begin).exit, Exit::Unfinished);
    assert_silent(&desk.at("2026-11-20T06:59:00Z", DUE));
    let late = desk.at("2026-11-20T12:00:01Z", DUE);
    assert_eq!(late.exit, Exit::TooLate, "{}", late.messages);
    assert!(late.messages.contains(&format!("too late to go on with {ISSUE}")));
    assert!(late.messages.contains(&format!("`newsletter send {ISSUE}` sends it all the same")));
    assert_eq!(desk.messages(), 10);
    let hand = desk.at("2026-11-20T12:00:01Z", &["send", ISSUE, "--yes", "--limit", "10"]);
    assert_eq!(hand.exit, Exit::Unfinished, "{}", hand.messages);
    // Without an end it is never too late for what the journal knows.
    let desk = Desk::new();
    desk.replace("not_after = 2026-11-20T12:00:00\n", "");
    assert_eq!(desk.at("2026-11-20T06:00:00Z", &begin).exit, Exit::Unfinished);
    let ended = desk.at("2026-12-24T07:00:00Z", DUE);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(desk.messages(), READERS);
}

#[test]
fn a_send_that_outlasts_the_news_stops_by_itself() {
    let desk = Desk::with(when(|point| point.verb == "RCPT", Act::Say("450 4.2.1 later")));
    desk.replace("send_at   = 2026-11-20T07:00:00", &format!("send_at = {}", local(-5)));
    desk.replace("not_after = 2026-11-20T12:00:00", &format!("not_after = {}", local(10)));
    let text = desk.publication.read("newsletter.toml") + "\n[send]\nretry_delays = [\"1h\"]\n";
    desk.publication.write("newsletter.toml", &text);
    let ended = desk.publication.run(DUE);
    assert_eq!(ended.exit, Exit::TooLate, "{}", ended.messages);
    assert!(ended.output.contains("36 open"), "{}", ended.output);
    assert!(ended.messages.contains("too late to go on with"), "{}", ended.messages);
}

#[test]
fn cron_begins_nothing_where_the_journal_was_lost_or_nothing_was_ever_sent() {
    let desk = Desk::new();
    desk.schedule(OLDER, "send_at = 2026-11-20T06:00:00");
    assert_eq!(desk.at("2026-11-20T06:30:00Z", DUE).exit, Exit::Done);
    let journal = desk.publication.path(".newsletter/journal.db");
    std::fs::rename(&journal, desk.publication.path("elsewhere")).unwrap();
    let ended = desk.at("2026-11-20T07:00:00Z", DUE);
    assert_eq!((ended.exit, &*ended.output), (Exit::World, ""));
    assert!(ended.messages.contains("journal.db, is gone"), "{}", ended.messages);

    // Whoever names the issue is told the same, and leaves no new journal for cron to believe in.
    for hand in [&["send", ISSUE][..], &["send", ISSUE, "--yes"]] {
        let ended = desk.at("2026-11-20T07:00:00Z", hand);
        assert_eq!(ended.exit, Exit::World, "{}", ended.messages);
        assert!(ended.messages.contains("newsletter adopt"), "{}", ended.messages);
        assert!(!journal.exists());
    }
    let state = desk.publication.path(".newsletter");
    std::fs::rename(&state, desk.publication.path("machine-that-sends")).unwrap();
    let ended = desk.at("2026-11-20T07:00:00Z", DUE);
    assert_eq!((ended.exit, &*ended.output), (Exit::Usage, ""));
    assert!(ended.messages.contains("this folder is a copy"), "{}", ended.messages);
    std::fs::remove_file(desk.publication.path("newsletter.lock")).unwrap();
    let ended = desk.at("2026-11-20T07:00:00Z", DUE);
    assert_eq!((ended.exit, &*ended.output), (Exit::Usage, ""));
    assert!(ended.messages.contains("there is no key"), "{}", ended.messages);
    assert!(!desk.publication.path(".newsletter/key").exists(), "none is made");
    assert_eq!(desk.messages(), READERS);
}

#[test]
fn an_issue_that_does_not_compile_keeps_no_other_from_being_sent() {
    let desk = Desk::new();
    desk.schedule(OLDER, "send_at = 2026-11-20T06:50:00");
    let broken = |name: &str, text: &str| {
        desk.publication.write(&format!("issues/{name}.toml"), text);
    };
    broken("ahead", "title = \"\"\nsend_at = 2026-11-20T09:00:00");
    broken("skipped", "title = \"\"\nsend_at = 2026-03-29T01:30:00");
    broken("unread", "title = \nsend_at = 7:30");
    broken("untitled", "send_at = 2026-11-20T06:55:00");
    let ended = desk.at("2026-11-20T07:00:00Z", DUE);
    assert_eq!(ended.exit, Exit::Content, "{}", ended.messages);
    let begins = |name: &&str| ended.output.lines().any(|line| line.starts_with(*name));
    assert_eq!(ended.output.lines().count(), 2, "{}", ended.output);
    assert!(ended.output.starts_with(OLDER) && begins(&ISSUE), "{}", ended.output);
    for said in ["E052", "issues/skipped.toml:2", "issues/unread.toml:1", "issues/untitled.toml"] {
        assert!(ended.messages.contains(said), "no {said} in {}", ended.messages);
    }
    assert!(!ended.messages.contains("ahead"), "{}", ended.messages);
    assert_eq!(desk.messages(), 2 * READERS);
}

#[test]
fn a_listener_that_is_gone_keeps_no_issue_from_being_sent() {
    let desk = Desk::new();
    desk.schedule_now();
    desk.schedule(OLDER, &format!("send_at = {}", local(-60)));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
    command.args(DUE).current_dir(desk.publication.path("")).stdin(Stdio::null());
    let status = command.stdout(writer).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(5), "{status}");
    assert_eq!(desk.messages(), 2 * READERS);
}

#[test]
fn the_worst_exit_code_wins() {
    let desk = Desk::with(when(
        |point| point.to == "agnes.pellow@example.org",
        Act::Say("550 5.1.1 no such user"),
    ));
    desk.schedule(OLDER, "send_at = 2026-11-20T06:50:00\nnot_after = 2026-11-20T06:55:00");
    let ended = desk.at("2026-11-20T07:00:00Z", &["send", "--due", "--json"]);
    assert_eq!(ended.exit, Exit::TooLate, "{}", ended.messages);
    let lines: Vec<serde_json::Value> =
        ended.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let exits: Vec<_> = lines.iter().map(|line| (&line["issue"], &line["exit"])).collect();
    assert_eq!(exits, [(&OLDER.into(), &6.into()), (&ISSUE.into(), &3.into())]);
    assert_eq!(lines[1]["rejected"], 1, "{}", lines[1]);
}

#[test]
fn a_send_by_hand_says_it_in_json_too_and_cron_does_not_come_between() {
    let desk = Desk::new();
    let state = desk.publication.path(".newsletter/lock");
    let lock = std::fs::File::create(state).unwrap();
    lock.lock().unwrap();
    let ended = desk.at("2026-11-20T07:00:00Z", DUE);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    assert!(ended.messages.contains("another `newsletter send` is at work"));
    drop(lock);
    let ended = desk.at("2026-11-20T07:00:00Z", &["send", ISSUE, "--yes", "--json"]);
    let line: serde_json::Value = serde_json::from_str(&ended.output).unwrap();
    assert_eq!((&line["exit"], &line["accepted"]), (&0.into(), &READERS.into()), "{line}");
    assert_eq!(line["begun"], "2026-11-20T07:00:00Z");
    assert_silent(&desk.at("2026-11-20T07:00:00Z", DUE));
    assert_eq!(desk.messages(), READERS);
}

/// What an issue with these lines says of its time, in London.
fn read(lines: &str) -> (Option<Schedule>, Vec<Code>) {
    let source = Source::new("issues/x.toml", lines);
    let checked = schedule(&source, &TimeZone::get("Europe/London").unwrap());
    let codes = checked.diagnostics.iter().map(|found| found.code).collect();
    assert!(checked.diagnostics.iter().all(|found| Arc::ptr_eq(&found.source, &source)));
    (checked.value.flatten(), codes)
}

#[test]
fn a_time_is_that_of_the_clocks_where_the_publication_is() {
    let moment = |text: &str| text.parse::<Timestamp>().unwrap();
    for (local, utc) in [
        ("2026-03-29T00:59:59", "2026-03-29T00:59:59Z"),
        ("2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
        ("2026-07-01T07:00:00", "2026-07-01T06:00:00Z"),
        // The hour that comes twice, and its neighbours.
        ("2026-10-25T00:59:59", "2026-10-24T23:59:59Z"),
        ("2026-10-25T01:00:00", "2026-10-25T00:00:00Z"),
        ("2026-10-25T01:59:59", "2026-10-25T00:59:59Z"),
        ("2026-10-25T02:00:00", "2026-10-25T02:00:00Z"),
    ] {
        let expected = Schedule { send_at: moment(utc), not_after: None };
        assert_eq!(read(&format!("send_at = {local}")), (Some(expected), vec![]), "{local}");
    }
    for skipped in ["2026-03-29T01:00:00", "2026-03-29T01:59:59"] {
        assert_eq!(read(&format!("send_at = {skipped}")), (None, vec![Code::SkippedTime]));
    }
    let both = "not_after = 2026-03-29T01:30:00\nsend_at = 2026-03-29T00:30:00";
    assert_eq!(read(both), (None, vec![Code::SkippedTime]));
}

#[test]
fn a_time_counts_only_where_it_is_certain() {
    let good = Schedule { send_at: "2026-11-20T07:00:00Z".parse().unwrap(), not_after: None };
    let line = "send_at = 2026-11-20T07:00:00";
    assert_eq!(read(&format!("{line}\nnonsense = 1")), (Some(good), vec![]));
    assert_eq!(read(&format!("{line}\ntitle = ")), (Some(good), vec![]));
    assert_eq!(read("title = "), (None, vec![]));
    assert_eq!(read("not_after = 2026-11-20T07:00:00"), (None, vec![]));
    let codes = |lines: &str| read(lines).1;
    assert_eq!(codes("send_at = 7"), [Code::WrongType]);
    assert_eq!(codes("send_at = 9999-12-31T23:59:59"), [Code::Time]);
    assert_eq!(codes(&format!("{line}\nnot_after = 2026-11-20T06:00:00")), [Code::Time]);
    assert_eq!(codes("send_at = 2026-11-20 at 7"), [Code::Syntax]);
    assert_eq!(codes(&format!("{line}\nnot_after = noon")), [Code::Syntax]);
}
