//! The lists that other tools export in, who on them joins, leaves or cannot be told out.

mod cell;
mod flat;
mod format;
mod mapping;
mod names;
mod python;
mod reader;
mod verdict;
mod words;
mod zip;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::audience::error::Error;
use crate::audience::exports::mapping::{Fate, Mapping, Unfit};
use crate::audience::exports::zip::Member;
use crate::audience::rows::Rows;

pub(crate) use cell::plain;
pub use cell::{marked, unmarked};
pub use format::Format;
pub(crate) use mapping::REJECTED;
pub use names::Names;
pub use python::{PythonError, python_value};
pub(crate) use reader::{Line, Outcome};
pub use verdict::Everyone;

/// A list that another tool exported, recognised by its columns, and read as often as it is needed.
#[derive(Debug)]
pub struct Export {
    path: PathBuf,
    member: Option<Member>,
    mapping: Mapping,
    /// What the file's name says of everyone in it.
    standing: Option<Everyone>,
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
    /// Looks into a file: a list, or a zip of lists.
    pub(crate) fn find(path: &Path, names: &mut Names) -> Result<Vec<Found>, Error> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it is not a file").into());
        }
        if !zip::is_zip(path)? {
            return Ok(vec![Self::look(path, None, names)?]);
        }
        let mut found = Vec::new();
        for member in zip::members(path)? {
            let is_list = member.name.to_lowercase().ends_with(".csv")
                && !member.name.split('/').any(|part| part.starts_with("__MACOSX"));
            // A zip of posts has hundreds of other files, which nobody wants to read about.
            if is_list {
                found.push(Self::look(path, Some(member), names)?);
            }
        }
        Ok(found)
    }

    fn look(path: &Path, member: Option<Member>, names: &mut Names) -> Result<Found, Error> {
        let name = shown(path, member.as_ref());
        let mut rows = Rows::new(open(path, member.as_ref())?)?;
        let other = |why: &str| Ok(Found::Other(name.clone(), why.to_owned()));
        let first = match rows.next_row()? {
            None => return other("it is empty"),
            Some(Err(bad)) => return Err(Error::Header(bad)),
            Some(Ok(first)) => first,
        };
        let mapping = match Mapping::of(first, names) {
            Ok(mapping) => mapping,
            Err(Unfit::Columns) => return other("it has more columns than anybody means"),
            Err(Unfit::NoAddress(columns)) if member.is_none() => {
                return Err(Error::NoAddressColumn { wanted: "email", columns });
            }
            Err(Unfit::NoAddress(_)) => return other("it has no column of addresses"),
        };
        // Of a file in a zip its folders count, too; what a folder of the disk is called may be chance.
        let own = member.as_ref().map_or_else(|| name.as_str(), |member| member.name.as_str());
        let standing = Everyone::of(own);
        if standing == Some(Everyone::Never) {
            return other("who is in it never subscribed");
        }
        if standing == Some(Everyone::Activity) && member.is_some() {
            return other("it says what people did, and not who subscribes");
        }
        let standing = standing.filter(|standing| *standing != Everyone::Activity);
        Ok(Found::Export(Box::new(Self { path: path.to_owned(), member, mapping, standing })))
    }

    /// The file's name; of a file in a zip, both names.
    #[must_use]
    pub fn name(&self) -> String {
        shown(&self.path, self.member.as_ref())
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

    /// Opens the list at its beginning.
    fn open(&self) -> io::Result<Box<dyn Read>> {
        open(&self.path, self.member.as_ref())
    }
}

fn open(path: &Path, member: Option<&Member>) -> io::Result<Box<dyn Read>> {
    Ok(match member {
        None => Box::new(File::open(path)?),
        Some(member) => Box::new(member.open(path)?),
    })
}

fn shown(path: &Path, member: Option<&Member>) -> String {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    match member {
        None => file.into_owned(),
        Some(member) => format!("{file}/{}", member.name),
    }
}
