//! The source tree in, a failure for each rule of the house that it breaks out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The layers, the lowest first: a module uses itself and the layers below, never a neighbour.
const LAYERS: &[&[&str]] = &[
    &[
        "address",
        "clock",
        "diagnostic",
        "document",
        "field",
        "file",
        "key",
        "language",
        "markup",
        "picture",
    ],
    &["config"],
    &["audience", "issue", "measure"],
    &["templates"],
    &["compile"],
    &["bounce", "check", "dkim", "leaving"],
    &["journal", "probe", "transport"],
    &["delivery", "returns", "web"],
    &["cli"],
];

/// The lowest layer has an order of its own: each of these uses only those before it.
const GROUND: &[&str] = &[
    "clock",
    "address",
    "key",
    "language",
    "markup",
    "picture",
    "diagnostic",
    "document",
    "field",
    "file",
];

/// From text to `Program` everything is pure: these know nothing of time, network and database.
const PURE: &[&str] = &[
    "address",
    "document",
    "field",
    "diagnostic",
    "language",
    "markup",
    "picture",
    "issue",
    "templates",
    "compile",
    "check",
    "dkim",
    "leaving",
    "bounce",
];
const IMPURE: &[&str] =
    &["tokio", "sqlx", "lettre", "rustls", "std::net", "std::env", "std::process"];

const LINES_MAX: usize = 400;

struct File {
    path: PathBuf,
    module: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Every file of the crate and the top-level module that it belongs to.
fn sources() -> Vec<File> {
    let mut files = Vec::new();
    for folder in ["src", "templates"] {
        for path in rust_files(&root().join(folder)) {
            let inside = path.strip_prefix(root().join(folder)).unwrap();
            let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
            let module = match folder {
                "templates" => "templates".to_owned(),
                _ => first.trim_end_matches(".rs").to_owned(),
            };
            let text = fs::read_to_string(&path).unwrap();
            files.push(File { path, module, text });
        }
    }
    files
}

/// The code without comments, which may name what they like.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The top-level modules that a file names.
fn used(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let names = code.split("crate::").skip(1).map(|rest| {
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    });
    names.filter(|name| !name.is_empty()).collect()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn a_module_uses_only_itself_and_the_layers_below() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| !matches!(file.module.as_str(), "lib" | "main")) {
        let Some(own) = layer(&file.module) else {
            wrong.push(format!("{}: `{}` is in no layer", file.path.display(), file.module));
            continue;
        };
        for used in used(&file.text) {
            let allowed = used == file.module
                || layer(&used).is_some_and(|other| other < own)
                || ground_allows(&file.module, &used);
            if !allowed {
                wrong.push(format!("{}: uses `crate::{used}`", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn ground_allows(module: &str, used: &str) -> bool {
    let place = |name: &str| GROUND.iter().position(|ground| *ground == name);
    matches!((place(module), place(used)), (Some(module), Some(used)) if used < module)
}

#[test]
fn every_module_is_in_a_layer_and_every_layer_is_a_module() {
    let declared: BTreeSet<String> = fs::read_to_string(root().join("src/lib.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| {
            line.strip_prefix("pub ")
                .unwrap_or(line)
                .strip_prefix("mod ")?
                .strip_suffix(';')
                .map(str::to_owned)
        })
        .collect();
    let layered: BTreeSet<String> =
        LAYERS.iter().flat_map(|layer| layer.iter()).map(|name| (*name).to_owned()).collect();
    assert_eq!(declared, layered);
    assert_eq!(LAYERS[0].len(), GROUND.len());
}

#[test]
fn dependencies_are_written_so_that_they_can_be_seen() {
    let mut wrong = Vec::new();
    for file in sources() {
        let code = code(&file.text);
        for (pattern, why) in [
            ("crate::{", "names of several modules in one `use`"),
            ("super::", "a path that does not begin with `crate::`"),
            ("::*;", "a glob"),
            ("crate as ", "a renamed crate"),
        ] {
            if code.contains(pattern) {
                wrong.push(format!("{}: {why}: `{pattern}`", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_pure_knows_nothing_of_the_world() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| PURE.contains(&file.module.as_str())) {
        let code = code(&file.text);
        for name in IMPURE.iter().filter(|name| code.contains(&format!("{name}::"))) {
            wrong.push(format!("{}: uses `{name}`", file.path.display()));
        }
        if code.contains("async fn") {
            wrong.push(format!("{}: is asynchronous", file.path.display()));
        }
        let reads = code.contains("std::fs");
        let reader = ["issue/folder.rs", "issue/mod.rs"].iter().any(|end| file.path.ends_with(end));
        if reads && !reader {
            wrong.push(format!("{}: reads files", file.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_templates_write_markup() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.module != "templates") {
        let code = code(&file.text);
        if code.contains("maud::html") || code.contains("html! {") {
            wrong.push(file.path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_in_its_first_line_what_it_is_for() {
    let tests = rust_files(&root().join("tests"));
    let texts = tests.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap()));
    let sources = sources().into_iter().map(|file| (file.path, file.text));
    let wrong: Vec<_> = sources
        .chain(texts)
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_does_two_things() {
    let tests = rust_files(&root().join("tests"));
    let all = sources().into_iter().map(|file| file.path).chain(tests);
    let long: Vec<_> = all
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .map(|(lines, path)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_test_file_is_forgotten() {
    let suite = root().join("tests/suite");
    let mut forgotten = Vec::new();
    for path in rust_files(&suite) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = path.parent().unwrap();
        let (module, parent) = match name.as_str() {
            "main" => continue,
            "mod" => (
                folder.file_name().unwrap().to_string_lossy().into_owned(),
                folder.parent().unwrap(),
            ),
            _ => (name, folder),
        };
        let parents = [parent.join("main.rs"), parent.join("mod.rs"), parent.with_extension("rs")];
        let declared = parents.iter().filter_map(|parent| fs::read_to_string(parent).ok());
        if !declared.into_iter().any(|text| text.contains(&format!("mod {module};"))) {
            forgotten.push(path.display().to_string());
        }
    }
    assert!(forgotten.is_empty(), "{}", forgotten.join("\n"));
}

#[test]
fn a_test_that_does_not_always_run_says_what_it_needs() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("tests")) {
        let text = fs::read_to_string(&path).unwrap();
        let bare = text.lines().any(|line| line.trim() == concat!("#[", "ignore]"));
        let vague = text
            .lines()
            .filter(|line| line.trim().starts_with(concat!("#[", "ignore = ")))
            .any(|line| !line.contains("\"needs "));
        if bare || vague {
            wrong.push(path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_test_that_the_architecture_names_exists() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let tests = rust_files(&root().join("tests"));
    let tests: Vec<_> = tests.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let is_name = |word: &&str| {
        let words = word.split('_').filter(|word| !word.is_empty()).count();
        words > 3 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    let names: Vec<_> = page.split('`').filter(is_name).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let test = format!("fn {name}(");
        assert!(tests.iter().any(|text| text.contains(&test)), "there is no test `{name}`");
    }
}

/// A file that gets its name elsewhere than in `file.rs` may be synced, and its folder forgotten.
#[test]
fn new_files_get_their_names_where_their_folders_are_synced_too() {
    // The first two are made again by a command, the third may be behind, and the journal's is synced
    // after SQLite has closed it.
    let others = [
        "src/cli/build/output.rs",
        "src/cli/status/html.rs",
        "src/audience/suppressions/mark.rs",
        "src/journal/sqlite.rs",
        "src/file.rs",
    ];
    let mut wrong = Vec::new();
    for file in sources() {
        let path = file.path.display().to_string();
        let code = code(&file.text);
        let names = code.contains(".persist(") || code.contains(".persist_noclobber(");
        if names && !others.iter().any(|other| path.ends_with(other)) {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
