//! The page with what a reader gets in, parts left and taken again out.

use crate::support::public::Public;
use crate::support::publication::Publication;

const MEMBER: &str = "agnes.pellow@example.org";

fn with_titles() -> Publication {
    let publication = Publication::sample();
    let settings = publication.read("newsletter.toml");
    let titled = "members = { tag = \"member\", title = \"Letters to members\" }";
    let settings = settings.replace("members = { tag = \"member\" }", titled);
    publication.write("newsletter.toml", &settings);
    publication
}

#[test]
fn a_part_is_left_and_taken_again_and_the_rest_stays() {
    let publication = with_titles();
    let public = Public::of(&publication);
    let link = public.link(MEMBER);
    assert!(public.get(&link).body().contains("href=\"?preferences\""));
    let page = format!("{link}?preferences");
    let before = public.get(&page);
    assert!(before.body().contains("Letters to members"), "{}", before.body());
    // What has no title is nobody's business but the editor's.
    assert!(!before.body().contains("coast") && !before.body().contains("averley"));
    for (act, row) in [("part", "left:"), ("join", "joined:")] {
        let answer = public.post(&page, &format!("act={act}&part=members"));
        assert_eq!(answer.status, 200);
        let other = if act == "part" { "join" } else { "part" };
        assert!(answer.body().contains(&format!("value=\"{other}\"")), "{}", answer.body());
        let rows = public.rows(MEMBER);
        let last = rows.last().unwrap();
        assert!(last.starts_with(&format!("{row}{MEMBER},members,preferences,")), "{last}");
    }
    let rendered = publication.run(&["render", "--for", MEMBER]);
    assert!(rendered.output.contains(MEMBER), "{}", rendered.messages);
}

#[test]
fn nobody_leaves_what_is_not_offered() {
    let publication = with_titles();
    let public = Public::of(&publication);
    let before = publication.read("suppressions.csv");
    for part in ["coast", "nothing", "", "all"] {
        let answer = public.post(&public.link(MEMBER), &format!("act=part&part={part}"));
        assert_eq!(answer.status, 200);
    }
    assert_eq!(publication.read("suppressions.csv"), before);
    // Whoever is no member has no letters to members to leave, and can leave everything.
    let page = public.get(&format!("{}?preferences", public.link("stranger@example.org")));
    assert!(!page.body().contains("Letters to members"), "{}", page.body());
    assert!(page.body().contains("value=\"leave\""), "{}", page.body());
}

#[test]
fn without_parts_there_is_nothing_to_choose() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let link = public.link(MEMBER);
    let (plain, asked) = (public.get(&link), public.get(&format!("{link}?preferences")));
    assert!(!plain.body().contains("preferences"), "{}", plain.body());
    assert_eq!(plain.body(), asked.body());
}

#[test]
fn a_reader_takes_back_what_that_reader_left_and_joins_nothing() {
    let publication = with_titles();
    let public = Public::of(&publication);
    let before = publication.read("suppressions.csv");
    let other = "stranger@example.org";
    for form in ["act=join&part=members", "act=join&part=members&tags=member"] {
        assert_eq!(public.post(&public.link(other), form).status, 200);
    }
    assert_eq!(publication.read("suppressions.csv"), before, "nothing was left before");
}

#[test]
fn a_part_that_is_left_and_taken_again_for_ever_does_not_grow_the_file() {
    let publication = with_titles();
    let public = Public::of(&publication);
    let link = public.link(MEMBER);
    let mut refused = 0;
    for _ in 0..40 {
        for act in ["part", "join"] {
            let status = public.post(&link, &format!("act={act}&part=members")).status;
            refused += usize::from(status == 429);
        }
    }
    assert!(refused >= 50 && public.rows(MEMBER).len() <= 21, "{refused}");
    assert_eq!(public.one_click(&link).status, 200, "leaving everything is free");
    assert_eq!(public.one_click(&link).status, 200);
}

#[test]
fn who_has_nothing_to_choose_is_offered_no_choice() {
    let publication = with_titles();
    let public = Public::of(&publication);
    let page = public.get(&public.link("stranger@example.org"));
    assert!(!page.body().contains("preferences"), "{}", page.body());
}
