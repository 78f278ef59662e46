//! The URLs of links in, what stands for them behind their words and beneath a section out.

/// The links of a section: each URL has a number, which goes on from section to section.
#[derive(Debug)]
pub(super) struct Notes {
    /// Whether URLs stand behind their words, and not beneath the section.
    inline: bool,
    count: usize,
    open: Vec<(usize, String)>,
}

impl Notes {
    /// No links yet.
    pub(super) fn new(inline: bool) -> Self {
        Self { inline, count: 0, open: Vec::new() }
    }

    /// What stands behind the words that lead to a URL.
    pub(super) fn behind(&mut self, url: String) -> String {
        if self.inline {
            return format!(" <{url}>");
        }
        // The number stays with the last word.
        format!("\u{a0}[{}]", self.number(url))
    }

    /// Takes in a URL that no words lead to.
    pub(super) fn add(&mut self, url: String) {
        self.number(url);
    }

    /// The lines beneath the section: every URL since the last time.
    pub(super) fn take(&mut self) -> Vec<String> {
        let inline = self.inline;
        let line = |(number, url)| if inline { url } else { format!("[{number}] {url}") };
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
