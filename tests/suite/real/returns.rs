//! A reader whose mailbox is gone and a Postfix that finds out after it took the mail in, that reader suppressed out.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use newsletter::cli::Exit;
use newsletter::clock::Clock;

use crate::real::component::{self, NOBODY};
use crate::real::postfix::Postfix;
use crate::returns::{Bounce, HARD, Paper, letter, reader, week};
use crate::support::publication::{PASSWORD, Publication, Row};

const GONE: &str = "reader-00004@example.com";

/// Readers of whom one has no mailbox, and the settings that have the bounce come back.
fn publication() -> (Publication, Vec<Row>) {
    let publication = Publication::with_readers(9);
    publication.write("suppressions.csv", "address,reason,source,date,issue\n");
    let settings = publication
        .read("newsletter.toml")
        .replace("\"bounces@tidewater.example.org\"", "\"bounces+{token}@tidewater.example.org\"");
    publication.write("newsletter.toml", &settings);
    let mut mailboxes = publication.all_rows();
    mailboxes.retain(|row| row.key() != GONE);
    assert_eq!(mailboxes.len(), 8);
    mailboxes
        .push(Row { email: "bounces@tidewater.example.org".to_owned(), ..mailboxes[0].clone() });
    (publication, mailboxes)
}

/// It takes mail for anybody of its domains, and sends back what has no mailbox.
const LATE: &str = "smtpd_reject_unlisted_recipient = no\nrecipient_delimiter = +\n";

fn send(publication: &Publication, issue: &str) {
    let letter = format!("title = \"{issue}\"\ndate = 2026-11-20\nlede = \"It was cold.\"\n");
    publication.write(&format!("issues/{issue}.toml"), &letter);
    let ended = publication.run(&["send", issue, "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
}

/// The one row of the suppressions.
fn row(publication: &Publication) -> String {
    let rows = publication.read("suppressions.csv");
    let rows: Vec<&str> = rows.lines().skip(1).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].to_owned()
}

fn is_bounced(row: &str, issue: &str) {
    let begins = format!("{GONE},\"bounced: 5.1.1 unknown user");
    assert!(row.starts_with(&begins) && row.ends_with(&format!(",{issue}")), "{row}");
    assert!(row.contains(",dsn,"), "{row}");
}

fn maildir(messages: &[PathBuf]) -> &Path {
    let is_bounce = |file: &&PathBuf| file.to_string_lossy().contains("/bounces/new/");
    let bounce = messages.iter().find(is_bounce).unwrap();
    bounce.parent().unwrap().parent().unwrap()
}

#[test]
#[ignore = "needs postfix, as root"]
fn a_bounce_of_postfix_suppresses_exactly_the_reader_whose_mailbox_is_gone() {
    let (publication, mailboxes) = publication();
    let postfix = Postfix::start_as(&mailboxes, LATE, "");
    publication.set_plain_server(postfix.port);
    send(&publication, "one");
    // Eight readers got it, and the ninth mail came back.
    let messages = postfix.messages(9);
    assert_eq!(messages.len(), 9);
    let maildir = maildir(&messages).to_str().unwrap();
    let ended = publication.run(&["bounces", maildir]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(ended.messages, "1 message: 1 suppressed.\n");
    is_bounced(&row(&publication), "one");
    let ended = publication.run(&["bounces", maildir]);
    assert_eq!((ended.output.as_str(), ended.messages.as_str()), ("", ""));
    // The next issue leaves that reader out: nothing more comes back.
    send(&publication, "two");
    assert_eq!(publication.run(&["status", "two", "--json"]).exit, Exit::Done);
    // The bounce is in `cur` now, and eight more are new.
    assert_eq!(postfix.messages(16).len(), 16);
    let ended = publication.run(&["bounces", maildir]);
    assert_eq!(ended.messages, "");
}

#[test]
#[ignore = "needs postfix, as root"]
fn postfix_pipes_bounces_in_and_keeps_those_that_could_not_be_taken() {
    let (publication, mailboxes) = publication();
    let folder = publication.path("");
    let service = format!(
        "newsletter unix - n n - - pipe\n  flags=DRX user=nobody argv={} -C {} bounces -\n",
        env!("CARGO_BIN_EXE_newsletter"),
        folder.display()
    );
    let transport = "transport_maps = inline:{ tidewater.example.org=newsletter }\n\
                     newsletter_destination_recipient_limit = 1\n";
    let postfix = Postfix::start_as(&mailboxes, &format!("{LATE}{transport}"), &service);
    publication.set_plain_server(postfix.port);
    // Nobody may not read it yet: the bounce has to wait.
    component::set_mode(&folder, 0o700);
    send(&publication, "one");
    let waits = || postfix.waiting().contains("newsletter") || postfix.waiting().contains("75");
    component::wait_until("the bounce is deferred", waits);
    assert_eq!(publication.read("suppressions.csv").lines().count(), 1);
    give(&folder);
    postfix.try_again();
    let suppressed = || publication.read("suppressions.csv").lines().count() == 2;
    component::wait_until("the bounce is taken in", suppressed);
    is_bounced(&row(&publication), "one");
    component::wait_until("the queue is empty", || postfix.waiting().is_empty());
}

/// Makes a folder and all in it nobody's.
fn give(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        path.read_dir().unwrap().for_each(|entry| give(&entry.unwrap().path()));
    }
}

/// A Dovecot of its own with one mailbox in a Maildir.
struct Dovecot {
    folder: tempfile::TempDir,
    program: PathBuf,
    port: u16,
    tls_port: u16,
}

impl Dovecot {
    fn start() -> Self {
        let program = component::find("dovecot", "dovecot-imapd");
        assert!(component::is_root(), "Dovecot starts as root only: run the tests as root");
        let folder = component::open_folder("newsletter-dovecot-");
        let (port, tls_port) = (component::free_port(), component::free_port());
        let dovecot = Self { folder, program, port, tls_port };
        let path = dovecot.folder.path().display();
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(dovecot.path(&format!("mail/{part}"))).unwrap();
        }
        give(&dovecot.path("mail"));
        let mut openssl = Command::new(component::find("openssl", "openssl"));
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        openssl.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
        openssl.args(["-addext", "subjectAltName=DNS:localhost"]);
        openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        openssl.arg("-keyout").arg(dovecot.path("key.pem"));
        component::run(openssl.arg("-out").arg(dovecot.path("certificate.pem")));
        let settings = format!(
            "base_dir = {path}/run
state_dir = {path}/state
log_path = {path}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{path}/certificate.pem
ssl_key = <{path}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{path}/mail
mail_uid = {NOBODY}
mail_gid = {NOBODY}
first_valid_uid = {NOBODY}
first_valid_gid = {NOBODY}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {path}/users
}}
userdb {{
  driver = static
  args = uid={NOBODY} gid={NOBODY} home={path}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"
        );
        fs::write(dovecot.path("dovecot.conf"), settings).unwrap();
        fs::write(dovecot.path("users"), format!("b:{PASSWORD}\n")).unwrap();
        // It goes on in the background, with whatever it was given to write to.
        let mut command = dovecot.command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(command.status().unwrap().success(), "{command:?}");
        component::wait_for_port(port, || ());
        component::wait_for_port(tls_port, || ());
        dovecot
    }

    fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.path("dovecot.conf"));
        command
    }

    /// Puts a message into the mailbox.
    fn put(&self, name: &str, message: &str) {
        let file = self.path(&format!("mail/new/{name}"));
        fs::write(&file, message).unwrap();
        give(&file);
    }

    /// The flags of the messages in a mailbox: those of the files' names.
    fn flags(&self, folder: &str) -> Vec<String> {
        let folders = [format!("mail/{folder}cur"), format!("mail/{folder}new")];
        let entries = folders.iter().filter_map(|folder| self.path(folder).read_dir().ok());
        let names = entries.flatten().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut flags: Vec<_> =
            names.map(|name| name.split_once(":2,").map_or("", |(_, f)| f).to_owned()).collect();
        flags.sort();
        flags
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Asks this Dovecot's own master process, which it knows from its folder.
        drop(self.command().arg("stop").output());
    }
}

#[test]
#[ignore = "needs dovecot, as root"]
fn what_is_unread_on_an_imap_server_is_taken_in_and_marked_there() {
    let paper = Paper::new(8);
    let publication = &paper.publication;
    paper.send(1);
    let dovecot = Dovecot::start();
    let certificate = dovecot.path("certificate.pem");
    let (tls_port, port) = (dovecot.tls_port, dovecot.port);
    let trust = format!("host = \"localhost\", ca_file = \"{}\"", certificate.display());
    let settings = publication.read("newsletter.toml");
    let ways = [
        format!("{trust}, port = {tls_port}"),
        format!("{trust}, port = {port}, tls_type = \"STARTTLS\""),
        format!("host = \"127.0.0.1\", port = {port}, tls_type = \"none\", move_to = \"INBOX\""),
    ];
    for (number, way) in (1..).zip(&ways) {
        let imap = format!("{way}, username = \"b\", password = {{ env = \"SMTP_PASSWORD\" }}");
        publication
            .write("newsletter.toml", &format!("{settings}\n[bounces]\nimap = {{ {imap} }}\n"));
        let mail = paper.mail(&reader(number));
        let id = number.to_string();
        dovecot.put(&format!("{number}.a"), &Bounce { to: &mail.sender, id: &id, ..HARD }.text());
        if number == 1 {
            dovecot.put("9.a", &letter("friend@example.org", "editors@example.org", "Hello"));
        }
        let ended = publication.run_at(week(1), &["bounces"]);
        assert_eq!(ended.exit, Exit::Done, "{way}: {}", ended.messages);
        assert!(
            ended.messages.starts_with("2 messages: 1 suppressed, 1 left"),
            "{}",
            ended.messages
        );
        assert_eq!(paper.suppressed().len(), number);
    }
    // Three are read, and the friend's is not.
    assert_eq!(dovecot.flags(""), ["", "S", "S", "S"]);
    // A wrong password, and a certificate that nobody vouches for.
    for (way, exit) in [
        (
            format!("{}, username = \"b\", password = {{ command = \"echo x\" }}", ways[0]),
            Exit::Usage,
        ),
        (
            format!(
                "host = \"localhost\", port = {tls_port}, username = \"b\", password = {{ env = \"SMTP_PASSWORD\" }}"
            ),
            Exit::World,
        ),
    ] {
        publication
            .write("newsletter.toml", &format!("{settings}\n[bounces]\nimap = {{ {way} }}\n"));
        let ended = publication.run_at(Clock::System, &["bounces"]);
        assert_eq!(ended.exit, exit, "{}", ended.messages);
        assert!(!ended.messages.contains(PASSWORD), "{}", ended.messages);
    }
}
