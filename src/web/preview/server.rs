//! Requests of one browser in, the preview's page and its parts out.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::form_urlencoded::parse;

use crate::templates::pages::HOUSE;
use crate::templates::pages::preview::{SCRIPT, SHEET, leaving, source};
use crate::web::preview::watch::News;
use crate::web::preview::{Ask, Desk, Look, Watch, frame, gate, page};

/// How long a page that waits for a change is kept waiting; then it asks again.
const PATIENCE: Duration = Duration::from_secs(25);
/// What a form may be long, in bytes.
const FORM_MAX: usize = 16 * 1024;

/// Sends one copy of what is asked for to an address; what became of it, in a sentence.
pub type Press = Arc<dyn Fn(&Ask, &str) -> String + Send + Sync>;

/// The preview cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port cannot be listened on any more.
    #[error("the preview’s server failed")]
    Server(#[from] std::io::Error),
}

/// What the preview is served from.
pub struct Server {
    /// Who makes what is shown.
    pub desk: Box<dyn Desk>,
    /// Sends a test.
    pub press: Press,
    /// Says when a file has changed.
    pub watch: Watch,
    /// The part of the address that nobody can guess: letters and digits.
    pub secret: String,
}

/// What every request needs.
#[derive(Clone)]
struct Shared {
    desk: Arc<Mutex<Box<dyn Desk>>>,
    press: Press,
    version: watch::Receiver<u64>,
    port: u16,
}

/// Serves the preview on a listener, until the future is dropped.
///
/// # Errors
/// The listener fails.
pub async fn serve(listener: TcpListener, server: Server) -> Result<(), Error> {
    let SocketAddr::V4(address) = listener.local_addr()? else {
        return Err(Error::Server(std::io::ErrorKind::AddrNotAvailable.into()));
    };
    let desk = Arc::new(Mutex::new(server.desk));
    let (changed, version) = watch::channel(1);
    follow(server.watch, Arc::clone(&desk), changed);
    let shared = Shared { desk, press: server.press, version, port: address.port() };
    axum::serve(listener, router(&server.secret, shared)).await?;
    Ok(())
}

/// Waits for changes on a thread of its own, which ends when nobody listens any more.
fn follow(mut watch: Watch, desk: Arc<Mutex<Box<dyn Desk>>>, changed: watch::Sender<u64>) {
    std::thread::spawn(move || {
        loop {
            let news = watch.wait();
            if news == News::End || changed.is_closed() {
                return;
            }
            if news == News::Files {
                let files = desk.lock().unwrap_or_else(PoisonError::into_inner).reread();
                watch.also(&files);
            }
            changed.send_modify(|version| *version += 1);
        }
    });
}

fn router(secret: &str, shared: Shared) -> Router {
    let at = |path: &str| format!("/{secret}/{path}");
    let sheet = |text: &'static str| get(async move || typed("text/css; charset=utf-8", text));
    Router::new()
        .route(&at(""), get(show))
        .route(&at("letter"), get(letter))
        .route(&at("asset/{*path}"), get(asset))
        .route(&at("leaving"), get(leave))
        .route(&at("file"), get(file))
        .route(&at("readers"), get(lookup))
        .route(&at("test"), post(test))
        .route(&at("house.css"), sheet(HOUSE))
        .route(&at("preview.css"), sheet(SHEET))
        .route(&at("preview.js"), get(async || typed("text/javascript; charset=utf-8", SCRIPT)))
        .fallback(async || {
            (
                StatusCode::NOT_FOUND,
                "There is nothing here: look at the address that the preview printed.",
            )
        })
        .layer(DefaultBodyLimit::max(FORM_MAX))
        .layer(from_fn_with_state(shared.port, guard))
        .with_state(shared)
}

fn typed(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}

/// Lets in nobody but the page, and tells the browser to do the same.
async fn guard(State(port): State<u16>, request: Request, next: Next) -> Response {
    let mut response = match gate::refusal(request.method(), request.headers(), port) {
        Some(refusal) => (StatusCode::FORBIDDEN, refusal).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(gate::PAGE));
    }
    response
}

impl Shared {
    /// Asks the desk, on a thread that may wait.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Desk) -> T + Send + 'static,
    ) -> Result<T, StatusCode> {
        let desk = Arc::clone(&self.desk);
        let answer = tokio::task::spawn_blocking(move || {
            question(&mut **desk.lock().unwrap_or_else(PoisonError::into_inner))
        });
        answer.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
    }
}

fn html(policy: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, text).into_response()
}

/// The page; with `after`, once the files are no longer what they were then.
async fn show(
    State(mut shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Response, StatusCode> {
    let query = query.unwrap_or_default();
    if let Ok(after) = value(&query, "after").parse::<u64>() {
        let changed = shared.version.wait_for(|version| *version != after);
        if tokio::time::timeout(PATIENCE, changed).await.is_err() {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
    let version = *shared.version.borrow();
    let ask = Ask::parse(&query);
    let page = shared.ask(move |desk| page::page(&desk.proof(&ask), &ask, version)).await?;
    Ok(html(gate::PAGE, page))
}

async fn letter(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Response, StatusCode> {
    let query = query.unwrap_or_default();
    let (ask, look) = (Ask::parse(&query), Look::parse(&query));
    let rest = ask.query();
    let letter = shared.ask(move |desk| desk.proof(&ask).letter).await?;
    let letter = letter.ok_or(StatusCode::NOT_FOUND)?;
    let policy = if look.bare { gate::BARE } else { gate::LETTER };
    Ok(html(policy, frame::framed(&letter, look, &rest)))
}

async fn asset(
    State(shared): State<Shared>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, StatusCode> {
    let ask = Ask::parse(&query.unwrap_or_default());
    let asset = shared.ask(move |desk| desk.asset(&ask, &path)).await?;
    let asset = asset.ok_or(StatusCode::NOT_FOUND)?;
    let headers =
        [(header::CONTENT_TYPE, asset.media_type), (header::CONTENT_SECURITY_POLICY, gate::FILE)];
    Ok((headers, asset.bytes.to_vec()).into_response())
}

async fn leave(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Response, StatusCode> {
    let ask = Ask::parse(&query.unwrap_or_default());
    let address = shared.ask(move |desk| desk.proof(&ask).address).await?;
    Ok(html(gate::PAGE, leaving(address.as_deref()).into_string()))
}

async fn file(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Response, StatusCode> {
    let query = query.unwrap_or_default();
    let (ask, path) = (Ask::parse(&query), value(&query, "path"));
    let page = shared.ask(move |desk| {
        let file = desk.source(&ask, &path)?;
        let found = desk.proof(&ask).diagnostics;
        let hidden = found.iter().filter(|found| found.hidden && found.source == file);
        let secret: Vec<_> = hidden.map(|found| found.span.clone()).collect();
        Some(source(&file, &secret, &format!("./{}", ask.query())).into_string())
    });
    let page = page.await?.ok_or(StatusCode::NOT_FOUND)?;
    Ok(html(gate::PAGE, page))
}

async fn lookup(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Response, StatusCode> {
    let part = value(&query.unwrap_or_default(), "part");
    let known = shared.ask(move |desk| desk.lookup(&part)).await?;
    let json = serde_json::to_string(&known).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

async fn test(State(shared): State<Shared>, form: Bytes) -> Result<Response, StatusCode> {
    let form = String::from_utf8_lossy(&form).into_owned();
    let (ask, address) = (Ask::parse(&form), value(&form, "address"));
    let press = Arc::clone(&shared.press);
    let said = tokio::task::spawn_blocking(move || press(&ask, &address)).await;
    said.map(IntoResponse::into_response).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// The first value of a name in a query or a form; empty where there is none.
fn value(query: &str, name: &str) -> String {
    let found = parse(query.as_bytes()).find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}
