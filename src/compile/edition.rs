//! The segments that a reader belongs to in, the sections that the reader gets out.

use crate::issue::{Issue, Section};

/// The issue as one group of readers gets it: for each segment that a section is for, in the order
/// of [`Issue::section_audiences`], whether they belong to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edition(Vec<bool>);

impl Edition {
    /// The edition of a reader, by which segments the reader belongs to.
    pub fn of(issue: &Issue, belongs: impl Fn(&str) -> bool) -> Self {
        Self(issue.section_audiences().into_iter().map(belongs).collect())
    }

    /// The edition for everyone: no section that is only for some.
    #[must_use]
    pub fn public(issue: &Issue) -> Self {
        Self::of(issue, |_| false)
    }

    /// The sections of the edition, in order.
    #[must_use]
    pub fn sections<'i>(&self, issue: &'i Issue) -> Vec<&'i Section> {
        let audiences = issue.section_audiences();
        let belongs = |name: &str| {
            let position = audiences.iter().position(|audience| *audience == name);
            position.and_then(|position| self.0.get(position)).copied().unwrap_or(false)
        };
        let visible = |section: &&Section| section.audience.as_deref().is_none_or(belongs);
        issue.sections.iter().filter(visible).collect()
    }
}
