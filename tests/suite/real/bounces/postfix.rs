//! A letter in, the bounce that a Postfix of its own on loopback writes of it out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::real::bounces::dovecot;
use crate::real::component::{self, NOBODY};

/// How long mail is tried for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// What does not work at once comes back.
    OneTry,
    /// What does not work is told after a second, and tried for days.
    Long,
}

/// Every service that it needs to take mail, to send it on, to deliver it and to bounce it.
const SERVICES: &str = "\
cleanup    unix       n - n -     0 cleanup
qmgr       unix       n - n 1     1 qmgr
tlsmgr     unix       - - n 1000? 1 tlsmgr
rewrite    unix       - - n -     - trivial-rewrite
bounce     unix       - - n -     0 bounce
defer      unix       - - n -     0 bounce
trace      unix       - - n -     0 bounce
proxymap   unix       - - n -     - proxymap
error      unix       - - n -     - error
retry      unix       - - n -     - error
smtp       unix       - - n -     - smtp
virtual    unix       - n n -     - virtual
anvil      unix       - - n -     1 anvil
postlog    unix-dgram n - n -     1 postlogd
";

/// What the refusing service says at RCPT.
const AT_RECIPIENT: &str = "\
nobody@example.org 550 5.1.1 User unknown in virtual mailbox table
full@example.org 552 5.2.2 Mailbox full
listed@example.org 554 5.7.1 Client host blocked using bl.example.net
off@example.org 550 5.2.1 This account has been disabled
";
/// What it says after DATA.
const AT_END: &str = "\
late.spam@example.org 554 5.7.1 Message content rejected as spam
late.big@example.org 552 5.3.4 Message too big for us
";

/// A running Postfix; nothing of it is outside its folder.
pub(super) struct Postfix {
    folder: TempDir,
    program: PathBuf,
    /// Takes mail for everyone.
    pub(super) port: u16,
    /// Refuses mail.
    pub(super) refusing_port: u16,
}

impl Postfix {
    pub(super) fn start(life: Life) -> Self {
        let program = component::find("postfix", "postfix");
        assert!(component::is_root(), "Postfix starts as root only: run the tests as root");
        let folder = component::open_folder("newsletter-bounces-");
        let (port, refusing_port) = (component::free_port(), component::free_port());
        let postfix = Self { folder, program, port, refusing_port };
        for part in ["etc", "queue", "data", "mail"] {
            fs::create_dir(postfix.path(part)).unwrap();
        }
        for (user, part) in [("postfix", "data"), (&NOBODY.to_string(), "mail")] {
            let mut chown = Command::new(component::find("chown", "coreutils"));
            component::run(chown.arg(user).arg(postfix.path(part)));
        }
        postfix.write_settings(life);
        component::run(&mut postfix.command("start"));
        for port in [postfix.port, postfix.refusing_port] {
            component::wait_for_port(port, || ());
        }
        postfix
    }

    fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    fn command(&self, what: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.path("etc")).arg(what).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn write_settings(&self, life: Life) {
        let folder = self.folder.path().display();
        let (lifetime, warning) = if life == Life::OneTry { ("0", "0") } else { ("5d", "1s") };
        // One connection that is refused, and one server of names that does not answer.
        let gone = component::free_port();
        let settings = format!(
            "compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
syslog_name = newsletter-test
mail_owner = postfix
myhostname = mx.example.net
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
recipient_delimiter = +
smtp_dns_support_level = disabled
maximal_queue_lifetime = {lifetime}
bounce_queue_lifetime = {lifetime}
delay_warning_time = {warning}
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
message_size_limit = 20000
virtual_mailbox_limit = 20000
transport_maps = inline:{{ {{ example.org = smtp:[127.0.0.1]:{refusing} }}, {{ gone.example.org = smtp:[127.0.0.1]:{gone} }}, {{ quota.example.org = dovecot: }}, {{ no-such-domain.invalid = smtp:no-such-domain.invalid }} }}
default_transport = error:nothing leaves this machine
virtual_mailbox_domains = back.example.net home.example.org
virtual_mailbox_maps = inline:{{ {{ bounces@back.example.net = back/ }}, {{ full@home.example.org = full }} }}
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:{NOBODY}
virtual_gid_maps = static:{NOBODY}
virtual_minimum_uid = 1
smtpd_reject_unlisted_recipient = no
smtpd_relay_restrictions = permit_mynetworks,reject
smtpd_recipient_restrictions =
smtpd_client_connection_rate_limit = 0
",
            refusing = self.refusing_port,
        );
        let services = format!(
            "127.0.0.1:{} inet n - n - - smtpd
127.0.0.1:{} inet n - n - - smtpd
    -o smtpd_recipient_restrictions=check_recipient_access,texthash:{folder}/etc/recipient
    -o smtpd_end_of_data_restrictions=check_recipient_access,texthash:{folder}/etc/end
dovecot    unix       - n n -     1 pipe
    flags=DRhu user=nobody argv={folder}/deliver ${{sender}} ${{recipient}}
{SERVICES}",
            self.port, self.refusing_port
        );
        fs::write(self.path("etc/main.cf"), settings).unwrap();
        fs::write(self.path("etc/master.cf"), services).unwrap();
        fs::write(self.path("etc/recipient"), AT_RECIPIENT).unwrap();
        fs::write(self.path("etc/end"), AT_END).unwrap();
        let full = self.path("mail/full");
        fs::write(&full, "x".repeat(19_999)).unwrap();
        component::run(
            Command::new(component::find("chown", "coreutils")).arg(NOBODY.to_string()).arg(full),
        );
        dovecot::write_deliver(&self.path("deliver"), &self.path("mail"));
    }

    /// Waits for the one message that came back, and takes it away.
    pub(super) fn bounce(&self) -> Vec<u8> {
        take(&self.path("mail/back/new"))
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Asks this Postfix's own master process, which it knows from its queue, and waits.
        drop(self.command("stop").output());
    }
}

/// Waits for a message in a folder, and takes it away.
pub(super) fn take(folder: &Path) -> Vec<u8> {
    let mut found = None;
    component::wait_until("a message came back", || {
        let mut entries = folder.read_dir().into_iter().flatten();
        found = entries.next().map(|entry| entry.unwrap().path());
        found.is_some()
    });
    let file = found.unwrap();
    let message = fs::read(&file).unwrap();
    fs::remove_file(file).unwrap();
    message
}
