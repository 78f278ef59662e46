//! One of `files = [{ … }]` in, a checked [`File`] to link to or to attach out.

use crate::diagnostic::Code;
use crate::document::{Text, Value};
use crate::field::{Span, Template};
use crate::issue::parse::Context;
use crate::issue::{Asset, Delivery};

/// A file to download, or one that comes with the mail.
#[derive(Debug, Clone)]
pub struct File {
    /// The file.
    pub asset: Asset,
    /// What it is.
    pub label: Template,
    /// Whether it is attached.
    pub deliver: Delivery,
    /// Where its `path` stands.
    pub span: Span,
}

/// How one is written.
pub(super) const EXAMPLE: &str = "{ path = \"files/….pdf\", label = \"…\" }";

/// The endings of files that run when they are opened: Gmail takes no mail with one of them, as of
/// 2026 (support.google.com/mail/answer/6590), and others do alike.
const BLOCKED: [&str; 54] = [
    "ade",
    "adp",
    "apk",
    "appx",
    "appxbundle",
    "bat",
    "cab",
    "chm",
    "cmd",
    "com",
    "cpl",
    "diagcab",
    "diagcfg",
    "diagpkg",
    "dll",
    "dmg",
    "ex",
    "ex_",
    "exe",
    "hta",
    "img",
    "ins",
    "iso",
    "isp",
    "jar",
    "jnlp",
    "js",
    "jse",
    "lib",
    "lnk",
    "mde",
    "mjs",
    "msc",
    "msi",
    "msix",
    "msixbundle",
    "msp",
    "mst",
    "nsh",
    "pif",
    "ps1",
    "scr",
    "sct",
    "shb",
    "sys",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vxd",
    "wsc",
    "wsf",
    "wsh",
    "xll",
];

/// Reads a file; `None` when it has an error.
pub(super) fn read(value: Value<'_>, context: &Context<'_>) -> Option<File> {
    let mut table = value.table("the file", EXAMPLE)?;
    let path = table.require("path", "\"files/….pdf\"").and_then(Value::text);
    let label = table.require("label", "\"The full article in PDF\"");
    let label = label.and_then(|value| context.line(value));
    let deliver = table.take("deliver");
    let deliver = deliver
        .and_then(|value| value.one_of(&[("link", Delivery::Link), ("attach", Delivery::Inside)]));
    table.finish();
    let (path, deliver) = (path?, deliver.unwrap_or(Delivery::Link));
    let asset = context.folder.read(&path, context.report)?;
    check(&asset, deliver, &path, context);
    Some(File { asset, label: label?, deliver, span: Span(path.span) })
}

/// Reports a file that nobody could open, or that would keep the mail from arriving.
fn check(asset: &Asset, deliver: Delivery, path: &Text, context: &Context<'_>) {
    let report = |message: String, help: &str| {
        let diagnostic = context.report.at(Code::Attachment, path.span.clone(), message);
        context.report.add(diagnostic.help(help));
    };
    if asset.bytes.is_empty() {
        report(format!("`{}` is empty", path.value), "export it again");
    }
    let ending = asset.kind().to_lowercase();
    if deliver == Delivery::Inside && BLOCKED.contains(&ending.as_str()) {
        let message = format!("mail servers take no mail with `.{ending}` files");
        report(message, "link to it: remove `deliver = \"attach\"`");
    }
}
