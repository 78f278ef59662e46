//! What a build read and wrote in, what the next one need not do again out.
//!
//! It is a memory and no source: where it cannot be read everything is built, and nothing is removed.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path};
use std::time::UNIX_EPOCH;

use crate::cli::build::survey::Known;
use crate::cli::build::write;
use crate::cli::secret::make_private_folder;
use crate::issue::Outline;
use crate::web::archive::Entry;

/// The file, below the publication's folder.
const FILE: &str = ".newsletter/site.json";

/// The form of the file; another one is of no use.
const FORM: u32 = 1;

/// What is known of the last builds.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Manifest {
    form: u32,
    /// The program that built: another one may make other files of the same issues.
    program: String,
    /// What is known of each issue, by its name.
    pub(super) issues: BTreeMap<String, Record>,
    /// The files around the issues' pages.
    pub(super) site: Option<Built>,
}

/// What is known of an issue.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Record {
    /// The digest of its text.
    pub(super) text: String,
    /// Where it stands among the others.
    pub(super) standing: Standing,
    /// What was made of it.
    pub(super) built: Option<Built>,
    /// What the site knows of it, as long as it is built.
    pub(super) entry: Option<Entry>,
}

/// An [`Outline`], as it is stored.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Standing {
    date: Option<String>,
    title: Option<String>,
    series: Option<(String, i64)>,
    draft: bool,
    send_at: Option<String>,
    theme: Option<String>,
}

/// What was read and written for an issue or for the site.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Built {
    /// The digest of the texts that it was made from.
    pub(super) inputs: String,
    /// The pictures and files that were read for it.
    pub(super) read: Vec<Stamp>,
    /// What was written, below `public/`.
    pub(super) written: Vec<Output>,
}

/// A file, and what tells whether it is still the same.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Stamp {
    path: String,
    size: u64,
    /// When it was last changed, in nanoseconds since 1970.
    changed: u64,
}

/// A file that a build wrote.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Output {
    /// The file as it was right after it was written.
    pub(super) stamp: Stamp,
    /// The digest of its bytes.
    pub(super) digest: String,
}

impl Manifest {
    /// What the last build left, or nothing where that is of no use. What another program made is
    /// made again; that it wrote it is known all the same.
    pub(super) fn load(root: &Path, program: &str) -> Self {
        let text = std::fs::read(root.join(FILE)).unwrap_or_default();
        let known: Option<Self> = serde_json::from_slice(&text).ok();
        let mut manifest = known.filter(|known| known.form == FORM).unwrap_or_else(|| {
            let (program, issues) = (program.to_owned(), BTreeMap::new());
            Self { form: FORM, program, issues, site: None }
        });
        if manifest.program != program {
            program.clone_into(&mut manifest.program);
            manifest.issues.values_mut().for_each(|record| record.text.clear());
            manifest.site.iter_mut().for_each(|site| site.inputs.clear());
        }
        manifest
    }

    /// Keeps it for the next build.
    pub(super) fn save(&self, root: &Path) -> io::Result<()> {
        let path = root.join(FILE);
        make_private_folder(path.parent().unwrap_or(root))?;
        let text = serde_json::to_vec(self).map_err(io::Error::other)?;
        write(&path, &text)
    }

    /// Every file that builds wrote.
    pub(super) fn written(&self) -> impl Iterator<Item = &Output> {
        let built = self.issues.values().filter_map(|record| record.built.as_ref());
        built.chain(&self.site).flat_map(|built| &built.written)
    }
}

impl Built {
    /// Whether what it was made from and what was made of it are as they were.
    pub(super) fn holds(&self, root: &Path, public: &Path, inputs: &str) -> bool {
        self.inputs == inputs
            && self.read.iter().all(|stamp| stamp.holds(root))
            && self.written.iter().all(|output| output.stamp.holds(public))
    }
}

impl Stamp {
    /// The file at a path below a folder, as it is now.
    pub(super) fn of(folder: &Path, path: &str) -> io::Result<Self> {
        let file = std::fs::metadata(folder.join(path))?;
        let changed = file.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let changed = u64::try_from(changed.as_nanos()).unwrap_or(u64::MAX);
        Ok(Self { path: path.to_owned(), size: file.len(), changed })
    }

    fn holds(&self, folder: &Path) -> bool {
        Self::of(folder, &self.path).is_ok_and(|now| now == *self)
    }

    /// The path, unless it leads somewhere that no build writes to.
    pub(super) fn path(&self) -> Option<&str> {
        let mut parts = Path::new(&self.path).components();
        parts.all(|part| matches!(part, Component::Normal(_))).then_some(self.path.as_str())
    }
}

impl Record {
    /// What is known of an issue before anything is made of it.
    pub(super) fn new(known: &Known) -> Self {
        let standing = Standing::from(&known.outline);
        Self { text: known.digest.clone(), standing, built: None, entry: None }
    }
}

impl From<&Outline> for Standing {
    fn from(outline: &Outline) -> Self {
        Self {
            date: outline.date.map(|date| date.to_string()),
            title: outline.title.clone(),
            series: outline.series.clone(),
            draft: outline.draft,
            send_at: outline.send_at.map(|time| time.to_string()),
            theme: outline.theme.clone(),
        }
    }
}

impl From<&Standing> for Outline {
    fn from(standing: &Standing) -> Self {
        Self {
            date: standing.date.as_ref().and_then(|date| date.parse().ok()),
            title: standing.title.clone(),
            series: standing.series.clone(),
            draft: standing.draft,
            send_at: standing.send_at.as_ref().and_then(|time| time.parse().ok()),
            theme: standing.theme.clone(),
        }
    }
}
