//! The process in, the outside world as one value out.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufRead, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa;

use crate::cli::safe_output::SafeOutput;
use crate::clock::Clock;
use crate::diagnostic::{visible, visible_in_colour};

/// Everything that a command may ask of the world outside: a test can give it another.
pub struct Env {
    /// What stands on the command line, the program's own name first.
    pub arguments: Vec<OsString>,
    /// What tells the running program from another of the same version.
    pub program: String,
    /// What tells this machine from another one; empty where nothing does.
    pub machine: String,
    /// The folder that the command runs in.
    pub folder: PathBuf,
    /// The environment's variables.
    pub variables: BTreeMap<OsString, OsString>,
    /// Where answers come from.
    pub input: Box<dyn BufRead + Send>,
    /// Where data goes.
    pub output: Box<dyn Write + Send>,
    /// Where everything else goes.
    pub messages: Box<dyn Write + Send>,
    /// Whether a person sits in front of both.
    pub terminal: bool,
    /// Whether messages may have colours.
    pub coloured: bool,
    /// The time.
    pub clock: Clock,
    /// Fills bytes with randomness that nobody can guess.
    pub random: fn(&mut [u8]),
    /// Opens an address in the browser of whoever sits in front.
    pub browse: fn(&str) -> io::Result<()>,
}

impl Env {
    /// The world as this process sees it.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn from_process() -> Self {
        let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        let choice = anstream::AutoStream::choice(&io::stderr());
        Self {
            arguments: std::env::args_os().collect(),
            program: std::env::current_exe()
                .and_then(|file| fingerprint(&file))
                .unwrap_or_default(),
            machine: machine(),
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            variables: std::env::vars_os().collect(),
            input: Box::new(io::BufReader::new(io::stdin())),
            output: match io::stdout().is_terminal() {
                true => Box::new(SafeOutput::new(io::stdout())),
                false => Box::new(io::stdout()),
            },
            messages: Box::new(io::stderr()),
            terminal,
            coloured: choice != anstream::ColorChoice::Never,
            clock: Clock::System,
            random: |bytes| {
                aws_lc_rs::rand::fill(bytes).expect("the system always gives randomness");
            },
            browse: |address| open::that_detached(address),
        }
    }

    /// The same world for what is done aside, where nobody reads along and nobody is asked.
    #[must_use]
    pub fn aside(&self) -> Self {
        Self {
            arguments: Vec::new(),
            program: self.program.clone(),
            machine: self.machine.clone(),
            folder: self.folder.clone(),
            variables: self.variables.clone(),
            input: Box::new(io::empty()),
            output: Box::new(io::sink()),
            messages: Box::new(io::sink()),
            terminal: false,
            coloured: false,
            ..*self
        }
    }

    /// Prints a line for people. A closed terminal is no reason to stop a delivery.
    pub fn say(&mut self, line: impl fmt::Display) {
        drop(writeln!(self.messages, "{}", visible(&line.to_string())));
    }

    /// Prints lines for people that have colours where messages may have them.
    pub fn say_coloured(&mut self, lines: &str) {
        match self.coloured {
            true => drop(writeln!(self.messages, "{}", visible_in_colour(lines))),
            false => self.say(lines),
        }
    }

    /// Prints what was asked for, as words or as JSON: what lists, files and servers say in it moves
    /// no cursor. Fails when the reader of a pipe is gone.
    pub fn print(&mut self, text: &str) -> io::Result<()> {
        self.print_exactly(&visible(text))
    }

    /// Prints data for a program or a file, byte for byte; only a terminal gets it made safe.
    pub fn print_exactly(&mut self, data: &str) -> io::Result<()> {
        self.output.write_all(data.as_bytes())?;
        self.output.flush()
    }

    /// Asks a question that is answered with yes or no; nothing is no.
    pub fn confirm(&mut self, question: &str) -> bool {
        drop(write!(self.messages, "{} [y/N] ", visible(question)));
        drop(self.messages.flush());
        let mut answer = String::new();
        let read = self.input.read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}

/// The number of the installed system (`machine-id(5)`), or else the name of the host.
fn machine() -> String {
    let files = ["/etc/machine-id", "/proc/sys/kernel/hostname"];
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    texts.map(|text| text.trim().to_owned()).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The version, the size and the time of a program's file.
fn fingerprint(file: &Path) -> io::Result<String> {
    let file = file.metadata()?;
    let written = file.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (version, size) = (env!("CARGO_PKG_VERSION"), file.len());
    Ok(format!("{version}, {size} bytes, {}", written.as_nanos()))
}

/// A new RSA key of 2048 bits (PKCS#8, DER): what makes it takes its randomness from the system
/// itself, and from nothing that is handed in. `None` where the system has none.
pub(super) fn rsa_key() -> Option<Vec<u8>> {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).ok()?;
    let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
    Some(der.as_ref().to_vec())
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The variables may hold secrets.
        f.debug_struct("Env")
            .field("arguments", &self.arguments)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
