//! Text as it stands in a message, cut anywhere, in; its relaxed form out (RFC 6376 §3.4).

/// Writes a body in relaxed form (RFC 6376 §3.4.4) piece by piece: white space at the end of a line
/// and empty lines at the end of the body are gone, and any other run of white space is one space.
///
/// What the end may take away is held back until something follows it, so that it does not matter
/// where the pieces are cut. Only CRLF is a line break; a lone CR or LF is a character.
#[derive(Debug, Clone, Default)]
pub(super) struct Relaxed {
    /// Line breaks held back.
    breaks: usize,
    /// Whether white space is held back, behind those breaks.
    space: bool,
    /// Whether a CR is held back, behind that.
    cr: bool,
    /// Whether anything was written.
    begun: bool,
}

impl Relaxed {
    /// Writes the next piece.
    pub(super) fn write(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let mut rest = piece;
        while let Some(byte) = rest.first() {
            let run = rest.iter().position(|byte| !solid(*byte)).unwrap_or(rest.len());
            let (text, after) = rest.split_at(run.max(1));
            rest = after;
            if run > 0 {
                self.release(out);
                out.extend_from_slice(text);
            } else {
                self.hold(*byte, out);
            }
        }
    }

    /// Takes a byte that is not [`solid`].
    fn hold(&mut self, byte: u8, out: &mut Vec<u8>) {
        let after_cr = std::mem::take(&mut self.cr);
        if after_cr && byte == b'\n' {
            self.space = false;
            self.breaks += 1;
            return;
        }
        if after_cr {
            self.lone(b'\r', out);
        }
        match byte {
            b'\r' => self.cr = true,
            b'\n' => self.lone(byte, out),
            _ => self.space = true,
        }
    }

    /// Writes what is held back: what follows it begins with a [`solid`] byte, and is written
    /// already.
    pub(super) fn release(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.cr) {
            self.lone(b'\r', out);
        }
        for _ in 0..std::mem::take(&mut self.breaks) {
            out.extend_from_slice(b"\r\n");
        }
        if std::mem::take(&mut self.space) {
            out.push(b' ');
        }
        self.begun = true;
    }

    /// Ends the body: with one line break, or with nothing where it has nothing but empty lines.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.cr) {
            self.lone(b'\r', out);
        }
        if self.begun {
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Writes a CR or an LF that is no line break.
    fn lone(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.release(out);
        out.push(byte);
    }
}

/// Whether a byte stands for itself wherever it is.
pub(super) fn solid(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// A name without the white space behind it.
pub(super) fn without_space(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'));
    &name[..end.map_or(0, |at| at + 1)]
}

/// Writes one header field in relaxed form (RFC 6376 §3.4.2), without a line break at its end: the
/// name in small letters, the value unfolded, each run of white space one space, none at its ends.
///
/// A field without a colon is a name with nothing behind it.
pub(super) fn field(field: &[u8], out: &mut Vec<u8>) {
    let colon = field.iter().position(|byte| *byte == b':').unwrap_or(field.len());
    let (name, value) = field.split_at(colon);
    out.extend(without_space(name).iter().map(u8::to_ascii_lowercase));
    out.push(b':');
    let (mut begun, mut space) = (false, false);
    let mut rest = value.get(1..).unwrap_or_default();
    while let Some(byte) = rest.first() {
        let run = rest.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        let run = run.unwrap_or(rest.len());
        let (text, after) = rest.split_at(run.max(1));
        rest = after;
        match byte {
            b' ' | b'\t' => space = true,
            b'\r' if after.first() == Some(&b'\n') => rest = &after[1..],
            _ => {
                if space && begun {
                    out.push(b' ');
                }
                (begun, space) = (true, false);
                out.extend_from_slice(text);
            }
        }
    }
}
