//! What came back of a reader's mail until now in, whether the reader is written to again out.

use jiff::{SignedDuration, Timestamp};

/// How bad a bounce is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The mailbox does not exist, or takes no mail any more: it counts at once.
    Hard,
    /// The domain cannot be reached: its owner may mend it, so that it counts the second time.
    Domain,
    /// It failed for now (full, not reachable in time), or for good, where nothing says that the
    /// mailbox is gone.
    Soft,
    /// The mail was refused for what it is or where it comes from: that is the sender's matter.
    Block,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Hard, Self::Domain, Self::Soft, Self::Block];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Domain => "domain",
            Self::Soft => "soft",
            Self::Block => "block",
        }
    }

    /// The class of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Whether it says something of the mailbox.
    const fn counts(self) -> bool {
        !matches!(self, Self::Block)
    }
}

/// How many issues have to come back, one after the other, before a reader is given up whom no
/// bounce condemns by itself.
pub const ISSUES_MIN: usize = 3;

/// How far apart the first and the last of them have to be.
pub const SPAN_MIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How many issues a domain has to fail for.
pub const DOMAIN_ISSUES_MIN: usize = 2;

/// A bounce of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounced {
    /// The issue's name.
    pub issue: String,
    /// When it was sent.
    pub sent: Timestamp,
    /// How bad it was.
    pub class: Class,
}

/// What the bounces of a reader come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The reader is not written to any more: one bounce is enough.
    AtOnce,
    /// The reader is not written to any more: there were too many.
    Enough(Streak),
    /// They are remembered.
    Counted(Streak),
    /// It is none that counts.
    Nothing,
}

/// Issues that came back one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streak {
    /// How many.
    pub issues: usize,
    /// When the first of them was sent.
    pub first: Timestamp,
    /// When the last of them was sent.
    pub last: Timestamp,
}

impl Streak {
    /// How many whole days lie between the first and the last.
    #[must_use]
    pub fn days(&self) -> i64 {
        self.last.duration_since(self.first).as_hours() / 24
    }
}

/// Weighs the newest bounce of a reader together with those before it.
///
/// `bounced` holds all of them in any order, the newest too, an issue once for each class at most.
/// `arrived` are the moments at which an issue was sent that did not come back: what came back
/// before the latest of them is past.
#[must_use]
pub fn weigh(class: Class, bounced: &[Bounced], arrived: &[Timestamp]) -> Weight {
    if class == Class::Hard {
        return Weight::AtOnce;
    }
    if !class.counts() {
        return Weight::Nothing;
    }
    let last_good = arrived.iter().max();
    let since = |bounce: &&Bounced| last_good.is_none_or(|good| bounce.sent > *good);
    let counting = bounced.iter().filter(|bounce| bounce.class.counts()).filter(since);
    let mut issues: Vec<(&str, Timestamp, bool)> = Vec::new();
    for bounce in counting {
        let domain = bounce.class == Class::Domain;
        match issues.iter_mut().find(|(issue, ..)| *issue == bounce.issue) {
            Some((.., known)) => *known |= domain,
            None => issues.push((&bounce.issue, bounce.sent, domain)),
        }
    }
    let moments = || issues.iter().map(|(_, sent, _)| *sent);
    let (Some(first), Some(last)) = (moments().min(), moments().max()) else {
        return Weight::Nothing;
    };
    let streak = Streak { issues: issues.len(), first, last };
    let domains = issues.iter().filter(|(.., domain)| *domain).count();
    let long = last.duration_since(first) >= SPAN_MIN;
    let gone = class == Class::Domain && domains >= DOMAIN_ISSUES_MIN;
    if gone || (streak.issues >= ISSUES_MIN && long) {
        return Weight::Enough(streak);
    }
    Weight::Counted(streak)
}
