//! Limits in, public pages inside this process and a desk that remembers what it was asked out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use newsletter::address::EmailAddress;
use newsletter::audience::Entry;
use newsletter::clock::Clock;
use newsletter::config;
use newsletter::diagnostic::Source;
use newsletter::key::Key;
use newsletter::web::public::{
    Checkup, Counts, Desk, Invitation, Later, Limits, Link, Listener, Premises, Seat, Signup, Site,
    Standing, Uncounted, serve,
};
use tokio::net::TcpListener;
use tokio::sync::watch;

pub(crate) use crate::real::component::wait_until as wait_until_it_is_so;

/// Waits until something is so.
pub(crate) fn wait_until(is_so: impl FnMut() -> bool) {
    wait_until_it_is_so("it is so", is_so);
}

/// Remembers what it was asked to do, and does it at once.
#[derive(Default)]
pub(crate) struct Notebook {
    recorded: Mutex<Vec<String>>,
    /// How readers stand; by default as those of whom nothing is known.
    pub(crate) standings: Mutex<BTreeMap<String, Standing>>,
    pub(crate) invited: Arc<Mutex<Vec<Invitation>>>,
    pub(crate) enlisted: Mutex<Vec<Signup>>,
    /// Whether the queue of mails is full.
    pub(crate) full: Mutex<bool>,
}

impl Notebook {
    /// What was written down, a line each.
    pub(crate) fn recorded(&self) -> Vec<String> {
        self.recorded.lock().unwrap().clone()
    }

    fn stands(&self, address: &EmailAddress) -> Standing {
        self.standings.lock().unwrap().get(&address.key()).cloned().unwrap_or_default()
    }
}

impl Desk for Notebook {
    fn record(&self, entry: Entry) -> Later<Standing> {
        let line = format!("{} {:?} {}", entry.address, entry.act, entry.source);
        self.recorded.lock().unwrap().push(line);
        self.standing(&entry.address)
    }

    fn standing(&self, address: &EmailAddress) -> Later<Standing> {
        let standing = self.stands(address);
        Box::pin(async { Ok(standing) })
    }

    fn segments(&self, _: &EmailAddress) -> Later<Vec<String>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn enlist(&self, newcomer: Signup) -> Later<()> {
        self.enlisted.lock().unwrap().push(newcomer);
        Box::pin(async { Ok(()) })
    }

    fn seat(&self) -> Option<Seat> {
        let invited = Arc::clone(&self.invited);
        let free = !*self.full.lock().unwrap();
        free.then(|| -> Seat { Box::new(move |invited_| invited.lock().unwrap().push(invited_)) })
    }

    fn health(&self) -> Checkup {
        Box::pin(async { Ok(()) })
    }
}

/// Public pages inside this process.
pub(crate) struct InProcess {
    /// Where they listen.
    pub(crate) host: String,
    pub(crate) desk: Arc<Notebook>,
    folder: tempfile::TempDir,
    runtime: Option<tokio::runtime::Runtime>,
    _stop: watch::Sender<bool>,
}

/// The settings of a publication with lines beneath them.
fn settings(lines: &str) -> config::Config {
    let text = format!(
        "publication = {{ name = \"The Review\", url = \"https://example.org\", address = \"Quay\", list_id = \"r.example.org\" }}
         sender = {{ from = \"R <r@example.org>\" }}
         unsubscribe = {{ url = \"https://example.org/unsubscribe/{{token}}\" }}
         {lines}"
    );
    let checked = config::parse(&Source::new("newsletter.toml", text));
    checked.value.unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
}

impl InProcess {
    pub(crate) fn start(limits: Limits) -> Self {
        Self::with("", limits, Clock::System)
    }

    /// Starts them with lines beneath the settings.
    pub(crate) fn with(lines: &str, limits: Limits, clock: Clock) -> Self {
        let config = settings(lines);
        let folder = tempfile::tempdir().unwrap();
        let desk = Arc::new(Notebook::default());
        let (stop, stopped) = watch::channel(false);
        let premises = Premises {
            contact: config.sender.address.to_string(),
            leave_contact: "leave@tidewater.example.org".to_owned(),
            segments: config.segments,
            unsubscribe: Link::new(&config.unsubscribe.url, (&config.publication.url, None))
                .unwrap(),
            serve: config.serve,
            publication: config.publication,
            key: key(),
            sheet: "p{}".to_owned(),
            archive: folder.path().to_owned(),
            desk: Arc::clone(&desk) as Arc<dyn Desk>,
            visits: Arc::new(Uncounted),
            counts: Arc::new(Counts::default()),
            log: None,
            limits,
            clock,
            seed: [7; 16],
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let site = Arc::new(Site::new(premises));
        runtime.spawn(serve(Listener::Tcp(listener), site, stopped));
        Self { host, desk, folder, runtime: Some(runtime), _stop: stop }
    }

    /// Puts a file into the archive.
    pub(crate) fn archive(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// The path of an address's link to unsubscribe.
    pub(crate) fn link(&self, address: &str) -> String {
        format!("/unsubscribe/{}", key().seal(address))
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

/// The key of these pages.
pub(crate) fn key() -> Key {
    Key::new(&[7; 32])
}
