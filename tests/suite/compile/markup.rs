//! Every good issue in, HTML that mail programs, filters and screen readers take out.
//!
//! The Email Markup Consortium counts every year what is wrong with the HTML of mails (2025: 443,585
//! of them, 21 without a fault); what a machine can see of its ten rules is here, and the contrast of
//! colours in `real/markup.rs`.

use crate::compile::tokens::{self, Token, VOID};
use crate::gallery::{self, Letter};

/// Less than what Gmail cuts off (102 kB).
const HTML_MAX: usize = 80_000;
/// What Gmail once allowed a style sheet, and some programs still do.
const STYLE_MAX: usize = 8_192;

/// Checks each letter's tokens.
fn check(check: impl Fn(&str, &[Token]) -> Result<(), String>) {
    for Letter { name, language, html, .. } in gallery::letters() {
        let result = tokens::tokens(&html).and_then(|tokens| check(&language, &tokens));
        assert_eq!(result, Ok(()), "{name}");
    }
}

fn opens<'t>(
    tokens: &'t [Token],
    wanted: &'t str,
) -> impl Iterator<Item = &'t [(String, String)]> + 't {
    tokens.iter().filter_map(move |token| match token {
        Token::Open(name, attributes) if name == wanted => Some(attributes.as_slice()),
        _ => None,
    })
}

fn attribute<'t>(attributes: &'t [(String, String)], wanted: &str) -> Option<&'t str> {
    attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

fn ensure(good: bool, message: impl Into<String>) -> Result<(), String> {
    if good { Ok(()) } else { Err(message.into()) }
}

#[test]
fn every_tag_is_closed_in_its_order() {
    check(|_, tokens| {
        let mut open = Vec::new();
        for token in tokens {
            match token {
                Token::Open(name, _) if VOID.contains(&name.as_str()) => {}
                Token::Open(name, _) => open.push(name.as_str()),
                Token::Close(name) => {
                    let last = open.pop();
                    ensure(last == Some(name), format!("</{name}> closes {last:?}"))?;
                }
                Token::Text(_) | Token::Comment(_) => {}
            }
        }
        ensure(open.is_empty(), format!("never closed: {open:?}"))
    });
}

#[test]
fn language_and_direction_stand_where_mail_programs_leave_them() {
    check(|language, tokens| {
        let direction = if language == "ar" { "rtl" } else { "ltr" };
        let body = tokens.iter().position(|t| matches!(t, Token::Open(name, _) if name == "body"));
        let children = children(&tokens[body.ok_or("no body")? + 1..]);
        for attributes in opens(tokens, "html").chain(children.iter().copied()) {
            ensure(attribute(attributes, "lang") == Some(language), "lang")?;
            ensure(attribute(attributes, "dir") == Some(direction), "dir")?;
        }
        let [child] = children.as_slice() else { return Err("the body has not one child".into()) };
        ensure(attribute(child, "role") == Some("article"), "role")
    });
}

/// The attributes of each element that stands directly in the one whose inside this is.
fn children(inside: &[Token]) -> Vec<&[(String, String)]> {
    let mut depth = 0;
    let mut children = Vec::new();
    for token in inside {
        match token {
            Token::Open(name, attributes) => {
                if depth == 0 {
                    children.push(attributes.as_slice());
                }
                depth += usize::from(!VOID.contains(&name.as_str()));
            }
            Token::Close(_) if depth == 0 => break,
            Token::Close(_) => depth -= 1,
            Token::Text(_) | Token::Comment(_) => {}
        }
    }
    children
}

#[test]
fn there_is_one_first_heading_and_every_heading_says_something() {
    check(|_, tokens| {
        ensure(opens(tokens, "h1").count() == 1, "one h1")?;
        ensure(opens(tokens, "title").count() == 1, "one title")?;
        ensure(opens(tokens, "script").count() == 0, "no script")?;
        for (at, token) in tokens.iter().enumerate() {
            let Token::Open(name, _) = token else { continue };
            if ["title", "h1", "h2", "h3"].contains(&name.as_str()) {
                ensure(!words(&tokens[at..], name).is_empty(), format!("<{name}> says nothing"))?;
            }
        }
        Ok(())
    });
}

/// What an element says to a screen reader, from its start tag on.
fn words(tokens: &[Token], name: &str) -> String {
    let end = Token::Close(name.to_owned());
    let inside = tokens.iter().take_while(|token| **token != end);
    let said = inside.map(|token| match token {
        Token::Text(text) => text.as_str(),
        Token::Open(name, attributes) if name == "img" => {
            attribute(attributes, "alt").unwrap_or_default()
        }
        Token::Open(..) | Token::Close(_) | Token::Comment(_) => "",
    });
    said.collect::<String>().trim().to_lowercase()
}

#[test]
fn tables_only_lay_out_but_for_those_of_data_which_say_what_their_columns_are() {
    check(|_, tokens| {
        opens(tokens, "th").try_for_each(|head| {
            ensure(attribute(head, "scope") == Some("col"), "a head of no column")
        })?;
        opens(tokens, "table").try_for_each(|table| {
            let data = attribute(table, "class") == Some("data-table");
            let lays_out = attribute(table, "role") == Some("presentation");
            ensure(data != lays_out, "a table without a role")
        })
    });
}

#[test]
fn a_link_that_is_a_picture_has_a_name() {
    check(|_, tokens| {
        tokens.windows(2).try_for_each(|pair| match pair {
            [Token::Open(link, _), Token::Open(image, attributes)]
                if link == "a" && image == "img" =>
            {
                let named = attribute(attributes, "alt").is_some_and(|alt| !alt.trim().is_empty());
                ensure(named, "a link without a name")
            }
            _ => Ok(()),
        })
    });
}

#[test]
fn a_picture_has_words_a_width_and_a_height() {
    check(|_, tokens| {
        opens(tokens, "img").try_for_each(|image| {
            let number = |name| attribute(image, name).is_some_and(|n| n.parse::<u32>().is_ok());
            ensure(number("width") && number("height"), "a size")?;
            ensure(attribute(image, "alt").is_some(), "alt")?;
            let src = attribute(image, "src").unwrap_or_default();
            ensure(src.starts_with("https://") || src.starts_with("cid:"), format!("src {src}"))
        })
    });
}

#[test]
fn every_link_leads_somewhere_and_says_where() {
    check(|_, tokens| {
        for (at, token) in tokens.iter().enumerate() {
            let Token::Open(name, attributes) = token else { continue };
            if name != "a" {
                continue;
            }
            let url = attribute(attributes, "href").unwrap_or_default();
            let known = ["https://", "http://", "mailto:", "tel:"];
            ensure(known.iter().any(|scheme| url.starts_with(scheme)), format!("href {url}"))?;
            let says = words(&tokens[at..], "a");
            ensure(!says.is_empty(), format!("{url} has no words"))?;
            let vague = ["click here", "here", "link", "more", "read more"];
            ensure(!vague.contains(&says.as_str()), format!("{url} is only called {says}"))?;
            let class = attribute(attributes, "class").unwrap_or_default();
            let button = class.split(' ').any(|name| name == "btn-ink");
            let style = attribute(attributes, "style").unwrap_or_default();
            let picture = matches!(tokens.get(at + 1), Some(Token::Open(name, _)) if name == "img");
            let seen = button || picture || !style.contains("text-decoration:none");
            ensure(seen, format!("{url} is known by its colour alone"))?;
        }
        Ok(())
    });
}

#[test]
fn what_only_outlook_reads_is_balanced() {
    check(|_, tokens| {
        let mut markup = String::new();
        for token in tokens {
            let Token::Comment(comment) = token else { continue };
            if comment.to_ascii_uppercase().starts_with("DOCTYPE") {
                continue;
            }
            let inner = comment.strip_prefix("[if mso]>").and_then(|c| c.strip_suffix("<![endif]"));
            markup += inner.ok_or_else(|| format!("a comment that nobody reads: {comment}"))?;
        }
        for name in ["table", "tr", "td", "xml", "noscript", "style"] {
            let (open, close) = (format!("<{name}"), format!("</{name}>"));
            let opened = markup.match_indices(&open);
            let opened =
                opened.filter(|(at, _)| markup[at + open.len()..].starts_with(['>', ' ', '\n']));
            ensure(opened.count() == markup.matches(&close).count(), format!("<{name}>"))?;
        }
        Ok(())
    });
}

#[test]
fn no_mail_program_cuts_it_off() {
    for Letter { name, html, .. } in gallery::letters() {
        assert!(html.len() < HTML_MAX, "{name} has {} bytes", html.len());
        let styles: usize = html
            .split("<style>")
            .skip(1)
            .map(|rest| rest.split("</style>").next().unwrap_or_default().len())
            .sum();
        assert!(styles > 0 && styles < STYLE_MAX, "{name}: {styles} bytes of style");
        let longest = html.lines().map(str::len).max().unwrap_or_default();
        assert!(longest <= 998, "{name}: a line of {longest} bytes");
    }
}
