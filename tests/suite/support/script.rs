//! Says what a mail server of the tests does at each point of a conversation.

/// What the server is about to answer.
#[derive(Debug)]
pub(crate) struct Point<'p> {
    /// Which connection, counted from 1.
    pub(crate) connection: usize,
    /// `CONNECT`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `.` and so on.
    pub(crate) verb: &'p str,
    /// The recipient of the transaction; empty before RCPT.
    pub(crate) to: &'p str,
    /// Whether the command has parameters of DSN (RFC 3461).
    pub(crate) dsn: bool,
    /// How often this verb came on this connection, counted from 1.
    pub(crate) nth: usize,
}

/// What the server does.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// What a good server does.
    Normal,
    /// It says this; with 2yz or 354 it also does it.
    Say(&'static str),
    /// It says this, and closes the connection.
    SayAndClose(&'static str),
    /// It closes the connection.
    Close,
    /// It takes the message, and closes the connection without an answer.
    TakeAndClose,
    /// It says nothing any more.
    Hang,
    /// It does what a good server does, and says nothing to it.
    Mute,
}

/// A server that does something at one point, and is a good one otherwise.
pub(crate) fn when(
    here: impl Fn(&Point<'_>) -> bool + Send,
    act: Act,
) -> impl FnMut(&Point<'_>) -> Act + Send {
    move |point| if here(point) { act.clone() } else { Act::Normal }
}
