//! `image = { … }` in, a checked [`Image`] that every mail program shows out.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::document::{Report, Table, Text, Value};
use crate::field::{Span, Template};
use crate::issue::parse::Context;
use crate::issue::{Asset, Delivery, Folder, Link, section};
use crate::language::Language;
use crate::picture::{Format, Picture, Refusal};

/// A picture.
#[derive(Debug, Clone)]
pub struct Image {
    /// The file, fit for mail.
    pub asset: Asset,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// What it shows, for those who do not see it; `None` where it says nothing.
    pub alt: Option<Template>,
    /// The words beneath it.
    pub caption: Option<Template>,
    /// Who made it.
    pub credit: Option<Template>,
    /// Where it leads; nowhere without an `alt`.
    pub url: Option<Link>,
    /// Whether it is embedded.
    pub deliver: Delivery,
    /// Where its `src` stands.
    pub span: Span,
}

/// Shown behind `alt = ` and closed by a backtick.
const ALT: &str = "\"what the picture shows\"`, or `decorative = true";

/// Reads a picture and makes it fit for mail; `None` when it has an error.
pub(super) fn read(value: Value<'_>, context: &Context<'_>) -> Option<Image> {
    let mut table = value.table("the image", "{ src = \"images/….jpg\", alt = \"…\" }")?;
    let src = table.require("src", "\"images/….jpg\"").and_then(Value::text);
    let alt = read_alt(&mut table, src.as_ref(), context);
    let caption = context.take_line(&mut table, "caption");
    let credit = context.take_line(&mut table, "credit");
    let url = read_url(&mut table, matches!(alt, Some(None)), context);
    let deliver = table.take("deliver");
    let deliver = deliver
        .and_then(|value| value.one_of(&[("link", Delivery::Link), ("embed", Delivery::Inside)]));
    table.finish();
    let src = src?;
    let (asset, picture) = read_picture(&src, context.folder, context.report)?;
    let (width, height, alt) = (picture.width, picture.height, alt?);
    let (deliver, span) = (deliver.unwrap_or(Delivery::Link), Span(src.span));
    Some(Image { asset, width, height, alt, caption, credit, url, deliver, span })
}

/// What the picture shows; `Some(None)` where it says nothing, `None` where that is not known.
fn read_alt(
    table: &mut Table<'_>,
    src: Option<&Text>,
    context: &Context<'_>,
) -> Option<Option<Template>> {
    let decorative = table.take("decorative").map(Value::boolean);
    if matches!(decorative, None | Some(Some(false))) {
        let value = table.require("alt", ALT)?;
        let span = value.span();
        let alt = context.line(value)?;
        if let Some((message, help)) = doubt(&alt, src) {
            let diagnostic = context.report.at(Code::AltText, span, message);
            context.report.add(diagnostic.help(help));
        }
        return Some(Some(alt));
    }
    let alt = table.take("alt");
    if decorative == Some(Some(true)) && alt.is_none() {
        return Some(None);
    }
    if let Some(alt) = alt {
        let message = "a decorative picture has no `alt`";
        let diagnostic = context.report.at(Code::Conflict, alt.span(), message);
        context.report.add(diagnostic.help("remove `decorative` if the picture says something"));
    }
    None
}

/// What is wrong with an `alt` that says nothing, or says what programs say themselves.
fn doubt(alt: &Template, src: Option<&Text>) -> Option<(String, &'static str)> {
    let said = alt.to_default().trim().to_lowercase();
    let name =
        src.map(|src| src.value.trim().rsplit('/').next().unwrap_or_default().to_lowercase());
    let name = name.unwrap_or_default();
    // `quay` may be what `quay.jpg` shows; `img_2041` is what a camera calls it.
    let counted = |stem: &&str| stem.contains(|c: char| c.is_numeric() || matches!(c, '_' | '-'));
    let stem = name.rsplit_once('.').map(|(stem, _)| stem).filter(counted);
    if said == name || Some(said.as_str()) == stem {
        let message = "the `alt` is the name of the file".to_owned();
        return Some((message, "say what the picture shows, in a sentence"));
    }
    let start = ["image of ", "picture of "].into_iter().find(|start| said.starts_with(start))?;
    let message = format!("the `alt` begins with `{}`", start.trim_end());
    Some((message, "begin with what it shows: screen readers say that it is a picture"))
}

fn read_url(table: &mut Table<'_>, decorative: bool, context: &Context<'_>) -> Option<Link> {
    let value = table.take("url")?;
    if decorative {
        let message = "a decorative picture cannot lead anywhere";
        let diagnostic = context.report.at(Code::Conflict, value.span(), message);
        let help = "write where it leads as its `alt`, instead of `decorative`";
        context.report.add(diagnostic.help(help));
        return None;
    }
    section::read_link(value, context)
}

/// Reads a picture and makes it fit for mail; what is wrong is reported at its name.
pub fn read_picture(src: &Text, folder: &Folder, report: &Report) -> Option<(Asset, Picture)> {
    let asset = folder.read(src, report)?;
    let picture = match folder.fit(&asset) {
        Ok(picture) => picture,
        Err(refusal) => {
            let code = match refusal {
                Refusal::Format { .. } | Refusal::Unknown => Code::ImageFormat,
                Refusal::Broken | Refusal::Huge(..) | Refusal::Tiny(..) => Code::Picture,
            };
            let message = format!("`{}` {refusal}", src.value);
            report.add(report.at(code, src.span.clone(), message).help(refusal.help()));
            return None;
        }
    };
    if picture.is_heavy() {
        let size = |bytes| Language::default().size(bytes);
        let (weight, budget) = (size(picture.bytes.len()), size(picture.budget()));
        let message =
            format!("`{}` weighs {weight} in the mail, over its budget of {budget}", src.value);
        let diagnostic = report.at(Code::HeavyPicture, src.span.clone(), message);
        report.add(diagnostic.help(match picture.format {
            Format::Gif => "give it fewer frames, or show one of them and link to the film",
            Format::Png => "save it without transparency, or with fewer colours",
            Format::Jpeg => "cut it, or choose one with less detail",
        }));
    }
    let path = published(&asset.path, picture.format);
    if path != asset.path && folder.has(&path) {
        let message = format!("`{}` would be published as `{path}`, which is there", src.value);
        let diagnostic = report.at(Code::Picture, src.span.clone(), message);
        report.add(diagnostic.help("rename one of the two"));
        return None;
    }
    let bytes = Arc::clone(&picture.bytes);
    Some((Asset { path, media_type: picture.format.media_type(), bytes }, picture))
}

/// Where a picture is published: `images/quay.webp`, now a JPEG, as `images/quay-webp.jpg`.
///
/// With the old ending in the new name, a `quay.png` and a `quay.jpg` beside it stay what they are,
/// and what a letter of last year points to does not depend on what is in the folder today.
fn published(path: &str, format: Format) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let endings = format.endings();
    if endings.contains(&ending.to_ascii_lowercase().as_str()) {
        return path.to_owned();
    }
    let stem = path.strip_suffix(ending).unwrap_or(path);
    match stem.strip_suffix('.') {
        Some(stem) => format!("{stem}-{}.{}", ending.to_ascii_lowercase(), endings[0]),
        None => format!("{path}.{}", endings[0]),
    }
}

#[cfg(test)]
mod tests {
    use crate::issue::image::published;
    use crate::picture::Format;

    #[test]
    fn a_picture_keeps_its_name_where_it_keeps_its_format() {
        for (path, format, expected) in [
            ("images/quay.jpg", Format::Jpeg, "images/quay.jpg"),
            ("images/QUAY.JPEG", Format::Jpeg, "images/QUAY.JPEG"),
            ("images/quay.webp", Format::Jpeg, "images/quay-webp.jpg"),
            ("images/quay.WebP", Format::Png, "images/quay-webp.png"),
            ("images/quay.png", Format::Jpeg, "images/quay-png.jpg"),
            ("images.d/quay", Format::Gif, "images.d/quay.gif"),
            ("quay.of.png", Format::Gif, "quay.of-png.gif"),
        ] {
            assert_eq!(published(path, format), expected);
        }
    }
}
