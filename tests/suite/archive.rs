//! A publication in, its archive as `build` writes it out.

mod machines;
mod together;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use newsletter::cli::Exit;
use newsletter::clock::Clock;
use newsletter::markup::tags;

use crate::cases::{self, Verdict};
use crate::support::publication::{Ended, Publication};

/// The day before one of the issues is sent.
fn clock() -> Clock {
    Clock::Fixed("2026-03-28T12:00:00Z".parse().unwrap())
}

fn publication() -> Publication {
    Publication::of_case(&cases::folder("archive/input"))
}

/// Runs a command, which has to end well.
fn run(publication: &Publication, arguments: &[&str]) -> Ended {
    let ended = publication.run_at(clock(), arguments);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    ended
}

/// Every file below a folder, by its path there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for path in next.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// When each file of the site, and what is known of it, was last written.
fn times(publication: &Publication) -> BTreeMap<PathBuf, SystemTime> {
    let public = publication.path("public");
    let paths = files(&public).into_keys().map(|path| public.join(path));
    let paths = paths.chain([publication.path(".newsletter/site.json")]);
    paths.map(|path| (path.clone(), path.metadata().unwrap().modified().unwrap())).collect()
}

/// What a page of the site says, in one line.
fn page(publication: &Publication, name: &str) -> String {
    publication.read(&format!("public/{name}.html")).replace('\n', " ")
}

/// What a file says; of a message without the soft breaks that may stand in its words.
fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("=\r\n", "")
}

#[test]
fn a_small_publication_becomes_the_site_that_stands_beside_it() {
    let publication = publication();
    run(&publication, &["build"]);
    let (made, expected) = (files(&publication.path("public")), cases::folder("archive/public"));
    let mut verdict = Verdict::default();
    for (path, bytes) in &made {
        if cases::update() {
            fs::create_dir_all(expected.join(path).parent().unwrap()).unwrap();
        }
        verdict.compare(&expected.join(path), bytes);
    }
    for path in files(&expected).keys().filter(|path| !made.contains_key(*path)) {
        verdict.fail(&expected.join(path), "is no longer made");
    }
    verdict.finish(20);
}

#[test]
fn what_only_some_readers_get_is_nowhere_in_the_site() {
    let publication = publication();
    run(&publication, &["build"]);
    let made = files(&publication.path("public"));
    for (path, bytes) in &made {
        let said = said(bytes);
        for secret in ["MEMBERS-ONLY", "secret-segment", "pilots"] {
            assert!(!said.contains(secret), "{path} says {secret}");
        }
        assert!(!said.contains("[first_name]") && !said.contains("[town]"), "{path}");
        assert!(path.ends_with(".eml") || !said.contains("unsubscribe/"), "{path} has a token");
    }
    let page = |name| page(&publication, name);
    let tides = page("2026-01-09-tides");
    let invited = "The rest is for those who keep the lights on.";
    assert_eq!(tides.matches(invited).count(), 1, "two sections of the same readers: {tides}");
    assert!(tides.contains("This part is for subscribers."), "{tides}");
    assert!(tides.contains("https://harbour.example.org/join?from=archive"), "{tides}");
    // What mails to those readers point to has to be there; the dates come with the mail.
    assert!(made.contains_key("images/quay.png"));
    assert!(!made.keys().any(|path| path.ends_with(".ics")));
    let whole = page("2026-02-06-members");
    assert!(whole.contains("For those inside") && whole.contains("What they read is theirs."));
}

#[test]
fn drafts_are_left_out_unless_they_are_asked_for() {
    let publication = publication();
    let ended = run(&publication, &["build"]);
    assert!(ended.messages.contains("Left out 2 issues"), "{}", ended.messages);
    let public = publication.path("public");
    for (path, bytes) in files(&public) {
        assert!(!said(&bytes).contains("NOT-YET"), "{path}");
    }
    let draft = public.join("2026-03-22-part-two.html");
    run(&publication, &["build", "2026-03-22-part-two"]);
    assert!(draft.exists());
    assert!(!publication.read("public/index.html").contains("NOT-YET"));
    let ended = run(&publication, &["build"]);
    assert!(ended.messages.contains("Removed 3 files."), "{}", ended.messages);
    assert!(!draft.exists());
    run(&publication, &["build", "--drafts"]);
    assert!(page(&publication, "2026-03-15-part-one").contains("NOT-YET the plan, two"));
    assert!(publication.read("public/feed.xml").contains("NOT-YET tomorrow"));
    run(&publication, &["build"]);
    assert!(!page(&publication, "2026-03-15-part-one").contains("NOT-YET"));
}

#[test]
fn an_issue_is_published_when_its_time_has_come() {
    let publication = publication();
    run(&publication, &["build"]);
    let tomorrow = publication.path("public/2026-03-29-tomorrow.html");
    assert!(!tomorrow.exists());
    let then = Clock::Fixed("2026-03-29T05:00:00Z".parse().unwrap());
    assert_eq!(publication.run_at(then, &["build"]).exit, Exit::Done);
    assert!(tomorrow.exists());
}

#[test]
fn readers_get_no_draft() {
    let publication = publication();
    publication.write(
        "newsletter.toml",
        &(publication.read("newsletter.toml")
            + "\n[smtp]\nhost = \"127.0.0.1\"\nport = 9\ntls_type = \"none\"\n"),
    );
    publication.write("subscribers.csv", "email,first_name,town\nann@example.org,Ann,Averley\n");
    let issue = "2026-03-22-part-two";
    let ended = publication.run_at(clock(), &["send", issue, "--yes"]);
    assert_eq!(ended.exit, Exit::Content);
    assert!(ended.messages.contains("is a draft; nothing was sent"), "{}", ended.messages);
    run(&publication, &["send", issue, "--dry-run"]);
    let file = format!("issues/{issue}.toml");
    publication.write(
        &file,
        &publication
            .read(&file)
            .replace("draft  = true", "draft = true\nsend_at = 2026-03-28T11:00:00"),
    );
    let ended = publication.run_at(clock(), &["send", "--due"]);
    assert_eq!((ended.exit, ended.messages.as_str()), (Exit::Done, ""));
    publication.write(&file, &publication.read(&file).replace("draft = true", "draft = false"));
    let ended = publication.run_at(clock(), &["send", "--due"]);
    assert_ne!(ended.exit, Exit::Done, "the server is not there: {}", ended.messages);
}

#[test]
fn a_letter_leads_to_no_part_of_its_series_that_is_sent_later() {
    let publication = publication();
    let leads = || {
        let letter = run(&publication, &["render", "2026-03-15-part-one", "--as", "html"]);
        letter.output.contains("2026-03-22-part-two.html")
    };
    let two = "issues/2026-03-22-part-two.toml";
    let draft = publication.read(two);
    assert!(!leads(), "a draft has no page");
    let written = |with: &str| publication.write(two, &draft.replace("draft  = true", with));
    written("");
    assert!(leads());
    written("send_at = 2026-03-15T07:00:00");
    assert!(leads(), "its page is there at the same time");
    written("send_at = 2026-03-15T07:00:01");
    assert!(!leads(), "its page is not there when the letter arrives");
}

#[test]
fn a_build_of_what_has_not_changed_touches_nothing() {
    let publication = publication();
    run(&publication, &["build"]);
    let before = times(&publication);
    let ended = run(&publication, &["build"]);
    assert!(
        ended.messages.contains("Nothing has changed in public/: 6 issues."),
        "{}",
        ended.messages
    );
    assert_eq!(before, times(&publication));
}

#[test]
fn only_what_changed_is_written() {
    let publication = publication();
    run(&publication, &["build"]);
    let before = times(&publication);
    let issue = "issues/2026-03-08-річка.toml";
    let text = publication.read(issue).replace("Солі ще немає.", "Сіль уже є.");
    publication.write(issue, &text);
    // A picture is looked at again, and is the same.
    fs::copy(publication.path("images/chart.png"), publication.path("images/chart.new")).unwrap();
    fs::rename(publication.path("images/chart.new"), publication.path("images/chart.png")).unwrap();
    run(&publication, &["build"]);
    let after = times(&publication);
    let changed = after.iter().filter(|(path, time)| before[*path] != **time);
    let mut changed: Vec<_> =
        changed.map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    changed.sort_unstable();
    let own = ["eml", "html", "txt"].map(|ending| format!("2026-03-08-річка.{ending}"));
    let site = ["feed.xml", "index.html", "site.json"].map(str::to_owned);
    assert_eq!(changed, [own, site].concat());
}

#[test]
fn what_somebody_deleted_or_edited_is_made_again() {
    let publication = publication();
    run(&publication, &["build"]);
    let before = files(&publication.path("public"));
    for path in ["2026-01-09-tides.html", "images/chart.png", "feed.xml", "index.html"] {
        fs::remove_file(publication.path("public").join(path)).unwrap();
        run(&publication, &["build"]);
        assert_eq!(before, files(&publication.path("public")), "{path} was deleted");
        fs::write(publication.path("public").join(path), "edited").unwrap();
        run(&publication, &["build"]);
        assert_eq!(before, files(&publication.path("public")), "{path} was edited");
    }
}

#[test]
fn a_picture_a_setting_or_a_theme_that_changes_is_seen() {
    let publication = publication();
    run(&publication, &["build"]);
    fs::copy(publication.path("images/quay.png"), publication.path("images/chart.png")).unwrap();
    run(&publication, &["build"]);
    let picture = fs::read(publication.path("public/images/chart.png")).unwrap();
    assert_eq!(picture, fs::read(publication.path("public/images/quay.png")).unwrap());
    let settings = publication.read("newsletter.toml");
    publication.write("newsletter.toml", &settings.replace("4 Quay Street", "5 Quay Street"));
    run(&publication, &["build"]);
    assert!(publication.read("public/2025-12-19-low-water.html").contains("5 Quay Street"));
    let theme = newsletter::templates::Theme::built_in("bulletin").unwrap();
    fs::create_dir_all(publication.path("templates/bulletin")).unwrap();
    publication
        .write("templates/bulletin/theme.toml", &theme.replacen("width   = 640", "width = 555", 1));
    run(&publication, &["build"]);
    assert!(publication.read("public/2025-12-19-low-water.html").contains("555px"));
}

#[test]
fn what_is_no_longer_made_is_removed_and_nothing_else() {
    let publication = publication();
    run(&publication, &["build"]);
    let public = publication.path("public");
    fs::write(public.join("own.html"), "not of any build").unwrap();
    fs::write(public.join("2025-12-19-low-water.txt"), "edited by hand").unwrap();
    for issue in ["2025-12-19-low-water", "2026-01-09-tides"] {
        fs::remove_file(publication.path(&format!("issues/{issue}.toml"))).unwrap();
    }
    let ended = run(&publication, &["build"]);
    // A page, a text, a message and two pictures and a file; a page and a message.
    assert!(ended.messages.contains("Removed 8 files."), "{}", ended.messages);
    assert!(ended.messages.contains("Left public/2025-12-19-low-water.txt"), "{}", ended.messages);
    assert!(public.join("own.html").exists() && public.join("2025-12-19-low-water.txt").exists());
    assert!(!public.join("2026-01-09-tides.html").exists());
    assert!(!public.join("images").exists(), "a folder that is empty goes, too");
    assert!(!publication.read("public/index.html").contains("low-water"));
}

#[test]
fn a_memory_that_is_damaged_costs_a_build_and_nothing_else() {
    let publication = publication();
    run(&publication, &["build"]);
    let before = files(&publication.path("public"));
    let good = publication.read(".newsletter/site.json");
    let other = good.replacen("\"form\":1", "\"form\":0", 1);
    assert_ne!(good, other);
    // What says that a build wrote the list, and has its digest.
    let text = "2025-12-19-low-water.txt";
    let outside = good.replace(text, "../subscribers.csv");
    fs::copy(publication.path("public").join(text), publication.path("subscribers.csv")).unwrap();
    for damaged in ["", "{", "[]", "{\"program\":7}", &good[..good.len() / 2], &other, &outside] {
        publication.write(".newsletter/site.json", damaged);
        run(&publication, &["build"]);
        assert_eq!(before, files(&publication.path("public")));
        assert!(publication.path("subscribers.csv").exists());
        assert_eq!(good.len(), publication.read(".newsletter/site.json").len());
    }
}

#[test]
fn what_another_program_made_is_made_again_and_removed_all_the_same() {
    let publication = publication();
    run(&publication, &["build"]);
    let good = publication.read(".newsletter/site.json");
    // What an older program knew of an issue, and what it made and this one does not.
    let older = good.replace("\"program\":\"\"", "\"program\":\"older\"");
    let older = older.replace("\"title\":\"For those inside\"", "\"title\":\"FOR THOSE\"");
    assert!(older.contains("older") && older.contains("FOR THOSE"), "{older}");
    publication.write(".newsletter/site.json", &older);
    fs::remove_file(publication.path("issues/2025-12-19-low-water.toml")).unwrap();
    run(&publication, &["build"]);
    let after = publication.read(".newsletter/site.json");
    assert!(!after.contains("older") && !after.contains("FOR THOSE"), "{after}");
    assert!(!publication.path("public/2025-12-19-low-water.html").exists());
}

#[test]
fn the_same_publication_gives_the_same_site_anywhere() {
    let (one, other) = (publication(), publication());
    run(&one, &["build"]);
    // In another order, and through other states.
    run(&other, &["build", "2026-03-01-hostile"]);
    run(&other, &["build", "--drafts"]);
    run(&other, &["build"]);
    assert_eq!(files(&one.path("public")), files(&other.path("public")));
}

#[test]
fn links_between_pages_lead_to_pages_that_are_there() {
    let publication = publication();
    run(&publication, &["build"]);
    let made = files(&publication.path("public"));
    let mut links = 0;
    for (path, bytes) in made.iter().filter(|(path, _)| path.ends_with(".html")) {
        for tag in tags(&said(bytes)) {
            let Some(href) = tag.attribute("href").or_else(|| tag.attribute("src")) else {
                continue;
            };
            let local = href.strip_prefix("https://harbour.example.org/letters/");
            let local =
                local.or_else(|| (!href.contains(':') && !href.starts_with('#')).then_some(href));
            let Some(local) = local.filter(|local| !local.is_empty()) else { continue };
            let decoded = percent_decoded(local);
            assert!(made.contains_key(&decoded), "{path} leads to {href}");
            links += 1;
        }
    }
    assert!(links > 30, "{links} links are few");
}

fn percent_decoded(url: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = url.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let code = code.filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap()
}
