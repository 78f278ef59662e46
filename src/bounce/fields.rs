//! Lines in, their header fields out: names in lower case, values unfolded.

use mail_parser::parsers::MessageStream;

/// How many fields of one block are kept, and how many bytes of each value.
const FIELDS_MAX: usize = 300;
const VALUE_MAX: usize = 4_000;

/// The fields of a header, or of a group of a report.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads lines up to the first empty one; what is no field and continues none is left out.
    pub(super) fn parse(lines: &str) -> Self {
        let mut fields = Self::default();
        for line in lines.lines().take_while(|line| !line.trim_end().is_empty()) {
            fields.line(line);
        }
        fields
    }

    /// Takes in a line: a field, or more of the one before.
    pub(super) fn line(&mut self, line: &str) {
        if line.starts_with([' ', '\t']) {
            let Some((_, value)) = self.0.last_mut() else { return };
            if value.len() + line.len() < VALUE_MAX {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = field(line)
            && self.0.len() < FIELDS_MAX
        {
            let mut value = value.trim();
            value = &value[..value.floor_char_boundary(VALUE_MAX)];
            self.0.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a field that has one; the name is given in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(is, value)| *is == name && !value.is_empty()).map(|(_, value)| value)
    }

    /// The values of a field.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.iter().filter(move |(is, _)| *is == name).map(|(_, value)| value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.iter().any(|(is, _)| is == name)
    }

    /// A value with its encoded words (RFC 2047) read, or nothing.
    pub(super) fn words(&self, name: &str) -> String {
        self.get(name).map(decoded).unwrap_or_default()
    }
}

/// The name and the value of a line that is a field (RFC 5322 §2.2).
pub(super) fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end();
    let is_name = !name.is_empty() && name.len() < 80 && name.bytes().all(|b| b.is_ascii_graphic());
    is_name.then_some((name, value))
}

fn decoded(value: &str) -> String {
    if !value.contains("=?") {
        return value.to_owned();
    }
    let line = format!("{value}\n");
    let decoded = MessageStream::new(line.as_bytes()).parse_unstructured();
    decoded.as_text().unwrap_or(value).to_owned()
}
