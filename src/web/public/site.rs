//! A request in, who answers it and the answer out.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::config::{Publication, Rate, Segment, Serve};
use crate::key::Key;
use crate::templates::pages::public::{Notice, Public};
use crate::web::public::counts::Event;
use crate::web::public::link::path_of;
use crate::web::public::{
    Counts, Desk, Form, Gate, Limits, Link, Refusal, Visit, Visits, archive, client, network, reply,
};

/// How many wrong tokens a network may show.
const WRONG_TOKENS: Rate = Rate { messages: 60, per: Duration::from_mins(10) };

/// How often one reader may come back, or leave or join a part: each of them is a row of the file.
const CHANGES: Rate = Rate { messages: 20, per: Duration::from_hours(24) };

/// Takes a line about a request: of nobody in particular.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// What the pages are made from.
pub struct Premises {
    /// The publication.
    pub publication: Publication,
    /// Whom readers write to where a page cannot help.
    pub contact: String,
    /// Whom readers write to who want to leave, where a page cannot help.
    pub leave_contact: String,
    /// Its groups of readers.
    pub segments: BTreeMap<String, Segment>,
    /// The URL that unsubscribes.
    pub unsubscribe: Link,
    /// How it is served.
    pub serve: Serve,
    /// What sealed the tokens.
    pub key: Key,
    /// What `pages::public::sheet` made of the theme.
    pub sheet: String,
    /// The folder of the archive.
    pub archive: PathBuf,
    /// What does what outlives a request.
    pub desk: Arc<dyn Desk>,
    /// What is told of who reads.
    pub visits: Arc<dyn Visits>,
    /// What happens is counted here.
    pub counts: Arc<Counts>,
    /// Where a line for each request goes, where one is written.
    pub log: Option<Log>,
    /// How much and how long a stranger may keep the server busy.
    pub limits: Limits,
    /// The time.
    pub clock: Clock,
    /// Randomness, which keeps it unknown how askers are counted.
    pub seed: [u8; 16],
}

/// The public pages of a publication.
pub struct Site {
    pub(super) premises: Premises,
    policy: HeaderValue,
    base: String,
    pub(super) addresses: Gate,
    pub(super) changes: Gate,
    pub(super) mails: Gate,
    networks: Gate,
    tokens: Gate,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route<'r> {
    Leave(&'r str),
    Form,
    Confirm(&'r str),
    Health,
    /// A path that begins with `/` below the base path.
    Archive(&'r str),
    Nothing,
}

impl Route<'_> {
    /// What it is in a log and in metrics: never who it is about.
    const fn label(self) -> &'static str {
        match self {
            Self::Leave(_) => "unsubscribe",
            Self::Form => "subscribe",
            Self::Confirm(_) => "confirm",
            Self::Health => "healthz",
            Self::Archive(_) => "archive",
            Self::Nothing => "none",
        }
    }

    const fn takes_forms(self) -> bool {
        matches!(self, Self::Leave(_) | Self::Form | Self::Confirm(_))
    }
}

/// A request, read.
pub(super) struct Asked {
    pub(super) head: Parts,
    /// The fields of its form; `None` where it only wants to see.
    pub(super) form: Option<Form>,
    pub(super) network: Vec<u8>,
    pub(super) now: Timestamp,
}

impl Asked {
    pub(super) fn query(&self) -> &str {
        self.head.uri.query().unwrap_or_default()
    }
}

impl Site {
    /// Opens the pages.
    #[must_use]
    pub fn new(premises: Premises) -> Self {
        let policy = reply::policy(&premises.sheet);
        let Serve { per_address, per_network, per_publication, .. } = premises.serve;
        let gate = |rate| Gate::new(rate, premises.seed);
        let own = path_of(&premises.publication.url);
        let base = premises.serve.base_path.clone().unwrap_or_else(|| own.to_owned());
        Self {
            policy: HeaderValue::try_from(policy).unwrap_or(reply::value("default-src 'none'")),
            base,
            addresses: gate(per_address),
            networks: gate(per_network),
            tokens: gate(WRONG_TOKENS),
            changes: gate(CHANGES),
            mails: gate(per_publication),
            premises,
        }
    }

    /// What happens is counted here.
    pub(super) fn counts(&self) -> &Counts {
        &self.premises.counts
    }

    /// Answers a request of whoever connected; `None` is a socket of the file system.
    pub async fn answer(&self, peer: Option<IpAddr>, request: Request<Body>) -> Response {
        let (head, body) = request.into_parts();
        let path = head.uri.path().to_owned();
        let query = head.uri.query().unwrap_or_default().to_owned();
        let token = self.premises.unsubscribe.token(&path, &query);
        let route = self.route(&path, token.as_deref());
        let (method, begun) = (head.method.clone(), self.premises.clock.now());
        let mut response = self.dispatch(route, peer, head, body, begun).await;
        reply::secure(&mut response);
        let status = response.status();
        self.counts().request(route.label(), status.as_u16());
        if let Some(log) = &self.premises.log {
            let took = self.premises.clock.now().duration_since(begun).as_millis();
            let shown = self.shown(route, status);
            log(&format!("{} {shown} {} {took} ms", known(&method), status.as_u16()));
        }
        response
    }

    async fn dispatch(
        &self,
        route: Route<'_>,
        peer: Option<IpAddr>,
        head: Parts,
        body: Body,
        now: Timestamp,
    ) -> Response {
        let form = match head.method {
            Method::GET | Method::HEAD => None,
            Method::POST if route.takes_forms() => match read(body, self.premises.limits).await {
                Ok(bytes) => Some(Form::of(&head.headers, &bytes)),
                Err(status) => return reply::line(status, "The form is too long, or too slow.\n"),
            },
            _ => return not_allowed(route),
        };
        let Serve { client_field, trusted_proxies, .. } = &self.premises.serve;
        let client = client(peer, &head.headers, *client_field, trusted_proxies);
        let asked = Asked { head, form, network: network(client), now };
        match route {
            Route::Leave(token) => self.leave(token, &asked).await,
            Route::Form => self.subscribe(&asked),
            Route::Confirm(token) => self.confirm(token, &asked).await,
            Route::Health => self.health().await,
            Route::Archive(path) => self.archive(path, &asked).await,
            Route::Nothing => self.notice(StatusCode::NOT_FOUND, Notice::Missing),
        }
    }

    fn route<'r>(&self, path: &'r str, token: Option<&'r str>) -> Route<'r> {
        if let Some(token) = token {
            return Route::Leave(token);
        }
        let below = path.strip_prefix(&*self.base).filter(|below| below.starts_with('/'));
        match below {
            None => Route::Nothing,
            Some("/healthz") => Route::Health,
            Some("/subscribe" | "/subscribe/") => Route::Form,
            Some(below) => match below.strip_prefix("/subscribe/") {
                Some(token) if !token.contains('/') => Route::Confirm(token),
                _ => Route::Archive(below),
            },
        }
    }

    /// What a log shows of a path: no tokens, and nothing that a stranger made up.
    fn shown(&self, route: Route<'_>, status: StatusCode) -> String {
        match route {
            Route::Leave(_) => "/unsubscribe/…".to_owned(),
            Route::Form => "/subscribe".to_owned(),
            Route::Confirm(_) => "/subscribe/…".to_owned(),
            Route::Health => "/healthz".to_owned(),
            Route::Archive(path) if status.is_success() || status == StatusCode::NOT_MODIFIED => {
                path.to_owned()
            }
            Route::Archive(_) | Route::Nothing => "/…".to_owned(),
        }
    }

    async fn health(&self) -> Response {
        match self.premises.desk.health().await {
            Ok(()) => reply::line(StatusCode::OK, "ok\n"),
            Err(outage) => {
                let text =
                    format!("{outage}; `newsletter serve` says more of it on its terminal\n");
                reply::line(StatusCode::SERVICE_UNAVAILABLE, text)
            }
        }
    }

    async fn archive(&self, path: &str, asked: &Asked) -> Response {
        let (root, wanted) = (self.premises.archive.clone(), path.to_owned());
        let found = tokio::task::spawn_blocking(move || archive::find(&root, &wanted)).await;
        let headers = &asked.head.headers;
        let with_body = asked.head.method == Method::GET;
        let visit = Visit { method: asked.head.method.as_str(), query: asked.query(), headers };
        if let Ok(Some(found)) = found {
            if found.is_page() && with_body {
                self.premises.visits.page(&found.name, &visit);
            }
            return found.answer(headers, with_body);
        }
        let leads = self.premises.visits.leads(path, &visit);
        let elsewhere = leads.and_then(|to| reply::elsewhere(&to));
        elsewhere.unwrap_or_else(|| self.notice(StatusCode::NOT_FOUND, Notice::Missing))
    }

    /// What all pages have.
    pub(super) fn pages(&self) -> Public<'_> {
        Public { publication: &self.premises.publication, sheet: &self.premises.sheet }
    }

    pub(super) fn page(&self, status: StatusCode, text: String) -> Response {
        reply::page(status, &self.policy, text)
    }

    pub(super) fn notice(&self, status: StatusCode, notice: Notice<'_>) -> Response {
        let Premises { contact, leave_contact, .. } = &self.premises;
        self.page(status, self.pages().notice(notice, contact, leave_contact))
    }

    /// The disk failed; a mailbox provider tries again then.
    pub(super) fn failed(&self) -> Response {
        let mut response = self.notice(StatusCode::SERVICE_UNAVAILABLE, Notice::Failed);
        response.headers_mut().insert(header::RETRY_AFTER, reply::value("60"));
        response
    }

    /// A token is of no use: the same is said of whatever was wrong with it.
    pub(super) fn refused(&self, refusal: Refusal, asked: &Asked) -> Response {
        if refusal == Refusal::Old {
            return self.notice(StatusCode::GONE, Notice::Old);
        }
        if !self.tokens.admits(&asked.network, asked.now) {
            return self.too_often(Event::LimitedToken);
        }
        self.notice(StatusCode::NOT_FOUND, Notice::Wrong)
    }

    /// Whether a network may ask for a mail.
    pub(super) fn admits_network(&self, asked: &Asked) -> bool {
        self.networks.admits(&asked.network, asked.now)
    }

    pub(super) fn too_often(&self, event: Event) -> Response {
        self.counts().event(event);
        let mut response = self.notice(StatusCode::TOO_MANY_REQUESTS, Notice::Often);
        response.headers_mut().insert(header::RETRY_AFTER, reply::value("600"));
        response
    }
}

/// Reads a form, which may be neither long nor slow.
async fn read(body: Body, limits: Limits) -> Result<Bytes, StatusCode> {
    use hyper::body::Body as _;
    if body.size_hint().lower() > limits.form_max as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match tokio::time::timeout(limits.form_within, to_bytes(body, limits.form_max)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn not_allowed(route: Route<'_>) -> Response {
    let mut response = reply::line(StatusCode::METHOD_NOT_ALLOWED, "That is not for here.\n");
    let allowed = if route.takes_forms() { "GET, HEAD, POST" } else { "GET, HEAD" };
    response.headers_mut().insert(header::ALLOW, reply::value(allowed));
    response
}

/// A method as a log shows it: a stranger may make up others.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST => method.as_str(),
        _ => "OTHER",
    }
}
