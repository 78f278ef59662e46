//! The cells of other tools in, and of ours for spreadsheets; the same in another form out.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula; the wide ones are for East Asian ones.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe.
///
/// One that has apostrophes before such a beginning gets one more, so that [`unmarked`] gives back
/// what there was, whatever it was.
///
/// ```
/// use newsletter::audience::{marked, unmarked};
///
/// for (text, cell) in [("=cmd()", "'=cmd()"), ("+44 20", "'+44 20"), ("'=x", "''=x"), ("'tis", "'tis")] {
///     assert_eq!(marked(text), cell);
///     assert_eq!(unmarked(cell), text);
/// }
/// ```
#[must_use]
pub fn marked(text: &str) -> Cow<'_, str> {
    match text.trim_start_matches('\'').starts_with(FORMULA) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The cell without the apostrophe of [`marked`]. Other tools set the same mark.
#[must_use]
pub fn unmarked(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if text.trim_start_matches('\'').starts_with(FORMULA) => text,
        _ => cell,
    }
}

/// The name of a column as it is compared: what stands between words does not matter.
pub(crate) fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            plain.push(character);
        } else if !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
        }
    }
    plain.truncate(plain.trim_end_matches('_').len());
    plain
}

/// The moment that Go wrote as `2024-03-01 10:00:00.123456 +0000 UTC`; other texts stay as they are.
pub(crate) fn moment(text: &str) -> String {
    go_time(text).map_or_else(|| text.to_owned(), |moment| moment.to_string())
}

fn go_time(text: &str) -> Option<jiff::Timestamp> {
    let mut words = text.split_whitespace();
    let (date, time, offset) = (words.next()?, words.next()?, words.next()?);
    let (hours, minutes) = offset.split_at_checked(3)?;
    let offset_is_right = offset.len() == 5 && offset.starts_with(['+', '-']);
    // The zone's name, and since when the program was running.
    let rest_is_right = words.all(|word| {
        word.starts_with("m=")
            || word.chars().all(|c| c.is_ascii_alphanumeric() || "+-".contains(c))
    });
    if !offset_is_right || !rest_is_right {
        return None;
    }
    format!("{date}T{time}{hours}:{minutes}").parse().ok()
}

/// Tags as they stand in the column `tags`: with `;` between them, each once. A tag that holds a
/// separator would be two: it becomes a space.
pub(crate) fn joined<'t>(tags: impl IntoIterator<Item = &'t str>) -> String {
    let mut all: Vec<String> = Vec::new();
    for tag in tags {
        let words: Vec<&str> =
            tag.split([';', ',', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()).collect();
        let tag = words.join(" ");
        if !tag.is_empty() && !all.contains(&tag) {
            all.push(tag);
        }
    }
    all.join(";")
}

/// The tags of a cell that is a row of CSV itself: `"Editors","Vip"`.
pub(crate) fn csv_tags(cell: &str) -> String {
    let mut tags = vec![String::new()];
    let mut quoted = false;
    for character in cell.chars() {
        match character {
            // A quote inside quotes is written twice, and does not end them.
            '"' => quoted = !quoted,
            ',' if !quoted => tags.push(String::new()),
            other => tags.last_mut().into_iter().for_each(|tag| tag.push(other)),
        }
    }
    joined(tags.iter().map(String::as_str))
}
