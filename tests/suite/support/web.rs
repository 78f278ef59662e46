//! Paths and how each behaves in, a web server on loopback out.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server that answers by the path.
pub(crate) struct Server {
    port: u16,
    seen: Arc<Seen>,
}

/// Who is there, and who was.
#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<String>>,
    /// How many requests to `/pair/…` came so far.
    paired: Mutex<usize>,
    changed: Condvar,
}

impl Server {
    /// A server without encryption.
    pub(crate) fn start() -> Self {
        Self::serve(|stream, seen| answer(stream, &seen))
    }

    /// A server whose certificate nobody has signed.
    pub(crate) fn start_self_signed() -> Self {
        let key = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let private = PrivatePkcs8KeyDer::from(key.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![key.cert.der().clone()], PrivateKeyDer::from(private))
            .unwrap();
        let config = Arc::new(config);
        Self::serve(move |stream, seen| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            answer(StreamOwned::new(connection, stream), &seen);
        })
    }

    fn serve(handle: impl Fn(TcpStream, Arc<Seen>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let (shared, handle) = (Arc::clone(&seen), Arc::new(handle));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, handle) = (Arc::clone(&shared), Arc::clone(&handle));
                thread::spawn(move || handle(stream, seen));
            }
        });
        Self { port, seen }
    }

    /// The URL of a path; `localhost` is another host to whoever compares names.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Every request, as method and path, in order of arrival.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}

/// Reads requests of one connection and answers each.
fn answer(stream: impl Read + Write, seen: &Seen) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            match stream.read_line(&mut head) {
                Ok(length) if length > 0 => {}
                _ => return,
            }
        }
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let host = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("host").then_some(value)
        });
        seen.requests.lock().unwrap().push(format!("{method} {path}"));
        let port = host.and_then(|host| host.rsplit_once(':')).map_or("", |(_, port)| port);
        let (status, location) = match path {
            "/gone" => (404, None),
            "/gone-for-good" => (410, None),
            "/broken" => (500, None),
            "/no-head" if method == "HEAD" => (405, None),
            "/moved" => (301, Some(format!("http://localhost:{port}/there"))),
            "/lent" => (302, Some(format!("http://localhost:{port}/there"))),
            "/renamed" => (308, Some("/there".to_owned())),
            "/to-nowhere" => (301, Some("/gone".to_owned())),
            "/circle" => (302, Some("/circle".to_owned())),
            "/silent" => {
                // Until the other side gives up.
                drop(stream.read_line(&mut head));
                return;
            }
            path => {
                if path.starts_with("/pair/") {
                    hold(seen);
                }
                (200, None)
            }
        };
        let location = location.map(|url| format!("Location: {url}\r\n")).unwrap_or_default();
        let response = format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n{location}\r\n");
        if stream.get_mut().write_all(response.as_bytes()).is_err() {
            return;
        }
        drop(stream.get_mut().flush());
    }
}

/// Lets a request go on only together with a second one.
fn hold(seen: &Seen) {
    let mut paired = seen.paired.lock().unwrap();
    *paired += 1;
    let own = *paired;
    if own.is_multiple_of(2) {
        seen.changed.notify_all();
    } else {
        drop(seen.changed.wait_while(paired, |paired| *paired == own).unwrap());
    }
}
