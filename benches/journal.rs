//! A run in, how long the journal takes to hand out readers and to write down what becomes of them
//! out: in batches, each with one flush of the disk before its messages and one after.

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use newsletter::audience::Recipient;
use newsletter::compile::Program;
use newsletter::journal::{Digests, Entry, Journal, Ledger, Plan, State, Transition};
use support::Desk;

/// How many readers a batch has.
const BATCHES: [usize; 3] = [16, 64, 256];
/// How many readers a run has.
const READERS: usize = 100_000;

/// A run after the other, each with the same readers.
struct Runs {
    journal: Journal,
    program: Program,
    readers: Vec<(Recipient, usize)>,
    number: usize,
}

impl Runs {
    async fn open(folder: &Path) -> Self {
        let desk = Desk::open();
        let reader = |number: usize| {
            let address = format!("reader{number}@example.org");
            let values = vec![address.clone(), "Ann".to_owned(), "Averley".to_owned()];
            let address = address.parse().expect("an address");
            (Recipient { address, line: 2, values, ..desk.reader.clone() }, 0)
        };
        Self {
            journal: Journal::open(&folder.join("journal.db")).await.expect("a journal"),
            program: desk.compile(&support::text(25)),
            readers: (0..READERS).map(reader).collect(),
            number: 0,
        }
    }

    /// The next run, whose readers are all pending.
    async fn begin(&mut self) -> Ledger {
        self.number += 1;
        let plan = Plan {
            issue: &format!("bench-{}", self.number),
            digests: &Digests::default(),
            commit: None,
            key: "",
            date: Timestamp::UNIX_EPOCH,
            programs: std::slice::from_ref(&self.program),
            recipients: &self.readers,
            suppressed: &[],
        };
        let run = self.journal.plan(&plan).await.expect("a run");
        self.journal.ledger(&run).await.expect("a ledger")
    }
}

/// What becomes of a batch, with a reply of its own for each reader, as servers give it.
fn transitions(batch: &[Entry], to: State) -> Vec<Transition> {
    let reply = |id| match to {
        State::Accepted => format!("2.0.0 Ok: queued as {id:010X}"),
        _ => String::new(),
    };
    let transition =
        |entry: &Entry| Transition { id: entry.id, to, reply: reply(entry.id), due: None };
    batch.iter().map(transition).collect()
}

/// Claims and settles so many batches; returns how long that took, without what makes the runs.
async fn settle(runs: &mut Runs, size: usize, batches: u64) -> Duration {
    let mut ledger = runs.begin().await;
    let (mut left, mut taken) = (READERS, Duration::ZERO);
    let now = Timestamp::UNIX_EPOCH;
    for _ in 0..batches {
        if left < size {
            ledger = runs.begin().await;
            left = READERS;
        }
        left -= size;
        let begun = Instant::now();
        let batch = ledger.claim(size, now).await.expect("readers");
        for to in [State::Attempting, State::Accepted] {
            ledger.record(&transitions(&batch, to), now).await.expect("a record");
        }
        taken += begun.elapsed();
        assert_eq!(batch.len(), size, "a whole batch");
    }
    taken
}

fn benches(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("threads");
    let mut group = criterion.benchmark_group("claim and settle");
    // Where the project is built, which is a disk, as temporary folders may not be.
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    std::fs::create_dir_all(&home).expect("a folder");
    for size in BATCHES {
        let folder = tempfile::tempdir_in(&home).expect("a folder");
        let mut runs = runtime.block_on(Runs::open(folder.path()));
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter_custom(|batches| runtime.block_on(settle(&mut runs, size, batches)));
        });
        runtime.block_on(runs.journal.close());
    }
    group.finish();
}

criterion_group!(journal, benches);
criterion_main!(journal);
