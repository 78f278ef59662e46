//! A publication and an issue in, what tells later which ones they were out.

use std::path::Path;
use std::process::{Command, Stdio};

use aws_lc_rs::digest::{Context, SHA256};

use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::issue;

/// What decides the messages of a run: the issue, the theme and the settings (SHA-256, hex).
pub(super) fn digest(publication: &Publication, path: &Path) -> Result<String, Failure> {
    let issue = std::fs::read_to_string(publication.folder.root().join(path))
        .map_err(|error| Failure::because("cannot read the issue", &error))?;
    let own = issue::theme_of(&issue);
    let theme = own.as_deref().unwrap_or(&publication.config.publication.theme);
    let theme = publication.theme_files(theme)?;
    let mut context = Context::new(&SHA256);
    let parts = [issue.as_str(), publication.config.source.text.as_str()];
    for part in parts.into_iter().chain(theme.texts()) {
        // The length keeps the end of one file and the beginning of the next apart.
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part.as_bytes());
    }
    Ok(context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The commit that a folder is at, if it is a git checkout and git is there.
pub(super) fn commit(root: &Path) -> Option<String> {
    let output = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let commit = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| commit.trim().to_owned())
}
