//! The words of dates: months, days of the week that look like one, and zones.

/// Months by how their names begin, folded, in the languages of the commonest spreadsheets.
pub(super) const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "sty", "янв", "січ"],
    &["feb", "fev", "lut", "фев", "лют"],
    &["mar", "maer", "mrz", "maa", "мар", "бер"],
    &["apr", "avr", "abr", "kwi", "апр", "кві"],
    &["may", "mai", "mag", "maj", "mei", "май", "мая", "тра"],
    &["jun", "juin", "giu", "cze", "июн", "чер"],
    &["jul", "juil", "lug", "lip", "июл", "лип"],
    &["aug", "aou", "ago", "sie", "авг", "сер"],
    &["sep", "set", "wrz", "сен", "вер"],
    &["oct", "okt", "out", "ott", "paz", "окт", "жов"],
    &["nov", "ноя", "lis", "лис"],
    &["dec", "dez", "dic", "gru", "дек", "гру"],
];

/// Days of the week that begin like a month.
pub(super) const WEEKDAYS: [&str; 4] = ["mardi", "martes", "martedi", "maandag"];

/// Offsets by the names that texts write behind a time, in hours.
pub(super) const ZONES: [(&str, i8); 16] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("bst", 1),
    ("cet", 1),
    ("cest", 2),
    ("eet", 2),
    ("eest", 3),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
];
