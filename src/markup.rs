//! HTML text in, its tags and words with the place of each out; what is not balanced is found.
//!
//! This is a tokenizer, not a tree: it says what stands where, and leaves it to others what may
//! stand there. Names are in lower case and character references decoded, as in browsers.

use std::ops::Range;

use html5gum::emitters::default::{DefaultEmitter, StartTag};
use html5gum::{HtmlString, Span, Spanned, Tokenizer};

/// Elements that have no end tag (HTML, §13.1.2).
pub const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A start tag or an end tag.
    Tag(Tag),
    /// Words between tags, character references decoded, and what `<style>` and the like hold.
    Text(String, Range<usize>),
    /// A comment, without `<!--` and `-->`.
    Comment(String, Range<usize>),
    /// `<!doctype …>`: its name in lower case.
    Doctype(String, Range<usize>),
    /// What no browser takes as it stands: which of HTML's parse errors it is, in words.
    Fault(String, Range<usize>),
}

/// A tag: `<td align="center">`, `</td>` or `<br/>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The name in lower case.
    pub name: String,
    /// The attributes in the order of the text; of one that is given twice, the first.
    pub attributes: Vec<Attribute>,
    /// The bytes from `<` to `>`, both included.
    pub span: Range<usize>,
    /// Whether it is an end tag.
    pub closing: bool,
    /// Whether it ends with `/>`.
    pub self_closing: bool,
}

/// An attribute of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name in lower case.
    pub name: String,
    /// The value with character references decoded; empty where there is none.
    pub value: String,
    /// The bytes from the first of the name to the last of the value, quotes included.
    pub span: Range<usize>,
}

impl Tag {
    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|known| known.name == name).map(|known| known.value.as_str())
    }

    /// Whether an element begins here that an end tag has to end.
    #[must_use]
    pub fn opens(&self) -> bool {
        !self.closing && !VOID.contains(&self.name.as_str())
    }
}

/// Something that is wrong with a text as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do: an imperative.
    pub help: String,
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
}

/// The pieces of a text, in its order. Spans are bytes of `text`.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    if let Some(span) = crowded(text) {
        return vec![Token::Fault(
            format!("a tag with more than {ATTRIBUTES_MAX} attributes"),
            span,
        )];
    }
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    // The insides of `<style>`, `<title>`, `<script>` and `<textarea>` are text.
    emitter.naively_switch_states(true);
    let tokens = Tokenizer::new_with_emitter(text, emitter);
    tokens
        .map(|token| {
            let Ok(token) = token;
            read(token, text)
        })
        .collect()
}

/// How many attributes a tag can have: the tokenizer calls itself for each, and ends with the stack.
const ATTRIBUTES_MAX: usize = 200;

/// The first tag that may have more attributes than it can have: they end at spaces, quotes and `/`.
fn crowded(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut open, mut quote, mut ends) = (None, None, 0);
    for (at, byte) in bytes.iter().enumerate() {
        let Some(start) = open else {
            let named =
                bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/');
            (open, ends) = ((*byte == b'<' && named).then_some(at), 0);
            continue;
        };
        let before = bytes[at - 1];
        match (quote, byte) {
            (Some(known), _) if known == *byte => quote = None,
            (Some(_), _) => {}
            // Elsewhere a quote is part of a name or of a value.
            (None, b'"' | b'\'') if before == b'=' || before.is_ascii_whitespace() => {
                (quote, ends) = (Some(*byte), ends + 1);
            }
            (None, b'>') => open = None,
            (None, b'/' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0c') => {
                ends += usize::from(!before.is_ascii_whitespace() && before != b'/');
            }
            _ => {}
        }
        // One attribute has two ends at most.
        if ends > 2 * ATTRIBUTES_MAX {
            return Some(start..text.floor_char_boundary(at));
        }
    }
    None
}

/// The tags of a text, in its order.
#[must_use]
pub fn tags(text: &str) -> Vec<Tag> {
    let tag = |token| match token {
        Token::Tag(tag) => Some(tag),
        _ => None,
    };
    tokens(text).into_iter().filter_map(tag).collect()
}

/// How deep elements can stand inside each other: a mail made of tables has thirty levels, browsers stop
/// at 512, and each level costs time and stack.
pub const NESTED_MAX: usize = 100;

/// What keeps a text from being a piece of HTML that can stand inside another: parse errors, end
/// tags that end nothing, elements that nothing ends. Tags that HTML lets people leave out, such as
/// `</p>`, have to be there.
#[must_use]
pub fn faults(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut open: Vec<Tag> = Vec::new();
    for token in tokens(text) {
        match token {
            Token::Tag(tag) if tag.opens() && tag.self_closing => faults.push(Fault {
                message: format!("`<{}/>` does not end itself", tag.name),
                help: format!("write `<{0}></{0}>`", tag.name),
                span: tag.span,
            }),
            Token::Tag(tag) if tag.opens() && open.len() == NESTED_MAX => {
                faults.push(Fault {
                    message: format!("elements stand inside each other deeper than {NESTED_MAX}"),
                    help: "close what is open, or put the parts side by side".to_owned(),
                    span: tag.span,
                });
                // What is open here would be said to be never closed, and is not at fault.
                return faults;
            }
            Token::Tag(tag) if tag.opens() => open.push(tag),
            Token::Tag(tag) if tag.closing => faults.extend(close(&mut open, tag)),
            Token::Fault(message, span) => {
                let help = "write it as HTML: `<p>…</p>`, `&lt;` for `<`, `&amp;` for `&`";
                faults.push(Fault { message, help: help.to_owned(), span });
            }
            _ => {}
        }
    }
    faults.extend(open.into_iter().map(never_closed));
    faults
}

/// Ends the last element that has the name, and reports those inside that nothing ended.
fn close(open: &mut Vec<Tag>, tag: Tag) -> Vec<Fault> {
    let Some(at) = open.iter().rposition(|known| known.name == tag.name) else {
        return vec![Fault {
            message: format!("`</{}>` ends nothing", tag.name),
            help: format!("delete it, or open `<{}>` before it", tag.name),
            span: tag.span,
        }];
    };
    let inside = open.split_off(at + 1);
    open.pop();
    inside.into_iter().map(never_closed).collect()
}

fn never_closed(tag: Tag) -> Fault {
    Fault {
        message: format!("`<{}>` is never closed", tag.name),
        help: format!("add `</{}>` where it ends", tag.name),
        span: tag.span,
    }
}

fn read(token: html5gum::emitters::default::Token<usize>, text: &str) -> Token {
    use html5gum::emitters::default::Token as Raw;
    match token {
        Raw::StartTag(tag) => Token::Tag(start(tag, text)),
        Raw::EndTag(tag) => Token::Tag(Tag {
            name: words(&tag.name),
            attributes: Vec::new(),
            span: place(tag.span, text),
            closing: true,
            self_closing: false,
        }),
        Raw::String(Spanned { value, span }) => Token::Text(words(&value), place(span, text)),
        Raw::Comment(Spanned { value, span }) => Token::Comment(words(&value), place(span, text)),
        Raw::Doctype(doctype) => Token::Doctype(words(&doctype.name), place(doctype.span, text)),
        Raw::Error(Spanned { value, span }) => {
            Token::Fault(value.to_string().replace('-', " "), place(span, text))
        }
    }
}

fn start(tag: StartTag<usize>, text: &str) -> Tag {
    let attribute = |(name, Spanned { value, span }): (HtmlString, Spanned<HtmlString, usize>)| {
        let Range { start, end } = place(span, text);
        // A value without quotes is said to end one further.
        let shown = text[start..end].trim_end_matches(|c: char| c == '>' || c.is_whitespace());
        let end = if text[..end].ends_with(['"', '\'']) { end } else { start + shown.len() };
        Attribute { name: words(&name), value: words(&value), span: start..end }
    };
    let mut attributes: Vec<_> = tag.attributes.into_iter().map(attribute).collect();
    attributes.sort_by_key(|attribute| attribute.span.start);
    Tag {
        name: words(&tag.name),
        attributes,
        span: place(tag.span, text),
        closing: false,
        self_closing: tag.self_closing,
    }
}

/// The bytes of a place, as whole characters of the text.
fn place(span: Span<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    start..text.ceil_char_boundary(span.end).max(start)
}

fn words(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::markup::{Token, faults, tags, tokens};

    #[test]
    fn a_tag_and_its_attributes_are_found_in_the_text() {
        let text = "é <TD Align=center\r\n  title='a &amp; b' hidden>\r\nx &lt; ü</td><br/>";
        let tags = tags(text);
        let shown: Vec<_> = tags.iter().map(|tag| &text[tag.span.clone()]).collect();
        let first = "<TD Align=center\r\n  title='a &amp; b' hidden>";
        assert_eq!(shown, [first, "</td>", "<br/>"]);
        let shown: Vec<_> = tags[0]
            .attributes
            .iter()
            .map(|a| (a.name.as_str(), a.value.as_str(), &text[a.span.clone()]))
            .collect();
        let expected = [
            ("align", "center", "Align=center"),
            ("title", "a & b", "title='a &amp; b'"),
            ("hidden", "", "hidden"),
        ];
        assert_eq!(shown, expected);
        assert!(tags[1].closing && tags[2].self_closing && !tags[2].opens());
    }

    #[test]
    fn a_value_without_quotes_ends_where_it_ends() {
        for text in ["<a b=ü>", "<a b=ü >", "<a b=ü\r\n>", "<a b=ü/>"] {
            let tags = tags(text);
            let shown = &text[tags[0].attributes[0].span.clone()];
            assert_eq!(shown.trim_end_matches('/'), "b=ü", "{text}");
        }
    }

    #[test]
    fn what_is_between_tags_is_text_and_a_style_sheet_too() {
        let text = "<style>a>b{}</style><!--[if mso]><b><![endif]--> x";
        let texts: Vec<_> = tokens(text)
            .into_iter()
            .filter_map(|token| match token {
                Token::Text(value, span) => Some((value, &text[span])),
                Token::Comment(value, span) => Some((value, &text[span])),
                _ => None,
            })
            .collect();
        let expected = [
            ("a>b{}", "a>b{}"),
            ("[if mso]><b><![endif]", "<!--[if mso]><b><![endif]-->"),
            (" x", " x"),
        ];
        assert_eq!(texts, expected.map(|(value, shown)| (value.to_owned(), shown)));
    }

    #[test]
    fn what_is_not_balanced_is_found_where_it_is() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = faults(text);
            let found: Vec<_> =
                found.iter().map(|f| (f.message.as_str(), &text[f.span.clone()])).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("<p>a<br>b <img src=\"x\"></p>", &[]);
        check("<p>a", &[("`<p>` is never closed", "<p>")]);
        check("a</p>", &[("`</p>` ends nothing", "</p>")]);
        check(
            "<b><i>a</b></i>",
            &[("`<i>` is never closed", "<i>"), ("`</i>` ends nothing", "</i>")],
        );
        check("<td/>", &[("`<td/>` does not end itself", "<td/>")]);
        check("<a href=x href=y>a</a>", &[("duplicate attribute", "href")]);
    }
}
