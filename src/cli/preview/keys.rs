//! The settings in, what seals and signs letters out, fetched once for as long as they stay the same.

use crate::cli::dkim;
use crate::cli::env::Env;
use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::config::{Dkim, Secret};
use crate::dkim::Signer;
use crate::key::Key;

/// What letters are sealed and signed with.
pub(super) struct Keys {
    of: Option<(Secret, Vec<Dkim>)>,
    key: Key,
    signer: Option<Signer>,
}

impl Default for Keys {
    /// A key that seals for nobody.
    fn default() -> Self {
        Self { of: None, key: Key::new(&[]), signer: None }
    }
}

impl Keys {
    /// Fetches the keys that the settings name: a secret may be what a command prints.
    ///
    /// # Errors
    /// One of them cannot be had; letters are made without it.
    pub(super) fn fetch(
        &mut self,
        env: &mut Env,
        publication: &Publication,
    ) -> Result<(), Failure> {
        let config = &publication.config;
        let of = (config.publication.key.clone(), config.dkim.clone());
        if self.of.as_ref() == Some(&of) {
            return Ok(());
        }
        *self = Self::default();
        self.key = publication.key_to_look(env)?;
        self.signer = dkim::signer_to_look(env, publication)?;
        self.of = Some(of);
        Ok(())
    }

    /// What seals.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// What signs; `None` where letters are not signed.
    pub(super) fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }
}
