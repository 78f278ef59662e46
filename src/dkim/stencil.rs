//! A program in, what signs its messages for little more than a SHA-256 of the body out.

use std::ops::Range;

use aws_lc_rs::digest::{self, Context, Digest};
use jiff::Timestamp;

use crate::compile::{Filling, Program};
use crate::dkim::fields::Fields;
use crate::dkim::relaxed::{self, Relaxed};
use crate::dkim::signer::Signer;

/// Signs the messages of one program.
///
/// A static stretch of the body, from its first byte that is no white space to its last, has the
/// same relaxed form whatever stands around it: that form is made once. The SHA-256 of the body's
/// first stretch is begun once, too. What lies between, a few dozen bytes for each reader, goes the
/// long way, and so does the header.
#[derive(Debug)]
pub struct Stencil {
    signer: Signer,
    /// `None` where the body does not begin in a static stretch: then every message goes the long
    /// way.
    body: Option<Body>,
}

/// The static part of a program's body.
#[derive(Debug)]
struct Body {
    /// In which of the program's static stretches it begins, and how many bytes of that are header.
    first: usize,
    start: usize,
    /// The SHA-256 as it is behind that stretch.
    begun: Hash,
    /// The stretches behind it.
    stretches: Vec<Stretch>,
    /// How many static bytes and slots the program has, by which another is noticed.
    size: (usize, usize),
}

/// A static stretch: what its neighbours have a say in, and the relaxed form of the rest.
#[derive(Debug)]
struct Stretch {
    /// The white space that it begins with.
    head: Range<usize>,
    /// The rest up to its last byte that is no white space, in relaxed form.
    middle: Vec<u8>,
    /// The white space that it ends with.
    tail: Range<usize>,
}

/// The SHA-256 of a body as far as it was seen.
#[derive(Clone)]
struct Hash {
    context: Context,
    relaxed: Relaxed,
    /// What is to be hashed next, so that a few bytes are not hashed for themselves.
    waiting: Vec<u8>,
}

impl Stencil {
    pub(super) fn new(signer: Signer, program: &Program) -> Self {
        Self { signer, body: Body::of(program) }
    }

    /// Writes the complete header lines that go before the first byte of the message that `filling`
    /// makes of `program`, each with its line break, to the end of `out`.
    ///
    /// They are what [`Signer::sign`] writes for the assembled message. The program has to be the
    /// one that the stencil was made for.
    pub fn sign(&self, program: &Program, filling: &Filling, date: Timestamp, out: &mut Vec<u8>) {
        let hashed = self.body.as_ref().and_then(|body| body.hash(program, filling));
        if let Some((fields, hash)) = hashed {
            return self.signer.sign_hashed(fields, &hash, date, out);
        }
        let message: Vec<u8> = program.slices(filling).flatten().copied().collect();
        self.signer.sign(&message, date, out);
    }
}

impl Body {
    /// Finds the body in a program: it begins behind the first empty line that no value is a part
    /// of.
    fn of(program: &Program) -> Option<Self> {
        let (bytes, slots) = program.parts();
        let starts = std::iter::once(0).chain(slots.iter().map(|cut| cut.at));
        let ends = slots.iter().map(|cut| cut.at).chain([bytes.len()]);
        let mut stretches = starts.zip(ends).map(|(start, end)| &bytes[start..end]).enumerate();
        // A stretch that begins with a line break has the line before it in a value.
        let found = stretches.by_ref().find_map(|(first, stretch)| {
            let start = stretch.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
            Some((first, start, stretch))
        });
        let (first, start, stretch) = found?;
        let mut begun = Hash {
            context: Context::new(&digest::SHA256),
            relaxed: Relaxed::default(),
            waiting: Vec::new(),
        };
        let body = &stretch[start..];
        begun.update(&Stretch::of(body), body);
        begun.flush();
        let stretches = stretches.map(|(_, stretch)| Stretch::of(stretch)).collect();
        Some(Self { first, start, begun, stretches, size: (bytes.len(), slots.len()) })
    }

    /// The signed fields and the hash of the body of one message; `None` where a value ended the
    /// header, or the program is another.
    fn hash(&self, program: &Program, filling: &Filling) -> Option<(Fields, Digest)> {
        let (bytes, slots) = program.parts();
        if self.size != (bytes.len(), slots.len()) {
            return None;
        }
        let mut slices = program.slices(filling);
        let mut header = Vec::with_capacity(4096);
        slices.by_ref().take(2 * self.first).for_each(|slice| header.extend_from_slice(slice));
        header.extend_from_slice(slices.next()?.get(..self.start)?);
        let (fields, body) = Fields::read(&header);
        if body != header.len() {
            return None;
        }
        let mut hash = self.begun.clone();
        for stretch in &self.stretches {
            hash.write(slices.next()?);
            hash.update(stretch, slices.next()?);
        }
        Some((fields, hash.finish()))
    }
}

impl Stretch {
    fn of(bytes: &[u8]) -> Self {
        let first = bytes.iter().position(|byte| relaxed::solid(*byte)).unwrap_or(bytes.len());
        let last = bytes.iter().rposition(|byte| relaxed::solid(*byte)).map_or(first, |at| at + 1);
        let mut middle = Vec::new();
        Relaxed::default().write(&bytes[first..last], &mut middle);
        Self { head: 0..first, middle, tail: last..bytes.len() }
    }
}

impl Hash {
    /// Adds bytes that differ from reader to reader.
    fn write(&mut self, bytes: &[u8]) {
        self.relaxed.write(bytes, &mut self.waiting);
    }

    /// Adds a static stretch, whose bytes are these.
    fn update(&mut self, stretch: &Stretch, bytes: &[u8]) {
        self.write(&bytes[stretch.head.clone()]);
        if !stretch.middle.is_empty() {
            self.relaxed.release(&mut self.waiting);
            self.flush();
            self.context.update(&stretch.middle);
        }
        self.write(&bytes[stretch.tail.clone()]);
    }

    fn flush(&mut self) {
        self.context.update(&self.waiting);
        self.waiting.clear();
    }

    fn finish(mut self) -> Digest {
        self.relaxed.finish(&mut self.waiting);
        self.context.update(&self.waiting);
        self.context.finish()
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hash").field("relaxed", &self.relaxed).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::{Cut, Filling, Program, Slot};
    use crate::dkim::signer::Signer;

    /// Whether the messages of a program go the short way; its slots are empty.
    fn is_short(text: &str, slots: &[usize]) -> bool {
        let cuts = slots.iter().map(|at| Cut { at: *at, slot: Slot::Token }).collect();
        let program = Program::from_parts(text.into(), cuts);
        let body = Signer::new(Vec::new()).stencil(&program).body;
        body.is_some_and(|body| body.hash(&program, &Filling::default()).is_some())
    }

    #[test]
    fn only_where_a_value_may_end_the_header_is_it_the_long_way() {
        assert!(is_short("From: a\r\n\r\nbody", &[]));
        assert!(is_short("From: a\r\n\r\nbody", &[6, 11, 13]));
        assert!(!is_short("From: a\r\n\r\nbody", &[9]));
        assert!(!is_short("\r\n\r\nbody\r\n\r\nbody", &[]));
        assert!(!is_short("From: a\r\n", &[]));
    }
}
