//! A number and a noun's forms in, the two as a language puts them together out.

use crate::language::Language;

/// The forms of a noun behind a number, by the categories of the Unicode CLDR; `{number}` is the
/// number. What a language does not tell apart is the same as `other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plural {
    /// As behind 1.
    pub one: &'static str,
    /// As behind 2.
    pub two: &'static str,
    /// As behind 3.
    pub few: &'static str,
    /// As behind 11.
    pub many: &'static str,
    /// Behind every other number.
    pub other: &'static str,
}

impl Plural {
    /// A noun with two forms.
    pub(super) const fn of(one: &'static str, other: &'static str) -> Self {
        Self { one, two: other, few: other, many: other, other }
    }
}

impl Language {
    /// How often a page was read: `15 views`.
    #[must_use]
    pub fn views(&self, number: u64) -> String {
        let forms = self.words().archive.views;
        let known = if self.has_words() { self.primary() } else { "en".to_owned() };
        let form = match (known.as_str(), number, number % 100, number % 10) {
            ("uk", _, 11..=14, _) => forms.many,
            ("uk", _, _, 1) => forms.one,
            ("uk", _, _, 2..=4) => forms.few,
            ("uk", ..) => forms.many,
            ("ar", _, 3..=10, _) => forms.few,
            ("ar", _, 11..=99, _) => forms.many,
            ("ar", 2, ..) => forms.two,
            // In French nothing is no plural.
            ("fr", 0 | 1, ..) | (_, 1, ..) => forms.one,
            _ => forms.other,
        };
        let separator = match known.as_str() {
            "de" => ".",
            "fr" => "\u{202f}",
            "uk" => "\u{a0}",
            _ => ",",
        };
        form.replace("{number}", &crate::language::grouped(number).replace(',', separator))
    }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;

    fn views(tag: &str, numbers: &[u64]) -> String {
        let language = Language::new(tag).unwrap();
        let all: Vec<_> = numbers.iter().map(|number| language.views(*number)).collect();
        all.join("; ")
    }

    #[test]
    fn a_noun_has_the_form_that_its_number_asks_for() {
        assert_eq!(views("en-GB", &[0, 1, 2, 1_204]), "0 views; 1 view; 2 views; 1,204 views");
        assert_eq!(views("de", &[1, 15, 1_204]), "1 Aufruf; 15 Aufrufe; 1.204 Aufrufe");
        assert_eq!(views("fr", &[0, 1, 2, 1_204]), "0 vue; 1 vue; 2 vues; 1\u{202f}204 vues");
        assert_eq!(
            views("uk", &[1, 3, 5, 11, 21, 22, 112, 1_204]),
            "1 перегляд; 3 перегляди; 5 переглядів; 11 переглядів; 21 перегляд; 22 перегляди; \
             112 переглядів; 1\u{a0}204 перегляди"
        );
        assert_eq!(
            views("ar", &[1, 2, 3, 11, 100, 103]),
            "مشاهدة واحدة; مشاهدتان; 3 مشاهدات; 11 مشاهدة; 100 مشاهدة; 103 مشاهدات"
        );
        assert_eq!(views("ja", &[1, 15]), "1 view; 15 views");
    }
}
