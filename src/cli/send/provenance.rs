//! A publication and an issue in, what tells later which ones they were out.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::cli::digest::Parts;
use crate::cli::publication::Publication;
use crate::config::{self, Condition};
use crate::issue::{self, Part};
use crate::journal::Digests;

/// What decides the messages of a run, the list apart: the issue, how it looks, and the settings.
///
/// What cannot be read has no digest, which is another one than that of what could be.
pub(super) fn digests(publication: &Publication, path: &Path) -> Digests {
    let text = std::fs::read(publication.folder.root().join(path)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut issue = Parts::default();
    issue.add(text.as_bytes());
    let checked = publication.check_issue(path, None).ok().and_then(|checked| checked.value);
    if let Some(value) = &checked {
        value.for_each_part(&mut |part| match part {
            Part::Image(image) => issue.asset(&image.asset),
            Part::File(file) => issue.asset(&file.asset),
            Part::Line(_) | Part::Url(..) | Part::Prose(_) | Part::Html(_) => {}
        });
    }
    let own = issue::theme_of(&text);
    let name = own.as_deref().unwrap_or(&publication.config.publication.theme);
    let theme = theme(publication, name).unwrap_or_default();
    Digests { issue: issue.finish(), theme, settings: settings(publication), list: String::new() }
}

/// How letters look.
fn theme(publication: &Publication, name: &str) -> Option<String> {
    let mut theme = Parts::default();
    publication.theme_files(name).ok()?.texts().for_each(|text| theme.add(text.as_bytes()));
    if let Some(value) = publication.check_theme(name).ok()?.value {
        value.assets().for_each(|asset| theme.asset(asset));
    }
    Some(theme.finish())
}

/// The list, as [`List::digest`](crate::audience::List::digest) has it.
pub(super) fn list_digest(publication: &Publication) -> Option<String> {
    let mut file = publication.open_list().ok()?;
    let mut parts = Parts::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(parts.finish()),
            length => parts.go_on(&buffer[..length]),
        }
    }
}

/// The settings that a message or the choice of its readers depends on. The mail server is not
/// among them, nor the return path: what is about the wire can be mended in the middle of a run.
fn settings(publication: &Publication) -> String {
    let config = &publication.config;
    let (about, sender) = (&config.publication, &config.sender);
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut parts = Parts::default();
    let texts = [
        about.name.clone(),
        optional(&about.tagline),
        about.url.clone(),
        about.language.to_string(),
        about.time_zone.iana_name().unwrap_or_default().to_owned(),
        about.address.clone(),
        optional(&about.colophon),
        about.list_id.clone(),
        sender.name.clone(),
        sender.address.to_string(),
        optional(&sender.reply_to.as_ref().map(ToString::to_string)),
        config.unsubscribe.url.clone(),
        optional(&config.unsubscribe.mailto.as_ref().map(ToString::to_string)),
        config.audience.name.to_string(),
        segments(&config.segments),
    ];
    texts.iter().for_each(|text| parts.add(text.as_bytes()));
    // Runs were digested without them before there were any.
    for (column, default) in &config.audience.defaults {
        parts.add(column.as_bytes());
        parts.add(default.as_bytes());
    }
    parts.finish()
}

/// The segments, in the form that runs of every version were digested with. Who may join one by the
/// form is not part of it: that changes no message.
fn segments(segments: &BTreeMap<String, config::Segment>) -> String {
    #[derive(Debug)]
    struct Segment<'s> {
        #[expect(dead_code, reason = "it is read by `Debug`")]
        conditions: &'s [Condition],
        #[expect(dead_code, reason = "it is read by `Debug`")]
        invitation: &'s Option<String>,
        #[expect(dead_code, reason = "it is read by `Debug`")]
        title: &'s Option<String>,
    }
    let digested = segments.iter().map(|(name, segment)| {
        let config::Segment { conditions, invitation, title, .. } = segment;
        (name, Segment { conditions, invitation, title })
    });
    format!("{:?}", digested.collect::<BTreeMap<_, _>>())
}

/// The commit that a folder is at, if it is a git checkout and git is there.
pub(super) fn commit(root: &Path) -> Option<String> {
    let output = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let commit = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| commit.trim().to_owned())
}
