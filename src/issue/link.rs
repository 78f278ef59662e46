//! A URL as an editor writes it in, one that leads somewhere from a mail out.

use std::ops::Range;

use url::Url;

use crate::diagnostic::Code;
use crate::document::Report;
use crate::field::{Field, Piece, Span, Template};

/// A checked URL: its scheme and host are the author's own, whatever readers' fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(Template);

impl Link {
    /// The URL, percent-encoded but for its fields; its place is where the editor wrote it.
    #[must_use]
    pub fn template(&self) -> &Template {
        &self.0
    }

    /// Checks a URL; what is wrong is reported at `span`.
    pub(super) fn check(url: &Template, span: &Range<usize>, report: &Report) -> Option<Self> {
        let (marked, fields) = mark(url);
        let add = |code, message: String, help: &str| {
            report.add(report.at(code, span.clone(), message).help(help));
        };
        let parsed = match Url::parse(marked.trim()) {
            Ok(parsed) => parsed,
            Err(_) if fields.first().is_some_and(|_| marked.trim().starts_with(MARK)) => {
                add(Code::FieldInHost, format!("the host of `{url}` is a field"), HOST_HELP);
                return None;
            }
            Err(error) => {
                let reason = match error {
                    url::ParseError::RelativeUrlWithoutBase => {
                        "a mail has no page that it could start from".to_owned()
                    }
                    other => lower_first(&other.to_string()),
                };
                let help = meant(&url.to_string());
                add(Code::Link, format!("`{url}` leads nowhere from a mail: {reason}"), &help);
                return None;
            }
        };
        match parsed.scheme() {
            "https" | "http" if parsed.has_host() => {}
            "mailto" if parsed.path().contains('@') => {}
            "tel" => {}
            "mailto" => {
                add(Code::Link, format!("`{url}` names nobody"), "write `mailto:name@example.org`");
                return None;
            }
            "http" | "https" => {
                add(Code::Link, format!("`{url}` leads nowhere from a mail"), LINK_HELP);
                return None;
            }
            scheme => {
                add(
                    Code::Scheme,
                    format!("mail programs do not open `{scheme}:` links"),
                    LINK_HELP,
                );
                return None;
            }
        }
        let template = unmark(parsed.as_str(), &fields, span)?;
        let Some(Piece::Text(start)) = template.pieces.first() else {
            add(Code::FieldInHost, format!("the host of `{url}` is a field"), HOST_HELP);
            return None;
        };
        if !fields.is_empty() && !holds_whole_host(start, parsed.scheme()) {
            let help = if parsed.scheme() == "mailto" { MAILTO_HELP } else { HOST_HELP };
            add(Code::FieldInHost, format!("a field decides where `{url}` leads"), help);
            return None;
        }
        Some(Self(template))
    }
}

const LINK_HELP: &str = "write the whole URL: `https://example.org/page`";
const MAILTO_HELP: &str = "write the address yourself, and fields after the `?` behind it";
const HOST_HELP: &str = "write the host yourself, and fields after the `/` or `?` behind it";

/// What to do about a URL that is relative: the whole one, where it can be told.
fn meant(url: &str) -> String {
    let url = url.trim();
    let rest = url.strip_prefix("//").unwrap_or(url);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let top = host.rsplit_once('.').map_or("", |(_, top)| top);
    let page = ["html", "htm", "php", "pdf", "jpg", "png"].contains(&top);
    if top.len() > 1 && !page && top.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        format!("write `https://{rest}`")
    } else {
        LINK_HELP.to_owned()
    }
}

/// Stands for a field while the URL is parsed; the parser leaves letters and digits alone.
const MARK: &str = "zqnlfieldqz";

fn mark(url: &Template) -> (String, Vec<Field>) {
    let mut marked = String::new();
    let mut fields = Vec::new();
    for piece in &url.pieces {
        match piece {
            Piece::Text(text) => marked.push_str(text),
            Piece::Field(field) => {
                marked.push_str(MARK);
                fields.push(field.clone());
            }
        }
    }
    (marked, fields)
}

/// Puts the fields back; `None` where the URL's own text holds the mark.
fn unmark(url: &str, fields: &[Field], span: &Range<usize>) -> Option<Template> {
    let mut texts = url.split(MARK);
    let first = texts.next().unwrap_or_default();
    let mut pieces = vec![Piece::Text(first.to_owned())];
    let mut fields = fields.iter();
    for text in texts {
        pieces.push(Piece::Field(fields.next()?.clone()));
        pieces.push(Piece::Text(text.to_owned()));
    }
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    fields.next().is_none().then_some(Template { pieces, span: Span(span.clone()) })
}

/// Whether the text before the first field ends the part of the URL that says where it leads.
fn holds_whole_host(start: &str, scheme: &str) -> bool {
    match scheme {
        "http" | "https" => {
            start.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#']))
        }
        _ => start.contains('?'),
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
