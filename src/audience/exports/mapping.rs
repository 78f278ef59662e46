//! The first row of a file in, whose export it is and what becomes of each column out.

use std::collections::HashMap;

use crate::audience::exports::cell::{plain, unmarked};
use crate::audience::exports::everyone::Everyone;
use crate::audience::exports::format::{Format, Role};
use crate::audience::exports::headers::address_rank;
use crate::audience::exports::judge::ColumnJudge;
use crate::audience::exports::names::{Full, Names};
use crate::audience::exports::options::ImportOptions;
use crate::audience::rows::Row;
use crate::audience::subscribers::ADDRESS_COLUMNS;

/// The columns that a list of rejected rows has before those of the list that they come from.
pub(crate) const REJECTED: [&str; 3] = ["line", "column", "reason"];

/// What becomes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Address,
    /// A field, by its number in [`Names`].
    Field(usize),
    Tags,
    Attributes,
    Evidence,
    LeftOut,
    /// One of [`REJECTED`]: not of the list.
    Ours,
}

/// What becomes of each column of a file.
#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    pub(crate) format: Format,
    /// What the columns say of everyone in the file.
    pub(crate) standing: Option<Everyone>,
    /// The columns as the file names them.
    pub(crate) header: Vec<String>,
    pub(crate) fates: Vec<Fate>,
    pub(crate) address: usize,
    /// Where evidence stands, by the plain name of its column.
    evidence: HashMap<String, usize>,
    /// The columns that can say that a subscriber left.
    pub(crate) judge: ColumnJudge,
    /// Whether the first row is somebody already.
    pub(crate) bare: bool,
    /// Tags for everyone in the file.
    pub(crate) tags: Vec<String>,
}

/// Why a file is not one that people can be imported from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// No column holds addresses.
    NoAddress(Vec<String>),
    /// There are too many columns, or one has too long a name.
    Columns,
}

impl Mapping {
    /// Looks at the row that may name the columns.
    pub(crate) fn of(
        first: &[String],
        options: &ImportOptions,
        names: &mut Names,
    ) -> Result<Self, Unfit> {
        let header = trimmed(first);
        let plain_names: Vec<String> = header.iter().map(|name| plain(name)).collect();
        let skip = if plain_names.starts_with(&REJECTED.map(str::to_owned)) { 3 } else { 0 };
        let own = &plain_names[skip..];
        let mapped = own.iter().position(|name| options.is_address(name)).map(|at| at + skip);
        let ranks = || {
            (skip..plain_names.len()).filter_map(|at| Some((address_rank(&plain_names[at])?, at)))
        };
        let format = Format::of(own)
            .or((mapped.is_some() || ranks().next().is_some()).then_some(Format::Plain));
        let Some(format) = format else { return Err(Unfit::NoAddress(header)) };
        let likeliest = (format == Format::Plain).then(|| ranks().min()).flatten();
        let address = mapped.or(likeliest.map(|(_, at)| at));
        Self::with(format, header, &plain_names, &Place { skip, address }, options, names)
    }

    /// Takes a column of a file of unknown origin for the one of addresses.
    pub(crate) fn with_address(
        first: &[String],
        address: usize,
        options: &ImportOptions,
        names: &mut Names,
    ) -> Result<Self, Unfit> {
        let header = trimmed(first);
        let plain_names: Vec<String> = header.iter().map(|name| plain(name)).collect();
        let place = Place { skip: 0, address: Some(address) };
        Self::with(Format::Plain, header, &plain_names, &place, options, names)
    }

    /// Names the columns of a file whose first row is a reader, with an address in this cell.
    pub(crate) fn bare(
        cells: usize,
        address: usize,
        options: &ImportOptions,
        names: &mut Names,
    ) -> Result<Self, Unfit> {
        let mut header: Vec<String> =
            (1..=cells.max(1)).map(|number| format!("column_{number}")).collect();
        "email".clone_into(&mut header[address]);
        let place = Place { skip: 0, address: Some(address) };
        let unmapped = ImportOptions::default();
        let plain_names = header.clone();
        let mapping = Self::with(Format::Plain, header, &plain_names, &place, &unmapped, names)?;
        Ok(Self { bare: true, tags: options.tags().to_vec(), ..mapping })
    }

    fn with(
        format: Format,
        header: Vec<String>,
        plain_names: &[String],
        place: &Place,
        options: &ImportOptions,
        names: &mut Names,
    ) -> Result<Self, Unfit> {
        let mut roles = roles(format, plain_names, place.skip);
        if let Some(address) = place.address {
            for role in roles.iter_mut().filter(|role| **role == Some(Role::Address)) {
                *role = None;
            }
            roles[address] = Some(Role::Address);
        }
        let mut mapping = Self {
            format,
            standing: None,
            header,
            fates: vec![Fate::Ours; plain_names.len()],
            address: 0,
            evidence: HashMap::new(),
            judge: ColumnJudge::default(),
            bare: false,
            tags: options.tags().to_vec(),
        };
        mapping.settle(&roles, plain_names, place.skip, names).map_err(|Full| Unfit::Columns)?;
        mapping.apply(options, plain_names, names).map_err(|Full| Unfit::Columns)?;
        Ok(mapping)
    }

    /// Gives the columns that the editor named the fates that they were given.
    fn apply(
        &mut self,
        options: &ImportOptions,
        plain_names: &[String],
        names: &mut Names,
    ) -> Result<(), Full> {
        for (at, name) in plain_names.iter().enumerate() {
            if at == self.address || self.fates[at] == Fate::Ours {
                continue;
            }
            match options.field(name) {
                None => {}
                Some("") => self.fates[at] = Fate::LeftOut,
                Some("tags") => self.fates[at] = Fate::Tags,
                Some(field) => self.fates[at] = Fate::Field(names.id(field)?),
            }
        }
        Ok(())
    }

    /// Gives every column its fate.
    fn settle(
        &mut self,
        roles: &[Option<Role>],
        plain_names: &[String],
        skip: usize,
        names: &mut Names,
    ) -> Result<(), Full> {
        let mut times: HashMap<String, usize> = HashMap::new();
        for at in skip..plain_names.len() {
            let name = &plain_names[at];
            self.fates[at] = match roles[at] {
                Some(Role::Address) => Fate::Address,
                Some(Role::Tags) => Fate::Tags,
                Some(Role::Attributes) => Fate::Attributes,
                Some(Role::LeftOut) => Fate::LeftOut,
                Some(Role::Evidence) => Fate::Evidence,
                role => Fate::Field(names.id(&self.field(at, role, name, &mut times))?),
            };
            let read = self.fates[at] == Fate::Evidence || self.format == Format::Plain;
            if read {
                self.evidence.entry(name.clone()).or_insert(at);
            }
            if self.fates[at] == Fate::Address {
                self.address = at;
            }
        }
        let (stale, fates) = (stale(self.format, plain_names), &self.fates);
        let skipped =
            |at: usize| matches!(fates[at], Fate::Address | Fate::Ours) || stale.contains(&at);
        self.judge = ColumnJudge::of(&self.header, self.format, &skipped);
        let has = |name: &str| self.evidence.contains_key(name);
        self.standing = match self.format {
            Format::Mailchimp if has("clean_time") => Some(Everyone::Bounced),
            Format::Mailchimp if has("unsub_time") => Some(Everyone::Unsubscribed),
            _ => None,
        };
        Ok(())
    }

    /// The name of a column's field. One that came before has a number behind it, and so has one that
    /// would be taken for the address.
    fn field(
        &self,
        at: usize,
        role: Option<Role>,
        name: &str,
        times: &mut HashMap<String, usize>,
    ) -> String {
        let own = match (role, self.format) {
            (Some(Role::Field(name)), _) => name.to_owned(),
            (_, Format::Plain) => self.header[at].trim().to_lowercase(),
            _ => name.to_owned(),
        };
        let own = if own.is_empty() { format!("column_{}", at + 1) } else { own };
        let times = times.entry(plain(&own)).or_default();
        *times += 1;
        match *times {
            1 if ADDRESS_COLUMNS.contains(&own.as_str()) => format!("{own}_2"),
            1 => own,
            times => format!("{own}_{times}"),
        }
    }

    /// What the row says in a column that is read as evidence.
    pub(crate) fn evidence<'r>(&self, row: Row<'r>, name: &str) -> &'r str {
        let cell = self.evidence.get(name).and_then(|at| row.cell(*at));
        unmarked(cell.unwrap_or_default().trim())
    }
}

/// Place of the first column that is of the list, and of the one of addresses.
struct Place {
    skip: usize,
    address: Option<usize>,
}

fn trimmed(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| unmarked(cell.trim()).to_owned()).collect()
}

/// The role of each column. Of those that have the same name the last is the tool's own (a list that
/// was imported from a tool brings its columns along, as fields), but for the address.
fn roles(format: Format, names: &[String], skip: usize) -> Vec<Option<Role>> {
    let last = |name: &str| names.iter().rposition(|other| other == name);
    let first_address = |at: usize| {
        let is_address = |name: &String| format.role(name) == Some(Role::Address);
        names.iter().skip(skip).position(is_address).is_some_and(|first| first + skip == at)
    };
    let stale = stale(format, names);
    let role = |(at, name): (usize, &String)| match format.role(name)? {
        Role::Address => first_address(at).then_some(Role::Address),
        Role::Field(name) => Some(Role::Field(name)),
        _ if last(name) != Some(at) => None,
        _ if stale.contains(&at) => None,
        role => Some(role),
    };
    names.iter().enumerate().map(role).collect()
}

/// The columns of an earlier export of Mailchimp, from which the list was once imported: they stand
/// between those of that export and Mailchimp's own.
fn stale(format: Format, names: &[String]) -> Vec<usize> {
    let is_time = |name: &String| name == "optin_time";
    let (first, last) = (names.iter().position(is_time), names.iter().rposition(is_time));
    let Some((first, last)) = first.zip(last).filter(|_| format == Format::Mailchimp) else {
        return Vec::new();
    };
    let earlier = |at: &usize| names[*at].starts_with("unsub_") || names[*at].starts_with("clean_");
    (first..last).filter(earlier).collect()
}
