//! One connection: encrypted and logged in as the settings say, or not at all.

mod imap;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use newsletter::config::{AuthProtocol, Login, Secret, Smtp, Timeouts, Tls};
use newsletter::transport;
use newsletter::transport::{Connection, Error, Maildir, MaildirError, Stage, file_name};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use secrecy::SecretString;
use tokio_rustls::TlsAcceptor;

use crate::support::smtp::{Act, Point, Server, Setup, when};

const PASSWORD: &str = "correct horse battery staple";

/// A certificate for `localhost` and the server's half of it; `ca.pem` is written to the folder.
fn certificate(folder: &Path) -> TlsAcceptor {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join("ca.pem"), signed.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A server that can be talked to under TLS, and the settings that trust it.
async fn encrypted(
    tls: Tls,
    ehlo: &'static [&'static str],
    script: impl FnMut(&Point<'_>) -> Act + Send + 'static,
) -> (Server, Smtp, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let acceptor = Some(certificate(folder.path()));
    let setup = Setup { ehlo, tls: acceptor, implicit: tls == Tls::Implicit, ..Setup::default() };
    let server = Server::start_as(setup, script).await;
    let ca_file = Some(folder.path().join("ca.pem"));
    let smtp = Smtp { ca_file, ..server.smtp(tls) };
    (server, smtp, folder)
}

fn login(protocol: AuthProtocol) -> Option<Login> {
    let password = Secret::Env("SMTP_PASSWORD".to_owned());
    Some(Login { username: "ada".to_owned(), password, protocol })
}

async fn connect(smtp: &Smtp) -> Result<Connection, Error> {
    let password = smtp.login.is_some().then(|| SecretString::from(PASSWORD));
    transport::Server::new(smtp, password)?.connect().await
}

fn commands(server: &Server) -> Vec<String> {
    server.log(|log| log.commands.iter().map(|(command, _)| command.clone()).collect())
}

/// An error with all its causes, as a person or a log gets to see it.
fn told(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.extend([": ", &error.to_string(), " ", &format!("{error:?}")]);
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn a_login_happens_under_tls_and_only_there() {
    for (tls, protocol) in
        [(Tls::Implicit, AuthProtocol::Plain), (Tls::StartTls, AuthProtocol::Plain)]
    {
        let (server, mut smtp, _folder) =
            encrypted(tls, &["STARTTLS", "AUTH PLAIN LOGIN", "PIPELINING"], |_| Act::Normal).await;
        smtp.login = login(protocol);
        let connection = connect(&smtp).await.unwrap();
        assert!(connection.offers().pipelining);
        connection.quit().await;
        let expected: &[&str] = match tls {
            Tls::StartTls => &["EHLO client.example.org", "STARTTLS"],
            Tls::Implicit | Tls::None => &[],
        };
        let plain = "AUTH PLAIN AGFkYQBjb3JyZWN0IGhvcnNlIGJhdHRlcnkgc3RhcGxl";
        let expected = [expected, &["EHLO client.example.org", plain, "QUIT"]].concat();
        assert_eq!(commands(&server), expected);
    }
}

#[tokio::test]
async fn a_login_in_two_steps_tells_name_and_password_when_asked() {
    let script = |p: &Point<'_>| match (p.verb, p.nth) {
        ("AUTH", _) => Act::Say("334 VXNlcm5hbWU6"),
        ("?", 1) => Act::Say("334 UGFzc3dvcmQ6"),
        _ => Act::Normal,
    };
    let (server, mut smtp, _folder) = encrypted(Tls::Implicit, &["auth login"], script).await;
    smtp.login = login(AuthProtocol::Login);
    connect(&smtp).await.unwrap().quit().await;
    let said = ["AUTH LOGIN", "YWRh", "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==", "QUIT"];
    assert_eq!(commands(&server)[1..], said);
}

#[tokio::test]
async fn a_login_in_two_steps_goes_by_the_order_of_the_questions_and_not_by_their_words() {
    for [name, password] in [
        ["334 ", "334 "],
        ["334 VXNlciBOYW1lAA==", "334 UGFzc3dvcmQA"],
        ["334 QmVudXR6ZXJuYW1lOg==", "334 S2VubndvcnQ6"],
        ["334 UGFzc3dvcmQ6", "334 VXNlcm5hbWU6"],
        ["334 not base64, at all", "334 =="],
    ] {
        let script = move |p: &Point<'_>| match (p.verb, p.nth) {
            ("AUTH", _) => Act::Say(name),
            ("?", 1) => Act::Say(password),
            _ => Act::Normal,
        };
        let (server, mut smtp, _folder) = encrypted(Tls::Implicit, &["AUTH LOGIN"], script).await;
        smtp.login = login(AuthProtocol::Login);
        connect(&smtp).await.unwrap().quit().await;
        let said = ["AUTH LOGIN", "YWRh", "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==", "QUIT"];
        assert_eq!(commands(&server)[1..], said, "{name}");
    }
}

#[tokio::test]
async fn a_login_with_an_access_token_is_told_in_one_step() {
    let (server, mut smtp, _folder) =
        encrypted(Tls::Implicit, &["AUTH LOGIN XOAUTH2"], |_| Act::Normal).await;
    smtp.login = login(AuthProtocol::XOauth2);
    connect(&smtp).await.unwrap().quit().await;
    // user=ada^Aauth=Bearer correct horse battery staple^A^A
    let said = "AUTH XOAUTH2 dXNlcj1hZGEBYXV0aD1CZWFyZXIgY29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQEB";
    assert_eq!(commands(&server)[1..], [said, "QUIT"]);
}

#[tokio::test]
async fn an_access_token_that_is_too_old_is_refused_with_the_servers_words() {
    // What is wrong comes as a challenge, and the refusal behind an empty answer.
    let script = |p: &Point<'_>| match p.verb {
        "AUTH" => Act::Say("334 eyJzdGF0dXMiOiI0MDEifQ=="),
        "" | "?" => Act::Say("535 5.7.8 Username and Password not accepted"),
        _ => Act::Normal,
    };
    let (_server, mut smtp, _folder) = encrypted(Tls::Implicit, &["AUTH XOAUTH2"], script).await;
    smtp.login = login(AuthProtocol::XOauth2);
    let error = connect(&smtp).await.unwrap_err();
    let told = told(&error);
    assert!(told.contains("535 5.7.8") && !told.contains("correct"), "{told}");
    assert!(error.is_permanent());
}

/// What a server says that repeats what it was told.
const REPEATED: &str =
    "535 5.7.8 not AGFkYQBjb3JyZWN0IGhvcnNlIGJhdHRlcnkgc3RhcGxl: correct horse battery staple";

#[tokio::test]
async fn a_refused_login_names_the_reply_and_not_the_password() {
    for (ehlo, reply) in [
        (&["AUTH PLAIN"], "535 5.7.8 wrong"),
        (&["AUTH PLAIN"], REPEATED),
        (&["AUTH PLAIN"], "454 4.7.0 too many logins"),
        (&["AUTH PLAIN"], "334 and now?"),
        (&["AUTH LOGIN"], "235 ok"),
    ] {
        let script =
            move |p: &Point<'_>| if p.verb == "AUTH" { Act::Say(reply) } else { Act::Normal };
        let (_server, mut smtp, _folder) = encrypted(Tls::Implicit, ehlo, script).await;
        smtp.login = login(AuthProtocol::Plain);
        let error = connect(&smtp).await.unwrap_err();
        let told = told(&error);
        assert!(!told.contains("correct") && !told.contains("Y29ycmVj"), "{told}");
        assert!(!told.contains("AGFkYQ"), "{told}");
        match (reply, &error) {
            ("535 5.7.8 wrong" | REPEATED, Error::Refused { stage: Stage::Login, .. })
            | ("235 ok", Error::NoLogin { .. }) => assert!(error.is_permanent()),
            ("454 4.7.0 too many logins", Error::Refused { stage: Stage::Login, .. })
            | ("334 and now?", Error::Protocol { .. }) => assert!(!error.is_permanent()),
            _ => panic!("{reply}: {told}"),
        }
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_ends_the_connection() {
    for tls in [Tls::Implicit, Tls::StartTls] {
        let (server, smtp, folder) = encrypted(tls, &["STARTTLS"], |_| Act::Normal).await;
        let other = tempfile::tempdir().unwrap();
        drop(certificate(other.path()));
        let strangers = Smtp { ca_file: Some(other.path().join("ca.pem")), ..smtp.clone() };
        let by_address = Smtp { host: "127.0.0.1".to_owned(), ..smtp.clone() };
        for smtp in [strangers, by_address] {
            let error = connect(&smtp).await.unwrap_err();
            assert!(matches!(error, Error::Tls { .. }) && error.is_permanent(), "{}", told(&error));
        }
        assert!(
            commands(&server)
                .iter()
                .skip(2)
                .all(|command| command.starts_with("EHLO") || command == "STARTTLS")
        );
        connect(&smtp).await.unwrap().quit().await;
        fs::write(folder.path().join("ca.pem"), "nothing").unwrap();
        assert!(matches!(connect(&smtp).await, Err(Error::CaFile { .. })));
    }
}

#[tokio::test]
async fn starttls_is_never_done_without() {
    let (server, smtp, _folder) = encrypted(Tls::StartTls, &["PIPELINING"], |_| Act::Normal).await;
    assert!(matches!(connect(&smtp).await, Err(Error::NoStartTls { .. })));
    assert_eq!(commands(&server), ["EHLO client.example.org"]);

    let script = |p: &Point<'_>| match p.verb {
        "STARTTLS" => Act::Say("454 4.7.0 TLS not available"),
        _ => Act::Normal,
    };
    let (_server, smtp, _folder) = encrypted(Tls::StartTls, &["STARTTLS"], script).await;
    let error = connect(&smtp).await.unwrap_err();
    assert!(matches!(error, Error::Refused { stage: Stage::StartTls, .. }));
}

#[tokio::test]
async fn text_behind_the_answer_to_starttls_is_taken_for_an_attack() {
    let script = |p: &Point<'_>| match p.verb {
        "STARTTLS" => Act::Say("220 go ahead\r\n250-mail.example.org\r\n250 AUTH PLAIN"),
        _ => Act::Normal,
    };
    let (server, smtp, _folder) = encrypted(Tls::StartTls, &["STARTTLS"], script).await;
    let error = connect(&smtp).await.unwrap_err();
    assert!(matches!(error, Error::Injected { .. }) && error.is_permanent(), "{}", told(&error));
    assert_eq!(commands(&server), ["EHLO client.example.org", "STARTTLS"]);
}

#[tokio::test]
async fn what_a_server_says_at_the_door_is_told() {
    for (verb, stage) in [("CONNECT", Stage::Greeting), ("EHLO", Stage::Hello)] {
        let script = when(move |p| p.verb == verb, Act::Say("554 5.7.1 not you"));
        let server = Server::start(script).await;
        let Error::Refused { stage: at, reply } =
            connect(&server.smtp(Tls::None)).await.unwrap_err()
        else {
            panic!("another error");
        };
        assert_eq!((at, reply.to_string().as_str()), (stage, "554 5.7.1 not you"));
    }
}

#[tokio::test]
async fn a_server_that_is_silent_or_talks_nonsense_is_left_in_time() {
    type Expected = fn(&Error) -> bool;
    let cases: [(Act, Expected); 5] = [
        (Act::Hang, |e| matches!(e, Error::TimedOut)),
        (Act::Close, |e| matches!(e, Error::Lost { .. })),
        (Act::Say("HTTP/1.1 400 Bad Request"), |e| matches!(e, Error::Protocol { .. })),
        (Act::Say("220-a\r\n250 b"), |e| matches!(e, Error::Protocol { .. })),
        (Act::SayAndClose("220-endless"), |e| matches!(e, Error::Lost { .. })),
    ];
    for (act, expected) in cases {
        let said = act.clone();
        let server = Server::start(move |_| act.clone()).await;
        let error = connect(&server.smtp(Tls::None)).await.unwrap_err();
        assert!(expected(&error), "{said:?}: {}", told(&error));
    }
}

#[tokio::test]
async fn a_reply_of_any_length_and_a_bare_code_are_heard() {
    let long: &'static str = format!("550 5.1.1 {}", "x".repeat(70_000)).leak();
    let endless: &'static str = "550-y\r\n".repeat(40_000).leak();
    let script = move |p: &Point<'_>| match p.nth {
        _ if p.verb != "MAIL" => Act::Normal,
        1 => Act::Say(long),
        2 => Act::Say("250"),
        3 => Act::Say("\u{1b}[2J"),
        _ => Act::Say(endless),
    };
    let server = Server::start(script).await;
    let mut connection = connect(&server.smtp(Tls::None)).await.unwrap();
    let reply = connection.command("MAIL FROM:<>\r\n").await.unwrap();
    assert_eq!((reply.code, reply.enhanced), (550, Some((5, 1, 1))));
    assert!(reply.text.len() < 1000);
    assert_eq!(connection.command("MAIL FROM:<>\r\n").await.unwrap().to_string(), "250");
    let error = connection.command("MAIL FROM:<>\r\n").await.unwrap_err();
    assert!(matches!(error, Error::Protocol { .. }), "{}", told(&error));

    let server =
        Server::start(move |p| if p.verb == "MAIL" { Act::Say(endless) } else { Act::Normal });
    let server = server.await;
    let mut connection = connect(&server.smtp(Tls::None)).await.unwrap();
    let error = connection.command("MAIL FROM:<>\r\n").await.unwrap_err();
    assert!(matches!(error, Error::Protocol { .. }), "{}", told(&error));
}

#[tokio::test]
async fn a_goodbye_that_is_not_answered_is_not_waited_for() {
    let script = |p: &Point<'_>| if p.verb == "QUIT" { Act::Hang } else { Act::Normal };
    let server = Server::start(script).await;
    let smtp = Smtp { timeouts: Timeouts::all(Duration::from_secs(60)), ..server.smtp(Tls::None) };
    let connection = connect(&smtp).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), connection.quit()).await.unwrap();
}

#[test]
fn a_dry_run_makes_a_maildir_and_touches_no_other_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dry/run");
    let maildir = Maildir::create(&path).unwrap();
    let name = file_name(17, &"ada@example.org".parse().unwrap());
    assert_eq!(name, "00017-ada_example.org.eml");
    let written = maildir.write(&name, b"Subject: x\r\n\r\n").unwrap();
    assert_eq!(written, path.join("new").join(&name));
    assert_eq!(fs::read(written).unwrap(), b"Subject: x\r\n\r\n");
    for name in ["", "..", ".x", "../x", "a/b", "/etc/x", "a\\b", "a\0b"] {
        assert!(matches!(maildir.write(name, b""), Err(MaildirError::Name(_))), "{name}");
    }
    fs::write(path.join("new/mine.txt"), "kept").unwrap();
    Maildir::create(&path).unwrap();
    let left: Vec<_> = fs::read_dir(path.join("new")).unwrap().collect();
    assert_eq!(left.len(), 1);

    let other = folder.path().join("other");
    fs::create_dir_all(other.join("new")).unwrap();
    fs::write(other.join("new/letter.eml"), "kept").unwrap();
    assert!(matches!(Maildir::create(&other), Err(MaildirError::Foreign(_))));
    assert!(other.join("new/letter.eml").exists() && !other.join("cur").exists());
}

proptest::proptest! {
    #[test]
    fn a_file_name_is_short_and_plain(local in "[!#$%&'*+/=?^_`{|}~a-zé0-9-]{1,60}", number in 0_usize..10_000_000) {
        if let Ok(address) = format!("{local}@example.org").parse() {
            let name = file_name(number, &address);
            proptest::prop_assert!(name.len() <= 200 && name.ends_with(".eml"));
            proptest::prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b)));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_dry_run_is_for_its_owner_alone_in_whatever_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let (new, open) = (folder.path().join("made/out"), folder.path().join("open"));
    // One that is there keeps its own mode; what an earlier dry run made in it does not.
    fs::create_dir_all(open.join("new")).unwrap();
    fs::write(open.join(".newsletter-dry-run"), "").unwrap();
    for path in [&open, &open.join("new")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    for (path, own) in [(&new, 0o700), (&open, 0o755)] {
        let written = Maildir::create(path).unwrap().write("a.eml", b"x").unwrap();
        assert_eq!(mode(path), own);
        assert_eq!(mode(&written), 0o600);
        assert_eq!(mode(&path.join(".newsletter-dry-run")), 0o600);
        for part in ["cur", "new", "tmp"] {
            assert_eq!(mode(&path.join(part)), 0o700, "{part}");
        }
    }
    assert_eq!(mode(&folder.path().join("made")), 0o700);
}
