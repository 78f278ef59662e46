//! Readers in, an Exim of its own on loopback and the Maildir that it delivers to out.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::real::component;
use crate::support::publication::Row;

/// A running Exim; nothing of it is outside its folder.
pub(crate) struct Exim {
    child: Child,
    folder: TempDir,
    pub(crate) port: u16,
}

impl Exim {
    /// Starts it with every reader's domain its own, and waits until it takes connections.
    pub(crate) fn start(readers: &[Row]) -> Self {
        assert!(component::is_root(), "Exim starts as root only: run the tests as root");
        let folder = component::open_folder("newsletter-exim-");
        let port = component::free_port();
        // It starts itself anew for each delivery, as a user who cannot look into every folder.
        fs::copy(component::unpacked("usr/sbin/exim4"), folder.path().join("exim4")).unwrap();
        for part in ["spool", "mail"] {
            fs::create_dir(folder.path().join(part)).unwrap();
            let mut chown = Command::new(component::find("chown", "coreutils"));
            component::run(chown.arg("Debian-exim").arg(folder.path().join(part)));
        }
        let settings = folder.path().join("exim.conf");
        fs::write(&settings, write_settings(&folder, port, readers)).unwrap();
        let mut command = Command::new(folder.path().join("exim4"));
        command.arg("-C").arg(&settings).args(["-bdf", "-q1m"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut exim = Self { child: command.spawn().unwrap(), folder, port };
        component::wait_for_port(port, || {
            let ended = exim.child.try_wait().unwrap();
            assert!(ended.is_none(), "Exim ended: {ended:?}");
        });
        exim
    }

    /// Waits until this many messages are there and the queue is empty, and returns their files.
    pub(crate) fn messages(&self, number: usize) -> Vec<PathBuf> {
        let files = |folder: &str| -> Vec<PathBuf> {
            let entries = self.folder.path().join(folder).read_dir();
            entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
        };
        component::wait_until("Exim has delivered everything", || {
            files("mail/new").len() >= number && files("spool/input").is_empty()
        });
        files("mail/new")
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn write_settings(folder: &TempDir, port: u16, readers: &[Row]) -> String {
    let keys: Vec<String> = readers.iter().map(Row::key).collect();
    let domains: BTreeSet<_> = keys.iter().filter_map(|key| key.split('@').nth(1)).collect();
    let domains: Vec<_> = domains.into_iter().collect();
    format!(
        "exim_path = {folder}/exim4
spool_directory = {folder}/spool
log_file_path = {folder}/spool/%slog
pid_file_path = {folder}/spool/pid
primary_hostname = mx.example.org
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
domainlist ours = {domains}
keep_environment =
host_lookup =
tls_advertise_hosts =
chunking_advertise_hosts = *
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = recipient
begin acl
recipient:
  accept domains = +ours
         control = dkim_disable_verify
  deny message = 5.7.1 nothing leaves this machine
begin routers
ours:
  driver = accept
  domains = +ours
  transport = mailbox
begin transports
mailbox:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  envelope_to_add
  return_path_add
  user = Debian-exim
",
        folder = folder.path().display(),
        domains = domains.join(" : "),
    )
}
