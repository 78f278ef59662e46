//! Builds that are killed, or at work at the same time, in; whole sites out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use newsletter::cli::Exit;

use crate::archive::{files, publication};
use crate::real::component;
use crate::support::publication::Publication;

/// The site as a further build leaves it. Programs go by the machine's clock, and so does this.
fn site(publication: &Publication) -> BTreeMap<String, Vec<u8>> {
    let ended = publication.run(&["build"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    files(&publication.path("public"))
}

#[test]
fn what_a_build_that_was_killed_left_is_gone_after_the_next() {
    let whole = site(&publication());
    let begun = |publication: &Publication| {
        Path::read_dir(&publication.path("public")).map(Iterator::count)
    };
    for enough in 1..8 {
        let publication = publication();
        let mut build = publication.spawn(&["build"]);
        component::wait_until("the build has written some files", || {
            begun(&publication).is_ok_and(|files| files >= enough)
                || build.try_wait().unwrap().is_some()
        });
        build.kill().unwrap();
        build.wait().unwrap();
        // As it is left in the middle of a file, in the middle of the site.
        fs::create_dir_all(publication.path("public/images")).unwrap();
        publication.write("public/images/.newsletter-a1b2c3.new", "half");
        publication.write("public/.newsletter-a1b2c3.new", "half");
        assert_eq!(site(&publication), whole);
    }
}

#[test]
fn of_builds_at_the_same_time_each_leaves_the_whole_site() {
    let whole = site(&publication());
    let publication = publication();
    let builds: Vec<_> = (0..4).map(|_| publication.spawn(&["build"])).collect();
    for mut build in builds {
        assert!(build.wait().unwrap().success());
    }
    assert_eq!(files(&publication.path("public")), whole);
    assert_eq!(site(&publication), whole);
}
