//! Tells yes, no and nothing in the cells that people, spreadsheets and databases write.

use crate::audience::exports::judge::words::fold;

/// What a cell answers to the question that its column asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellAnswer {
    /// Nothing: an empty cell, or a word that programs write for one.
    Blank,
    /// Yes, as a word, a number or a tick.
    Yes,
    /// No.
    No,
    /// Neither.
    Other,
}

/// What programs write where there is no value: databases, pandas, Go, Ruby, Excel.
const BLANK: &[&str] = &[
    "",
    "null",
    "(null)",
    "<null>",
    "\\n",
    "nil",
    "<nil>",
    "nan",
    "nat",
    "<na>",
    "na",
    "n/a",
    "#n/a",
    "n.a.",
    "#nv",
    "nv",
    "#value!",
    "#ref!",
    "undefined",
    "-",
    "–",
    "—",
    "--",
    "---",
    "–-",
    ".",
    "..",
    "[]",
    "{}",
    "()",
    "\"\"",
    "''",
    "(blank)",
    "(empty)",
    "blank",
    "empty",
    "k. a.",
    "k.a.",
    "keine angabe",
    "not available",
    "not applicable",
    "(none)",
    "[null]",
    "[none]",
    "<none>",
    "set()",
    "_",
    "/",
];

/// Yes in the languages of spreadsheets and of the people who fill them in, folded.
const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "t",
    "1",
    "1.0",
    "on",
    "x",
    "xx",
    "xxx",
    "✓",
    "✔",
    "☑",
    "✅",
    "🗸",
    "√",
    "+",
    "v",
    "checked",
    "ticked",
    "selected",
    "yep",
    "yeah",
    "ok",
    "okay",
    "given",
    "granted",
    "agreed",
    "accepted",
    "enabled",
    "allowed",
    "approved",
    "true()",
    "=true()",
    "ja",
    "j",
    "wahr",
    "richtig",
    "an",
    "oui",
    "vrai",
    "si",
    "s",
    "verdadero",
    "verdadeiro",
    "cierto",
    "sim",
    "vero",
    "waar",
    "aan",
    "sand",
    "sann",
    "sant",
    "tak",
    "prawda",
    "да",
    "д",
    "истина",
    "так",
    "істина",
    "правда",
    "ano",
    "pravda",
    "igen",
    "igaz",
    "kylla",
    "tosi",
    "ναι",
    "αληθης",
    "evet",
    "dogru",
    "da",
    "adevarat",
    "jah",
    "toene",
    "taip",
    "tiesa",
    "patiess",
    "istina",
    "はい",
    "是",
    "true.",
    "yes.",
    "ja.",
];

/// No in the same languages.
const NO: &[&str] = &[
    "no",
    "n",
    "false",
    "f",
    "0",
    "0.0",
    "off",
    "never",
    "none",
    "nope",
    "unchecked",
    "unticked",
    "unselected",
    "✗",
    "✘",
    "☐",
    "❌",
    "✖",
    "denied",
    "declined",
    "refused",
    "disagree",
    "disagreed",
    "not given",
    "not granted",
    "not allowed",
    "disallowed",
    "false()",
    "=false()",
    "nein",
    "falsch",
    "aus",
    "kein",
    "keine",
    "keiner",
    "nicht",
    "nie",
    "niemals",
    "non",
    "faux",
    "aucun",
    "aucune",
    "jamais",
    "falso",
    "nao",
    "nunca",
    "ninguno",
    "ninguna",
    "nessuno",
    "nessuna",
    "mai",
    "nee",
    "niet",
    "onwaar",
    "uit",
    "geen",
    "nooit",
    "nej",
    "nei",
    "falskt",
    "falsk",
    "usann",
    "usand",
    "inte",
    "ikke",
    "aldrig",
    "aldri",
    "falsz",
    "нет",
    "н",
    "ложь",
    "ні",
    "хибність",
    "хибнысть",
    "неправда",
    "не",
    "никогда",
    "ніколи",
    "ne",
    "nepravda",
    "nem",
    "hamis",
    "ei",
    "epatosi",
    "οχι",
    "ψευδης",
    "hayir",
    "yanlis",
    "nu",
    "fals",
    "vaar",
    "netiesa",
    "aplams",
    "neistina",
    "いいえ",
    "否",
    "no.",
    "false.",
    "nein.",
];

/// What follows a no of courtesy: `no thanks`.
const THANKS: &[&str] = &[
    "thanks", "thank", "please", "bitte", "danke", "merci", "gracias", "grazie", "bedankt", "tack",
    "takk", "tak",
];

/// Reads a cell.
pub(super) fn answer(cell: &str) -> CellAnswer {
    let folded = fold(cell.trim());
    let text = folded.trim();
    if BLANK.contains(&text) {
        return CellAnswer::Blank;
    }
    let bare = text.trim_matches(['"', '\'', '[', ']', '(', ')', '!', '«', '»', '`']).trim();
    for text in [text, bare] {
        if YES.contains(&text) {
            return CellAnswer::Yes;
        }
        if NO.contains(&text) {
            return CellAnswer::No;
        }
    }
    // `Yes, please`, `Nein danke`, `no - asked by phone`.
    let end = bare.find(|c: char| !c.is_alphanumeric());
    let Some((first, rest)) = end.map(|end| bare.split_at(end)) else { return CellAnswer::Other };
    let next = rest.split_whitespace().next().unwrap_or_default();
    let ends = rest.starts_with([',', ';', ':', '!', '(', '–', '—', '/'])
        || matches!(next, "-" | "–" | "—" | "(")
        || next.starts_with('(')
        || THANKS.contains(&next.trim_matches(|c: char| !c.is_alphanumeric()));
    match first.chars().count() > 1 && ends {
        true if YES.contains(&first) => CellAnswer::Yes,
        true if NO.contains(&first) => CellAnswer::No,
        _ => CellAnswer::Other,
    }
}

/// Whether a cell is a tick, as in lists where a cell without one is a no.
pub(super) fn is_tick(cell: &str) -> bool {
    let text = cell.trim();
    matches!(text, "x" | "X" | "✓" | "✔" | "☑" | "✅" | "√" | "*")
}

/// The whole number of two or more that a cell holds: a count rather than a yes.
pub(super) fn count(cell: &str) -> Option<u64> {
    let number = cell.trim().trim_end_matches(".0");
    number.parse().ok().filter(|number| *number > 1)
}

#[cfg(test)]
mod tests {
    use crate::audience::exports::judge::answer::{CellAnswer, answer};

    #[test]
    fn cells_answer_in_many_languages() {
        for yes in [
            "yes",
            "JA",
            "WAHR",
            " Oui ",
            "Sí",
            "VERDADERO",
            "✓",
            "x",
            "1.0",
            "ИСТИНА",
            "Да, пожалуйста",
        ] {
            assert_eq!(answer(yes), CellAnswer::Yes, "{yes}");
        }
        for no in [
            "no",
            "Nein",
            "FALSCH",
            "FAUX",
            "FAŁSZ",
            "ЛОЖЬ",
            "нет",
            "Não",
            "off",
            "✗",
            "No thanks",
            "0.0",
        ] {
            assert_eq!(answer(no), CellAnswer::No, "{no}");
        }
        for blank in ["", " ", "NULL", "\\N", "NaT", "#N/A", "—", "None)"] {
            assert_eq!(answer(blank) == CellAnswer::Blank, blank != "None)", "{blank}");
        }
        for other in ["maybe", "no longer here", "Nora", "2024-01-01", "Si Chen"] {
            assert_eq!(answer(other), CellAnswer::Other, "{other}");
        }
    }
}
