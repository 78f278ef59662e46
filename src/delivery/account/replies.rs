//! What servers said in, how often they said the same out.
//!
//! Two replies are the same when they differ in what is made for one message alone: an address, a
//! queue's number, a time. `250 2.0.0 Ok: queued as 4X8dGq` is one row, however many there were.

use std::collections::BTreeMap;

use crate::delivery::account::harmless;
use crate::journal::State;
use crate::transport::Reply;

/// What stands for the part of a reply that differs from message to message.
const PART: &str = "…";
/// More classes than these say nothing more: what comes later is counted by its codes alone.
const CLASSES: usize = 1_000;
/// Words beyond these are not compared.
const LONGEST: usize = 240;

/// Replies that are the same, or nearly.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Said {
    /// What they made of the recipient.
    pub state: State,
    /// The reply's code (RFC 5321 §4.2); none where the words are ours.
    pub code: Option<u16>,
    /// The enhanced code (RFC 3463), such as `5.1.1`.
    pub enhanced: Option<String>,
    /// Its words, with `…` for what differs; without characters that cannot be seen.
    pub words: String,
    /// How often it was said.
    pub count: u64,
    /// One of them, whole.
    pub example: String,
}

/// Replies that are being counted.
#[derive(Debug, Default)]
pub struct Classes(BTreeMap<Class, (u64, String)>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    state: State,
    code: Option<u16>,
    enhanced: Option<(u8, u16, u16)>,
    words: String,
}

impl Classes {
    /// Counts a reply.
    pub fn add(&mut self, state: State, reply: &str) {
        let read = reply.parse::<Reply>().ok().filter(|reply| (200..600).contains(&reply.code));
        let words = read.as_ref().map_or(reply, |reply| reply.text.as_str());
        let code = read.as_ref().map(|reply| reply.code);
        let enhanced = read.as_ref().and_then(|reply| reply.enhanced);
        let mut class = Class { state, code, enhanced, words: fold(words) };
        if self.0.len() >= CLASSES && !self.0.contains_key(&class) {
            PART.clone_into(&mut class.words);
        }
        self.0.entry(class).or_insert_with(|| (0, harmless(reply))).0 += 1;
    }

    /// What was said, the most frequent first.
    #[must_use]
    pub fn into_said(self) -> Vec<Said> {
        let said = self.0.into_iter().map(|(class, (count, example))| {
            let Class { state, code, enhanced, words } = class;
            let enhanced =
                enhanced.map(|(class, subject, detail)| format!("{class}.{subject}.{detail}"));
            Said { state, code, enhanced, words: harmless(&words), count, example }
        });
        let mut said: Vec<_> = said.collect();
        said.sort_by_key(|said| std::cmp::Reverse(said.count));
        said
    }
}

/// The words without what is made for one message: words with a digit or an `@` in them, and what
/// follows `queued as`.
fn fold(words: &str) -> String {
    let mut folded = String::new();
    let mut before = ["", ""];
    for word in words.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let queued =
            before[0].eq_ignore_ascii_case("queued") && before[1].eq_ignore_ascii_case("as");
        let single = queued || bare.contains(|c: char| c == '@' || c.is_ascii_digit());
        let open = &word[..word.len() - word.trim_start_matches(['<', '(', '[', '"', '\'']).len()];
        let close = word.trim_end_matches(['>', ')', ']', '"', '\'', ',', ';', ':', '.']).len();
        let shown = if single {
            [open, PART, &word[close.max(open.len())..]].concat()
        } else {
            word.to_owned()
        };
        before = [before[1], bare];
        if single && folded.ends_with(PART) && shown == PART {
            continue;
        }
        if folded.len() + shown.len() > LONGEST {
            folded.push_str(PART);
            break;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&shown);
    }
    folded
}

#[cfg(test)]
mod tests {
    use crate::delivery::account::replies::{Classes, LONGEST, fold};
    use crate::journal::State;

    #[test]
    fn what_is_made_for_one_message_is_folded_and_the_rest_is_not() {
        for (words, folded) in [
            ("Ok: queued as 4X8dGq2kZ9z1xk", "Ok: queued as …"),
            ("Ok: queued as BDFGHJ", "Ok: queued as …"),
            ("Message accepted.", "Message accepted."),
            ("OK id=1vOabc-000000003xY-2Gkl", "OK …"),
            ("OK 1795334400 d2e1a72fcca58-7243 - gsmtp", "OK … - gsmtp"),
            (
                "<ada@example.org>: Recipient address rejected: User unknown",
                "<…>: Recipient address rejected: User unknown",
            ),
            (
                "[192.0.2.7] is listed, see https://bl.example.com/",
                "[…] is listed, see https://bl.example.com/",
            ),
            ("try again in 300 seconds", "try again in … seconds"),
            ("", ""),
        ] {
            assert_eq!(fold(words), folded);
        }
    }

    #[test]
    fn a_server_that_says_something_new_each_time_costs_no_more_memory() {
        let mut classes = Classes::default();
        let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).expect("a letter"));
        for n in 0..5_000_usize {
            let words: String = [n, n / 26, n / 676].map(letter).iter().collect();
            classes.add(State::Accepted, &format!("250 2.0.0 {words}"));
        }
        let said = classes.into_said();
        assert_eq!(said.len(), 1_001);
        assert_eq!(said.iter().map(|said| said.count).sum::<u64>(), 5_000);
        assert_eq!((said[0].words.as_str(), said[0].code), ("…", Some(250)));
    }

    proptest::proptest! {
        #[test]
        fn any_words_are_counted_once_and_nothing_in_them_is_invisible(
            replies in proptest::collection::vec((3..=6_i64, "[0-9 ]{0,5}\\PC{0,20}.{0,40}"), 0..40),
        ) {
            let mut classes = Classes::default();
            for (state, reply) in &replies {
                classes.add(State::from_number(*state).expect("a state"), reply);
            }
            let said = classes.into_said();
            proptest::prop_assert_eq!(said.iter().map(|said| said.count).sum::<u64>(), replies.len() as u64);
            for said in said {
                proptest::prop_assert!(!said.words.chars().any(crate::address::is_invisible));
                proptest::prop_assert!(!said.example.chars().any(crate::address::is_invisible));
                proptest::prop_assert!(said.words.len() <= 3 * LONGEST);
            }
        }
    }
}
