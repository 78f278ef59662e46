//! Tracks which of a server's extensions are used in a run: those offered, allowed and not broken.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Smtp;
use crate::transport::hello::Offers;

/// Extensions that turned out to work, or not to, over all connections of a run.
#[derive(Debug, Default)]
pub struct ExtensionTrial {
    chunking_works: AtomicBool,
    chunking_is_broken: AtomicBool,
    dsn_is_broken: AtomicBool,
}

impl ExtensionTrial {
    /// Returns whether a message was taken by BDAT in this run.
    pub fn chunking_works(&self) -> bool {
        self.chunking_works.load(Ordering::Relaxed)
    }

    /// Notes that a message was taken by BDAT.
    pub fn chunking_worked(&self) {
        self.chunking_works.store(true, Ordering::Relaxed);
    }

    /// Gives CHUNKING up for the run, unless it was seen to work.
    pub fn give_up_chunking(&self) {
        if !self.chunking_works() {
            self.chunking_is_broken.store(true, Ordering::Relaxed);
        }
    }

    /// Gives the parameters of DSN up for the run.
    pub fn give_up_dsn(&self) {
        self.dsn_is_broken.store(true, Ordering::Relaxed);
    }

    /// Takes from what a server offers what the settings turn off or what is broken.
    pub(super) fn restrict(&self, offers: Offers, smtp: &Smtp) -> Offers {
        let chunking = smtp.chunking && !self.chunking_is_broken.load(Ordering::Relaxed);
        let dsn = smtp.dsn && !self.dsn_is_broken.load(Ordering::Relaxed);
        Offers {
            pipelining: offers.pipelining && smtp.pipelining,
            chunking: offers.chunking && chunking,
            dsn: offers.dsn && dsn,
            ..offers
        }
    }
}
