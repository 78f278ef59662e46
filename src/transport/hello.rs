//! A new connection in, what its server offers out: greeting, EHLO and STARTTLS.

use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::transport::error::Error;
use crate::transport::reply::{Reply, Stage};
use crate::transport::stream::Stream;

/// The longest answer that is listened to.
const ANSWER_MAX: usize = 64 * 1024;

/// What a server says that it can do (RFC 5321 §4.1.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// Commands may be sent before the answers to those before them have come (RFC 2920).
    pub pipelining: bool,
    /// SIZE is understood (RFC 1870).
    pub size: bool,
    /// The largest message that is taken, in bytes; `None` where no limit is told.
    pub size_max: Option<u64>,
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
            let line = line.replace('=', " ").to_ascii_uppercase();
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("PIPELINING") => offers.pipelining = true,
                Some("SMTPUTF8") => offers.smtputf8 = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("STARTTLS") => offers.starttls = true,
                Some("SIZE") => {
                    offers.size = true;
                    // 0 means that there is no fixed limit.
                    let limit = words.next().and_then(|limit| limit.parse().ok());
                    offers.size_max = limit.filter(|limit| *limit > 0);
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
        _ => None,
    }
}

/// Waits for the greeting.
pub(super) async fn greeting<S: AsyncRead + Unpin>(stream: &mut Stream<S>) -> Result<(), Error> {
    let response = listen(stream).await?;
    agreed(Stage::Greeting, &response)
}

/// Says EHLO.
pub(super) async fn hello<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut Stream<S>,
    name: &str,
) -> Result<Offers, Error> {
    let response = ask(stream, &Ehlo::new(ClientId::Domain(name.to_owned())).to_string()).await?;
    agreed(Stage::Hello, &response)?;
    Ok(Offers::parse(response.message().skip(1)))
}

/// Says STARTTLS; what follows has to be encrypted.
pub(super) async fn starttls<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut Stream<S>,
) -> Result<(), Error> {
    let response = ask(stream, &Starttls.to_string()).await?;
    agreed(Stage::StartTls, &response)
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut Stream<S>,
    command: &str,
) -> Result<Response, Error> {
    stream.write_all(command.as_bytes()).await.map_err(|error| Error::lost(&error))?;
    stream.flush().await.map_err(|error| Error::lost(&error))?;
    listen(stream).await
}

/// Reads one answer byte by byte, so that nothing behind it is taken: the stream has a buffer.
async fn listen<S: AsyncRead + Unpin>(stream: &mut Stream<S>) -> Result<Response, Error> {
    let mut answer = String::new();
    let mut line_start = 0;
    while answer.len() < ANSWER_MAX {
        let byte = stream.read_u8().await.map_err(|error| Error::lost(&error))?;
        answer.push(char::from(byte));
        if byte != b'\n' {
            continue;
        }
        if answer.as_bytes().get(line_start + 3) != Some(&b'-') {
            return answer.parse().map_err(|error| Error::Protocol { source: Box::new(error) });
        }
        line_start = answer.len();
    }
    Err(Error::Protocol { source: "its answer has no end".into() })
}

fn agreed(stage: Stage, response: &Response) -> Result<(), Error> {
    let reply = Reply::from(response);
    if reply.is_positive() { Ok(()) } else { Err(Error::Refused { stage, reply }) }
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
    }

    proptest::proptest! {
        #[test]
        fn any_lines_are_taken(lines in proptest::collection::vec(".*", 0..9)) {
            Offers::parse(lines.iter().map(String::as_str));
        }
    }
}
