//! Names and their records in, a name server on loopback that knows nothing else out.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::thread::JoinHandle;

/// A record's data (RFC 1035 §3.3).
pub(crate) enum Record {
    Address(Ipv4Addr),
    /// A mail server, preferred like every other.
    Mail(String),
    Pointer(String),
    Text(String),
}

/// What a name server knows: names without a final dot, each with its records.
pub(crate) type Zone = BTreeMap<String, Vec<Record>>;

/// A running name server.
pub(crate) struct Dns {
    pub(crate) port: u16,
    thread: Option<JoinHandle<()>>,
}

impl Dns {
    /// Answers every question until it is dropped; what is not in the zone does not exist.
    pub(crate) fn start(zone: Zone) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || serve(&socket, &zone));
        Self { port, thread: Some(thread) }
    }
}

/// Answers until something empty comes.
fn serve(socket: &UdpSocket, zone: &Zone) {
    let mut query = [0; 1_500];
    loop {
        let (length, from) = socket.recv_from(&mut query).unwrap();
        if length == 0 {
            return;
        }
        if let Some(reply) = answer(&query[..length], zone) {
            socket.send_to(&reply, from).unwrap();
        }
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.send_to(&[], (Ipv4Addr::LOCALHOST, self.port)).unwrap();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The reply to a query with one question (RFC 1035 §4.1).
fn answer(query: &[u8], zone: &Zone) -> Option<Vec<u8>> {
    let (name, end) = name_at(query, 12)?;
    let kind = u16::from_be_bytes([*query.get(end)?, *query.get(end + 1)?]);
    let records = zone.get(&name);
    let data = records.into_iter().flatten().map(Record::data);
    let data: Vec<_> = data.filter(|(known, _)| *known == kind).collect();
    // An authoritative answer, with recursion, and an error where there is no such name.
    let flags: u16 = if records.is_some() { 0x8580 } else { 0x8583 };
    let mut reply = query[..2].to_vec();
    reply.extend(flags.to_be_bytes());
    for count in [1, data.len(), 0, 0] {
        reply.extend(u16::try_from(count).ok()?.to_be_bytes());
    }
    // The question is given back as it was asked, for some ask in a mixture of cases.
    reply.extend(query.get(12..end + 4)?);
    for (kind, data) in data {
        reply.extend([0xc0, 12]);
        reply.extend(kind.to_be_bytes());
        reply.extend([0, 1, 0, 0, 0, 60]);
        reply.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        reply.extend(data);
    }
    Some(reply)
}

/// The name that stands at this place, in lower case, and where it ends.
fn name_at(query: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        let label = query.get(at + 1..at + 1 + length)?;
        at += 1 + length;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(label).to_lowercase());
    }
}

impl Record {
    /// The number of its type, and its bytes.
    fn data(&self) -> (u16, Vec<u8>) {
        match self {
            Self::Address(address) => (1, address.octets().to_vec()),
            Self::Pointer(name) => (12, labels(name)),
            Self::Mail(name) => (15, [vec![0, 10], labels(name)].concat()),
            Self::Text(text) => {
                let strings = text.as_bytes().chunks(255);
                (16, strings.flat_map(|string| [&[length(string)], string].concat()).collect())
            }
        }
    }
}

fn labels(name: &str) -> Vec<u8> {
    let labels = name.split('.').map(str::as_bytes);
    labels.chain([&b""[..]]).flat_map(|label| [&[length(label)], label].concat()).collect()
}

fn length(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap()
}
