//! An address and paths in, how many requests a second are answered and how long one takes out.
//!
//! load HOST:PORT GET|POST|SLOW FILE CONNECTIONS NAME: each connection takes the next path of the
//! file when it has an answer. SLOW sends the head of a request, a byte a second.

use std::io::{Read, Result, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const BODY: &str = "List-Unsubscribe=One-Click";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, host, method, file, connections, name] = arguments.as_slice() else {
        panic!("HOST:PORT GET|POST|SLOW FILE CONNECTIONS NAME");
    };
    let text = std::fs::read_to_string(file).expect("the paths");
    let paths: Vec<&str> = text.lines().collect();
    let connections: usize = connections.parse().expect("a number");
    if method == "SLOW" {
        return thread::scope(|scope| {
            (0..connections).for_each(|_| drop(scope.spawn(|| dribble(host))));
        });
    }
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let times = Mutex::new(Vec::with_capacity(paths.len()));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut own = Vec::new();
                if work(host, method, &paths, &next, &mut own).is_err() {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
                times.lock().expect("no panic").extend(own);
            });
        }
    });
    let took = start.elapsed().as_secs_f64();
    let mut times = times.into_inner().expect("no panic");
    times.sort_unstable();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place.min(times.len() - 1)).map_or(0.0, |time: &Duration| time.as_secs_f64() * 1e3)
    };
    println!(
        "| {name} | {} | {:.0} | {:.1} | {:.1} | {:.1} | {} |",
        times.len(),
        times.len() as f64 / took,
        at(0.5),
        at(0.99),
        at(1.0),
        failed.into_inner() + paths.len() - times.len(),
    );
}

fn work(
    host: &str,
    method: &str,
    paths: &[&str],
    next: &AtomicUsize,
    times: &mut Vec<Duration>,
) -> Result<()> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    let body = if method == "POST" { BODY } else { "" };
    while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let start = Instant::now();
        stream.write_all(request.as_bytes())?;
        answer(&mut stream, &mut buffer)?;
        times.push(start.elapsed());
    }
    Ok(())
}

/// Reads an answer to its end; it has to be a good one.
fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<()> {
    let mut head = Vec::new();
    let (end, have) = loop {
        let read = stream.read(buffer)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(&buffer[..read]);
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            break (end + 4, head.len());
        }
    };
    let text = String::from_utf8_lossy(&head[..end]).to_ascii_lowercase();
    assert!(text.starts_with("http/1.1 200 "), "{text}");
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut left: usize = length.expect("a length").trim().parse().expect("a number");
    left -= have - end;
    while left > 0 {
        let most = left.min(buffer.len());
        let read = stream.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        left -= read;
    }
    Ok(())
}

/// Begins requests and never ends them.
fn dribble(host: &str) {
    loop {
        let Ok(mut stream) = TcpStream::connect(host) else { continue };
        for byte in b"GET / HTTP/1.1\r\nX-Slow: ".iter().chain(std::iter::repeat(&b'a')) {
            if stream.write_all(&[*byte]).is_err() {
                break;
            }
            thread::sleep(Duration::from_secs(1));
        }
    }
}
