//! Places to listen at in, pages there or a word why not out.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};

use newsletter::cli::Exit;

use crate::real::component::{signal, wait_until};
use crate::support::public::{Public, request};
use crate::support::publication::Publication;

/// Asks through a socket of the file system.
fn ask(publication: &Publication) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(publication.path("serve.sock"))?;
    stream.write_all(request("x", "GET", "/healthz", &[], "").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_socket_of_the_file_system_is_made_also_where_a_killed_server_left_one_and_goes_away() {
    let publication = Publication::sample();
    drop(UnixListener::bind(publication.path("serve.sock")).unwrap());
    let settings = publication.read("newsletter.toml");
    let lines = "[serve]\nlisten = \"unix:serve.sock\"\nmetrics = \"127.0.0.1:0\"\n";
    publication.write("newsletter.toml", &format!("{settings}\n{lines}"));
    let public = Public::start(&publication);
    assert!(public.host.ends_with("/serve.sock"), "{}", public.host);
    wait_until("it answers", || ask(&publication).is_ok());
    let answer = ask(&publication).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n"), "{answer}");
    // A second one does not take the place of the first.
    let second = publication.run(&["serve"]);
    assert_eq!(second.exit, Exit::Usage, "{}", second.messages);
    signal(&public.running, "TERM");
    assert_eq!(public.wait().code(), Some(0));
    assert!(!publication.path("serve.sock").exists());
}

#[test]
fn a_port_that_is_taken_is_said_to_be() {
    let publication = Publication::sample();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let settings = publication.read("newsletter.toml");
    publication.write("newsletter.toml", &format!("{settings}\n[serve]\nlisten = \"{at}\"\n"));
    let ended = publication.run(&["serve"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains(&format!("cannot listen on {at}")), "{}", ended.messages);
}

#[test]
fn a_token_behind_a_number_sign_never_reaches_a_server() {
    let publication = Publication::sample();
    let settings = publication.read("newsletter.toml");
    let settings = settings.replace("/unsubscribe/{token}", "/unsubscribe#{token}");
    publication.write("newsletter.toml", &settings);
    let ended = publication.run(&["serve"]);
    assert_eq!(ended.exit, Exit::Usage, "{}", ended.messages);
    assert!(ended.messages.contains("behind `#`"), "{}", ended.messages);
}

#[test]
fn a_second_server_that_finds_its_port_taken_leaves_the_first_ones_mails() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let waiting = publication.path(".newsletter/confirming-1");
    std::fs::create_dir(&waiting).unwrap();
    let settings = publication.read("newsletter.toml");
    let taken = settings.replacen("127.0.0.1:0", &public.host, 1);
    publication.write("newsletter.toml", &taken);
    assert_eq!(publication.run(&["serve"]).exit, Exit::Usage);
    assert!(waiting.exists(), "somebody waits for what is in there");
    signal(&public.running, "TERM");
    assert_eq!(public.wait().code(), Some(0));
    // What nobody is at work with any more is swept.
    publication.write("newsletter.toml", &settings);
    let next = Public::start(&publication);
    wait_until("it is swept", || !waiting.exists());
    signal(&next.running, "TERM");
    assert_eq!(next.wait().code(), Some(0));
}

/// A terminal that goes away sends SIGHUP, which `nohup` has the process ignore from its beginning.
#[cfg(unix)]
#[test]
fn a_server_that_nohup_started_outlives_its_terminal() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    let publication = Publication::sample();
    let settings = publication.read("newsletter.toml");
    let own = "[serve]\nlisten = \"127.0.0.1:0\"\n";
    publication.write("newsletter.toml", &format!("{settings}\n{own}"));
    let mut server = Command::new("sh")
        .args(["-c", "trap '' HUP; exec \"$0\" serve", env!("CARGO_BIN_EXE_newsletter")])
        .current_dir(publication.path("."))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("http://"), "{line}");
    for signal in ["-HUP", "-TERM"] {
        let pid = server.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
    // A SIGHUP that had been heard would make SIGTERM the second signal, which ends at once.
    assert_eq!(server.wait().unwrap().code(), Some(0));
}
