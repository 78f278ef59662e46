//! Every letter in, what the Nu HTML checker and axe-core have to say against it out.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use mail_parser::{MessageParser, MimeHeaders as _};

use crate::gallery::{self, Letter};
use crate::real::component;

#[test]
#[ignore = "needs Java and the Nu HTML checker"]
fn the_html_checker_has_nothing_against_any_letter() {
    let folder = component::open_folder("newsletter-html-");
    for letter in gallery::letters() {
        let Letter { name, html, .. } = &letter;
        fs::write(folder.path().join(format!("{name}.html")), html).unwrap();
        fs::write(folder.path().join(format!("{name}.mso.html")), for_word(&letter)).unwrap();
    }
    let faults = faults([folder.path()]);
    assert!(faults.is_empty(), "{faults}");
}

/// What the checker has against a page, or those in a folder.
pub(crate) fn faults(pages: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let mut checker = Command::new(component::find("java", "default-jre-headless"));
    checker.arg("-jar").arg(component::module("vnu-jar/build/dist/vnu.jar"));
    checker.args(["--errors-only", "--exit-zero-always", "--format", "json"]).args(pages);
    let output = checker.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let verdict: serde_json::Value =
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    let mut faults = String::new();
    for message in verdict["messages"].as_array().unwrap() {
        let file = message["url"].as_str().unwrap_or_default();
        let (line, text, extract) =
            (&message["lastLine"], &message["message"], &message["extract"]);
        let name = file.rsplit('/').next().unwrap_or_default();
        writeln!(faults, "{name}:{line}: {text}\n    {extract}").unwrap();
    }
    faults
}

/// What axe-core finds in the way of readers, by day, by night and on a telephone. A letter stands in
/// the page of a mail program and has no landmarks; a page has all of them.
pub(crate) fn barriers(kind: &str, pages: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let mut command = Command::new(component::find("node", "nodejs"));
    command.arg(component::tool("axe.mjs")).arg(component::find("chromium", "chromium"));
    command.arg(component::module("axe-core/axe.min.js")).arg(kind).args(pages);
    let found: Vec<String> = serde_json::from_str(&component::run(&mut command)).unwrap();
    found.join("\n\n")
}

#[test]
#[ignore = "needs Chromium, Node and axe-core"]
fn everyone_can_read_every_letter_by_day_by_night_and_on_a_telephone() {
    let folder = component::open_folder("newsletter-pages-");
    let pages = gallery::letters().into_iter().map(|letter| page(folder.path(), &letter));
    let barriers = barriers("letter", pages);
    assert!(barriers.is_empty(), "{barriers}");
}

/// The letter as Word reads it: with what stands in conditional comments, without the elements of
/// Office, whose names have a colon, and with a head that says no more than it has to.
fn for_word(letter: &Letter) -> String {
    let Letter { name, language, html, .. } = letter;
    let shown = html.replace("<!--[if mso]>", "").replace("<![endif]-->", "");
    assert!(!shown.contains("<!--"), "{name}: a comment that is not for Word");
    let body = &shown[shown.find("<body").unwrap()..];
    let mut pieces = body.split('<');
    let mut markup = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(piece.len());
        match piece.split_once('>') {
            Some((_, text)) if piece[..end].contains(':') => markup.push_str(text),
            _ => markup.extend(["<", piece]),
        }
    }
    format!("<!DOCTYPE html><html lang=\"{language}\"><head><title>{name}</title></head>{markup}")
}

/// Writes the letter as a page, with its pictures beside it and those it brings along inside.
fn page(folder: &Path, letter: &Letter) -> PathBuf {
    let mut html = letter.html.clone();
    let message = MessageParser::default().parse(&letter.message).unwrap();
    for part in &message.parts {
        let (Some(id), Some(kind)) = (part.content_id(), part.content_type()) else { continue };
        let bytes = BASE64_STANDARD.encode(part.contents());
        let url = format!("data:{}/{};base64,{bytes}", kind.ctype(), kind.subtype().unwrap());
        html = html.replace(&format!("cid:{id}"), &url);
    }
    let folder = folder.join(&letter.name);
    fs::create_dir_all(folder.join("images")).unwrap();
    // What an editor's own HTML names is there as it is, what sections name as it is sent.
    for picture in letter.assets.join("images").read_dir().unwrap() {
        let picture = picture.unwrap();
        fs::copy(picture.path(), folder.join("images").join(picture.file_name())).unwrap();
    }
    for asset in &letter.hosted {
        let file = folder.join(&asset.path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &asset.bytes).unwrap();
    }
    let file = folder.join("letter.html");
    fs::write(&file, html).unwrap();
    file
}
