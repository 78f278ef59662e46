//! A list and two bodies in, a message for each reader at a server out: what a plain program with
//! lettre does.
//!
//! `lettre_sender POOL|HELD PORT CONNECTIONS LIST TEXT HTML`. With `pool` it is lettre's own pool.
//! With `held` each connection is kept by one task, over a stream with `TCP_NODELAY`: lettre up to
//! 0.11.23 does not set it, so that its pool waits for delayed acknowledgements, and a later one
//! will.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::net::TcpStream;

type Failure = Box<dyn Error + Send + Sync>;

/// The rows of the list and the bodies that are filled with them.
struct Work {
    readers: Vec<HashMap<String, String>>,
    text: String,
    html: String,
    /// The next reader.
    next: AtomicUsize,
}

impl Work {
    fn load(list: &str, text: &str, html: &str) -> Result<Self, Failure> {
        let list = std::fs::read_to_string(list)?;
        let mut rows = list.lines().map(|line| line.split(',').map(str::to_owned));
        let names: Vec<String> = rows.next().ok_or("an empty list")?.collect();
        let readers = rows.map(|row| names.iter().cloned().zip(row).collect()).collect();
        // With LF alone lettre would insert each CR by itself.
        let load = |path| Ok::<_, Failure>(std::fs::read_to_string(path)?.replace('\n', "\r\n"));
        Ok(Self { readers, text: load(text)?, html: load(html)?, next: AtomicUsize::new(0) })
    }

    /// The next reader's message, until everyone has one.
    fn message(&self) -> Option<Result<Message, Failure>> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        self.readers.get(at).map(|reader| self.compose(at, reader))
    }

    fn compose(&self, at: usize, reader: &HashMap<String, String>) -> Result<Message, Failure> {
        let fill = |body: &str| {
            reader.iter().fold(body.to_owned(), |body, (name, value)| {
                body.replace(&format!("{{{{{name}}}}}"), value)
            })
        };
        let link = fill("<https://tidewater.example.org/unsubscribe/{{token}}>");
        let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
        let to = Mailbox::new(Some(reader["first_name"].clone()), reader["email"].parse()?);
        let message = Message::builder()
            .from("The Tidewater Review <review@tidewater.example.org>".parse()?)
            .to(to)
            .subject("First frost")
            .message_id(Some(format!("<{at}@tidewater.example.org>")))
            .raw_header(HeaderValue::new(name, link))
            .multipart(MultiPart::alternative_plain_html(fill(&self.text), fill(&self.html)))?;
        Ok(message)
    }
}

/// Sends over one connection of our own until everyone has a message.
async fn hold(work: Arc<Work>, port: u16) -> Result<(), Failure> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let stream: Box<dyn AsyncTokioStream> = Box::new(stream);
    let hello = ClientId::Domain("client.example.org".to_owned());
    let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &hello).await?;
    while let Some(message) = work.message() {
        let message = message?;
        connection.send(message.envelope(), &message.formatted()).await?;
    }
    connection.quit().await?;
    Ok(())
}

/// Sends over the pool until everyone has a message.
async fn share(work: Arc<Work>, pool: AsyncSmtpTransport<Tokio1Executor>) -> Result<(), Failure> {
    while let Some(message) = work.message() {
        pool.send(message?).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [how, port, connections, list, text, html] = arguments.as_slice() else {
        return Err("usage: lettre_sender pool|held PORT CONNECTIONS LIST TEXT HTML".into());
    };
    let (port, connections) = (port.parse()?, connections.parse()?);
    let work = Arc::new(Work::load(list, text, html)?);
    let pool = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(port)
        .pool_config(PoolConfig::new().max_size(u32::try_from(connections)?))
        .build();
    let tasks: Vec<_> = (0..connections)
        .map(|_: usize| match how.as_str() {
            "pool" => tokio::spawn(share(Arc::clone(&work), pool.clone())),
            _ => tokio::spawn(hold(Arc::clone(&work), port)),
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    pool.shutdown().await;
    Ok(())
}
