//! Issues in, what the web says of their links out.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic};
use crate::issue::Issue;
use crate::probe::{self, Answer};

/// How long a page may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Asks for every page that the issues link to, each once; links with fields lead elsewhere for
/// each reader, and are not asked for.
pub(super) fn check(issues: &[Issue]) -> Vec<Diagnostic> {
    let mut places = BTreeMap::new();
    for issue in issues {
        for anchor in issue.anchors() {
            let template = anchor.link.template();
            let Some(url) = template.as_literal() else { continue };
            if url.starts_with("http") {
                places.entry(url.to_owned()).or_insert((issue, template.span.0.clone()));
            }
        }
    }
    let urls: Vec<&str> = places.keys().map(String::as_str).collect();
    let answers = probe::ask(&urls, TIMEOUT);
    let found = places.values().zip(answers).filter_map(|((issue, span), answer)| {
        let (code, message, help) = describe(answer)?;
        let diagnostic = Diagnostic::new(code, &issue.source, span.clone(), message);
        Some(diagnostic.help(help))
    });
    found.collect()
}

fn describe(answer: Answer) -> Option<(Code, String, String)> {
    match answer {
        Answer::There => None,
        Answer::Gone(status) => {
            let message = format!("the page is not there: the server says {status}");
            Some((Code::Gone, message, "link to a page that is, or delete the link".to_owned()))
        }
        Answer::Refused(status) => {
            let message = format!("the server says {status}");
            Some((Code::NoAnswer, message, "open the page, and see whether it is there".to_owned()))
        }
        Answer::Silent(reason) => {
            let message = format!("the link is not answered: {reason}");
            Some((Code::NoAnswer, message, "open the page, and see whether it is there".to_owned()))
        }
        Answer::Moved(url) => {
            let message = format!("the page has moved to `{url}`");
            Some((Code::Moved, message, "link to where it is now".to_owned()))
        }
    }
}
