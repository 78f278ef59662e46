//! What is wanted and what the last build made in, the files that differ and what is known now out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::cli::build::compiled;
use crate::cli::build::looks;
use crate::cli::build::manifest::{Built, Manifest, Record};
use crate::cli::build::output::{self, Press, Removed};
use crate::cli::build::parallel;
use crate::cli::build::presswork::{Made, Presswork};
use crate::cli::build::site::{self, Front};
use crate::cli::build::survey::{Around, Known};
use crate::cli::digest::{self, Parts};
use crate::cli::failure::Failure;
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::measure::Numbers;
use crate::web::archive;

/// What is to be built.
pub(super) struct Work<'w> {
    pub(super) publication: &'w Publication,
    /// Every issue of the publication.
    pub(super) known: &'w [Known],
    /// Those whose files are wanted, in the order of their dates.
    pub(super) wanted: Vec<&'w Known>,
    /// Whether it is the whole site, and not the files of some issues only.
    pub(super) whole: bool,
    /// Whether drafts are a part of it.
    pub(super) drafts: bool,
    /// How often each issue was read, where that is counted.
    pub(super) views: Option<Numbers>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// How many files were written.
    pub(super) written: u64,
    /// What became of those that are no longer made.
    pub(super) removed: Removed,
}

/// A wanted issue, the digest of what it is made from, and what is known of it.
struct Part<'w> {
    known: &'w Known,
    inputs: String,
    record: Record,
}

impl<'w> Work<'w> {
    /// Builds what has changed; what there is to say of issues goes into `said`, also where it fails.
    pub(super) fn work(&self, before: &Manifest, said: &mut Vec<Found>) -> Result<Done, Failure> {
        let root = self.publication.folder.root();
        let press = Press::begin(root.join("public"), &self.publication.state())?;
        let shown = self.known.iter().filter(|issue| issue.published || self.drafts);
        let around = Around(shown.collect());
        let parts = self.parts(before, &around);
        let holds = |built: Option<&Built>, inputs: &str| {
            built.is_some_and(|built| built.holds(root, press.public(), inputs))
        };
        let stale = parallel::each(&parts, |part| {
            (!holds(part.record.built.as_ref(), &part.inputs)).then_some(part.known.name.as_str())
        });
        let stale: BTreeSet<&str> = stale.into_iter().flatten().collect();
        let inputs = site::inputs(self, parts.iter().map(|part| part.inputs.as_str()));
        let renewed = self.whole && (!stale.is_empty() || !holds(before.site.as_ref(), &inputs));
        let newest = self.wanted.iter().rev().take(if renewed { archive::FEED_MAX } else { 0 });
        let newest: BTreeSet<&str> = newest.map(|issue| issue.name.as_str()).collect();
        let needed = |issue: &&&Known| {
            [&stale, &newest].iter().any(|names| names.contains(issue.name.as_str()))
        };
        let needed: Vec<&Known> = self.wanted.iter().filter(needed).copied().collect();
        let compiled = compiled::compile(self.publication, &needed, &stale, said)?;
        let own = self.publication.config.publication.theme.as_str();
        let names = compiled.iter().map(|it| self.publication.theme_name(&it.issue));
        let looks = looks::read(self.publication, names.chain(renewed.then_some(own)), said)?;
        let presswork = Presswork { work: self, looks: &looks, around: &around, press: &press };
        let (new, fed) = (
            compiled.iter().filter(|it| stale.contains(it.known.name.as_str())).collect::<Vec<_>>(),
            compiled.iter().filter(|it| newest.contains(it.known.name.as_str())).rev(),
        );
        let made = presswork.print(&new)?;
        let mut after = self.remember(before, parts, made);
        if renewed {
            let contents = fed.map(|it| presswork.content(it)).collect::<Result<Vec<_>, _>>()?;
            let front = Front { work: self, look: &looks[own], contents: &contents, press: &press };
            after.site = Some(front.write(inputs, &after)?);
        }
        let removed = remove(before, &after, press.public())?;
        if after != *before {
            after.save(root).map_err(|error| {
                Failure::because("cannot keep what was built in `.newsletter`", &error)
            })?;
        }
        Ok(Done { written: press.written(), removed })
    }

    /// The wanted issues with what they are made from.
    fn parts(&self, before: &Manifest, around: &Around<'_>) -> Vec<Part<'w>> {
        let config = &self.publication.config;
        let settings = digest::of(config.source.text.as_bytes());
        let mut themes: BTreeMap<&str, String> = BTreeMap::new();
        let mut parts = Vec::new();
        for &known in &self.wanted {
            let theme = known.outline.theme.as_deref().unwrap_or(&config.publication.theme);
            let theme =
                themes.entry(theme).or_insert_with(|| looks::digest(self.publication, theme));
            let mut inputs = Parts::default();
            for part in [&settings, theme, &known.name, &known.digest] {
                inputs.add(part.as_bytes());
            }
            let neighbours = around.of(known);
            for other in [neighbours.previous, neighbours.next] {
                let other = other.map(|other| [other.name, other.title]).unwrap_or_default();
                other.iter().for_each(|part| inputs.add(part.as_bytes()));
            }
            let old = before.issues.get(&known.name).filter(|old| old.text == known.digest);
            let record = old.cloned().unwrap_or_else(|| Record::new(known));
            parts.push(Part { known, inputs: inputs.finish(), record });
        }
        parts
    }

    /// What is known after the build. Of issues that are not wanted in the whole site only where
    /// they stand is known: whatever was made of them is to go.
    fn remember(
        &self,
        before: &Manifest,
        parts: Vec<Part<'_>>,
        mut made: BTreeMap<String, Made>,
    ) -> Manifest {
        let mut after = before.clone();
        if self.whole {
            let records = self.known.iter().map(|it| (it.name.clone(), Record::new(it)));
            after.issues = records.collect();
        }
        for Part { known, inputs, mut record } in parts {
            if let Some(Made { read, written, entry }) = made.remove(&known.name) {
                record.built = Some(Built { inputs, read, written });
                record.entry = Some(entry);
            }
            after.issues.insert(known.name.clone(), record);
        }
        after
    }
}

/// Removes what an earlier build wrote and this one does not make.
fn remove(before: &Manifest, after: &Manifest, public: &Path) -> Result<Removed, Failure> {
    let made = after.written().map(|output| output.stamp.path().unwrap_or_default().to_owned());
    output::remove(public, before.written(), &made.collect())
        .map_err(|error| Failure::because("cannot remove what is no longer made", &error))
}
