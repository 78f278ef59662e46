//! An address in a form in, a mail that asks for a confirmation out; its link in, a subscriber out.
//!
//! What is answered does not depend on any list, and neither does when: whether somebody is on one
//! is looked up behind the answer, where the mail is made. Looking at a link confirms nothing.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;

use crate::address::EmailAddress;
use crate::audience::Act;
use crate::config::Segment;
use crate::templates::pages::public::{Choice, EMAIL, Form as FormPage, Notice, PART};
use crate::web::public::counts::Event;
use crate::web::public::gate::mailbox;
use crate::web::public::site::{Asked, Site};
use crate::web::public::{
    Invitation, Refusal, Request, Signup, Standing, Trouble, request, requested,
};

/// What the browser says of the page that asks (W3C Fetch Metadata).
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What is written into a form may be long, in bytes; no address is longer.
const WRITTEN_MAX: usize = 320;

impl Site {
    /// Shows the form, or takes it.
    pub(super) fn subscribe(&self, asked: &Asked) -> Response {
        if !self.premises.serve.subscribe {
            return self.notice(StatusCode::NOT_FOUND, Notice::Missing);
        }
        let Some(form) = &asked.form else { return self.form(StatusCode::OK, None, &[]) };
        if !self.is_own(asked) {
            // Whoever meant it presses the button once more, on our page.
            return self.form(StatusCode::FORBIDDEN, None, &[]);
        }
        let chosen: Vec<&str> = form.all(PART).collect();
        let written = form.get(EMAIL).unwrap_or_default().trim();
        let Ok(address) = written.parse::<EmailAddress>() else {
            let written: String = written.chars().take(WRITTEN_MAX).collect();
            return self.form(StatusCode::UNPROCESSABLE_ENTITY, Some(&written), &chosen);
        };
        self.invite(address, &chosen, asked)
    }

    /// Asks the owner of an address; the answer is the same whoever that is.
    pub(super) fn invite(&self, address: EmailAddress, chosen: &[&str], asked: &Asked) -> Response {
        if !self.admits_network(asked) {
            return self.too_often(Event::LimitedNetwork);
        }
        // Before anything depends on the address: a full queue must not tell who asked before.
        let Some(seat) = self.premises.desk.seat() else {
            self.counts().event(Event::Queue);
            return self.failed();
        };
        if !self.mails.is_open(&[], asked.now) {
            self.premises.desk.overrun();
            self.counts().event(Event::Queue);
            return self.failed();
        }
        if self.addresses.admits(mailbox(&address).as_bytes(), asked.now)
            && self.mails.admits(&[], asked.now)
        {
            let parts = self.choices(chosen).into_iter().filter(|choice| choice.chosen);
            let parts = parts.map(|choice| choice.name).collect();
            let wanted = Request { address: address.clone(), parts };
            let token = request(&self.premises.key, &wanted, asked.now);
            seat(Invitation { address, token });
        } else {
            self.counts().event(Event::LimitedAddress);
        }
        self.notice(StatusCode::OK, Notice::Asked)
    }

    fn form(&self, status: StatusCode, wrong: Option<&str>, chosen: &[&str]) -> Response {
        let page = FormPage { choices: &self.choices(chosen), wrong };
        self.page(status, self.pages().form(&page))
    }

    /// What a newcomer can choose: the segments with `join`. What else a form names is not looked at.
    fn choices(&self, chosen: &[&str]) -> Vec<Choice> {
        let choice = |(name, segment): (&String, &Segment)| {
            let title = segment.title.clone().filter(|_| segment.join_tag().is_some())?;
            Some(Choice { chosen: chosen.contains(&name.as_str()), name: name.clone(), title })
        };
        self.premises.segments.iter().filter_map(choice).collect()
    }

    /// Whether a form comes from a page that may have it: our own, one of the publication's site, or
    /// one that the settings name. A browser that says nothing is believed; what is kept out is the
    /// page of a stranger that uses its visitors' networks.
    fn is_own(&self, asked: &Asked) -> bool {
        let said = |name: &HeaderName| {
            let value = asked.head.headers.get(name);
            value.map(|value| value.to_str().unwrap_or("?").to_owned())
        };
        let origin = said(&header::ORIGIN);
        let named = origin.as_deref().is_some_and(|origin| self.is_known(origin));
        match said(&SITE).as_deref() {
            Some("same-origin" | "same-site" | "none") => true,
            Some(_) => named,
            // A page that tells nobody where it is, as ours, has the origin `null`.
            None => origin.is_none_or(|origin| named || origin == "null"),
        }
    }

    fn is_known(&self, origin: &str) -> bool {
        let origin_of =
            |url: &str| url::Url::parse(url).map(|url| url.origin().ascii_serialization());
        let publication = &self.premises.publication;
        let own = [&publication.url, &publication.subscribe];
        own.iter().any(|url| origin_of(url).is_ok_and(|own| own == origin))
            || self.premises.serve.form_origins.iter().any(|own| own == origin)
    }

    /// Answers what is asked of a link to confirm.
    pub(super) async fn confirm(&self, token: &str, asked: &Asked) -> Response {
        let (wanted, made) = match requested(&self.premises.key, token, asked.now) {
            Ok(requested) => requested,
            Err(refusal) => return self.refused(refusal, asked),
        };
        match &asked.form {
            None => {
                let page = self.pages().confirm(&wanted.address.to_string());
                self.page(StatusCode::OK, page)
            }
            Some(_) => {
                let entered = self.enter(&wanted, made, asked).await;
                entered.unwrap_or_else(|Trouble| self.failed())
            }
        }
    }

    /// Puts somebody on the list, and takes back that they had left.
    async fn enter(
        &self,
        wanted: &Request,
        made: Timestamp,
        asked: &Asked,
    ) -> Result<Response, Trouble> {
        let (address, desk) = (&wanted.address, &self.premises.desk);
        let Standing { gone, barred, since, left } = desk.standing(address).await?;
        // Whoever left after they asked for the mail means that.
        if since.is_some_and(|since| since > made) {
            return Ok(self.refused(Refusal::Old, asked));
        }
        if barred {
            return Ok(self.notice(StatusCode::OK, Notice::Stuck));
        }
        let chosen = wanted.parts.iter().filter_map(|part| self.premises.segments.get(part));
        let tags = chosen.filter_map(Segment::join_tag).map(str::to_owned).collect();
        let form = format!("{}/subscribe", self.premises.publication.url);
        desk.enlist(Signup { address: address.clone(), tags, form, at: asked.now }).await?;
        if gone {
            self.record(address, Act::Return, "subscribe", asked).await?;
        }
        for part in wanted.parts.iter().filter(|part| left.contains(part)) {
            self.record(address, Act::Join(part.clone()), "subscribe", asked).await?;
        }
        self.counts().event(Event::Confirmation);
        Ok(self.notice(StatusCode::OK, Notice::Done))
    }
}
