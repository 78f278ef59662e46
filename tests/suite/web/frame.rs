//! Letters in, what stands in the frame of the preview out.

use newsletter::markup::{Tag, tags};
use newsletter::web::preview::{Ask, Letter, Look, View, Views, Who, framed};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

const DARK: Look = Look { dark: true, bare: false };

fn letter(html: &str) -> Letter {
    let assets = [
        ("https://review.example.org/images/quay%20one.jpg", "images/quay one.jpg"),
        ("cid:images.mark.png@review.example.org", "images/mark.png"),
        ("https://review.example.org/files/a.pdf", "files/a.pdf"),
    ];
    Letter {
        html: html.to_owned(),
        assets: assets.map(|(url, path)| (url.to_owned(), path.to_owned())).into(),
        unsubscribe: "https://review.example.org/unsubscribe/abc".to_owned(),
        ..Letter::default()
    }
}

#[test]
fn a_letter_in_a_frame_is_changed_where_a_mail_program_would_change_it() {
    for (html, look, expected) in [
        // Pictures and files are not on the web yet.
        (
            "<img src=\"https://review.example.org/images/quay%20one.jpg\" alt=\"a\">",
            Look::default(),
            "<img src=\"asset/images/quay%20one.jpg?reader=\" alt=\"a\">",
        ),
        (
            "<img src='cid:images.mark.png@review.example.org'>",
            Look::default(),
            "<img src=\"asset/images/mark.png?reader=\">",
        ),
        (
            "<a href=\"https://review.example.org/files/a.pdf\">a</a>",
            Look::default(),
            "<a href=\"asset/files/a.pdf?reader=\">a</a>",
        ),
        // Nobody else is asked for any.
        (
            "<img src=\"https://pixel.example.net/1.gif\" alt=\"a\">",
            Look::default(),
            "<img src=\"\" alt=\"a\">",
        ),
        // A link is followed as it is, but for the one that would end a subscription.
        (
            "<a href=\"https://a.example.net/?b&amp;c\">a</a>",
            Look::default(),
            "<a href=\"https://a.example.net/?b&amp;c\">a</a>",
        ),
        (
            "<a href=\"mailto:a@example.org\">a</a>",
            Look::default(),
            "<a href=\"mailto:a@example.org\">a</a>",
        ),
        ("<a href=\"#top\">a</a>", Look::default(), "<a href=\"#top\">a</a>"),
        (
            "<a href=\"https://review.example.org/unsubscribe/abc\">a</a>",
            Look::default(),
            "<a href=\"leaving?reader=\">a</a>",
        ),
        (
            "<a href=\"https://review.example.org/unsubscribe/\">a</a>",
            Look::default(),
            "<a href=\"https://review.example.org/unsubscribe/\">a</a>",
        ),
        ("<a href=\" JavaScript:alert(1)\">a</a>", Look::default(), "<a href=\"#\">a</a>"),
        ("<a href=\"/relative\">a</a>", Look::default(), "<a href=\"#\">a</a>"),
    ] {
        assert_eq!(framed(&letter(html), look, "?reader="), expected);
    }
}

#[test]
fn it_is_night_in_a_frame_when_the_editor_says_so() {
    for (html, look, expected) in [
        (
            "<style>@media (prefers-color-scheme:dark){a{}}</style>",
            Look::default(),
            "<style>@media (max-width:0px){a{}}</style>",
        ),
        (
            "<style>@media screen and ( Prefers-Color-Scheme : dark ) and (min-width:9px){a{}}</style>",
            DARK,
            "<style>@media screen and (min-width:0px) and (min-width:9px){a{}}</style>",
        ),
        (
            "<style>@media (prefers-color-scheme:light){a{}}</style>",
            DARK,
            "<style>@media (max-width:0px){a{}}</style>",
        ),
        (
            "<source media=\"(prefers-color-scheme:dark)\">",
            DARK,
            "<source media=\"(min-width:0px)\">",
        ),
        ("<p>(prefers-color-scheme:dark)</p>", DARK, "<p>(prefers-color-scheme:dark)</p>"),
        (
            "<head><title>a</title></head>",
            DARK,
            "<head><base target=\"_blank\"><title>a</title>\
             <style>:root{color-scheme:dark!important}</style></head>",
        ),
    ] {
        assert_eq!(framed(&letter(html), look, "?reader="), expected);
    }
}

/// Pieces of markup in any order, whole and broken.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[<>\"'= a-z/:;(){}&#-]{0,12}",
        proptest::sample::select(vec![
            "<a href=",
            "<a href=\"",
            "<img src=\"",
            "<style>",
            "</style>",
            "<head>",
            "</head>",
            "<base href=\"",
            "javascript:alert(1)",
            "\">",
            "'>",
            "https://review.example.org/unsubscribe/x",
            "prefers-color-scheme",
            "(prefers-color-scheme:dark)",
            "<!--",
            "-->",
            "<script>",
            "srcset=\"",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Whether what a tag names can be nothing but what the preview has, or a link that is followed.
fn is_harmless(tag: &Tag) -> bool {
    tag.attributes.iter().all(|attribute| {
        let value = attribute.value.to_lowercase();
        match (tag.name.as_str(), attribute.name.as_str()) {
            ("a", "href") => {
                let known = ["https:", "http:", "mailto:", "tel:", "#", "leaving", "asset/"];
                known.iter().any(|start| value.trim_start().starts_with(start))
            }
            (_, "src" | "srcset" | "background" | "poster") => {
                value.is_empty() || value.starts_with("asset/")
            }
            _ => true,
        }
    })
}

fn ask() -> impl Strategy<Value = Ask> {
    let who = prop_oneof![
        Just(Who::Most),
        Just(Who::Nobody),
        proptest::collection::vec(".{1,8}", 0..3).prop_map(Who::Edition),
        "[^\\s].{0,12}[^\\s]".prop_map(|address| Who::Reader(address.trim().to_owned())),
    ];
    let issue = proptest::option::of(".{1,12}");
    let views = proptest::collection::vec(proptest::sample::select(View::ALL.to_vec()), 0..5);
    (issue, who, views).prop_map(|(issue, who, views)| {
        let toggled = |shown: Views, view| shown.toggled(view).unwrap_or_default();
        Ask { issue, who, views: views.into_iter().fold(Views::default(), toggled) }
    })
}

proptest! {
    #[test]
    fn whatever_a_letter_is_its_frame_names_nothing_from_elsewhere(html in markup(), dark: bool) {
        let framed = framed(&letter(&html), Look { dark, bare: false }, "?");
        for tag in tags(&framed) {
            prop_assert!(is_harmless(&tag), "{html:?} became {framed:?}");
        }
    }

    #[test]
    fn the_address_of_a_page_says_all_that_is_asked(ask in ask()) {
        let query = ask.query();
        prop_assert_eq!(Ask::parse(&query[1..]), ask);
    }

    #[test]
    fn any_query_asks_for_something(query: String) {
        let ask = Ask::parse(&query);
        prop_assert!(ask.views.iter().next().is_some());
    }
}
