//! Mistakes as they are found in, the diagnostics of a file out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, SHOWN_MAX, Source};
use crate::document::{Table, syntax};

/// Collects what is wrong while a file is read; a reader never stops at the first mistake.
#[derive(Debug)]
pub struct Report {
    source: Arc<Source>,
    diagnostics: RefCell<Vec<Diagnostic>>,
    /// How many diagnostics of each code there are, and where the first is that is not kept.
    counts: RefCell<BTreeMap<Code, (u64, usize)>>,
    /// Where secrets stand: no diagnostic shows these lines.
    secrets: RefCell<Vec<Range<usize>>>,
    /// The defaults of fields that have none of their own, by column.
    defaults: BTreeMap<String, String>,
}

impl Report {
    /// An empty report on a file.
    #[must_use]
    pub fn new(source: Arc<Source>) -> Self {
        Self {
            source,
            diagnostics: RefCell::default(),
            counts: RefCell::default(),
            secrets: RefCell::default(),
            defaults: BTreeMap::new(),
        }
    }

    /// Gives every field that has no default of its own the one of its column, if there is one.
    #[must_use]
    pub fn with_defaults(self, defaults: &BTreeMap<String, String>) -> Self {
        Self { defaults: defaults.clone(), ..self }
    }

    /// The default of a column.
    #[must_use]
    pub fn default_of(&self, column: &str) -> Option<&str> {
        self.defaults.get(column).map(String::as_str)
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Starts a diagnostic on a place of the file; hand it to [`Report::add`] when it is complete.
    #[must_use]
    pub fn at(&self, code: Code, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, &self.source, span, message)
    }

    /// Adds a diagnostic; of each code the first [`SHOWN_MAX`] are kept, and the others are counted.
    pub fn add(&self, diagnostic: Diagnostic) {
        if self.count(diagnostic.code, diagnostic.span.start) {
            self.diagnostics.borrow_mut().push(diagnostic);
        }
    }

    /// Counts a diagnostic that is about to be made; returns whether one more of its code is kept.
    fn count(&self, code: Code, start: usize) -> bool {
        let mut counts = self.counts.borrow_mut();
        let (count, first) = counts.entry(code).or_default();
        *count += 1;
        let kept = *count <= SHOWN_MAX as u64;
        if *count == SHOWN_MAX as u64 + 1 {
            *first = start;
        }
        kept
    }

    /// Whether all further diagnostics of a code are only counted.
    #[must_use]
    pub fn is_full(&self, code: Code) -> bool {
        self.counts.borrow().get(&code).is_some_and(|(count, _)| *count >= SHOWN_MAX as u64)
    }

    /// Counts diagnostics of a code that is full, without making them.
    pub(super) fn skip(&self, code: Code, start: usize) {
        self.count(code, start);
    }

    /// One diagnostic for each code of which there are more than are kept.
    fn rest(&self) -> Vec<Diagnostic> {
        let counts = self.counts.borrow();
        let more = counts.iter().filter(|(_, (count, _))| *count > SHOWN_MAX as u64);
        let more = more.map(|(code, (count, first))| {
            Diagnostic::of_more(*code, &self.source, *first..*first, count - SHOWN_MAX as u64)
        });
        more.collect()
    }

    /// Keeps the lines of a place from being shown, whatever is wrong in them.
    pub fn hide(&self, span: Range<usize>) {
        self.secrets.borrow_mut().push(span);
    }

    /// Parses the file; every syntax error is reported, and what could be read is returned.
    #[must_use]
    pub fn parse(&self) -> Table<'_> {
        let (root, errors) = DeTable::parse_recoverable(&self.source.text);
        let root = root.into_inner();
        self.hide_secrets(&root);
        let more = errors.len().saturating_sub(SHOWN_MAX);
        for mut diagnostic in syntax::explain_all(errors, &self.source) {
            if names_secret(self.source.lines(&diagnostic.span)) {
                self.hide(diagnostic.span.clone());
            }
            if self.is_hidden(&diagnostic.span) {
                // What is usually said quotes the line.
                "this line is not TOML".clone_into(&mut diagnostic.message);
                diagnostic.help = Some("write `key = { env = \"…\" }`".to_owned());
            }
            self.add(diagnostic);
        }
        // What was not explained is what follows from the errors before it, most of the time.
        (0..more).for_each(|_| self.skip(Code::Syntax, self.source.text.len()));
        Table::new(self, "the file", 0..0, root)
    }

    /// What was found, in no order.
    #[must_use]
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics.take();
        diagnostics.extend(self.rest());
        let broken = diagnostics.iter().filter(|d| d.code == Code::Syntax).map(|d| d.span.start);
        if let Some(first) = broken.min() {
            let first = self.source.line_range(&(first..first)).start;
            diagnostics.retain(|diagnostic| !is_guess(diagnostic, first));
        }
        for diagnostic in &mut diagnostics {
            diagnostic.hidden = self.is_hidden(&diagnostic.span);
        }
        diagnostics
    }

    /// Whether a secret stands in the lines of a place.
    fn is_hidden(&self, span: &Range<usize>) -> bool {
        let lines = self.source.line_range(span);
        let secrets = self.secrets.borrow();
        secrets.iter().any(|secret| {
            secret.start < lines.end && lines.start < secret.end.max(secret.start + 1)
        })
    }

    /// Hides what is written under a key that sounds like a secret, also under one that is mistyped.
    fn hide_secrets(&self, table: &DeTable<'_>) {
        for (key, value) in table {
            match value.get_ref() {
                DeValue::Table(_) if is_reference(key.get_ref()) => {}
                _ if sounds_secret(key.get_ref()) => self.hide_texts(value.get_ref(), value.span()),
                inner => self.hide_secrets_in(inner),
            }
        }
    }

    /// The same in the tables of a value: `[[dkim]]` are several.
    fn hide_secrets_in(&self, value: &DeValue<'_>) {
        match value {
            DeValue::Table(inner) => self.hide_secrets(inner),
            DeValue::Array(items) => {
                items.iter().for_each(|item| self.hide_secrets_in(item.get_ref()));
            }
            _ => {}
        }
    }

    /// Hides a secret itself, and in a reference to one all but `env`, `file` and `command`.
    fn hide_texts(&self, value: &DeValue<'_>, span: Range<usize>) {
        let DeValue::Table(table) = value else {
            self.hide(span);
            return;
        };
        for (_, value) in table.iter().filter(|(key, _)| !is_reference(key.get_ref())) {
            self.hide_texts(value.get_ref(), value.span());
        }
    }
}

/// Whether a diagnostic may only tell what the parser made of the lines behind a syntax error.
fn is_guess(diagnostic: &Diagnostic, broken: usize) -> bool {
    match diagnostic.code {
        Code::MissingKey => true,
        Code::UnknownKey | Code::WrongType | Code::Empty => {
            diagnostic.span.start >= broken || diagnostic.span.is_empty()
        }
        _ => false,
    }
}

fn is_reference(key: &str) -> bool {
    matches!(key, "env" | "file" | "command")
}

fn sounds_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    key == "key" || ["pass", "pasw", "pwd", "secret", "token"].iter().any(|word| key.contains(word))
}

/// Whether a key in lines that are not TOML sounds like a secret.
fn names_secret(lines: &str) -> bool {
    lines.split(['\n', '{', ',']).any(|piece| {
        let key = piece.trim_start_matches([' ', '\t', '"', '\'']);
        let end = key.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')));
        sounds_secret(&key[..end.unwrap_or(key.len())])
    })
}
