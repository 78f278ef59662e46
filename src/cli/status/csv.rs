//! A run in the journal in, a row for everyone on its list as CSV (RFC 4180) out.

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::status::exit;
use crate::delivery::Rows;
use crate::journal::{Journal, Run};

const HEADER: [&str; 6] = ["address", "state", "attempts", "reply", "generation", "settled"];

/// Prints everyone in the order of the list, and then those who are not written to.
pub(super) async fn print(env: &mut Env, journal: &Journal, run: &Run) -> Result<Exit, Failure> {
    let mut rows = Rows::open(journal, run).await?;
    let mut builder = ::csv::WriterBuilder::new();
    let mut writer = builder.terminator(::csv::Terminator::CRLF).from_writer(&mut env.output);
    let failed = |error: ::csv::Error| Failure::because("cannot write the output", &error);
    writer.write_record(HEADER).map_err(failed)?;
    loop {
        let page = rows.page().await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let (attempts, settled) = (row.attempts.to_string(), row.settled);
            let generation = row.generation.map(|number| number.to_string()).unwrap_or_default();
            let settled = settled.map(|moment| moment.to_string()).unwrap_or_default();
            let (address, reply) = (inert(row.address), inert(row.reply));
            let record = [&address, row.state, &attempts, &reply, &generation, &settled];
            writer.write_record(record).map_err(failed)?;
        }
    }
    writer.flush()?;
    Ok(exit(&rows.tally(), rows.set_aside().await?))
}

/// A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe.
///
/// That is what OWASP advises against "CSV injection"; a server chooses its words, and a reader the
/// address.
fn inert(text: String) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        true => format!("'{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::status::csv::inert;

    proptest::proptest! {
        #[test]
        fn nothing_begins_like_a_formula_and_nothing_is_lost(text in "[=+@\\-＝\\t\\r'a ]?.{0,20}") {
            let safe = inert(text.clone());
            proptest::prop_assert!(safe.chars().next().is_none_or(|c| !"=+-@\t\r＝＋－＠".contains(c)));
            proptest::prop_assert_eq!(safe.strip_prefix('\'').filter(|_| safe != text).unwrap_or(&safe), text);
        }
    }
}
