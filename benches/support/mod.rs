//! Issues and a publication in, what benches measure with out.

#![allow(dead_code, reason = "each bench uses a part of it")]

use std::fmt::Write as _;

use newsletter::audience::{Columns, Recipient};
use newsletter::compile::{self, Draft, Edition, Press, Program};
use newsletter::config::{self, Config};
use newsletter::diagnostic::Source;
use newsletter::issue::{self, Folder, Issue};
use newsletter::key::Key;
use newsletter::templates::{Neighbours, Theme, ThemeFiles};

/// An issue of so many sections, of every kind, about 700 bytes each.
pub(crate) fn text(sections: usize) -> String {
    let mut text = String::from("title = \"First frost\"\ndate = 2026-11-20\nlede = \"Dear {{first_name|reader}}.\"\n");
    for number in 0..sections {
        let section = match number % 8 {
            0..=3 => format!(
                "heading = \"Story {number}\"\nkicker = \"Read on\"\nbody = \"\"\"\nThe gauge at Marrick decides what every hull may carry, {{{{first_name|reader}}}}. [Story {number}](https://tidewater.example.org/{number}?town={{{{town|all}}}}) has it *all*.\n\n### What that does\n\n- Two-thirds of a load costs nearly as much to move as a whole one: **€9.40 a tonne**, not €6.10.\n- One light barge equals 32 lorries. The lane to the upper depot has passing places.\n\n> You do not lose the river in a flood. You lose it forty tonnes at a time.\n\"\"\"\nbutton = {{ label = \"Read story {number}\", url = \"https://tidewater.example.org/{number}\" }}\n"
            ),
            4 => "kind = \"briefs\"\nheading = \"Also on the water\"\nitems = [{ heading = \"A stay\", body = \"The *Kittiwake* may sail until March.\", url = \"https://tidewater.example.org/stay\" }, { heading = \"A café\", body = \"On one condition.\" }]\n".to_owned(),
            5 => "kind = \"figures\"\nheading = \"By the numbers\"\nitems = [{ value = \"58%\", label = \"of the salt is there\" }, { value = \"€9.40\", label = \"a tonne\", note = \"By light barge.\" }]\n".to_owned(),
            6 => "heading = \"The gauge\"\nbody = \"\"\"\n| Week | Mean |\n|:-----|-----:|\n| 40 | 2.31 |\n| 41 | 1.62 |\n| 42 | 1.38 |\n\"\"\"\n".to_owned(),
            _ => "kind = \"quote\"\ntext = \"We rent the harbour from the river, and the rent is mud.\"\nattribution = \"The harbour master\"\n".to_owned(),
        };
        write!(text, "\n[[section]]\n{section}").expect("a string takes it");
    }
    text
}

/// A publication and a reader.
pub(crate) struct Desk {
    pub(crate) config: Config,
    pub(crate) theme: Theme,
    pub(crate) neighbours: Neighbours,
    pub(crate) key: Key,
    pub(crate) reader: Recipient,
}

impl Desk {
    pub(crate) fn open() -> Self {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../newsletter.toml");
        let settings = std::fs::read_to_string(root).expect("the sample's settings");
        let config = config::parse(&Source::new("newsletter.toml", settings)).value;
        let text = Theme::built_in(Theme::DEFAULT).expect("a theme");
        let settings = Source::new("theme.toml", text);
        let files = ThemeFiles { settings, style: None, layout: None };
        let theme = Theme::parse(&files, &Folder::new(".")).value;
        let columns = Columns::new(["email", "first_name", "town"]);
        Self {
            config: config.expect("good settings"),
            theme: theme.expect("a good theme"),
            neighbours: Neighbours::default(),
            key: Key::new(&[7; 32]),
            reader: Recipient {
                address: "ann@example.org".parse().expect("an address"),
                line: 2,
                columns: columns.into(),
                values: ["ann@example.org", "Ann", "Averley"].map(str::to_owned).to_vec(),
            },
        }
    }

    pub(crate) fn parse(&self, text: &str) -> Issue {
        let source = Source::new("issues/bench.toml", text);
        issue::parse(&source, &Folder::new("."), &[]).value.expect("a good issue")
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

    pub(crate) fn draft(&self, issue: &Issue) -> Draft {
        let date = "2026-11-20T07:00:00Z".parse().expect("a date");
        compile::draft(issue, &self.press(), &Edition::public(issue), date, "")
    }

    pub(crate) fn compile(&self, text: &str) -> Program {
        self.draft(&self.parse(text)).program()
    }
}
