//! A request in, whether a person reads out, as far as that can be told.

use crate::measure::scanners::{BROWSERS, SCANNERS};

/// Whether a request is a page view or a click of a person.
///
/// `header` gives a header field by its name in lower case. No is said of every method but GET, of
/// what a browser fetches beforehand, of what is no page of its own, and of programs that call
/// themselves what they are. A gateway that passes itself off as a browser cannot be told.
pub fn is_view<'h>(method: &str, header: impl Fn(&'static str) -> Option<&'h str>) -> bool {
    if method != "GET" {
        return false;
    }
    // What browsers fetch beforehand, of today and of old.
    let early = ["sec-purpose", "purpose", "x-purpose", "x-moz"].into_iter().any(|name| {
        let value = header(name).unwrap_or_default().to_ascii_lowercase();
        ["prefetch", "prerender", "preview"].iter().any(|word| value.contains(word))
    });
    // Where a browser says what it fetches for (W3C Fetch Metadata), it is for a tab of its own.
    let page = header("sec-fetch-dest").is_none_or(|dest| dest == "document");
    let agent = header("user-agent").unwrap_or_default();
    !early && page && is_browser(agent)
}

fn is_browser(agent: &str) -> bool {
    // A maker of telephones, whose name is in those of their browsers.
    let name = agent.to_ascii_lowercase().replace("cubot", "");
    BROWSERS.iter().any(|beginning| agent.starts_with(beginning))
        && !SCANNERS.iter().any(|scanner| name.contains(scanner.word))
}
