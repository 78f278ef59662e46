//! The token of a reader in, that reader gone, back or with fewer parts out (RFC 8058).
//!
//! Looking never changes anything: mail filters open every link. A POST does what the fields of our
//! own forms say, and ends the subscription where they say nothing of the kind: then it is a mailbox
//! provider's, which is answered once the row is on the disk.

use axum::http::StatusCode;
use axum::response::Response;

use crate::address::EmailAddress;
use crate::audience::{Act, Entry};
use crate::config::Segment;
use crate::templates::pages::public::{ACT, Leave, Notice, PART, PROOF, Part, Parts};
use crate::web::public::counts::Event;
use crate::web::public::link::asks_for_preferences;
use crate::web::public::site::{Asked, Site};
use crate::web::public::{Form, Refusal, Standing, Trouble, is_way_back, seal, way_back};

/// The field and value of a mailbox provider's POST.
const ONE_CLICK: (&str, &str) = ("List-Unsubscribe", "One-Click");

/// What a POST to a reader's link wants.
#[derive(Debug, PartialEq, Eq)]
enum Wish<'w> {
    /// A mailbox provider ends the subscription.
    OneClick,
    /// The button of the page does.
    Leave,
    /// It was a mistake; with what allows that.
    Return(&'w str),
    /// A reader who left before wants a mail that asks to confirm the way back.
    Again,
    /// A part is left, or taken again.
    Part(&'w str, bool),
}

impl<'w> Wish<'w> {
    fn of(form: &'w Form) -> Self {
        if form.get(ONE_CLICK.0).is_some_and(|value| value.eq_ignore_ascii_case(ONE_CLICK.1)) {
            return Self::OneClick;
        }
        let field = |name| form.get(name).unwrap_or_default();
        match field(ACT) {
            "leave" => Self::Leave,
            "again" => Self::Again,
            "return" => Self::Return(field(PROOF)),
            "part" => Self::Part(field(PART), false),
            "join" => Self::Part(field(PART), true),
            _ => Self::OneClick,
        }
    }
}

impl Site {
    /// Answers what is asked of a link that unsubscribes.
    pub(super) async fn leave(&self, token: &str, asked: &Asked) -> Response {
        let reader = match seal::reader(&self.premises.key, token) {
            Ok(reader) => reader,
            Err(refusal) => return self.refused(refusal, asked),
        };
        let done = match &asked.form {
            None if asks_for_preferences(asked.query()) && self.has_parts() => {
                self.parts(&reader, None).await
            }
            None => self.asks(&reader).await,
            Some(form) => self.fulfil(Wish::of(form), &reader, asked).await,
        };
        done.unwrap_or_else(|Trouble| self.failed())
    }

    /// Answers with the page that has one button, or says that the reader has left already.
    ///
    /// The way back is the form: a letter that was passed on must not bring back its reader, so the
    /// mail to confirm goes to the address itself.
    async fn asks(&self, reader: &EmailAddress) -> Result<Response, Trouble> {
        let standing = self.premises.desk.standing(reader).await?;
        let address = reader.to_string();
        if standing.gone {
            let again = self.premises.serve.subscribe && !standing.barred;
            return Ok(self.page(StatusCode::OK, self.pages().gone(&address, again)));
        }
        let parts =
            if self.has_parts() { self.own_parts(reader, &standing).await? } else { vec![] };
        let token = self.premises.key.seal(&reader.key());
        let choose = (!parts.is_empty()).then(|| self.premises.unsubscribe.preferences(&token));
        let page = Leave { address: &address, choose: choose.as_deref() };
        Ok(self.page(StatusCode::OK, self.pages().leave(&page)))
    }

    async fn fulfil(
        &self,
        wish: Wish<'_>,
        reader: &EmailAddress,
        asked: &Asked,
    ) -> Result<Response, Trouble> {
        let key = &self.premises.key;
        // One-click and the button stay free: they write one row, however often they are pressed.
        if matches!(wish, Wish::Return(_) | Wish::Part(..))
            && !self.changes.admits(reader.key().as_bytes(), asked.now)
        {
            return Ok(self.too_often(Event::LimitedToken));
        }
        match wish {
            Wish::OneClick => {
                self.record(reader, Act::Suppress, "one-click", asked).await?;
                self.counts().event(Event::OneClick);
                Ok(self.notice(StatusCode::OK, Notice::Left(None)))
            }
            Wish::Leave => {
                // Only what this very button did can be taken back: whoever has a letter of
                // somebody who left long ago must not bring them back.
                let before = self.premises.desk.standing(reader).await?;
                let standing = self.record(reader, Act::Suppress, "page", asked).await?;
                self.counts().event(Event::Page);
                let written = standing.since.filter(|_| !before.gone);
                let proof = written.map(|written| way_back(key, reader, written));
                Ok(self.notice(StatusCode::OK, Notice::Left(proof.as_deref())))
            }
            Wish::Return(proof) => self.take_back(proof, reader, asked).await,
            Wish::Again if self.premises.serve.subscribe => {
                Ok(self.invite(reader.clone(), &[], asked))
            }
            Wish::Again => self.asks(reader).await,
            Wish::Part(part, back) => self.change_part((part, back), reader, asked).await,
        }
    }

    /// Undoes what the button of a page did, where the page that it showed proves it.
    async fn take_back(
        &self,
        proof: &str,
        reader: &EmailAddress,
        asked: &Asked,
    ) -> Result<Response, Trouble> {
        let written = match is_way_back(&self.premises.key, proof, reader, asked.now) {
            Ok(written) => written,
            Err(refusal) => return Ok(self.refused(refusal, asked)),
        };
        // Whoever left again since then means it.
        let before = self.premises.desk.standing(reader).await?;
        if before.since.is_some_and(|since| since > written) {
            return Ok(self.refused(Refusal::Old, asked));
        }
        let standing = self.record(reader, Act::Return, "page", asked).await?;
        self.counts().event(Event::Return);
        let notice = if standing.gone { Notice::Stuck } else { Notice::Back };
        Ok(self.notice(StatusCode::OK, notice))
    }

    /// Leaves a part, or takes back that the reader left it.
    async fn change_part(
        &self,
        (part, back): (&str, bool),
        reader: &EmailAddress,
        asked: &Asked,
    ) -> Result<Response, Trouble> {
        let known = self.premises.segments.get(part);
        if known.is_none_or(|segment| segment.title.is_none()) {
            return self.parts(reader, None).await;
        }
        let part = part.to_owned();
        // Readers take back what they left themselves, and join nothing here.
        if back && !self.premises.desk.standing(reader).await?.left.contains(&part) {
            return self.parts(reader, None).await;
        }
        let act = if back { Act::Join(part) } else { Act::Leave(part) };
        let standing = self.record(reader, act, "preferences", asked).await?;
        self.counts().event(Event::Part);
        self.parts(reader, Some(standing)).await
    }

    /// Writes down what a reader did, and waits until it is on the disk.
    pub(super) async fn record(
        &self,
        reader: &EmailAddress,
        act: Act,
        source: &str,
        asked: &Asked,
    ) -> Result<Standing, Trouble> {
        let reason = match &act {
            Act::Suppress => "unsubscribed".to_owned(),
            Act::Return => "came back".to_owned(),
            Act::Leave(segment) | Act::Join(segment) => segment.clone(),
            Act::Forget => "forgotten".to_owned(),
        };
        let address = reader.clone();
        let (source, issue) = (source.to_owned(), String::new());
        let entry = Entry { address, act, reason, source, at: asked.now, issue };
        self.premises.desk.record(entry).await
    }

    /// Whether there is anything to choose.
    fn has_parts(&self) -> bool {
        self.premises.segments.values().any(|segment| segment.title.is_some())
    }

    /// The page with what a reader gets; how that reader stands, where something was just chosen.
    async fn parts(
        &self,
        reader: &EmailAddress,
        chosen: Option<Standing>,
    ) -> Result<Response, Trouble> {
        let saved = chosen.is_some();
        let standing = match chosen {
            Some(standing) => standing,
            None => self.premises.desk.standing(reader).await?,
        };
        if standing.gone {
            return Ok(self.notice(StatusCode::OK, Notice::Left(None)));
        }
        let parts = self.own_parts(reader, &standing).await?;
        let address = reader.to_string();
        let page = Parts { address: &address, parts: &parts, saved };
        Ok(self.page(StatusCode::OK, self.pages().parts(&page)))
    }

    /// Returns the parts that a reader gets or left.
    async fn own_parts(
        &self,
        reader: &EmailAddress,
        standing: &Standing,
    ) -> Result<Vec<Part>, Trouble> {
        let member = self.premises.desk.segments(reader).await?;
        let part = |(name, segment): (&String, &Segment)| {
            let (title, left) = (segment.title.clone()?, standing.left.contains(name));
            let shown = left || member.contains(name);
            shown.then(|| Part { name: name.clone(), title, left })
        };
        Ok(self.premises.segments.iter().filter_map(part).collect())
    }
}
