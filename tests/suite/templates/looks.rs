//! Themes with style sheets and logos in, letters that look like them out.

use newsletter::compile::{Edition, Reader};
use newsletter::diagnostic::{Checked, Diagnostic, Source};
use newsletter::templates::{Theme, ThemeFiles};

use crate::cases::{self, Verdict};
use crate::desk::{self, Desk};
use crate::gallery;
use crate::templates::{read, settings};

/// The letter of a case in a theme.
fn letter(case: &str, theme: Theme) -> String {
    let mut desk = Desk::of_cases();
    desk.theme = theme;
    let path = cases::folder("issues/good").join(case).join("issue.toml");
    let issue = desk::parse(case, &cases::read(&path), &desk::assets());
    let ann = desk::reader("ann@example.org", ["Ann", "Pellow", "Averley"]);
    let draft = desk.draft(&issue, &Edition::of(&issue, |_| true));
    draft.html(Reader { recipient: &ann, key: &desk.key }).expect("every field is filled")
}

fn styled(css: &str) -> Theme {
    let style = Source::new("templates/mine/style.css", css);
    let checked = read(&ThemeFiles { settings: settings(), style: Some(style), layout: None });
    checked.value.unwrap_or_else(|| panic!("{}", cases::render(&checked.diagnostics)))
}

/// The theme with lines more at its top and end.
fn with(top: &str, end: &str) -> Theme {
    let text = format!("{top}\n{}\n{end}", settings().text);
    let files = ThemeFiles { settings: Source::new("theme.toml", text), style: None, layout: None };
    let checked = read(&files);
    checked.value.unwrap_or_else(|| panic!("{}", cases::render(&checked.diagnostics)))
}

#[test]
fn what_a_style_sheet_says_stands_behind_what_the_theme_says() {
    let css = ".kicker, .headline { letter-spacing: 2px; }\n.kicker { color: #0b3d91; }";
    let html = letter("kitchen-sink", styled(css));
    let kicker = html.split("class=\"accent kicker\" style=\"").nth(1).expect("a kicker");
    let style = kicker.split('"').next().expect("a style");
    assert!(style.ends_with("letter-spacing:2px;color:#0b3d91;"), "{style}");
    let plain = letter("kitchen-sink", desk::theme(Theme::DEFAULT));
    assert!(!plain.contains("#0b3d91") && !plain.contains("letter-spacing:2px"));
}

#[test]
fn what_is_for_some_screens_goes_into_the_sheet_and_wins() {
    let css = "@media (max-width: 480px) { .deck { font-size: 18px; } }\n\
               @media (prefers-color-scheme: dark) { .kicker { color: #ffd479; } }\n\
               .deck { font-size: 24px; }";
    let html = letter("kitchen-sink", styled(css));
    let sheets = html.split("<style>").skip(1).filter_map(|rest| rest.split("</style>").next());
    let sheet = sheets.last().expect("a style sheet");
    assert!(sheet.contains("@media (max-width:480px){\n.deck{font-size:18px!important;}\n}"));
    let dark = "{\n.kicker{color:#ffd479!important;}\n}";
    assert!(sheet.contains(&format!("@media (prefers-color-scheme:dark){dark}")), "{sheet}");
    assert!(sheet.contains("[data-ogsc] .kicker{color:#ffd479!important;}"));
    assert!(html.contains("font-size:24px;"));
}

#[test]
fn no_at_rule_stands_inside_another() {
    for name in Theme::names() {
        let html = letter("kitchen-sink", desk::theme(name));
        let sheet = html.rsplit("<style>").next().and_then(|rest| rest.split("</style>").next());
        let mut depth = 0;
        for character in sheet.expect("a style sheet").chars() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                '@' => assert_eq!(depth, 0, "{name}"),
                _ => {}
            }
        }
        assert_eq!(depth, 0, "{name}");
    }
}

#[test]
fn every_part_has_the_class_that_style_sheets_know_it_by() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the templates") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = cases::read(&path);
        for (at, marker) in text.match_indices("desk.style.") {
            let name: String = text[at + marker.len()..]
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if name == "start" || name == "end" {
                continue;
            }
            let before = text[..at].rsplit("class=").next().expect("a class");
            let class: String = before.chars().take_while(|c| *c != '\n').collect();
            let class = class.split(" style=").next().unwrap_or_default();
            let wanted = name.replace('_', "-");
            let found = class.split([' ', '"', '}', ')']).any(|word| word == wanted);
            assert!(found, "{}: `{name}` in an element of {class}", path.display());
            count += 1;
        }
    }
    assert!(count > 25, "{count} parts are few");
}

#[test]
fn a_logo_stands_where_the_name_would_and_says_it() {
    let logo = "[logo]\nsrc = \"images/quay.png\"\nalt = \"The Tidewater Review\"\nwidth = 200\n\
                dark = \"images/quay.png\"";
    let html = letter("minimal", with("", logo));
    let start = html.find("<picture>").expect("a logo");
    let picture = &html[start..start + html[start..].find("</picture>").expect("its end")];
    for piece in [
        "<source srcset=\"https://",
        "media=\"(prefers-color-scheme:dark)\"",
        "alt=\"The Tidewater Review\"",
        " width=\"200\" height=\"",
        "src=\"https://",
    ] {
        assert!(picture.contains(piece), "{piece} is not in {picture}");
    }
    assert!(!html.contains("class=\"ink publication\""));
}

#[test]
fn what_a_theme_says_is_seen_in_the_letter() {
    let wire = letter("kitchen-sink", desk::theme("wire"));
    assert!(!wire.contains("border-radius"));
    assert!(wire.contains("border-top:8px solid #b8140b"));
    let bulletin = letter("kitchen-sink", desk::theme("bulletin"));
    assert!(
        bulletin.contains("class=\"band\"") && bulletin.contains("class=\"band-ink publication\"")
    );
    assert!(bulletin.contains("max-width:640px") && bulletin.contains("width=\"640\" align"));
    assert!(!bulletin.contains("text-transform:uppercase"));
    let broadsheet = letter("kitchen-sink", desk::theme("broadsheet"));
    assert!(broadsheet.contains("text-align:center") && broadsheet.contains("4px double"));
    let rules = |html: &str| html.matches("line rule").count();
    assert!(rules(&wire) > rules(&broadsheet));
}

#[test]
fn a_layout_has_every_part_of_a_letter_in_its_slot() {
    let text = cases::read(&cases::folder("layouts").join("card.html"));
    let layout = Source::new("templates/mine/layout.html", text.as_str());
    let files = ThemeFiles { settings: settings(), style: None, layout: Some(layout) };
    let checked = read(&files);
    assert!(checked.diagnostics.is_empty(), "{}", cases::render(&checked.diagnostics));
    let html = letter("kitchen-sink", checked.value.expect("a good layout"));
    assert!(!html.contains("[["), "a slot is left");
    for (piece, number) in [
        ("<h1 ", 1),
        ("<title>", 1),
        ("class=\"card paper\"", 1),
        ("prefers-color-scheme:dark", 1),
        ("alt=\"The Tidewater Review\"", 1),
        ("class=\"ink heading\"", 3),
        ("<html lang=\"en\" dir=\"ltr\">", 1),
        ("Dear Ann, the Sarn froze", 1),
    ] {
        assert_eq!(html.matches(piece).count(), number, "{piece}");
    }
    // In the colophon and in the layout: the reader's own link both times.
    let links: Vec<_> = html.split("/unsubscribe/").skip(1).collect();
    assert_eq!(links.len(), 2);
    let token = |rest: &str| rest.split('"').next().map(str::to_owned);
    assert_eq!(token(links[0]), token(links[1]));
    assert!(token(links[0]).is_some_and(|token| token.len() > 20));
}

#[test]
fn a_letter_in_a_layout_is_the_one_beside_it() {
    let mut verdict = Verdict::default();
    for (name, theme) in gallery::layouts() {
        let stem = name.split('.').next().expect("a name");
        let expected = cases::folder("layouts").join(format!("{stem}.letter.html"));
        verdict.compare(&expected, letter("story", theme).as_bytes());
    }
    verdict.finish(2);
}

fn of_mjml(text: &str) -> Checked<Theme> {
    let layout = Source::new("layout.mjml", text);
    read(&ThemeFiles { settings: settings(), style: None, layout: Some(layout) })
}

#[test]
fn mjml_that_is_cut_off_is_wrong_and_says_where() {
    let text = cases::read(&cases::folder("layouts").join("paper.mjml"));
    let text = text.trim_end();
    for (end, _) in text.char_indices().step_by(7) {
        let checked = of_mjml(&text[..end]);
        assert!(checked.value.is_none(), "{}", &text[..end]);
        for diagnostic in checked.diagnostics {
            assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= end);
        }
    }
}

#[test]
fn whatever_an_attribute_of_mjml_says_a_letter_or_an_error_comes_of_it() {
    let text = cases::read(&cases::folder("layouts").join("paper.mjml"));
    let quotes: Vec<_> = text.match_indices('"').map(|(at, _)| at).collect();
    let odd = ["", "%", "px", "-1px", "1e99px", "99999999999999999999px", "é", "\u{f0000}", "'<"];
    for (pair, value) in quotes.chunks_exact(2).zip(odd.iter().cycle()) {
        let changed = format!("{}{value}{}", &text[..=pair[0]], &text[pair[1]..]);
        let checked = of_mjml(&changed);
        let wrong = checked.diagnostics.iter().any(Diagnostic::is_error);
        assert_eq!(checked.value.is_none(), wrong, "{changed}");
    }
}
