//! Lists, issues, mails and arguments with control characters in, output that moves no cursor out.

use newsletter::cli::Exit;

use crate::support::publication::{ISSUE, Publication};

/// Clears the screen, and sets the title of the window.
const ESCAPE: &str = "\u{1b}[2J\u{1b}]0;pwn\u{7}";
/// Turns the direction of what follows.
const BIDI: &str = "\u{202e}";
/// A control sequence in one character of C1.
const C1: &str = "\u{9b}31m";

/// A publication of which every file says what a terminal obeys.
fn hostile() -> Publication {
    let publication = Publication::sample();
    publication.write(
        "subscribers.csv",
        &format!(
            "email,first_name,c{ESCAPE}\nx{ESCAPE}@example.org,a\n\
             ok@example.org,\"N{ESCAPE}{BIDI}{C1}\",\"x\"\nbad,{ESCAPE}\n"
        ),
    );
    publication.write(
        "suppressions.csv",
        &format!("address,reason\nq@example.org,\"r{ESCAPE}{BIDI}{C1}\nerror: forged\"\n"),
    );
    let name = format!("issues/e{}.toml", ESCAPE.replace('/', ""));
    publication.write(&name, &format!("title = \"x\"\n# {ESCAPE}\nfoo{ESCAPE}{BIDI}{C1} = 1\n"));
    publication.write(
        "b.eml",
        &format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@x{ESCAPE}\r\nTo: a@example.org\r\n\
             Subject: Undelivered{ESCAPE}{BIDI}\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nx{ESCAPE}\r\n--b\r\n\
             Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; m\r\n\r\n\
             Final-Recipient: rfc822; ok@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 no{ESCAPE}{C1}\r\n\r\n--b--\r\n"
        ),
    );
    let log = format!(
        "192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] \"POST /unsubscribe/AAAA{ESCAPE} HTTP/1.1\" 200 0\n"
    );
    publication.write("access.log", &log);
    publication
}

fn is_safe(text: &str) -> bool {
    let dangerous = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !text.replace("\r\n", "\n").contains(dangerous)
}

#[test]
fn no_control_character_of_a_file_or_an_argument_reaches_a_terminal() {
    let publication = hostile();
    // Only its folder has the key that a bounce is read with.
    publication.run(&["render", ISSUE]);
    let (issue, reader) = (format!("e{ESCAPE}"), format!("x{ESCAPE}{C1}\nerror: forged"));
    let commands: [&[&str]; 18] = [
        &["check"],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["subscribers", "list"],
        &["subscribers", "list", "--json"],
        &["subscribers", "check"],
        &["subscribers", "check", "--json"],
        &["subscribers", "export", "--one", "ok@example.org"],
        &["suppressions", "list"],
        &["suppressions", "list", "--json"],
        &["bounces", "explain", "b.eml"],
        &["bounces", "b.eml"],
        &["bounces", "b.eml", "--json"],
        &["unsubscribe", "apply", "access.log"],
        &["send", &issue],
        &["send", &reader, "--yes"],
        &["send", "--due"],
        &["build"],
    ];
    for arguments in commands {
        let ended = publication.run(arguments);
        assert!(is_safe(&ended.output), "{arguments:?}: {:?}", ended.output);
        assert!(is_safe(&ended.messages), "{arguments:?}: {:?}", ended.messages);
        let forged = |text: &str| text.lines().any(|line| line == "error: forged");
        assert!(!forged(&ended.output) && !forged(&ended.messages), "{arguments:?}");
        if arguments.contains(&"--json") || arguments.contains(&"json") {
            for document in serde_json::Deserializer::from_str(&ended.output).into_iter() {
                assert!(serde_json::Value::is_object(&document.unwrap()));
            }
        }
    }
}

#[test]
fn what_is_data_goes_into_a_pipe_byte_for_byte() {
    let publication = hostile();
    let ended = publication.run(&["subscribers", "export", "--raw"]);
    assert_eq!(ended.exit, Exit::Partly, "two rows are no readers: {}", ended.messages);
    assert!(ended.output.contains(&format!("N{ESCAPE}{BIDI}{C1}")), "{:?}", ended.output);
}

#[test]
fn a_value_in_json_is_the_same_after_it_was_escaped() {
    let publication = hostile();
    let ended = publication.run(&["suppressions", "list", "--json"]);
    let line: serde_json::Value =
        serde_json::from_str(ended.output.lines().next().unwrap()).unwrap();
    assert_eq!(line["reason"], format!("r{ESCAPE}{BIDI}{C1}\nerror: forged"));
    assert!(ended.output.contains("\\u202e") && ended.output.contains("\\u009b"));
}
