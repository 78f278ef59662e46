//! `newsletter unsubscribe apply`: files and Maildirs in, rows of the suppressions out.

use std::collections::HashSet;
use std::io;
use std::mem;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::address::EmailAddress;
use crate::audience::{Act, Entry, Suppressions};
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::mbox::Mbox;
use crate::cli::publication::Publication;
use crate::cli::unsubscribe::ApplyArgs;
use crate::cli::unsubscribe::source::{self, Content};
use crate::cli::unsubscribe::tally::Tally;
use crate::key::Key;
use crate::leaving::{Ask, Found, Lines, Link, Mail, Via, read_line, read_mail};

/// How many rows are written at once: each time costs an fsync.
const BATCH: usize = 1_000;

/// How long a server may take to note a request down. Where `serve` stands behind it, the request
/// with which a reader comes back has the path of the link, too, and must not undo itself.
const NOTED_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// What a reader's own act is called in the suppressions.
const REASON: &str = "unsubscribed";

/// How much of a token that was cut is shown: enough to find it in a file.
const REMNANT_SHOWN: usize = 8;

/// What is needed to apply, and what was found until now.
struct Applying<'e> {
    env: &'e mut Env,
    key: Key,
    link: Link,
    suppressions: Suppressions,
    /// Who would be suppressed, where nothing is to be changed.
    dry_run: Option<HashSet<String>>,
    batch: Vec<Entry>,
    tally: Tally,
    now: Timestamp,
}

/// What is read at the moment: its name, and when it was written where it does not say so itself.
#[derive(Clone, Copy)]
struct Place<'p> {
    name: &'p str,
    written: Option<Timestamp>,
}

pub(super) fn apply(env: &mut Env, args: &ApplyArgs) -> Result<Exit, Failure> {
    let publication = Publication::open(env)?;
    let config = &publication.config;
    let key = publication.key(env)?;
    let suppressions = publication.suppressions(key.hasher())?;
    let now = env.clock.now();
    let mut applying = Applying {
        key,
        link: Link::new(&config.unsubscribe.url),
        suppressions,
        dry_run: args.dry_run.then(HashSet::new),
        batch: Vec::new(),
        tally: Tally::default(),
        now,
        env,
    };
    let mut failed = false;
    for source in &args.sources {
        let read = applying.read(source);
        // What came before it counts, and so does what comes behind it.
        applying.write()?;
        if let Err(error) = read {
            let message = format!("cannot read `{}` to its end", source.display());
            let failure = match error {
                Stopped::Reading(error) => Failure::because(message, &error),
                Stopped::Writing(failure) => return Err(failure),
            };
            applying.env.say(failure.render().trim_end());
            failed = true;
        }
    }
    let Applying { env, tally, .. } = applying;
    let file = config.audience.suppressions.display().to_string();
    tally.say(env, &file, args.dry_run);
    Ok(if failed { Exit::World } else { Exit::Done })
}

/// Why a source is not read on.
enum Stopped {
    Reading(io::Error),
    Writing(Failure),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Reading(error)
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Writing(failure)
    }
}

impl Applying<'_> {
    fn read(&mut self, source: &Path) -> Result<(), Stopped> {
        if source == Path::new("-") {
            self.tally.files += 1;
            let input = mem::replace(&mut self.env.input, Box::new(io::empty()));
            let place = Place { name: "standard input", written: None };
            return self.content(source::content(input)?, place);
        }
        let path = self.env.folder.join(source);
        let maildir = path.is_dir();
        for file in source::files(&path)? {
            self.tally.files += 1;
            let shown = file.strip_prefix(&self.env.folder).unwrap_or(&file).display().to_string();
            let place = Place { name: &shown, written: source::written(&file) };
            if !maildir {
                self.content(source::open(&file)?, place)?;
                continue;
            }
            // A mail program may have moved it away meanwhile; it is read the next time.
            match source::message(&file) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                message => self.message(&message?, place)?,
            }
        }
        Ok(())
    }

    fn content(&mut self, content: Content, place: Place<'_>) -> Result<(), Stopped> {
        match content {
            Content::Lines(lines) => self.lines(lines, place),
            Content::Messages(messages) => self.messages(messages, place),
        }
    }

    fn lines<R: io::BufRead>(
        &mut self,
        mut lines: Lines<R>,
        place: Place<'_>,
    ) -> Result<(), Stopped> {
        while let Some(line) = lines.next_line()? {
            self.tally.lines += 1;
            let Some(found) = read_line(line, &self.link) else { continue };
            let at = || format!("{}:{}", place.name, lines.number());
            match found {
                Found::Looked => self.tally.looked += 1,
                Found::Unclear => self.tally.unclear.add(at()),
                Found::Cut(remnant) => {
                    self.tally.cut.add(format!("{} ({}…)", at(), &remnant[..REMNANT_SHOWN]));
                }
                Found::Asked { via, asks, at: time } => {
                    let time = time.or(place.written);
                    asks.iter().try_for_each(|ask| self.ask(ask, via, time, at))?;
                }
            }
        }
        Ok(())
    }

    fn messages<R: io::BufRead>(
        &mut self,
        mut messages: Mbox<R>,
        place: Place<'_>,
    ) -> Result<(), Stopped> {
        while let Some(message) = messages.next_message()? {
            self.message(&message, place)?;
        }
        Ok(())
    }

    fn message(&mut self, bytes: &[u8], place: Place<'_>) -> Result<(), Stopped> {
        self.tally.messages += 1;
        let Mail { ask, at } = read_mail(bytes, &self.link);
        let Some(ask) = ask else {
            self.tally.without.add(place.name.to_owned());
            return Ok(());
        };
        self.ask(&ask, Via::Mailto, at.or(place.written), || place.name.to_owned())
    }

    /// Takes in that somebody asks to leave, if the token is a good one.
    fn ask(
        &mut self,
        ask: &Ask,
        via: Via,
        at: Option<Timestamp>,
        place: impl Fn() -> String,
    ) -> Result<(), Stopped> {
        let address = ask.open(&self.key).and_then(|key| key.parse::<EmailAddress>().ok());
        let Some(address) = address else {
            self.tally.refused.add(format!("{} ({}…)", place(), ask.beginning()));
            return Ok(());
        };
        self.tally.good += 1;
        // A clock that is ahead does not make it later than it is.
        let at = at.unwrap_or(self.now).min(self.now);
        let (reason, source) = (REASON.to_owned(), via.source().to_owned());
        let entry = Entry { address, act: Act::Suppress, reason, source, at, issue: String::new() };
        self.batch.push(entry);
        if self.batch.len() >= BATCH {
            self.write()?;
        }
        Ok(())
    }

    /// Writes what has come together, or prints it. Who came back later than they asked to leave
    /// stays: an old log may be applied again.
    fn write(&mut self) -> Result<(), Failure> {
        let mut batch = mem::take(&mut self.batch);
        let reloaded = self.suppressions.reload_if_changed();
        reloaded.map_err(|error| Failure::world(&error))?;
        let suppressions = &self.suppressions;
        let asked = batch.len();
        batch.retain(|Entry { address, at, .. }| {
            let at = at.checked_sub(NOTED_WITHIN).unwrap_or(*at);
            !suppressions.came_back_after(address, at)
        });
        self.tally.back += (asked - batch.len()) as u64;
        let Some(known) = &mut self.dry_run else {
            let appended = self.suppressions.append(&batch);
            let appended = appended.map_err(|error| Failure::world(&error))?;
            self.tally.new += appended as u64;
            return Ok(());
        };
        for Entry { address, source, at, .. } in batch {
            if self.suppressions.reason_for(&address).is_none() && known.insert(address.key()) {
                self.tally.new += 1;
                self.env.print_exactly(&format!("{address},{REASON},{source},{at:.3}\n"))?;
            }
        }
        Ok(())
    }
}
