//! Lists the files that the settings name and that no issue may publish.

use std::path::{Path, PathBuf};

use crate::cli::trust;
use crate::config::{Config, Secret};

/// What the settings name that is not for readers: lists, secrets, mail that came back.
pub(super) fn private_paths(root: &Path, config: &Config) -> Vec<PathBuf> {
    let Config { audience, bounces, .. } = config;
    let mut paths = vec![audience.subscribers.clone(), audience.suppressions.clone()];
    paths.extend(bounces.maildir.iter().chain(&bounces.mbox).cloned());
    for (_, secret) in config.secrets() {
        match secret {
            Secret::File(path) => paths.push(path.clone()),
            Secret::Command(line) => paths.extend(trust::files(root, line)),
            Secret::Env(_) => {}
        }
    }
    paths
}
