//! `subscribers export`: the list in, the same as CSV that a spreadsheet may open out.

use crate::audience::marked;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::readers::Readers;
use crate::cli::subscribers::ExportArgs;
use crate::cli::subscribers::list::check_segment;

pub(super) fn export(
    env: &mut Env,
    publication: &Publication,
    args: &ExportArgs,
) -> Result<Exit, Failure> {
    let segment = args.segment.as_deref();
    check_segment(publication, segment)?;
    let mut found = Found::default();
    let readers = Readers::read(publication, &mut found)?;
    found.say(env);
    let cell = |text: &str| match args.raw {
        true => text.to_owned(),
        false => marked(text).into_owned(),
    };
    let failed = |error: csv::Error| Failure::because("cannot write the output", &error);
    let mut builder = csv::WriterBuilder::new();
    let mut writer = builder.terminator(csv::Terminator::CRLF).from_writer(&mut env.output);
    writer.write_record(readers.columns().iter().map(|name| cell(name))).map_err(failed)?;
    for reader in readers.all()? {
        let reader = reader?;
        if segment.is_none_or(|segment| Readers::belongs(publication, &reader, segment)) {
            writer.write_record(reader.values.iter().map(|value| cell(value))).map_err(failed)?;
        }
    }
    writer.flush()?;
    Ok(if found.bad > 0 { Exit::Partly } else { Exit::Done })
}
