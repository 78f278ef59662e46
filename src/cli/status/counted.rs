//! What was counted of what readers do in, the numbers of one issue out.

use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::measure::Numbers;

/// How often an issue was read, and its links were followed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Counted {
    /// How often its page was read; `None` where that is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) views: Option<u64>,
    /// How often each of its links was followed, the most first; `None` where that is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clicks: Option<Vec<Click>>,
}

/// A link and how often it was followed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Click {
    pub(super) link: String,
    pub(super) count: u64,
}

/// The numbers of a publication, of which those that the settings ask for are told.
pub(super) struct Counts<'p> {
    publication: &'p Publication,
    numbers: Numbers,
}

impl<'p> Counts<'p> {
    pub(super) fn load(publication: &'p Publication) -> Result<Self, Failure> {
        Ok(Self { publication, numbers: publication.numbers()?.unwrap_or_default() })
    }

    pub(super) fn of(&self, issue: &str) -> Counted {
        let measure = self.publication.config.measure;
        let clicks = || {
            let clicks = self.numbers.clicks(issue).into_iter();
            clicks.map(|(link, count)| Click { link: link.to_owned(), count }).collect()
        };
        Counted {
            views: measure.views.then(|| self.numbers.views(issue)),
            clicks: measure.clicks.then(clicks),
        }
    }
}
