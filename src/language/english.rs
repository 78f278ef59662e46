//! What a letter says by itself, in English.

use crate::language::{Words, archive, public};

/// As in Britain.
pub(super) const WORDS: Words = Words {
    unsubscribe: "Unsubscribe",
    view_in_browser: "View in browser",
    on_the_web: "{name} on the web",
    home: "On the web",
    number: "No. {number}",
    part_of: "Part {part} of {of}",
    part: "Part {part}",
    previous: "Previous",
    next: "Next",
    download: "Download",
    attached: "attached",
    picture: "Picture",
    sponsored_by: "Sponsored by {name}",
    add_to_calendar: "Add these dates to your calendar",
    source: "Source",
    colophon: "You get {name} because you signed up for it.",
    archive: &archive::ENGLISH,
    public: &public::ENGLISH,
    comma: ", ",
    colon: ": ",
    decimal: ".",
    sizes: ["bytes", "kB", "MB"],
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    date: "{weekday}, {day} {month} {year}",
    first: "1",
};

/// As in the United States, where the month comes first.
pub(super) const AMERICAN: Words = Words { date: "{weekday}, {month} {day}, {year}", ..WORDS };
