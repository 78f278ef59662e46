//! `[measure]` in, what is counted of what readers do out.

/// What is counted of what readers do: nothing, unless the settings ask for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measure {
    /// How often each page of the archive is read.
    pub views: bool,
    /// How often each link of a mail is followed.
    pub clicks: bool,
}
