//! A letter of 36 kB and a reader in, the time that making the reader's message takes out: beside
//! copying as many bytes, and with signatures.
//!
//! What goes to the mail server is filled and signed, and its slices are sent where they are.

mod support;

use std::hint::black_box;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use newsletter::compile::{Filling, Program, Reader};
use newsletter::dkim::{DkimKey, Signer};
use support::Desk;

/// How large the message is at least.
const SIZE: usize = 36_000;

/// The shortest issue whose message is large enough, with a handful of slots.
fn program(desk: &Desk) -> Program {
    let programs = (1..200).map(|sections| {
        // The reader's name stands in `To` and in the lede alone.
        let text = support::text(sections).replace("carry, {{first_name|reader}}.", "carry.");
        desk.compile(&text.replace("{{town|all}}", "all"))
    });
    programs.into_iter().find(|program| program.parts().0.len() > SIZE).expect("so long an issue")
}

fn signers() -> [(&'static str, Signer); 3] {
    let ed25519 = || {
        let pem = DkimKey::ed25519_pem(&[7; 32]);
        DkimKey::from_pem("example.org", "e", &pem).expect("a key")
    };
    let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).expect("a key");
    let der: Pkcs8V1Der<'_> = key.as_der().expect("its bytes");
    let pem = DkimKey::pem(der.as_ref());
    let rsa = || DkimKey::from_pem("example.org", "r", &pem).expect("a key");
    [
        ("ed25519", Signer::new(vec![ed25519()])),
        ("rsa-2048", Signer::new(vec![rsa()])),
        ("both", Signer::new(vec![ed25519(), rsa()])),
    ]
}

fn benches(criterion: &mut Criterion) {
    let desk = Desk::open();
    let program = program(&desk);
    let reader = Reader { recipient: &desk.reader, key: &desk.key };
    let (mut filling, mut whole, mut message) = (Filling::default(), Vec::new(), Vec::new());
    program.assemble(reader, &mut whole).expect("every field is filled");

    let slots = program.parts().1.len();
    let mut group = criterion.benchmark_group(format!("a message with {slots} slots"));
    group.throughput(Throughput::Bytes(whole.len() as u64));
    group.bench_function("copy", |bencher| {
        bencher.iter(|| {
            message.clear();
            message.extend_from_slice(black_box(&whole));
            black_box(message.len())
        });
    });
    group.bench_function("fill", |bencher| {
        bencher.iter(|| {
            program.fill(black_box(reader), &mut filling).expect("every field is filled");
            black_box(program.slices(&filling).map(<[u8]>::len).sum::<usize>())
        });
    });
    group.bench_function("splice", |bencher| {
        bencher.iter(|| {
            message.clear();
            program.slices(black_box(&filling)).for_each(|slice| message.extend_from_slice(slice));
            black_box(message.len())
        });
    });
    group.bench_function("assemble", |bencher| {
        bencher.iter(|| {
            message.clear();
            program.assemble(black_box(reader), &mut message).expect("every field is filled");
            black_box(message.len())
        });
    });
    for (name, signer) in signers() {
        let stencil = signer.stencil(&program);
        group.bench_function(format!("fill, sign and copy, {name}"), |bencher| {
            bencher.iter(|| {
                message.clear();
                program.fill(black_box(reader), &mut filling).expect("every field is filled");
                stencil.sign(&program, &filling, Timestamp::UNIX_EPOCH, &mut message);
                program.slices(&filling).for_each(|slice| message.extend_from_slice(slice));
                black_box(message.len())
            });
        });
    }
    group.finish();
}

criterion_group!(assemble, benches);
criterion_main!(assemble);
