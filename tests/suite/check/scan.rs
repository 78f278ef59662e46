//! Any markup in, no panic and places inside it out.

use newsletter::check;
use newsletter::diagnostic::Source;
use proptest::prelude::{Strategy, any, prop};
use proptest::{prop_assert, proptest};

/// Markup as it comes when someone is in a hurry, or means harm.
fn markup() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        "<!",
        "<p",
        "<img",
        "<a href=",
        "<style>",
        "</style>",
        "<table>",
        "</table>",
        "<body>",
        "<h1>",
        "\"",
        "'",
        "=",
        " ",
        "/",
        "style=\"",
        "display:none;",
        "{",
        "}",
        "@media",
        ";",
        "é",
        "霜",
        "alt",
        "&amp;",
        "<script>",
        "<b hidden>",
        "\n",
    ]);
    let any = any::<char>().prop_map(|character| character.to_string());
    let pieces = proptest::strategy::Union::new_weighted(vec![
        (8, piece.prop_map(str::to_owned).boxed()),
        (1, any.boxed()),
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_the_markup_is_the_scan_ends_and_points_into_it(html in markup()) {
        let source = Source::new("public/x.html", html.as_str());
        for found in check::letter(&source, None) {
            prop_assert!(html.get(found.span.clone()).is_some(), "{found:?}");
            prop_assert!(!found.render(false).is_empty());
        }
    }
}
