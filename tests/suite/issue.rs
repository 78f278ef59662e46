//! Issues with mistakes in, the diagnostics that an editor sees out.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use newsletter::cli::{self, Env};
use newsletter::clock::Clock;
use newsletter::diagnostic::{Code, Diagnostic, Source};
use newsletter::issue::{self, Folder, Part};

use crate::cases::{self, Verdict};
use crate::desk;

/// Parses a text as if it were a file of the folder `issues`.
fn diagnose(path: &Path, text: &str, folder: &Folder) -> Vec<Diagnostic> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let source = Source::new(format!("issues/{name}"), text);
    let checked = issue::parse(&source, folder, &desk::SEGMENTS);
    let errors = checked.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(checked.value.is_none(), errors, "{name}: no value exactly when there is an error");
    checked.diagnostics
}

#[test]
fn every_mistake_is_shown_where_it_is_with_what_to_do() {
    let mut verdict = Verdict::default();
    for path in cases::list("issues/bad", ".toml") {
        let diagnostics = diagnose(&path, &cases::read(&path), &desk::assets());
        if diagnostics.is_empty() {
            verdict.fail(&path, "nothing is wrong with it");
        }
        if let Some(silent) = diagnostics.iter().find(|diagnostic| diagnostic.help.is_none()) {
            verdict.fail(&path, format!("no help: {}", silent.message));
        }
        verdict.compare(&path.with_extension("stderr"), cases::render(&diagnostics).as_bytes());
    }
    verdict.finish(60);
}

#[test]
fn a_mail_that_carries_too_much_is_shown_with_its_largest_part() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("files")).expect("a folder");
    for (name, megabytes) in [("five", 5), ("six", 6), ("thirteen", 13)] {
        let path = folder.path().join(format!("files/{name}.pdf"));
        let file = std::fs::File::create(path).expect("a file");
        file.set_len(megabytes * 1_000_000).expect("a file with a hole");
    }
    let mut verdict = Verdict::default();
    for path in cases::list("luggage", ".toml") {
        let diagnostics = diagnose(&path, &cases::read(&path), &Folder::new(folder.path()));
        verdict.compare(&path.with_extension("stderr"), cases::render(&diagnostics).as_bytes());
    }
    verdict.finish(4);
}

#[test]
fn a_field_that_the_list_cannot_fill_is_shown_with_both_places() {
    let mut verdict = Verdict::default();
    for path in cases::list("fields", ".toml") {
        let shown = check(&path);
        verdict.compare(&path.with_extension("stderr"), shown.as_bytes());
    }
    verdict.finish(2);
}

/// What `newsletter check` says of an issue in the publication of the cases.
fn check(issue: &Path) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let copy = |from: &Path, to: &str| {
        std::fs::create_dir_all(root.join(to).parent().expect("a folder")).expect("a folder");
        std::fs::copy(from, root.join(to)).expect("a copy");
    };
    for name in ["newsletter.toml", "subscribers.csv"] {
        copy(&cases::folder("publication").join(name), name);
    }
    for name in ["images/quay.png", "files/tides.pdf"] {
        copy(&cases::folder("assets").join(name), name);
    }
    copy(issue, "issues/issue.toml");
    let messages = Messages::default();
    let mut env = Env {
        arguments: ["newsletter", "check"].map(Into::into).to_vec(),
        program: String::new(),
        machine: "test".to_owned(),
        folder: root.to_path_buf(),
        variables: std::collections::BTreeMap::new(),
        input: Box::new(std::io::empty()),
        output: Box::new(std::io::sink()),
        messages: Box::new(messages.clone()),
        terminal: false,
        coloured: false,
        clock: Clock::System,
        random: |bytes| bytes.fill(7),
        browse: |_| Ok(()),
    };
    cli::run(&mut env);
    let said = String::from_utf8(messages.0.lock().expect("no panic").clone()).expect("UTF-8");
    // The last line counts what was checked.
    said.split("Checked ").next().unwrap_or_default().to_owned()
}

#[derive(Clone, Default)]
struct Messages(Arc<Mutex<Vec<u8>>>);

impl Write for Messages {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_code_has_a_number_of_its_own_and_a_case_that_shows_it() {
    let numbers: BTreeSet<_> = Code::ALL.iter().map(|code| code.number()).collect();
    assert_eq!(numbers.len(), Code::ALL.len(), "a number is given twice");
    let mut shown = String::new();
    let folders =
        ["issues/bad", "settings", "themes", "fields", "check", "letters", "twins", "luggage"];
    for folder in folders.iter().chain(&["sizes", "links"]) {
        cases::list(folder, ".stderr").iter().for_each(|path| shown += &cases::read(path));
    }
    cases::list("cli", ".console").iter().for_each(|path| shown += &cases::read(path));
    let unseen: Vec<_> =
        numbers.into_iter().filter(|number| !shown.contains(&format!("[{number}]"))).collect();
    assert!(unseen.is_empty(), "no case shows {unseen:?}");
}

#[test]
fn no_expected_output_is_left_without_its_input() {
    for folder in ["issues/bad", "settings", "themes", "fields", "luggage"] {
        for path in cases::list(folder, ".stderr") {
            let inputs = ["toml", "css", "html", "mjml"].map(|ending| path.with_extension(ending));
            assert!(inputs.iter().any(|i| i.exists()), "{} has no input", path.display());
        }
    }
}

#[test]
fn the_place_is_right_in_a_file_with_windows_line_breaks() {
    for path in cases::list("issues/bad", ".toml") {
        let unix = cases::read(&path).replace("\r\n", "\n");
        let windows = unix.replace('\n', "\r\n");
        let places = |text: &str| -> Vec<_> {
            let found = diagnose(&path, text, &desk::assets());
            let place = |found: &Diagnostic| (found.code, found.source.line(found.span.start));
            found.iter().map(place).collect()
        };
        assert_eq!(places(&windows), places(&unix), "{}", path.display());
    }
}

#[test]
fn a_picture_that_was_exchanged_is_read_anew() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shared = Folder::new(folder.path());
    let issue = "title = \"Frost\"\ndate = 2026-11-20\n[[section]]\n\
                 image = { src = \"a.png\", alt = \"The quay\" }\n";
    for (name, width) in [("quay.png", 600), ("quay.png", 600), ("mark.png", 24)] {
        let picture = cases::folder("assets").join("images").join(name);
        std::fs::copy(picture, folder.path().join("a.png")).expect("a copy");
        let issue = desk::parse("frost", issue, &shared);
        let mut widths = Vec::new();
        issue.for_each_part(&mut |part| {
            if let Part::Image(image) = part {
                widths.push(image.width);
            }
        });
        assert_eq!(widths, [width]);
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_does_not_lead_out_of_the_folder() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let inside = tempfile::tempdir().expect("a temporary folder");
    let picture = cases::folder("assets").join("images/quay.png");
    std::fs::copy(&picture, outside.path().join("quay.png")).expect("a copy");
    std::fs::copy(&picture, inside.path().join("real.png")).expect("a copy");
    let link = |to: &Path, name: &str| {
        std::os::unix::fs::symlink(to, inside.path().join(name)).expect("a symbolic link");
    };
    link(&outside.path().join("quay.png"), "leak.png");
    link(outside.path(), "folder");
    link(&inside.path().join("real.png"), "fine.png");
    let issue = |src: &str| {
        let image = format!("image = {{ src = \"{src}\", alt = \"The quay\" }}");
        let text = format!("title = \"Frost\"\ndate = 2026-11-20\n[[section]]\n{image}\n");
        let found = diagnose(Path::new("link.toml"), &text, &Folder::new(inside.path()));
        found.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>()
    };
    assert_eq!(issue("leak.png"), [Code::Outside]);
    assert_eq!(issue("folder/quay.png"), [Code::Outside]);
    assert_eq!(issue("fine.png"), []);
    std::fs::create_dir(inside.path().join(".keys")).expect("a folder");
    std::fs::copy(&picture, inside.path().join(".keys/quay.png")).expect("a copy");
    link(&inside.path().join(".keys/quay.png"), "key.png");
    assert_eq!(issue("key.png"), [Code::Outside]);
}
