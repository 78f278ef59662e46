//! A run and an entry in, the token of that message's return path out; and a token read back.

use crate::journal::record::Run;
use crate::key::{Key, Purpose};

/// How many hexadecimal digits a tag has.
const TAG_LENGTH: usize = 20;

/// How many tokens of one text are looked at: an envelope has one.
const TOKENS_MAX: usize = 16;

/// What the tokens of a run's return paths are made from (VERP: the envelope's sender says whose
/// message it was).
///
/// A token is `RUN.ENTRY.TAG`. The tag is of the publication's key, and of all that tells one run
/// from another: in a journal that was begun anew, an old token names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    run: i64,
    /// What is tagged, up to the entry.
    before: String,
    /// What is tagged, behind the entry.
    after: String,
}

impl Stamp {
    /// The stamp of a run.
    #[must_use]
    pub fn of(list_id: &str, run: &Run) -> Self {
        let Run { id, date, issue, .. } = run;
        Self {
            run: *id,
            before: format!("{list_id} {id} "),
            after: format!(" {} {issue}", date.as_millisecond()),
        }
    }

    /// The stamp of a test, which no journal knows: its run is 0.
    #[must_use]
    pub fn test(list_id: &str) -> Self {
        Self { run: 0, before: format!("{list_id} 0 "), after: " test".to_owned() }
    }

    /// The token of an entry.
    #[must_use]
    pub fn token(&self, key: &Key, entry: i64) -> String {
        format!("{}.{entry}.{}", self.run, key.tag(Purpose::ReturnPath, &self.text(entry)))
    }

    /// Whether a token was made with this stamp and this key.
    #[must_use]
    pub fn proves(&self, key: &Key, token: &Token) -> bool {
        let text = self.text(token.entry);
        token.run == self.run && key.tagged(Purpose::ReturnPath, &text, &token.tag)
    }

    fn text(&self, entry: i64) -> String {
        format!("{}{entry}{}", self.before, self.after)
    }
}

/// What looks like a token; whether it is one only its [`Stamp`] can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The run that it names; 0 is a test.
    pub run: i64,
    /// The entry of the run that it names.
    pub entry: i64,
    /// Its tag: 20 hexadecimal digits, in lower case.
    tag: String,
}

impl Token {
    /// Finds what looks like a token anywhere in a text, such as an address that was made from a
    /// return path. Servers on the way may have changed its case.
    pub fn find(text: &str) -> impl Iterator<Item = Self> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        words.filter_map(|word| Self::parse(word.trim_matches('.'))).take(TOKENS_MAX)
    }

    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split('.');
        let (run, entry, tag) = (parts.next()?, parts.next()?, parts.next()?);
        let hex = tag.len() == TAG_LENGTH && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hex || parts.next().is_some() {
            return None;
        }
        Some(Self { run: number(run)?, entry: number(entry)?, tag: tag.to_ascii_lowercase() })
    }
}

/// A number as it is written into tokens: in one way only.
fn number(digits: &str) -> Option<i64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let one_way = digits == "0" || !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain && one_way)
}
