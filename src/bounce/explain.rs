//! What was read in, lines that say what was decided, by which rule and from where, out.

use std::fmt;

use crate::bounce::{Action, Class, Found, Message, Reason, Report};

impl Message {
    /// Every decision, one a line, as `bounces explain` shows it.
    #[must_use]
    pub fn explain(&self) -> Vec<String> {
        let mut lines = vec![format!("{}: {}", self.kind, self.why)];
        if let Some(feedback) = &self.feedback {
            lines.push(format!("  feedback: {feedback}"));
        }
        for (address, found) in &self.named {
            lines.push(format!("  names: {address}, {found}"));
        }
        for report in &self.reports {
            lines.extend(report.explain());
        }
        let evidence = &self.evidence;
        for (name, values) in [
            ("came to", &evidence.sent_to),
            ("is about message", &evidence.message_ids),
            ("is about envelope", &evidence.envelope_ids),
            ("quotes mail to", &evidence.quoted_to),
            ("quotes mail from", &evidence.quoted_from),
            ("quotes a way out", &evidence.unsubscribe),
        ] {
            lines.extend(values.iter().map(|value| format!("  {name}: {}", harmless(value))));
        }
        lines
    }
}

impl Report {
    fn explain(&self) -> Vec<String> {
        let named = self.recipient.as_deref().map_or("nobody".into(), harmless);
        let mut lines = vec![format!("  recipient: {named}, {}", self.found)];
        lines.extend(self.also.iter().map(|also| format!("    also: {}", harmless(also))));
        lines.push(format!("    action: {}", self.action));
        if let Some(status) = self.status {
            lines.push(format!("    status: {status}"));
        }
        if let Some(code) = self.reply_code {
            lines.push(format!("    reply: {code}"));
        }
        if !self.diagnostic.is_empty() {
            lines.push(format!("    said: {}", self.diagnostic));
        }
        if self.action == Action::Failed {
            lines.push(format!("    {}: {}", self.class, self.reason));
            lines.push(format!("    because of {}", self.why));
        }
        lines
    }
}

/// What a message says, without what would break out of its line.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explain().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Original => "named as the original recipient",
            Self::Final => "named as the final recipient",
            Self::Failed => "named in X-Failed-Recipients",
            Self::Field => "named in a field of the provider's own",
            Self::Text => "named in the text",
            Self::Quoted => "whom the quoted mail was for",
            Self::Sender => "whom the message is from",
            Self::BlackedOut => "blacked out by the provider",
            Self::Nowhere => "named nowhere",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
        })
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Block => "block",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMailbox => "there is no such mailbox",
            Self::NoDomain => "there is no such domain, or it takes no mail",
            Self::Disabled => "the mailbox is shut for good",
            Self::Moved => "the reader has another address",
            Self::Suspended => "the mailbox is shut for a time",
            Self::Full => "the mailbox is full",
            Self::TooBig => "the message is too large",
            Self::Greylisted => "greylisted",
            Self::Expired => "tried for too long",
            Self::Unreachable => "the server could not be reached",
            Self::Relay => "the server does not take mail for that domain",
            Self::Loop => "the mail went round in circles",
            Self::System => "something is wrong with their server",
            Self::Content => "the message is not made as they want it",
            Self::RateLimited => "too much mail, or too fast",
            Self::Reputation => "the sender is on a list or has a bad name",
            Self::Authentication => "the sender did not prove who they are",
            Self::Unwanted => "a filter or a rule does not want it",
            Self::Unknown => "it is not said what is wrong",
        })
    }
}
