//! The URLs of links in, what stands for them behind their words and beneath a section out.

use crate::templates::TextLinks;

/// The links of a section: each URL has a number, which goes on from section to section.
#[derive(Debug)]
pub(super) struct Notes {
    place: TextLinks,
    /// The URLs that stand behind words of the section.
    said: Vec<String>,
    count: usize,
    open: Vec<(usize, String)>,
}

impl Notes {
    /// No links yet.
    pub(super) fn new(place: TextLinks) -> Self {
        Self { place, said: Vec::new(), count: 0, open: Vec::new() }
    }

    /// What stands behind the words that lead to a URL.
    pub(super) fn behind(&mut self, url: String) -> String {
        match self.place {
            TextLinks::Inline => {
                let behind = format!(" <{url}>");
                self.said.push(url);
                behind
            }
            // The number stays with the last word.
            TextLinks::Notes => format!("\u{a0}[{}]", self.number(url)),
        }
    }

    /// Takes in a URL that no words lead to.
    pub(super) fn add(&mut self, url: String) {
        if !self.said.contains(&url) {
            self.number(url);
        }
    }

    /// The lines beneath the section: every URL since the last time.
    pub(super) fn take(&mut self) -> Vec<String> {
        self.said.clear();
        let place = self.place;
        let line = |(number, url)| match place {
            TextLinks::Inline => url,
            TextLinks::Notes => format!("[{number}] {url}"),
        };
        self.open.drain(..).map(line).collect()
    }

    /// The number of a URL; within a section the same URL keeps it.
    fn number(&mut self, url: String) -> usize {
        if let Some((number, _)) = self.open.iter().find(|(_, known)| *known == url) {
            return *number;
        }
        self.count += 1;
        self.open.push((self.count, url));
        self.count
    }
}
