//! Every good issue in, HTML that mail programs, filters and screen readers take out.

use newsletter::compile::{Edition, Reader};
use newsletter::issue::Folder;

use crate::cases;
use crate::compile::tokens::{self, Token, VOID};
use crate::desk::{self, Desk};

/// Less than what Gmail cuts off (102 kB).
const HTML_MAX: usize = 80_000;
/// What Gmail once allowed a style sheet, and some programs still do.
const STYLE_MAX: usize = 8_192;

/// The letters of all good cases and of the sample issues, each with its name and its language.
fn letters() -> Vec<(String, String, String)> {
    let ann = desk::reader("ann@example.org", ["Ann", "Pellow", "Averley"]);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut add = |settings: &std::path::Path, path: &std::path::Path, folder: &Folder| {
        let desk = Desk::open(settings);
        let name = path.display().to_string();
        let issue = desk::parse(&name, &cases::read(path), folder);
        for members in [false, true] {
            let draft = desk.draft(&issue, &Edition::of(&issue, |_| members));
            let reader = Reader { recipient: &ann, key: &desk.key };
            let html = draft.html(reader).expect("every field is filled");
            let language = issue.language.as_ref().unwrap_or(&desk.config.publication.language);
            found.push((name.clone(), language.to_string(), html));
        }
    };
    for case in cases::list("issues/good", "") {
        let own = case.join("newsletter.toml");
        let common = cases::folder("publication").join("newsletter.toml");
        let settings = if own.exists() { own } else { common };
        add(&settings, &case.join("issue.toml"), &desk::assets());
    }
    for entry in std::fs::read_dir(root.join("issues")).expect("the sample issues") {
        add(&root.join("newsletter.toml"), &entry.expect("an issue").path(), &Folder::new(root));
    }
    found
}

/// Checks each letter's tokens.
fn check(check: impl Fn(&str, &[Token]) -> Result<(), String>) {
    let letters = letters();
    assert!(letters.len() >= 2 * 15, "{} letters are few", letters.len());
    for (name, language, html) in letters {
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
        let body = body.ok_or("no body")?;
        let child = tokens[body + 1..].iter().find_map(|token| match token {
            Token::Open(_, attributes) => Some(attributes.as_slice()),
            _ => None,
        });
        for attributes in [opens(tokens, "html").next(), child] {
            let attributes = attributes.ok_or("an element is missing")?;
            ensure(attribute(attributes, "lang") == Some(language), "lang")?;
            ensure(attribute(attributes, "dir") == Some(direction), "dir")?;
        }
        ensure(child.and_then(|child| attribute(child, "role")) == Some("article"), "role")
    });
}

#[test]
fn there_is_one_first_heading_and_none_is_left_out() {
    check(|_, tokens| {
        ensure(opens(tokens, "h1").count() == 1, "one h1")?;
        ensure(opens(tokens, "title").count() == 1, "one title")?;
        ensure(opens(tokens, "script").count() == 0, "no script")?;
        let level = |token: &Token| match token {
            Token::Open(name, _) if name.len() == 2 && name != "hr" => {
                name.strip_prefix('h')?.parse().ok()
            }
            _ => None,
        };
        let levels: Vec<u32> = tokens.iter().filter_map(level).collect();
        let skipped = levels.windows(2).find(|pair| pair[1] > pair[0] + 1);
        ensure(skipped.is_none(), format!("a level is left out: {levels:?}"))
    });
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
            let inside = tokens[at..].iter().take_while(|t| **t != Token::Close("a".to_owned()));
            let says = inside.clone().any(|t| match t {
                Token::Text(text) => !text.trim().is_empty(),
                Token::Open(name, _) => name == "img",
                Token::Close(_) | Token::Comment(_) => false,
            });
            ensure(says, format!("{url} has no words"))?;
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
            if comment.starts_with("DOCTYPE") {
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
    for (name, _, html) in letters() {
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
