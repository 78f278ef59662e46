//! Lines of many threads in, one stream of messages out.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::env::Env;

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
        drop(messages.write_all(format!("{line}\n").as_bytes()));
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
