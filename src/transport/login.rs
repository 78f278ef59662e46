//! A connection and credentials in, a connection that is logged in out (RFC 4954).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::Auth;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{AuthProtocol, Login, Timeouts};
use crate::transport::error::Error;
use crate::transport::hello::{Offers, agreed};
use crate::transport::replies::printable;
use crate::transport::reply::{Reply, Stage};
use crate::transport::wire::Wire;

/// How often a server may ask for something more.
const CHALLENGES_MAX: usize = 4;

/// How much of a secret is enough to know it by.
const BEGINNING: usize = 12;

/// Logs in the way that the settings name, if the server offers it.
pub(super) async fn log_in(
    wire: &mut Wire,
    host: &str,
    offers: &Offers,
    (login, password): (&Login, &SecretString),
    timeouts: &Timeouts,
) -> Result<(), Error> {
    let mechanism = match login.protocol {
        AuthProtocol::Plain => Mechanism::Plain,
        AuthProtocol::Login => Mechanism::Login,
        AuthProtocol::XOauth2 => Mechanism::Xoauth2,
    };
    if !offers.mechanisms.contains(&mechanism) {
        let (host, mechanism) = (host.to_owned(), mechanism.to_string());
        return Err(Error::NoLogin { host, mechanism });
    }
    let credentials = Credentials::new(login.username.clone(), password.expose_secret().to_owned());
    let first = Auth::new(mechanism, credentials, None);
    let mut command = first.map_err(|_| nonsense())?.to_string();
    let mut secrets = vec![password.expose_secret().to_owned()];
    // draft-murchison-sasl-login §2.1: a client ignores the words of a challenge. The first one asks
    // for the name, the second one for the password.
    let mut asked = [&login.username, password.expose_secret()].map(line_of).into_iter();
    for _ in 0..CHALLENGES_MAX {
        secrets.extend(command.split_whitespace().last().map(str::to_owned));
        wire.write(&[command.as_bytes()], timeouts.block).await?;
        let reply = without(wire.reply(timeouts.mail).await?, &secrets);
        if reply.code != 334 {
            return agreed(Stage::Login, reply).map(drop);
        }
        command = match mechanism {
            Mechanism::Login => asked.next().ok_or_else(nonsense)?,
            // The challenge says in JSON what is wrong; an empty answer gets the refusal itself.
            Mechanism::Xoauth2 => "\r\n".to_owned(),
            Mechanism::Plain => return Err(nonsense()),
        };
    }
    Err(nonsense())
}

/// Returns a line that answers a challenge of AUTH LOGIN.
fn line_of(secret: &str) -> String {
    STANDARD.encode(secret) + "\r\n"
}

/// A reply without what was said in confidence: some servers repeat what they do not understand.
fn without(mut reply: Reply, secrets: &[String]) -> Reply {
    for secret in secrets {
        reply.text = hide(&reply.text, &printable(secret.as_bytes()));
    }
    reply
}

/// A text without a secret, also where only the beginning of it is there: long lines are cut.
fn hide(text: &str, secret: &str) -> String {
    const HIDDEN: &str = "(hidden)";
    if secret.is_empty() {
        return text.to_owned();
    }
    let text = text.replace(secret, HIDDEN);
    let Some(beginning) = secret.get(..BEGINNING) else { return text };
    let words = text.split(' ').map(|word| match word.find(beginning) {
        Some(at) => format!("{}{HIDDEN}", &word[..at]),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn nonsense() -> Error {
    Error::Protocol { source: "it asks for something that this way to log in does not have".into() }
}

#[cfg(test)]
mod tests {
    use crate::transport::login::hide;

    #[test]
    fn a_secret_is_hidden_whole_and_cut() {
        assert_eq!(
            hide("no user ada with geese, geese!", "geese"),
            "no user ada with (hidden), (hidden)!"
        );
        assert_eq!(
            hide("bad command dXNlcj1hZGEBYXV0aD1C", "dXNlcj1hZGEBYXV0aD1CZWFyZXIg"),
            "bad command (hidden)"
        );
        assert_eq!(hide("what?", ""), "what?");
    }
}
