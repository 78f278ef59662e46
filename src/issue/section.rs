//! A `[[section]]` of an issue in, a checked [`Section`] out.

use crate::diagnostic::Code;
use crate::document::{Table, Value};
use crate::field::{Span, Template};
use crate::issue::parse::Context;
use crate::issue::{
    Brief, Briefs, Button, Head, Image, Kind, Link, Prose, Quote, Section, Sponsor, Story, event,
    figure, file, html, image,
};

/// A kind's word, its name in messages, and what reads its keys.
type Reader = (&'static str, fn(&mut Table<'_>, &Context<'_>) -> Option<Kind>);

const KINDS: &[(&str, Reader)] = &[
    ("story", ("the story", |table, context| Some(Kind::Story(Box::new(story(table, context)?))))),
    (
        "briefs",
        ("the section of briefs", |table, context| briefs(table, context).map(Kind::Briefs)),
    ),
    ("quote", ("the quote", |table, context| quote(table, context).map(Kind::Quote))),
    ("figures", ("the figures", |table, context| figure::read(table, context).map(Kind::Figures))),
    ("events", ("the events", |table, context| event::read(table, context).map(Kind::Events))),
    (
        "sponsor",
        ("the sponsor", |table, context| Some(Kind::Sponsor(Box::new(sponsor(table, context)?)))),
    ),
    ("html", ("the section of HTML", |table, context| html::read(table, context).map(Kind::Html))),
    ("divider", ("the divider", |_, _| Some(Kind::Divider))),
];

const BRIEF: &str = "{ heading = \"…\", body = \"…\" }";
const BRIEFS: &str = "[{ heading = \"…\", body = \"…\" }]";

/// Reads one section; `None` when it has an error.
pub(super) fn read(number: usize, value: Value<'_>, context: &Context<'_>) -> Option<Section> {
    let mut table = value.table("the section", "[[section]]")?;
    let span = Span(table.span());
    let (what, read) = match table.take("kind") {
        Some(kind) => kind.one_of(KINDS)?,
        None => KINDS[0].1,
    };
    let audience = context.take_audience(&mut table);
    let mut table = table.named(what);
    let kind = read(&mut table, context);
    table.finish();
    Some(Section { number, span, audience, kind: kind? })
}

/// Kicker and heading.
pub(super) fn take_head(table: &mut Table<'_>, context: &Context<'_>) -> Head {
    let kicker = context.take_line(table, "kicker");
    let heading = context.take_line(table, "heading");
    Head { kicker, heading }
}

/// The values of a list that has to have some; each is like `example`.
pub(super) fn require_items<'r>(
    table: &mut Table<'r>,
    example: &'static str,
    context: &Context<'_>,
) -> Option<Vec<Value<'r>>> {
    let items = table.require("items", example)?;
    let span = items.span();
    let items = items.array(example)?;
    if items.is_empty() {
        let diagnostic = context.report.at(Code::Empty, span, "`items` is empty");
        context.report.add(diagnostic.help(format!("write `items = {example}`")));
        return None;
    }
    Some(items)
}

fn story(table: &mut Table<'_>, context: &Context<'_>) -> Option<Story> {
    let said = ["heading", "image", "images", "body", "button", "files"];
    let written = said.iter().any(|key| table.has(key));
    let head = take_head(table, context);
    let images = read_images(table, context);
    let body = take_prose(table, "body", context);
    let button = table.take("button").and_then(|value| read_button(value, context));
    let files = table.take("files").and_then(|value| value.array(&format!("[{}]", file::EXAMPLE)));
    let files =
        files.into_iter().flatten().filter_map(|value| file::read(value, context)).collect();
    if !written {
        let diagnostic = context.report.at(Code::Empty, table.span(), "the story says nothing");
        context.report.add(diagnostic.help("add a `heading` or a `body`"));
        return None;
    }
    Some(Story { head, images, body, button, files })
}

/// One picture under `image`, or several side by side under `images`.
fn read_images(table: &mut Table<'_>, context: &Context<'_>) -> Vec<Image> {
    let one = table.take("image");
    let several = table.take("images");
    if let (Some(_), Some(several)) = (&one, &several) {
        let message = "a story has `image` or `images`, not both";
        let diagnostic = context.report.at(Code::Conflict, several.span(), message);
        context.report.add(diagnostic.help("put all of them into `images`"));
    }
    let several = several.and_then(|value| {
        let span = value.span();
        let images = value.array("[{ src = \"images/….jpg\", alt = \"…\" }, …]")?;
        if images.len() > SIDE_BY_SIDE_MAX {
            let message = format!("{} pictures side by side are too small to see", images.len());
            let diagnostic = context.report.at(Code::Range, span, message);
            let help = format!("show {SIDE_BY_SIDE_MAX} at most, and the others in another story");
            context.report.add(diagnostic.help(help));
        }
        Some(images)
    });
    let values = one.into_iter().chain(several.into_iter().flatten());
    values.filter_map(|value| image::read(value, context)).collect()
}

/// How many pictures stand side by side.
const SIDE_BY_SIDE_MAX: usize = 3;

fn briefs(table: &mut Table<'_>, context: &Context<'_>) -> Option<Briefs> {
    let head = take_head(table, context);
    let items = require_items(table, BRIEFS, context)?;
    let items = items.into_iter().filter_map(|value| brief(value, context)).collect();
    Some(Briefs { head, items })
}

fn brief(value: Value<'_>, context: &Context<'_>) -> Option<Brief> {
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

fn quote(table: &mut Table<'_>, context: &Context<'_>) -> Option<Quote> {
    let text = table.require("text", "\"…\"").and_then(Value::text);
    let text = text.map(|text| context.prose(&text));
    let attribution = context.take_line(table, "attribution");
    let role = context.take_line(table, "role");
    Some(Quote { text: text?, attribution, role })
}

fn sponsor(table: &mut Table<'_>, context: &Context<'_>) -> Option<Sponsor> {
    let written = ["heading", "image", "body", "button"].iter().any(|key| table.has(key));
    let name = table.require("name", "\"…\"").and_then(|value| context.line(value));
    let label = context.take_line(table, "label");
    let heading = context.take_line(table, "heading");
    let image = table.take("image").and_then(|value| image::read(value, context));
    let body = take_prose(table, "body", context);
    let button = table.take("button").and_then(|value| read_button(value, context));
    if !written {
        let diagnostic = context.report.at(Code::Empty, table.span(), "the sponsor says nothing");
        context.report.add(diagnostic.help("add a `heading` or a `body`"));
        return None;
    }
    Some(Sponsor { name: name?, label, heading, image, body, button })
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

pub(super) fn take_prose(
    table: &mut Table<'_>,
    key: &'static str,
    context: &Context<'_>,
) -> Option<Prose> {
    let text = table.take(key).and_then(Value::text)?;
    Some(context.prose(&text))
}

pub(super) fn take_link(
    table: &mut Table<'_>,
    key: &'static str,
    context: &Context<'_>,
) -> Option<Link> {
    table.take(key).and_then(|value| read_link(value, context))
}

/// A URL, checked.
pub(super) fn read_link(value: Value<'_>, context: &Context<'_>) -> Option<Link> {
    let text = value.text()?;
    Link::check(&Template::parse(&text, context.report), &text.span, context.report)
}
