//! Nothing in, how many signatures a second all cores make out: what no sender that signs can pass.
//!
//! `signer SECONDS` prints `rsa=NUMBER ed25519=NUMBER mail=NUMBER`, all by aws-lc-rs: the third is of
//! signatures with RSA, each after the SHA-256 of a message, as every DKIM signature takes it.

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256};

/// About as many bytes as the headers that DKIM signs.
const MESSAGE: [u8; 1024] = [b'x'; 1024];

/// As many bytes as the message.
static BODY: [u8; 36_000] = [b'x'; 36_000];

/// Signs on every core, and returns the signatures of a second.
fn measure(time: Duration, sign: &(dyn Fn() + Sync)) -> f64 {
    let (made, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    sign();
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        thread::sleep(time);
        over.store(true, Ordering::Relaxed);
    });
    made.into_inner() as f64 / start.elapsed().as_secs_f64()
}

fn main() -> Result<(), Box<dyn Error>> {
    let seconds = std::env::args().nth(1).and_then(|seconds| seconds.parse().ok()).unwrap_or(3.0);
    let time = Duration::from_secs_f64(seconds);
    let rsa = KeyPair::generate(KeySize::Rsa2048)?;
    let random = SystemRandom::new();
    let sign_rsa = || {
        let mut signature = [0; 256];
        rsa.sign(&RSA_PKCS1_SHA256, &random, &MESSAGE, &mut signature).expect("a key of 2048 bits");
    };
    let ed25519 = Ed25519KeyPair::generate()?;
    let sign_ed25519 = || {
        std::hint::black_box(ed25519.sign(&MESSAGE));
    };
    let sign_mail = || {
        std::hint::black_box(digest(&SHA256, std::hint::black_box(&BODY)));
        sign_rsa();
    };
    let [rsa, ed25519, mail] = [&sign_rsa as &(dyn Fn() + Sync), &sign_ed25519, &sign_mail]
        .map(|sign| measure(time, sign));
    println!("rsa={rsa:.0} ed25519={ed25519:.0} mail={mail:.0}");
    Ok(())
}
