//! Tells whether bytes hold an email address, however they are cut into pieces.

/// A search for `local@label.label` in a stream of bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mentions {
    state: State,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Behind a byte that cannot stand before an `@`.
    #[default]
    Outside,
    /// Behind a byte that can.
    Local,
    /// Behind the `@`.
    At,
    /// In the first label of the domain.
    Label,
    /// Behind a dot of the domain.
    Dot,
    /// An address was found.
    Found,
}

impl Mentions {
    /// Takes the next bytes in.
    pub(crate) fn see(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.state == State::Found {
                return;
            }
            let word = byte.is_ascii_alphanumeric() || !byte.is_ascii();
            self.state = match (self.state, byte) {
                (State::Local, b'@') => State::At,
                // `%40`, the full-width `@` and the like are rare in a whole file.
                (State::Dot, _) if word => State::Found,
                (State::At | State::Label, _) if word || *byte == b'-' => State::Label,
                (State::Label, b'.') => State::Dot,
                (_, b'.' | b'_' | b'+' | b'-' | b'\'') => State::Local,
                _ if word => State::Local,
                _ => State::Outside,
            };
        }
    }

    /// Whether an address was seen.
    pub(crate) fn found(&self) -> bool {
        self.state == State::Found
    }
}

#[cfg(test)]
mod tests {
    use crate::audience::source::mentions::Mentions;

    #[test]
    fn an_address_is_found_and_a_handle_is_not() {
        let texts = [
            ("see ada@example.org, please", true),
            ("<ada.b+c@sub-domain.example.org>", true),
            ("@ada on the photo@2x", false),
            ("photo@2x.png", true),
            ("mail me: ada@example", false),
            ("ada@ example.org", false),
            ("user@@example.org", false),
        ];
        for (text, expected) in texts {
            let mut mentions = Mentions::default();
            text.as_bytes().chunks(3).for_each(|bytes| mentions.see(bytes));
            assert_eq!(mentions.found(), expected, "{text}");
        }
    }
}
