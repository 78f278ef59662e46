//! Generated issues and readers in, messages that an independent parser takes apart out.

use mail_parser::{MessageParser, MimeHeaders as _};
use newsletter::audience::Recipient;
use newsletter::compile::{Draft, Edition, Reader};
use newsletter::field::clean;
use newsletter::issue::Issue;
use proptest::prelude::*;

use crate::compile::generate;
use crate::compile::tokens::{self, Token};
use crate::desk::{self, Desk};

/// Every header that a message may have at its top.
const HEADERS: [&str; 16] = [
    "Date",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Archive",
    "List-Post",
    "Precedence",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// An issue and its drafts: for everyone, and for members.
fn drafts(desk: &Desk, text: &str) -> (Issue, [Draft; 2]) {
    let issue = desk::parse("generated", text, &desk::assets());
    let editions = [Edition::public(&issue), Edition::of(&issue, |name| name == "members")];
    let drafts = editions.map(|edition| desk.draft(&issue, &edition));
    (issue, drafts)
}

proptest! {
    #![proptest_config(generate::config(2))]

    #[test]
    fn assembling_a_program_is_rendering_the_mail(
        text in generate::issue(),
        readers in proptest::collection::vec(generate::reader(), 3),
    ) {
        let desk = Desk::of_cases();
        let (_, drafts) = drafts(&desk, &text);
        for draft in &drafts {
            let program = draft.program();
            for recipient in &readers {
                let reader = Reader { recipient, key: &desk.key };
                let mut assembled = Vec::new();
                let result = program.assemble(reader, &mut assembled).map(|()| assembled);
                prop_assert_eq!(result, draft.render(reader));
            }
        }
    }

    #[test]
    fn an_independent_parser_finds_what_was_meant(
        text in generate::issue(),
        readers in proptest::collection::vec(generate::reader(), 3),
    ) {
        let desk = Desk::of_cases();
        let (issue, drafts) = drafts(&desk, &text);
        for recipient in &readers {
            let reader = Reader { recipient, key: &desk.key };
            for draft in &drafts {
                let Ok(message) = draft.render(reader) else { continue };
                check_wire(&message)?;
                check_headers(&message)?;
                check_values(&message, &issue, &desk, reader)?;
                check_bodies(&message, draft, reader)?;
            }
        }
    }

    #[test]
    fn a_value_changes_what_a_letter_says_and_not_how_it_is_built(
        text in generate::issue(),
        recipient in generate::reader(),
    ) {
        let desk = Desk::of_cases();
        let (_, drafts) = drafts(&desk, &text);
        let plain = generate::harmless(&recipient);
        for draft in &drafts {
            let Ok(html) = draft.html(Reader { recipient: &recipient, key: &desk.key }) else { continue };
            let plain = draft.html(Reader { recipient: &plain, key: &desk.key }).expect("values");
            prop_assert_eq!(tokens::structure(&html), tokens::structure(&plain));
        }
    }

    #[test]
    fn every_link_of_the_html_is_in_the_text_too(
        text in generate::issue(),
        recipient in generate::reader(),
    ) {
        let desk = Desk::of_cases();
        let (_, drafts) = drafts(&desk, &text);
        let reader = Reader { recipient: &recipient, key: &desk.key };
        for draft in &drafts {
            let (Ok(html), Ok(text)) = (draft.html(reader), draft.text(reader)) else { continue };
            for url in links(&html) {
                let shown = text.contains(&url) || url.strip_prefix("mailto:").is_some_and(|to| text.contains(to));
                prop_assert!(shown, "{} is not in\n{}", url, text);
                let scheme = url.split(':').next().unwrap_or_default();
                prop_assert!(["https", "http", "mailto"].contains(&scheme), "{}", url);
            }
        }
    }
}

/// Where the links of a page lead.
fn links(html: &str) -> Vec<String> {
    let tokens = tokens::tokens(html).expect("good HTML");
    let attributes = tokens.into_iter().filter_map(|token| match token {
        Token::Open(_, attributes) => Some(attributes),
        Token::Close(_) | Token::Text(_) | Token::Comment(_) => None,
    });
    let hrefs = attributes.flatten().filter(|(name, _)| name == "href");
    hrefs.map(|(_, url)| url).collect()
}

/// What SMTP asks of the bytes: ASCII, CRLF, short lines, no dot to be doubled.
fn check_wire(message: &[u8]) -> Result<(), TestCaseError> {
    prop_assert!(message.is_ascii(), "not ASCII");
    let text = std::str::from_utf8(message).expect("ASCII is UTF-8");
    prop_assert!(text.ends_with("\r\n"));
    for line in text.split("\r\n") {
        prop_assert!(!line.contains(['\r', '\n', '\0']), "a bare line break: {:?}", line);
        prop_assert!(line.len() <= 998, "{} octets: {:?}", line.len(), line);
        prop_assert!(!line.starts_with('.'), "a dot begins {:?}", line);
        prop_assert!(!line.starts_with("From "), "mailboxes escape {:?}", line);
    }
    Ok(())
}

/// No header but those that are known, and each once.
fn check_headers(message: &[u8]) -> Result<(), TestCaseError> {
    let text = std::str::from_utf8(message).expect("ASCII is UTF-8");
    let (head, _) = text.split_once("\r\n\r\n").expect("an empty line");
    let mut seen = Vec::new();
    for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
        let name = line.split(':').next().unwrap_or_default();
        prop_assert!(HEADERS.contains(&name), "nobody asked for {:?}", line);
        prop_assert!(!seen.contains(&name), "{} comes twice", name);
        seen.push(name);
    }
    prop_assert!(head.split("\r\n").all(|line| line.len() <= 200 && !line.trim().is_empty()));
    Ok(())
}

/// `To` and `Subject` decode to the reader's values.
fn check_values(
    message: &[u8],
    issue: &Issue,
    desk: &Desk,
    reader: Reader<'_>,
) -> Result<(), TestCaseError> {
    let parsed = MessageParser::default().parse(message).expect("a message");
    let to = parsed.to().and_then(|to| to.first()).expect("a recipient");
    prop_assert_eq!(parsed.to().map(|to| to.clone().into_list().len()), Some(1));
    let name = reader.fill_all(&desk.config.audience.name).expect("it has defaults");
    prop_assert_eq!(spaced(to.name().unwrap_or_default()), spaced(&name));
    let address: &Recipient = reader.recipient;
    if !address.address.needs_smtputf8() {
        prop_assert_eq!(to.address().map(str::to_owned), Some(address.address.to_string()));
    }
    let subject = reader.fill_all(&issue.subject).expect("it was rendered");
    prop_assert_eq!(spaced(parsed.subject().unwrap_or_default()), spaced(&subject));
    Ok(())
}

/// Header text as it is compared: none of the blanks of any script at its ends, and where a line is
/// folded, spaces are one.
fn spaced(text: &str) -> String {
    clean(text).trim().split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The decoded parts are the letter, letter for letter, in lines that fit.
fn check_bodies(message: &[u8], draft: &Draft, reader: Reader<'_>) -> Result<(), TestCaseError> {
    let parsed = MessageParser::default().parse(message).expect("a message");
    let text = parsed.body_text(0).expect("a text").replace("\r\n", "\n");
    prop_assert_eq!(text, draft.text(reader).expect("it was rendered").replace("\r\n", "\n"));
    let html = parsed.body_html(0).expect("an HTML text").replace("\r\n", "\n");
    prop_assert_eq!(html, draft.html(reader).expect("it was rendered").replace("\r\n", "\n"));
    for part in parsed.text_bodies().chain(parsed.html_bodies()) {
        let from = usize::try_from(part.raw_body_offset()).expect("an offset");
        let to = usize::try_from(part.raw_end_offset()).expect("an offset");
        prop_assert_eq!(
            part.content_type().and_then(|kind| kind.attribute("charset")),
            Some("utf-8")
        );
        for line in message[from..to].split(|byte| *byte == b'\n') {
            prop_assert!(line.len() <= 77, "{} octets", line.len());
        }
    }
    Ok(())
}
