//! Tokens of return paths in, and what was made of them; the message that each names out.

use newsletter::journal::{Run, Stamp, Token};
use newsletter::key::Key;
use proptest::prelude::*;

const LIST: &str = "review.example.org";

fn run(id: i64, issue: &str) -> Run {
    let (issue, date) = (issue.to_owned(), "2026-11-20T07:00:00Z".parse().unwrap());
    Run { id, issue, key: String::new(), date, finished: None, generations: Vec::new() }
}

fn key() -> Key {
    Key::new(&[7; 32])
}

fn found(text: &str) -> Vec<Token> {
    Token::find(text).collect()
}

#[test]
fn a_token_is_found_wherever_servers_put_it() {
    let stamp = Stamp::of(LIST, &run(12, "first-frost"));
    let token = stamp.token(&key(), 345);
    for text in [
        format!("bounces+{token}@example.org"),
        format!("<BOUNCES+{}@EXAMPLE.ORG>", token.to_uppercase()),
        format!("SRS0=HHH=TT=example.org=bounces+{token}@forwarder.example.net"),
        format!("prvs=1234567890=bounces-{token}@example.org"),
        format!("rfc822; bounces={token}@example.org."),
        format!("I sent it to {token}."),
    ] {
        let found = found(&text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].run, found[0].entry), (12, 345), "{text}");
        assert!(stamp.proves(&key(), &found[0]), "{text}");
    }
}

#[test]
fn a_token_proves_nothing_of_another_run_entry_issue_date_list_or_key() {
    let real = run(12, "first-frost");
    let token = Stamp::of(LIST, &real).token(&key(), 345);
    let (numbers, tag) = token.rsplit_once('.').unwrap();
    assert_eq!(numbers, "12.345");
    let proves = |stamp: &Stamp, key: &Key, text: &str| stamp.proves(key, &found(text)[0]);
    assert!(proves(&Stamp::of(LIST, &real), &key(), &token));
    let later = Run { date: "2026-11-20T07:00:01Z".parse().unwrap(), ..real.clone() };
    for other in [run(12, "second-frost"), run(13, "first-frost"), later] {
        assert!(!proves(&Stamp::of(LIST, &other), &key(), &token), "{other:?}");
    }
    assert!(!proves(&Stamp::of("other.example.org", &real), &key(), &token));
    assert!(!proves(&Stamp::of(LIST, &real), &Key::new(&[8; 32]), &token));
    assert!(!proves(&Stamp::test(LIST), &key(), &token));
    for forged in [format!("12.346.{tag}"), format!("12.345.{}", "0".repeat(20))] {
        assert!(!proves(&Stamp::of(LIST, &real), &key(), &forged), "{forged}");
    }
    let other = run(13, "first-frost");
    assert!(!proves(&Stamp::of(LIST, &other), &key(), &format!("13.345.{tag}")));
}

#[test]
fn the_token_of_a_test_names_no_run() {
    let token = Stamp::test(LIST).token(&key(), 1);
    let found = found(&token);
    assert_eq!(found[0].run, 0);
    assert!(Stamp::test(LIST).proves(&key(), &found[0]));
    assert!(!Stamp::of(LIST, &run(0, "test")).proves(&key(), &found[0]));
}

#[test]
fn what_only_looks_like_a_token_is_none() {
    let tag = "0123456789abcdef0123";
    for text in [
        format!("1.2.{}", &tag[1..]),
        format!("1.2.{tag}4"),
        format!("1.2.{}g", &tag[1..]),
        format!("1.2.3.{tag}"),
        format!("01.2.{tag}"),
        format!("1.+2.{tag}"),
        format!("-1..{tag}"),
        format!("a.2.{tag}"),
        format!("99999999999999999999.2.{tag}"),
        format!("1.2\u{e9}.{tag}"),
    ] {
        assert_eq!(found(&text), [], "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_has_few_tokens_and_none_of_them_proves_anything(text in ".{0,200}", run_id in 0..9_i64) {
        let stamp = Stamp::of(LIST, &run(run_id, "first-frost"));
        for token in found(&text) {
            prop_assert!(!stamp.proves(&key(), &token));
        }
    }

    #[test]
    fn every_token_is_read_back(
        run_id in 1..i64::MAX,
        entry in 1..i64::MAX,
        before in "[^0-9a-zA-Z.]{0,20}",
        after in "[^0-9a-zA-Z.]{0,20}",
    ) {
        let stamp = Stamp::of(LIST, &run(run_id, "first-frost"));
        let token = stamp.token(&key(), entry);
        let found = found(&format!("{before}{token}{after}"));
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!((found[0].run, found[0].entry), (run_id, entry));
        prop_assert!(stamp.proves(&key(), &found[0]));
    }

    #[test]
    fn a_token_with_another_digit_proves_nothing(at in 0..20_usize, digit in 0..16_u32) {
        let stamp = Stamp::of(LIST, &run(12, "first-frost"));
        let token = stamp.token(&key(), 345);
        let digit = char::from_digit(digit, 16).unwrap();
        let start = token.len() - 20 + at;
        let mut forged = token.clone();
        forged.replace_range(start..=start, &digit.to_string());
        let found = found(&forged);
        prop_assert_eq!(stamp.proves(&key(), &found[0]), forged == token);
    }
}
