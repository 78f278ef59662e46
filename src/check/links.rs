//! An issue's links in, those that readers cannot tell apart or should not trust out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use url::{Host, Url};

use crate::check::words;
use crate::diagnostic::{Code, Diagnostic, Source};
use crate::issue::Issue;

/// How often one link may stand in an issue.
const SAME_MAX: usize = 3;

pub(super) fn check(issue: &Issue) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut places: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    for anchor in issue.anchors() {
        let place = anchor.link.template().span.0.clone();
        let written = anchor.link.template().to_string();
        let words = anchor.words.as_deref().map(|words| Words {
            source: &issue.source,
            span: &anchor.span,
            words,
        });
        found.extend(words.as_ref().and_then(Words::vague));
        if let Ok(url) = Url::parse(&written) {
            found.extend(words.and_then(|words| words.other_host(&url)));
            found.extend(target(issue, &place, &url));
        }
        places.entry(written).or_default().push(place);
    }
    for (written, places) in places.iter().filter(|(_, places)| places.len() > SAME_MAX) {
        let message = format!("`{written}` is linked {} times", places.len());
        let diagnostic =
            Diagnostic::new(Code::SameLink, &issue.source, places[SAME_MAX].clone(), message);
        found.push(diagnostic.help("link it once, where readers want to go there"));
    }
    found
}

/// What is wrong with a link of the finished letter.
pub(super) fn anchor(
    source: &Arc<Source>,
    span: &Range<usize>,
    words: &str,
    href: &str,
) -> Vec<Diagnostic> {
    let anchor = Words { source, span, words };
    match Url::parse(href.trim()) {
        Ok(url) => anchor.vague().into_iter().chain(anchor.other_host(&url)).collect(),
        Err(_) => {
            let message = format!("`{href}` leads nowhere from a mail");
            let diagnostic = Diagnostic::new(Code::Link, source, span.clone(), message);
            vec![diagnostic.help("write the whole URL: `https://example.org/page`")]
        }
    }
}

/// The words of a link and where they stand.
struct Words<'w> {
    source: &'w Arc<Source>,
    span: &'w Range<usize>,
    words: &'w str,
}

impl Words<'_> {
    /// Words that do not say where the link leads.
    fn vague(&self) -> Option<Diagnostic> {
        let said = self.words.trim_matches(|c: char| !c.is_alphanumeric());
        let said = said.replace('\'', "’").to_lowercase();
        if self.words.trim().is_empty() {
            let diagnostic = self.at(Code::LinkWithoutWords, "the link has no words".to_owned());
            return Some(diagnostic.help("say where it leads: `[the flood map](https://…)`"));
        }
        words::VAGUE.contains(&said.as_str()).then(|| {
            let message = format!("`{}` does not say where the link leads", self.words.trim());
            let diagnostic = self.at(Code::VagueLink, message);
            diagnostic.help("make words of it that say what is there")
        })
    }

    /// Words that look like a URL have to be the one that they lead to.
    fn other_host(&self, url: &Url) -> Option<Diagnostic> {
        let real = url.host_str()?;
        let mut shown = self.words.split_whitespace();
        let shown = match (shown.next(), shown.next()) {
            (Some(only), None) => host_of(only).or_else(|| bare_host(only)),
            _ => self.words.split_whitespace().find_map(host_of),
        };
        let shown = shown.filter(|shown| !is_same_site(shown, real))?;
        let message = format!("the words show `{shown}`, and the link leads to `{real}`");
        let diagnostic = self.at(Code::OtherHost, message);
        Some(diagnostic.help("say in words what is there, or show the URL that it leads to"))
    }

    fn at(&self, code: Code, message: String) -> Diagnostic {
        Diagnostic::new(code, self.source, self.span.clone(), message)
    }
}

/// The host of a word that is written as a URL.
fn host_of(word: &str) -> Option<String> {
    let word = word.trim_matches(['(', ')', '<', '>', ',', '.', '“', '”', '"']);
    let url = match word.strip_prefix("www.") {
        Some(_) => Url::parse(&format!("https://{word}")),
        None => Url::parse(word),
    };
    let url = url.ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.host_str().map(str::to_owned)
}

/// The host of a word such as `example.org/frost`; `None` for names of files and the like.
fn bare_host(word: &str) -> Option<String> {
    let word = word.trim_matches(['(', ')', '<', '>', ',', '.', '“', '”', '"']);
    let host = word.split(['/', '?', '#']).next().unwrap_or_default();
    // "ASP.NET" and "Node.JS" are names; a host is written small, but for its first letter.
    if host.chars().skip(1).any(char::is_uppercase) {
        return None;
    }
    let host = host.to_lowercase();
    let (name, top) = host.rsplit_once('.')?;
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let is_top = top.len() > 1
        && top.chars().all(|c| c.is_ascii_lowercase())
        && !words::FILES.contains(&top);
    (is_top && name.split('.').all(label)).then_some(host)
}

/// Whether two hosts are of one site: one below the other, or both below one name.
fn is_same_site(shown: &str, real: &str) -> bool {
    let below = |host: &str, site: &str| {
        host == site || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'))
    };
    let (shown, real) = (shown.trim_start_matches("www."), real.trim_start_matches("www."));
    below(shown, real) || below(real, shown) || site(shown) == site(real)
}

/// The last two labels of a host; three, where the last two are a registry's, as in `co.uk`.
fn site(host: &str) -> &str {
    let dots: Vec<_> = host.rmatch_indices('.').map(|(at, _)| at).collect();
    let registry = match dots.as_slice() {
        [top, second, ..] => host.len() - top <= 3 && top - second <= 4,
        _ => false,
    };
    dots.get(if registry { 2 } else { 1 }).map_or(host, |at| &host[at + 1..])
}

/// What is wrong with where a link leads.
fn target(issue: &Issue, place: &Range<usize>, url: &Url) -> Vec<Diagnostic> {
    let at = |code, message: String| Diagnostic::new(code, &issue.source, place.clone(), message);
    let mut found = Vec::new();
    if url.scheme() == "http" {
        let message = "the link is not encrypted: browsers warn of the page".to_owned();
        found.push(at(Code::Insecure, message).help("write `https://`, if the page has it"));
    }
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.");
    if words::SHORTENERS.contains(&host) {
        let message = format!("`{host}` hides where the link leads");
        found.push(at(Code::Shortener, message).help("write the URL that it stands for"));
    }
    if !url.username().is_empty() && url.scheme().starts_with("http") {
        let message = "the link has a name before the host, as forged ones do".to_owned();
        found.push(at(Code::OddHost, message).help("delete what stands before the `@`"));
    }
    if matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))) {
        let message = format!("the link leads to the number `{host}`, not to a name");
        found.push(at(Code::OddHost, message).help("write the host’s name"));
    }
    found
}
