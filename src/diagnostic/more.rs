//! Counts the diagnostics of a code that are not shown one by one.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Source};

/// How many diagnostics of a code are shown: an author who mends a hundred checks again anyway.
pub const SHOWN_MAX: usize = 100;

impl Diagnostic {
    /// Stands for more diagnostics of a code than are shown.
    #[must_use]
    pub fn of_more(code: Code, source: &Arc<Source>, span: Range<usize>, more: u64) -> Self {
        let message = format!("and {} more of {}", grouped(more), code.number());
        Self { more, ..Self::new(code, source, span.start..span.start, message) }
            .help("mend those that are shown, and check again")
    }
}

/// A number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
