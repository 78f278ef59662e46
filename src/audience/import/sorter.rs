//! The keys of everyone on a list and in an import in, which rows are new out: in the same memory,
//! however many there are.
//!
//! A key is remembered as a number of 128 bits, in which no two keys of any list are the same. What
//! does not fit into memory is sorted and put into a file, as often as need be. In the end all of
//! it is merged, and the rows of one reader stand beside each other.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};

use aws_lc_rs::digest::{SHA256, digest};

/// How many entries are kept in memory: 3 MiB of them.
const ENTRIES_MAX: usize = 128 * 1024;

/// Where a key comes from. Of the rows of one reader, they are looked at in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// The list.
    Listed,
    /// A row of the import, by its number, of somebody who leaves.
    Leaves(u64),
    /// A row of the import, by its number, of a reader.
    Joins(u64),
}

/// What becomes of a row of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is the first of that reader.
    New,
    /// An earlier row, or the list, has the same.
    There,
    /// Another row says that this reader left.
    Left,
}

/// The number of a key, and the origin in one number.
type Entry = [u64; 3];

const LEAVES: u64 = 1 << 62;
const JOINS: u64 = 2 << 62;
const ROW: u64 = LEAVES - 1;

/// Collects the keys of a list and of an import.
#[derive(Debug, Default)]
pub(crate) struct Sorter {
    entries: Vec<Entry>,
    /// Sorted entries that did not fit, a file for each time.
    spilled: Vec<File>,
    rows: u64,
}

/// What becomes of each row, two bits for each.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<u8>);

impl Sorter {
    /// Takes a key in.
    pub(crate) fn add(&mut self, key: &str, origin: Origin) -> io::Result<()> {
        if self.entries.len() >= ENTRIES_MAX {
            self.spill()?;
        }
        let tag = match origin {
            Origin::Listed => 0,
            Origin::Leaves(row) => LEAVES | row,
            Origin::Joins(row) => JOINS | row,
        };
        if let Origin::Leaves(row) | Origin::Joins(row) = origin {
            self.rows = self.rows.max(row + 1);
        }
        let sum = digest(&SHA256, key.as_bytes());
        let half = |at: usize| {
            sum.as_ref()[at..at + 8].iter().fold(0, |half, byte| half << 8 | u64::from(*byte))
        };
        self.entries.push([half(0), half(8), tag]);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.entries.sort_unstable();
        let mut file = BufWriter::new(tempfile::tempfile()?);
        for number in self.entries.drain(..).flatten() {
            file.write_all(&number.to_le_bytes())?;
        }
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        self.spilled.push(file);
        Ok(())
    }

    /// What becomes of each row.
    pub(crate) fn finish(mut self) -> io::Result<Places> {
        self.entries.sort_unstable();
        let mut places = Places::of(self.rows);
        let mut group = Group::default();
        let mut memory = self.entries.into_iter();
        let mut files: Vec<_> = self.spilled.into_iter().map(BufReader::new).collect();
        let mut heads = BinaryHeap::new();
        for at in 0..=files.len() {
            heads.extend(next(&mut files, &mut memory, at)?.map(|head| Reverse((head, at))));
        }
        while let Some(mut smallest) = heads.peek_mut() {
            let (entry, at) = smallest.0;
            group.see(entry, &mut places);
            match next(&mut files, &mut memory, at)? {
                Some(head) => smallest.0.0 = head,
                None => drop(PeekMut::pop(smallest)),
            }
        }
        Ok(places)
    }
}

/// What is known of one reader so far.
#[derive(Debug, Default)]
struct Group {
    key: Option<[u64; 2]>,
    listed: bool,
    left: bool,
}

impl Group {
    fn see(&mut self, [first, second, tag]: Entry, places: &mut Places) {
        if self.key != Some([first, second]) {
            *self = Self { key: Some([first, second]), ..Self::default() };
        }
        let row = tag & ROW;
        match tag & !ROW {
            0 => self.listed = true,
            LEAVES => {
                places.set(row, if self.left { Place::There } else { Place::New });
                self.left = true;
            }
            _ => {
                let place = match (self.left, self.listed) {
                    (true, _) => Place::Left,
                    (false, true) => Place::There,
                    (false, false) => Place::New,
                };
                places.set(row, place);
                self.listed = true;
            }
        }
    }
}

impl Places {
    fn of(rows: u64) -> Self {
        Self(vec![0; usize::try_from(rows.div_ceil(4)).unwrap_or_default()])
    }

    fn set(&mut self, row: u64, place: Place) {
        if let Some(byte) = self.0.get_mut(usize::try_from(row / 4).unwrap_or(usize::MAX)) {
            *byte |= (place as u8) << (row % 4 * 2);
        }
    }

    /// What becomes of a row that was taken in.
    pub(crate) fn get(&self, row: u64) -> Place {
        let byte = self.0.get(usize::try_from(row / 4).unwrap_or(usize::MAX));
        match byte.map_or(1, |byte| byte >> (row % 4 * 2) & 3) {
            0 => Place::New,
            2 => Place::Left,
            _ => Place::There,
        }
    }
}

/// The next entry of a file, or of those in memory, which come last; `None` at its end.
fn next(
    files: &mut [BufReader<File>],
    memory: &mut impl Iterator<Item = Entry>,
    at: usize,
) -> io::Result<Option<Entry>> {
    let Some(file) = files.get_mut(at) else { return Ok(memory.next()) };
    let mut bytes = [0; 24];
    match file.read_exact(&mut bytes) {
        Ok(()) => {
            let mut entry = [0; 3];
            for (number, bytes) in entry.iter_mut().zip(bytes.chunks_exact(8)) {
                *number = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
            }
            Ok(Some(entry))
        }
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use crate::audience::import::sorter::{ENTRIES_MAX, Origin, Place, Sorter};

    #[test]
    fn rows_are_told_apart_wherever_they_stand() {
        let mut sorter = Sorter::default();
        for listed in 0..1000 {
            sorter.add(&listed.to_string(), Origin::Listed).unwrap();
        }
        let all = ENTRIES_MAX as u64 * 2;
        for row in 0..all {
            sorter.add(&row.to_string(), Origin::Joins(row)).unwrap();
        }
        // Who leaves comes after those who join, and once again.
        for row in 0..2000 {
            sorter.add(&(row % 1000 + 500).to_string(), Origin::Leaves(all + row)).unwrap();
        }
        assert_eq!(sorter.spilled.len(), 2);
        let places = sorter.finish().unwrap();
        for row in 0..all {
            let expected = match row {
                0..500 => Place::There,
                500..1500 => Place::Left,
                _ => Place::New,
            };
            assert_eq!(places.get(row), expected, "row {row}");
        }
        for row in 0..2000 {
            let expected = if row < 1000 { Place::New } else { Place::There };
            assert_eq!(places.get(all + row), expected);
        }
    }
}
