//! Message files in, what Python's `email` reads in them out.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::real::component;

/// What is in a message.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Parsed {
    pub(crate) file: PathBuf,
    pub(crate) to_name: String,
    pub(crate) to_address: String,
    pub(crate) subject: String,
    pub(crate) message_id: String,
    pub(crate) list_unsubscribe: String,
    /// The envelope's recipient, where Postfix noted it.
    pub(crate) original_to: String,
    /// Every part that is plain text.
    pub(crate) text: Vec<String>,
    /// Every part that is HTML.
    pub(crate) html: Vec<String>,
}

/// Reads the messages; any defect of any of them is a failure.
pub(crate) fn parse(files: &[PathBuf]) -> Vec<Parsed> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/real/parse.py");
    let python = component::find("python3", "python3");
    let json = component::run(Command::new(python).arg("-I").arg(script).args(files));
    serde_json::from_str(&json).unwrap()
}
