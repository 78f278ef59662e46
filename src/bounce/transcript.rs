//! The transcript of a session in, the replies about each recipient of it out.
//!
//! sendmail of old puts all that it has to say into one: what it sent (`>>>`), what each server
//! answered (`<<<`), and of each recipient a line of its own, `554 <ada@example.org>... reason`.

use crate::bounce::mailbox;

/// What was answered about one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) address: String,
    /// The session from where it is about this recipient.
    pub(super) said: String,
}

/// The recipients of a transcript, each with its own replies; none where a text is no transcript.
pub(super) fn read(text: &str) -> Vec<Answered> {
    let Some(at) = text.to_ascii_lowercase().find("transcript of session") else {
        return Vec::new();
    };
    let mut answered: Vec<Answered> = Vec::new();
    let mut session = String::new();
    for line in text[at..].lines().skip(1).map(str::trim) {
        let lower = line.to_ascii_lowercase();
        if lower.contains("while talking to") {
            session.clear();
        } else if line.starts_with("-----") {
            break;
        } else if let Some(address) = recipient(line) {
            let said = format!("{session}{line}");
            session.clear();
            match answered.last_mut().filter(|last| mailbox::is_same(&last.address, &address)) {
                Some(last) => last.said.extend(["\n", &said]),
                None => answered.push(Answered { address, said }),
            }
        } else if !line.is_empty() {
            session.extend([line, "\n"]);
        }
    }
    answered
}

/// The recipient of a line like `550 5.1.1 <ada@example.org>... User unknown`.
fn recipient(line: &str) -> Option<String> {
    let is_code = line.get(..3)?.bytes().all(|byte| byte.is_ascii_digit());
    let (named, _) = line.get(4..).filter(|_| is_code)?.split_once("...")?;
    let found = mailbox::find(named);
    let [one] = found.as_slice() else { return None };
    let before = named[..one.start].trim_end_matches('<').trim();
    let is_status = before.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_status.then(|| one.address.clone())
}

#[cfg(test)]
mod tests {
    use crate::bounce::transcript::read;

    #[test]
    fn each_recipient_has_the_replies_of_its_own_session() {
        let text = "   ----- Transcript of session follows -----\nWhile talking to a.example:\n\
            >>> RCPT To:<a@a.example>\n<<< 550 5.2.2 full\n552 <a@a.example>... full\n\
            While talking to b.example:\n<<< 550 no\n550 5.1.1 b@b.example... User unknown\n\
            551 b@b.example... again\n\n   ----- Message header follows -----\n550 c@c.example... no";
        let read = read(text);
        let names: Vec<_> = read.iter().map(|one| one.address.as_str()).collect();
        assert_eq!(names, ["a@a.example", "b@b.example"]);
        assert!(read[0].said.starts_with(">>> RCPT") && !read[0].said.contains("unknown"));
        assert!(read[1].said.ends_with("again") && !read[1].said.contains("full"));
    }
}
