//! Randomness in, issues that compile and readers that nobody would wish for out.

use std::fmt::Write as _;
use std::sync::Arc;

use newsletter::audience::{Columns, Recipient};
use proptest::prelude::*;
use proptest::sample::select;

/// Fewer cases than `PROPTEST_CASES` asks for (256): a case here is a whole message.
pub(crate) fn config(divisor: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.div_ceil(divisor), failure_persistence: None, ..default }
}

const WORDS: [&str; 16] = [
    "First frost",
    "{{first_name|reader}}",
    "in {{town|}}",
    "{{last_name}}",
    "a = b =3D <b>&amp; \"quoted\" 'single'",
    ".dots ..begin lines",
    "From the quay",
    "€13.69 — “a head”",
    "Крига на Сарні",
    "عزيزي القارئ",
    "初霜早至，河上结冰",
    "🌊🦆",
    "Dear {{first_name|you}}, of {{town|a town}}: {{town|a town}}",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochuchafisafymynyddmawr",
    "trailing =?utf-8?q?word?=",
    "x",
];

const BLOCKS: [&str; 16] = [
    "Dear {{first_name|reader}}, a paragraph that is long enough to be wrapped, and wrapped again.",
    "{{last_name}}",
    "**{{first_name|x}}** *{{town|y}}* `{{town}}` \\{\\{no\\}\\}",
    "[{{town|here}}](https://example.org/{{town|all}}?q={{last_name}}&a=b#{{first_name|x}}) and more",
    "<https://example.org/{{first_name|x}}/é?=.>",
    "[mail](mailto:editors@example.org?subject={{first_name|x}})",
    "- one {{first_name|x}}\n- two\n  - deeper [link](https://example.org/a.b.c)\n- three",
    "9. nine\n10. ten",
    "> quoted {{town|x}}\n>\n> > twice",
    "### Sub {{first_name|x}}",
    "    code   {{town}}\n      .dot\n    From here",
    "a hard  \nbreak, and\\\nanother",
    "---",
    "| A {{town|x}} | [b](https://example.org/{{town|t}}) |\n|:--|--:|\n| {{first_name|x}} | 語 \\| `c` |\n| .d |",
    "| Much | that is said in words which are many | and then in more of them than a line has |\n|-|:-:|-|\n| {{last_name}} | **b** <https://example.org/c> | 3 |",
    "From the beginning of a line\n.and a dot & <https://example.org>",
];

const URLS: [&str; 5] = [
    "https://example.org",
    "https://example.org/{{town|x}}",
    "http://example.org:8080/a/../b?x={{first_name|1}}&y=2;z='#{{last_name}}",
    "mailto:editors@example.org?subject={{first_name|x}}%20y",
    "https://bücher.example.org/ö/\"q\"",
];

fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&WORDS[..]), 1..4).prop_map(|words| words.join(" "))
}

fn prose() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&BLOCKS[..]), 1..6).prop_map(|blocks| blocks.join("\n\n"))
}

fn url() -> impl Strategy<Value = String> {
    select(&URLS[..]).prop_map(str::to_owned)
}

/// `key = "…"`, or nothing.
fn maybe(key: &'static str, text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    proptest::option::of(text).prop_map(move |text| {
        text.map_or_else(String::new, |text| format!("{key} = {}\n", quoted(&text)))
    })
}

/// A text as a TOML string.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            other if other.is_control() => {
                write!(quoted, "\\u{:04x}", u32::from(other)).expect("a string takes it");
            }
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

fn story() -> impl Strategy<Value = String> {
    let button = (words(), url()).prop_map(|(label, url)| {
        format!("button = {{ label = {}, url = {} }}\n", quoted(&label), quoted(&url))
    });
    let image = (words(), words(), url(), any::<bool>()).prop_map(|(alt, caption, url, inside)| {
        let deliver = if inside { "embed" } else { "link" };
        let (alt, caption, url) = (quoted(&alt), quoted(&caption), quoted(&url));
        format!(
            "image = {{ src = \"images/mark.png\", alt = {alt}, caption = {caption}, url = {url}, deliver = \"{deliver}\" }}\n"
        )
    });
    let file = (words(), any::<bool>()).prop_map(|(label, inside)| {
        let deliver = if inside { "attach" } else { "link" };
        format!(
            "files = [{{ path = \"files/tides.csv\", label = {}, deliver = \"{deliver}\" }}]\n",
            quoted(&label)
        )
    });
    let some = |part| prop_oneof![2 => Just(String::new()), 1 => part];
    let parts = (
        maybe("kicker", words()),
        maybe("heading", words()),
        prose().prop_map(|prose| format!("body = {}\n", quoted(&prose))),
        some(button.boxed()),
        some(image.boxed()),
        some(file.boxed()),
    );
    parts.prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

fn briefs() -> impl Strategy<Value = String> {
    let brief = (words(), prose(), url()).prop_map(|(heading, body, url)| {
        let (heading, body, url) = (quoted(&heading), quoted(&body), quoted(&url));
        format!("{{ heading = {heading}, body = {body}, url = {url} }}")
    });
    (maybe("heading", words()), proptest::collection::vec(brief, 1..3)).prop_map(
        |(heading, briefs)| {
            format!("kind = \"briefs\"\n{heading}items = [{}]\n", briefs.join(", "))
        },
    )
}

fn quote() -> impl Strategy<Value = String> {
    (prose(), maybe("attribution", words()), maybe("role", words())).prop_map(
        |(text, attribution, role)| {
            format!("kind = \"quote\"\ntext = {}\n{attribution}{role}", quoted(&text))
        },
    )
}

fn figures() -> impl Strategy<Value = String> {
    (words(), words(), maybe("source", words())).prop_map(|(value, label, source)| {
        let (value, label) = (quoted(&value), quoted(&label));
        format!(
            "kind = \"figures\"\n{source}items = [{{ value = {value}, label = {label}, note = {label} }}]\n"
        )
    })
}

/// Without a file for calendars, which has the same words for everyone.
fn events() -> impl Strategy<Value = String> {
    let when = select(
        &[
            "starts = 2026-11-26",
            "starts = 2026-11-26, ends = 2026-11-30",
            "starts = 2026-11-26T18:00:00, ends = 2026-11-27T01:00:00",
        ][..],
    );
    (words(), when, words(), prose(), url()).prop_map(|(title, when, place, body, url)| {
        let [title, place, body, url] = [title, place, body, url].map(|text| quoted(&text));
        format!(
            "kind = \"events\"\nitems = [{{ title = {title}, {when}, place = {place}, body = {body}, url = {url} }}]\n"
        )
    })
}

fn sponsor() -> impl Strategy<Value = String> {
    (words(), maybe("label", words()), prose()).prop_map(|(name, label, body)| {
        let (name, body) = (quoted(&name), quoted(&body));
        format!("kind = \"sponsor\"\nname = {name}\n{label}body = {body}\n")
    })
}

/// Markup of an editor's own, with fields where they may stand.
fn own_html() -> impl Strategy<Value = String> {
    let html = "<p style=\"margin:0\">{{first_name|x}} &amp; <a href=\"https://example.org/{{town|x}}?a=1&amp;b={{last_name}}\">{{town|y}}</a> <b>語</b><br><img src=\"https://example.org/a.png\" width=\"40\" height=\"20\" alt=\"{{last_name}} — .\"></p>";
    prose().prop_map(|text| {
        format!("kind = \"html\"\nhtml = {}\ntext = {}\n", quoted(html), quoted(&text))
    })
}

fn section() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        4 => story().boxed(),
        1 => briefs().boxed(),
        1 => quote().boxed(),
        1 => figures().boxed(),
        1 => events().boxed(),
        1 => sponsor().boxed(),
        1 => own_html().boxed(),
        1 => Just("kind = \"divider\"\n".to_owned()).boxed(),
    ];
    let audience = select(&["", "", "audience = \"members\"\n", "audience = \"coast\"\n"][..]);
    (kind, audience).prop_map(|(kind, audience)| format!("[[section]]\n{kind}{audience}"))
}

/// The text of an issue file without mistakes.
pub(crate) fn issue() -> impl Strategy<Value = String> {
    let head = (
        words(),
        maybe("subject", words()),
        maybe("preheader", words()),
        maybe("deck", words()),
        maybe("edition", words()),
        proptest::option::of((words(), words())),
    );
    let head = head.prop_map(|(title, subject, preheader, deck, edition, byline)| {
        let byline = byline.map_or_else(String::new, |(name, role)| {
            format!("byline = {{ name = {}, role = {} }}\n", quoted(&name), quoted(&role))
        });
        let title = quoted(&title);
        format!("title = {title}\ndate = 2026-11-20\n{subject}{preheader}{deck}{edition}{byline}")
    });
    let frame = select(
        &[
            "",
            "language = \"uk\"\n",
            "language = \"ar\"\nseries = { name = \"السلسلة\", part = 2, of = 3 }\n",
            "language = \"fr-CA\"\nnumber = 7\n",
            "series = { name = \"<b>\", part = 1 }\n",
        ][..],
    );
    let lede = prose().prop_map(|prose| format!("lede = {}\n", quoted(&prose)));
    let sections = proptest::collection::vec(section(), 0..4);
    (head, frame, lede, sections)
        .prop_map(|(head, frame, lede, sections)| head + frame + &lede + &sections.concat())
}

/// Values that have broken some mail program or other.
pub(super) const VALUES: [&str; 25] = [
    "Ann",
    "",
    "   ",
    "O'Neil \"Nan\" \\ Smith",
    "🦆🌊 Ärger",
    "\u{202e}fdp.exe\u{202c} \u{2067}x\u{2069}",
    "عبد الله بن عمر",
    "初霜早至",
    "a=b=3D=\r\n",
    ".leading dot",
    "..\r\n.\r\n",
    "one\r\ntwo\nthree\rfour",
    "nul\0bell\u{7}",
    "\r\nBcc: everyone@example.org",
    "x\r\n\r\n--=_boundary\r\nContent-Type: text/html\r\n\r\n<h1>",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "--><!-- ]]> </style></title><![endif]",
    "=?utf-8?q?=0d=0aBcc:_x?=",
    "{{first_name}} {{{{",
    "From here",
    "\u{f1000}\u{f0fff}\u{f8000}",
    "ann@example.org, bob <bob@example.org>; undisclosed:;",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => select(&VALUES[..]).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => select(&["x", "é", "= ", "語", ". ", "\r\n"][..]).prop_map(|piece| piece.repeat(500)),
    ]
}

/// A reader whose row may hold anything.
pub(crate) fn reader() -> impl Strategy<Value = Recipient> {
    let address = select(
        &["ann@example.org", "O'Neil+news@example.com", "рétif@example.net", "x@bücher.example"][..],
    );
    let row = (value(), value(), value());
    (address, row).prop_map(|(address, (first, last, town))| {
        crate::desk::reader(address, [&first, &last, &town])
    })
}

/// The same reader with a harmless value in every column.
pub(super) fn harmless(reader: &Recipient) -> Recipient {
    let values = reader.values.iter().map(|_| "x".to_owned()).collect();
    let columns: Arc<Columns> = Arc::clone(&reader.columns);
    Recipient { columns, values, ..reader.clone() }
}
