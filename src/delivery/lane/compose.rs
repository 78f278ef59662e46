//! A recipient and a program in, the bytes around and in the holes of the message out.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::compile::{Filling, Program, Reader};
use crate::delivery::desk::Task;
use crate::delivery::lane::Freight;
use crate::delivery::outcome::{Outcome, Reason};
use crate::transport::{Connection, Envelope};

/// A message that is ready to go.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) task: Arc<Task>,
    /// When the recipient was asked for.
    pub(super) asked: Instant,
    filling: Filling,
    /// What comes before the first byte of the program.
    head: Vec<u8>,
}

/// Recipients whose messages are signed, off the threads that wait for the network.
pub(super) type Signing = JoinHandle<Vec<Result<Letter, Unfit>>>;

/// How many messages are signed by one thread, one after the other: so few that the first of them
/// leave while others are signed, and that no core waits for another's share.
const SHARE: usize = 2;

/// Composes the messages of recipients: at once, or, where they are signed, in what is to be waited
/// for (`Err`).
pub(super) fn compose(
    freight: &Arc<Freight>,
    tasks: Vec<Arc<Task>>,
    asked: Instant,
) -> Result<Vec<Result<Letter, Unfit>>, Vec<Signing>> {
    let letters = move |freight: &Freight, tasks: Vec<Arc<Task>>| {
        tasks.into_iter().map(|task| Letter::compose(freight, task, asked)).collect()
    };
    if freight.stencils.is_empty() {
        return Ok(letters(freight, tasks));
    }
    let sign = |share: &[Arc<Task>]| {
        let (freight, share) = (Arc::clone(freight), share.to_vec());
        tokio::task::spawn_blocking(move || letters(&freight, share))
    };
    Err(tasks.chunks(SHARE).map(sign).collect())
}

/// Why a message cannot be sent: what that makes of its recipient, and the words.
pub(super) type Refused = (Outcome, String);

/// A message that cannot be sent, and whose it is.
pub(super) type Unfit = (Arc<Task>, Refused);

impl Letter {
    /// Fills the holes of the recipient's program, and signs what that makes.
    fn compose(freight: &Freight, task: Arc<Task>, asked: Instant) -> Result<Self, Unfit> {
        let entry = &task.entry;
        let mut filling = Filling::default();
        let reader = Reader { recipient: &entry.recipient, key: &freight.key };
        let filled = freight
            .programs
            .get(entry.edition)
            .ok_or_else(|| format!("there is no edition {}", entry.edition))
            .and_then(|program| program.fill(reader, &mut filling).map_err(|gap| gap.to_string()));
        match filled {
            Ok(()) => {
                let mut head = Vec::new();
                if let Some(stencil) = freight.stencils.get(entry.edition) {
                    let program = &freight.programs[entry.edition];
                    stencil.sign(program, &filling, freight.date, &mut head);
                }
                Ok(Self { task, asked, filling, head })
            }
            Err(why) => Err((task, (Outcome::Stop(Reason::Message), why))),
        }
    }

    /// How many bytes the message has.
    pub(super) fn size(&self, freight: &Freight) -> usize {
        self.head.len() + self.program(freight).size(&self.filling)
    }

    /// The message, without a copy.
    pub(super) fn slices<'l>(&'l self, freight: &'l Freight) -> impl Iterator<Item = &'l [u8]> {
        let program = self.program(freight).slices(&self.filling);
        std::iter::once(self.head.as_slice()).chain(program)
    }

    fn program<'l>(&self, freight: &'l Freight) -> &'l Program {
        &freight.programs[self.task.entry.edition]
    }

    /// The commands before the message, or why the server would not take it.
    pub(super) fn envelope(
        &self,
        freight: &Freight,
        connection: &Connection,
    ) -> Result<Envelope, Refused> {
        let entry = &self.task.entry;
        let (to, offers) = (&entry.recipient.address, connection.offers());
        let size = self.size(freight);
        if offers.size_max.is_some_and(|limit| u64::try_from(size).is_ok_and(|size| size > limit)) {
            let why = format!("the message has {size} bytes, which the server does not take");
            return Err((Outcome::Stop(Reason::Size), why));
        }
        if to.needs_smtputf8() && !offers.smtputf8 {
            let why = "the address needs SMTPUTF8, which the server does not offer".to_owned();
            return Err((Outcome::Rejected { no_mailbox: false }, why));
        }
        let token = match freight.return_path.has_token() || offers.dsn {
            true => freight.stamp.token(&freight.key, entry.id),
            false => String::new(),
        };
        Ok(connection.envelope(freight.return_path.with(&token), to, size, &token))
    }
}
