//! An issue as its readers get it in, the edition for everyone, which stands on the web, out.

use std::collections::BTreeMap;

use crate::config::Segment;
use crate::field::Span;
use crate::issue::{Delivery, Invitation, Issue, Kind, Section};

impl Issue {
    /// The same issue for everyone: what only some readers get gives way to an invitation, one for
    /// neighbouring sections that invite in the same words. Of an issue that is only for some as a whole, the
    /// headline, the deck, the date and the byline are left.
    #[must_use]
    pub fn public(&self, segments: &BTreeMap<String, Segment>) -> Self {
        let words = |name: &str| segments.get(name).and_then(|known| known.invitation.clone());
        let mut public = self.clone();
        if let Some(name) = public.audience.take() {
            let kind = Kind::Invitation(Invitation { words: words(&name), whole: true });
            public.subject = public.title.clone();
            (public.preheader, public.lede) = (None, None);
            public.sections =
                vec![Section { number: 1, span: Span::default(), audience: None, kind }];
            return public;
        }
        let mut before = None;
        for section in std::mem::take(&mut public.sections) {
            let name = section.audience.as_deref();
            let invitation = name.map(|name| Invitation { words: words(name), whole: false });
            match &invitation {
                None => public.sections.push(section),
                // Those before it are invited in the same words.
                Some(_) if invitation == before => {}
                Some(own) => {
                    let kind = Kind::Invitation(own.clone());
                    public.sections.push(Section { audience: None, kind, ..section });
                }
            }
            before = invitation;
        }
        public
    }
}

/// Sections whose files for calendars come with the mail where only some readers get them: what lies
/// on the web can be read by everyone, and these files have words of the section.
pub(super) fn keep_calendars(private: bool, mut sections: Vec<Section>) -> Vec<Section> {
    for section in &mut sections {
        if let Kind::Events(events) = &mut section.kind
            && (private || section.audience.is_some())
        {
            events.calendar = events.calendar.map(|_| Delivery::Inside);
        }
    }
    sections
}
