//! `subscribers export --one`: somebody in, all that is held on them out.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::address::EmailAddress;
use crate::audience::suppression_rows;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::send::check_journal;
use crate::cli::subscribers::unreadable;
use crate::cli::{secret, trust};
use crate::field::clean;
use crate::journal::{Held, Journal};

/// Names and values, in the order of a file.
type Fields = Vec<(String, String)>;

pub(super) fn export(
    env: &mut Env,
    publication: &Publication,
    address: &EmailAddress,
    as_json: bool,
) -> Result<Exit, Failure> {
    check_journal(publication)?;
    trust::say_withheld(env, publication);
    let row = row(publication, address)?;
    let key = &publication.config.publication.key;
    let key = secret::existing(env, publication.folder.root(), key).ok();
    let path = publication.folder.root().join(&publication.config.audience.suppressions);
    let hasher = key.map(|key| key.hasher());
    let rows = suppression_rows(&path, address, hasher.as_ref());
    let rows = rows.map_err(|error| unreadable(&error))?;
    let held = held(publication, address)?;
    let text = match as_json {
        true => json_text(address, row.as_ref(), &rows, &held)?,
        false => words(publication, address, row.as_ref(), &rows, &held),
    };
    env.print(&text)?;
    Ok(Exit::Done)
}

/// The row of the list, with its line.
fn row(
    publication: &Publication,
    address: &EmailAddress,
) -> Result<Option<(u64, Fields)>, Failure> {
    let readers = Readers::read(publication, &mut Found::default())?;
    let Some(reader) = readers.find(address)? else { return Ok(None) };
    let fields = reader.columns.names().iter().cloned().zip(reader.values);
    Ok(Some((reader.line, fields.collect())))
}

fn held(publication: &Publication, address: &EmailAddress) -> Result<Vec<Held>, Failure> {
    if !publication.journal().exists() {
        return Ok(Vec::new());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::world(&error))?;
    runtime.block_on(async {
        let journal = Journal::open(&publication.journal()).await?;
        let held = journal.held(address).await?;
        journal.close().await;
        Ok(held)
    })
}

fn json_text(
    address: &EmailAddress,
    row: Option<&(u64, Fields)>,
    rows: &[Fields],
    held: &[Held],
) -> Result<String, Failure> {
    let object = |fields: &Fields| -> Map<String, Value> {
        fields.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()
    };
    let list = row.map(|(line, fields)| json!({ "line": line, "fields": object(fields) }));
    let rows: Vec<_> = rows.iter().map(object).collect();
    let all = json!({
        "address": address.to_string(), "list": list, "suppressions": rows, "runs": held,
    });
    let text = serde_json::to_string_pretty(&all);
    Ok(text.map_err(|error| Failure::because("cannot write the output", &error))? + "\n")
}

fn words(
    publication: &Publication,
    address: &EmailAddress,
    row: Option<&(u64, Fields)>,
    rows: &[Fields],
    held: &[Held],
) -> String {
    let mut text = format!("What is held on {address}\n");
    let audience = &publication.config.audience;
    let _: std::fmt::Result = match row {
        Some((line, fields)) => {
            writeln!(text, "\nOn the list, {}:{line}", audience.subscribers.display())
                .and_then(|()| say_fields(&mut text, fields))
        }
        None => writeln!(text, "\nNot on the list, {}", audience.subscribers.display()),
    };
    for fields in rows {
        let _: std::fmt::Result =
            writeln!(text, "\nIn the suppressions, {}", audience.suppressions.display())
                .and_then(|()| say_fields(&mut text, fields));
    }
    if rows.is_empty() {
        text.push_str("\nNot in the suppressions\n");
    }
    for run in held {
        let _: std::fmt::Result = say_run(&mut text, run);
    }
    if held.is_empty() {
        text.push_str("\nIn no run\n");
    }
    text
}

fn say_fields(text: &mut String, fields: &Fields) -> std::fmt::Result {
    let mut said = fields.iter().filter(|(_, value)| !value.is_empty());
    said.try_for_each(|(name, value)| writeln!(text, "  {}: {}", clean(name), clean(value)))
}

fn say_run(text: &mut String, run: &Held) -> std::fmt::Result {
    writeln!(text, "\nIn the run of {}, begun {}", run.issue, run.begun)?;
    match (run.state, &run.suppressed) {
        (Some(state), _) => writeln!(text, "  {}", state.word())?,
        (None, Some(reason)) => writeln!(text, "  not written to: {}", clean(reason))?,
        (None, None) => {}
    }
    say_fields(text, &run.fields)?;
    for moment in &run.history {
        let state = moment.state.map_or("taken out", |state| state.word());
        let reply = clean(&moment.reply);
        let said = if reply.is_empty() { String::new() } else { format!(": {reply}") };
        writeln!(text, "  {}  {state}{said}", moment.at)?;
    }
    Ok(())
}
