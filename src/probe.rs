//! URLs in, whether anything answers there out.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error};
use url::Url;

/// How many pages are asked for at once.
const AT_ONCE_MAX: usize = 8;
/// How many of one host.
const OF_ONE_HOST_MAX: usize = 2;
/// How often a page may send its visitors on.
const REDIRECTS_MAX: usize = 5;
/// A program that says who it is is let in more often.
const NAME: &str = concat!("newsletter/", env!("CARGO_PKG_VERSION"), " (link check)");

/// What became of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The page is there.
    There,
    /// The page is there, and has moved to another host for good.
    Moved(String),
    /// The server says that there is no such page: 404 or 410.
    Gone(u16),
    /// The server says something else.
    Refused(u16),
    /// There is no answer, for this reason.
    Silent(String),
}

/// Asks for each URL, several at once; the answers are in the order of the URLs.
///
/// No body is read: `HEAD` is asked first, and `GET` where a server does not take that (RFC 9110
/// §9.3.2). It blocks until all have answered, each for as long as `timeout` at most.
#[must_use]
pub fn ask(urls: &[&str], timeout: Duration) -> Vec<Answer> {
    let agent = agent(timeout);
    let queue = Queue::new(urls);
    thread::scope(|scope| {
        for _ in 0..urls.len().min(AT_ONCE_MAX) {
            scope.spawn(|| queue.work(&|url| follow(&agent, url)));
        }
    });
    queue.finish()
}

fn agent(timeout: Duration) -> Agent {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .user_agent(NAME)
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .new_agent()
}

/// Asks for a page, and for the one that it sends on to.
fn follow(agent: &Agent, first: &str) -> Answer {
    let Ok(mut url) = Url::parse(first) else { return Answer::Silent("it is no URL".to_owned()) };
    let host = url.host_str().map(str::to_owned);
    let mut permanent = true;
    for _ in 0..=REDIRECTS_MAX {
        let (status, location) = match request(agent, &url) {
            Ok(answer) => answer,
            Err(error) => return Answer::Silent(reason(&error)),
        };
        match (status, location.and_then(|location| url.join(&location).ok())) {
            (301 | 302 | 303 | 307 | 308, Some(next)) => {
                permanent &= matches!(status, 301 | 308);
                url = next;
            }
            (404 | 410, _) => return Answer::Gone(status),
            (400.., _) => return Answer::Refused(status),
            _ if permanent && url.host_str().map(str::to_owned) != host => {
                return Answer::Moved(url.into());
            }
            _ => return Answer::There,
        }
    }
    Answer::Silent(format!("it is sent on more than {REDIRECTS_MAX} times"))
}

/// The status of a page, and where it sends its visitors.
fn request(agent: &Agent, url: &Url) -> Result<(u16, Option<String>), Error> {
    // What stands behind the `#` is the browser's own (RFC 9110 §7.1).
    let mut page = url.clone();
    page.set_fragment(None);
    let mut response = agent.head(page.as_str()).call()?;
    if matches!(response.status().as_u16(), 403 | 405 | 501) {
        response = agent.get(page.as_str()).call()?;
    }
    let location = response.headers().get("location");
    let location = location.and_then(|location| location.to_str().ok()).map(str::to_owned);
    Ok((response.status().as_u16(), location))
}

fn reason(error: &Error) -> String {
    match error {
        Error::HostNotFound => "its host cannot be found".to_owned(),
        Error::Timeout(_) => "it takes too long".to_owned(),
        Error::Rustls(rustls::Error::InvalidCertificate(_)) => {
            "its certificate is not one to trust".to_owned()
        }
        Error::Rustls(_) | Error::Tls(_) => "it cannot be talked to over TLS".to_owned(),
        Error::Io(error) => match error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(_)) => {
                "its certificate is not one to trust".to_owned()
            }
            Some(_) => "it cannot be talked to over TLS".to_owned(),
            None if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                "the connection is refused".to_owned()
            }
            // The standard library has no kind for it, only these words.
            None if error.to_string().contains("lookup address") => {
                "its host cannot be found".to_owned()
            }
            None => "the connection is lost".to_owned(),
        },
        Error::ConnectionFailed => "the connection is refused".to_owned(),
        other => other.to_string(),
    }
}

/// Work that is still to be done, and who is busy with what.
struct Queue<'u> {
    urls: &'u [&'u str],
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: Vec<usize>,
    /// How many of each host are being asked for.
    busy: BTreeMap<String, usize>,
    answers: Vec<Option<Answer>>,
}

impl<'u> Queue<'u> {
    fn new(urls: &'u [&'u str]) -> Self {
        let waiting = (0..urls.len()).rev().collect();
        let answers = vec![None; urls.len()];
        let state = Mutex::new(State { waiting, busy: BTreeMap::new(), answers });
        Self { urls, state, changed: Condvar::new() }
    }

    /// Takes one URL after another until none is left.
    fn work(&self, ask: &dyn Fn(&str) -> Answer) {
        while let Some(number) = self.take() {
            let answer = ask(self.urls[number]);
            self.end(&mut self.lock(), number, answer);
            self.changed.notify_all();
        }
    }

    /// The next URL whose host is not busy already; waits while there are only others.
    fn take(&self) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.waiting.is_empty() {
                return None;
            }
            if let Some(number) = self.begin(&mut state) {
                return Some(number);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next URL whose host is not busy already, which is busier now.
    fn begin(&self, state: &mut State) -> Option<usize> {
        let free = |number: &usize| {
            state.busy.get(&self.host(*number)).is_none_or(|busy| *busy < OF_ONE_HOST_MAX)
        };
        let at = state.waiting.iter().rposition(free)?;
        let number = state.waiting.remove(at);
        *state.busy.entry(self.host(number)).or_default() += 1;
        Some(number)
    }

    /// Takes down an answer; the host is less busy now.
    fn end(&self, state: &mut State, number: usize, answer: Answer) {
        state.answers[number] = Some(answer);
        if let Some(busy) = state.busy.get_mut(&self.host(number)) {
            *busy -= 1;
        }
    }

    fn host(&self, number: usize) -> String {
        let url = Url::parse(self.urls[number]).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(self) -> Vec<Answer> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let answers = state.answers.into_iter();
        answers.map(|answer| answer.unwrap_or(Answer::There)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::probe::{Answer, Queue};

    #[test]
    fn a_third_page_of_a_host_waits_and_other_hosts_do_not() {
        let urls =
            ["https://a.example.org/1", "https://a.example.org/2", "https://a.example.org/3"];
        let urls = [urls.as_slice(), &["https://b.example.org/1"]].concat();
        let queue = Queue::new(&urls);
        let mut state = queue.lock();
        let begun: Vec<_> = std::iter::from_fn(|| queue.begin(&mut state)).collect();
        assert_eq!(begun, [0, 1, 3]);
        queue.end(&mut state, 1, Answer::There);
        assert_eq!(queue.begin(&mut state), Some(2));
        assert_eq!(queue.begin(&mut state), None);
    }
}
