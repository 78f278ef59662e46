//! `subscribers list`: the list and what is asked of it in, a line for each reader out.

use std::io::Write as _;

use serde_json::{Map, Value, json};

use crate::audience::{Recipient, Suppressions};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::subscribers::{ListArgs, suppressions_shown};
use crate::diagnostic::visible;
use crate::document::closest;
use crate::field::clean;

pub(super) fn list(
    env: &mut Env,
    publication: &Publication,
    args: &ListArgs,
) -> Result<Exit, Failure> {
    let segment = args.segment.as_deref();
    check_segment(publication, segment)?;
    let suppressions = suppressions_shown(env, publication)?;
    let mut found = Found::default();
    let readers = Readers::read(publication, &mut found)?;
    found.say(env);
    let text = args.text.as_ref().map(|text| text.to_lowercase());
    for reader in readers.all()? {
        let reader = reader?;
        let holds = |text: &String| reader.values.iter().any(|v| v.to_lowercase().contains(text));
        let meant = text.as_ref().is_none_or(holds)
            && segment.is_none_or(|name| Readers::belongs(publication, &reader, name));
        if meant {
            let line = line(publication, &reader, &suppressions, args.json);
            writeln!(env.output, "{}", visible(&line.to_string()))?;
        }
    }
    env.output.flush()?;
    Ok(Exit::Done)
}

fn line(
    publication: &Publication,
    reader: &Recipient,
    suppressions: &Suppressions,
    json: bool,
) -> String {
    let standing = suppressions.standing(&reader.address);
    if json {
        let columns = reader.columns.names().iter().zip(&reader.values);
        let fields: Map<String, Value> =
            columns.map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        let (address, line) = (reader.address.to_string(), reader.line);
        let object = json!({
            "address": address, "line": line, "fields": fields,
            "suppressed": standing.reason, "left": standing.left,
        });
        return object.to_string();
    }
    let mut words = vec![reader.address.to_string()];
    let name = publication.config.audience.name.fill(|column| reader.value(column));
    let name = name.map(|name| clean(&name).trim().to_owned()).unwrap_or_default();
    words.extend((!name.is_empty()).then_some(name));
    let tags = clean(reader.value("tags").unwrap_or_default()).trim().to_owned();
    words.extend((!tags.is_empty()).then(|| format!("[{tags}]")));
    words.extend(standing.reason.map(|reason| match reason {
        "" => "suppressed".to_owned(),
        reason => format!("suppressed: {}", clean(reason)),
    }));
    words.extend(standing.left.iter().map(|segment| format!("left `{segment}`")));
    words.join("  ")
}

/// Makes sure that there is a segment of this name.
pub(super) fn check_segment(publication: &Publication, name: Option<&str>) -> Result<(), Failure> {
    let segments = &publication.config.segments;
    let Some(name) = name.filter(|name| !segments.contains_key(*name)) else { return Ok(()) };
    let names: Vec<&str> = segments.keys().map(String::as_str).collect();
    let failure = Failure::usage(format!("there is no segment `{name}`"));
    Err(match closest(name, &names) {
        Some(close) => failure.hint(format!("did you mean `{close}`?")),
        None => failure.hint("segments are defined in newsletter.toml, in `[segments]`"),
    })
}
