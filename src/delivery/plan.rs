//! An issue and its readers in, one after the other; the programs of a run and everyone they are
//! proven for out.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::Recipient;
use crate::check::Letter;
use crate::compile::{self, Edition, Gap, Press, Program, Reader};
use crate::delivery::form::Form;
use crate::issue::Issue;
use crate::journal::{Batch, Planning, SET_ASIDE};
use crate::key::Key;

/// Nothing can be sent.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Readers whose rows leave a field empty that has no default.
    #[error("{} readers lack what the issue asks of them", .0.readers)]
    Gaps(Gaps),
    /// The compiler made a message that is not one: a bug.
    #[error("the message for {address} is malformed: {reason}")]
    Malformed {
        /// Whose message it is.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Who lacks what: counted, with the first few by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    /// How many readers there are who lack something.
    pub readers: u64,
    /// For each field the first of them, [`Gaps::SHOWN_MAX`] at most, and how many there are.
    pub fields: BTreeMap<String, (Vec<Gap>, u64)>,
}

impl Gaps {
    /// How many readers are named for each field.
    pub const SHOWN_MAX: usize = 10;

    fn add(&mut self, gap: Gap) {
        self.readers += 1;
        let (shown, count) = self.fields.entry(gap.field.clone()).or_default();
        *count += 1;
        if shown.len() < Self::SHOWN_MAX {
            shown.push(gap);
        }
    }
}

/// Whether a reader belongs to a segment.
pub type Belongs<'p> = Box<dyn Fn(&Recipient, &str) -> bool + 'p>;

/// Why an address is not written to; `None` where it is.
pub type Suppressed<'p> = Box<dyn Fn(&EmailAddress) -> Option<String> + 'p>;

/// What an issue is planned with.
pub struct Planner<'p> {
    /// What messages are made with.
    pub press: Press<'p>,
    /// What seals tokens and Message-IDs.
    pub key: &'p Key,
    /// The `Date` of every message.
    pub date: Timestamp,
    /// Keeps the Message-IDs of a test apart; empty for the issue itself.
    pub salt: &'p str,
    /// Whether a reader belongs to a segment.
    pub belongs: Belongs<'p>,
    /// Why an address is not written to; `None` where it is.
    pub suppressed: Suppressed<'p>,
}

impl<'p> Planner<'p> {
    /// Opens the render gate for an issue.
    #[must_use]
    pub fn gate<'g>(&'g self, issue: &'g Issue) -> Gate<'g>
    where
        'p: 'g,
    {
        let (editions, messages, gaps) = Default::default();
        Gate { planner: self, issue, editions, messages, gaps, recipients: 0, sets_aside: false }
    }
}

/// The render gate: every reader of a run goes through it before the first connection is opened.
/// When all did, and [`Gate::close`] has nothing against it, the run can be sent without a surprise.
///
/// It holds the message of each edition and nothing of any reader but the one with the largest
/// letter, however long the list is.
pub struct Gate<'g> {
    planner: &'g Planner<'g>,
    issue: &'g Issue,
    editions: BTreeMap<Edition, usize>,
    messages: Vec<Message>,
    gaps: Gaps,
    recipients: u64,
    /// Whether readers whose rows lack something are left out, instead of keeping everyone's back.
    sets_aside: bool,
}

/// What the readers of one edition get.
struct Message {
    program: Program,
    form: Form,
    letter: Letter,
}

/// Where a reader goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Into the run, with the message of this edition.
    Edition(usize),
    /// To those who are not written to, for this reason.
    Suppressed(String),
    /// To those who are set aside for this reason: the row lacks what the message asks for, and the
    /// others are written to.
    SetAside(String),
    /// Nowhere: the row lacks what the message asks for, and nobody will be written to.
    Gap,
}

/// What passed the gate.
#[derive(Debug)]
pub struct Passed {
    /// The message of each edition that has a reader.
    pub programs: Vec<Program>,
    /// The largest letter of each.
    pub letters: Vec<Letter>,
    /// How many recipients there are.
    pub recipients: u64,
    /// Who was set aside.
    pub aside: Gaps,
}

impl Gate<'_> {
    /// Leaves out readers whose rows lack what their message asks for: they are set aside, and
    /// [`Gate::close`] refuses nothing for them.
    #[must_use]
    pub fn setting_aside(self) -> Self {
        Self { sets_aside: true, ..self }
    }

    /// Takes in the next reader: finds the edition, compiles it if nobody had it before, fills its
    /// holes and looks at every byte and line that this makes.
    ///
    /// # Errors
    /// The message is malformed.
    pub fn admit(&mut self, recipient: &Recipient) -> Result<Place, Refused> {
        let Self { planner, issue, .. } = self;
        if let Some(reason) = (planner.suppressed)(&recipient.address) {
            return Ok(Place::Suppressed(reason));
        }
        let malformed =
            |reason| Refused::Malformed { address: recipient.address.to_string(), reason };
        let edition = Edition::of(issue, |segment| (planner.belongs)(recipient, segment));
        let number = match self.editions.get(&edition) {
            Some(number) => *number,
            None => {
                let Planner { press, key, date, salt, .. } = planner;
                let draft = compile::draft(issue, press, &edition, *date, salt);
                let program = draft.program();
                let form = Form::of(&program, key).map_err(malformed)?;
                self.messages.push(Message { program, form, letter: Letter::new(draft) });
                self.editions.insert(edition, self.messages.len() - 1);
                self.messages.len() - 1
            }
        };
        let Message { form, letter, .. } = &mut self.messages[number];
        let reader = Reader { recipient, key: planner.key };
        match form.fits(reader) {
            Ok(fits) => fits.map_err(malformed)?,
            Err(gap) => {
                let place = match self.sets_aside {
                    true => Place::SetAside(format!("{SET_ASIDE}`{}` is empty", gap.field)),
                    false => Place::Gap,
                };
                self.gaps.add(gap);
                return Ok(place);
            }
        }
        letter.see(reader);
        self.recipients += 1;
        Ok(Place::Edition(number))
    }

    /// The message of each edition that had a reader so far.
    pub fn programs(&self) -> impl ExactSizeIterator<Item = &Program> {
        self.messages.iter().map(|message| &message.program)
    }

    /// The message of an edition that had a reader.
    #[must_use]
    pub fn program(&self, edition: usize) -> Option<&Program> {
        self.messages.get(edition).map(|message| &message.program)
    }

    /// How many readers passed so far.
    #[must_use]
    pub fn recipients(&self) -> u64 {
        self.recipients
    }

    /// Says whether all who came can be sent their messages.
    ///
    /// # Errors
    /// One reader's message cannot be made.
    pub fn close(self) -> Result<Passed, Refused> {
        if self.gaps.readers > 0 && !self.sets_aside {
            return Err(Refused::Gaps(self.gaps));
        }
        let (programs, letters) =
            self.messages.into_iter().map(|message| (message.program, message.letter)).unzip();
        Ok(Passed { programs, letters, recipients: self.recipients, aside: self.gaps })
    }
}

/// Why a run could not be recorded.
#[derive(Debug, thiserror::Error)]
pub enum Unrecorded<E> {
    /// The list cannot be read.
    #[error("cannot read the list")]
    List(E),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] crate::journal::Error),
    /// A message is malformed.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Records everyone who passes the gate, and who is not written to: while one batch of readers is
/// being written, the next one goes through the gate. What the gate refuses is not recorded, and
/// its [`Gate::close`] says so.
///
/// # Errors
/// The list, the journal or a message is at fault.
pub async fn record<E>(
    planning: &mut Planning,
    gate: &mut Gate<'_>,
    readers: &mut dyn Iterator<Item = Result<Recipient, E>>,
) -> Result<(), Unrecorded<E>> {
    let first = planning.editions();
    let mut recorded = 0;
    let mut chunk = Chunk::default();
    loop {
        let written = planning.extend(std::mem::take(&mut chunk.batch));
        let next = async { chunk.fill(gate, first, readers) };
        // The first writes in a thread of its own, for which the second leaves it alone.
        let (written, more) = tokio::join!(written, next);
        written?;
        let more = more?;
        for program in gate.programs().skip(recorded) {
            planning.program(program).await?;
        }
        recorded = gate.programs().len();
        planning.suppress(&std::mem::take(&mut chunk.suppressed)).await?;
        if !more {
            return Ok(planning.extend(chunk.batch).await?);
        }
    }
}

/// Readers who are recorded together.
#[derive(Default)]
struct Chunk {
    batch: Batch,
    suppressed: Vec<(EmailAddress, String)>,
}

impl Chunk {
    /// Takes readers through the gate until the batch is full; says whether there may be more.
    fn fill<E>(
        &mut self,
        gate: &mut Gate<'_>,
        first: usize,
        readers: &mut dyn Iterator<Item = Result<Recipient, E>>,
    ) -> Result<bool, Unrecorded<E>> {
        while self.batch.len() + self.suppressed.len() < Batch::FULL {
            let Some(recipient) = readers.next() else { return Ok(false) };
            let recipient = recipient.map_err(Unrecorded::List)?;
            match gate.admit(&recipient)? {
                Place::Edition(edition) => self.batch.push(&recipient, first + edition),
                Place::Suppressed(reason) | Place::SetAside(reason) => {
                    self.suppressed.push((recipient.address.clone(), reason));
                }
                Place::Gap => {}
            }
        }
        Ok(true)
    }
}
