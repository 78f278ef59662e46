//! Recipients in, their messages over one connection and the server's answers out.

mod answers;
mod compose;
mod trip;
mod window;
mod write;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use crate::address::EmailAddress;
use crate::compile::Program;
use crate::delivery::Patience;
use crate::delivery::desk::{Desk, Report};
use crate::delivery::lane::trip::{End, Trip};
use crate::key::Key;
use crate::transport::{Error, Server};

/// What all lanes of a run share.
#[derive(Debug)]
pub(super) struct Freight {
    pub(super) programs: Vec<Program>,
    pub(super) key: Arc<Key>,
    pub(super) server: Server,
    pub(super) return_path: EmailAddress,
    pub(super) patience: Patience,
    /// How many messages a connection may carry: what the settings say, or fewer, where the server
    /// was seen to close before that.
    pub(super) messages_max: AtomicU32,
    /// After how many messages the server closed the last time that it did; 0 for never.
    pub(super) closed_after: AtomicU32,
}

/// Serves recipients until there are none, over as many connections as that takes.
///
/// # Errors
/// The server cannot be talked to, and the lane gives up; what it held is given back.
pub(super) async fn run(freight: Arc<Freight>, mut desk: Desk) -> Result<(), Error> {
    let mut failures = 0;
    // A connection is made when there is something to send over it, and not kept for later:
    // servers close those that say nothing for ten seconds.
    while desk.wait_for_work().await {
        let (answered, end) = travel(&freight, &mut desk).await;
        match end {
            Ok(()) | Err(End::HungUp) => failures = 0,
            // Servers close after so many messages, some without a word: that is no failure.
            Err(End::Lost(_)) if answered => failures = 0,
            Err(End::Lost(error)) => {
                failures += 1;
                if failures >= freight.patience.failures_max || error.is_permanent() {
                    return Err(error);
                }
                let wait = freight.patience.delay * 2_u32.saturating_pow(failures - 1);
                desk.tell(Report { trouble: Some((error, wait)), ..Report::default() }).await;
                tokio::select! { () = tokio::time::sleep(wait) => {}, () = desk.closing() => {} }
            }
        }
    }
    Ok(())
}

/// One connection from its beginning to its end; returns whether the server answered a message.
async fn travel(freight: &Arc<Freight>, desk: &mut Desk) -> (bool, Result<(), End>) {
    let connection = tokio::select! {
        connection = freight.server.connect() => connection,
        () = desk.closing() => return (false, Err(End::HungUp)),
    };
    let connection = match connection {
        Ok(connection) => connection,
        Err(error) => return (false, Err(End::Lost(error))),
    };
    let mut trip = Trip::new(freight, desk, connection);
    let end = trip.serve().await;
    let answered = trip.has_answers();
    trip.end(end.as_ref().err()).await;
    (answered, end)
}
