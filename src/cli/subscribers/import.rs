//! `subscribers import`: other tools' lists in, what becomes of everybody shown, asked for and done out.

use std::io::ErrorKind;

use crate::audience::{Counts, Error, Export, Import, ImportOptions, Plan, Repair, Repairs, Use};
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::publication::Publication;
use crate::cli::subscribers::{ImportArgs, roster, shown, suppressions, unreadable};
use crate::field::clean;

pub(super) fn import(
    env: &mut Env,
    publication: &Publication,
    args: &ImportArgs,
) -> Result<Exit, Failure> {
    let paths: Vec<_> = args.files.iter().map(|file| env.folder.join(file)).collect();
    let options = options(args)?;
    let mut import = Import::open_with(&paths, options).map_err(|(path, error)| {
        let about = format!("cannot read `{}`", shown(publication, &path));
        let exit = unreadable(&error).exit;
        match error {
            Error::Io(error) if error.kind() == ErrorKind::NotFound => {
                Failure::because(about, &error).exit(Exit::Usage)
            }
            Error::Io(error) => Failure::because(about, &error).exit(exit),
            error => {
                let help = help(&error);
                Failure::because(about, &error).exit(exit).hint(help)
            }
        }
    })?;
    check_mapped(&import, &args.map)?;
    let missing = import.settle(&args.as_subscribed);
    if !missing.is_empty() {
        let missing = clean(&missing.join("`, `")).into_owned();
        return Err(Failure::usage(format!("no list has a column `{missing}`"))
            .hint("`--as-subscribed` takes the name of a column as the file has it"));
    }
    let mut roster = roster(publication)?;
    let mut suppressions = suppressions(env, publication)?;
    let plan = import.plan(&mut roster, &suppressions).map_err(|error| unreadable(&error))?;
    show(env, &import, &plan, &args.as_subscribed);
    let total = plan.total();
    if total.added + total.suppressed + total.rejected + plan.tagged == 0 {
        env.say("Nothing changes.");
        return Ok(Exit::Done);
    }
    if !args.yes {
        if !env.terminal {
            return Err(Failure::usage("nothing was imported: there is nobody to be asked")
                .hint("with `--yes` it is done unasked"));
        }
        if !env.confirm("Import them?") {
            env.say("Nothing was imported.");
            return Ok(Exit::Done);
        }
    }
    let folder = publication.folder.root();
    let done = import.carry_out(&plan, &mut roster, &mut suppressions, folder, env.clock.now());
    let done = done
        .map_err(|error| unreadable(&error).hint("the list is as it was; run the import again"))?;
    env.say(format_args!(
        "Added {}; suppressed {}.",
        count(done.counts.added, "reader"),
        count(done.counts.suppressed, "other"),
    ));
    if done.tagged > 0 {
        let readers = count(done.tagged, "reader");
        env.say(format_args!("Added tags to {readers} who were on the list."));
    }
    if done.counts.rejected > 0
        && import.exports().iter().any(|list| list.judged().next().is_some())
    {
        env.say(
            "Where a column was not understood, `--as-subscribed COLUMN` takes it for one that says \
             nothing of leaving.",
        );
    }
    for file in &done.rejected {
        let file = shown(publication, file);
        env.say(format_args!("Rejected rows are in `{file}`: mend them and import the file."));
    }
    Ok(if done.counts.rejected > 0 { Exit::Partly } else { Exit::Done })
}

/// The fields that columns are taken for, and the tags for everyone.
fn options(args: &ImportArgs) -> Result<ImportOptions, Failure> {
    let mut options = ImportOptions::default();
    for tag in &args.tag {
        options.tag(checked_tag(tag)?);
    }
    for pair in &args.map {
        let Some((column, field)) = pair.rsplit_once('=') else {
            let message = format!("`{}` names no field", clean(pair));
            return Err(Failure::usage(message).hint("write `--map 'Kontakt=email'`"));
        };
        options.map(column, field);
    }
    Ok(options)
}

/// Makes sure that a tag is one tag.
fn checked_tag(tag: &str) -> Result<&str, Failure> {
    match tag.trim() {
        "" => Err(Failure::usage("`--tag` names no tag")),
        tag if tag.contains([';', ',', '\n', '\r']) => {
            let message = format!("`{}` is more than one tag", clean(tag));
            Err(Failure::usage(message).hint("write `--tag` once for each tag"))
        }
        tag => Ok(tag),
    }
}

/// Makes sure that each column that is named is one of a file.
fn check_mapped(import: &Import, pairs: &[String]) -> Result<(), Failure> {
    for column in pairs.iter().filter_map(|pair| Some(pair.rsplit_once('=')?.0)) {
        if !import.has_column(column) {
            let message = format!("no file has a column `{}`", clean(column));
            return Err(Failure::usage(message).hint("`--map` names a column as the file does"));
        }
    }
    Ok(())
}

/// What to do about a file that cannot be read.
fn help(error: &Error) -> String {
    match error {
        Error::Part { source, .. } => help(source),
        Error::NoList { help, .. } => (*help).to_owned(),
        Error::PerhapsAddresses { column } => {
            let column = clean(column);
            format!("`--map '{column}=email'` takes it for the readers' addresses")
        }
        _ => "the first row names the columns, and one of them is `email`".to_owned(),
    }
}

/// Shows what each list is, what becomes of its columns, and of how many people.
fn show(env: &mut Env, import: &Import, plan: &Plan, settled: &[String]) {
    let lists = import.exports().iter().zip(&plan.counts).zip(&plan.repairs);
    for ((export, counts), repairs) in lists {
        let everyone = export.everyone().map(|everyone| format!(", {}", everyone.word()));
        let everyone = everyone.unwrap_or_default();
        let rows = count(counts.rows(), "row");
        let (name, format) = (export.name(), export.format().name());
        env.say(format_args!("{}: {format}{everyone}, {rows}", clean(&name)));
        if export.is_bare() {
            env.say("  there is no row that names the columns");
        }
        for note in export.notes() {
            env.say(format_args!("  {}", clean(note)));
        }
        show_repairs(env, repairs);
        if counts.added > 0 {
            show_columns(env, import, export, plan);
        }
        show_judged(env, export, settled);
        for line in said(counts) {
            env.say(format_args!("  {line}"));
        }
    }
    if plan.tagged > 0 {
        let readers = count(plan.tagged, "reader");
        env.say(format_args!("{readers} of the list: new tags"));
    }
    for (name, why) in import.others() {
        env.say(format_args!("{}: left out, {why}", clean(name)));
    }
    if !plan.columns.is_empty() {
        env.say(format_args!("New columns of the list: {}", clean(&plan.columns.join(", "))));
    }
}

fn show_columns(env: &mut Env, import: &Import, export: &Export, plan: &Plan) {
    let (mut evidence, mut out, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    for (column, what) in import.uses(export) {
        let column = clean(column);
        let column = column.trim();
        match what {
            Use::Evidence => evidence.push(column.to_owned()),
            Use::LeftOut => out.push(column.to_owned()),
            Use::Fields => env.say(format_args!("  {column} -> a column for each value in it")),
            Use::Field(field) if field == "email" => {
                env.say(format_args!("  {column} -> the address"));
            }
            Use::Field(field) => match plan.fields.iter().find(|(name, _)| *name == field) {
                Some((_, own)) => env.say(format_args!("  {column} -> {}", clean(own))),
                None => empty.push(column.to_owned()),
            },
        }
    }
    let names = |names: Vec<String>| names.join(", ");
    if !evidence.is_empty() {
        let evidence = names(evidence);
        env.say(format_args!("  {evidence} -> who is subscribed, and the evidence of consent"));
    }
    if !out.is_empty() {
        env.say(format_args!("  left out, of use to the tool alone: {}", names(out)));
    }
    if !empty.is_empty() && !export.is_bare() {
        env.say(format_args!("  left out, empty: {}", names(empty)));
    }
}

/// Names the addresses that are read otherwise than they are written.
fn show_repairs(env: &mut Env, repairs: &Repairs) {
    for Repair { line, was, taken } in repairs.first() {
        let taken = taken.join("`, `");
        env.say(format_args!("  line {line}: `{}` is read as `{taken}`", clean(was)));
    }
    let more = repairs.count() - repairs.first().len() as u64;
    if more > 0 {
        env.say(format_args!("  and {} are read in such a way", count(more, "more row")));
    }
}

/// Shows which columns are asked whether a subscriber left, and which no longer are.
fn show_judged(env: &mut Env, export: &Export, settled: &[String]) {
    let judged: Vec<_> = export.judged().map(clean).collect();
    if !judged.is_empty() {
        env.say(format_args!("  read for who left: {}", judged.join(", ")));
    }
    for column in settled.iter().filter(|column| export.has_column(column)) {
        env.say(format_args!(
            "  {} says nothing of leaving (--as-subscribed): its rows are added as subscribers",
            clean(column),
        ));
    }
}

/// What becomes of the rows, a line for each kind there is.
fn said(counts: &Counts) -> Vec<String> {
    let kinds = [
        (counts.added, "added to the list"),
        (counts.suppressed, "suppressed from now on"),
        (counts.there, "there already"),
        (counts.kept_out, "kept out: suppressed"),
        (counts.rejected, "rejected"),
    ];
    let kinds = kinds.into_iter().filter(|(number, _)| *number > 0);
    kinds.map(|(number, what)| format!("{}: {what}", count(number, "row"))).collect()
}
