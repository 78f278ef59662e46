//! Every fault that filters charge for or that breaks a message in, the proof that no letter has it out.
//!
//! A fault is a question to a message, named after what is wrong, and a way to break a good message
//! so: first each question has to find its fault, then none may be found in any generated letter.
//! What SpamAssassin and rspamd charge for each was measured; two of the worst, a missing one-click
//! header and a missing last boundary, neither of them sees.

use mail_parser::{MessageParser, MimeHeaders as _};
use newsletter::compile::{Edition, Reader};
use proptest::prelude::*;

use crate::cases;
use crate::compile::generate;
use crate::compile::tokens::{self, Token, VOID};
use crate::desk::{self, Desk};

/// A message as it is on the wire.
struct Wire(Vec<u8>);

/// A fault's name, the question whether a message has it, and a good message made so.
type Fault = (&'static str, fn(&Wire) -> bool, fn(&str) -> String);

/// Faults of headers, lines and parts, which no reader's value may bring about.
const OF_THE_MESSAGE: &[Fault] = &[
    ("no Date", no_date, |good| without(good, "Date")),
    ("no Message-ID", no_message_id, |good| without(good, "Message-ID")),
    ("no To", no_to, |good| without(good, "To")),
    ("no Subject", no_subject, |good| without(good, "Subject")),
    ("no MIME-Version", no_mime_version, |good| without(good, "MIME-Version")),
    ("no List-Unsubscribe", no_one_click, |good| without(good, "List-Unsubscribe")),
    ("no List-Unsubscribe-Post", no_one_click, |good| without(good, "List-Unsubscribe-Post")),
    ("no Precedence: bulk", no_precedence, |good| without(good, "Precedence")),
    ("two Subjects", header_twice, |good| format!("Subject: Second\r\n{good}")),
    ("X-Mailer", mailer_named, |good| format!("X-Mailer: PHPMailer 5.2\r\n{good}")),
    ("Auto-Submitted", auto_submitted, |good| format!("Auto-Submitted: auto-generated\r\n{good}")),
    ("zone in words", zone_in_words, |good| good.replacen(" +0000\r\n", " GMT+0000\r\n", 1)),
    ("raw 8-bit header", not_ascii, |good| good.replacen("Subject: ", "Subject: é", 1)),
    ("8bit body", eight_bit, |good| good.replacen("quoted-printable", "8bit", 1)),
    ("8-bit bytes", not_ascii, |good| good.replacen("</body>", "é</body>", 1)),
    ("base64 text", base64_text, |good| good.replacen("quoted-printable", "base64", 1)),
    ("line over 998", line_over_998, |good| good.replacen("</body>", &"x".repeat(999), 1)),
    ("bare LF", bare_line_break, |good| good.replacen("\r\n--", "\n--", 1)),
    ("bare CR", bare_line_break, |good| good.replacen("\r\n--", "\r--", 1)),
    ("HTML only", html_only, |good| good.replacen("text/plain", "text/html", 1)),
    ("no last boundary", boundary_never_closed, |good| {
        good[..good.rfind("\r\n--").unwrap()].to_owned()
    }),
];

/// Faults of the HTML, which a letter must not have whatever is written in it.
const OF_THE_LETTER: &[Fault] = &[
    ("decoded line over 998", decoded_line_over_998, |good| {
        good.replacen("</body>", &"xxxxxxxxx=\r\n".repeat(120), 1)
    }),
    ("preheader not displayed", hidden, |good| with(good, "display:none", "Hidden")),
    ("preheader without height", hidden, |good| with(good, "max-height:0;overflow:hidden", "x")),
    ("preheader of no size", hidden, |good| with(good, "font-size:0", "Hidden")),
    ("preheader not visible", hidden, |good| with(good, "visibility:hidden", "Hidden")),
    ("preheader seen through", hidden, |good| with(good, "opacity:0", "Hidden")),
    ("preheader hidden from Word", hidden, |good| with(good, "mso-hide:all", "Hidden")),
    ("preheader in the colour of its ground", camouflaged, |good| {
        with(good, "background-color:#f3f4f6;color:#f3f4f6", "Hidden")
    }),
    ("preheader padded with no-break and zero-width", padded, |good| {
        with(good, "", &"=C2=A0=E2=80=8C".repeat(60))
    }),
    ("preheader padded with figure spaces and joiners", padded, |good| {
        with(good, "", &"=E2=80=87=CD=8F ".repeat(60))
    }),
    ("preheader padded with soft hyphens", padded, |good| with(good, "", &"=C2=AD".repeat(60))),
];

/// A good message without a header, folded lines and all.
fn without(good: &str, name: &str) -> String {
    let start = good.find(&format!("{name}: ")).unwrap();
    let lines = good[start..].split_inclusive("\r\n");
    let folded = lines.skip(1).take_while(|line| line.starts_with([' ', '\t']));
    let first = good[start..].find("\r\n").unwrap() + 2;
    let end = start + first + folded.map(str::len).sum::<usize>();
    [&good[..start], &good[end..]].concat()
}

/// A good message with one more block in its HTML.
fn with(good: &str, style: &str, text: &str) -> String {
    let block = format!("<div style=3D\"{style}\">{text}</div></body>");
    good.replacen("</body>", &block, 1)
}

#[test]
fn every_fault_is_found_in_a_message_that_has_it() {
    let good = cases::read(&cases::folder("issues/good/story").join("message.eml"));
    for (name, has, make) in OF_THE_MESSAGE.iter().chain(OF_THE_LETTER) {
        assert!(!has(&Wire(good.clone().into_bytes())), "{name} is found where it is not");
        let broken = make(&good);
        assert_ne!(broken, good, "{name} breaks nothing");
        assert!(has(&Wire(broken.into_bytes())), "{name} is not found");
    }
}

proptest! {
    #![proptest_config(generate::config(4))]

    #[test]
    fn no_letter_has_a_fault_that_filters_charge_for(
        text in generate::issue(),
        recipient in generate::reader(),
    ) {
        let desk = Desk::of_cases();
        let issue = desk::parse("generated", &text, &desk::assets());
        let plain = generate::harmless(&recipient);
        for edition in [Edition::public(&issue), Edition::of(&issue, |name| name == "members")] {
            let draft = desk.draft(&issue, &edition);
            let of = |recipient| draft.render(Reader { recipient, key: &desk.key });
            if let Ok(message) = of(&recipient) {
                let wire = Wire(message);
                for (name, has, _) in OF_THE_MESSAGE {
                    prop_assert!(!has(&wire), "{}", name);
                }
            }
            let wire = Wire(of(&plain).expect("every field is filled"));
            for (name, has, _) in OF_THE_MESSAGE.iter().chain(OF_THE_LETTER) {
                prop_assert!(!has(&wire), "{}", name);
            }
        }
    }
}

impl Wire {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// The headers, unfolded.
    fn headers(&self) -> Vec<(String, String)> {
        let text = self.text();
        let (head, _) = text.split_once("\r\n\r\n").expect("an empty line");
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let headers = head.split("\r\n").filter_map(|line| line.split_once(": "));
        headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect()
    }

    fn header(&self, wanted: &str) -> Option<String> {
        self.headers().into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
    }

    fn lacks(&self, wanted: &str) -> bool {
        self.header(wanted).is_none_or(|value| value.is_empty())
    }

    /// The media type and the transfer encoding of every part that is text to be read.
    fn bodies(&self) -> Vec<(String, String)> {
        let message = MessageParser::default().parse(&self.0).expect("a message");
        let parts = message.parts.iter().filter(|part| part.content_disposition().is_none());
        let parts = parts.filter_map(|part| {
            let kind = part.content_type()?;
            let name = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
            Some((name, part.content_transfer_encoding().unwrap_or("7bit").to_owned()))
        });
        parts.filter(|(kind, _)| kind.starts_with("text/")).collect()
    }

    fn html(&self) -> String {
        let message = MessageParser::default().parse(&self.0).expect("a message");
        message.body_html(0).expect("an HTML text").into_owned()
    }

    fn tokens(&self) -> Vec<Token> {
        tokens::tokens(&self.html()).expect("good HTML")
    }
}

fn no_date(message: &Wire) -> bool {
    message.lacks("date")
}

fn no_message_id(message: &Wire) -> bool {
    message.lacks("message-id")
}

fn no_to(message: &Wire) -> bool {
    message.lacks("to")
}

fn no_subject(message: &Wire) -> bool {
    message.lacks("subject")
}

fn no_mime_version(message: &Wire) -> bool {
    message.header("mime-version").as_deref() != Some("1.0")
}

/// RFC 8058 §3.1: one HTTPS URL, and the header that says that a POST is enough.
fn no_one_click(message: &Wire) -> bool {
    let urls = message.header("list-unsubscribe").unwrap_or_default();
    let post = message.header("list-unsubscribe-post").unwrap_or_default();
    !urls.starts_with("<https://") || post != "List-Unsubscribe=One-Click"
}

fn no_precedence(message: &Wire) -> bool {
    message.header("precedence").as_deref() != Some("bulk")
}

fn header_twice(message: &Wire) -> bool {
    let headers = message.headers();
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name).collect();
    names.sort();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

fn mailer_named(message: &Wire) -> bool {
    message.headers().iter().any(|(name, _)| name == "x-mailer" || name == "user-agent")
}

fn auto_submitted(message: &Wire) -> bool {
    !message.lacks("auto-submitted")
}

/// RFC 5322 §3.3: a zone is a sign and four digits.
fn zone_in_words(message: &Wire) -> bool {
    let date = message.header("date").unwrap_or_default();
    let zone = date.rsplit(' ').next().unwrap_or_default();
    let digits = zone.strip_prefix(['+', '-']).unwrap_or_default();
    digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn not_ascii(message: &Wire) -> bool {
    !message.0.is_ascii()
}

fn eight_bit(message: &Wire) -> bool {
    message.bodies().iter().any(|(_, encoding)| encoding.eq_ignore_ascii_case("8bit"))
}

fn base64_text(message: &Wire) -> bool {
    message.bodies().iter().any(|(_, encoding)| encoding.eq_ignore_ascii_case("base64"))
}

fn line_over_998(message: &Wire) -> bool {
    message.text().split("\r\n").any(|line| line.len() > 998)
}

fn bare_line_break(message: &Wire) -> bool {
    message.text().split("\r\n").any(|line| line.contains(['\r', '\n']))
}

fn html_only(message: &Wire) -> bool {
    !message.bodies().iter().any(|(kind, _)| kind == "text/plain")
}

fn boundary_never_closed(message: &Wire) -> bool {
    let text = message.text();
    let mut boundaries = text.split("boundary=\"").skip(1).map(|rest| rest.split('"').next());
    boundaries.any(|boundary| !text.contains(&format!("\r\n--{}--\r\n", boundary.unwrap())))
}

fn decoded_line_over_998(message: &Wire) -> bool {
    message.html().lines().any(|line| line.len() > 998)
}

/// Words with a style that hides them. A rule between sections has no height either, and no words.
fn hidden(message: &Wire) -> bool {
    let hides = ["display:none", "max-height:0", "visibility:hidden", "opacity:0", "mso-hide"];
    message.tokens().iter().any(|token| match token {
        Token::Open(name, attributes) if !VOID.contains(&name.as_str()) => {
            let style = attribute(attributes, "style").replace(' ', "");
            let nothing =
                style.split(';').any(|rule| matches!(rule, "font-size:0" | "font-size:0px"));
            nothing || hides.iter().any(|way| style.contains(way))
        }
        _ => false,
    })
}

/// Words in the colour of what they stand on.
fn camouflaged(message: &Wire) -> bool {
    let mut looks = vec![(String::new(), "none".to_owned())];
    for token in message.tokens() {
        match token {
            Token::Open(name, attributes) if !VOID.contains(&name.as_str()) => {
                let style = attribute(&attributes, "style");
                let (ink, ground) = looks.last().cloned().unwrap_or_default();
                let set = |property| declared(&style, property);
                looks
                    .push((set("color").unwrap_or(ink), set("background-color").unwrap_or(ground)));
            }
            Token::Close(_) => drop(looks.pop()),
            Token::Text(text) if !text.trim().is_empty() => {
                let (ink, ground) = looks.last().cloned().unwrap_or_default();
                if ink == ground {
                    return true;
                }
            }
            Token::Open(..) | Token::Text(_) | Token::Comment(_) => {}
        }
    }
    false
}

/// A run of characters that take up room in an inbox and show nothing.
fn padded(message: &Wire) -> bool {
    let filler = |c: char| {
        c == ' '
            || matches!(c, '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{2007}' | '\u{feff}')
            || ('\u{200a}'..='\u{200f}').contains(&c)
    };
    let html = message.html();
    html.split(|c| !filler(c)).any(|run| run.trim_matches(' ').chars().count() >= 10)
}

fn attribute(attributes: &[(String, String)], wanted: &str) -> String {
    let found = attributes.iter().find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn declared(style: &str, property: &str) -> Option<String> {
    let mut rules = style.split(';').filter_map(|rule| rule.split_once(':'));
    rules.find(|(name, _)| name.trim() == property).map(|(_, value)| value.trim().to_owned())
}
