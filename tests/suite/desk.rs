//! The publication of the cases in, everything that a message is made with out.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use newsletter::address::EmailAddress;
use newsletter::audience::{Columns, Recipient};
use newsletter::compile::{Draft, Edition, Press, draft};
use newsletter::config::{self, Config};
use newsletter::diagnostic::Source;
use newsletter::issue::{self, Folder, Issue};
use newsletter::key::Key;
use newsletter::templates::{Neighbours, Theme, ThemeFiles};

use crate::cases;

/// The segments that the cases can use.
pub(crate) const SEGMENTS: [&str; 3] = ["averley", "coast", "members"];

/// A publication and how it looks.
pub(crate) struct Desk {
    pub(crate) config: Config,
    pub(crate) theme: Theme,
    neighbours: Neighbours,
    pub(crate) key: Key,
}

impl Desk {
    /// The publication of a settings file.
    pub(crate) fn open(settings: &Path) -> Self {
        let checked = config::parse(&Source::new("newsletter.toml", cases::read(settings)));
        let found = cases::render(&checked.diagnostics);
        let config = checked.value.unwrap_or_else(|| panic!("{}\n{found}", settings.display()));
        let theme = theme(Theme::DEFAULT);
        Self { config, theme, neighbours: Neighbours::default(), key: Key::new(&[7; 32]) }
    }

    /// The publication of the cases.
    pub(crate) fn of_cases() -> Self {
        Self::open(&cases::folder("publication").join("newsletter.toml"))
    }

    /// An issue for one edition, as of a fixed date.
    pub(crate) fn draft(&self, issue: &Issue, edition: &Edition) -> Draft {
        let date = "2026-11-20T07:00:00Z".parse().expect("a date");
        draft(issue, &self.press(), edition, date, "")
    }

    pub(crate) fn press(&self) -> Press<'_> {
        Press {
            publication: &self.config.publication,
            sender: &self.config.sender,
            unsubscribe: &self.config.unsubscribe,
            name: &self.config.audience.name,
            theme: &self.theme,
            neighbours: &self.neighbours,
            clicks: None,
        }
    }
}

/// A theme that is built in.
pub(crate) fn theme(name: &str) -> Theme {
    let text = Theme::built_in(name).expect("a theme of that name");
    let files = ThemeFiles { settings: Source::new("theme.toml", text), style: None, layout: None };
    let checked = Theme::parse(&files, &assets());
    checked.value.unwrap_or_else(|| panic!("{}", cases::render(&checked.diagnostics)))
}

/// The folder that pictures and files of the cases are in; it knows the pictures that were read.
pub(crate) fn assets() -> Folder {
    static ASSETS: OnceLock<Folder> = OnceLock::new();
    ASSETS.get_or_init(|| Folder::new(cases::folder("assets"))).clone()
}

/// An issue that has to be good.
pub(crate) fn parse(name: &str, text: &str, folder: &Folder) -> Issue {
    let source = Source::new(format!("issues/{name}.toml"), text);
    let checked = issue::parse(&source, folder, &SEGMENTS);
    let found = cases::render(&checked.diagnostics);
    checked.value.unwrap_or_else(|| panic!("{name} has errors\n{found}\n{text}"))
}

/// A reader with the columns that the cases use.
pub(crate) fn reader(address: &str, values: [&str; 3]) -> Recipient {
    let address: EmailAddress = address.parse().expect("an address");
    let columns = Arc::new(Columns::new(["email", "first_name", "last_name", "town"]));
    let mut row = vec![address.to_string()];
    row.extend(values.map(str::to_owned));
    Recipient { address, line: 2, columns, values: row }
}
