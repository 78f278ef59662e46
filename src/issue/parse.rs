//! The text of an issue in, an [`Issue`] and everything that is wrong with it out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::theme_name;
use crate::diagnostic::{Checked, Code, Source};
use crate::document::{Report, Table, Text, Value, closest, list};
use crate::field::Template;
use crate::issue::{
    Byline, Folder, Issue, Series, luggage, markdown, name_of, public, schedule, section,
};

/// How much of a subject inboxes show, about; longer ones are legal.
const SUBJECT_MAX: usize = 90;

/// What is known while an issue is read.
pub(super) struct Context<'c> {
    pub(super) report: &'c Report,
    pub(super) folder: &'c Folder,
    pub(super) segments: &'c [&'c str],
}

/// Reads an issue; `segments` are the names that its `audience` keys can use.
#[must_use]
pub fn parse(source: &Arc<Source>, folder: &Folder, segments: &[&str]) -> Checked<Issue> {
    parse_with(source, folder, segments, &BTreeMap::new())
}

/// Reads an issue whose fields without a default have the one of their column.
#[must_use]
pub fn parse_with(
    source: &Arc<Source>,
    folder: &Folder,
    segments: &[&str],
    defaults: &BTreeMap<String, String>,
) -> Checked<Issue> {
    let report = Report::new(Arc::clone(source)).with_defaults(defaults);
    let context = Context { report: &report, folder, segments };
    let issue = read(&context);
    Checked::new(issue, report.into_diagnostics())
}

fn read(context: &Context<'_>) -> Option<Issue> {
    let report = context.report;
    let mut root = report.parse().named("the issue");
    let title = root.require("title", "\"…\"").and_then(|value| context.line(value));
    let date = root.require("date", "2026-11-20").and_then(Value::date);
    let number = root.take("number").and_then(|value| value.integer(1..1_000_000));
    let language = root.take("language").and_then(Value::language);
    let series = root.take("series").and_then(|value| read_series(value, report));
    let edition = context.take_line(&mut root, "edition");
    let subject = root.take("subject").and_then(|value| context.subject(value));
    let preheader = context.take_line(&mut root, "preheader");
    let deck = context.take_line(&mut root, "deck");
    let byline = root.take("byline").and_then(|value| read_byline(value, context));
    let draft = root.take("draft").and_then(Value::boolean);
    let (send_at, not_after) = schedule::read_times(&mut root, report);
    let audience = context.take_audience(&mut root);
    let theme = root.take("theme").and_then(Value::text);
    let theme = theme.filter(|text| theme_name(text, report).is_some());
    let mut written = root.has("lede");
    let lede = root.take("lede").and_then(Value::text);
    let lede = lede.map(|text| context.prose(&text));
    let sections = root.take("section").map(|value| value.array("[[section]]"));
    written |= sections.as_ref().is_some_and(|list| list.as_ref().is_none_or(|l| !l.is_empty()));
    let sections = sections.flatten().into_iter().flatten();
    let sections = (1..).zip(sections);
    let sections: Vec<_> =
        sections.filter_map(|(at, value)| section::read(at, value, context)).collect();
    let sections = public::keep_calendars(audience.is_some(), sections);
    luggage::check(&sections, report);
    root.finish();
    if !written {
        let diagnostic = report.at(Code::Empty, 0..0, "the issue says nothing");
        report
            .add(diagnostic.help("add a `lede = \"\"\"…\"\"\"`, or a `[[section]]` with a `body`"));
    }
    let title = title?;
    Some(Issue {
        source: Arc::clone(report.source()),
        name: name_of(report.source()),
        date: date?,
        number: number.and_then(|number| u32::try_from(number).ok()),
        language,
        series,
        edition,
        subject: subject.unwrap_or_else(|| title.clone()),
        title,
        preheader,
        deck,
        byline,
        draft: draft.unwrap_or(false),
        send_at,
        not_after,
        audience,
        theme,
        lede,
        sections,
    })
}

fn read_byline(value: Value<'_>, context: &Context<'_>) -> Option<Byline> {
    let mut table = value.table("the byline", "{ name = \"…\" }")?;
    let intro = context.take_line(&mut table, "intro");
    let name = table.require("name", "\"…\"").and_then(|value| context.line(value));
    let role = context.take_line(&mut table, "role");
    table.finish();
    Some(Byline { intro, name: name?, role })
}

fn read_series(value: Value<'_>, report: &Report) -> Option<Series> {
    let mut table = value.table("the series", "{ name = \"…\", part = 1 }")?;
    let name = table.require("name", "\"…\"").and_then(Value::line);
    let part = table.require("part", "1");
    let span = part.as_ref().map(Value::span);
    let part = part.and_then(|value| value.integer(1..1_000));
    let of = table.take("of").and_then(|value| value.integer(1..1_000));
    table.finish();
    if let (Some(part), Some(of), Some(span)) = (part, of, span)
        && part > of
    {
        let message = format!("part {part} of {of}");
        let diagnostic = report.at(Code::Range, span, message);
        report.add(diagnostic.help(format!("write a `part` from 1 to {of}, or another `of`")));
    }
    let number = |number: i64| u32::try_from(number).ok();
    Some(Series { name: name?.value, part: part.and_then(number)?, of: of.and_then(number) })
}

impl Context<'_> {
    /// One line of text with fields.
    pub(super) fn line(&self, value: Value<'_>) -> Option<Template> {
        let text = value.line()?;
        self.report_leftovers(&text);
        let line = Template::parse(&text, self.report);
        if line.to_default().trim().is_empty() {
            let message = "nothing is left of this for readers without a value";
            let diagnostic = self.report.at(Code::Empty, text.span, message);
            self.report.add(diagnostic.help("give the field a default, or write words beside it"));
        }
        Some(line)
    }

    /// One line of text under a key, if it is there.
    pub(super) fn take_line(&self, table: &mut Table<'_>, key: &'static str) -> Option<Template> {
        table.take(key).and_then(|value| self.line(value))
    }

    /// Markdown.
    pub(super) fn prose(&self, text: &Text) -> crate::issue::Prose {
        self.report_leftovers(text);
        markdown::parse(text, self.report)
    }

    /// The segment under `audience`; `None` is everyone.
    pub(super) fn take_audience(&self, table: &mut Table<'_>) -> Option<String> {
        let name = table.take("audience").and_then(Value::text)?;
        if name.value == "all" {
            return None;
        }
        if !self.segments.contains(&name.value.as_str()) {
            let message = format!("there is no segment `{}`", name.value);
            let help = closest(&name.value, self.segments).map_or_else(
                || format!("`all`, or a segment of newsletter.toml: {}", list(self.segments)),
                |known| format!("did you mean `{known}`?"),
            );
            self.report.add(self.report.at(Code::UnknownSegment, name.span, message).help(help));
            return None;
        }
        Some(name.value)
    }

    /// The subject: one line that inboxes show whole.
    fn subject(&self, value: Value<'_>) -> Option<Template> {
        let span = value.span();
        let subject = self.line(value)?;
        let length = subject.to_default().chars().count();
        if length > SUBJECT_MAX {
            let message = format!("the subject has {length} characters, and inboxes cut it");
            let diagnostic = self.report.at(Code::LongSubject, span, message);
            self.report.add(diagnostic.help("say it in 70; the `preheader` has room for the rest"));
        }
        Some(subject)
    }

    /// Reports words that an author leaves behind to come back to.
    fn report_leftovers(&self, text: &Text) {
        for word in ["TK", "TODO", "FIXME", "XXX"] {
            let whole = |at: usize| {
                let before = text.value[..at].chars().next_back();
                let after = text.value[at + word.len()..].chars().next();
                // "TK-421" is a name.
                let name = text.value[at + word.len()..].starts_with('-');
                !name && ![before, after].into_iter().flatten().any(char::is_alphanumeric)
            };
            let found = text.value.match_indices(word).map(|(at, _)| at).find(|at| whole(*at));
            if let Some(at) = found {
                let span = text.locate(at..at + word.len());
                let message = format!("`{word}` is still in the text");
                let diagnostic = self.report.at(Code::Leftover, span, message);
                self.report.add(diagnostic.help("finish the sentence, or delete the word"));
            }
        }
    }
}
