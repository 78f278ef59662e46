//! Console sessions in `tests/cases/cli` in, a failure where a command says something else out.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cases::update;
use crate::support::console::{Console, replay};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Replays a session and holds it against the file; `UPDATE=1` writes the file anew.
fn check(path: &Path) -> Result<(), String> {
    let session = fs::read_to_string(path).unwrap();
    let sample = session.lines().next().is_some_and(|line| line == "# in the sample publication");
    let mut console = if sample { Console::with_sample() } else { Console::new() };
    let real = replay(&mut console, &session);
    if real == session {
        return Ok(());
    }
    if update() {
        fs::write(path, &real).unwrap();
        return Ok(());
    }
    Err(format!("{}: the session went otherwise:\n{real}", path.display()))
}

#[test]
fn every_session_goes_as_it_is_written_down() {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root().join("tests/cases/cli")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 12, "the cases are there");
    let wrong: Vec<_> = paths.iter().filter_map(|path| check(path).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_tour_of_the_readme_goes_as_it_is_written_down() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once("```console\n").unwrap();
    let (tour, after) = rest.split_once("```").unwrap();
    let real = replay(&mut Console::new(), tour);
    if update() {
        fs::write(path, format!("{before}```console\n{real}```{after}")).unwrap();
        return;
    }
    assert_eq!(real, tour);
}

#[test]
fn the_reference_of_commands_is_current() {
    let path = root().join("docs/cli.md");
    let mut console = Console::new();
    let mut reference = String::from(
        "# Commands\n\nWhat `newsletter --help` says, and `--help` of each command.\n",
    );
    let commands = [
        "",
        "init",
        "new",
        "check",
        "build",
        "preview",
        "render",
        "send",
        "serve",
        "adopt",
        "status",
        "bounces",
        "bounces explain",
        "subscribers",
        "subscribers import",
        "subscribers export",
        "subscribers add",
        "subscribers remove",
        "subscribers forget",
        "subscribers list",
        "subscribers check",
        "suppressions",
        "suppressions add",
        "suppressions import",
        "suppressions list",
        "suppressions accept",
        "unsubscribe",
        "unsubscribe apply",
        "dkim",
        "dkim keygen",
        "dkim record",
        "trust",
        "completions",
        "man",
    ];
    for command in commands {
        let line = format!("newsletter {command} --help").replace("  ", " ");
        let help = console.run(&line);
        let title = line.trim_end_matches(" --help");
        let help = help.trim_end();
        reference.extend(["\n## `", title, "`\n\n```text\n", help, "\n```\n"]);
    }
    if update() {
        fs::write(&path, &reference).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), reference, "UPDATE=1 renews it");
}

#[test]
fn a_dry_run_opens_no_connection_and_keeps_no_record() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut console = Console::with_sample();
    console.run(&format!("replace 'port     = 25' 'port = {port}' newsletter.toml"));
    let said = console.run("newsletter send --dry-run");
    assert!(said.contains("Wrote 36 messages"), "{said}");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    assert!(!console.folder().join(".newsletter/journal.db").exists());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let messages = || {
        let mut console = Console::with_sample();
        console.run("newsletter send --dry-run=out");
        let mut files: Vec<_> = fs::read_dir(console.folder().join("out/new"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_owned(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    };
    let first = messages();
    assert_eq!(first.len(), 36);
    assert_eq!(first, messages());
}

#[test]
fn a_secret_is_never_printed() {
    let mut console = Console::with_sample();
    console.run("replace 'tls_type = \"none\"' 'tls_type = \"TLS\"\nusername = \"u\"\npassword = \"hunter2-s3cret\"' newsletter.toml");
    let said = console.run("newsletter send 2026-11-20-first-frost --yes");
    assert!(said.contains("E021") && said.ends_with("[exit 2]\n"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}
