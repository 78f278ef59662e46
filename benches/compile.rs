//! Issues of 25 to 800 sections in, the time that compiling them takes out: it has to grow as they do.

mod support;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use newsletter::compile::Reader;

use support::{Desk, text};

/// How many sections the issues have.
const SECTIONS: [usize; 6] = [25, 50, 100, 200, 400, 800];

fn benches(criterion: &mut Criterion) {
    let desk = Desk::open();
    let mut group = criterion.benchmark_group("compile");
    for sections in SECTIONS {
        let text = text(sections);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(sections), &text, |bencher, text| {
            bencher.iter(|| black_box(desk.compile(text)));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("stages of 200 sections");
    let text = text(200);
    let issue = desk.parse(&text);
    let draft = desk.draft(&issue);
    let program = draft.program();
    let reader = Reader { recipient: &desk.reader, key: &desk.key };
    let mut message = Vec::new();
    group.bench_function("parse", |bencher| bencher.iter(|| black_box(desk.parse(&text))));
    group.bench_function("draft", |bencher| bencher.iter(|| black_box(desk.draft(&issue))));
    group.bench_function("program", |bencher| bencher.iter(|| black_box(draft.program())));
    group.bench_function("assemble", |bencher| {
        bencher.iter(|| {
            message.clear();
            program.assemble(reader, &mut message).expect("every field is filled");
            black_box(message.len())
        });
    });
    group.finish();
}

criterion_group!(compile, benches);
criterion_main!(compile);
