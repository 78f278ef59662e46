//! Servers that mean harm in, words that do none out: on a terminal, in a browser, in a spreadsheet.

use newsletter::journal::State;
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::status::{FORMS, addresses, run};
use crate::support::history::History;

/// What a server could say to whoever reads the report.
fn words() -> impl Strategy<Value = String> {
    let harm = prop::sample::select(vec![
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\u{1b}]0;owned\u{7}",
        "\u{1b}[2J",
        "\u{9b}31m",
        "\u{202e}detpecca",
        "\u{2066}\u{200f}",
        "\r\nrow,of,its,own",
        "\"quoted\", and more",
        "<script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        "]]>--><b>",
        "&lt;&amp;",
        "…",
    ]);
    let code = prop::sample::select(vec!["", "550 ", "550 5.1.1 ", "99999 ", "250 "]);
    (code, prop::collection::vec(prop_oneof![harm.prop_map(str::to_owned), ".{0,12}"], 1..4))
        .prop_map(|(code, words)| format!("{code}{}", words.concat()))
}

/// Whether a character moves a cursor, turns a line around or hides.
fn does_harm(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The tags of a page, without their attributes.
fn tags(page: &str) -> Vec<&str> {
    let pieces = page.split('<').skip(1);
    pieces.map(|piece| piece.split([' ', '>']).next().unwrap_or_default()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_words_of_a_server_break_out_of_their_place(words in prop::collection::vec(words(), 6)) {
        let states = [State::Accepted, State::Rejected, State::Deferred, State::Unknown];
        let runtime = Runtime::new().unwrap();
        let shown = |words: &dyn Fn(usize) -> String| {
            let publication = runtime.block_on(async {
                let mut history = History::begun(&addresses(6), &[]).await;
                let answer = |entry: &newsletter::journal::Entry| {
                    let at = usize::try_from(entry.id).unwrap() - 1;
                    (states[at % 4], words(at))
                };
                history.send(6, [10, 20], answer).await;
                history.closed().await
            });
            FORMS.map(|(_, arguments)| run(&publication, arguments).output)
        };
        let [text, json, csv, page] = shown(&|at| words[at].clone());
        for output in [&text, &json, &page] {
            prop_assert!(!output.contains(does_harm), "{output:?}");
        }
        prop_assert!(!csv.replace("\r\n", "\n").contains(does_harm), "{csv:?}");

        // Of harmless words there are as many lines, rows and tags; a letter for each keeps them apart.
        let plain = shown(&|at| format!("{}{} …", "550 ", char::from(b'a' + u8::try_from(at).unwrap())));
        let people = |tags: Vec<&str>| tags.iter().filter(|tag| **tag == "tr").count();
        prop_assert!(people(tags(&page)) <= people(tags(&plain[3])), "{page}");
        let known = tags(&plain[3]);
        prop_assert!(tags(&page).iter().all(|tag| known.contains(tag) || *tag == "span"), "{page}");
        prop_assert!(text.lines().count() <= plain[0].lines().count(), "{text}");

        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(rows.len(), 6);
        for cell in rows.iter().flatten() {
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
        let status: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(status[0]["recipients"].as_u64(), Some(6));
    }
}
