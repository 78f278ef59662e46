//! A letter of 36 kB and keys in, the time that a message's signatures take out, beside what they
//! cannot take less than: the SHA-256 of the body and the signature itself.

use std::hint::black_box;
use std::time::SystemTime;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256};
use mail_auth::common::headers::HeaderWriter as _;
use mail_auth::dkim::DkimSigner;
use newsletter::audience::{Columns, Recipient};
use newsletter::compile::{Cut, Escape, Filling, Program, Reader, Slot};
use newsletter::dkim::{DkimKey, SIGNED, Signer};
use newsletter::field::{Field, Span, Template};
use newsletter::key::Key;

/// How large the message is.
const SIZE: usize = 36_000;
