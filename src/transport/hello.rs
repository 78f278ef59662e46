//! A new connection in, what its server offers out: greeting, EHLO and STARTTLS.

use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;

use crate::config::Timeouts;
use crate::transport::error::Error;
use crate::transport::reply::{Reply, Stage};
use crate::transport::wire::Wire;

/// What a server says that it can do (RFC 5321 §4.1.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// Commands may be sent before the answers to those before them have come (RFC 2920).
    pub pipelining: bool,
    /// A message can be sent with its length before it (RFC 3030).
    pub chunking: bool,
    /// SIZE is understood (RFC 1870).
    pub size: bool,
    /// The largest message that is taken, in bytes; `None` where no limit is told.
    pub size_max: Option<u64>,
    /// How many messages a connection may carry (RFC 9422); `None` where no limit is told.
    pub mail_max: Option<u32>,
    /// It can be said what is to come back (RFC 3461).
    pub dsn: bool,
    /// Addresses beyond ASCII are understood (RFC 6531).
    pub smtputf8: bool,
    /// Messages of 8-bit text are understood (RFC 6152).
    pub eight_bit: bool,
    /// The connection can be encrypted (RFC 3207).
    pub starttls: bool,
    /// The ways to log in that are known here (RFC 4954).
    pub mechanisms: Vec<Mechanism>,
}

impl Offers {
    /// Reads the lines behind the first one of an answer to EHLO; what is not known is left out.
    pub fn parse<'l>(lines: impl IntoIterator<Item = &'l str>) -> Self {
        let mut offers = Self::default();
        for line in lines {
            // `AUTH=LOGIN` is how it was written before RFC 2554.
            let line = line.to_ascii_uppercase().replace("AUTH=", "AUTH ");
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("PIPELINING") => offers.pipelining = true,
                Some("CHUNKING") => offers.chunking = true,
                Some("DSN") => offers.dsn = true,
                Some("SMTPUTF8") => offers.smtputf8 = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("STARTTLS") => offers.starttls = true,
                Some("SIZE") => {
                    offers.size = true;
                    // 0 means that there is no fixed limit.
                    let limit = words.next().and_then(|limit| limit.parse().ok());
                    offers.size_max = limit.filter(|limit| *limit > 0);
                }
                Some("LIMITS") => {
                    let limit = words.find_map(|word| word.strip_prefix("MAILMAX="));
                    let limit = limit.and_then(|limit| limit.parse().ok());
                    offers.mail_max = limit.filter(|limit| *limit > 0);
                }
                Some("AUTH") => offers.mechanisms.extend(words.filter_map(mechanism)),
                _ => {}
            }
        }
        offers
    }
}

fn mechanism(word: &str) -> Option<Mechanism> {
    match word {
        "PLAIN" => Some(Mechanism::Plain),
        "LOGIN" => Some(Mechanism::Login),
        "XOAUTH2" => Some(Mechanism::Xoauth2),
        _ => None,
    }
}

/// Waits for the greeting.
pub(super) async fn greeting(wire: &mut Wire, timeouts: &Timeouts) -> Result<(), Error> {
    agreed(Stage::Greeting, wire.reply(timeouts.greeting).await?).map(drop)
}

/// Says EHLO.
pub(super) async fn hello(
    wire: &mut Wire,
    name: &str,
    timeouts: &Timeouts,
) -> Result<Offers, Error> {
    let command = Ehlo::new(ClientId::Domain(name.to_owned())).to_string();
    wire.write(&[command.as_bytes()], timeouts.block).await?;
    let lines = wire.lines(timeouts.mail).await?;
    let offers = Offers::parse(lines.texts.iter().skip(1).map(String::as_str));
    agreed(Stage::Hello, lines.into()).map(|_| offers)
}

/// Says STARTTLS; what follows has to be encrypted.
pub(super) async fn starttls(wire: &mut Wire, timeouts: &Timeouts) -> Result<(), Error> {
    wire.write(&[Starttls.to_string().as_bytes()], timeouts.block).await?;
    agreed(Stage::StartTls, wire.reply(timeouts.mail).await?).map(drop)
}

/// The reply, if it is a yes.
pub(super) fn agreed(stage: Stage, reply: Reply) -> Result<Reply, Error> {
    if reply.is_positive() { Ok(reply) } else { Err(Error::Refused { stage, reply }) }
}

#[cfg(test)]
mod tests {
    use lettre::transport::smtp::authentication::Mechanism;

    use crate::transport::hello::Offers;

    #[test]
    fn offers_are_read_whatever_their_case_and_unknown_ones_are_left_out() {
        let lines = ["Pipelining", "SIZE 35882577", "auth login plain CRAM-MD5", "X-UNKNOWN 1", ""];
        let offers = Offers::parse(lines);
        assert!(offers.pipelining && offers.size && !offers.smtputf8 && !offers.starttls);
        assert_eq!(offers.size_max, Some(35_882_577));
        assert_eq!(offers.mechanisms, [Mechanism::Login, Mechanism::Plain]);
        assert_eq!(Offers::parse(["SIZE 0"]).size_max, None);
        assert_eq!(Offers::parse(["SIZE 99999999999999999999999"]).size_max, None);
        assert_eq!(Offers::parse(["AUTH=LOGIN"]).mechanisms, [Mechanism::Login]);
        assert_eq!(Offers::parse(["LIMITS RCPTMAX=1 MAILMAX=20"]).mail_max, Some(20));
        assert_eq!(Offers::parse(["LIMITS MAILMAX=0"]).mail_max, None);
        assert!(Offers::parse(["chunking"]).chunking);
    }

    proptest::proptest! {
        #[test]
        fn any_lines_are_taken(lines in proptest::collection::vec(".*", 0..9)) {
            Offers::parse(lines.iter().map(String::as_str));
        }
    }
}
