//! `newsletter init`: a folder in, a publication to start from in it out.

use std::path::PathBuf;

use crate::cli::build::write;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::new;
use crate::cli::publication::SETTINGS;
use crate::templates::Theme;

/// Make a publication to start from: settings, an issue, a list, a theme
#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {
    /// The folder; this one, if none is named
    folder: Option<PathBuf>,
}

pub(super) fn init(env: &mut Env, args: &InitArgs) -> Result<Exit, Failure> {
    let folder = env.folder.join(args.folder.as_deref().unwrap_or(".".as_ref()));
    let today = env.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::because(format!("cannot make `{}`", folder.display()), &error))?;
    let folder = folder.canonicalize().unwrap_or(folder);
    let name = new::title_of(&folder);
    let settings = include_str!("starter/newsletter.toml").replace("NAME", &name);
    let theme = Theme::built_in(Theme::DEFAULT).unwrap_or_default();
    let files = [
        (SETTINGS.to_owned(), settings),
        (format!("issues/{today}-the-first-issue.toml"), new::issue("The first issue", today)),
        ("subscribers.csv".to_owned(), include_str!("starter/subscribers.csv").to_owned()),
        ("suppressions.csv".to_owned(), "address,reason,source,date,issue\n".to_owned()),
        (format!("templates/{}/theme.toml", Theme::DEFAULT), theme.to_owned()),
        (".gitignore".to_owned(), "/.newsletter/\n/public/\n/.*.new\n".to_owned()),
        (".gitattributes".to_owned(), "suppressions.csv merge=union\n".to_owned()),
    ];
    // A folder may be in git already.
    let existing =
        files.iter().find(|(name, _)| !name.starts_with(".git") && folder.join(name).exists());
    if let Some((name, _)) = existing {
        return Err(Failure::usage(format!("`{}` is already there", folder.join(name).display()))
            .hint("choose an empty folder: nothing is overwritten"));
    }
    for (name, text) in &files {
        let path = folder.join(name);
        if path.exists() {
            continue;
        }
        write(&path, text.as_bytes()).map_err(|error| {
            Failure::because(format!("cannot write `{}`", path.display()), &error)
        })?;
    }
    env.say(format_args!(
        "Made the publication \"{name}\" in {}.\nNext: fill in {SETTINGS}, then `newsletter check` \
         and `newsletter send --dry-run` there.",
        folder.display()
    ));
    Ok(Exit::Done)
}
