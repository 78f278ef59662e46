//! Lists of 100,000 and 1,000,000 readers in, how fast and in how much memory each is planned out.
//!
//! The memory is the highest that the process ever had, so that it can only grow from row to row.

mod support;

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use newsletter::audience::List;
use newsletter::delivery::{Planner, record};
use newsletter::journal::{Digests, Journal, Origin};

use support::Desk;

/// How many readers the lists have.
const READERS: [u64; 3] = [10_000, 100_000, 1_000_000];

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    println!("| readers | list | survey | plan | rows a second | journal | peak memory |");
    println!("|--------:|-----:|-------:|-----:|--------------:|--------:|------------:|");
    for readers in READERS {
        let list = folder.path().join(format!("{readers}.csv"));
        write_list(&list, readers)?;
        let journal = folder.path().join(format!("{readers}.db"));
        let (survey, seconds, size) = runtime.block_on(plan(&list, &journal, readers));
        println!(
            "| {readers} | {} MB | {survey:.2} s | {:.2} s | {:.0} | {} MB | {} MB |",
            list.metadata()?.len() / 1_000_000,
            seconds - survey,
            readers as f64 / seconds,
            size / 1_000_000,
            peak()? / 1024,
        );
    }
    Ok(())
}

/// Plans a run as `send` does, render gate included; returns the seconds that the survey took, those
/// until all of it was on the disk, and the size of the journal.
async fn plan(list: &Path, path: &Path, readers: u64) -> (f64, f64, u64) {
    let desk = Desk::open();
    // The reader's name stands in `To`, in the HTML and in the text; the rest is the same for all.
    let text = support::text(25).replace("carry, {{first_name|reader}}.", "carry.");
    let issue = desk.parse(&text.replace("{{town|all}}", "all"));
    let begun = Instant::now();
    let list = List::survey(|| File::open(list)).expect("a good list");
    let survey = begun.elapsed().as_secs_f64();
    assert_eq!(list.readers(), Some(readers));
    let planner = Planner {
        press: desk.press(),
        key: &desk.key,
        date: Timestamp::UNIX_EPOCH,
        salt: "",
        belongs: Box::new(|_, _| false),
        suppressed: Box::new(|_| None),
    };
    let mut gate = planner.gate(&issue);
    let journal = Journal::open(path).await.expect("a journal");
    let digests = Digests::default();
    let origin = Origin { digests: &digests, commit: None, columns: list.columns() };
    let planning = journal.begin("bench", "key", Timestamp::UNIX_EPOCH, &origin).await;
    let mut planning = planning.expect("a run");
    let rows = list.subscribers().expect("the same list");
    let mut rows = rows.map(|row| row.map(|row| row.expect("a good row")));
    record(&mut planning, &mut gate, &mut rows).await.expect("a good list");
    assert_eq!(gate.close().expect("no gaps").recipients, readers);
    let run = planning.commit().await.expect("a run");
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(journal.ledger(&run).await.expect("a ledger").tally().pending, readers);
    journal.close().await;
    (survey, seconds, path.metadata().map_or(0, |file| file.len()))
}

/// A list of six columns, whose addresses are in no order.
fn write_list(path: &Path, readers: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "email,first_name,last_name,town,tags,joined")?;
    for number in 0..readers {
        // Multiplying by an odd number modulo 2^32 meets each number once.
        let mixed = (number as u32).wrapping_mul(0x9e37_79b1);
        writeln!(
            file,
            "{mixed:08x}.reader{number}@{}.example.org,Reader{},van der Number,\"Town {}, north\",members;north,2024-{:02}-17",
            ["mail", "post", "inbox", "letters"][mixed as usize % 4],
            number % 1000,
            number % 77,
            number % 12 + 1,
        )?;
    }
    file.flush()
}

/// The highest resident memory that this process had, in KiB; 0 where the system does not tell.
fn peak() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0))
}
