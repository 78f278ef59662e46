//! Readers in, a Postfix of its own on loopback and the Maildirs that it delivers to out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::real::component::{self, NOBODY};
use crate::support::publication::{PASSWORD, Row};

/// The user whose password is [`PASSWORD`].
pub(crate) const USER: &str = "tidewater";

/// Every service that a Postfix needs to take mail and to put it into mailboxes.
const SERVICES: &str = "\
cleanup    unix       n - n -     0 cleanup
qmgr       unix       n - n 300   1 qmgr
pickup     unix       n - n 60    1 pickup
tlsmgr     unix       - - n 1000? 1 tlsmgr
rewrite    unix       - - n -     - trivial-rewrite
bounce     unix       - - n -     0 bounce
defer      unix       - - n -     0 bounce
trace      unix       - - n -     0 bounce
proxymap   unix       - - n -     - proxymap
error      unix       - - n -     - error
retry      unix       - - n -     - error
showq      unix       n - n -     - showq
virtual    unix       - n n -     - virtual
anvil      unix       - - n -     1 anvil
postlog    unix-dgram n - n -     1 postlogd
";

/// A running Postfix; nothing of it is outside its folder.
pub(crate) struct Postfix {
    folder: TempDir,
    program: PathBuf,
    /// Plain and STARTTLS.
    pub(crate) port: u16,
    /// TLS from the first byte.
    pub(crate) tls_port: u16,
    /// Plain and STARTTLS, and only for those who log in.
    pub(crate) login_port: u16,
}

impl Postfix {
    /// Starts it with a mailbox for each reader, and waits until it takes connections.
    pub(crate) fn start(readers: &[Row]) -> Self {
        Self::start_with(readers, "")
    }

    /// The same with what it says to some recipients in place of taking their mail: `access(5)`.
    pub(crate) fn start_with(readers: &[Row], access: &str) -> Self {
        Self::start_of(readers, access, "", "")
    }

    /// The same with more lines of `main.cf` and `master.cf`.
    pub(crate) fn start_as(readers: &[Row], settings: &str, services: &str) -> Self {
        Self::start_of(readers, "", settings, services)
    }

    fn start_of(readers: &[Row], access: &str, settings: &str, services: &str) -> Self {
        let program = component::find("postfix", "postfix");
        assert!(component::is_root(), "Postfix starts as root only: run the tests as root");
        let folder = component::open_folder("newsletter-postfix-");
        let postfix = Self {
            folder,
            program,
            port: component::free_port(),
            tls_port: component::free_port(),
            login_port: component::free_port(),
        };
        for part in ["etc", "etc/sasl", "queue", "data", "mail"] {
            fs::create_dir(postfix.path(part)).unwrap();
        }
        let owner = |user: &str, path: &Path| {
            component::run(Command::new(component::find("chown", "coreutils")).arg(user).arg(path));
        };
        owner("postfix", &postfix.path("data"));
        owner(&NOBODY.to_string(), &postfix.path("mail"));
        postfix.make_certificate();
        postfix.make_login();
        postfix.write_settings(readers);
        postfix.append("etc/main.cf", settings);
        postfix.append("etc/master.cf", services);
        fs::write(postfix.path("etc/access"), access).unwrap();
        component::run(&mut postfix.command("start"));
        for port in [postfix.port, postfix.tls_port, postfix.login_port] {
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
        command
    }

    /// The certificate that it shows: of `localhost`, signed by itself.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.path("certificate.pem")
    }

    fn make_certificate(&self) {
        let mut openssl = Command::new(component::find("openssl", "openssl"));
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        openssl.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
        openssl.args(["-addext", "subjectAltName=DNS:localhost"]);
        openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        openssl.arg("-keyout").arg(self.path("key.pem")).arg("-out").arg(self.certificate());
        component::run(&mut openssl);
    }

    /// A user in Cyrus SASL's own database; Debian's Postfix looks for its settings in `etc/sasl`.
    fn make_login(&self) {
        let users = self.path("etc/sasl/users");
        let settings = format!(
            "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {}\n\
             mech_list: PLAIN LOGIN\n",
            users.display()
        );
        fs::write(self.path("etc/sasl/smtpd.conf"), settings).unwrap();
        let mut command = Command::new(component::find("saslpasswd2", "sasl2-bin"));
        command.args(["-p", "-c", "-u", "mx.example.org", "-f"]).arg(&users).arg(USER);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{command:?}");
        component::set_mode(&users, 0o644);
    }

    fn write_settings(&self, readers: &[Row]) {
        let (folder, ports) = (self.folder.path().display(), (self.port, self.tls_port));
        let keys: Vec<String> = readers.iter().map(Row::key).collect();
        let domains: BTreeSet<_> = keys.iter().filter_map(|key| key.split('@').nth(1)).collect();
        let domains: Vec<_> = domains.into_iter().collect();
        let mut mailboxes = String::new();
        for key in &keys {
            let (user, domain) = key.split_once('@').unwrap();
            writeln!(mailboxes, "{key} {domain}/{user}/").unwrap();
        }
        let settings = format!(
            "compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
syslog_name = newsletter-test
mail_owner = postfix
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
default_transport = error:nothing leaves this machine
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:{NOBODY}
virtual_gid_maps = static:{NOBODY}
virtual_minimum_uid = 1
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/etc/access
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/certificate.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_auth_only = yes
smtpd_tls_received_header = yes
smtpd_sasl_local_domain = mx.example.org
",
            domains = domains.join(" "),
        );
        let services = format!(
            "127.0.0.1:{} inet n - n - - smtpd
127.0.0.1:{} inet n - n - - smtpd
    -o smtpd_tls_wrappermode=yes
127.0.0.1:{} inet n - n - - smtpd
    -o smtpd_sasl_auth_enable=yes
    -o smtpd_client_restrictions=permit_sasl_authenticated,reject
{SERVICES}",
            ports.0, ports.1, self.login_port
        );
        fs::write(self.path("etc/mailboxes"), mailboxes).unwrap();
        fs::write(self.path("etc/main.cf"), settings).unwrap();
        fs::write(self.path("etc/master.cf"), services).unwrap();
    }

    fn append(&self, file: &str, lines: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        fs::write(self.path(file), text + lines).unwrap();
    }

    /// What the queue holds, as `postqueue -j` tells it.
    pub(crate) fn waiting(&self) -> String {
        let mut command = Command::new(component::find("postqueue", "postfix"));
        component::run(command.arg("-c").arg(self.path("etc")).arg("-j"))
    }

    /// Has it try again what waits.
    pub(crate) fn try_again(&self) {
        let mut command = Command::new(component::find("postqueue", "postfix"));
        component::run(command.arg("-c").arg(self.path("etc")).arg("-f"));
    }

    /// Waits until this many messages are in mailboxes, and returns the files of all there are.
    pub(crate) fn messages(&self, number: usize) -> Vec<PathBuf> {
        let mail = self.path("mail");
        component::wait_until("all messages are in mailboxes", || {
            find_messages(&mail).len() >= number
        });
        self.wait_until_empty();
        find_messages(&mail)
    }

    /// Waits until nothing is in the queue: what is in mailboxes then is all there will be.
    fn wait_until_empty(&self) {
        component::wait_until("the queue is empty", || {
            let queues = ["incoming", "active", "deferred"].iter();
            queues.map(|queue| count_files(&self.path("queue").join(queue))).sum::<usize>() == 0
        });
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Asks this Postfix's own master process, which it knows from its queue, and waits.
        drop(self.command("stop").output());
    }
}

/// The messages of every Maildir below a folder.
fn find_messages(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for domain in folder.read_dir().unwrap() {
        for user in domain.unwrap().path().read_dir().unwrap() {
            let new = user.unwrap().path().join("new");
            let Ok(entries) = new.read_dir() else { continue };
            files.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    files.sort();
    files
}

/// How many files are in a folder and those below it; one that goes away meanwhile has none.
fn count_files(folder: &Path) -> usize {
    let Ok(entries) = folder.read_dir() else { return 0 };
    let files = entries.flatten().map(|entry| {
        let path = entry.path();
        if path.is_dir() { count_files(&path) } else { 1 }
    });
    files.sum()
}
