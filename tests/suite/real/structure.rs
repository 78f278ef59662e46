//! Every letter's message in, its structure as four parsers that know nothing of each other see it out.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compile::letters::structure;
use crate::gallery;
use crate::real::component::{self, NOBODY};

#[test]
#[ignore = "needs Python, Perl's MIME::Tools and Dovecot"]
fn four_parsers_agree_on_the_structure_of_every_message() {
    let letters = gallery::letters();
    let folder = component::open_folder("newsletter-structure-");
    let files: Vec<_> = letters
        .iter()
        .enumerate()
        .map(|(at, letter)| store(folder.path(), at, &letter.message))
        .collect();
    let seen = [
        ("Python", lines_of("python3", "python3", "structure.py", &files)),
        ("MIME::Tools", lines_of("perl", "libmime-tools-perl", "structure.pl", &files)),
        ("Dovecot", dovecot(folder.path(), letters.len())),
    ];
    for (at, letter) in letters.iter().enumerate() {
        let expected = structure(&letter.message);
        for (parser, structures) in &seen {
            assert_eq!(structures[at], expected, "{parser} and mail-parser on {}", letter.name);
        }
    }
    for kind in ["multipart/mixed(", "multipart/related(", "multipart/alternative("] {
        assert!(seen[0].1.iter().any(|structure| structure.contains(kind)), "no letter has {kind}");
    }
}

/// Puts a message into a mailbox of its own, whose name is its number.
fn store(folder: &Path, number: usize, message: &[u8]) -> PathBuf {
    let mailbox = folder.join(format!("mail/.{number}"));
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(mailbox.join(part)).unwrap();
    }
    let file = mailbox.join("cur/message:2,S");
    fs::write(&file, message).unwrap();
    file
}

/// What a script of `tests/tools` prints for each file.
fn lines_of(program: &str, package: &str, script: &str, files: &[PathBuf]) -> Vec<String> {
    let script = component::tool(script);
    let mut command = Command::new(component::find(program, package));
    let printed = component::run(command.arg(script).args(files));
    let lines: Vec<_> = printed.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), files.len(), "{printed}");
    lines
}

/// The structures of the messages as Dovecot tells them to IMAP clients.
fn dovecot(folder: &Path, number: usize) -> Vec<String> {
    // Root may not read mail; whoever else runs the tests may read it as who he is.
    let own = Path::new("/proc/self").metadata().unwrap();
    let (user, group) = match component::is_root() {
        true => (NOBODY, NOBODY),
        false => (own.uid(), own.gid()),
    };
    give(&folder.join("mail"), user, group);
    let settings = format!(
        "base_dir = {0}/run
state_dir = {0}/state
log_path = /dev/stderr
mail_location = maildir:{0}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = {user}
first_valid_gid = {group}
",
        folder.display()
    );
    let file = folder.join("dovecot.conf");
    fs::write(&file, settings).unwrap();
    let mut command = Command::new(component::find("doveadm", "dovecot-imapd"));
    command.arg("-c").arg(file).args(["-f", "json", "fetch", "mailbox imap.bodystructure", "all"]);
    let json = component::run(command.env("USER", "reader").env("HOME", folder));
    let fetched: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let structures = (0..number).map(|number| {
        let mailbox = number.to_string();
        let found = fetched.iter().find(|entry| entry["mailbox"] == mailbox.as_str());
        let found = found.and_then(|entry| entry["imap.bodystructure"].as_str());
        let text = found.unwrap_or_else(|| panic!("no message {number} in {json}"));
        shape(&list(&mut text.chars()))
    });
    structures.collect()
}

/// Makes a folder and all in it somebody's.
fn give(path: &Path, user: u32, group: u32) {
    chown(path, Some(user), Some(group)).unwrap();
    if path.is_dir() {
        for entry in path.read_dir().unwrap() {
            give(&entry.unwrap().path(), user, group);
        }
    }
}

/// A value of an IMAP answer.
enum Value {
    Word(String),
    List(Vec<Value>),
}

/// Reads a list to its `)`, or to the end; none of our values has a quotation mark in it.
fn list(text: &mut std::str::Chars<'_>) -> Vec<Value> {
    let mut values = Vec::new();
    while let Some(character) = text.next() {
        match character {
            '(' => values.push(Value::List(list(text))),
            ')' => break,
            '"' => values.push(Value::Word(text.by_ref().take_while(|c| *c != '"').collect())),
            // `NIL`, a number or a space.
            _ => {}
        }
    }
    values
}

/// A BODYSTRUCTURE in the form of the other parsers (RFC 9051 §7.5.2): the parts and the subtype,
/// or the type and the subtype.
fn shape(body: &[Value]) -> String {
    let mut parts = Vec::new();
    let mut words = Vec::new();
    for value in body {
        match value {
            Value::List(part) if words.is_empty() => parts.push(shape(part)),
            Value::List(_) => {}
            Value::Word(word) => words.push(word.to_lowercase()),
        }
    }
    match parts.as_slice() {
        [] => format!("{}/{}", words[0], words[1]),
        parts => format!("multipart/{}({})", words[0], parts.join(", ")),
    }
}
