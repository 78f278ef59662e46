//! The colours of a style.css and those of a theme in, what cannot be read out.

use crate::diagnostic::Code;
use crate::document::Report;
use crate::templates::colour::Colour;
use crate::templates::css::{Css, Declaration, Media, Query, Rule};
use crate::templates::style::{Ground, Ink, PARTS, Part};
use crate::templates::theme::{Scheme, too_little};

/// A colour that the style sheet sets, and by which declaration.
type Set<'c> = Option<(Colour, &'c Declaration)>;

/// Reports every part whose words cannot be read in one of the schemes, where the style sheet has
/// to do with it.
pub(super) fn check(css: &Css, light: &Scheme, dark: &Scheme, report: &Report) {
    let by_night = |media: &&Media| media.query == Query::Dark;
    let night: Vec<_> = css.media.iter().filter(by_night).flat_map(|media| &media.rules).collect();
    let day: Vec<_> = css.rules.iter().collect();
    for part in PARTS.iter().filter(|part| part.ink != Ink::None) {
        let (ink, ground) = (last(&day, part, "color"), last(&day, part, "background-color"));
        check_part(part, (ink, ground), ("light", light), report);
        // By night the theme's own colours win over inline ones; grounds inside the letter stay.
        let ink = last(&night, part, "color");
        let ground = last(&night, part, "background-color").or(ground);
        check_part(part, (ink, ground), ("dark", dark), report);
    }
}

/// What the last declaration of a property for a part says.
fn last<'c>(rules: &[&'c Rule], part: &Part, property: &str) -> Set<'c> {
    let rules = rules.iter().filter(|rule| rule.parts.iter().any(|name| *name == part.class()));
    let mut declarations = rules.flat_map(|rule| &rule.declarations);
    let declaration = declarations.rfind(|declaration| declaration.property == property)?;
    Some((Colour::parse(&declaration.value)?, declaration))
}

fn check_part(part: &Part, set: (Set<'_>, Set<'_>), scheme: (&str, &Scheme), report: &Report) {
    let (ink, ground) = set;
    let (name, colours) = scheme;
    let Some((_, declaration)) = ink.or(ground) else { return };
    let theirs = |ink: Ink| match ink {
        Ink::Muted => colours.muted,
        Ink::Accent => colours.accent,
        Ink::Button => colours.button_text,
        Ink::Text | Ink::None => colours.ink,
    };
    let words = match (colours.band, part.ground) {
        (Some((_, text)), Ground::Masthead) => text,
        _ => theirs(part.ink),
    };
    let below = match part.ground {
        Ground::Page => colours.page,
        Ground::Paper => colours.paper,
        Ground::Button => colours.button,
        Ground::Masthead => colours.band.map_or(colours.paper, |(band, _)| band),
    };
    let below = ground.map_or(below, |(ground, _)| ground);
    let own = ink.map_or(words, |(ink, _)| ink);
    // A ground of its own may have links and captions on it, too.
    let others = [Ink::Text, Ink::Muted, Ink::Accent].map(theirs);
    let others = others.into_iter().filter(|_| ground.is_some());
    let unreadable = [own].into_iter().chain(others).find(|ink| !ink.can_be_read_on(below));
    let Some(unreadable) = unreadable else { return };
    let pair = format!("`.{}` in `[{name}]`, {unreadable} on {below},", part.class());
    let message = too_little(&pair, unreadable, below);
    let diagnostic = report.at(Code::Colour, declaration.span.clone(), message);
    let nearest = unreadable.nearest_that_can_be_read_on(&[below]);
    report.add(match (ink, nearest) {
        (Some(_), Some(nearest)) => {
            diagnostic.help(format!("write `{nearest}`, the nearest that passes"))
        }
        _ => diagnostic.help(format!(
            "choose another ground, or set one for `@media (prefers-color-scheme: {name})`"
        )),
    });
}
