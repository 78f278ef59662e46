//! The name of a theme in, how letters look out.

use std::path::Path;
use std::sync::Arc;

use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::{Publication, SETTINGS, read};
use crate::diagnostic::{Checked, Code, Diagnostic, Source};
use crate::document::{closest, list};
use crate::issue::Issue;
use crate::templates::{Theme, ThemeFiles};

/// The folder that themes are in.
const FOLDER: &str = "templates";

impl Publication {
    /// The name of the theme of an issue: its own, or that of the publication.
    pub(super) fn theme_name<'n>(&'n self, issue: &'n Issue) -> &'n str {
        let own = issue.theme.as_ref().map(|name| name.value.as_str());
        own.unwrap_or(&self.config.publication.theme)
    }

    /// How an issue looks.
    pub(super) fn theme(&self, issue: &Issue, found: &mut Found) -> Result<Theme, Failure> {
        found.accept(self.check_theme(self.theme_name(issue))?, Exit::Usage)
    }

    /// Reads and checks a theme.
    pub(super) fn check_theme(&self, name: &str) -> Result<Checked<Theme>, Failure> {
        Ok(Theme::parse(&self.theme_files(name)?, &self.folder))
    }

    /// The files of a theme. Those of the publication come before those that are built in.
    pub(super) fn theme_files(&self, name: &str) -> Result<ThemeFiles, Failure> {
        let shown = |file: &str| format!("{FOLDER}/{name}/{file}");
        let optional = |file: &str| -> Result<Option<Arc<Source>>, Failure> {
            let path = self.folder.root().join(shown(file));
            path.exists().then(|| read(&path, &shown(file))).transpose()
        };
        let settings = match (optional("theme.toml")?, Theme::built_in(name)) {
            (Some(own), _) => own,
            (None, Some(text)) => Source::new(shown("theme.toml"), text),
            (None, None) => {
                let message = format!("there is no theme `{name}`");
                return Err(Failure::usage(message).hint(format!(
                    "`theme = \"{name}\"` in {SETTINGS} means the file `{}`; {}",
                    shown("theme.toml"),
                    self.themes_like(name)
                )));
            }
        };
        let layout = match (optional("layout.html")?, optional("layout.mjml")?) {
            (Some(_), Some(_)) => {
                let message = format!("the theme `{name}` has two layouts");
                let (html, mjml) = (shown("layout.html"), shown("layout.mjml"));
                let hint = format!("delete `{html}` or `{mjml}`");
                return Err(Failure::usage(message).hint(hint));
            }
            (html, mjml) => html.or(mjml),
        };
        Ok(ThemeFiles { settings, style: optional("style.css")?, layout })
    }

    /// What is wrong with the theme that an issue names.
    pub(super) fn check_theme_name(&self, issue: &Issue) -> Option<Diagnostic> {
        let name = issue.theme.as_ref()?;
        if self.themes().contains(&name.value) {
            return None;
        }
        let message = format!("there is no theme `{}`", name.value);
        let place = name.span.clone();
        let diagnostic = Diagnostic::new(Code::UnknownValue, &issue.source, place, message);
        Some(diagnostic.help(self.themes_like(&name.value)))
    }

    /// The names of all themes: those of the publication and those that are built in.
    fn themes(&self) -> Vec<String> {
        let own = std::fs::read_dir(self.folder.root().join(FOLDER)).into_iter().flatten();
        let own = own.flatten().map(|entry| entry.path());
        let own = own.filter(|folder| folder.join("theme.toml").is_file());
        let name = |folder: &Path| folder.file_name().map(|name| name.to_string_lossy().into());
        let mut names: Vec<String> = own.filter_map(|folder| name(&folder)).collect();
        names.extend(Theme::names().map(str::to_owned));
        names.sort();
        names.dedup();
        names
    }

    fn themes_like(&self, name: &str) -> String {
        let themes = self.themes();
        let names: Vec<_> = themes.iter().map(String::as_str).collect();
        closest(name, &names).map_or_else(
            || format!("the themes here are {}", list(&names)),
            |known| format!("did you mean `{known}`?"),
        )
    }
}
