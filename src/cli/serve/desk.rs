//! What the public pages ask for in, done on the disk or put into the post out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use crate::address::EmailAddress;
use crate::audience::Entry;
use crate::cli::serve::lists::Lists;
use crate::cli::serve::recorder::Recorder;
use crate::cli::serve::voice::Voice;
use crate::web::public::{
    Checkup, Counts, Desk, Invitation, Later, Mail, Outage, Seat, Signup, Standing, Trouble,
};

/// Does what outlives a request.
pub(super) struct PublicDesk {
    pub(super) recorder: Recorder,
    pub(super) lists: Lists,
    /// Where mails wait; none, where there is no mail server.
    pub(super) post: Option<mpsc::Sender<Invitation>>,
    pub(super) counts: Arc<Counts>,
    pub(super) voice: Voice,
    /// Whether it was said that the limit of mails is reached.
    pub(super) overrun: AtomicBool,
}

impl PublicDesk {
    /// Does what blocks where that hinders nobody.
    fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Lists) -> Result<T, Trouble> + Send + 'static,
    ) -> Later<T> {
        let lists = self.lists.clone();
        let done = tokio::task::spawn_blocking(move || work(&lists));
        Box::pin(async move { done.await.map_err(|_| Trouble)? })
    }
}

impl Desk for PublicDesk {
    fn record(&self, entry: Entry) -> Later<Standing> {
        self.recorder.record(entry)
    }

    fn standing(&self, address: &EmailAddress) -> Later<Standing> {
        self.recorder.look(address.clone())
    }

    fn segments(&self, address: &EmailAddress) -> Later<Vec<String>> {
        let address = address.clone();
        self.aside(move |lists| lists.segments(&address))
    }

    fn enlist(&self, newcomer: Signup) -> Later<()> {
        self.aside(move |lists| lists.enlist(&newcomer))
    }

    fn seat(&self) -> Option<Seat> {
        let permit = self.post.clone()?.try_reserve_owned().ok()?;
        let counts = Arc::clone(&self.counts);
        Some(Box::new(move |invitation| {
            counts.mail(Mail::Queued);
            drop(permit.send(invitation));
        }))
    }

    fn overrun(&self) {
        if !self.overrun.swap(true, Ordering::Relaxed) {
            self.voice.say(
                "warning: more people than `per_publication` of [serve] allows ask to sign up: \
                 they are asked to come back later",
            );
        }
    }

    fn health(&self) -> Checkup {
        let (recorder, lists) = (self.recorder.check(), self.aside(Lists::check));
        Box::pin(async move {
            recorder.await?;
            lists.await.map_err(|Trouble| Outage::Unwritable)
        })
    }
}
