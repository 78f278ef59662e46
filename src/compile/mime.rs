//! The two bodies, pictures and files in, the stretches of a whole MIME message out.
//!
//! `multipart/mixed(alternative(text/plain, related(text/html, pictures)), files)`, each level only
//! where it is needed (RFC 2046, RFC 2387); headers as `docs/headers.md` lists them.

use jiff::Timestamp;

use crate::compile::draft::{Draft, Part, Press, content_id};
use crate::compile::encode;
use crate::compile::program::{Escape, Slot};
use crate::issue::{Asset, Issue};

/// What the headers are made from.
pub(super) struct Head<'h> {
    pub(super) issue: &'h Issue,
    pub(super) press: &'h Press<'h>,
    pub(super) date: Timestamp,
    pub(super) salt: &'h str,
    pub(super) boundary: String,
    /// Whether it is mail of the list; if not, it answers what one person did.
    pub(super) listed: bool,
}

/// The message from its first header to its last boundary.
pub(super) fn parts(draft: &Draft, head: &Head<'_>) -> Vec<Part> {
    let mut parts = headers(head);
    let mut writer = Writer { parts: &mut parts, boundary: &head.boundary, levels: 0 };
    if draft.attached.is_empty() {
        alternative(draft, head, &mut writer);
    } else {
        let mixed = writer.open("multipart/mixed", "");
        writer.separate(&mixed);
        alternative(draft, head, &mut writer);
        for asset in &draft.attached {
            writer.separate(&mixed);
            writer.asset(asset, "attachment", None);
        }
        writer.close(&mixed);
    }
    join(parts)
}

fn alternative(draft: &Draft, head: &Head<'_>, writer: &mut Writer<'_>) {
    let alternative = writer.open("multipart/alternative", "");
    writer.separate(&alternative);
    writer.body("text/plain", &draft.text, Escape::None);
    writer.separate(&alternative);
    if draft.embedded.is_empty() {
        writer.body("text/html", &draft.html, Escape::Html);
    } else {
        let related = writer.open("multipart/related", "; type=\"text/html\"");
        writer.separate(&related);
        writer.body("text/html", &draft.html, Escape::Html);
        for asset in &draft.embedded {
            let id = content_id(asset, &head.press.publication.list_id);
            writer.separate(&related);
            writer.asset(asset, "inline", Some(&id));
        }
        writer.close(&related);
    }
    writer.close(&alternative);
}

/// Every header up to `MIME-Version`, in the order in which people read them.
fn headers(head: &Head<'_>) -> Vec<Part> {
    let Press { publication, sender, name, .. } = head.press;
    let mut parts = Vec::new();
    let zoned = head.date.to_zoned(publication.time_zone.clone());
    let date = jiff::fmt::rfc2822::to_string(&zoned).unwrap_or_default();
    let mut top = format!("Date: {date}\r\n");
    top.push_str(&encode::mailbox("From", &sender.name, &sender.address));
    if let Some(reply_to) = &sender.reply_to {
        top.push_str(&encode::mailbox("Reply-To", "", reply_to));
    }
    parts.push(text(top));
    parts.push(Part::Slot(Slot::To((*name).clone())));
    parts.push(match head.issue.subject.as_literal() {
        Some(subject) => text(encode::unstructured("Subject", subject.trim())),
        None => Part::Slot(Slot::Header("Subject".to_owned(), head.issue.subject.clone())),
    });
    parts.push(text("Message-ID: <"));
    let identity = message_identity(&publication.list_id, &head.issue.name, head.salt);
    parts.push(Part::Slot(Slot::MessageId(identity)));
    parts.push(text(format!("@{}>\r\n", sender.address.domain())));
    if head.listed {
        of_list(head.press, &mut parts);
    } else {
        // Nobody is to answer it by machine (RFC 3834 §5).
        parts.push(text("Auto-Submitted: auto-generated\r\n"));
    }
    parts.push(text("X-Auto-Response-Suppress: OOF, AutoReply\r\nMIME-Version: 1.0\r\n"));
    parts
}

/// What mail of a list says of the list, and of how to leave it.
fn of_list(press: &Press<'_>, parts: &mut Vec<Part>) {
    let Press { publication, unsubscribe, .. } = press;
    let list = list_id_header(&publication.name, &format!("<{}>", publication.list_id));
    let (before, after) = unsubscribe.url.split_once("{token}").unwrap_or((&unsubscribe.url, ""));
    parts.push(text(format!("{list}List-Unsubscribe: <{before}")));
    parts.push(Part::Slot(Slot::HeaderToken));
    parts.push(text(format!("{after}>")));
    if let Some(mailto) = &unsubscribe.mailto {
        parts.push(text(format!(",\r\n <mailto:{mailto}?subject=unsubscribe%20")));
        parts.push(Part::Slot(Slot::HeaderToken));
        parts.push(text(">"));
    }
    parts.push(text(format!(
        "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
         List-Archive: <{}>\r\n\
         List-Post: NO\r\n\
         Precedence: bulk\r\n",
        publication.url
    )));
}

/// What the Message-IDs of an issue are made from, besides the reader and the key; `salt` as in
/// [`draft`](crate::compile::draft()).
#[must_use]
pub fn message_identity(list_id: &str, issue: &str, salt: &str) -> String {
    format!("{list_id} {issue} {salt}")
}

/// `List-Id: Name <id>` (RFC 2919 §2), where the identifier is never encoded or folded.
fn list_id_header(name: &str, list: &str) -> String {
    let phrase = encode::phrase("List-Id", name);
    format!("{}\r\n {list}\r\n", phrase.trim_end())
}

struct Writer<'w> {
    parts: &'w mut Vec<Part>,
    boundary: &'w str,
    levels: usize,
}

impl Writer<'_> {
    /// Writes the header of a multipart and returns its boundary.
    fn open(&mut self, kind: &str, parameters: &str) -> String {
        self.levels += 1;
        let boundary = format!("{}_{}", self.boundary, self.levels);
        let header = format!("Content-Type: {kind}; boundary=\"{boundary}\"{parameters}\r\n");
        self.parts.push(text(header));
        boundary
    }

    fn separate(&mut self, boundary: &str) {
        self.parts.push(text(format!("\r\n--{boundary}\r\n")));
    }

    fn close(&mut self, boundary: &str) {
        self.parts.push(text(format!("\r\n--{boundary}--\r\n")));
    }

    fn body(&mut self, media_type: &str, body: &str, escape: Escape) {
        self.parts.push(text(format!(
            "Content-Type: {media_type}; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        )));
        self.parts.push(Part::Body(body.to_owned(), escape));
    }

    fn asset(&mut self, asset: &Asset, disposition: &str, id: Option<&str>) {
        let name = asset.file_name();
        let mut bytes = encode::parameter("Content-Type", asset.media_type, "name", &name);
        bytes.push_str(&encode::parameter("Content-Disposition", disposition, "filename", &name));
        if let Some(id) = id {
            bytes.extend(["Content-ID: <", id, ">\r\n"]);
        }
        bytes.push_str("Content-Transfer-Encoding: base64\r\n\r\n");
        let mut bytes = bytes.into_bytes();
        encode::base64_lines(&asset.bytes, &mut bytes);
        self.parts.push(Part::Bytes(bytes));
    }
}

fn text(text: impl Into<String>) -> Part {
    Part::Bytes(text.into().into_bytes())
}

/// Makes one stretch of neighbouring bytes.
fn join(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    for part in parts {
        match (part, joined.last_mut()) {
            (Part::Bytes(more), Some(Part::Bytes(last))) => last.extend_from_slice(&more),
            (part, _) => joined.push(part),
        }
    }
    joined
}
