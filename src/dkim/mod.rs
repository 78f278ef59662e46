//! A program, what fills it and a date in, the `DKIM-Signature` lines that go before it out.
//!
//! RFC 6376 with relaxed canonicalisation of header and body, `rsa-sha256` and `ed25519-sha256`
//! (RFC 8463). [`Signer`] signs a whole message; a [`Stencil`] does what it can once a program, and
//! costs little more than the SHA-256 of the body and the signature itself.

mod fields;
mod key;
mod relaxed;
mod signer;
mod stencil;

pub use fields::SIGNED;
pub use key::{DkimKey, KeyError, Record};
pub use signer::Signer;
pub use stencil::Stencil;
