//! The table `[logo]` in, a picture for the masthead out.

use crate::diagnostic::Code;
use crate::document::{Report, Table, Text, Value};
use crate::issue::{self, Asset, Folder};

/// The picture in the masthead, where the publication's name would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The file.
    pub picture: Picture,
    /// What is written in it, for those who do not see it.
    pub alt: String,
    /// How wide it is shown, in pixels.
    pub width: u32,
    /// How high it is shown, in pixels.
    pub height: u32,
    /// What is shown by night, in the same size.
    pub dark: Option<Picture>,
}

/// A file of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file, fit for mail.
    pub asset: Asset,
    /// Its width in pixels; at least one.
    pub width: u32,
    /// Its height in pixels; at least one.
    pub height: u32,
}

/// What is known while a logo is read.
pub(super) struct Context<'c> {
    pub(super) report: &'c Report,
    pub(super) folder: &'c Folder,
}

/// Reads the table; `column` is how wide a logo can be, in pixels.
pub(super) fn read(mut table: Table<'_>, column: u32, context: &Context<'_>) -> Option<Logo> {
    let report = context.report;
    let src = table.require("src", "\"images/logo.png\"").and_then(Value::text);
    let alt = table.require("alt", "\"the publication's name\"").and_then(Value::line);
    let width = table.take("width");
    let width = width.and_then(|value| value.integer(16..i64::from(column) + 1));
    let dark = table.take("dark").and_then(Value::text);
    table.finish();
    let src = src?;
    let picture = read_picture(&src, context)?;
    let dark_picture = dark.as_ref().and_then(|name| read_picture(name, context));
    let width = width.and_then(|width| u32::try_from(width).ok());
    let width = width.unwrap_or(picture.width.min(column));
    if width > picture.width {
        let message = format!("`{}` is only {} pixels wide", src.value, picture.width);
        let diagnostic = report.at(Code::Range, src.span.clone(), message);
        report.add(diagnostic.help(format!("save it at least {} wide", width * 2)));
    }
    if let (Some(dark), Some(name)) = (&dark_picture, &dark) {
        let product = |one: u32, two: u32| u64::from(one) * u64::from(two);
        let shapes = (product(picture.width, dark.height), product(dark.width, picture.height));
        // A pixel more or less comes from rounding.
        if shapes.0.abs_diff(shapes.1) > u64::from(picture.width.max(dark.width)) {
            let message = format!("`{}` is not of the shape of `{}`", name.value, src.value);
            let diagnostic = report.at(Code::Range, name.span.clone(), message);
            let size = format!("{} × {}", picture.width, picture.height);
            report.add(diagnostic.help(format!("save it as {size}, or in proportion")));
        }
    }
    if dark.is_none() && is_transparent(&picture) {
        let message = format!("`{}` is transparent: by night, `paper` shows through it", src.value);
        let diagnostic = report.at(Code::StyleSupport, src.span, message);
        report.add(diagnostic.help(
            "give it a `dark` one for that, or a ground of its own; Gmail shows this one always, so choose mid-tones",
        ));
    }
    let height = (u64::from(picture.height) * u64::from(width)).div_ceil(picture.width.into());
    let height = u32::try_from(height).unwrap_or(u32::MAX);
    Some(Logo { picture, alt: alt?.value, width, height, dark: dark_picture })
}

fn read_picture(src: &Text, context: &Context<'_>) -> Option<Picture> {
    let (asset, picture) = issue::read_picture(src, context.folder, context.report)?;
    Some(Picture { asset, width: picture.width.max(1), height: picture.height.max(1) })
}

/// Whether a PNG has an alpha channel or transparent colours (PNG, third edition: §11.2.1, the
/// colour type; §11.3.1.1, `tRNS`).
fn is_transparent(picture: &Picture) -> bool {
    let bytes = &picture.asset.bytes;
    picture.asset.media_type == "image/png"
        && (matches!(bytes.get(25), Some(4 | 6)) || bytes.windows(4).any(|name| name == b"tRNS"))
}
