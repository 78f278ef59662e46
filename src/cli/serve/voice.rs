//! Lines of many threads in, one stream of messages out.

use std::error::Error;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::env::Env;
use crate::diagnostic::visible;

/// Where an operator reads; shared by everything that has something to say.
#[derive(Clone)]
pub(super) struct Voice(Arc<Mutex<Box<dyn Write + Send>>>);

impl Voice {
    /// Takes the messages of a command, which still speaks through this.
    pub(super) fn of(env: &mut Env) -> Self {
        let messages = std::mem::replace(&mut env.messages, Box::new(io::sink()));
        let voice = Self(Arc::new(Mutex::new(messages)));
        env.messages = Box::new(voice.clone());
        voice
    }

    /// Says a line. Nobody to read it is no reason to stop.
    pub(super) fn say(&self, line: &str) {
        let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(messages.write_all(format!("{}\n", visible(line)).as_bytes()));
    }
}

/// An error as it may be said where readers must not be named: what failed, and what the system said
/// of it. What else is below it may quote a row.
pub(super) fn nameless(error: &(dyn Error + 'static)) -> String {
    let (mut below, mut system) = (error.source(), None);
    while let Some(cause) = below {
        system = system.or_else(|| cause.downcast_ref::<io::Error>());
        below = cause.source();
    }
    match system {
        Some(system) => format!("error: {error}: {system}"),
        None => format!("error: {error}; `newsletter check` says more"),
    }
}

impl Write for Voice {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}
