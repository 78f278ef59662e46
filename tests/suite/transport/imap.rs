//! An IMAP server that says what it likes in, what the client makes of it out: it neither hangs nor tells a password.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use newsletter::config::{Imap, Secret, Tls};
use newsletter::transport::{ImapError, ImapMailbox};
use proptest::prelude::*;
use secrecy::SecretString;

const PASSWORD: &str = "sixty four geese";

/// A server that greets, answers each line of the client with what `answer` makes of its words, and
/// remembers the lines; it goes away after another greeting than a good one, or without an answer.
struct Server {
    settings: Imap,
    lines: Arc<Mutex<Vec<String>>>,
    task: Option<JoinHandle<()>>,
}

impl Server {
    fn start(
        greeting: impl Into<Vec<u8>>,
        answer: impl Fn(&str, &str) -> Vec<u8> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (greeting, lines) = (greeting.into(), Arc::new(Mutex::new(Vec::new())));
        let seen = Arc::clone(&lines);
        let task = thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let input = BufReader::new(socket.try_clone().unwrap());
            // A client that has heard enough goes away.
            drop(socket.write_all(&greeting));
            if !greeting.starts_with(GREETING.as_bytes()) {
                return;
            }
            let answered = |line: &String| {
                seen.lock().unwrap().push(line.clone());
                let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
                let said = answer(tag, command);
                !said.is_empty() && socket.write_all(&said).is_ok()
            };
            drop(input.lines().map_while(Result::ok).take_while(answered).last());
        });
        let settings = Imap {
            host: "127.0.0.1".to_owned(),
            port,
            tls: Tls::None,
            ca_file: None,
            username: "b".to_owned(),
            password: Secret::Env("P".to_owned()),
            mailbox: "In \"box\"\r\n".to_owned(),
            move_to: Some("Done".to_owned()),
        };
        Self { settings, lines, task: Some(task) }
    }

    fn open(&self) -> Result<ImapMailbox, ImapError> {
        ImapMailbox::open(&self.settings, &SecretString::from(PASSWORD))
    }

    /// What the client said without its tags, once it is gone.
    fn lines(mut self) -> Vec<String> {
        self.task.take().unwrap().join().unwrap();
        let lines = self.lines.lock().unwrap();
        lines
            .iter()
            .map(|line| line.split_once(' ').map_or(line.as_str(), |(_, c)| c).to_owned())
            .collect()
    }
}

const GREETING: &str = "* OK ready\r\n";

/// What a good server says; `capabilities` are what it can do.
fn good(tag: &str, command: &str, capabilities: &str) -> Vec<u8> {
    let untagged = match command.split(' ').take(2).collect::<Vec<_>>().join(" ").as_str() {
        "AUTHENTICATE PLAIN" => return b"+ \r\n".to_vec(),
        "" => return b"a1 OK welcome\r\n".to_vec(), // the password
        "CAPABILITY" => format!("* CAPABILITY IMAP4rev1 {capabilities}\r\n"),
        "UID SEARCH" => "* 5 EXISTS\r\n* SEARCH 7 3\r\n* SEARCH\r\n".to_owned(),
        "UID FETCH" => "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 3 BODY[]<0> {13}\r\nSubject: a\r\n\n FLAGS ())\r\n".to_owned(),
        _ => String::new(),
    };
    format!("{untagged}{tag} OK done\r\n").into_bytes()
}

#[test]
fn a_message_is_fetched_unread_and_then_marked_and_moved() {
    for (capabilities, moved) in [
        ("MOVE", vec!["UID MOVE 3 \"Done\""]),
        (
            "UIDPLUS",
            vec!["UID COPY 3 \"Done\"", "UID STORE 3 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 3"],
        ),
        ("", vec!["UID COPY 3 \"Done\"", "UID STORE 3 +FLAGS.SILENT (\\Deleted)"]),
    ] {
        let server = Server::start(GREETING, move |tag, command| good(tag, command, capabilities));
        let mut mailbox = server.open().unwrap();
        assert_eq!(mailbox.unread().unwrap(), [3, 7]);
        assert_eq!(mailbox.fetch(3, 1_000).unwrap().unwrap(), b"Subject: a\r\n\n");
        mailbox.mark(3).unwrap();
        mailbox.close();
        let lines = server.lines();
        assert_eq!(
            lines[2..6],
            [
                "CAPABILITY",
                "SELECT \"In \\\"box\\\"\"",
                "UID SEARCH UNSEEN UNDELETED",
                "UID FETCH 3 (UID BODY.PEEK[]<0.1000>)"
            ]
        );
        assert_eq!(lines[6], "UID STORE 3 +FLAGS.SILENT (\\Seen)");
        assert_eq!(lines[7..lines.len() - 1], moved);
    }
}

#[test]
fn a_server_that_refuses_is_told_from_one_that_is_lost_and_no_error_tells_the_password() {
    let refused = |at: &'static str| {
        Server::start(GREETING, move |tag, command| match command.starts_with(at) {
            true => format!("{tag} NO not you\r\n").into_bytes(),
            false => good(tag, command, ""),
        })
    };
    for (server, refused) in [
        (Server::start("* BYE go away\r\n", |_, _| Vec::new()), true),
        (refused("AUTHENTICATE"), true),
        (refused("SELECT"), true),
        (refused("CAPABILITY"), true),
        (Server::start("", |_, _| Vec::new()), false),
        (Server::start(GREETING, |_, _| Vec::new()), false),
    ] {
        let error = server.open().unwrap_err();
        assert_eq!(matches!(error, ImapError::Refused { .. }), refused, "{error:?}");
        assert!(!format!("{error:?} {error}").contains(PASSWORD));
    }
}

#[test]
fn more_than_anybody_asked_for_is_not_taken() {
    for (at, said) in [
        ("UID FETCH", "* 1 FETCH (BODY[]<0> {99999999999}\r\n".to_owned()),
        ("UID FETCH", "* 1 FETCH (BODY[]<0> {18446744073709551616}\r\n".to_owned()),
        ("UID SEARCH", format!("* SEARCH {}", "1".repeat(17_000_000))),
        ("UID SEARCH", "* 1 EXISTS\r\n".repeat(100_002)),
    ] {
        let server = Server::start(GREETING, move |tag, command| match command.starts_with(at) {
            true => said.clone().into_bytes(),
            false => good(tag, command, ""),
        });
        let mut mailbox = server.open().unwrap();
        let ended = match at {
            "UID FETCH" => mailbox.fetch(3, 1_000).map(drop),
            _ => mailbox.unread().map(drop),
        };
        drop(mailbox);
        assert!(ended.is_err(), "{at}");
    }
}

#[test]
fn text_behind_the_answer_to_starttls_is_not_believed() {
    let mut server = Server::start(GREETING, |tag, _| {
        format!("{tag} OK go on\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n").into_bytes()
    });
    server.settings.tls = Tls::StartTls;
    let error = server.open().unwrap_err();
    assert!(error.to_string().contains("cannot trust"), "{error}");
    assert_eq!(server.lines(), ["STARTTLS"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_an_error_and_no_panic(greets: bool, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let greeting = [if greets { GREETING.as_bytes() } else { b"" }, &bytes].concat();
        let server = Server::start(greeting, |_, _| Vec::new());
        prop_assert!(server.open().is_err());
    }
}

/// A server that goes on for ever with a command, and what it goes on with.
fn endless(at: &'static str, piece: Vec<u8>) -> (Imap, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let template = Server::start(GREETING, |_, _| Vec::new());
    let settings = Imap { port, ..template.settings.clone() };
    let task = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let input = BufReader::new(socket.try_clone().unwrap());
        socket.write_all(GREETING.as_bytes()).unwrap();
        let answered = |line: &String| {
            let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
            !command.starts_with(at) && socket.write_all(&good(tag, command, "")).is_ok()
        };
        drop(input.lines().map_while(Result::ok).take_while(answered).last());
        // Until the client goes away.
        while socket.write_all(&piece).is_ok() {}
    });
    drop(std::net::TcpStream::connect(("127.0.0.1", template.settings.port)));
    (settings, task)
}

#[test]
fn all_answers_to_a_command_together_have_a_bound() {
    let literal = |length: usize| {
        let head = format!("* 1 FETCH (BODY[]<0> {{{length}}}\r\n");
        [head.as_bytes(), &vec![b'a'; length], b")\r\n"].concat()
    };
    for (at, piece) in [
        ("SELECT", literal(1_000_000)),
        ("SELECT", literal(0).repeat(100)),
        ("SELECT", [vec![b'x'; 1_000], b"{0}\r\n".to_vec()].concat()),
        ("UID SEARCH", b"{0}\r\n".repeat(100)),
        ("UID FETCH", literal(500_000)),
    ] {
        let (settings, task) = endless(at, piece);
        let ended =
            ImapMailbox::open(&settings, &SecretString::from(PASSWORD)).and_then(|mut mailbox| {
                mailbox.unread()?;
                mailbox.fetch(3, 1_000).map(drop)
            });
        assert!(matches!(ended, Err(ImapError::Garbled(_))), "{at}: {ended:?}");
        task.join().unwrap();
    }
}

#[test]
fn a_server_that_sends_a_byte_now_and_then_has_a_time() {
    let (settings, task) = endless("SELECT", b"a".to_vec());
    let password = SecretString::from(PASSWORD);
    let ended =
        ImapMailbox::open_within(std::time::Duration::from_millis(100), &settings, &password);
    assert!(matches!(ended, Err(ImapError::Lost(_) | ImapError::Garbled(_))), "{ended:?}");
    task.join().unwrap();
}
