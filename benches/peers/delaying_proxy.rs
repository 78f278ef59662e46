//! Connections in, the same bytes out of others, each some milliseconds later: a distance of one's own.
//!
//! `delaying_proxy PORT MILLISECONDS` takes a free port of loopback, prints it, and passes on what
//! comes there to `PORT`, and the answers back, each way that much later. It limits neither the
//! rate nor how much is under way: what it shows is the waiting, not a network's bandwidth or its
//! slow start. Opening a connection takes no time of its own.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How many bytes are read at once.
const ROOM: usize = 256 * 1024;

/// Passes on what comes in `from`, to `to`, later.
fn pass(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (under_way, arrived) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        for (due, bytes) in arrived {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Write));
    });
    let mut room = vec![0; ROOM];
    while let Ok(read) = from.read(&mut room) {
        let sent = under_way.send((Instant::now() + delay, room[..read].to_vec()));
        if read == 0 || sent.is_err() {
            break;
        }
    }
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().and_then(|port| port.parse::<u16>().ok());
    let delay = arguments.next().and_then(|delay| delay.parse().ok());
    let (Some(port), Some(delay)) = (port, delay) else {
        return Err(io::Error::other("usage: delaying_proxy PORT MILLISECONDS"));
    };
    let delay = Duration::from_millis(delay);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    // The end of standard input ends the proxy.
    thread::spawn(|| {
        drop(io::copy(&mut io::stdin(), &mut io::sink()));
        std::process::exit(0);
    });
    for client in listener.incoming() {
        let client = client?;
        let server = TcpStream::connect(("127.0.0.1", port))?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
        }
        let (back, forth) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || pass(client, server, delay));
        thread::spawn(move || pass(forth, back, delay));
    }
    Ok(())
}
