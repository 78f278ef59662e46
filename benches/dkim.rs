//! A letter of 36 kB and keys in, the time that a message's signatures take out: beside what it
//! cannot be less than, the SHA-256 of the body and the signature itself, and beside mail-auth.
//!
//! mail-auth has to find the signatures good before anything is measured.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::HeaderWriter as _;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::{DkimSigner, Done};
use mail_auth::{
    AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt,
};
use newsletter::audience::{Columns, Recipient};
use newsletter::compile::{Cut, Escape, Filling, Program, Reader, Slot};
use newsletter::dkim::{DkimKey, SIGNED, Signer};
use newsletter::field::{Field, Span, Template};
use newsletter::key::Key;

/// How large the message is, about.
const SIZE: usize = 36_000;

/// A program of [`SIZE`] bytes, with four slots in its header and four in its body.
fn program() -> Program {
    let (mut bytes, mut slots) = (Vec::new(), Vec::new());
    let mut put = |text: &str, slot: Option<Slot>, times: usize| {
        (0..times).for_each(|_| bytes.extend_from_slice(text.as_bytes()));
        slots.extend(slot.map(|slot| Cut { at: bytes.len(), slot }));
    };
    let field = |name: &str| {
        let (name, default) = (name.to_owned(), Some("reader".to_owned()));
        Slot::Field(Field { name, default, span: Span::default() }, Escape::Html)
    };
    let line =
        "<td style=3D\"padding:0 24px\"> A line of a letter, as most of them are. </td>=\r\n";
    put(
        "Date: Fri, 20 Nov 2026 07:00:00 +0000\r\nFrom: \"The Review\" <review@example.org>\r\nReply-To: editors@example.org\r\n",
        Some(Slot::To(Template::default())),
        1,
    );
    put("Subject: First frost\r\nMessage-ID: <", Some(Slot::MessageId("bench".to_owned())), 1);
    put(
        "@example.org>\r\nList-Id: \"The Review\"\r\n <review.example.org>\r\nList-Unsubscribe: <https://example.org/u/",
        Some(Slot::HeaderToken),
        1,
    );
    put(">,\r\n <mailto:leave@example.org?subject=unsubscribe%20", Some(Slot::HeaderToken), 1);
    put(
        ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Archive: <https://example.org>\r\nList-Post: NO\r\nPrecedence: bulk\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        None,
        1,
    );
    put(line, Some(field("first_name")), 20);
    put(line, Some(Slot::Token), 60);
    put(line, Some(field("first_name")), 40);
    put(line, Some(Slot::Token), SIZE / line.len() - 140);
    put(line, None, 20);
    Program::from_parts(bytes, slots)
}

/// The keys of both kinds (PKCS#8, DER).
fn keys() -> (Vec<u8>, Vec<u8>) {
    let ed25519 = Ed25519KeyPair::generate().expect("a key").to_pkcs8v1().expect("its bytes");
    let rsa = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).expect("a key");
    let rsa: Pkcs8V1Der<'_> = rsa.as_der().expect("its bytes");
    (ed25519.as_ref().to_vec(), rsa.as_ref().to_vec())
}

fn key(selector: &str, der: &[u8]) -> DkimKey {
    DkimKey::from_pem("example.org", selector, &DkimKey::pem(der)).expect("a key")
}

/// The same with mail-auth.
fn peer<K: SigningKey>(key: K) -> DkimSigner<K, Done> {
    let twice = SIGNED.iter().chain(&SIGNED).copied();
    DkimSigner::from_key(key).domain("example.org").selector("peer").headers(twice)
}

/// The records that mail-auth finds in place of the DNS.
#[derive(Default)]
struct Records(Mutex<HashMap<Box<str>, Txt>>);

impl ResolverCache<Box<str>, Txt> for Records {
    fn get<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        self.0.lock().expect("nobody panics").get(name).cloned()
    }

    fn remove<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        None
    }

    fn insert(&self, name: Box<str>, record: Txt, _: Instant) {
        self.0.lock().expect("nobody panics").insert(name, record);
    }
}

/// Whether mail-auth finds every signature good, and one for each key.
fn good(message: &[u8], signer: &Signer) -> bool {
    let records = Records::default();
    for record in signer.keys().iter().map(DkimKey::record) {
        let key = DomainKey::parse(record.text.as_bytes()).expect("a good record");
        records.insert(
            format!("{}.", record.name).into(),
            Txt::DomainKey(key.into()),
            Instant::now(),
        );
    }
    let message = AuthenticatedMessage::parse(message).expect("a message");
    let judge = MessageAuthenticator::new_google().expect("a resolver, which is not asked");
    let verdict = pin!(judge.verify_dkim(Parameters::new(&message).with_txt_cache(&records)));
    let Poll::Ready(verdict) = verdict.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it asks the DNS");
    };
    verdict.len() == signer.keys().len()
        && verdict.iter().all(|output| *output.result() == DkimResult::Pass)
}

fn benches(criterion: &mut Criterion) {
    let columns = Columns::new(["email", "first_name"]);
    let recipient = Recipient {
        address: "ann@example.org".parse().expect("an address"),
        line: 2,
        columns: columns.into(),
        values: ["ann@example.org", "Ann"].map(str::to_owned).to_vec(),
    };
    let (program, secret) = (program(), Key::new(&[7; 32]));
    let reader = Reader { recipient: &recipient, key: &secret };
    let (mut filling, mut message) = (Filling::default(), Vec::new());
    program.fill(reader, &mut filling).expect("every field is filled");
    program.assemble(reader, &mut message).expect("every field is filled");
    let body = message.windows(4).position(|window| window == b"\r\n\r\n").expect("a body") + 4;
    let body = &message[body..];
    let date: Timestamp = "2026-11-20T07:00:00Z".parse().expect("a date");
    let (ed25519, rsa) = keys();
    let pairs = (
        Ed25519KeyPair::from_pkcs8(&ed25519).expect("a key"),
        rsa::KeyPair::from_pkcs8(&rsa).expect("a key"),
    );
    let signers = [
        ("ed25519", Signer::new(vec![key("e", &ed25519)])),
        ("rsa-2048", Signer::new(vec![key("r", &rsa)])),
        ("both", Signer::new(vec![key("e", &ed25519), key("r", &rsa)])),
    ];
    let rng = aws_lc_rs::rand::SystemRandom::new();
    let mut group = criterion.benchmark_group("dkim of 36 kB");
    group.bench_function("sha-256 of the body", |bencher| {
        bencher.iter(|| black_box(digest(&SHA256, black_box(body))));
    });
    let hash = digest(&SHA256, body);
    group.bench_function("ed25519 alone", |bencher| {
        bencher.iter(|| black_box(pairs.0.sign(black_box(hash.as_ref()))));
    });
    group.bench_function("rsa-2048 alone", |bencher| {
        let mut signature = [0; 256];
        bencher.iter(|| {
            let signed =
                pairs.1.sign(&RSA_PKCS1_SHA256, &rng, black_box(hash.as_ref()), &mut signature);
            signed.expect("a signature");
        });
    });
    for (name, signer) in &signers {
        let stencil = signer.stencil(&program);
        let mut lines = Vec::new();
        stencil.sign(&program, &filling, date, &mut lines);
        assert!(good(&[lines.as_slice(), &message].concat(), signer), "{name}");
        assert!(!good(&[lines.as_slice(), b"To: x\r\n", &message].concat(), signer), "{name}");
        group.bench_function(format!("stencil, {name}"), |bencher| {
            bencher.iter(|| {
                lines.clear();
                stencil.sign(&program, black_box(&filling), date, &mut lines);
                black_box(lines.len())
            });
        });
        group.bench_function(format!("whole message, {name}"), |bencher| {
            bencher.iter(|| {
                lines.clear();
                signer.sign(black_box(&message), date, &mut lines);
                black_box(lines.len())
            });
        });
    }
    let (one, two) = (
        peer(Ed25519Key::from_pkcs8_der(&ed25519).expect("a key")),
        peer(
            RsaKey::<Sha256>::from_key_der(rustls_pki_types::PrivateKeyDer::Pkcs8(rsa.into()))
                .expect("a key"),
        ),
    );
    group.bench_function("mail-auth, ed25519", |bencher| {
        bencher.iter(|| black_box(one.sign(black_box(&message)).expect("signed").to_header()));
    });
    group.bench_function("mail-auth, rsa-2048", |bencher| {
        bencher.iter(|| black_box(two.sign(black_box(&message)).expect("signed").to_header()));
    });
    group.finish();
}

criterion_group!(dkim, benches);
criterion_main!(dkim);
