//! Good issues in, the letter as HTML, as text and as a whole message out, byte for byte.

use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};
use newsletter::compile::{Edition, Reader};

use crate::cases::{self, Verdict};
use crate::desk::{self, Desk};
use crate::gallery;

#[test]
fn every_good_issue_becomes_the_letter_beside_it() {
    let mut verdict = Verdict::default();
    let ann = desk::reader("ann@example.org", ["Ann", "Pellow", "Averley"]);
    for case in cases::list("issues/good", "") {
        let desk = gallery::publication(&case);
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        let issue = desk::parse(&name, &cases::read(&case.join("issue.toml")), &desk::assets());
        let reader = Reader { recipient: &ann, key: &desk.key };
        for (segment, edition) in gallery::editions(&issue) {
            let segment = if segment.is_empty() { segment } else { segment + "." };
            let draft = desk.draft(&issue, &edition);
            let mut message = Vec::new();
            draft.program().assemble(reader, &mut message).expect("every field is filled");
            let html = draft.html(reader).expect("every field is filled");
            let text = draft.text(reader).expect("every field is filled");
            verdict.compare(&case.join(format!("{segment}letter.html")), html.as_bytes());
            verdict.compare(&case.join(format!("{segment}letter.txt")), text.as_bytes());
            verdict.compare(&case.join(format!("{segment}message.eml")), &message);
        }
    }
    verdict.finish(3 * 12);
}

/// The parts of a message as nested names: `multipart/mixed(text/plain, …)`.
pub(crate) fn structure(message: &[u8]) -> String {
    shape(&MessageParser::default().parse(message).expect("a message"), 0)
}

fn shape(message: &Message<'_>, part: u32) -> String {
    let part = &message.parts[usize::try_from(part).expect("a part")];
    let kind = part.content_type().expect("every part says what it is");
    let name = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
    match &part.body {
        PartType::Multipart(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| shape(message, *part)).collect();
            format!("{name}({})", parts.join(", "))
        }
        _ => name,
    }
}

/// The shape of a case's message, the names of its attachments and the bytes of each.
fn take_apart(case: &str) -> (String, Vec<(String, Vec<u8>)>) {
    let path = cases::folder("issues/good").join(case).join("message.eml");
    let bytes = std::fs::read(path).expect("a message");
    let message = MessageParser::default().parse(&bytes).expect("a message");
    let parts = message.parts.iter().filter(|part| part.content_disposition().is_some());
    let assets = parts.map(|part| {
        let name = part.attachment_name().expect("a name").to_owned();
        (name, part.contents().to_vec())
    });
    (structure(&bytes), assets.collect())
}

#[test]
fn a_message_has_the_parts_that_it_needs_and_no_more() {
    let letter = "multipart/alternative(text/plain, text/html)";
    let related = "multipart/alternative(text/plain, multipart/related(text/html, image/png))";
    assert_eq!(take_apart("minimal").0, letter);
    assert_eq!(take_apart("embedded").0, related);
    let files = "application/pdf, text/csv, application/pdf";
    assert_eq!(take_apart("attached").0, format!("multipart/mixed({letter}, {files})"));
    let both = take_apart("attached-and-embedded").0;
    assert_eq!(both, format!("multipart/mixed({related}, text/csv)"));
}

#[test]
fn attachments_arrive_whole_and_under_their_names() {
    let asset = |path: &str| std::fs::read(cases::folder("assets").join(path)).expect("an asset");
    let cyrillic = "Резюме квартал — «підсумок».pdf";
    let expected = ["files/tides.pdf", "files/tides.csv", &format!("files/{cyrillic}")];
    let (_, files) = take_apart("attached");
    let names = expected.map(|path| path.rsplit('/').next().unwrap_or_default().to_owned());
    let expected: Vec<_> = names.into_iter().zip(expected.map(asset)).collect();
    assert_eq!(files, expected);
}

#[test]
fn an_embedded_picture_is_named_in_the_letter() {
    let path = cases::folder("issues/good").join("embedded/message.eml");
    let bytes = std::fs::read(path).expect("a message");
    let message = MessageParser::default().parse(&bytes).expect("a message");
    let picture = message.parts.iter().find(|part| part.content_id().is_some()).expect("a picture");
    let id = picture.content_id().expect("an identifier");
    let html = message.body_html(0).expect("HTML");
    assert_eq!(html.matches(&format!("src=\"cid:{id}\"")).count(), 2);
    assert_eq!(picture.contents(), std::fs::read(cases::folder("assets/images/mark.png")).unwrap());
}

#[test]
fn the_file_for_calendars_says_when_in_utc_and_in_short_lines() {
    let desk = Desk::of_cases();
    let case = cases::folder("issues/good").join("events");
    let issue = desk::parse("events", &cases::read(&case.join("issue.toml")), &desk::assets());
    let files = newsletter::compile::hosted(&issue, &desk.config.publication);
    let [file] = files.as_slice() else { panic!("{} files", files.len()) };
    assert_eq!(file.path, "events-1.ics");
    let text = String::from_utf8(file.bytes.to_vec()).expect("UTF-8");
    let mut verdict = Verdict::default();
    verdict.compare(&case.join("events-1.ics"), text.as_bytes());
    verdict.finish(1);
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
}

#[test]
fn links_stand_behind_their_words_where_a_theme_wants_it() {
    let mut desk = Desk::of_cases();
    desk.theme.text_links = newsletter::templates::TextLinks::Inline;
    let ann = desk::reader("ann@example.org", ["Ann", "Pellow", "Averley"]);
    let mut verdict = Verdict::default();
    for name in ["reference-links", "html", "table"] {
        let case = cases::folder("issues/good").join(name);
        let issue = desk::parse(name, &cases::read(&case.join("issue.toml")), &desk::assets());
        let draft = desk.draft(&issue, &Edition::public(&issue));
        let text = draft.text(Reader { recipient: &ann, key: &desk.key }).expect("filled");
        verdict.compare(&case.join("inline.letter.txt"), text.as_bytes());
    }
    verdict.finish(3);
}
