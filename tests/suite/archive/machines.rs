//! Issues with whatever words in, what machines are told of them out: heads of pages and feeds.

use std::collections::BTreeMap;

use newsletter::markup::{Token, tags, tokens};
use newsletter::templates::pages::{Facts, Feed, Item};
use proptest::prelude::*;

use crate::archive::{publication, run};

/// What machines are told by the page of an issue.
fn told(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">").expect("JSON-LD");
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn machines_are_told_what_a_page_is() {
    let publication = publication();
    run(&publication, &["build"]);
    let page = publication.read("public/2026-01-09-tides.html");
    let json = told(&page);
    let url = "https://harbour.example.org/letters/2026-01-09-tides.html";
    assert_eq!(json["@type"], "NewsArticle");
    assert_eq!(json["headline"], "A table & a chart");
    assert_eq!(json["datePublished"], "2026-01-09T06:30:00+00:00");
    assert_eq!(json["author"]["name"], "Ines Calloway");
    assert_eq!(json["mainEntityOfPage"], url);
    assert_eq!(json["isAccessibleForFree"], false);
    assert_eq!(json["hasPart"]["cssSelector"], ".invitation");
    let metas: BTreeMap<_, _> = tags(&page)
        .into_iter()
        .filter(|tag| tag.name == "meta")
        .filter_map(|tag| {
            let name = tag.attribute("property").or_else(|| tag.attribute("name"))?.to_owned();
            Some((name, tag.attribute("content")?.to_owned()))
        })
        .collect();
    for (name, content) in [
        ("og:title", "A table & a chart"),
        ("og:description", "What the gauge says, for reader."),
        ("og:type", "article"),
        ("og:url", url),
        ("og:site_name", "Harbour & Sons"),
        ("og:locale", "en_GB"),
        ("og:image", "https://harbour.example.org/letters/images/chart.png"),
        ("og:image:alt", "A line that falls"),
        ("article:published_time", "2026-01-09T06:30:00+00:00"),
        ("description", "What the gauge says, for reader."),
    ] {
        assert_eq!(metas.get(name).map(String::as_str), Some(content), "{name}");
    }
    let canonical = format!("<link rel=\"canonical\" href=\"{url}\">");
    assert!(page.contains(&canonical), "{page}");
    let summer = told(&publication.read("public/2026-03-08-річка.html"));
    assert_eq!(
        (&summer["inLanguage"], &summer["isAccessibleForFree"]),
        (&"uk".into(), &true.into())
    );
}

proptest! {
    #[test]
    fn whatever_a_title_says_the_head_of_a_page_holds(
        title in prop_oneof![any::<String>(), "[<>/!a-z&\"'\\\\\u{2028} -]{0,40}", Just("</script x <!-- <script y".to_owned())],
    ) {
        let json = serde_json::json!({ "headline": title }).to_string();
        let head = Facts { title: &title, site: &title, json, ..Facts::default() }.head().into_string();
        prop_assert_eq!(&told(&head)["headline"], &serde_json::Value::from(title.as_str()));
        let (_, json) = head.split_once("ld+json\">").unwrap();
        let json = json.strip_suffix("</script>").unwrap();
        prop_assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{}", json);
        let is_script = |token: &&Token| matches!(token, Token::Tag(tag) if tag.name == "script");
        let tokens = tokens(&head);
        prop_assert_eq!(tokens.iter().filter(is_script).count(), 2, "{}", head);
        prop_assert!(!tokens.iter().any(|token| matches!(token, Token::Comment(..))), "{}", head);
    }

    #[test]
    fn whatever_an_issue_says_the_feed_is_xml(
        text in prop_oneof![any::<String>(), "[\\x00-\\x1f<&>\"\u{fffe}\u{ffff}a-c]{0,20}"],
    ) {
        let item = Item {
            title: &text,
            url: "https://harbour.example.org/a.html".to_owned(),
            published: "2026-01-09T06:30:00+00:00".to_owned(),
            author: &text,
            summary: Some(&text),
            language: "en",
            content: &text,
        };
        let feed = Feed {
            title: &text,
            subtitle: None,
            language: "en",
            own: "https://harbour.example.org/feed.xml",
            index: "https://harbour.example.org/",
            updated: "2026-01-09T06:30:00+00:00",
            items: &[item],
        };
        let feed = feed.render();
        prop_assert!(feed.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)), "{}", feed);
        let tags = feed.matches('<').count();
        prop_assert_eq!(tags, Feed { title: "", items: &[Item { title: "", author: "", summary: Some(""), content: "", url: String::new(), published: String::new(), language: "" }], subtitle: None, language: "", own: "", index: "", updated: "" }.render().matches('<').count());
        let bare = feed.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace("&quot;", "");
        prop_assert!(!bare.contains('&'), "{}", feed);
    }
}
