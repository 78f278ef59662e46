//! Language tags, dates and sizes in, what letters say of them out.

use std::fmt::Write as _;

use jiff::civil::date;
use newsletter::language::Language;

use crate::cases::{self, Verdict};

/// Every language that letters have words in, one that they have none in, and one of another script.
const TAGS: [&str; 9] = ["en", "en-GB", "en-US", "uk", "fr", "de", "ar", "pl", "uz-Arab"];

#[test]
fn dates_times_and_sizes_are_written_as_each_language_does() {
    let mut shown = String::new();
    for tag in TAGS {
        let language = Language::new(tag).expect("a tag");
        writeln!(shown, "{tag} ({}, words: {})", language.direction(), language.has_words())
            .unwrap();
        for month in 1..=12 {
            writeln!(shown, "  {}", language.date(date(2026, month, 1 + (month - 1) * 2))).unwrap();
        }
        let starts = date(2026, 11, 26).at(18, 0, 0, 0);
        for ends in [date(2026, 11, 26).at(19, 30, 0, 0), date(2026, 11, 27).at(0, 5, 0, 0)] {
            writeln!(shown, "  {}", language.time_span(starts, Some(ends))).unwrap();
        }
        for bytes in [0, 999, 1_499, 999_499, 999_500, 1_449_999, 20_000_000] {
            write!(shown, "  {}", language.size(bytes)).unwrap();
        }
        shown.push('\n');
    }
    let mut verdict = Verdict::default();
    verdict.compare(&cases::folder("languages.txt"), shown.as_bytes());
    verdict.finish(1);
}

#[test]
fn what_is_no_tag_is_no_language() {
    for good in ["en", "uk", "zh-Hant-TW", "sr-Latn", "fil", "de-CH-1996", "es-419"] {
        assert!(Language::new(good).is_some(), "{good}");
    }
    for bad in ["", "e", "english", "en_GB", "en-", "-en", "12", "en GB", "en-toolongpart", "англ"]
    {
        assert!(Language::new(bad).is_none(), "{bad}");
    }
}

/// What a language's words for the public pages have places for, by the name of each.
fn places(tag: &str) -> Vec<(String, Vec<&'static str>)> {
    let words = format!("{:?}", Language::new(tag).unwrap().words().public);
    // Characters that are shown by their numbers are no places.
    let words = words.replace("\\u{", "");
    let (_, fields) = words.split_once('{').unwrap();
    let fields = fields.split("\", ").map(|field| field.split_once(": \"").unwrap());
    let place = |text: &str| {
        let known = ["{name}", "{address}", "{contact}"];
        let mut found: Vec<_> = known.into_iter().filter(|place| text.contains(place)).collect();
        if text.contains('{') && found.is_empty() {
            found.push("unknown");
        }
        found
    };
    fields.map(|(name, text)| (name.trim().to_owned(), place(text))).collect()
}

#[test]
fn the_public_pages_say_the_same_of_the_same_in_every_language() {
    let english = places("en");
    assert!(
        english.len() > 40 && english.iter().filter(|(_, places)| !places.is_empty()).count() > 10
    );
    for tag in ["uk", "fr", "de", "ar"] {
        assert_eq!(places(tag), english, "{tag}");
    }
}
