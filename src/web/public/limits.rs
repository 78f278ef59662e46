//! Nothing in, how much and how long a stranger may keep the server busy out.

use std::time::Duration;

/// How much and how long a stranger may keep the server busy.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many connections there may be; more wait until one is closed.
    pub connections: usize,
    /// How long the head of a request may take to come, and how long none may come at all.
    pub head_within: Duration,
    /// How long a form may take to come.
    pub form_within: Duration,
    /// What a form may be long, in bytes.
    pub form_max: usize,
    /// How long nobody may read what was sent.
    pub unread_for: Duration,
    /// How long what is in hand may take when the server is asked to end.
    pub ended_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A process may have 1,024 files by default: each connection, the file that it is sent,
            // and the lists, which must always be open to whoever leaves.
            connections: 400,
            head_within: Duration::from_secs(15),
            form_within: Duration::from_secs(15),
            form_max: 16 * 1024,
            unread_for: Duration::from_secs(30),
            ended_within: Duration::from_secs(20),
        }
    }
}
