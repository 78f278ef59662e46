//! The lists that other tools export in, who on them joins, leaves or cannot be told out.

mod cell;
mod everyone;
mod flat;
mod format;
mod head;
mod headers;
mod judge;
mod mapping;
mod names;
mod options;
mod python;
mod reader;
mod verdict;

use std::path::Path;

use crate::audience::error::Error;
use crate::audience::exports::head::{NoHead, SourceHead};
use crate::audience::exports::mapping::{Fate, Mapping};
use crate::audience::source::{Part, Source, parts};
use crate::field::clean;

pub(crate) use cell::plain;
pub use cell::{marked, unmarked};
pub use everyone::Everyone;
pub(crate) use flat::flat;
pub use format::Format;
pub(crate) use headers::address_rank;
pub(crate) use judge::{LeaveDate, latest_moment};
pub(crate) use mapping::REJECTED;
pub use names::Names;
pub use options::ImportOptions;
pub use python::{PythonError, python_value};
pub(crate) use reader::{Line, Outcome};

/// A list that another tool exported, recognised by its columns, and read as often as it is needed.
#[derive(Debug)]
pub struct Export {
    source: Source,
    mapping: Mapping,
    /// How many rows stand before the first reader.
    skipped: usize,
    /// What the file's name, or a title in it, says of everyone in it.
    standing: Option<Everyone>,
    /// What was done to read it.
    notes: Vec<String>,
}

/// What a file holds.
#[derive(Debug)]
pub(crate) enum Found {
    /// A list.
    Export(Box<Export>),
    /// Something else: its name, and why it is left out.
    Other(String, String),
}

/// A column of an export and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// A column of the list.
    Field(String),
    /// Several columns, one for each value in it.
    Fields,
    /// Who is subscribed, and evidence of consent.
    Evidence,
    /// Nothing.
    LeftOut,
}

impl Export {
    /// Looks into a file: a list, a spreadsheet, or a zip of them.
    pub(crate) fn find(
        path: &Path,
        options: &ImportOptions,
        names: &mut Names,
    ) -> Result<Vec<Found>, Error> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(std::io::Error::other("it is not a file").into());
        }
        let look = |part| match part {
            Part::LeftOut(name, why) => Ok(Found::Other(name, why)),
            Part::Text(source) => {
                let part = source.is_part().then(|| source.name());
                Self::look(source, options, names).map_err(|error| match part {
                    Some(name) => Error::Part { name, source: Box::new(error) },
                    None => error,
                })
            }
        };
        parts(path)?.into_iter().map(look).collect()
    }

    fn look(source: Source, options: &ImportOptions, names: &mut Names) -> Result<Found, Error> {
        if source.is_json() {
            let (what, help) = ("it is JSON".to_owned(), "export the list as CSV");
            return Err(Error::NoList { what, help });
        }
        let standing = Everyone::of(&source.telling_name());
        let other = |why: &str| Ok(Found::Other(source.name(), why.to_owned()));
        if standing == Some(Everyone::Never) {
            return other("who is in it never subscribed");
        }
        if source.is_part() && source.own_name().and_then(Everyone::of) == Some(Everyone::Activity)
        {
            return other("it says what people did, and not who subscribes");
        }
        let standing = standing.filter(|standing| *standing != Everyone::Activity);
        let SourceHead { mut mapping, skipped, titles } =
            match SourceHead::of(&source, options, names)? {
                Ok(head) => head,
                Err(NoHead::Empty) => return other("it is empty"),
                Err(NoHead::Columns) if !source.is_part() || source.mentions_address() => {
                    return Err(Error::NoList {
                        what: "it has more columns than anybody means".to_owned(),
                        help: "leave the columns that matter, and import the file again",
                    });
                }
                // A list of who left must not be passed over, in whatever form it names them.
                Err(NoHead::NoAddress(error))
                    if !source.is_part() || source.mentions_address() || standing.is_some() =>
                {
                    return Err(error);
                }
                Err(NoHead::NoAddress(_) | NoHead::Columns) => return other("it holds no address"),
            };
        let said = titles.iter().find_map(|title| Everyone::of(title));
        // An unknown name of the only column may say who is in the list.
        let said = said.or_else(|| Everyone::of(&mapping.header[mapping.address]));
        let said = said.filter(|said| !matches!(said, Everyone::Never | Everyone::Activity));
        let mut notes: Vec<String> = source.encoding_note()?.into_iter().collect();
        notes
            .extend(titles.iter().map(|title| format!("passed over, a title: `{}`", shown(title))));
        let standing = standing.or(said);
        match standing {
            Some(Everyone::Unconfirmed) => {
                return other("its name says that who is in it never confirmed");
            }
            Some(Everyone::Inactive) => {
                return other("its name says that who is in it is no longer active");
            }
            _ => {}
        }
        let mut rows = source.rows()?;
        for _ in 0..skipped {
            rows.next_row()?.ok_or(Error::Changed)?.map_err(Error::Header)?;
        }
        mapping.judge.survey(&mut rows)?;
        Ok(Found::Export(Box::new(Self { source, mapping, skipped, standing, notes })))
    }

    /// The file's name; of a file in a zip and of a sheet, both names.
    #[must_use]
    pub fn name(&self) -> String {
        self.source.name()
    }

    /// What was done to read it, in sentences.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whose export it is.
    #[must_use]
    pub fn format(&self) -> Format {
        self.mapping.format
    }

    /// What the file says of everyone in it, by its name or its columns.
    #[must_use]
    pub fn everyone(&self) -> Option<Everyone> {
        self.standing.or(self.mapping.standing)
    }

    /// Whether it has no row that names its columns.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.mapping.bare
    }

    /// The columns as the file names them, without those of a list of rejected rows.
    pub(crate) fn header(&self) -> impl Iterator<Item = &str> {
        let columns = self.mapping.header.iter().zip(&self.mapping.fates);
        columns.filter(|(_, fate)| **fate != Fate::Ours).map(|(name, _)| name.as_str())
    }

    /// The columns and what becomes of each.
    pub(crate) fn uses<'e>(&'e self, names: &'e Names) -> impl Iterator<Item = (&'e str, Use)> {
        let columns = self.mapping.header.iter().zip(&self.mapping.fates);
        columns.filter_map(|(name, fate)| {
            let what = match fate {
                Fate::Address => Use::Field("email".to_owned()),
                Fate::Field(id) => Use::Field(names.names()[*id].clone()),
                Fate::Tags => Use::Field("tags".to_owned()),
                Fate::Attributes => Use::Fields,
                Fate::Evidence => Use::Evidence,
                Fate::LeftOut => Use::LeftOut,
                Fate::Ours => return None,
            };
            Some((name.as_str(), what))
        })
    }

    /// The columns that are asked whether a subscriber left.
    pub fn judged(&self) -> impl Iterator<Item = &str> {
        self.mapping.judge.names()
    }

    /// Takes a column for one that says nothing of leaving; returns whether there is one.
    pub(crate) fn settle(&mut self, column: &str) -> bool {
        self.mapping.judge.settle(column);
        self.has_column(column)
    }

    /// Whether it has a column of a name, as names are compared.
    #[must_use]
    pub fn has_column(&self, column: &str) -> bool {
        self.mapping.header.iter().any(|name| plain(name) == plain(column))
    }
}

/// A text of a file as a message can show it.
fn shown(text: &str) -> String {
    clean(text).chars().take(80).collect()
}
