//! A letter in, the bounce that an Exim of its own on loopback writes of it out.

use std::fs;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::real::bounces::postfix::{self, Life};
use crate::real::component;

/// A running Exim; nothing of it is outside its folder.
pub(super) struct Exim {
    child: Child,
    folder: TempDir,
    /// Takes mail for everyone.
    pub(super) port: u16,
}

impl Exim {
    /// Starts it; mail to `example.org` goes to the port of a server that refuses it.
    pub(super) fn start(refusing_port: u16, life: Life) -> Self {
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
        fs::write(&settings, write_settings(&folder, [port, refusing_port], life)).unwrap();
        let mut command = Command::new(folder.path().join("exim4"));
        command.arg("-C").arg(&settings).args(["-bdf", "-q1s"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut exim = Self { child: command.spawn().unwrap(), folder, port };
        component::wait_for_port(port, || {
            let ended = exim.child.try_wait().unwrap();
            assert!(ended.is_none(), "Exim ended: {ended:?}");
        });
        exim
    }

    /// Waits for the one message that came back, and takes it away.
    pub(super) fn bounce(&self) -> Vec<u8> {
        postfix::take(&self.folder.path().join("mail/new"))
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn write_settings(folder: &TempDir, [port, refusing]: [u16; 2], life: Life) -> String {
    // Without a rule what fails for now comes back at once.
    let retry = if life == Life::Long { "* * F,5d,1s" } else { "" };
    format!(
        "exim_path = {folder}/exim4
spool_directory = {folder}/spool
log_file_path = {folder}/spool/%slog
pid_file_path = {folder}/spool/pid
primary_hostname = mx.example.net
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
keep_environment =
host_lookup =
tls_advertise_hosts =
acl_smtp_rcpt = accept
delay_warning = 1s:1h
delay_warning_condition = yes
begin routers
back:
  driver = accept
  domains = back.example.net
  transport = mailbox
elsewhere:
  driver = manualroute
  domains = example.org : gone.example.org
  route_list = example.org 127.0.0.1::{refusing} byname ; gone.example.org 127.0.0.1::{gone} byname
  self = send
  transport = smtp
full:
  driver = accept
  domains = home.example.org
  local_parts = full
  transport = full
begin transports
mailbox:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  envelope_to_add
  delivery_date_add
  user = Debian-exim
full:
  driver = appendfile
  directory = {folder}/mail/full
  maildir_format
  quota = 1
  user = Debian-exim
smtp:
  driver = smtp
  hosts_try_fastopen =
begin retry
{retry}
",
        folder = folder.path().display(),
        gone = component::free_port(),
    )
}
