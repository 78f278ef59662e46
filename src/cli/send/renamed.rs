//! Refuses an issue that was sent under another name: its file was renamed, or has the name of
//! another issue now, and would be sent again.

use std::path::Path;

use mail_parser::MessageParser;

use crate::cli::failure::Failure;
use crate::cli::publication::Publication;
use crate::issue::{self, Issue};
use crate::journal::{IssueLabel, Journal};

/// Returns the words by which an issue is known when its file has another name.
pub(super) fn label_of(issue: &Issue) -> IssueLabel {
    IssueLabel {
        title: issue.title.to_default(),
        number: issue.number,
        send_at: issue.send_at.as_ref().map(|time| time.time.to_string()),
    }
}

/// Makes sure that no issue with the same title, number or time has a run, and no file any more; nor
/// one with the same title, whose file has another title now.
pub(super) async fn check_renamed(
    publication: &Publication,
    journal: &Journal,
    issue: &Issue,
    label: &IssueLabel,
) -> Result<(), Failure> {
    let folder = publication.folder.root().join("issues");
    for (sent, known) in journal.labels().await? {
        let path = folder.join(&sent).with_added_extension("toml");
        if sent == issue.name {
            continue;
        }
        if path.exists() {
            check_swapped(&issue.name, label, (&sent, known.as_ref()), &path)?;
            continue;
        }
        let same = match known {
            Some(known) => shared(&known, label),
            None => subject_of(journal, &sent)
                .await?
                .filter(|subject| plain(subject) == plain(&issue.subject.to_default()))
                .map(|_| "subject"),
        };
        if let Some(what) = same {
            let name = &issue.name;
            return Err(Failure::usage(format!(
                "`{name}` has the {what} of `{sent}`, which was sent and whose file is gone"
            ))
            .hint(format!("give the file its old name back: `issues/{sent}.toml`"))
            .hint(format!(
                "if it is another issue, `newsletter send {name} --new-issue` sends it"
            )));
        }
    }
    Ok(())
}

/// Refuses an issue that has the title of one that was sent, where that one's file says another
/// title now: two files that exchanged their names.
fn check_swapped(
    name: &str,
    label: &IssueLabel,
    (sent, known): (&str, Option<&IssueLabel>),
    path: &Path,
) -> Result<(), Failure> {
    let Some(known) = known.filter(|known| plain(&known.title) == plain(&label.title)) else {
        return Ok(());
    };
    // A file that cannot be read says nothing, and is no proof that this is another issue.
    let text = std::fs::read(path).unwrap_or_default();
    let now = issue::outline(&String::from_utf8_lossy(&text)).title.unwrap_or_default();
    if plain(&now) == plain(&known.title) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "`{name}` has the title of `{sent}`, which was sent and whose file has another title now"
    ))
    .hint("give each file the name back that it had: an issue is known by it")
    .hint(format!("if it is another issue, `newsletter send {name} --new-issue` sends it")))
}

/// Returns what two issues have in common that a new one would not have.
fn shared(one: &IssueLabel, other: &IssueLabel) -> Option<&'static str> {
    if plain(&one.title) == plain(&other.title) {
        return Some("title");
    }
    if one.number.is_some() && one.number == other.number {
        return Some("number");
    }
    (one.send_at.is_some() && one.send_at == other.send_at).then_some("`send_at`")
}

/// Returns a text without what a hand that corrects it changes first: case, spaces, punctuation.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the subject of a run that is from before labels were kept.
async fn subject_of(journal: &Journal, issue: &str) -> Result<Option<String>, Failure> {
    let Some(run) = journal.run(issue).await? else { return Ok(None) };
    let programs = journal.programs(&run).await?;
    let Some(program) = programs.first() else { return Ok(None) };
    let message = MessageParser::default().parse_headers(program.parts().0);
    Ok(message.and_then(|message| message.subject().map(str::to_owned)))
}
