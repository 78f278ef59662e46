//! Gathers the tags that an import gives to subscribers who are on the list already.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

/// Tags by subscriber: twelve bytes for each, whatever the length of the addresses.
#[derive(Debug, Default)]
pub(crate) struct TagGrants {
    /// Each different set of tags once.
    sets: Vec<String>,
    numbers: HashMap<String, usize>,
    /// The number of a set, by a hash of the subscriber's key.
    by_key: HashMap<u64, usize>,
}

impl TagGrants {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// Gives a subscriber tags, besides those that an earlier row gave.
    pub(crate) fn add(&mut self, key: &str, tags: &str) {
        let hash = hash(key);
        let before = self.by_key.get(&hash).map(|number| self.sets[*number].clone());
        let tags = before
            .map_or_else(|| tags.to_owned(), |before| merged(&before, tags).unwrap_or(before));
        let next = self.sets.len();
        let number = *self.numbers.entry(tags.clone()).or_insert(next);
        if number == next {
            self.sets.push(tags);
        }
        self.by_key.insert(hash, number);
    }

    /// Returns a cell of tags with those of a subscriber in it; `None` where it has them all.
    pub(crate) fn cell(&self, key: &str, own: &str) -> Option<String> {
        let number = self.by_key.get(&hash(key))?;
        merged(own, &self.sets[*number])
    }
}

fn hash(key: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(key)
}

/// Returns a cell of tags with more of them behind it; `None` where it has them all. Tags are the
/// same in whatever case, as in segments.
pub(crate) fn merged(own: &str, more: &str) -> Option<String> {
    let separator = if own.contains(',') && !own.contains(';') { "," } else { ";" };
    let mut known: Vec<String> = tags(own).map(str::to_lowercase).collect();
    let mut cell = own.trim().trim_end_matches([';', ',']).to_owned();
    let before = known.len();
    for tag in tags(more) {
        let name = tag.to_lowercase();
        if known.contains(&name) {
            continue;
        }
        if !cell.is_empty() {
            cell.push_str(separator);
        }
        cell.push_str(tag);
        known.push(name);
    }
    (known.len() > before).then_some(cell)
}

fn tags(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',']).map(str::trim).filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::audience::tags::{TagGrants, merged};

    #[test]
    fn tags_are_merged_once_and_in_the_form_of_the_cell() {
        for (own, more, expected) in [
            ("", "vip;coast", Some("vip;coast")),
            ("VIP", "vip", None),
            ("VIP", "vip;coast", Some("VIP;coast")),
            ("a, b", "c", Some("a, b,c")),
            ("a;", "b;b", Some("a;b")),
            ("a", "", None),
        ] {
            assert_eq!(merged(own, more).as_deref(), expected, "{own} {more}");
        }
        let mut grants = TagGrants::default();
        grants.add("ada@example.org", "vip");
        grants.add("ada@example.org", "coast;VIP");
        assert_eq!(grants.cell("ada@example.org", "x").as_deref(), Some("x;vip;coast"));
        assert_eq!(grants.cell("ben@example.org", "x"), None);
    }
}
