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
            None => Ok(self.asks(token, &reader)),
            Some(form) => self.fulfil(Wish::of(form), &reader, asked).await,
        };
        done.unwrap_or_else(|Trouble| self.failed())
    }

    /// The page with one button.
    fn asks(&self, token: &str, reader: &EmailAddress) -> Response {
        let choose = self.has_parts().then(|| self.premises.unsubscribe.preferences(token));
        let address = reader.to_string();
        let page = Leave { address: &address, choose: choose.as_deref() };
        self.page(StatusCode::OK, self.pages().leave(&page))
    }

    async fn fulfil(
        &self,
        wish: Wish<'_>,
        reader: &EmailAddress,
        asked: &Asked,
    ) -> Result<Response, Trouble> {
        let key = &self.premises.key;
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
            Wish::Return(proof) => {
                let written = match is_way_back(key, proof, reader, asked.now) {
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
            Wish::Part(part, back) => {
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
        }
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
        let member = self.premises.desk.segments(reader).await?;
        let part = |(name, segment): (&String, &Segment)| {
            let (title, left) = (segment.title.clone()?, standing.left.contains(name));
            let shown = left || member.contains(name);
            shown.then(|| Part { name: name.clone(), title, left })
        };
        let parts: Vec<Part> = self.premises.segments.iter().filter_map(part).collect();
        let address = reader.to_string();
        let page = Parts { address: &address, parts: &parts, saved };
        Ok(self.page(StatusCode::OK, self.pages().parts(&page)))
    }
}
