//! What happens in, numbers for Prometheus out: of nobody in particular.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What has become of a mail to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// It waits to be sent.
    Queued,
    /// A server took it.
    Sent,
    /// No server did.
    Failed,
    /// It was not sent: nothing is sent to that address.
    Withheld,
}

/// What only goes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    OneClick,
    Page,
    Return,
    Part,
    Confirmation,
    LimitedNetwork,
    LimitedAddress,
    LimitedToken,
    Queue,
}

/// What the metrics show.
#[derive(Debug, Default)]
pub struct Counts {
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    events: [AtomicU64; 9],
    mails: [AtomicU64; 4],
    connections: AtomicU64,
}

/// The metrics of [`Event`], in its order: the name, its labels, and what it is where the name is new.
const EVENTS: [(&str, &str, &str); 9] = [
    ("unsubscribes_total", "{source=\"one-click\"}", "Requests to unsubscribe that were recorded."),
    ("unsubscribes_total", "{source=\"page\"}", ""),
    ("returns_total", "", "Mistakes that were undone."),
    ("preferences_total", "", "Parts that were left or taken again."),
    ("confirmations_total", "", "Subscriptions that were confirmed."),
    ("rate_limited_total", "{by=\"network\"}", "Requests that came too often."),
    ("rate_limited_total", "{by=\"address\"}", ""),
    ("rate_limited_total", "{by=\"token\"}", ""),
    ("queue_full_total", "", "Requests to sign up that found the queue of mails full."),
];

const MAILS: [&str; 4] = ["queued", "sent", "failed", "withheld"];

impl Counts {
    pub(super) fn request(&self, route: &'static str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route, status)).or_default() += 1;
    }

    pub(super) fn event(&self, event: Event) {
        self.events[event as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a mail to confirm.
    pub fn mail(&self, mail: Mail) {
        self.mails[mail as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn disconnected(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// The numbers in the text format of Prometheus.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let number = |number: &AtomicU64| number.load(Ordering::Relaxed);
        head(&mut text, "requests_total", "Requests that were answered.", "counter");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((route, status), count) in &*requests {
            let labels = format!("{{route=\"{route}\",status=\"{status}\"}}");
            sample(&mut text, "requests_total", &labels, *count);
        }
        drop(requests);
        for ((name, labels, help), count) in EVENTS.iter().zip(&self.events) {
            if !help.is_empty() {
                head(&mut text, name, help, "counter");
            }
            sample(&mut text, name, labels, number(count));
        }
        head(&mut text, "confirmation_mails_total", "Mails to confirm.", "counter");
        for (state, count) in MAILS.iter().zip(&self.mails) {
            let labels = format!("{{state=\"{state}\"}}");
            sample(&mut text, "confirmation_mails_total", &labels, number(count));
        }
        head(&mut text, "connections", "Open connections.", "gauge");
        sample(&mut text, "connections", "", number(&self.connections));
        text
    }
}

fn head(text: &mut String, name: &str, help: &str, kind: &str) {
    writeln!(text, "# HELP newsletter_{name} {help}\n# TYPE newsletter_{name} {kind}")
        .expect("a string takes it");
}

fn sample(text: &mut String, name: &str, labels: &str, value: u64) {
    writeln!(text, "newsletter_{name}{labels} {value}").expect("a string takes it");
}
