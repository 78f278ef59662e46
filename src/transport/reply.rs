//! The lines of a server's answer in, its code, its enhanced code and its words out.

use std::fmt;

/// What a server answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The connection itself.
    Greeting,
    /// EHLO.
    Hello,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Login,
    /// MAIL: who it comes from.
    Mail,
    /// RCPT: who it is for.
    Recipient,
    /// DATA: that there is a message.
    Data,
    /// The message and its final dot.
    Message,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "the connection",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Login => "the login",
            Self::Mail => "the sender",
            Self::Recipient => "the recipient",
            Self::Data => "DATA",
            Self::Message => "the message",
        })
    }
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three digits (RFC 5321 §4.2).
    pub code: u16,
    /// The enhanced status code (RFC 3463), where there is one.
    pub enhanced: Option<(u8, u16, u16)>,
    /// The words: all lines joined by a space, without control characters.
    pub text: String,
}

impl Reply {
    /// Takes the words apart: an enhanced code at the beginning is not a part of the text.
    #[must_use]
    pub fn new(code: u16, words: &str) -> Self {
        let words = words.trim();
        let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
        let enhanced = enhanced(first);
        let text = if enhanced.is_some() { rest } else { words };
        let harmless = |c: char| if c.is_control() { '?' } else { c };
        Self { code, enhanced, text: text.trim().chars().map(harmless).collect() }
    }

    /// Joins the lines of a reply; an enhanced code that each of them repeats is told once.
    pub(super) fn of_lines<'l>(code: u16, mut lines: impl Iterator<Item = &'l str>) -> Self {
        let first = lines.next().unwrap_or_default();
        let repeated = first.split(' ').next().filter(|word| enhanced(word).is_some());
        let mut words = first.to_owned();
        for line in lines {
            let rest = repeated.and_then(|code| line.strip_prefix(code)).unwrap_or(line);
            words.extend([" ", rest.trim()]);
        }
        Self::new(code, &words)
    }

    /// Whether the server did what it was asked (2yz).
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// Whether the server closes the connection with this (RFC 5321 §3.8).
    #[must_use]
    pub fn closes(&self) -> bool {
        self.code == 421
    }
}

impl std::str::FromStr for Reply {
    type Err = std::num::ParseIntError;

    /// Reads what `Display` writes: `550 5.1.1 no such user`.
    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (code, words) = line.split_once(' ').unwrap_or((line, ""));
        Ok(Self::new(code.parse()?, words))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some((class, subject, detail)) = self.enhanced {
            write!(f, " {class}.{subject}.{detail}")?;
        }
        if !self.text.is_empty() {
            write!(f, " {}", self.text)?;
        }
        Ok(())
    }
}

/// `5.1.1` as numbers. Its class may differ from the reply's: Gmail says `421 5.7.32`.
fn enhanced(word: &str) -> Option<(u8, u16, u16)> {
    let mut parts = word.split('.');
    let mut number = |longest: usize| {
        let part = parts.next()?;
        let digits = part.len() <= longest && part.bytes().all(|b| b.is_ascii_digit());
        if digits { part.parse::<u16>().ok() } else { None }
    };
    let (class, subject, detail) = (number(1)?, number(3)?, number(3)?);
    let class = u8::try_from(class).ok().filter(|class| matches!(class, 2 | 4 | 5))?;
    if parts.next().is_some() { None } else { Some((class, subject, detail)) }
}

#[cfg(test)]
mod tests {
    use crate::transport::reply::Reply;

    #[test]
    fn a_reply_of_many_lines_is_one_text_with_its_enhanced_code_once() {
        let lines = ["5.1.1 The account does", "5.1.1 not exist.", "5.1.1 Sorry"];
        let reply = Reply::of_lines(550, lines.into_iter());
        assert_eq!(reply.enhanced, Some((5, 1, 1)));
        assert_eq!(reply.to_string(), "550 5.1.1 The account does not exist. Sorry");
        assert_eq!(reply.to_string().parse(), Ok(reply));
    }

    #[test]
    fn what_only_looks_like_an_enhanced_code_is_text() {
        for words in
            ["5.1 x", "5.1.1.1 x", "3.1.1 x", "5.1.1111 x", "5..1 x", "127.0.0.1 x", "5.1.x"]
        {
            let reply = Reply::new(550, words);
            assert_eq!((reply.enhanced, reply.text.as_str()), (None, words));
        }
        assert_eq!(Reply::new(250, "\u{1b}[2Jok\u{7}").text, "?[2Jok?");
    }

    proptest::proptest! {
        #[test]
        fn any_words_are_taken_and_read_back(code in 200_u16..600, words in ".*") {
            let reply = Reply::new(code, &words);
            proptest::prop_assert!(!reply.text.chars().any(char::is_control));
            drop(reply.to_string().parse::<Reply>());
        }
    }
}
