//! Strangers who are slow, large, many or wrong in, a server that stays what it is out.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::real::component::signal;
use crate::support::public::{ONE_CLICK, Public, exchange, request};
use crate::support::publication::Publication;
use crate::support::site::{self, InProcess};
use newsletter::web::public::Limits;

const ADA: &str = "agnes.pellow@example.org";

/// Deadlines that pass while a test waits for them.
const SHORT: Limits = Limits {
    connections: 4,
    head_within: Duration::from_secs(1),
    form_within: Duration::from_secs(1),
    form_max: 1_024,
    unread_for: Duration::from_secs(1),
    ended_within: Duration::from_secs(10),
};

#[test]
fn a_body_that_is_too_long_is_not_read() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let link = public.link(ADA);
    let head = format!("POST {link} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    let announced = format!("{head}Content-Length: 100000000\r\n\r\nx");
    let answer = public.send(announced.as_bytes());
    assert!(answer.starts_with(b"HTTP/1.1 413 "), "{}", String::from_utf8_lossy(&answer));
    let mut chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..20 {
        chunked.extend(format!("400\r\n{}\r\n", "x".repeat(1_024)).bytes());
    }
    let mut stream = TcpStream::connect(&public.host).unwrap();
    // The server may close before it has all of it.
    drop(stream.write_all(&chunked));
    let mut answer = [0; 13];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413 ");
    assert_eq!(public.rows(ADA), [""; 0]);
    assert_eq!(public.one_click(&link).status, 200);
}

#[test]
fn whoever_is_too_slow_is_cut_off_and_nobody_else_waits() {
    let site = InProcess::start(SHORT);
    let link = site.link(ADA);
    let mut silent = TcpStream::connect(&site.host).unwrap();
    let mut dribbling = TcpStream::connect(&site.host).unwrap();
    dribbling.write_all(b"GET / HTTP/1.1\r\nHost").unwrap();
    let mut form = TcpStream::connect(&site.host).unwrap();
    let head = format!("POST {link} HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nList-");
    form.write_all(head.as_bytes()).unwrap();
    let mut read = String::new();
    form.read_to_string(&mut read).unwrap();
    assert!(read.starts_with("HTTP/1.1 408 "), "{read}");
    assert!(site.desk.recorded().is_empty());
    for stream in [&mut silent, &mut dribbling] {
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest));
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408 "), "{rest:?}");
    }
    let one_click = request(&site.host, "POST", &link, &[], ONE_CLICK);
    let answer = exchange(&site.host, one_click.as_bytes()).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
    assert_eq!(site.desk.recorded(), [format!("{ADA} Suppress one-click")]);
}

#[test]
fn whoever_does_not_read_gives_the_place_up() {
    let site = InProcess::start(SHORT);
    site.archive("large.bin", &vec![7; 30_000_000]);
    let ask = format!("GET /large.bin HTTP/1.1\r\nHost: {}\r\n\r\n", site.host);
    let deaf: Vec<_> = (0..SHORT.connections)
        .map(|_| {
            let mut stream = TcpStream::connect(&site.host).unwrap();
            stream.write_all(ask.as_bytes()).unwrap();
            stream
        })
        .collect();
    // All places are taken: this one waits until one of them is cut off.
    let answer = exchange(&site.host, request(&site.host, "GET", "/healthz", &[], "").as_bytes());
    assert!(answer.unwrap().starts_with(b"HTTP/1.1 200 "));
    drop(deaf);
}

#[test]
fn a_connection_serves_many_requests() {
    let site = InProcess::start(Limits::default());
    let mut stream = TcpStream::connect(&site.host).unwrap();
    for _ in 0..50 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let (mut answer, mut byte) = (Vec::new(), [0]);
        while !answer.ends_with(b"\r\n\r\nok\n") {
            stream.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
    }
}

#[test]
fn what_is_no_request_harms_nobody() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(100_000));
    let fields = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(10_000));
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
        b"\r\n\r\n\r\n\0\0\0\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
        long.as_bytes(),
        fields.as_bytes(),
    ] {
        let mut stream = TcpStream::connect(&public.host).unwrap();
        drop(stream.write_all(bytes));
        drop(stream.shutdown(std::net::Shutdown::Write));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        let refused = answer.is_empty() || answer.starts_with(b"HTTP/1.1 4");
        assert!(refused, "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(public.get("/healthz").status, 200);
}

#[test]
fn wrong_tokens_are_limited_and_right_ones_never() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let mut statuses: Vec<u16> = Vec::new();
    for number in 0..70 {
        statuses.push(public.one_click(&format!("/unsubscribe/wrong{number}")).status);
    }
    assert_eq!(&statuses[..60], [404; 60]);
    assert_eq!(statuses.last(), Some(&429));
    assert!(public.count("rate_limited_total{by=\"token\"}") >= 8);
    for row in publication.rows() {
        assert_eq!(public.one_click(&public.link(&row.key())).status, 200);
    }
}

#[test]
fn what_is_said_and_counted_is_about_nobody() {
    let publication = Publication::sample();
    let public = Public::with(&publication, "trusted_proxies = [\"127.0.0.0/8\"]");
    let link = public.link(ADA);
    let from = "X-Forwarded-For: 203.0.113.77";
    for (method, path) in
        [("GET", link.as_str()), ("POST", &link), ("GET", "/ada@example.org?q=ada@example.org")]
    {
        public.ask(method, path, &[from, "User-Agent: reader/203.0.113.77"], "ada@example.org");
    }
    public.post("/subscribe", "email=ada%40example.org");
    public.get("/subscribe/ada@example.org");
    let token = link.rsplit('/').next().unwrap().to_owned();
    let numbers =
        exchange(&public.metrics, request(&public.metrics, "GET", "/metrics", &[], "").as_bytes());
    let numbers = String::from_utf8(numbers.unwrap()).unwrap();
    let messages = public.messages();
    assert!(messages.contains("POST /unsubscribe/… 200"), "{messages}");
    for said in [&messages, &numbers] {
        for secret in ["@", "ada", "pellow", "203.0", "127.0.0.1", &token, &token[..12]] {
            assert!(!said.contains(secret), "{secret}: {said}");
        }
    }
    assert_eq!(public.get("/metrics").status, 404, "the numbers are not for everyone");
}

#[test]
fn a_server_that_is_asked_to_end_finishes_what_is_in_hand() {
    let publication = Publication::sample();
    let public = Public::of(&publication);
    let link = public.link(ADA);
    let head = format!("POST {link} HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nList-");
    let mut stream = TcpStream::connect(&public.host).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    site::wait_until(|| public.count("connections") == 1);
    signal(&public.running, "TERM");
    site::wait_until(|| TcpStream::connect(&public.host).is_err());
    stream.write_all(b"Unsubscribe=One-Click").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(public.rows(ADA).len(), 1);
    assert_eq!(public.wait().code(), Some(0));
}
