//! The query of an address in, what the page is asked for out, and back.

use url::form_urlencoded::{Serializer, parse};

/// What the page is asked for. The address of the page says all of it, so that it can be kept,
/// reloaded and shared between windows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// The name of the issue; the newest, or the one the command named, where it is `None`.
    pub issue: Option<String>,
    /// Whose letter.
    pub who: Who,
    /// What is shown, side by side; at least one.
    pub views: Views,
}

/// Whose letter is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Who {
    /// That of the edition with the most readers.
    #[default]
    Most,
    /// Nobody's: fields show their defaults.
    Nobody,
    /// That of the first reader who gets the sections for these segments, and for no others.
    Edition(Vec<String>),
    /// That of the reader with this address.
    Reader(String),
}

/// The views that are shown, in the order of [`View::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Views(Vec<View>);

/// One way to look at a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// On a wide screen, by day.
    Desktop,
    /// On a telephone, by day.
    Phone,
    /// On a wide screen, by night.
    Dark,
    /// Where pictures are not loaded.
    ImagesOff,
    /// The plain text.
    Text,
    /// The message as it leaves.
    Source,
    /// Its header fields.
    Headers,
}

/// How a letter looks in its frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// By night.
    pub dark: bool,
    /// Without pictures.
    pub bare: bool,
}

impl Who {
    /// The edition with one more segment; an empty name is none.
    fn with_segment(&self, name: &str) -> Self {
        let mut segments = match self {
            Self::Edition(segments) => segments.clone(),
            Self::Most | Self::Nobody | Self::Reader(_) => Vec::new(),
        };
        segments.extend((!name.is_empty()).then(|| name.to_owned()));
        Self::Edition(segments)
    }
}

impl View {
    /// Every view, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Desktop,
        Self::Phone,
        Self::Dark,
        Self::ImagesOff,
        Self::Text,
        Self::Source,
        Self::Headers,
    ];

    /// What it is in an address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Phone => "phone",
            Self::Dark => "dark",
            Self::ImagesOff => "images-off",
            Self::Text => "text",
            Self::Source => "source",
            Self::Headers => "headers",
        }
    }

    /// What it is called on the page.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Desktop => "Desktop",
            Self::Phone => "Phone",
            Self::Dark => "Dark",
            Self::ImagesOff => "Images off",
            Self::Text => "Plain text",
            Self::Source => "Source",
            Self::Headers => "Headers",
        }
    }
}

impl Views {
    /// Reads the words of views with commas between them; the default, where there is none.
    fn parse(words: &str) -> Self {
        let named = |view: &View| words.split(',').any(|word| word == view.word());
        let views: Vec<_> = View::ALL.into_iter().filter(named).collect();
        if views.is_empty() { Self::default() } else { Self(views) }
    }

    /// One view alone.
    #[must_use]
    pub fn alone(view: View) -> Self {
        Self(vec![view])
    }

    /// Whether a view is shown.
    #[must_use]
    pub fn has(&self, view: View) -> bool {
        self.0.contains(&view)
    }

    /// The same with a view added or taken away; `None` where nothing would be left.
    #[must_use]
    pub fn toggled(&self, view: View) -> Option<Self> {
        let has = |known: &View| self.has(*known) != (*known == view);
        let views: Vec<_> = View::ALL.into_iter().filter(has).collect();
        (!views.is_empty()).then_some(Self(views))
    }

    /// The views in their order.
    pub fn iter(&self) -> impl Iterator<Item = View> + '_ {
        self.0.iter().copied()
    }
}

impl Default for Views {
    fn default() -> Self {
        Self::alone(View::Desktop)
    }
}

impl Ask {
    /// Reads a query; what it does not know it passes over.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let mut ask = Self::default();
        for (name, value) in parse(query.as_bytes()) {
            match &*name {
                "issue" if !value.is_empty() => ask.issue = Some(value.into_owned()),
                "reader" if value.trim().is_empty() => ask.who = Who::Nobody,
                "reader" => ask.who = Who::Reader(value.trim().to_owned()),
                "edition" => ask.who = ask.who.with_segment(&value),
                "view" => ask.views = Views::parse(&value),
                _ => {}
            }
        }
        ask
    }

    /// The names and values of the query.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.issue.iter().map(|issue| ("issue", issue.clone())));
        match &self.who {
            Who::Most => {}
            Who::Nobody => pairs.push(("reader", String::new())),
            Who::Edition(segments) if segments.is_empty() => {
                pairs.push(("edition", String::new()));
            }
            Who::Edition(segments) => {
                pairs.extend(segments.iter().map(|name| ("edition", name.clone())));
            }
            Who::Reader(address) => pairs.push(("reader", address.clone())),
        }
        if self.views != Views::default() {
            let words: Vec<_> = self.views.iter().map(View::word).collect();
            pairs.push(("view", words.join(",")));
        }
        pairs
    }

    /// The query; begins with `?`, so that it is an address by itself.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = Serializer::for_suffix("?".to_owned(), 1);
        query.extend_pairs(self.pairs());
        query.finish()
    }
}

impl Look {
    /// The value of `look` in the address of a letter.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match (self.dark, self.bare) {
            (false, false) => "light",
            (true, false) => "dark",
            (false, true) => "bare",
            (true, true) => "dark-bare",
        }
    }

    /// Reads the address of a letter; by day and with pictures, where it says nothing.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let word = parse(query.as_bytes()).find(|(name, _)| name == "look");
        let word = word.map(|(_, word)| word.into_owned()).unwrap_or_default();
        Self { dark: word.contains("dark"), bare: word.contains("bare") }
    }
}
