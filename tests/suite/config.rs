//! Settings with mistakes in, the diagnostics that an editor sees out.

use newsletter::config;
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
