//! Issues that name files of the publication's own, and the refusals that they get.

use std::fs;
use std::path::{Path, PathBuf};

use newsletter::cli::Exit;

use crate::support::publication::Publication;

/// A publication whose settings name secrets in files of its folder, which are not hidden.
fn with_secrets() -> Publication {
    let publication = Publication::sample();
    fs::create_dir(publication.path("secrets")).unwrap();
    for file in ["secrets/key.txt", "smtp.txt", "dkim.pem", "said.txt", "rejected-2.csv", "box"] {
        publication.write(file, "0123456789abcdef0123456789abcdef");
    }
    publication.set_server(
        "host = \"127.0.0.1\"\ntls_type = \"TLS\"\nusername = \"x\"\npassword = { file = \"smtp.txt\" }\n\
         [[dkim]]\nselector = \"a\"\nkey = { file = \"dkim.pem\" }\n\
         [bounces]\nmbox = \"box\"\nimap = { host = \"127.0.0.1\", tls_type = \"none\", \
         username = \"x\", password = { command = \"cat said.txt\" } }",
    );
    let settings = publication.read("newsletter.toml");
    let keyed = "key = { file = \"secrets/key.txt\" }\nlist_id";
    publication.write("newsletter.toml", &settings.replacen("list_id", keyed, 1));
    publication
}

#[test]
fn no_issue_attaches_what_holds_a_secret_or_a_list_however_it_is_spelt() {
    let publication = with_secrets();
    let mut paths = vec![
        "secrets/key.txt",
        "./secrets/./key.txt",
        "smtp.txt",
        "dkim.pem",
        "said.txt",
        "box",
        "rejected-2.csv",
        "rejected.csv",
        "files/rejected.csv",
        "Rejected.CSV",
        "newsletter.lock",
        "Newsletter.toml",
        "subscribers.csv",
        "suppressions.csv.bak",
        "smtp.txt~",
        "out/new/00001-a.eml",
        "files/linked.pdf",
        "files/twin.pdf",
    ];
    fs::create_dir_all(publication.path("out/new")).unwrap();
    publication.write("out/.newsletter-dry-run", "");
    for path in &paths {
        if !publication.path(path).exists() {
            publication.write(path, "x");
        }
    }
    #[cfg(unix)]
    {
        fs::remove_file(publication.path("files/linked.pdf")).unwrap();
        let key = publication.path("secrets/key.txt");
        std::os::unix::fs::symlink(key, publication.path("files/linked.pdf")).unwrap();
        fs::remove_file(publication.path("files/twin.pdf")).unwrap();
        fs::hard_link(publication.path("smtp.txt"), publication.path("files/twin.pdf")).unwrap();
    }
    if cfg!(not(unix)) {
        paths.truncate(paths.len() - 2);
    }
    for path in paths {
        for deliver in ["attach", "link"] {
            let file = format!("{{ path = \"{path}\", label = \"a\", deliver = \"{deliver}\" }}");
            let issue = format!(
                "title = \"Frost\"\ndate = 2026-11-20\n[[section]]\nbody = \"x\"\nfiles = [{file}]\n"
            );
            publication.write("issues/leak.toml", &issue);
            let ended = publication.run(&["check", "issues/leak.toml"]);
            assert_eq!(ended.exit, Exit::Content, "{path}: {}", ended.messages);
            assert!(ended.messages.contains("error[E015]"), "{path}: {}", ended.messages);
            assert!(ended.messages.contains("-->"), "{path}: {}", ended.messages);
        }
    }
    publication.run(&["build"]);
    let built = walk(&publication.path("public"));
    assert!(!built.iter().any(|path| path.ends_with("key.txt") || path.ends_with("twin.pdf")));
}

#[test]
fn a_file_with_a_name_like_a_private_one_is_published() {
    let publication = with_secrets();
    publication.write("files/smtp.txt", "How we send.");
    let file = "{ path = \"files/smtp.txt\", label = \"How we send\" }";
    let issue = format!(
        "title = \"Frost\"\ndate = 2026-11-20\n[[section]]\nbody = \"x\"\nfiles = [{file}]\n"
    );
    publication.write("issues/fine.toml", &issue);
    let ended = publication.run(&["check", "issues/fine.toml"]);
    assert!(!ended.messages.contains("E015"), "{}", ended.messages);
}

/// Every file below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
