//! A zip in, the files in it out, inflated as they are read.
//!
//! What APPNOTE 6.3 calls a ZIP file of stored or deflated entries, without encryption and below
//! 4 GiB. Sizes are those of the central directory, and no entry gives more bytes than it says.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;

/// How long the comment at the end of a zip can be, with the record before it, in bytes.
const END_MAX: u64 = 22 + 0xffff;
/// How many files a zip can hold: an export has a few, and one with posts some thousands.
const ENTRIES_MAX: usize = 20_000;
/// How long its directory can be, in bytes.
const DIRECTORY_MAX: u64 = 16 << 20;
/// How much longer a file can be than it is in the zip: addresses are not all the same.
const RATIO_MAX: u64 = 200;

/// A file in a zip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name, with the folders it is in.
    pub(crate) name: String,
    /// Where its header begins.
    header: u64,
    deflated: bool,
    packed: u64,
    length: u64,
    crc: u32,
}

/// Whether a file begins like a zip.
pub(crate) fn is_zip(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut begin)?;
    Ok(is_zip_begin(&begin))
}

/// Whether four bytes are the first ones of a zip.
pub(crate) fn is_zip_begin(begin: &[u8]) -> bool {
    begin == b"PK\x03\x04" || begin == b"PK\x05\x06"
}

/// Place of a zip's bytes.
#[derive(Debug, Clone)]
pub(crate) enum Store {
    /// A file of the disk.
    Path(PathBuf),
    /// A temporary file without a name, of which one part is read at a time.
    Spooled(Arc<File>),
}

/// A zip whose directory was read.
#[derive(Debug)]
pub(crate) struct Archive {
    store: Store,
    members: Vec<Member>,
}

impl Store {
    fn open(&self) -> io::Result<File> {
        match self {
            Self::Path(path) => File::open(path),
            Self::Spooled(file) => file.try_clone(),
        }
    }
}

impl Archive {
    /// Reads the directory.
    pub(crate) fn open(store: Store) -> io::Result<Self> {
        let members = members(&mut store.open()?)?;
        Ok(Self { store, members })
    }

    /// The files in it, in its order.
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The place of its bytes.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The file of a name, in whatever case.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name.eq_ignore_ascii_case(name))
    }
}

/// The files in a zip, in its order.
fn members(file: &mut File) -> io::Result<Vec<Member>> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(END_MAX);
    let end = read(file, from, length - from)?;
    let at = end.windows(4).rposition(|bytes| bytes == b"PK\x05\x06");
    let end = at.map(|at| &end[at..]).ok_or_else(|| wrong("its end is missing"))?;
    let (count, size, begin) = (word(end, 10)?, long(end, 12)?, long(end, 16)?);
    if usize::from(count) > ENTRIES_MAX || u64::from(size) > DIRECTORY_MAX {
        return Err(wrong("it holds too many files"));
    }
    let directory = read(file, begin.into(), size.into())?;
    let mut rest = directory.as_slice();
    let mut members = Vec::new();
    for _ in 0..count {
        let (member, after) = member(rest)?;
        rest = after;
        members.push(member);
    }
    // Files that share their bytes make a small zip as long as anybody wants.
    if members.iter().map(|member| member.packed).sum::<u64>() > length {
        return Err(wrong("it says that it is longer than it is"));
    }
    Ok(members)
}

/// An entry of the directory, and what is behind it.
fn member(bytes: &[u8]) -> io::Result<(Member, &[u8])> {
    if !bytes.starts_with(b"PK\x01\x02") {
        return Err(wrong("its directory is damaged"));
    }
    let (flags, method) = (word(bytes, 8)?, word(bytes, 10)?);
    let lengths = [word(bytes, 28)?, word(bytes, 30)?, word(bytes, 32)?].map(usize::from);
    let name = bytes.get(46..46 + lengths[0]).ok_or_else(|| wrong("its directory is damaged"))?;
    let name = String::from_utf8_lossy(name).into_owned();
    let after = 46 + lengths.iter().sum::<usize>();
    let after = bytes.get(after..).ok_or_else(|| wrong("its directory is damaged"))?;
    if flags & 1 != 0 {
        return Err(wrong("it is encrypted"));
    }
    let deflated = match method {
        0 => false,
        8 => true,
        _ => return Err(wrong("it is packed in a way that is not known")),
    };
    let crc = long(bytes, 16)?;
    let (packed, length) = (long(bytes, 20)?, long(bytes, 24)?);
    if packed == u32::MAX || length == u32::MAX {
        return Err(wrong("a file in it is longer than 4 GiB"));
    }
    let (packed, length) = (u64::from(packed), u64::from(length));
    if length > packed.saturating_mul(RATIO_MAX).max(1 << 20) {
        return Err(wrong("a file in it is far longer than what it is packed in"));
    }
    let header = u64::from(long(bytes, 42)?);
    Ok((Member { name, header, deflated, packed, length, crc }, after))
}

impl Member {
    /// Reads the file from its beginning.
    pub(crate) fn open(&self, store: &Store) -> io::Result<impl Read + use<>> {
        let mut file = store.open()?;
        let header = read(&mut file, self.header, 30)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(wrong("its directory is damaged"));
        }
        let names = u64::from(word(&header, 26)?) + u64::from(word(&header, 28)?);
        file.seek(SeekFrom::Start(self.header + 30 + names))?;
        let packed = BufReader::new(file).take(self.packed);
        let reader: Box<dyn Read> =
            if self.deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
        Ok(Whole { reader: CrcReader::new(reader), left: self.length, crc: self.crc })
    }
}

/// A file that is as long as it should be, and has the sum that it should have.
struct Whole<R> {
    reader: CrcReader<R>,
    left: u64,
    crc: u32,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = u64::try_from(length).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(read).ok_or_else(|| wrong("it is damaged"))?;
        if length == 0 && (self.left > 0 || self.reader.crc().sum() != self.crc) {
            return Err(wrong("it is damaged"));
        }
        Ok(length)
    }
}

fn read(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn word(bytes: &[u8], at: usize) -> io::Result<u16> {
    let bytes = bytes.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u16::from_le_bytes).ok_or_else(|| wrong("it ends too early"))
}

fn long(bytes: &[u8], at: usize) -> io::Result<u32> {
    let bytes = bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u32::from_le_bytes).ok_or_else(|| wrong("it ends too early"))
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("the zip cannot be read: {what}"))
}
