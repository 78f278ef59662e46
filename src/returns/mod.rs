//! Messages that came back in, who is not written to any more, and why, out.
//!
//! 1. [`crate::bounce`] says what a message is.
//! 2. [`Records`] say whose mail it is about, and what proves that.
//! 3. [`weigh`] says what a bounce comes to, together with those before it.
//! 4. [`Settlement`] does it: the list of suppressions first, then the [`Log`] of what was handled. A crash
//!    between the two has the message handled again, which changes nothing.
//!
//! `docs/bounces.md` has the rules in words.

mod decide;
mod fingerprint;
mod log;
mod records;
mod rule;
mod settle;
mod whose;

pub use decide::{Decision, Failing, missing};
pub use fingerprint::fingerprint;
pub use log::{Came, Error as LogError, Handled, Log};
pub use records::Records;
pub use rule::{Bounced, Class, DOMAIN_ISSUES_MIN, ISSUES_MIN, SPAN_MIN, Streak, Weight, weigh};
pub use settle::{Error, Item, OnList, Settlement, Verdict};
pub use whose::{Proof, Reader, Sent, Whose};
