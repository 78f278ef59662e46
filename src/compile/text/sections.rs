//! One section of a letter in, its plain text out: a function for each kind.

use crate::compile::text::{COLUMNS, Page, prose, wrap};
use crate::issue::{
    Brief, Briefs, Delivery, Event, Events, Figures, File, Head, Html, Image, Invitation, Kind,
    Quote, Section, Sponsor, Story,
};

impl Page<'_> {
    pub(super) fn section(&mut self, section: &Section) {
        match &section.kind {
            Kind::Story(story) => self.story(story),
            Kind::Briefs(briefs) => self.briefs(briefs),
            Kind::Quote(quote) => self.quote(quote),
            Kind::Figures(figures) => self.figures(figures),
            Kind::Events(events) => self.events(events, section.number),
            Kind::Sponsor(sponsor) => self.sponsor(sponsor),
            Kind::Html(html) => self.own(html),
            Kind::Invitation(invitation) => self.invitation(invitation),
            Kind::Divider => {
                self.gap();
                self.text.push_str(&" ".repeat(COLUMNS / 2 - 3));
                self.text.push_str("* * *\n");
            }
        }
        self.close_notes();
    }

    fn story(&mut self, story: &Story) {
        self.head(&story.head);
        story.images.iter().for_each(|image| self.image(image));
        if let Some(body) = &story.body {
            self.prose(&body.blocks);
        }
        if let Some(button) = &story.button {
            self.pointer(&self.line(&button.label), &self.url(&button.url));
        }
        story.files.iter().for_each(|file| self.file(file));
    }

    fn briefs(&mut self, briefs: &Briefs) {
        self.head(&briefs.head);
        briefs.items.iter().for_each(|brief| self.brief(brief));
    }

    fn brief(&mut self, brief: &Brief) {
        if let Some(heading) = &brief.heading {
            let heading = self.line(heading);
            self.paragraph(&format!("### {heading}"));
        }
        if let Some(body) = &brief.body {
            self.prose(&body.blocks);
        }
        if let Some(url) = &brief.url {
            self.gap();
            self.alone(&self.url(url));
        }
    }

    fn quote(&mut self, quote: &Quote) {
        let mut inner =
            prose::write(&quote.text.blocks, self.letter.marks, COLUMNS - 2, &mut self.notes);
        if let Some(name) = &quote.attribution {
            let name = format!("— {}", self.with_role(name, quote.role.as_ref()));
            inner.push('\n');
            inner.push_str(&wrap::fill(&name, COLUMNS - 2, self.letter.marks));
        }
        self.gap();
        self.text.push_str(&prose::prefix(&inner, "> "));
    }

    /// Each number and what it counts, as one sentence.
    fn figures(&mut self, figures: &Figures) {
        self.head(&figures.head);
        for figure in &figures.items {
            self.paragraph(&format!("{} {}", self.line(&figure.value), self.line(&figure.label)));
            if let Some(note) = &figure.note {
                self.glue(&self.line(note));
            }
        }
        if let Some(source) = &figures.source {
            let words = self.letter.language.words();
            self.paragraph(&format!("{}{}{}", words.source, words.colon, self.line(source)));
        }
    }

    fn events(&mut self, events: &Events, section: usize) {
        self.head(&events.head);
        events.items.iter().for_each(|event| self.event(event));
        let words = self.letter.language.words();
        let path = self.letter.issue.calendar(section);
        match events.calendar {
            Some(Delivery::Link) => {
                self.pointer(words.add_to_calendar, &(self.letter.url_of)(&path));
            }
            Some(Delivery::Inside) => self.paragraph(&format!("{path} ({})", words.attached)),
            None => {}
        }
    }

    fn event(&mut self, event: &Event) {
        self.paragraph(&format!("### {}", self.line(&event.title)));
        self.glue(&self.letter.when(event.when));
        if let Some(place) = &event.place {
            self.glue(&self.line(place));
        }
        if let Some(body) = &event.body {
            self.prose(&body.blocks);
        }
        if let Some(url) = &event.url {
            self.gap();
            self.alone(&self.url(url));
        }
    }

    /// What somebody paid for, between two rules, and said to be so before anything else.
    fn sponsor(&mut self, sponsor: &Sponsor) {
        self.gap();
        self.rule('-');
        self.glue(&self.letter.sponsored(sponsor).to_uppercase());
        if let Some(heading) = &sponsor.heading {
            self.paragraph(&self.line(heading));
        }
        sponsor.image.iter().for_each(|image| self.image(image));
        if let Some(body) = &sponsor.body {
            self.prose(&body.blocks);
        }
        if let Some(button) = &sponsor.button {
            self.pointer(&self.line(&button.label), &self.url(&button.url));
        }
        self.close_notes();
        self.rule('-');
    }

    /// What only some readers get, between two rules, and how to become one of them.
    fn invitation(&mut self, invitation: &Invitation) {
        self.gap();
        self.rule('-');
        self.glue(&self.letter.invitation(invitation));
        self.pointer(&self.letter.join(), &self.letter.publication.subscribe);
        self.rule('-');
    }

    /// What the editor's own markup says, and every URL in it that its text does not have.
    fn own(&mut self, html: &Html) {
        self.prose(&html.text.blocks);
        for link in &html.links {
            self.notes.add(self.letter.marks.url(link.template()));
        }
    }

    fn image(&mut self, image: &Image) {
        let words = self.letter.language.words();
        if let Some(alt) = &image.alt {
            self.paragraph(&format!("[{}{}{}]", words.picture, words.colon, self.line(alt)));
            if image.deliver == Delivery::Link {
                self.alone(&(self.letter.source_of)(image));
            }
        }
        if image.caption.is_some() || image.credit.is_some() {
            self.gap();
        }
        for words in [&image.caption, &image.credit].into_iter().flatten() {
            self.glue(&self.line(words));
        }
        if let Some(url) = &image.url {
            self.alone(&self.url(url));
        }
    }

    fn file(&mut self, file: &File) {
        let facts = self.letter.facts(&file.asset, file.deliver);
        let label = format!("{} ({facts})", self.line(&file.label));
        match file.deliver {
            Delivery::Link => {
                let words = self.letter.language.words();
                let url = (self.letter.url_of)(&file.asset.path);
                self.pointer(&format!("{}{}{label}", words.download, words.colon), &url);
            }
            Delivery::Inside => self.paragraph(&label),
        }
    }

    fn head(&mut self, head: &Head) {
        self.text.push('\n');
        if let Some(kicker) = &head.kicker {
            self.paragraph(&self.line(kicker).to_uppercase());
        } else {
            self.gap();
        }
        if let Some(heading) = &head.heading {
            let heading = self.line(heading);
            self.underlined(&heading, '-');
        }
    }
}
