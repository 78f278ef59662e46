//! Long lines in, lines of at most so many columns out; URLs stay whole.

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::field::{Mark, Marks};

/// Fills up the columns that a mark stands for while lines are broken, then goes.
const FILLER: char = '\u{ffffd}';

/// How many columns a value is taken to have where there is no default to tell.
const VALUE_COLUMNS: usize = 8;

/// Wraps text; every line ends with a line feed.
pub(super) fn fill(text: &str, columns: usize, marks: &Marks) -> String {
    let options = Options::new(columns)
        .break_words(false)
        .word_separator(WordSeparator::Custom(words))
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let mut wrapped = String::new();
    for line in padded(text, marks).split('\n') {
        for line in textwrap::wrap(line.trim(), &options) {
            wrapped.extend(line.chars().filter(|character| *character != FILLER));
            wrapped.push('\n');
        }
    }
    wrapped
}

/// How many columns a line takes, each mark as wide as its value probably is.
pub(super) fn width(line: &str, marks: &Marks) -> usize {
    textwrap::core::display_width(&padded(line, marks))
}

/// Widens each mark to the columns of its default: the lines are broken once, not for each reader.
fn padded(text: &str, marks: &Marks) -> String {
    let mut padded = String::with_capacity(text.len());
    for character in text.chars() {
        padded.push(character);
        if let Some(Mark::Text(field)) = marks.meaning(character) {
            let default = field.default.as_deref().map(textwrap::core::display_width);
            let columns = default.filter(|columns| *columns > 0).unwrap_or(VALUE_COLUMNS);
            padded.extend(std::iter::repeat_n(FILLER, columns.min(40) - 1));
        }
    }
    padded
}

/// Words by the Unicode line breaking algorithm, but for URLs, which it would cut at `/` and `?`.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    Box::new(line.split_inclusive(' ').flat_map(|chunk| {
        if chunk.contains("://") || chunk.starts_with("<mailto:") || chunk.starts_with("<tel:") {
            vec![Word::from(chunk)]
        } else {
            WordSeparator::UnicodeBreakProperties.find_words(chunk).collect()
        }
    }))
}
