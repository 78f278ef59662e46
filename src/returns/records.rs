//! The journal and the key in, whose mail a message that came back is about, with proof, out.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::bounce::Message;
use crate::compile::message_identity;
use crate::journal::{self, Journal, Run, Stamp, Token};
use crate::key::Key;
use crate::returns::whose::{Proof, Reader, Sent, Whose};

/// In how many of the newest runs a Message-ID is looked for among all readers.
const RUNS_SEARCHED: usize = 20;

/// How many readers are in memory at once while they are searched.
const PAGE: u32 = 10_000;

/// How long a sealed token is at least: that of `a@b.c`.
const SEALED_MIN: usize = 44;

/// How many words of a message are tried as sealed tokens.
const SEALED_MAX: usize = 50;

/// How long the part of our Message-IDs before the `@` is ([`Key::message_id`]).
const MESSAGE_ID_LENGTH: usize = 27;

/// What the publication knows of the mail that it sent.
#[derive(Debug)]
pub struct Records<'r> {
    /// There is none where nothing was sent from this machine.
    journal: Option<&'r Journal>,
    key: &'r Key,
    list_id: &'r str,
    /// The newest first.
    runs: Vec<Run>,
}

impl<'r> Records<'r> {
    /// Reads which runs there are.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn open(
        journal: Option<&'r Journal>,
        key: &'r Key,
        list_id: &'r str,
    ) -> Result<Self, journal::Error> {
        let mut runs = match journal {
            Some(journal) => journal.runs().await?,
            None => Vec::new(),
        };
        runs.reverse();
        Ok(Self { journal, key, list_id, runs })
    }

    /// Whose mail each of some messages is about.
    ///
    /// In this order: a token of ours in an address that the message went to or names, a Message-ID
    /// of ours, a sealed unsubscribe token of ours. Whoever can show one of them had the mail. A
    /// recipient that is only named proves nothing.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn identify(&self, messages: &[&Message]) -> Result<Vec<Whose>, journal::Error> {
        let mut found = Vec::with_capacity(messages.len());
        for message in messages {
            found.push(self.identify_one(message).await?);
        }
        // All readers are gone through once, for all messages that need it.
        let open = |whose: &Whose| matches!(whose, Whose::Nobody { .. });
        let wanted: BTreeSet<&str> = messages
            .iter()
            .zip(&found)
            .filter(|(_, whose)| open(whose))
            .flat_map(|(message, _)| own_ids(message))
            .collect();
        let readers = self.search(wanted).await?;
        for (message, whose) in messages.iter().zip(&mut found) {
            let reader = own_ids(message).find_map(|id| readers.get(id));
            if let (true, Some(reader)) = (open(whose), reader) {
                *whose = Whose::Reader(reader.clone());
            }
        }
        Ok(found)
    }

    async fn identify_one(&self, message: &Message) -> Result<Whose, journal::Error> {
        let mut false_tokens = 0;
        for token in return_paths(message).flat_map(Token::find) {
            match self.redeem(&token).await? {
                Some(whose) => return Ok(whose),
                None => false_tokens += 1,
            }
        }
        let sealed = sealed_words(message).iter().find_map(|token| self.key.open(token));
        let sealed: Option<EmailAddress> = sealed.and_then(|key| key.parse().ok());
        let named = message.recipients().filter_map(|(address, _)| address.parse().ok());
        // Whom the message names may have got one of our Message-IDs: to try is a hash for each run.
        for address in sealed.clone().into_iter().chain(named) {
            if let Some(sent) = self.sent(message, &address) {
                let (sent, proof) = (Some(sent), Proof::MessageId);
                return Ok(Whose::Reader(Reader { address, sent, proof }));
            }
        }
        Ok(match sealed {
            Some(address) => Whose::Reader(Reader { address, sent: None, proof: Proof::Token }),
            None => Whose::Nobody { false_tokens },
        })
    }

    /// Whose message a token of a return path is of; `None` where it is not one of ours.
    async fn redeem(&self, token: &Token) -> Result<Option<Whose>, journal::Error> {
        if Stamp::test(self.list_id).proves(self.key, token) {
            return Ok(Some(Whose::Test));
        }
        let run = self.runs.iter().find(|run| run.id == token.run);
        let proven = run.filter(|run| Stamp::of(self.list_id, run).proves(self.key, token));
        let (Some(run), Some(journal)) = (proven, self.journal) else { return Ok(None) };
        let address = journal.address(run, token.entry).await?;
        Ok(Some(match address.and_then(|address| address.parse().ok()) {
            Some(address) => {
                Whose::Reader(Reader { address, sent: Some(Sent::of(run)), proof: Proof::Verp })
            }
            None => Whose::Forgotten,
        }))
    }

    /// Which issue of an address the message quotes the Message-ID of.
    fn sent(&self, message: &Message, address: &EmailAddress) -> Option<Sent> {
        let ids: Vec<&str> = own_ids(message).collect();
        let reader = address.key();
        let run = self
            .runs
            .iter()
            .find(|run| !ids.is_empty() && ids.contains(&self.message_id(run, &reader).as_str()));
        run.map(Sent::of)
    }

    fn message_id(&self, run: &Run, reader: &str) -> String {
        self.key.message_id(&message_identity(self.list_id, &run.issue, ""), reader)
    }

    /// Looks for Message-IDs among the readers of the newest runs: they cannot be turned around.
    async fn search(
        &self,
        mut wanted: BTreeSet<&str>,
    ) -> Result<HashMap<String, Reader>, journal::Error> {
        let mut found = HashMap::new();
        let Some(journal) = self.journal else { return Ok(found) };
        for run in self.runs.iter().take(RUNS_SEARCHED) {
            for (id, entry) in self.search_run(journal, run, &mut wanted).await? {
                let address = journal.address(run, entry).await?;
                let address = address.and_then(|address| address.parse().ok());
                let (sent, proof) = (Some(Sent::of(run)), Proof::MessageId);
                found.extend(address.map(|address| (id, Reader { address, sent, proof })));
            }
        }
        Ok(found)
    }

    /// Which entries of a run the wanted Message-IDs are of; what was found is wanted no more.
    async fn search_run(
        &self,
        journal: &Journal,
        run: &Run,
        wanted: &mut BTreeSet<&str>,
    ) -> Result<Vec<(String, i64)>, journal::Error> {
        let (mut found, mut after) = (Vec::new(), 0);
        while !wanted.is_empty() {
            let page = journal.keys(run, after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            let ids = page.iter().map(|(entry, reader)| (self.message_id(run, reader), *entry));
            found.extend(ids.filter(|(id, _)| wanted.remove(id.as_str())));
        }
        Ok(found)
    }

    /// When issues went to a reader between two moments, and the server accepted them.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub(super) async fn accepted_between(
        &self,
        reader: &str,
        (first, last): (Timestamp, Timestamp),
    ) -> Result<Vec<Sent>, journal::Error> {
        let mut accepted = Vec::new();
        let Some(journal) = self.journal else { return Ok(accepted) };
        for run in self.runs.iter().filter(|run| first < run.date && run.date < last) {
            if !journal.accepted(run, &[reader]).await?.is_empty() {
                accepted.push(Sent::of(run));
            }
        }
        Ok(accepted)
    }
}

/// The quoted Message-IDs that can be ours: their part before the `@`.
fn own_ids(message: &Message) -> impl Iterator<Item = &str> {
    let ids = message.evidence.message_ids.iter();
    let local = ids.filter_map(|id| id.trim_matches(['<', '>', ' ']).split('@').next());
    local.filter(|id| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        id.len() == MESSAGE_ID_LENGTH && id.bytes().all(plain)
    })
}

/// Where a token of ours can stand: the address that the message came to, the return path of the
/// mail that it quotes, its ENVID, and then any address.
fn return_paths(message: &Message) -> impl Iterator<Item = &str> {
    let evidence = &message.evidence;
    let paths = evidence.sent_to.iter().chain(&evidence.quoted_from);
    paths.chain(&evidence.envelope_ids).chain(&evidence.addresses).map(String::as_str)
}

/// What can be a sealed token of an unsubscribe link: long words in quoted links, and in what a
/// reader writes.
fn sealed_words(message: &Message) -> Vec<String> {
    let evidence = &message.evidence;
    let texts = evidence.unsubscribe.iter().chain([&evidence.subject, &evidence.text]);
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    // As it stands in a `mailto:`, a blank is before it.
    let texts = texts.map(|text| text.replace("%20", " "));
    let words = texts.flat_map(|text| {
        let words = text.split(|c| !is_inside(c)).filter(|word| word.len() >= SEALED_MIN);
        words.map(str::to_owned).collect::<Vec<_>>()
    });
    words.take(SEALED_MAX).collect()
}
