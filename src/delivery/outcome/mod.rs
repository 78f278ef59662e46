//! A server's reply and the stage it came at in, what it makes of the recipient out.

mod replies;
mod words;

use std::fmt;

use crate::journal::State;

pub use replies::outcome;

/// What a reply makes of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server did what it was asked.
    Accepted,
    /// Later: the recipient is tried again.
    Deferred,
    /// Later, and everything goes slower from now on.
    Throttled(Throttle),
    /// The server closes, and has said nothing of the recipient, who is served over another
    /// connection; nothing is counted (RFC 5321 §3.8).
    Closed,
    /// It is the transaction that the server does not take: the recipient is tried again at once.
    Again {
        /// Whether it is never to be tried a third time: the code is a 5yz.
        permanent: bool,
    },
    /// Never; the message is not tried again.
    Rejected {
        /// There is no such mailbox: the address is suppressed.
        no_mailbox: bool,
    },
    /// Never, as the server does not like us or what we send; the address is as good as ever.
    Unwanted,
    /// Words about the sender, said of one recipient: by the server, or by the recipient's own server
    /// through it. The run stops unless the server takes messages for others.
    Refused(Reason),
    /// The next message would get the same answer: the run stops, and this one is not counted.
    Stop(Reason),
}

impl Outcome {
    /// The state that the recipient is in then; the one that nothing was said of is pending again.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::Accepted => State::Accepted,
            Self::Deferred | Self::Throttled(_) | Self::Again { .. } => State::Deferred,
            Self::Rejected { .. } | Self::Unwanted | Self::Refused(_) => State::Rejected,
            Self::Closed | Self::Stop(_) => State::Pending,
        }
    }
}

/// What a server has enough of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Throttle {
    /// So many messages, or connections, at once: a short rest helps.
    Rate,
    /// Mail from us: a long one.
    Reputation,
}

/// What has to be set right before a run can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The server wants a login, or another one.
    Login,
    /// The server does not take mail for others from us.
    Relay,
    /// The sender has not shown who it is (RFC 7372).
    Authentication(Proof),
    /// The server does not take mail from this sender.
    Sender,
    /// No more mail today.
    Quota,
    /// The message is too large.
    Size,
    /// The message is not well-formed, or its content is not wanted.
    Message,
    /// A command was not understood: a bug, here or there.
    Protocol,
    /// It rejects one recipient after the other.
    Everyone,
    /// It takes us for a sender of spam.
    Policy,
}

/// What a server misses of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Several of them, or one that the reply names.
    Any,
    /// RFC 7208.
    Spf,
    /// RFC 6376.
    Dkim,
    /// RFC 7489.
    Dmarc,
    /// A PTR record (RFC 1912 §2.1).
    ReverseDns,
    /// An encrypted connection.
    Tls,
}

impl Reason {
    /// What to do about it.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Login => "check `username`, `password` and `auth_protocol` in `[smtp]`",
            Self::Relay => "log in, or ask the server's operator to let this machine send",
            Self::Authentication(proof) => proof.help(),
            Self::Sender => "use a `from` and a `return_path` that the server lets you send from",
            Self::Quota => {
                "run `newsletter send` again tomorrow, or when the limit is lifted: it goes on where it stopped; `window` in `[send]` keeps within a limit"
            }
            Self::Size => {
                "make pictures and attachments smaller, or link to them; `--accept-changes` then sends what there is now"
            }
            Self::Message => {
                "read the reply, and mend the issue; `--accept-changes` then sends what there is now"
            }
            Self::Protocol => "report the reply as a bug",
            Self::Everyone => {
                "read the reply: the server may not know its own users for now, or not want mail from us; none of these addresses was suppressed"
            }
            Self::Policy => {
                "read the reply, ask the server's operator, and look the sending address up in the list it names; then run `newsletter send` again, with `warm_up` or a `rate` in `[send]`; nobody was suppressed"
            }
        }
    }
}

impl Proof {
    const fn help(self) -> &'static str {
        match self {
            Self::Any => {
                "look at the TXT records of the sender's domain: its own (`v=spf1 …`), that of `_dmarc.` and that of `SELECTOR._domainkey.` before it; the reply says which is wrong"
            }
            Self::Spf => {
                "look at the TXT record `v=spf1 …` of the domain of `return_path`: it has to name the server that sends"
            }
            Self::Dkim => {
                "look at the TXT record of `SELECTOR._domainkey.` before the sender's domain: it has to hold the key that signs"
            }
            Self::Dmarc => {
                "look at the TXT record of `_dmarc.` before the domain of `from`; SPF or DKIM has to hold for that domain, and not for another"
            }
            Self::ReverseDns => {
                "look at the PTR record of the sending address, which its operator sets: the name in it has to have that address"
            }
            Self::Tls => "let every server on the way encrypt: `tls_type = \"TLS\"` here",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "the mail server wants a login",
            Self::Relay => "the mail server does not relay",
            Self::Authentication(Proof::ReverseDns) => "the sending address has no name",
            Self::Authentication(Proof::Tls) => "the message was not encrypted all the way",
            Self::Authentication(_) => "the sender's domain is not authenticated",
            Self::Sender => "the mail server does not take mail from this sender",
            Self::Quota => "the mail server takes no more mail for now",
            Self::Size => "the message is too large",
            Self::Message => "the mail server does not want this message",
            Self::Protocol => "the mail server does not understand what it is sent",
            Self::Everyone => "the mail server refuses every reader that it is asked to take",
            Self::Policy => "the mail server does not want mail from us",
        })
    }
}
