//! Tells the encoding of a text file and reads it as UTF-8.
//!
//! Spreadsheets write UTF-16 ("Unicode text") and Windows-1252 ("CSV"), older Macs Mac Roman. No
//! file says which of the last two it is, so the import names a line that was read so.

use std::io::{self, BufRead as _, BufReader, Read};

use encoding_rs::{Decoder, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::audience::source::mentions::Mentions;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;
/// Length of the longest line that is decoded as one, in bytes.
const LINE_MAX: u64 = 1 << 20;
/// How much of a line is shown, in characters.
const SHOWN_MAX: usize = 60;

/// Encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with a byte order mark or without.
    Utf8,
    /// UTF-16, the lower byte first, with a byte order mark or without.
    Utf16Le,
    /// UTF-16, the higher byte first, with a byte order mark or without.
    Utf16Be,
    /// Lines of UTF-8 and of Windows-1252.
    Windows1252,
    /// Lines of UTF-8 and of Mac Roman.
    MacRoman,
}

/// Facts about a whole text, found in one pass over it.
#[derive(Debug, Clone)]
pub(crate) struct TextSurvey {
    /// The encoding; `None` for bytes that are no text.
    pub(crate) encoding: Option<Encoding>,
    /// The first line that is not UTF-8 in a file of single bytes, counted from 1.
    pub(crate) foreign_line: Option<u64>,
    /// Whether there is an address in the text.
    pub(crate) mentions: bool,
    /// Whether there is nothing but white space.
    pub(crate) blank: bool,
}

impl Encoding {
    /// The name as an editor knows it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1252 => "Windows-1252",
            Self::MacRoman => "Mac Roman",
        }
    }

    /// Reads bytes of this encoding as UTF-8.
    pub(crate) fn reader(self, reader: Box<dyn Read>) -> Box<dyn Read> {
        let single = match self {
            Self::Utf8 => return reader,
            Self::Utf16Le => return Box::new(WideReader::new(reader, UTF_16LE.new_decoder())),
            Self::Utf16Be => return Box::new(WideReader::new(reader, UTF_16BE.new_decoder())),
            Self::Windows1252 => WINDOWS_1252,
            Self::MacRoman => MACINTOSH,
        };
        let reader = BufReader::with_capacity(CHUNK, reader);
        Box::new(LineReader { reader, encoding: single, line: Vec::new(), at: 0 })
    }

    /// Guesses UTF-16 from the first bytes: by its mark, or by zero bytes in one half of the pairs.
    fn wide(begin: &[u8]) -> Option<Self> {
        match begin {
            [0xff, 0xfe, ..] => return Some(Self::Utf16Le),
            [0xfe, 0xff, ..] => return Some(Self::Utf16Be),
            _ => {}
        }
        let zeros = |odd: usize| begin.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
        let (even, odd, pairs) = (zeros(0), zeros(1), begin.len() / 2);
        // Addresses and separators are ASCII in every language.
        let many = |zeros: usize| pairs > 1 && zeros * 4 > pairs;
        match (many(even), many(odd)) {
            (false, true) if even * 8 < odd => Some(Self::Utf16Le),
            (true, false) if odd * 8 < even => Some(Self::Utf16Be),
            _ => None,
        }
    }
}

impl TextSurvey {
    /// Reads a text once, to its end.
    pub(crate) fn of(mut reader: Box<dyn Read>) -> io::Result<Self> {
        let mut begin = Vec::new();
        reader.by_ref().take(4096).read_to_end(&mut begin)?;
        let wide = Encoding::wide(&begin);
        let whole: Box<dyn Read> = Box::new(io::Cursor::new(begin).chain(reader));
        let mut survey = Self { encoding: wide, foreign_line: None, mentions: false, blank: true };
        match wide {
            Some(wide) => survey.read_wide(wide.reader(whole))?,
            None => survey.read_bytes(whole)?,
        }
        Ok(survey)
    }

    fn read_wide(&mut self, mut reader: Box<dyn Read>) -> io::Result<()> {
        let mut mentions = Mentions::default();
        let mut buffer = vec![0; CHUNK];
        loop {
            let length = reader.read(&mut buffer)?;
            if length == 0 {
                self.mentions = mentions.found();
                return Ok(());
            }
            self.see(&buffer[..length], &mut mentions);
            if buffer[..length].contains(&0) {
                self.encoding = None;
            }
        }
    }

    fn see(&mut self, bytes: &[u8], mentions: &mut Mentions) {
        self.blank &= bytes.trim_ascii().is_empty() || bytes == "\u{feff}".as_bytes();
        mentions.see(bytes);
    }

    fn read_bytes(&mut self, reader: Box<dyn Read>) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(CHUNK, reader);
        let (mut mentions, mut votes) = (Mentions::default(), Votes::default());
        let (mut line, mut number) = (Vec::new(), 1);
        let mut binary = false;
        loop {
            line.clear();
            if reader.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            binary |= line.contains(&0);
            self.see(&line, &mut mentions);
            if std::str::from_utf8(&line).is_err() {
                self.foreign_line.get_or_insert(number);
                votes.see(&line);
            }
            number += u64::from(line.ends_with(b"\n"));
        }
        self.mentions = mentions.found();
        self.encoding = match self.foreign_line {
            _ if binary => None,
            None => Some(Encoding::Utf8),
            Some(_) if votes.mac > votes.windows => Some(Encoding::MacRoman),
            Some(_) => Some(Encoding::Windows1252),
        };
        Ok(())
    }
}

/// Evidence for one of two encodings of single bytes: which bytes stand beside letters.
#[derive(Debug, Default)]
struct Votes {
    windows: u64,
    mac: u64,
}

impl Votes {
    fn see(&mut self, line: &[u8]) {
        for (at, byte) in line.iter().enumerate() {
            let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
            let letter = beside.filter_map(|at| line.get(at)).any(u8::is_ascii_alphabetic);
            match byte {
                // Accented letters of Windows-1252; signs, for the most part, of Mac Roman.
                0xc0..=0xff if letter => self.windows += 1,
                // Quotes, dashes and the euro of Windows-1252, which stand beside letters, too.
                0x80 | 0x82 | 0x84 | 0x85 | 0x91..=0x99 => {}
                // The other way round.
                0x81..=0x9f if letter => self.mac += 1,
                _ => {}
            }
        }
    }
}

/// UTF-16 read as UTF-8. What is no UTF-16 becomes U+FFFD.
struct WideReader {
    reader: Box<dyn Read>,
    decoder: Decoder,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl WideReader {
    fn new(reader: Box<dyn Read>, decoder: Decoder) -> Self {
        Self { reader, decoder, text: Vec::new(), at: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(CHUNK as u64).read_to_end(&mut bytes)?;
        self.ended = bytes.is_empty();
        let length = self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(CHUNK * 4);
        self.text.resize(length, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(&bytes, &mut self.text, self.ended);
        self.text.truncate(written);
        self.at = 0;
        Ok(())
    }
}

impl Read for WideReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            self.fill()?;
        }
        Ok(give(&self.text, &mut self.at, buffer))
    }
}

/// Lines of which those that are not UTF-8 are decoded from an encoding of single bytes.
struct LineReader {
    reader: BufReader<Box<dyn Read>>,
    encoding: &'static encoding_rs::Encoding,
    line: Vec<u8>,
    at: usize,
}

impl Read for LineReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.line.len() {
            self.line.clear();
            self.at = 0;
            self.reader.by_ref().take(LINE_MAX).read_until(b'\n', &mut self.line)?;
            if std::str::from_utf8(&self.line).is_err() {
                let (text, _) = self.encoding.decode_without_bom_handling(&self.line);
                self.line = text.into_owned().into_bytes();
            }
        }
        Ok(give(&self.line, &mut self.at, buffer))
    }
}

/// Copies as much as there is room for.
fn give(from: &[u8], at: &mut usize, buffer: &mut [u8]) -> usize {
    let rest = &from[*at..];
    let length = rest.len().min(buffer.len());
    buffer[..length].copy_from_slice(&rest[..length]);
    *at += length;
    length
}

/// Returns a line of a text, cut off where it is long.
pub(crate) fn line_of(reader: Box<dyn Read>, number: u64) -> io::Result<String> {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    for _ in 0..number {
        line.clear();
        reader.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)?;
    }
    Ok(String::from_utf8_lossy(&line).trim().chars().take(SHOWN_MAX).collect())
}
