//! The sample issues, signed, in, what SpamAssassin and rspamd charge for them out.
//!
//! Both see a message as the reader's server does: it came from the address that the sender's SPF
//! record names, and has the signatures of the keys that are in the DNS. The names are those of a
//! name server of the test; nothing leaves this machine.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use newsletter::clock::Clock;
use tempfile::TempDir;

use crate::desk::Desk;
use crate::dkim;
use crate::real::component;
use crate::real::dns::{Dns, Record, Zone};

/// What a message may cost at most: a good newsletter is better than neutral.
const SCORE_MAX: f64 = -1.0;
/// The server that mails leave from, and the one that they arrive at. Filters count addresses that
/// documentation uses against a mail: these are ordinary ones, which nobody asks for anything.
const SENDER: [u8; 4] = [5, 9, 1, 25];
const RECEIVER: &str = "5.9.2.50";
const SELECTOR: &str = "test";

/// A message of a sample issue, and who it is from and to.
struct Sent {
    issue: String,
    from: String,
    to: String,
    bytes: Vec<u8>,
}

/// The signed messages, and the names that receivers look up.
struct Mail {
    folder: TempDir,
    domain: String,
    messages: Vec<Sent>,
    dns: Dns,
}

#[test]
#[ignore = "needs SpamAssassin"]
fn spamassassin_counts_every_sample_as_a_good_newsletter() {
    let mail = mail();
    let settings = format!(
        "trusted_networks {RECEIVER}
internal_networks {RECEIVER}
use_bayes 0
skip_rbl_checks 1
skip_uribl_checks 1
dns_available yes
dns_server [127.0.0.1]:{}
",
        mail.dns.port
    );
    let file = mail.folder.path().join("spamassassin.cf");
    fs::write(&file, settings).unwrap();
    for Sent { issue, from, to, bytes } in &mail.messages {
        let host = format!("mail.{}", mail.domain);
        let address = SENDER.map(|byte| byte.to_string()).join(".");
        let now = jiff::fmt::rfc2822::to_string(&Clock::System.now().to_zoned(UTC)).unwrap();
        let trace = format!(
            "Return-Path: <{from}>\r\n\
             Received: from {host} ({host} [{address}])\r\n\
             \tby mx.example.org (Postfix) with ESMTPS id 4ABCDEF123\r\n\
             \tfor <{to}>; {now}\r\n"
        );
        let mut command = Command::new(component::find("spamassassin", "spamassassin"));
        command.arg("--nocreate-prefs").arg("-t").arg("-p").arg(&file);
        command.env("HOME", mail.folder.path());
        // What asks for names without SpamAssassin's own resolver asks the test's server too.
        command.env("RES_NAMESERVERS", "127.0.0.1");
        command.env("RES_OPTIONS", format!("port:{}", mail.dns.port));
        let said = feed(&mut command, &[trace.as_bytes(), bytes].concat());
        let said = String::from_utf8_lossy(&said);
        let report = &said[said.find("Content analysis details:").unwrap_or_default()..];
        let score = said.split_once("score=").and_then(|(_, rest)| rest.split_once(' '));
        let score: f64 = score.unwrap_or_else(|| panic!("{said}")).0.parse().unwrap();
        assert!(score <= SCORE_MAX, "{issue}: {score}\n{report}");
        for rule in ["SPF_PASS", "DKIM_VALID_AU", "MAILING_LIST_MULTI"] {
            assert!(report.contains(rule), "{issue}: no {rule}\n{report}");
        }
    }
}

#[test]
#[ignore = "needs rspamd"]
fn rspamd_counts_every_sample_as_a_good_newsletter() {
    let mail = mail();
    let rspamd = Rspamd::start(mail.dns.port);
    let mut faults = String::new();
    for Sent { issue, from, to, bytes } in &mail.messages {
        let host = format!("mail.{}", mail.domain);
        let address = SENDER.map(|byte| byte.to_string()).join(".");
        let mut command = Command::new(component::find("rspamc", "rspamd"));
        command.args(["--json", "-h", &format!("127.0.0.1:{}", rspamd.port)]);
        command.args(["--ip", &address, "--helo", &host, "--hostname", &host]);
        command.args(["--from", from, "--rcpt", to]);
        let said = feed(command.arg("symbols"), bytes);
        let verdict: serde_json::Value = serde_json::from_slice(&said).unwrap();
        let symbols = verdict["symbols"].as_object().unwrap();
        let mut report = String::new();
        for (name, symbol) in symbols {
            writeln!(report, "{:>6} {name} {}", symbol["score"], symbol["options"]).unwrap();
        }
        let score = verdict["score"].as_f64().unwrap();
        if score > SCORE_MAX {
            writeln!(faults, "{issue}: {score}\n{report}").unwrap();
        }
        for symbol in ["R_SPF_ALLOW", "R_DKIM_ALLOW", "DMARC_POLICY_ALLOW", "MAILLIST"] {
            assert!(symbols.contains_key(symbol), "{issue}: no {symbol}\n{report}");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

const UTC: jiff::tz::TimeZone = jiff::tz::TimeZone::UTC;

/// A message of every sample issue as a dry run writes it now, signed.
fn mail() -> Mail {
    let folder = component::open_folder("newsletter-filters-");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sender = Desk::open(&root.join("newsletter.toml")).config.sender;
    let domain = sender.address.domain().to_owned();
    let from = sender.return_path.to_string();
    let publication = dkim::publication(&["--selector", SELECTOR]);
    let row = publication.rows().into_iter().find(|row| row.is_member()).unwrap();
    let mut messages = Vec::new();
    for issue in publication.issues() {
        let written = publication.dry_run_of(&issue, Clock::System);
        let own = format!("<{}>\r\n", row.email);
        let found =
            written.into_iter().find(|message| String::from_utf8_lossy(message).contains(&own));
        let bytes = found.unwrap();
        messages.push(Sent { issue, from: from.clone(), to: row.email.clone(), bytes });
    }
    let dns = Dns::start(zone(&domain, dkim::records(&publication)));
    Mail { folder, domain, messages, dns }
}

/// The records that a sender who does everything right has.
fn zone(domain: &str, keys: Vec<(String, String)>) -> Zone {
    let address = SENDER.map(|byte| byte.to_string());
    let backwards = SENDER.iter().rev().map(u8::to_string).collect::<Vec<_>>().join(".");
    let host = format!("mail.{domain}");
    let spf = format!("v=spf1 ip4:{} -all", address.join("."));
    let names = [
        (
            domain.to_owned(),
            vec![
                Record::Address(SENDER.into()),
                Record::Mail(host.clone()),
                Record::Text(spf.clone()),
            ],
        ),
        (host.clone(), vec![Record::Address(SENDER.into()), Record::Text(spf)]),
        (format!("{backwards}.in-addr.arpa"), vec![Record::Pointer(host)]),
        (format!("_dmarc.{domain}"), vec![Record::Text("v=DMARC1; p=reject".to_owned())]),
    ];
    let keys = keys.into_iter().map(|(name, text)| (name, vec![Record::Text(text)]));
    names.into_iter().chain(keys).collect()
}

/// Runs a command that reads a message, and returns what it printed.
fn feed(command: &mut Command, message: &[u8]) -> Vec<u8> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    child.stdin.take().unwrap().write_all(message).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} ended with {}:\n{said}", output.status);
    output.stdout
}

/// A running rspamd with its own rules and nothing to remember.
struct Rspamd {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Rspamd {
    fn start(dns: u16) -> Self {
        let folder = component::open_folder("newsletter-rspamd-");
        component::set_mode(folder.path(), 0o777);
        let port = component::free_port();
        fs::write(folder.path().join("suffixes"), "com\nnet\norg\n").unwrap();
        let overrides = folder.path().join("override.d");
        fs::create_dir(&overrides).unwrap();
        let here = folder.path().display().to_string();
        for (file, text) in [
            (
                "options.inc",
                format!(
                    "dns {{ nameserver = [\"127.0.0.1:{dns}\"]; }}
# Without fuzzy_check, which asks a server on the Internet.
filters = \"chartable,dkim,regexp\";
# Ten thousand suffixes are 15 seconds at every start.
url_tld = \"{here}/suffixes\";
tempdir = \"{here}\";
"
                ),
            ),
            ("worker-normal.inc", format!("bind_socket = \"127.0.0.1:{port}\"; count = 1;\n")),
            ("worker-controller.inc", "enabled = false;\n".to_owned()),
            ("worker-proxy.inc", "enabled = false;\n".to_owned()),
            ("logging.inc", "type = \"console\"; level = \"error\";\n".to_owned()),
        ] {
            fs::write(overrides.join(file), text).unwrap();
        }
        let mut command = Command::new(component::find("rspamd", "rspamd"));
        command.args(["-f", "-c", "/etc/rspamd/rspamd.conf"]);
        if component::is_root() {
            command.args(["-u", "_rspamd", "-g", "_rspamd"]);
        }
        for name in ["LOCAL_CONFDIR", "DBDIR", "RUNDIR", "LOGDIR"] {
            command.arg(format!("--var={name}={here}"));
        }
        let log = fs::File::create(folder.path().join("log")).unwrap();
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut rspamd = Self { child: command.spawn().unwrap(), port, _folder: folder };
        component::wait_for_port(port, || {
            let ended = rspamd.child.try_wait().unwrap();
            let log = fs::read_to_string(Path::new(&here).join("log")).unwrap();
            assert!(ended.is_none(), "rspamd ended: {ended:?}\n{log}");
        });
        rspamd
    }
}

impl Drop for Rspamd {
    fn drop(&mut self) {
        // Its workers end when it is asked to.
        component::signal(&self.child, "TERM");
        drop(self.child.wait());
    }
}
