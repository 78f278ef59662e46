//! A finished message and a date in, its `DKIM-Signature` lines out.

use std::sync::Arc;

use aws_lc_rs::digest::{self, Digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::compile::Program;
use crate::dkim::fields::{ADDED_BY_OTHERS, Fields, SIGNED};
use crate::dkim::key::DkimKey;
use crate::dkim::relaxed::{self, Relaxed};
use crate::dkim::stencil::Stencil;

/// The longest line, its line break not counted (RFC 5322 §2.1.1).
const LINE_MAX: usize = 78;

/// What signs the messages of a publication: a signature for each key. To clone it costs nothing.
#[derive(Debug, Clone)]
pub struct Signer {
    keys: Arc<[DkimKey]>,
}

impl Signer {
    /// A signer with these keys; each adds a header of its own, in this order.
    #[must_use]
    pub fn new(keys: Vec<DkimKey>) -> Self {
        Self { keys: keys.into() }
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[DkimKey] {
        &self.keys
    }

    /// Does everything that can be done once for all readers of a program.
    #[must_use]
    pub fn stencil(&self, program: &Program) -> Stencil {
        Stencil::new(self.clone(), program)
    }

    /// Writes the complete header lines that go before the first byte of `message`, each with its
    /// line break, to the end of `out`. The same message and date give the same bytes.
    pub fn sign(&self, message: &[u8], date: Timestamp, out: &mut Vec<u8>) {
        let (fields, start) = Fields::read(message);
        let body = &message[start..];
        let mut canonical = Vec::with_capacity(body.len());
        let mut relaxed = Relaxed::default();
        relaxed.write(body, &mut canonical);
        relaxed.finish(&mut canonical);
        let hash = digest::digest(&digest::SHA256, &canonical);
        self.sign_hashed(fields, &hash, date, out);
    }

    /// The same for what is in relaxed form and hashed already.
    pub(super) fn sign_hashed(
        &self,
        fields: Fields,
        body: &Digest,
        date: Timestamp,
        out: &mut Vec<u8>,
    ) {
        let Fields { signed: mut input, counts } = fields;
        let fields = input.len();
        for key in &*self.keys {
            let start = out.len();
            let mut line = Folded { out, start };
            line.write_tags(key, &counts, body, date);
            // The signature covers its own field, without itself and the line break (§3.7).
            input.truncate(fields);
            relaxed::field(&line.out[start..], &mut input);
            let signature = key.sign(&digest::digest(&digest::SHA256, &input));
            line.write_base64(&STANDARD.encode(signature));
            line.out.extend_from_slice(b"\r\n");
        }
    }
}

/// A header field whose lines are folded where they get too long.
struct Folded<'o> {
    out: &'o mut Vec<u8>,
    /// Where its last line begins.
    start: usize,
}

impl Folded<'_> {
    /// The field with all its tags (RFC 6376 §3.5), as far as `b=`.
    fn write_tags(
        &mut self,
        key: &DkimKey,
        counts: &[usize; SIGNED.len()],
        body: &Digest,
        date: Timestamp,
    ) {
        self.out.extend_from_slice(b"DKIM-Signature: v=1;");
        self.write_word(" ", &["a=", key.algorithm(), ";"]);
        self.write_word(" ", &["c=relaxed/relaxed;"]);
        self.write_word(" ", &["d=", &key.domain, ";"]);
        self.write_word(" ", &["s=", &key.selector, ";"]);
        self.write_word(" ", &["t=", &date.as_second().max(0).to_string(), ";"]);
        let (mut space, mut tag) = (" ", "h=");
        for (name, count) in SIGNED.into_iter().zip(counts) {
            let times = if name == ADDED_BY_OTHERS && *count == 0 { 0 } else { count + 1 };
            for _ in 0..times {
                self.write_word(space, &[tag, name, ":"]);
                (space, tag) = ("", "");
            }
        }
        // What followed the last name is the end of the list.
        self.out.pop();
        self.write_word("", &[";"]);
        self.write_word(" ", &["bh=", &STANDARD.encode(body), ";"]);
        self.write_word(" ", &["b="]);
    }

    /// Writes what cannot be divided, on a new line where this one has no room for it.
    fn write_word(&mut self, space: &str, parts: &[&str]) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if self.room() < space.len() + length {
            self.fold();
        } else {
            self.out.extend_from_slice(space.as_bytes());
        }
        parts.iter().for_each(|part| self.out.extend_from_slice(part.as_bytes()));
    }

    /// Writes what can be divided anywhere.
    fn write_base64(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            if self.room() == 0 {
                self.fold();
            }
            let (line, after) = rest.split_at(rest.len().min(self.room()));
            self.out.extend_from_slice(line.as_bytes());
            rest = after;
        }
    }

    fn room(&self) -> usize {
        LINE_MAX.saturating_sub(self.out.len() - self.start)
    }

    fn fold(&mut self) {
        self.out.extend_from_slice(b"\r\n");
        self.start = self.out.len();
        self.out.push(b' ');
    }
}
