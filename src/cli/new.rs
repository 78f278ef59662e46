//! `newsletter new`: a title in, an issue to start from out.

use std::path::Path;

use crate::cli::build::write;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;

/// Make an issue to start from
#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// The headline
    title: String,
}

pub(super) fn new(env: &mut Env, args: &NewArgs) -> Result<Exit, Failure> {
    let title = args.title.trim();
    if title.is_empty() {
        return Err(Failure::usage("the title is empty"));
    }
    let publication = Publication::open(env)?;
    let zone = publication.config.publication.time_zone.clone();
    let today = env.clock.now().to_zoned(zone).date();
    let name = format!("issues/{today}-{}.toml", slug(title));
    let path = publication.folder.root().join(&name);
    if path.exists() {
        return Err(Failure::usage(format!("`{name}` is already there")));
    }
    let text = issue(title, today);
    write(&path, text.as_bytes())
        .map_err(|error| Failure::because(format!("cannot write `{name}`"), &error))?;
    env.say(format_args!("Made {name}. `newsletter check` says whether it compiles."));
    env.print(&format!("{name}\n"))?;
    Ok(Exit::Done)
}

/// An issue that compiles as it is.
pub(super) fn issue(title: &str, date: jiff::civil::Date) -> String {
    include_str!("starter/issue.toml")
        .replace("DATE_IN_WORDS", &date.strftime("%B %-d, %Y").to_string().to_uppercase())
        .replace("DATE", &date.to_string())
        .replace("\"TITLE\"", &toml_string(title))
}

/// A basic string of TOML.
fn toml_string(text: &str) -> String {
    let mut string = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => string.extend(['\\', character]),
            control if control.is_control() => string.push(' '),
            other => string.push(other),
        }
    }
    string.push('"');
    string
}

/// A title as a part of a file's name and a URL: letters and digits in lower case, `-` between.
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::new();
    for character in title.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') && !matches!(character, '\'' | '’') {
            slug.push('-');
        }
        if slug.len() > 60 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "issue".to_owned() } else { slug.to_owned() }
}

/// The name of a folder as a title: `harbour-notes` is "Harbour notes".
pub(super) fn title_of(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().replace(['-', '_'], " "));
    let name = name.unwrap_or_default();
    let mut characters = name.trim().chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    let title = first.unwrap_or_default() + characters.as_str();
    if title.is_empty() { "Newsletter".to_owned() } else { title.replace(['"', '\\'], "") }
}
