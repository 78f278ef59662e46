//! Watches the system calls of commands: each file that has to outlive a power cut is flushed, and so is its folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::real::component;
use crate::real::sink::Sink;
use crate::support::publication::{ISSUE, Publication};

const CALLS: &str = "trace=openat,rename,renameat,renameat2,link,linkat,fsync,fdatasync";

/// Runs a command in a publication; returns the system calls that touch its files.
fn watch(publication: &Publication, arguments: &[&str]) -> Vec<String> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(component::find("strace", "strace"));
    command.args(["-f", "-y", "-s", "4096", "-e", CALLS, "-o"]).arg(trace.path());
    command.arg(env!("CARGO_BIN_EXE_newsletter")).arg("-C").arg(publication.path(""));
    let ended = command.args(arguments).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.code().is_some_and(|code| code < 4), "{arguments:?}: {said}");
    let trace = fs::read(trace.path()).unwrap();
    String::from_utf8_lossy(&trace).lines().map(str::to_owned).collect()
}

/// Returns the place of the call that gives a file its name.
fn born(calls: &[String], file: &Path) -> Option<usize> {
    let quoted = format!("\"{}\"", file.display());
    calls.iter().position(|call| {
        let made = call.contains("O_CREAT") || call.contains("rename") || call.contains("link");
        made && call.contains(&quoted) && !call.contains("= -1")
    })
}

/// Whether a file or folder is flushed by a call from this place on.
fn is_flushed(calls: &[String], path: &Path, from: usize) -> bool {
    let open = format!("<{}>", path.display());
    calls[from..].iter().any(|call| call.contains("sync(") && call.contains(&open))
}

#[test]
#[ignore = "needs strace and smtp-sink (postfix)"]
fn each_new_file_that_matters_is_on_the_disk_with_its_folder() {
    let publication = Publication::with_readers(3);
    let sink = Sink::start(&[]);
    publication.set_plain_server(sink.port());
    let root = publication.path("").canonicalize().unwrap();
    fs::remove_file(root.join("suppressions.csv")).unwrap();
    publication.write("export.csv", "email,status\nnew@example.org,subscribed\nbad@,subscribed\n");
    let steps: [(&[&str], &[&str]); 4] = [
        (&["suppressions", "add", "gone@example.org"], &["suppressions.csv"]),
        (&["subscribers", "import", "export.csv", "--yes"], &["subscribers.csv", "rejected.csv"]),
        (
            &["send", ISSUE, "--yes"],
            &[".newsletter/key", ".newsletter/journal.db", ".newsletter/lock", "newsletter.lock"],
        ),
        (&["subscribers", "forget", "new@example.org", "--yes"], &["suppressions.csv"]),
    ];
    for (arguments, files) in steps {
        let calls = watch(&publication, arguments);
        for file in files {
            let path: PathBuf = root.join(file);
            let Some(born) = born(&calls, &path) else {
                panic!("{arguments:?} does not make {file}:\n{}", calls.join("\n"));
            };
            let folder = path.parent().unwrap();
            assert!(is_flushed(&calls, folder, born), "{arguments:?}: the folder of {file}");
        }
    }
}
