//! `newsletter build`: issues in, `.html`, `.txt` and `.eml` files in `public/` out.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::address::EmailAddress;
use crate::audience::{Columns, Recipient};
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::secret;
use crate::compile::{self, Edition, Reader};
use crate::issue::Issue;
use crate::templates;

/// Write each issue as .html, .txt and .eml, with its pictures and files, into `public/`
#[derive(Debug, clap::Args)]
pub(super) struct BuildArgs {
    /// The issues to build; all of them, if none is named
    issues: Vec<PathBuf>,
}

pub(super) fn build(env: &mut Env, args: &BuildArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let named: Result<Vec<_>, _> =
        args.issues.iter().map(|issue| publication.find(env, issue)).collect();
    let paths = if args.issues.is_empty() { publication.issues()? } else { named? };
    let key = secret::key(env, publication.folder.root(), &publication.config.publication.key)?;
    let public = publication.folder.root().join("public");
    let mut files = BTreeMap::new();
    for path in &paths {
        let issue = publication.issue(env, path, None)?;
        let theme = Found::said(env, |found| publication.theme(&issue, found))?;
        let reader = sample(&issue);
        let reader = Reader { recipient: &reader, key: &key };
        // On the web an issue leads to those around it; a mail cannot know the next. And what comes
        // with a mail has to be on the web for its page.
        let web = issue.on_the_web();
        let (around, parts) = (publication.around(path, &issue)?, publication.parts(&issue)?);
        let draft = |issue: &Issue, neighbours| {
            let press = publication.press(&theme, neighbours);
            let date = date(&publication, issue);
            compile::draft(issue, &press, &Edition::public(issue), date, "sample")
        };
        let (page, mail) = (draft(&web, &around), draft(&issue, &parts));
        let gap = |gap: compile::Gap| Failure::new(Exit::Bug, gap.to_string());
        files.insert(templates::page(&issue.name), page.html(reader).map_err(gap)?.into_bytes());
        files.insert(format!("{}.txt", issue.name), mail.text(reader).map_err(gap)?.into_bytes());
        let mut message = Vec::new();
        mail.program().assemble(reader, &mut message).map_err(gap)?;
        files.insert(format!("{}.eml", issue.name), message);
        let theirs = theme.assets().cloned();
        let hosted = compile::hosted(&web, &publication.config.publication);
        for asset in hosted.into_iter().chain(theirs) {
            let other = files.insert(asset.path.clone(), asset.bytes.to_vec());
            if other.is_some_and(|other| other[..] != asset.bytes[..]) {
                let message = format!("two different files would be `public/{}`", asset.path);
                return Err(Failure::new(Exit::Content, message).hint(CLASH));
            }
        }
    }
    for (name, bytes) in &files {
        write(&public.join(name), bytes)
            .map_err(|error| Failure::because(format!("cannot write `public/{name}`"), &error))?;
    }
    let issues = count(paths.len() as u64, "issue");
    env.say(format_args!("Built {issues}, {}, in public/.", count(files.len() as u64, "file")));
    Ok(Exit::Done)
}

/// What to do where one issue shows a picture, resized, and another links to the file itself.
const CLASH: &str = "Copy the file to another name to link to it.";

/// A reader of no list: every field shows its default, or its own name.
pub(super) fn sample(issue: &Issue) -> Recipient {
    let mut fields = BTreeMap::new();
    issue.for_each_field(&mut |field| {
        let shown = field.default.is_none().then(|| format!("[{}]", field.name));
        let value: &mut Option<String> = fields.entry(field.name.clone()).or_default();
        *value = value.take().or(shown);
    });
    let address: EmailAddress = "reader@example.org".parse().expect("it is an address");
    Recipient {
        address,
        line: 0,
        columns: Arc::new(Columns::new(fields.keys().map(String::as_str))),
        values: fields.into_values().map(Option::unwrap_or_default).collect(),
    }
}

/// When the issue is sent, or seven in the morning of its date: the same input, the same bytes.
pub(super) fn date(publication: &Publication, issue: &Issue) -> jiff::Timestamp {
    let local = issue.send_at.as_ref().map(|send_at| send_at.time);
    let local = local.unwrap_or_else(|| issue.date.at(7, 0, 0, 0));
    let zoned = local.to_zoned(publication.config.publication.time_zone.clone());
    zoned.map(|zoned| zoned.timestamp()).unwrap_or_default()
}

/// Writes a file that appears whole or not at all, readable by everyone.
pub(super) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}
