//! Subscribers who join while a run is not finished: the run goes on, and each of them gets the right issue.

use mail_parser::MessageParser;
use newsletter::cli::Exit;
use newsletter::clock::Clock;
use newsletter::config::Tls;
use tokio::runtime::Runtime;

use crate::real::component::wait_until;
use crate::support::public::Public;
use crate::support::publication::{Ended, ISSUE, Publication};
use crate::support::smtp::{Act, Server};

const DUE: &[&str] = &["send", "--due"];

/// A publication of so many readers, whose newest issue is due without an end, and its mail server.
struct Post {
    publication: Publication,
    server: Server,
    _runtime: Runtime,
}

impl Post {
    fn new(readers: usize, send: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(|_| Act::Normal));
        let publication = Publication::with_readers(readers);
        let port = server.smtp(Tls::None).port;
        publication.set_server(&format!(
            "host = \"127.0.0.1\"\nport = {port}\ntls_type = \"none\"\nmax_conns = 1\n\n[send]\n{send}"
        ));
        for issue in publication.issues() {
            let path = format!("issues/{issue}.toml");
            let text = publication.read(&path);
            let dropped = if issue == ISSUE { "not_after" } else { "send_at" };
            let lines = text.lines().filter(|line| !line.starts_with(dropped));
            publication.write(&path, &lines.collect::<Vec<_>>().join("\n"));
        }
        let post = Self { publication, server, _runtime: runtime };
        assert_eq!(post.at("2026-11-01T00:00:00Z", &["send", "--dry-run"]).exit, Exit::Done);
        post
    }

    fn at(&self, moment: &str, arguments: &[&str]) -> Ended {
        self.publication.run_at(Clock::Fixed(moment.parse().unwrap()), arguments)
    }

    fn due(&self, day: usize) -> Ended {
        self.at(&format!("2026-11-{:02}T07:00:00Z", 20 + day), DUE)
    }

    /// How often each address got the issue, by address.
    fn got(&self) -> Vec<(String, usize)> {
        let mut got: Vec<String> = self.server.log(|log| {
            let issue = |(_, text): &&(String, String)| text.contains("List-Id: ");
            log.messages.iter().filter(issue).map(|(to, _)| to.clone()).collect()
        });
        got.sort();
        let mut counted: Vec<(String, usize)> = Vec::new();
        for address in got {
            match counted.last_mut().filter(|(last, _)| *last == address) {
                Some((_, count)) => *count += 1,
                None => counted.push((address, 1)),
            }
        }
        counted
    }

    fn replace(&self, old: &str, new: &str) {
        let list = self.publication.read("subscribers.csv");
        assert!(list.contains(old), "no {old} in {list}");
        self.publication.write("subscribers.csv", &list.replacen(old, new, 1));
    }
}

fn address(reader: usize) -> String {
    format!("reader-{reader:05}@{}", ["example.org", "example.com", "example.net"][reader % 3])
}

/// Signs an address up by the form, and confirms it with the link in the mail.
fn sign_up(post: &Post, public: &Public<'_>, address: &str) {
    assert_eq!(
        public.post("/subscribe", &format!("email={}", address.replace('@', "%40"))).status,
        200
    );
    let mail = || {
        post.server.log(|log| {
            let mail = log.messages.iter().find(|(to, _)| to == address);
            mail.map(|(_, text)| text.clone())
        })
    };
    wait_until("the mail to confirm is there", || mail().is_some());
    let mail = mail().unwrap();
    let body =
        MessageParser::default().parse(mail.as_bytes()).unwrap().body_text(0).unwrap().into_owned();
    let (_, rest) = body.split_once("https://tidewater.example.org/subscribe/").unwrap();
    let token: String =
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    let answer = public.post(&format!("/subscribe/{token}"), "act=confirm");
    assert_eq!(answer.status, 200);
    assert!(post.publication.read("subscribers.csv").contains(address), "{}", answer.body());
}

/// A warm-up of seven days, on each of which subscribers join in three ways; returns them.
fn week(post: &Post) -> Vec<String> {
    let public = Public::of(&post.publication);
    let mut joined = Vec::new();
    for day in 0..7 {
        let ended = post.due(day);
        let expected = if day < 6 { Exit::Unfinished } else { Exit::Done };
        let this_issue = post.publication.read("newsletter.toml").contains("this issue");
        let expected = if this_issue { Exit::Unfinished } else { expected };
        assert_eq!(ended.exit, expected, "day {day}: {}{}", ended.output, ended.messages);
        assert!(!ended.messages.contains("error"), "{}", ended.messages);
        if day == 6 {
            break;
        }
        let by_form = format!("form-{day}@example.org");
        sign_up(post, &public, &by_form);
        let by_hand = format!("hand-{day}@example.org");
        let added = post.publication.run(&["subscribers", "add", &by_hand]);
        assert_eq!(added.exit, Exit::Done, "{}", added.messages);
        let by_import = format!("import-{day}@example.org");
        post.publication.write("more.csv", &format!("email,first_name\n{by_import},Ida\n"));
        let imported = post.publication.run(&["subscribers", "import", "more.csv", "--yes"]);
        assert_eq!(imported.exit, Exit::Done, "{}", imported.messages);
        joined.extend([by_form, by_hand, by_import]);
    }
    joined
}

#[test]
fn a_warm_up_of_a_week_goes_on_though_subscribers_join_every_day_and_they_get_the_next_issue() {
    let post = Post::new(14, "warm_up = [2, 2, 2, 2, 2, 2, 2]");
    week(&post);
    let mut expected: Vec<_> = (1..=14).map(|reader| (address(reader), 1)).collect();
    expected.sort();
    assert_eq!(post.got(), expected);
    assert_eq!(post.publication.status()["generations"].as_array().unwrap().len(), 1);
    assert_eq!(post.at("2026-11-27T07:00:00Z", DUE).exit, Exit::Done);
    assert_eq!(post.got(), expected, "a finished run takes in nobody");
}

#[test]
fn subscribers_who_join_get_this_issue_where_the_settings_say_so() {
    let warm_up = "warm_up = [2, 2, 2, 2, 2, 2, 2]\nnew_subscribers = \"this issue\"";
    let post = Post::new(14, warm_up);
    let joined = week(&post);
    assert_eq!(joined.len(), 18);
    let ended = post.due(7);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let mut expected: Vec<_> = (1..=14).map(address).chain(joined).map(|to| (to, 1)).collect();
    expected.sort();
    assert_eq!(post.got(), expected);
}

#[test]
fn a_changed_or_removed_row_of_a_reader_who_is_still_to_be_served_is_asked_about() {
    let post = Post::new(6, "warm_up = [2, 2]");
    assert_eq!(post.due(0).exit, Exit::Unfinished);
    // Of those who have their letter nothing matters any more, and neither does the order.
    post.replace("Ada1,", "Eve1,");
    let list = post.publication.read("subscribers.csv");
    let mut lines: Vec<_> = list.lines().collect();
    lines[1..].reverse();
    post.publication.write("subscribers.csv", &(lines.join("\n") + "\n"));
    let ended = post.due(1);
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    assert_eq!(post.got().len(), 4);

    post.replace("Ada6,", "Eve6,");
    let list = post.publication.read("subscribers.csv");
    let kept = list.lines().filter(|line| !line.contains("Ada5,"));
    let added = kept.chain(["late@example.org,Late,,,,"]).collect::<Vec<_>>().join("\n");
    post.publication.write("subscribers.csv", &added);
    let ended = post.due(2);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains("the list changed since the run was begun"));
    let said = "of the readers still to be served, 1 row changed and 1 is removed; 1 is new";
    assert!(ended.messages.contains(said), "{}", ended.messages);
    assert_eq!(post.got().len(), 4);
    let ended = post.at("2026-11-22T07:00:00Z", &["send", "--due", "--as-begun"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(post.got().len(), 6);
}

#[test]
fn readers_who_leave_or_are_forgotten_stop_no_run() {
    let post = Post::new(6, "warm_up = [2]");
    assert_eq!(post.due(0).exit, Exit::Unfinished);
    let forgotten = post.publication.run(&["subscribers", "forget", &address(5), "--yes"]);
    assert_eq!(forgotten.exit, Exit::Done, "{}", forgotten.messages);
    let left = post.publication.run(&["suppressions", "add", &address(6)]);
    assert_eq!(left.exit, Exit::Done, "{}", left.messages);
    post.replace(&format!("{},Ada6,Pellow,Averley,member;coast,2014\n", address(6)), "");
    let ended = post.due(1);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let mut expected: Vec<_> = (1..=4).map(|reader| (address(reader), 1)).collect();
    expected.sort();
    assert_eq!(post.got(), expected);
}

/// Takes the default out of the only field of the newest issue.
fn without_default(post: &Post) {
    let path = format!("issues/{ISSUE}.toml");
    let text = post.publication.read(&path);
    assert!(text.contains("{{first_name|reader}}"));
    post.publication.write(&path, &text.replace("{{first_name|reader}}", "{{first_name}}"));
}

const STRANGER: &str = "stranger@example.org";

#[test]
fn a_person_who_sends_an_issue_fills_in_the_rows_first() {
    let post = Post::new(3, "");
    without_default(&post);
    assert_eq!(post.publication.run(&["subscribers", "add", STRANGER]).exit, Exit::Done);
    let by_hand = post.at("2026-11-20T07:00:00Z", &["send", ISSUE, "--yes"]);
    assert_eq!(by_hand.exit, Exit::Content, "{}", by_hand.messages);
    assert!(by_hand.messages.contains("E009"), "{}", by_hand.messages);
    assert_eq!(post.got(), []);
}

#[test]
fn a_stranger_without_a_name_is_set_aside_and_gets_it_when_the_row_is_filled_in() {
    let post = Post::new(3, "");
    without_default(&post);
    let added = post.publication.run(&["subscribers", "add", STRANGER]);
    assert_eq!(added.exit, Exit::Done, "{}", added.messages);
    let ended = post.due(0);
    assert_eq!(ended.exit, Exit::Partly, "{}", ended.messages);
    for said in [
        "warning: `first_name` is empty for stranger@example.org\n".to_owned(),
        format!("Set aside 1 reader: fill in the rows, then `newsletter send {ISSUE}`"),
    ] {
        assert!(ended.messages.contains(&said), "no {said} in {}", ended.messages);
    }
    assert_eq!(post.got().len(), 3);
    let again = post.due(0);
    assert_eq!((again.exit, &*again.messages), (Exit::Done, ""), "it is said once");
    let status = post.publication.run(&["status", ISSUE]);
    assert_eq!(status.exit, Exit::Partly, "{}", status.output);
    assert!(status.output.contains("set aside: `first_name` is empty"), "{}", status.output);
    gets_it_when_the_row_is_filled_in(&post);
}

/// Sends again before the row of the stranger is filled in, then, and after it.
fn gets_it_when_the_row_is_filled_in(post: &Post) {
    let nothing = post.at("2026-11-21T07:00:00Z", &["send", ISSUE, "--yes"]);
    assert_eq!(nothing.exit, Exit::Partly, "{}", nothing.messages);
    assert!(nothing.messages.contains("1 reader set aside"), "{}", nothing.messages);

    post.replace("stranger@example.org,,", "stranger@example.org,Sam,");
    let filled = post.at("2026-11-21T07:00:00Z", &["send", ISSUE, "--yes"]);
    assert_eq!(filled.exit, Exit::Done, "{}", filled.messages);
    let mut expected: Vec<_> = (1..=3).map(|reader| (address(reader), 1)).collect();
    expected.push((STRANGER.to_owned(), 1));
    expected.sort();
    assert_eq!(post.got(), expected);
    assert_eq!(post.publication.run(&["status", ISSUE]).exit, Exit::Done);
    let last = post.at("2026-11-21T08:00:00Z", &["send", ISSUE, "--yes"]);
    assert_eq!(last.exit, Exit::Done, "{}", last.messages);
    assert_eq!(post.got(), expected);
}

#[test]
fn a_stranger_without_a_name_who_joins_this_issue_stops_no_run() {
    let post = Post::new(4, "warm_up = [2]\nnew_subscribers = \"this issue\"");
    without_default(&post);
    assert_eq!(post.due(0).exit, Exit::Unfinished);
    assert_eq!(post.publication.run(&["subscribers", "add", STRANGER]).exit, Exit::Done);
    let ended = post.due(1);
    assert_eq!(ended.exit, Exit::Partly, "{}", ended.messages);
    assert!(ended.messages.contains("is empty for stranger@example.org"), "{}", ended.messages);
    assert_eq!(post.got().len(), 4);
}

#[test]
fn where_every_row_lacks_something_the_issue_is_wrong_and_nothing_is_sent() {
    let post = Post::new(1, "");
    without_default(&post);
    post.replace("Ada1", "");
    let ended = post.due(0);
    assert_eq!(ended.exit, Exit::Content, "{}", ended.messages);
    assert!(ended.messages.contains("E009"), "{}", ended.messages);
    assert_eq!(post.got(), []);
}

/// The words of a letter in one line.
fn words(letter: &str) -> String {
    let text = letter.replace("\r\n", "\n").replace("=\n", "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_default_of_a_column_stands_in_every_letter_and_name_whose_cell_is_empty() {
    let post = Post::new(2, "\n[audience.defaults]\nFirst_Name = \"friend\"");
    without_default(&post);
    let settings = post.publication.read("newsletter.toml");
    let settings =
        settings.replace("{{first_name|}} {{last_name|}}", "{{first_name}} {{last_name|}}");
    post.publication.write("newsletter.toml", &settings);
    assert_eq!(post.publication.run(&["subscribers", "add", STRANGER]).exit, Exit::Done);
    let text = post.publication.run(&["render", ISSUE, "--as", "text", "--for", STRANGER]).output;
    assert!(text.contains("Dear friend,"), "{text}");
    let checked = post.publication.run(&["check", ISSUE]);
    assert_eq!(checked.exit, Exit::Done, "{}", checked.messages);
    let ended = post.due(0);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let letters = post.server.log(|log| log.messages.clone());
    let (_, letter) = letters.iter().find(|(to, _)| to == STRANGER).unwrap();
    let to = letter.lines().find(|line| line.starts_with("To: ")).unwrap();
    assert_eq!(to.replace('"', ""), "To: friend <stranger@example.org>");
    assert!(words(letter).contains("Dear friend,"), "{letter}");
    let (_, letter) = letters.iter().find(|(to, _)| *to == address(1)).unwrap();
    assert!(words(letter).contains("Dear Ada1,"), "{letter}");
    // A list without the column will do.
    post.publication
        .write("subscribers.csv", "email,town,member_since\nann@example.org,Averley,2014\n");
    let checked = post.publication.run(&["check", ISSUE]);
    assert_eq!(checked.exit, Exit::Done, "{}", checked.messages);
}

#[test]
fn where_sign_up_is_open_a_field_without_a_default_is_a_warning() {
    let post = Post::new(2, "");
    without_default(&post);
    let warned = |settings: &str| {
        let before = post.publication.read("newsletter.toml");
        post.publication.write("newsletter.toml", &format!("{before}\n{settings}\n"));
        let checked = post.publication.run(&["check", ISSUE]);
        post.publication.write("newsletter.toml", &before);
        assert_eq!(checked.exit, Exit::Done, "{}", checked.messages);
        checked.messages.matches("warning[W033]").count()
    };
    assert_eq!(warned(""), 0, "there is no form");
    assert_eq!(warned("[serve]\nsubscribe = false"), 0);
    assert_eq!(warned("[serve]"), 1);
    assert_eq!(warned("[serve]\n[audience.defaults]\nfirst_name = \"reader\""), 0);
    // What only members get reaches nobody who signs up, unless the form lets people in.
    let path = format!("issues/{ISSUE}.toml");
    let text = post.publication.read(&path);
    post.publication.write(&path, &text.replace("\"all\"", "\"members\""));
    assert_eq!(warned("[serve]"), 0);
    let settings = post.publication.read("newsletter.toml");
    let open = "members = { tag = \"member\", title = \"Members\", join = true }";
    let settings = settings.replace("members = { tag = \"member\" }", open);
    assert!(settings.contains(open));
    post.publication.write("newsletter.toml", &settings);
    assert_eq!(warned("[serve]"), 1);
}
