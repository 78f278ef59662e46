//! A group of readers as newsletter.toml defines it in, a condition on a reader's row out.

use crate::diagnostic::Code;
use crate::document::{Report, Value};

/// What a reader's row has to say for the reader to belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The column `tags` holds this tag; tags are separated by `;` or `,`.
    Tag(String),
    /// A column holds one of these values; case and spaces around them do not matter.
    AnyOf {
        /// The column's name, in lower case.
        column: String,
        /// The values, in lower case.
        values: Vec<String>,
    },
}

/// A group of readers: those who meet every condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// At least one.
    pub conditions: Vec<Condition>,
    /// What stands on the web in place of what is for them; `None` is what the language says.
    pub invitation: Option<String>,
    /// What readers know it as; with it they can leave it.
    pub title: Option<String>,
    /// Whether people can choose it when they sign up by the form.
    pub join: bool,
}

impl Segment {
    /// Whether a reader belongs, by what the row says in each column.
    pub fn contains<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Condition::Tag(tag) => value("tags")
                .unwrap_or_default()
                .split([';', ','])
                .any(|has| has.trim().to_lowercase() == *tag),
            Condition::AnyOf { column, values } => {
                let has = value(column).unwrap_or_default().trim().to_lowercase();
                values.contains(&has)
            }
        })
    }

    /// The tag that a sign-up by the form gives to those who choose the segment; `None` where the
    /// segment is not for them to choose.
    #[must_use]
    pub fn join_tag(&self) -> Option<&str> {
        match self.conditions.as_slice() {
            [Condition::Tag(tag)] if self.join && self.title.is_some() => Some(tag),
            _ => None,
        }
    }

    /// Reads `{ tag = "…" }` or `{ column = "…", any_of = ["…"] }`, or both, and the invitation.
    pub(super) fn read(value: Value<'_>, report: &Report) -> Option<Self> {
        let mut table = value.table("the segment", "{ tag = \"…\" }")?;
        let span = table.span();
        let has_condition = ["tag", "column", "any_of"].iter().any(|key| table.has(key));
        let tag = table.take("tag").and_then(Value::text);
        let column = table.take("column").and_then(Value::text);
        let any_of = table.take("any_of");
        let invitation = table.take("invitation").and_then(Value::line);
        let title = table.take("title").and_then(Value::line);
        let join = table.take("join");
        let join_span = join.as_ref().map(Value::span);
        let join = join.and_then(Value::boolean).unwrap_or(false);
        table.finish();
        let mut conditions = Vec::new();
        conditions.extend(tag.map(|tag| Condition::Tag(tag.value.trim().to_lowercase())));
        match (column, any_of) {
            (Some(column), Some(any_of)) => {
                let place = any_of.span();
                let values = any_of.array("[\"…\"]")?;
                if values.is_empty() {
                    let diagnostic = report.at(Code::Empty, place, "`any_of` names no value");
                    report.add(diagnostic.help("write `any_of = [\"north\"]`"));
                }
                let values = values.into_iter().filter_map(Value::string);
                conditions.push(Condition::AnyOf {
                    column: column.value.trim().to_lowercase(),
                    values: values.map(|value| value.value.trim().to_lowercase()).collect(),
                });
            }
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                let message = "`column` and `any_of` belong together";
                let diagnostic = report.at(Code::MissingKey, span, message);
                report
                    .add(diagnostic.help("write `{ column = \"region\", any_of = [\"north\"] }`"));
                return None;
            }
        }
        if conditions.is_empty() && has_condition {
            return None;
        }
        if conditions.is_empty() {
            let diagnostic = report.at(Code::MissingKey, span, "the segment has no condition");
            report.add(diagnostic.help("write `{ tag = \"member\" }`, or a `column` and `any_of`"));
            return None;
        }
        let (invitation, title) = (invitation.map(|text| text.value), title.map(|text| text.value));
        let segment = Self { conditions, invitation, title, join };
        if let Some(span) = join_span.filter(|_| join && segment.join_tag().is_none()) {
            let message =
                "a segment that people can join has a `title` and a `tag`, and no `column`";
            let diagnostic = report.at(Code::MissingKey, span, message);
            let example = "`{ tag = \"events\", title = \"Events\", join = true }`";
            report.add(diagnostic.help(format!("write {example}, or remove `join`")));
        }
        Some(segment)
    }
}
