//! Settings with mistakes in, the diagnostics that an editor sees out.

use std::time::Duration;

use newsletter::config;
use newsletter::config::{AuthProtocol, Config, PRESETS, Rate, Timeouts, Tls};
use newsletter::diagnostic::Source;

use crate::cases::{self, Verdict};

/// What every secret of the cases holds.
const SECRETS: [&str; 3] = ["hunter2", "correct-horse", "4815162342"];

#[test]
fn every_mistake_in_the_settings_is_shown_where_it_is() {
    let mut verdict = Verdict::default();
    for path in cases::list("settings", ".toml") {
        let checked = config::parse(&Source::new("newsletter.toml", cases::read(&path)));
        if checked.value.is_some() {
            verdict.fail(&path, "nothing is wrong with it");
        }
        let rendered = cases::render(&checked.diagnostics);
        verdict.compare(&path.with_extension("stderr"), rendered.as_bytes());
    }
    verdict.finish(15);
}

#[test]
fn a_secret_is_never_shown_whatever_is_wrong_with_it() {
    let mut held = 0;
    for path in cases::list("settings", ".toml") {
        let text = cases::read(&path);
        let checked = config::parse(&Source::new("newsletter.toml", text.as_str()));
        for diagnostic in &checked.diagnostics {
            for shown in [diagnostic.render(false), diagnostic.render(true)] {
                let told = SECRETS.iter().find(|secret| shown.contains(*secret));
                assert_eq!(told, None, "{}:\n{shown}", path.display());
            }
        }
        held += usize::from(SECRETS.iter().any(|secret| text.contains(secret)));
    }
    assert!(held >= 10, "{held} cases hold a secret");
}

#[test]
fn the_sample_settings_are_good() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("newsletter.toml");
    let checked = config::parse(&Source::new("newsletter.toml", cases::read(&path)));
    assert_eq!(cases::render(&checked.diagnostics), "");
    assert!(checked.value.is_some());
}

/// The settings of a publication with these lines beneath.
fn settings(lines: &str) -> Config {
    let text = format!(
        "publication = {{ name = \"R\", url = \"https://example.org\", address = \"Quay\", list_id = \"r.example.org\" }}
         sender = {{ from = \"R <r@example.org>\" }}
         unsubscribe = {{ url = \"https://example.org/{{token}}\" }}
         {lines}"
    );
    let checked = config::parse(&Source::new("newsletter.toml", text));
    assert_eq!(cases::render(&checked.diagnostics), "", "{lines}");
    checked.value.unwrap()
}

fn rate(messages: u32, seconds: u64) -> Option<Rate> {
    Some(Rate { messages, per: Duration::from_secs(seconds) })
}

#[test]
fn a_preset_gives_what_is_not_written_and_nothing_else() {
    let config = settings("smtp = { preset = \"m365\" }");
    let smtp = config.smtp.unwrap();
    assert_eq!(
        (smtp.host.as_str(), smtp.port, smtp.tls),
        ("smtp.office365.com", 587, Tls::StartTls)
    );
    assert_eq!((smtp.max_conns, smtp.max_messages_per_connection), (3, None));
    assert_eq!((config.send.rate, config.send.window), (rate(30, 60), rate(10_000, 86_400)));
    assert_eq!(config.send.burst, 1);

    let config = settings(
        "smtp = { preset = \"m365\", host = \"mail.example.org\", tls_type = \"TLS\", max_conns = 2 }
         send = { rate = \"200/s\", window = \"none\" }",
    );
    let smtp = config.smtp.unwrap();
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("mail.example.org", 465, Tls::Implicit));
    assert_eq!(smtp.max_conns, 2);
    assert_eq!((config.send.rate, config.send.window), (rate(200, 1), None));
    assert_eq!(config.send.burst, 20);

    let sendgrid = settings("smtp = { preset = \"sendgrid\" }").smtp.unwrap();
    assert_eq!((sendgrid.max_conns, sendgrid.max_messages_per_connection), (4, Some(5_000)));
    assert_eq!(settings("smtp = { preset = \"gmail\", port = 587 }").smtp.unwrap().port, 587);
}

#[test]
fn the_page_of_settings_says_of_every_preset_what_it_is_and_where_that_stands() {
    let page = include_str!("../../docs/settings.md");
    for preset in PRESETS {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{}` |", preset.name)));
        let row = row.unwrap_or_else(|| panic!("no row for {}", preset.name));
        let count = |count: Option<String>| count.unwrap_or_default();
        let facts = [
            preset.host.unwrap_or_default().to_owned(),
            format!(" {} ", preset.port),
            count(preset.max_conns.map(|count| format!(" {count} "))),
            count(preset.max_messages_per_connection.map(|count| format!(" {count} "))),
            count(preset.rate.map(|rate| format!("`{}/", rate.messages))),
            count(preset.window.map(|window| format!("`{} per ", window.messages))),
            preset.source.to_owned(),
            preset.date.to_owned(),
        ];
        let missing: Vec<_> = facts.iter().filter(|fact| !row.contains(*fact)).collect();
        assert!(missing.is_empty(), "{missing:?} in {row}");
    }
}

#[test]
fn settings_of_the_pace_are_read() {
    let config = settings(
        "smtp = { host = \"mail.example.org\", timeout = \"20s\", max_in_flight = 1, username = \"r\", password = { env = \"P\" }, auth_protocol = \"xoauth2\" }
         send = { rate = \" 500 / h \", burst = 7, window = \"10000 per 90m\", warm_up = [200, 500], throttle_pause = \"50ms\", give_up_after = \"72h\", domains = { \"Bücher.example.org\" = { rate = \"2/s\" } } }",
    );
    let (smtp, send) = (config.smtp.unwrap(), config.send);
    assert_eq!(smtp.timeouts, Timeouts::all(Duration::from_secs(20)));
    assert_eq!(smtp.max_in_flight, 1);
    assert_eq!(smtp.login.unwrap().protocol, AuthProtocol::XOauth2);
    assert_eq!((send.rate, send.burst, send.window), (rate(500, 3_600), 7, rate(10_000, 5_400)));
    assert_eq!(send.warm_up, [200, 500]);
    assert_eq!(send.throttle_pause, Duration::from_millis(50));
    assert_eq!(send.give_up_after, Duration::from_secs(72 * 3_600));
    let domains: Vec<_> = send.domains.into_iter().collect();
    assert_eq!(domains, [("xn--bcher-kva.example.org".to_owned(), rate(2, 1).unwrap())]);
    let smtp = settings("smtp = { host = \"mail.example.org\" }").smtp.unwrap();
    assert_eq!(smtp.timeouts, Timeouts::default());
    assert_eq!(smtp.timeouts.message, Duration::from_secs(600));
}
