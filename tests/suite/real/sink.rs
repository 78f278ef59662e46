//! Options in, Postfix's `smtp-sink` on loopback and the messages that it took out.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::real::component;
use crate::support::publication;

/// A running `smtp-sink`, which writes each message to a file.
pub(crate) struct Sink {
    child: Child,
    port: u16,
    folder: TempDir,
}

/// A message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copy {
    /// The envelope's recipient.
    pub(crate) recipient: String,
    /// The envelope's sender.
    pub(crate) sender: String,
    /// The message, with LF at the end of its lines.
    pub(crate) message: String,
}

impl Sink {
    /// Starts it, and waits until it takes connections.
    pub(crate) fn start(options: &[&str]) -> Self {
        let program = component::find("smtp-sink", "postfix");
        let folder = component::open_folder("newsletter-sink-");
        component::set_mode(folder.path(), 0o777);
        let port = component::free_port();
        let mut command = Command::new(program);
        if component::is_root() {
            // It refuses to stay root.
            command.args(["-u", "nobody"]);
        }
        let template = folder.path().join("message.");
        command.arg("-d").arg(template).args(options).arg(format!("127.0.0.1:{port}")).arg("100");
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut sink = Self { child, port, folder };
        component::wait_for_port(port, || {
            let ended = sink.child.try_wait().unwrap();
            assert!(ended.is_none(), "smtp-sink ended: {ended:?}");
        });
        sink
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many messages are there, whole or not.
    pub(crate) fn count(&self) -> usize {
        self.folder.path().read_dir().unwrap().count()
    }

    /// Waits until no client is connected and all that clients left behind is read.
    pub(crate) fn wait_until_idle(&self) {
        component::wait_until("smtp-sink is idle", || {
            let connections = fs::read_to_string("/proc/net/tcp").unwrap();
            let here = format!("0100007F:{:04X}", self.port);
            !connections.lines().skip(1).any(|line| {
                let fields: Vec<_> = line.split_whitespace().collect();
                // 01 is a connection, 08 one that the client has closed.
                fields[1] == here && matches!(fields[3], "01" | "08")
            })
        });
    }

    /// Waits until this many messages were begun.
    pub(crate) fn wait_for(&self, number: usize) {
        component::wait_until("smtp-sink has all messages", || self.count() >= number);
    }

    /// Every whole message by its reader; a reader who got none has no entry.
    pub(crate) fn copies(&self) -> BTreeMap<String, Vec<Copy>> {
        self.wait_until_idle();
        let mut copies = BTreeMap::<String, Vec<Copy>>::new();
        for file in self.folder.path().read_dir().unwrap() {
            let text = String::from_utf8(fs::read(file.unwrap().path()).unwrap()).unwrap();
            if let Some(copy) = read(&text) {
                copies.entry(publication::key(&copy.recipient)).or_default().push(copy);
            }
        }
        copies
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads a dump file: lines of its own, a Received header, the message, and an empty line. `None`
/// when the message does not end as it should.
fn read(text: &str) -> Option<Copy> {
    let argument = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim_start_matches('<').split('>').next()?.to_owned())
    };
    let (recipient, sender) = (argument("X-Rcpt-Args: ")?, argument("X-Mail-Args: ")?);
    let received = text.find("\nReceived: ")? + 1;
    let after = text[received..].find("\n\t").map(|at| received + at)?;
    let end_of_trace = text[after..]
        .match_indices('\n')
        .find(|(at, _)| !text[after + at + 1..].starts_with('\t'))?;
    let message = text[after + end_of_trace.0 + 1..].strip_suffix("\n")?;
    let boundary = message.lines().last()?;
    let whole = boundary.starts_with("--") && boundary.ends_with("--") && message.ends_with('\n');
    whole.then(|| Copy { recipient, sender, message: message.to_owned() })
}
