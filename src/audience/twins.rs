//! The keys of all readers in, those that came more than once out, in little memory.
//!
//! A key is remembered as a number of 64 bits. Numbers that do not fit into memory are sorted and
//! put into a file, as often as need be; in the end all of it is merged, and equal numbers stand
//! beside each other. Two different keys can have the same number: whoever asks looks at the key.

use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};

/// How many numbers are kept in memory: 2 MiB of them.
const NUMBERS_MAX: usize = 256 * 1024;

/// Collects the keys of a list.
#[derive(Default)]
pub(crate) struct Collector {
    numbers: Vec<u64>,
    /// Sorted numbers that did not fit, a file for each time.
    spilled: Vec<File>,
}

/// Of which keys there may be more than one.
#[derive(Debug, Default)]
pub(crate) struct Twins(Vec<u64>);

impl Collector {
    /// Takes a key in.
    pub(crate) fn add(&mut self, key: &str) -> io::Result<()> {
        if self.numbers.len() == NUMBERS_MAX {
            self.spill()?;
        }
        self.numbers.push(number(key));
        Ok(())
    }

    /// Puts the numbers into a file that is gone when it is closed.
    fn spill(&mut self) -> io::Result<()> {
        self.numbers.sort_unstable();
        let mut file = BufWriter::new(tempfile::tempfile()?);
        for number in self.numbers.drain(..) {
            file.write_all(&number.to_le_bytes())?;
        }
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        self.spilled.push(file);
        Ok(())
    }

    /// The keys that came more than once.
    pub(crate) fn finish(mut self) -> io::Result<Twins> {
        self.numbers.sort_unstable();
        let mut twins = Vec::new();
        let mut last = None;
        let mut see = |number| {
            if last == Some(number) && twins.last() != Some(&number) {
                twins.push(number);
            }
            last = Some(number);
        };
        let mut memory = self.numbers.into_iter();
        let mut files: Vec<_> = self.spilled.into_iter().map(BufReader::new).collect();
        // The next number of each, the smallest of which is the next of all.
        let mut heads = Vec::new();
        for at in 0..=files.len() {
            let head = next(&mut files, &mut memory, at)?;
            heads.extend(head.map(|head| std::cmp::Reverse((head, at))));
        }
        let mut heads = std::collections::BinaryHeap::from(heads);
        while let Some(mut smallest) = heads.peek_mut() {
            let (number, at) = smallest.0;
            see(number);
            match next(&mut files, &mut memory, at)? {
                Some(head) => smallest.0.0 = head,
                None => drop(std::collections::binary_heap::PeekMut::pop(smallest)),
            }
        }
        Ok(Twins(twins))
    }
}

/// The next number of a file, or of those in memory, which come last; `None` at its end.
fn next(
    files: &mut [BufReader<File>],
    memory: &mut impl Iterator<Item = u64>,
    at: usize,
) -> io::Result<Option<u64>> {
    let Some(file) = files.get_mut(at) else { return Ok(memory.next()) };
    let mut bytes = [0; 8];
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(u64::from_le_bytes(bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

impl Twins {
    /// Whether a key may have come more than once; if not, it certainly did not.
    pub(crate) fn may_have(&self, key: &str) -> bool {
        !self.0.is_empty() && self.0.binary_search(&number(key)).is_ok()
    }

    /// Whether every key came once.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What stands for a key. It is the same in all passes over a list, and nobody stores it.
fn number(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use crate::audience::twins::{Collector, NUMBERS_MAX};

    #[test]
    fn twins_are_found_wherever_they_stand() {
        let mut collector = Collector::default();
        let all = NUMBERS_MAX * 2 + 1000;
        let again = [0, 1, NUMBERS_MAX - 1, NUMBERS_MAX, NUMBERS_MAX * 2, all - 1];
        for key in (0..all).chain(again).chain([1, 1]) {
            collector.add(&key.to_string()).unwrap();
        }
        assert_eq!(collector.spilled.len(), 2);
        let twins = collector.finish().unwrap();
        assert_eq!(twins.0.len(), again.len());
        assert!(again.iter().all(|key| twins.may_have(&key.to_string())));
        assert!(!twins.may_have("2"));
    }

    #[test]
    fn a_list_without_twins_has_none() {
        assert!(Collector::default().finish().unwrap().is_empty());
        let mut collector = Collector::default();
        (0..1000).for_each(|key| collector.add(&key.to_string()).unwrap());
        assert!(collector.finish().unwrap().is_empty());
    }
}
