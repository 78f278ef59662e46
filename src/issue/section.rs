//! A `[[section]]` of an issue in, a checked [`Section`] out.

use crate::diagnostic::Code;
use crate::document::{Table, Value};
use crate::field::{Span, Template};
use crate::issue::parse::Context;
use crate::issue::{
    Brief, Briefs, Button, Delivery, File, Image, Kind, Link, Prose, Quote, Section, Story,
};

#[derive(Clone, Copy)]
enum Word {
    Story,
    Briefs,
    Quote,
    Divider,
}

const KINDS: &[(&str, Word)] = &[
    ("story", Word::Story),
    ("briefs", Word::Briefs),
    ("quote", Word::Quote),
    ("divider", Word::Divider),
];

const BRIEF: &str = "{ heading = \"…\", body = \"…\" }";
const FILE: &str = "{ path = \"files/….pdf\", label = \"…\" }";

/// Reads one section; `None` when it has an error.
pub(super) fn read(value: Value<'_>, context: &Context<'_>) -> Option<Section> {
    let mut table = value.table("the section", "[[section]]")?;
    let span = Span(table.span());
    let kind = table.take("kind");
    let kind = match kind {
        Some(kind) => kind.one_of(KINDS)?,
        None => Word::Story,
    };
    let audience = context.take_audience(&mut table);
    let kind = match kind {
        Word::Story => {
            let mut table = table.named("the story");
            let story = read_story(&mut table, context);
            table.finish();
            story.map(|story| Kind::Story(Box::new(story)))
        }
        Word::Briefs => {
            let mut table = table.named("the section of briefs");
            let briefs = read_briefs(&mut table, context);
            table.finish();
            briefs.map(Kind::Briefs)
        }
        Word::Quote => {
            let mut table = table.named("the quote");
            let quote = read_quote(&mut table, context);
            table.finish();
            quote.map(Kind::Quote)
        }
        Word::Divider => {
            table.named("the divider").finish();
            Some(Kind::Divider)
        }
    };
    Some(Section { span, audience, kind: kind? })
}

fn read_story(table: &mut Table<'_>, context: &Context<'_>) -> Option<Story> {
    let written = ["heading", "image", "body", "button", "files"].iter().any(|key| table.has(key));
    let kicker = context.take_line(table, "kicker");
    let heading = context.take_line(table, "heading");
    let image = table.take("image").and_then(|value| read_image(value, context));
    let body = take_prose(table, "body", context);
    let button = table.take("button").and_then(|value| read_button(value, context));
    let files = table.take("files").and_then(|value| value.array(&format!("[{FILE}]")));
    let files = files.into_iter().flatten().filter_map(|value| read_file(value, context)).collect();
    if !written {
        let diagnostic = context.report.at(Code::Empty, table.span(), "the story says nothing");
        context.report.add(diagnostic.help("add a `heading` or a `body`"));
        return None;
    }
    Some(Story { kicker, heading, image, body, button, files })
}

fn read_briefs(table: &mut Table<'_>, context: &Context<'_>) -> Option<Briefs> {
    let kicker = context.take_line(table, "kicker");
    let heading = context.take_line(table, "heading");
    let items = table.require("items", "[{ heading = \"…\", body = \"…\" }]")?;
    let span = items.span();
    let items = items.array(&format!("[{BRIEF}]"))?;
    if items.is_empty() {
        let diagnostic = context.report.at(Code::Empty, span, "the briefs have no items");
        context.report.add(diagnostic.help(format!("add `{BRIEF}` to `items`")));
        return None;
    }
    let items = items.into_iter().filter_map(|value| read_brief(value, context)).collect();
    Some(Briefs { kicker, heading, items })
}

fn read_brief(value: Value<'_>, context: &Context<'_>) -> Option<Brief> {
    let mut table = value.table("the brief", BRIEF)?;
    let written = table.has("heading") || table.has("body");
    let heading = context.take_line(&mut table, "heading");
    let body = take_prose(&mut table, "body", context);
    let url = take_link(&mut table, "url", context);
    let span = table.span();
    table.finish();
    if !written {
        let diagnostic = context.report.at(Code::Empty, span, "the brief says nothing");
        context.report.add(diagnostic.help("add a `heading` or a `body`"));
        return None;
    }
    Some(Brief { heading, url, body })
}

fn read_quote(table: &mut Table<'_>, context: &Context<'_>) -> Option<Quote> {
    let text = table.require("text", "\"…\"").and_then(Value::text);
    let text = text.map(|text| context.prose(&text));
    let attribution = context.take_line(table, "attribution");
    let role = context.take_line(table, "role");
    Some(Quote { text: text?, attribution, role })
}

fn read_image(value: Value<'_>, context: &Context<'_>) -> Option<Image> {
    let mut table = value.table("the image", "{ src = \"images/….jpg\", alt = \"…\" }")?;
    let src = table.require("src", "\"images/….jpg\"").and_then(Value::text);
    let alt = table.require("alt", "\"what the picture shows\"");
    let alt = alt.and_then(|value| context.line(value));
    let caption = context.take_line(&mut table, "caption");
    let credit = context.take_line(&mut table, "credit");
    let url = take_link(&mut table, "url", context);
    let deliver = table.take("deliver");
    let deliver = deliver
        .and_then(|value| value.one_of(&[("link", Delivery::Link), ("embed", Delivery::Inside)]));
    table.finish();
    let src = src?;
    let mut asset = context.folder.read(&src, context.report)?;
    let format = imagesize::image_type(&asset.bytes).ok();
    let size = imagesize::blob_size(&asset.bytes).ok();
    let media_type = match format {
        Some(imagesize::ImageType::Png) => Some("image/png"),
        Some(imagesize::ImageType::Jpeg) => Some("image/jpeg"),
        Some(imagesize::ImageType::Gif) => Some("image/gif"),
        _ => None,
    };
    let (Some(size), Some(media_type)) = (size, media_type) else {
        let message = format!("`{}` is not a picture that every mail program shows", src.value);
        let diagnostic = context.report.at(Code::ImageFormat, src.span, message);
        context.report.add(diagnostic.help("save it as JPEG, PNG or GIF"));
        return None;
    };
    asset.media_type = media_type;
    let pixels = |count| u32::try_from(count).unwrap_or(u32::MAX).max(1);
    Some(Image {
        asset,
        width: pixels(size.width),
        height: pixels(size.height),
        alt: alt?,
        caption,
        credit,
        url,
        deliver: deliver.unwrap_or(Delivery::Link),
    })
}

fn read_button(value: Value<'_>, context: &Context<'_>) -> Option<Button> {
    let mut table = value.table("the button", "{ label = \"…\", url = \"https://…\" }")?;
    let label = table.require("label", "\"Read the full interview\"");
    let label: Option<Template> = label.and_then(|value| context.line(value));
    let url = table.require("url", "\"https://…\"");
    let url = url.and_then(|value| read_link(value, context));
    table.finish();
    Some(Button { label: label?, url: url? })
}

fn read_file(value: Value<'_>, context: &Context<'_>) -> Option<File> {
    let mut table = value.table("the file", FILE)?;
    let path = table.require("path", "\"files/….pdf\"").and_then(Value::text);
    let label = table.require("label", "\"The full article in PDF\"");
    let label = label.and_then(|value| context.line(value));
    let deliver = table.take("deliver");
    let deliver = deliver
        .and_then(|value| value.one_of(&[("link", Delivery::Link), ("attach", Delivery::Inside)]));
    table.finish();
    let asset = context.folder.read(&path?, context.report)?;
    Some(File { asset, label: label?, deliver: deliver.unwrap_or(Delivery::Link) })
}

fn take_prose(table: &mut Table<'_>, key: &'static str, context: &Context<'_>) -> Option<Prose> {
    let text = table.take(key).and_then(Value::text)?;
    Some(context.prose(&text))
}

fn take_link(table: &mut Table<'_>, key: &'static str, context: &Context<'_>) -> Option<Link> {
    table.take(key).and_then(|value| read_link(value, context))
}

fn read_link(value: Value<'_>, context: &Context<'_>) -> Option<Link> {
    let text = value.text()?;
    Link::check(&Template::parse(&text, context.report), &text.span, context.report)
}
