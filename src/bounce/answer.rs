//! What a report says a server answered, and the command of SMTP that the server answered to.

use crate::bounce::phrases;
use crate::bounce::status::Status;

/// The command that a server refused (RFC 5321 §4.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The connection itself, or EHLO.
    Connection,
    /// MAIL: no recipient was named yet.
    Sender,
    /// RCPT.
    Recipient,
    /// The end of the message.
    Message,
}

/// How reports name the command, as Postfix, Exim, sendmail, qmail and others write it.
#[rustfmt::skip]
const MARKS: &[(&str, Phase)] = &[
    ("in reply to mail from", Phase::Sender),
    ("after mail from", Phase::Sender),
    ("after pipelined mail from", Phase::Sender),
    (">>> mail from", Phase::Sender),
    ("like our mail from", Phase::Sender),
    ("but sender was rejected", Phase::Sender),
    ("[mail_from]", Phase::Sender),
    ("in reply to ehlo", Phase::Connection),
    ("in reply to helo", Phase::Connection),
    ("after ehlo", Phase::Connection),
    ("after helo", Phase::Connection),
    (">>> ehlo", Phase::Connection),
    (">>> helo", Phase::Connection),
    ("after initial connection", Phase::Connection),
    ("refused to talk to me", Phase::Connection),
    ("but greeting failed", Phase::Connection),
    ("but my name was rejected", Phase::Connection),
    ("[connect]", Phase::Connection),
    ("in reply to rcpt to", Phase::Recipient),
    ("after rcpt to", Phase::Recipient),
    ("after pipelined rcpt to", Phase::Recipient),
    (">>> rcpt to", Phase::Recipient),
    ("like our rcpt to", Phase::Recipient),
    ("does not like recipient", Phase::Recipient),
    ("[rcpt_to]", Phase::Recipient),
    ("in reply to end of data", Phase::Message),
    ("after end of data", Phase::Message),
    ("after end of message", Phase::Message),
    ("after pipelined end of data", Phase::Message),
    ("failed after i sent the message", Phase::Message),
    ("[body]", Phase::Message),
];

impl Phase {
    /// The command that a text names; of several, the last one.
    pub(super) fn find(text: &str) -> Option<Self> {
        let found = Self::all(text).into_iter().max_by_key(|(at, _)| *at);
        found.map(|(_, phase)| phase)
    }

    /// The command that a text about several recipients names, where it names but one.
    pub(super) fn find_only(text: &str) -> Option<Self> {
        let found = Self::all(text);
        let (_, first) = *found.first()?;
        found.iter().all(|(_, phase)| *phase == first).then_some(first)
    }

    fn all(text: &str) -> Vec<(usize, Self)> {
        let plain = phrases::plain(text);
        let last = |mark: &str| plain.rfind(mark);
        MARKS.iter().filter_map(|(mark, phase)| Some((last(mark)?, *phase))).collect()
    }

    /// Whether the server had heard of no recipient yet.
    pub(super) const fn is_before_recipient(self) -> bool {
        matches!(self, Self::Connection | Self::Sender)
    }

    /// The words for the command.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Connection => "the connection",
            Self::Sender => "MAIL",
            Self::Recipient => "RCPT",
            Self::Message => "the end of the message",
        }
    }
}

/// How far the words of a gateway may reach before the quotation.
const PREFIX_MAX: usize = 100;

/// The reply that a gateway quotes behind words of its own: Cisco's writes `5.1.0 - Unknown address
/// error 550-'…'` of whatever the server said with 550.
pub(super) fn unwrapped(text: &str) -> Option<String> {
    text.match_indices("-'").find_map(|(at, mark)| {
        let code = text.get(at.checked_sub(3)?..at)?;
        let is_code = code.starts_with(['4', '5']) && code.bytes().all(|b| b.is_ascii_digit());
        let start = text.floor_char_boundary(at.saturating_sub(PREFIX_MAX));
        let before = &text[start..at];
        let is_prefixed = before.match_indices(" - ").any(|(dash, _)| {
            let begin = before[..dash].rfind([' ', '\n', ';']).map_or(0, |at| at + 1);
            Status::parse(&before[begin..dash]).is_some()
        });
        let quoted = &text[at + mark.len()..];
        let end = quoted.rfind('\'').unwrap_or(quoted.len());
        (is_code && is_prefixed).then(|| format!("{code} {}", &quoted[..end]))
    })
}

#[cfg(test)]
mod tests {
    use crate::bounce::answer::{Phase, unwrapped};

    #[test]
    fn the_last_command_is_the_one_that_was_answered() {
        for (text, phase) in [
            ("550 no (in reply to MAIL FROM command)", Some(Phase::Sender)),
            ("host x said: 550 no (in reply to end of DATA command)", Some(Phase::Message)),
            (
                ">>> MAIL From:<a@b.c>\n<<< 250 ok\n>>> RCPT To:<d@e.f>\n<<< 550 no",
                Some(Phase::Recipient),
            ),
            // Behind a pipelined RCPT stands DATA, whatever was refused.
            (">>> DATA\n<<< 550 5.1.1 no", None),
        ] {
            assert_eq!(Phase::find(text), phase, "{text}");
        }
    }

    #[test]
    fn a_gateway_quotes_what_the_server_said() {
        for (text, reply) in [
            (
                "5.1.0 - Unknown address error 550-'5.2.2 Mailbox full' (delivery attempts: 0)",
                Some("550 5.2.2 Mailbox full"),
            ),
            (
                "smtp; 5.3.0 - Other mail system problem 554-'delivery error: can't' (attempts: 0)",
                Some("554 delivery error: can't"),
            ),
            ("5.4.7 - Delivery expired (message too old) 'timeout'", None),
            ("550-'no'", None),
        ] {
            assert_eq!(unwrapped(text).as_deref(), reply, "{text}");
        }
    }
}
