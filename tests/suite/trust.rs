//! Settings that name commands in, what runs before and after their folder is trusted out.

use std::fs;

use newsletter::cli::Exit;

use crate::support::publication::{ISSUE, Publication};

/// Every command that looks at a publication or its lists, and can do without each secret.
const LOOKS: [&[&str]; 12] = [
    &["check"],
    &["check", "--format", "sarif"],
    &["build"],
    &["render"],
    &["status"],
    &["subscribers", "list"],
    &["subscribers", "check"],
    &["subscribers", "export"],
    &["subscribers", "export", "--one", "ada@example.org"],
    &["suppressions", "list"],
    &["send", "--dry-run"],
    &["new", "Hello"],
];

/// Every command that cannot do its work without a secret.
const NEEDS: [&[&str]; 7] = [
    &["send", ISSUE, "--yes"],
    &["send", ISSUE, "--test", "you@example.org"],
    &["send", "--due"],
    &["serve"],
    &["bounces", "--dry-run"],
    &["dkim", "record"],
    &["unsubscribe", "apply", "subscribers.csv", "--dry-run"],
];

/// A publication whose every secret is what a script in its folder prints.
fn with_commands() -> Publication {
    let publication = Publication::sample();
    publication.write(
        "secret.sh",
        "echo \"$1\" >> ran.txt\necho aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
    );
    publication.set_server(
        "host = \"127.0.0.1\"\nport = 1\ntls_type = \"TLS\"\nusername = \"x\"\n\
         password = { command = \"sh secret.sh password\" }\n\
         [[dkim]]\nselector = \"a\"\nkey = { command = \"sh secret.sh dkim\" }\n\
         [bounces]\nimap = { host = \"127.0.0.1\", port = 1, tls_type = \"none\", \
         username = \"x\", password = { command = \"sh secret.sh imap\" } }",
    );
    let settings = publication.read("newsletter.toml");
    let keyed = "key = { command = \"sh secret.sh key\" }\nlist_id";
    publication.write("newsletter.toml", &settings.replacen("list_id", keyed, 1));
    publication
}

fn ran(publication: &Publication) -> String {
    fs::read_to_string(publication.path("ran.txt")).unwrap_or_default()
}

#[test]
fn no_command_of_the_settings_runs_before_its_folder_is_trusted() {
    let publication = with_commands();
    for arguments in LOOKS {
        let ended = publication.run(arguments);
        assert_eq!(ran(&publication), "", "{arguments:?}");
        let done = ended.exit == Exit::Done || ended.exit == Exit::Content;
        assert!(done, "{arguments:?}: {:?} {}", ended.exit, ended.messages);
        let lines = ended.messages.matches("Ran no command of newsletter.toml").count();
        assert!(lines <= 1, "{arguments:?}: {}", ended.messages);
    }
    for arguments in NEEDS {
        let ended = publication.run(arguments);
        assert_eq!(ran(&publication), "", "{arguments:?}");
        assert_eq!(ended.exit, Exit::Usage, "{arguments:?}: {}", ended.messages);
        assert!(ended.messages.contains("help: `newsletter trust`"), "{}", ended.messages);
    }
    assert!(!publication.path(".newsletter/key").exists());
    assert!(!publication.path(".newsletter/journal.db").exists());
}

#[test]
fn a_letter_is_shown_without_the_secrets_that_are_withheld_and_that_is_said() {
    let publication = with_commands();
    for arguments in
        [&["render"][..], &["check"], &["send", "--dry-run"], &["suppressions", "list"]]
    {
        let ended = publication.run(arguments);
        assert_eq!(ended.exit, Exit::Done, "{arguments:?}: {}", ended.messages);
        assert!(
            ended.messages.contains("Ran no command of newsletter.toml (key, password of [smtp]"),
            "{arguments:?}: {}",
            ended.messages
        );
    }
    assert!(!publication.run(&["render"]).output.contains("DKIM-Signature"));
}

#[test]
fn a_trusted_folder_runs_its_commands_until_one_of_them_changes() {
    let publication = with_commands();
    let shown = publication.run(&["trust", "--show"]);
    assert!(shown.messages.contains("key (not trusted): sh secret.sh key"), "{}", shown.messages);
    assert!(shown.messages.contains("with the file secret.sh as it is now"), "{}", shown.messages);
    publication.run(&["check"]);
    assert_eq!(ran(&publication), "", "to show is not to trust");

    assert_eq!(publication.run(&["trust"]).exit, Exit::Done);
    publication.run(&["check"]);
    assert_eq!(ran(&publication), "key\n");
    publication.write("ran.txt", "");

    publication.run(&["--no-commands", "check"]);
    assert_eq!(ran(&publication), "", "a forge runs none, whatever is trusted");
    let refused = publication.run(&["unsubscribe", "apply", "ran.txt", "--no-commands"]);
    assert_eq!(refused.exit, Exit::Usage);
    assert!(refused.messages.contains("`--no-commands` forbids it"), "{}", refused.messages);

    let script = publication.read("secret.sh");
    publication.write("secret.sh", &format!("echo more >> ran.txt\n{script}"));
    let changed = publication.run(&["send", ISSUE, "--yes"]);
    assert_eq!((changed.exit, ran(&publication).as_str()), (Exit::Usage, ""));
    assert!(changed.messages.contains("changed since"), "{}", changed.messages);
    publication.write("secret.sh", &script);

    let settings = publication.read("newsletter.toml");
    publication
        .write("newsletter.toml", &settings.replace("sh secret.sh key", "sh secret.sh other"));
    publication.run(&["check"]);
    assert_eq!(ran(&publication), "");
    publication.write("newsletter.toml", &settings);
    publication.run(&["check"]);
    assert_eq!(ran(&publication), "key\n", "what was trusted is trusted still");
}

#[test]
fn a_folder_that_moved_or_was_taken_from_the_record_is_not_trusted() {
    let publication = with_commands();
    publication.run(&["trust"]);
    let listed = publication.run(&["trust", "--list"]).output;
    let root = publication.path("").canonicalize().unwrap();
    assert_eq!(listed.trim(), root.display().to_string());
    let publication = publication.moved();
    publication.run(&["check"]);
    assert_eq!(ran(&publication), "");
    publication.run(&["trust"]);
    publication.run(&["trust", "--remove"]);
    publication.run(&["check"]);
    assert_eq!(ran(&publication), "");
}

#[cfg(unix)]
#[test]
fn the_record_is_private_and_a_link_to_the_folder_is_the_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let publication = with_commands();
    publication.run(&["trust"]);
    let record = publication.state().join("newsletter/trusted");
    assert_eq!(record.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let link = publication.state().join("link");
    std::os::unix::fs::symlink(publication.path(""), &link).unwrap();
    publication.run(&["-C", link.to_str().unwrap(), "check"]);
    assert_eq!(ran(&publication), "key\n");
}

#[test]
fn a_record_that_came_with_the_folder_is_not_believed() {
    let publication = with_commands();
    publication.run(&["trust"]);
    let record = fs::read_to_string(publication.state().join("newsletter/trusted")).unwrap();
    fs::create_dir_all(publication.path(".local/state/newsletter")).unwrap();
    publication.write(".local/state/newsletter/trusted", &record);
    let home = publication.path("");
    let ended = publication.run_with(&[("HOME", home.to_str().unwrap())], &["check"]);
    assert_eq!(ran(&publication), "", "{}", ended.messages);
    let ended = publication.run_with(&[("HOME", home.to_str().unwrap())], &["trust"]);
    assert_eq!(ended.exit, Exit::Usage);
    assert!(ended.messages.contains("set `XDG_STATE_HOME`"), "{}", ended.messages);
}

#[test]
fn a_preview_runs_no_command_of_a_folder_that_is_not_trusted() {
    let publication = with_commands();
    let (running, address) = publication.preview();
    assert!(address.starts_with("http://"), "{address}");
    drop(running);
    assert_eq!(ran(&publication), "");
}
