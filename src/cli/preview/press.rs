//! An issue and an address from the page in, a test at the mail server and what became of it out.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::address::EmailAddress;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::send;
use crate::web::preview::{Ask, Press};

/// What sends tests, as `send --test` does.
pub(super) fn press(env: &Env) -> Press {
    let aside = Mutex::new(env.aside());
    Arc::new(move |ask, address| {
        let mut env = aside.lock().unwrap_or_else(PoisonError::into_inner).aside();
        let said = Said::default();
        env.messages = Box::new(said.clone());
        match test(&mut env, ask, address) {
            Ok(Exit::Done) => format!("Sent to {}. Nothing was recorded.", address.trim()),
            Ok(_) => said.text(),
            Err(failure) if failure.exit == Exit::Content => {
                format!("Nothing was sent. See what check finds: {}", failure.sentence())
            }
            Err(failure) => failure.sentence(),
        }
    })
}

fn test(env: &mut Env, ask: &Ask, address: &str) -> Result<Exit, Failure> {
    let address: EmailAddress = address.trim().parse().map_err(|error| {
        Failure::because(format!("`{}` is not an email address", address.trim()), &error)
    })?;
    let publication = Publication::open(env)?;
    let path = match &ask.issue {
        Some(issue) => publication.find(env, Path::new(issue))?,
        None => publication.newest()?,
    };
    send::test(env, &publication, &path, &address)
}

/// What a command says, kept.
#[derive(Debug, Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn text(&self) -> String {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).trim().to_owned()
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
