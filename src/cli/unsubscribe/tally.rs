//! What was found in logs, forms and mails in, the same as sentences out.

use crate::cli::count;
use crate::cli::env::Env;

/// How many places are named one by one.
const SHOWN_MAX: usize = 5;

/// What was found, counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) files: u64,
    pub(super) lines: u64,
    pub(super) messages: u64,
    /// Tokens that opened.
    pub(super) good: u64,
    /// Readers who were not suppressed before.
    pub(super) new: u64,
    /// Requests of readers who came back since.
    pub(super) back: u64,
    /// Requests that only looked at the link.
    pub(super) looked: u64,
    /// Lines that do not say how the link was called.
    pub(super) unclear: Places,
    /// Tokens that are not whole.
    pub(super) cut: Places,
    /// Tokens that did not open.
    pub(super) refused: Places,
    /// Mails without a token.
    pub(super) without: Places,
}

/// How many places there are, and where the first of them is.
#[derive(Debug, Default)]
pub(super) struct Places {
    count: u64,
    first: Vec<String>,
}

impl Places {
    pub(super) fn add(&mut self, place: String) {
        self.count += 1;
        if self.first.len() < SHOWN_MAX {
            self.first.push(place);
        }
    }

    /// `: access.log:17, access.log:20 and 3 more`
    fn named(&self) -> String {
        let more = self.count - self.first.len() as u64;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!(": {}{more}", self.first.join(", "))
    }
}

impl Tally {
    /// Says what was found, and what became of it.
    pub(super) fn say(&self, env: &mut Env, suppressions: &str, dry_run: bool) {
        let mut read = vec![count(self.lines, "line")];
        if self.messages > 0 {
            read.push(count(self.messages, "mail"));
        }
        let (read, files) = (read.join(" and "), count(self.files, "file"));
        env.say(format_args!("Read {read} in {files}: {}.", count(self.good, "good token")));
        if self.back > 0 {
            let tokens = count(self.back, "token");
            env.say(format_args!("Left alone, {tokens} of readers who came back later."));
        }
        if self.looked > 0 {
            let looked = count(self.looked, "request");
            env.say(format_args!(
                "Not counted, {looked} that only looked at the link, as scanners do."
            ));
        }
        if self.unclear.count > 0 {
            let (lines, places) = (count(self.unclear.count, "line"), self.unclear.named());
            env.say(format_args!(
                "Not counted, {lines} without the method of the request{places}."
            ));
        }
        if self.cut.count > 0 {
            let (tokens, places) = (count(self.cut.count, "token"), self.cut.named());
            env.say(format_args!(
                "Not whole, {tokens}{places}: a reader wants to leave, and the link was cut."
            ));
        }
        if self.refused.count > 0 {
            let (tokens, places) = (count(self.refused.count, "token"), self.refused.named());
            env.say(format_args!(
                "Refused, {tokens} that this publication's key did not make{places}."
            ));
        }
        if self.without.count > 0 {
            let (mails, places) = (count(self.without.count, "mail"), self.without.named());
            env.say(format_args!("To be read by a person, {mails} without a token{places}."));
        }
        let readers = count(self.new, "reader");
        match dry_run {
            true => env.say(format_args!("{readers} would be new in {suppressions}.")),
            false => env.say(format_args!("{readers} new in {suppressions}.")),
        }
    }
}
