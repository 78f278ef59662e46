//! A listener and a site in, connections with deadlines out, until the server is asked to end.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::web::public::stream::Patient;
use crate::web::public::{Counts, Limits, Site, reply};

/// How many may ask for the numbers.
const METRICS_MAX: usize = 8;
/// What the head of a request may be long, in bytes.
const HEAD_MAX: usize = 32 * 1024;
/// How long to wait where the system has no more connections to give.
const BREATH: Duration = Duration::from_millis(100);

/// Where connections come from.
#[derive(Debug)]
pub enum Listener {
    /// A port.
    Tcp(TcpListener),
    /// A socket of the file system.
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
}

impl Listener {
    /// Takes a connection, and tells whose it is.
    async fn accept(&self) -> io::Result<(Box<dyn Stream>, Option<IpAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Answers are written whole: nothing is gained by holding them back.
                stream.set_nodelay(true)?;
                Ok((Box::new(stream), Some(peer.ip())))
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Box::new(stream), None))
            }
        }
    }
}

/// What a connection is made of.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Answers a request of whoever connected.
type Answer = Arc<dyn Fn(Option<IpAddr>, Request<Incoming>) -> Answered + Send + Sync>;
type Answered = std::pin::Pin<Box<dyn Future<Output = Response> + Send>>;

/// Serves the public pages until it is asked to stop; then what is in hand is finished.
pub async fn serve(listener: Listener, site: Arc<Site>, stop: watch::Receiver<bool>) {
    let (counts, limits) = (Arc::clone(&site.premises.counts), site.premises.limits);
    let answer: Answer = Arc::new(move |peer, request| {
        let site = Arc::clone(&site);
        Box::pin(async move { site.answer(peer, request.map(Body::new)).await })
    });
    run(listener, answer, Some(counts), limits, stop).await;
}

/// Serves the numbers, and nothing else.
pub async fn serve_metrics(listener: Listener, counts: Arc<Counts>, stop: watch::Receiver<bool>) {
    let answer: Answer = Arc::new(move |_, request| {
        let response = match request.uri().path() {
            "/metrics" => {
                let kind = "text/plain; version=0.0.4; charset=utf-8";
                ([(header::CONTENT_TYPE, kind)], counts.text()).into_response()
            }
            _ => reply::line(StatusCode::NOT_FOUND, "The numbers are at /metrics.\n"),
        };
        Box::pin(std::future::ready(response))
    });
    let limits = Limits { connections: METRICS_MAX, ..Limits::default() };
    run(listener, answer, None, limits, stop).await;
}

async fn run(
    listener: Listener,
    answer: Answer,
    counts: Option<Arc<Counts>>,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = stopped(&mut stop) => break,
        };
        let Ok((stream, peer, place)) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let (answer, counts, stop) = (Arc::clone(&answer), counts.clone(), stop.clone());
        connections.spawn(async move {
            counts.iter().for_each(|counts| counts.connected());
            converse(stream, peer, answer, limits, stop).await;
            counts.iter().for_each(|counts| counts.disconnected());
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    // Whoever is slower than that is cut off.
    drop(tokio::time::timeout(limits.ended_within, all).await);
}

/// Takes a connection when there is a place for it.
async fn accept(
    listener: &Listener,
    places: &Arc<Semaphore>,
) -> io::Result<(Box<dyn Stream>, Option<IpAddr>, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Whoever could ask is gone: that is asking, too.
    drop(stop.wait_for(|stop| *stop).await);
}

/// Answers the requests of a connection, one after the other.
async fn converse(
    stream: Box<dyn Stream>,
    peer: Option<IpAddr>,
    answer: Answer,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let service = service_fn(move |request| {
        let answered = answer(peer, request);
        async move { Ok::<_, Infallible>(answered.await) }
    });
    let stream = TokioIo::new(Patient::new(stream, limits.unread_for));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_within)
        .max_buf_size(HEAD_MAX)
        .serve_connection(stream, service);
    let mut connection = pin!(connection);
    tokio::select! {
        // What a stranger's connection died of is of no interest.
        _ended = connection.as_mut() => return,
        () = stopped(&mut stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ended = connection.await;
}
