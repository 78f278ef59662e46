//! Puts diagnostics into the order of their files.

use crate::diagnostic::Diagnostic;

/// Puts diagnostics into the order of the file, and drops those that say the same of one place.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (&a.source.path, a.span.start, a.span.end, a.code).cmp(&(
            &b.source.path,
            b.span.start,
            b.span.end,
            b.code,
        ))
    });
    diagnostics.dedup();
}
