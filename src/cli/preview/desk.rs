//! What the page asks in, what the publication's folder says now out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::audience::Recipient;
use crate::cli::count;
use crate::cli::env::Env;
use crate::cli::found::Found;
use crate::cli::outlines::name_of;
use crate::cli::preview::keys::Keys;
use crate::cli::preview::lookup::{self, Lookups};
use crate::cli::preview::settings::Settings;
use crate::cli::preview::sheet::{Composed, Sheet};
use crate::cli::preview::survey::{Group, Survey, is_short};
use crate::cli::publication::read;
use crate::cli::readers::Readers;
use crate::diagnostic::{Diagnostic, Source};
use crate::issue::Asset;
use crate::web::preview::{Ask, Desk, Proof, Rows, Sample, Who};

/// What is said where there is no issue.
const EMPTY: &str = "the folder `issues` has no issue; `newsletter new TITLE` makes one";

/// Makes proofs from the files of a publication.
pub(super) struct EditorDesk {
    env: Env,
    root: PathBuf,
    /// The issue that is shown where none is asked for.
    issue: Option<String>,
    /// Says that something is known now that was not known before.
    nudge: Arc<dyn Fn() + Send + Sync>,
    settings: Settings,
    /// By the issue's name.
    issues: BTreeMap<String, Sheet>,
    keys: Keys,
    readers: Lookups,
}

impl EditorDesk {
    /// A desk at the publication's folder.
    pub(super) fn new(
        env: &Env,
        root: PathBuf,
        issue: Option<String>,
        nudge: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let settings = Settings { stale: true, ..Settings::default() };
        let (env, issues) = (env.aside(), BTreeMap::new());
        let (keys, readers) = (Keys::default(), Lookups::default());
        Self { env, root, issue, nudge, settings, issues, keys, readers }
    }

    /// The name of the issue that is asked for. The newest at the beginning stays the one that is shown, whatever becomes of it while it is written.
    fn name(&mut self, ask: &Ask) -> String {
        self.settings.refresh(&self.root);
        if self.issue.is_none() {
            self.issue = self.settings.outlines.last().map(|(path, _)| name_of(path));
        }
        // What is no name of a file of `issues/` is not looked for.
        let plain = |name: &&String| !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
        ask.issue.as_ref().filter(plain).or(self.issue.as_ref()).cloned().unwrap_or_default()
    }

    /// The name of the issue that is asked for, and what is known of it.
    fn sheet(&mut self, ask: &Ask) -> (String, &mut Sheet) {
        let name = self.name(ask);
        let sheet = self.issues.entry(name.clone()).or_default();
        if !sheet.current {
            sheet.current = true;
            match &self.settings.publication {
                _ if name.is_empty() => sheet.trouble = Some(EMPTY.to_owned()),
                Some(publication) if self.settings.is_good() => {
                    let path = Path::new("issues").join(&name).with_added_extension("toml");
                    sheet.refresh(publication, &path);
                    let now = self.env.clock.now();
                    let hasher = self.keys.key().hasher();
                    sheet.surveyor.order(publication, &path, now, hasher, &self.nudge);
                }
                _ => sheet.trouble = Some(String::new()),
            }
        }
        (name, sheet)
    }

    /// Whose letter is asked for; and a sentence about that.
    fn reader(
        &mut self,
        ask: &Ask,
        editions: &[Group],
        audience: Option<&str>,
    ) -> (Option<Recipient>, String) {
        let group = match &ask.who {
            Who::Most => editions.iter().rev().max_by_key(|group| group.readers),
            Who::Edition(segments) => editions.iter().find(|group| group.segments == *segments),
            Who::Nobody => None,
            Who::Reader(address) => return self.look_up(address, audience),
        };
        match (group, &ask.who) {
            (Some(group), _) => {
                let said = match group.readers {
                    1 => "the only reader of this edition".to_owned(),
                    many => format!("one of {} of this edition", count(many, "reader")),
                };
                (
                    Some(group.first.clone()),
                    format!("The letter of {}, {said}.", group.first.address),
                )
            }
            (None, Who::Edition(_)) => (None, "Nobody on the list gets that edition.".to_owned()),
            (None, _) => {
                (None, "The letter for everyone, where fields show their defaults.".to_owned())
            }
        }
    }

    /// The reader with an address, who may be one that does not get the issue.
    fn look_up(&mut self, asked: &str, audience: Option<&str>) -> (Option<Recipient>, String) {
        let Some(publication) = &self.settings.publication else {
            return (None, "There is no list.".to_owned());
        };
        match self.readers.find(publication, asked) {
            Ok(Some(reader)) => {
                let suppressed = publication.suppressions(self.keys.key().hasher()).ok();
                let reason = suppressed.as_ref().and_then(|list| list.reason_for(&reader.address));
                let list = publication.config.audience.subscribers.display();
                let left_out =
                    audience.filter(|segment| !Readers::belongs(publication, &reader, segment));
                let address = &reader.address;
                let said = match (reason, left_out) {
                    (Some(_), _) => format!("{address} is suppressed, and gets nothing."),
                    (None, Some(segment)) => {
                        format!("{address} does not get this issue, which is for `{segment}`.")
                    }
                    (None, None) => format!("{address}, line {} of {list}.", reader.line),
                };
                (Some(reader), said)
            }
            Ok(None) => {
                (None, format!("{asked} is not on the list: this is the letter for everyone."))
            }
            Err(failure) => (None, failure.sentence()),
        }
    }
}

impl Desk for EditorDesk {
    fn reread(&mut self) -> Vec<PathBuf> {
        self.settings.stale = true;
        self.issues.values_mut().for_each(|sheet| sheet.current = false);
        self.settings.refresh(&self.root);
        self.settings.elsewhere()
    }

    fn proof(&mut self, ask: &Ask) -> Proof {
        let (issue, sheet) = self.sheet(ask);
        let survey = sheet.surveyor.survey();
        let audience = sheet.manuscript.as_ref().and_then(|made| made.issue.audience.clone());
        let (reader, said) = self.reader(ask, survey.editions(), audience.as_deref());
        let Self { settings, issues, keys, env, .. } = self;
        let sheet = issues.entry(issue.clone()).or_default();
        let Composed { letter, fresh, troubles } = sheet.compose(reader.as_ref(), keys, env);
        let publication = settings.publication.as_ref();
        let config = publication.map(|publication| &publication.config);
        let title = settings.title(&issue);
        let list = config.map(|config| config.audience.subscribers.display().to_string());
        let known = [&settings.trouble, &sheet.trouble, &survey.trouble];
        let known = known.into_iter().flatten().filter(|said| !said.is_empty()).cloned();
        let mut troubles: Vec<_> = known.chain(troubles).collect();
        troubles.dedup();
        let reading = sheet.surveyor.is_at_work();
        let editions = survey.editions().iter().map(sample).collect();
        Proof {
            publication: config.map(|config| config.publication.name.clone()).unwrap_or_default(),
            title: title.unwrap_or_else(|| issue.clone()),
            letter,
            fresh: fresh && settings.is_good(),
            diagnostics: diagnostics([&settings.found, &sheet.found], &survey),
            troubles,
            rows: Rows {
                list: list.unwrap_or_default(),
                shown: survey.rows,
                all: survey.bad,
                linked: publication.is_some_and(|publication| is_short(publication)),
            },
            editions,
            reader: said,
            address: reader.map(|reader| reader.address.to_string()),
            reading,
            issues: settings.known(),
            can_send: config.is_some_and(|config| config.smtp.is_some()),
            issue,
        }
    }

    fn asset(&mut self, ask: &Ask, path: &str) -> Option<Asset> {
        self.sheet(ask).1.manuscript.as_ref()?.asset(path)
    }

    fn source(&mut self, ask: &Ask, path: &str) -> Option<Arc<Source>> {
        let proof = self.proof(ask);
        let found = proof.diagnostics.iter().find(|found| found.source.path == path);
        if let Some(found) = found {
            return Some(Arc::clone(&found.source));
        }
        let publication = self.settings.publication.as_ref()?;
        let list = proof.rows.list == path && is_short(publication);
        list.then(|| read(&self.root.join(path), path).ok()).flatten()
    }

    fn lookup(&mut self, part: &str) -> Vec<String> {
        self.settings.refresh(&self.root);
        let publication = self.settings.publication.as_ref();
        let known = publication.map(|publication| lookup::suggest(publication, part));
        known.and_then(Result::ok).unwrap_or_default()
    }
}

/// Everything that was found, each thing once.
fn diagnostics(found: [&Found; 2], survey: &Survey) -> Vec<Diagnostic> {
    let mut all = Found::default();
    found.into_iter().for_each(|found| all.add(found.diagnostics.clone()));
    all.add(survey.diagnostics.clone());
    all.diagnostics
}

fn sample(group: &Group) -> Sample {
    let Group { segments, readers, first } = group;
    let address = first.address.to_string();
    Sample { segments: segments.clone(), readers: *readers, address }
}
