//! Two branches of a publication in, the suppressions after git has joined them compared.

use std::process::Command;

use newsletter::cli::Exit;

use crate::real::component::{find, run};
use crate::support::publication::Publication;

fn git(publication: &Publication, arguments: &[&str]) {
    let names = ["user.name=Test", "user.email=test@example.org", "commit.gpgsign=false"];
    let settings = names.iter().flat_map(|name| ["-c", name]);
    let git = find("git", "git");
    run(Command::new(git).args(settings).args(arguments).current_dir(publication.path(".")));
}

/// Appends rows on a branch of its own.
fn branch(publication: &Publication, name: &str, rows: &str) {
    git(publication, &["checkout", "-q", "-b", name, "main"]);
    publication.write("suppressions.csv", &(publication.read("suppressions.csv") + rows));
    git(publication, &["commit", "-q", "-a", "-m", name]);
}

#[test]
#[ignore = "needs git"]
fn git_joins_what_two_branches_appended_and_nobody_comes_back() {
    let publication = Publication::with_readers(0);
    let list = publication.read("subscribers.csv");
    let rows = ["ada", "bob", "cid"].map(|name| {
        format!(
            "{name}@example.org,{name},,,,
"
        )
    });
    publication.write("subscribers.csv", &(list + &rows.concat()));
    let attributes = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".gitattributes"),
    );
    publication.write(".gitattributes", &attributes.unwrap());
    publication.write(
        "suppressions.csv",
        "address,reason,source,date,issue\nada@example.org,unsubscribed,page,2026-11-20T07:00:00Z,\n",
    );
    git(&publication, &["init", "-q", "-b", "main"]);
    git(&publication, &["add", "-A"]);
    git(&publication, &["commit", "-q", "-m", "begun"]);
    let ours = "back:ada@example.org,,page,2026-11-20T08:00:00Z,\n\
                bob@example.org,unsubscribed,one-click,2026-11-20T08:00:00Z,\n";
    let theirs = "ada@example.org,unsubscribed,one-click,2026-11-20T09:00:00Z,\n\
                  cid@example.org,complaint: abuse,arf,2026-11-20T09:00:00Z,\n";
    branch(&publication, "ours", ours);
    branch(&publication, "theirs", theirs);
    for (on, with) in [("ours", "theirs"), ("theirs", "ours")] {
        git(&publication, &["checkout", "-q", "-B", &format!("{on}-joined"), on]);
        git(&publication, &["merge", "-q", "-m", "joined", with]);
        for address in ["ada@example.org", "bob@example.org", "cid@example.org"] {
            let ended = publication.run(&["render", "--for", address]);
            assert_eq!(ended.exit, Exit::Usage, "{address} after {on}");
            assert!(ended.messages.contains("is suppressed: "), "{}", ended.messages);
        }
    }
}
