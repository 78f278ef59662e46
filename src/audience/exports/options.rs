//! Holds what an editor says about an import: which column is which field, and tags for everyone.

use std::collections::BTreeMap;

use crate::audience::exports::cell::plain;

/// Options of an import.
///
/// ```
/// use newsletter::audience::ImportOptions;
///
/// let mut options = ImportOptions::default();
/// options.map("Kontakt", "email");
/// options.map("Vorname", "first_name");
/// options.map("Interne Nr.", "");
/// ```
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The field of each column that is named, by the column's plain name; empty for none.
    fields: BTreeMap<String, (String, String)>,
    /// Tags for everyone who is imported.
    tags: Vec<String>,
}

impl ImportOptions {
    /// Says which field a column fills: `email` for the address, nothing to leave the column out.
    pub fn map(&mut self, column: &str, field: &str) {
        let field = field.trim().to_lowercase();
        self.fields.insert(plain(column), (column.trim().to_owned(), field));
    }

    /// Gives everyone who is imported a tag.
    pub fn tag(&mut self, tag: &str) {
        self.tags.push(tag.trim().to_owned());
    }

    /// The tags for everyone.
    pub(crate) fn tags(&self) -> &[String] {
        &self.tags
    }

    /// Whether a column holds the addresses.
    pub(crate) fn is_address(&self, plain_name: &str) -> bool {
        matches!(self.field(plain_name), Some("email" | "address"))
    }

    /// The field of a column.
    pub(crate) fn field(&self, plain_name: &str) -> Option<&str> {
        self.fields.get(plain_name).map(|(_, field)| field.as_str())
    }
}
