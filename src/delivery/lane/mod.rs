//! Recipients in, their messages over one connection and the server's answers out.

mod answers;
mod compose;
mod trip;
mod window;
mod write;

use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::compile::Program;
use crate::config::ReturnPath;
use crate::delivery::Patience;
use crate::delivery::desk::{Desk, Report};
use crate::delivery::lane::trip::{End, Trip};
use crate::delivery::pace::Cap;
use crate::delivery::retry::reconnect;
use crate::dkim::Stencil;
use crate::journal::Stamp;
use crate::key::Key;
use crate::transport::{Error, Server};

/// What all lanes of a run share.
#[derive(Debug)]
pub(super) struct Freight {
    pub(super) programs: Vec<Program>,
    /// What signs each program's messages; none, where they are not signed.
    pub(super) stencils: Vec<Stencil>,
    /// The date of the run, which signatures tell.
    pub(super) date: Timestamp,
    pub(super) key: Arc<Key>,
    pub(super) server: Server,
    pub(super) return_path: ReturnPath,
    /// What the tokens of return paths are made from.
    pub(super) stamp: Stamp,
    pub(super) patience: Patience,
    /// How many messages a connection may carry.
    pub(super) cap: Mutex<Cap>,
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
            Ok(()) | Err(End::HungUp | End::Unusable) => failures = 0,
            // Servers close after so many messages, some without a word: that is no failure.
            Err(End::Lost(_)) if answered => failures = 0,
            Err(End::Lost(error)) => {
                failures += 1;
                let Some(wait) = reconnect(freight.patience, &error, failures) else {
                    return Err(error);
                };
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
