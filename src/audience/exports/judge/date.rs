//! Reads the dates that exports and spreadsheets write.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crate::audience::exports::judge::calendar::{MONTHS, WEEKDAYS, ZONES};
use crate::audience::exports::judge::words::fold;

/// Which number of `05/06/2026` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayOrder {
    /// The first one.
    DayFirst,
    /// The second one.
    MonthFirst,
}

/// The text of a date, read as far as it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateText {
    /// No date: an empty cell, or one of the zeros that databases write.
    Empty,
    /// A moment; `order` is what the text itself says of the order of day and month.
    At { at: Timestamp, order: Option<DayOrder> },
    /// It reads both ways: the moment with the day first, and with the month first.
    Either { day_first: Timestamp, month_first: Timestamp },
    /// Something else.
    Unreadable,
}

/// Unix seconds that can be a date of a list: from 1990 to 2100.
const SECONDS: std::ops::Range<f64> = 631_152_000.0..4_102_444_800.0;
/// Days of a spreadsheet that can be such a date: from 1990 to 2100.
const SERIAL: std::ops::Range<f64> = 32_874.0..73_051.0;
/// Email lists are younger: an earlier year stands for no date.
const YEAR_MIN: i16 = 1971;

/// Reads a date. One without a zone is in UTC; one without a time is the end of its day.
pub(super) fn read(text: &str) -> DateText {
    let text = text.trim().trim_matches(['"', '\'', '[', ']', '=']).trim();
    if is_empty(text) {
        return DateText::Empty;
    }
    if let Ok(number) = text.parse::<f64>() {
        return number_date(number, text);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return kept(at);
    }
    Parts::of(text).map_or(DateText::Unreadable, |parts| parts.date())
}

/// Returns the moment of a date; the later one where the text reads both ways.
pub(crate) fn latest_moment(text: &str) -> Option<Timestamp> {
    match read(text) {
        DateText::At { at, .. } => Some(at),
        DateText::Either { day_first, month_first } => Some(day_first.max(month_first)),
        DateText::Empty | DateText::Unreadable => None,
    }
}

/// Whether a text is one of those that stand for no date.
fn is_empty(text: &str) -> bool {
    let zeros = text.chars().any(|c| c == '0') && text.chars().all(|c| "0-/.: TZ+".contains(c));
    text.is_empty() || zeros
}

/// A date before email lists is none, such as the first moment of Unix and of Go.
fn kept(at: Timestamp) -> DateText {
    match at.to_zoned(jiff::tz::TimeZone::UTC).year() {
        year if year < YEAR_MIN => DateText::Empty,
        _ => DateText::At { at, order: None },
    }
}

/// A number: seconds or milliseconds of Unix, days of a spreadsheet, or `20261129`.
fn number_date(number: f64, text: &str) -> DateText {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let part = |range: std::ops::Range<usize>| text[range].parse::<i16>().unwrap_or_default();
        let (month, day) = (part(4..6), part(6..8));
        let (month, day) = (i8::try_from(month).ok(), i8::try_from(day).ok());
        let date = month.zip(day).and_then(|(month, day)| Date::new(part(0..4), month, day).ok());
        return date.and_then(|date| moment(date, None, None)).map_or(DateText::Unreadable, kept);
    }
    let seconds = match number {
        number if SECONDS.contains(&number) => number,
        number if SECONDS.contains(&(number / 1e3)) => number / 1e3,
        number if SECONDS.contains(&(number / 1e6)) => number / 1e6,
        // Spreadsheets count days, and 25,569 of them come before 1970.
        number if SERIAL.contains(&number) && number.fract() == 0.0 => {
            (number - 25_569.0).mul_add(86_400.0, 86_399.0)
        }
        number if SERIAL.contains(&number) => (number - 25_569.0) * 86_400.0,
        _ => return DateText::Unreadable,
    };
    let millis = format!("{:.0}", seconds * 1e3).parse().ok();
    let at = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    at.map_or(DateText::Unreadable, kept)
}

/// The pieces of a text that has a date in it.
#[derive(Debug, Default)]
struct Parts {
    numbers: Vec<(String, char)>,
    month: Option<i8>,
    time: Option<Time>,
    offset: Option<Offset>,
}

impl Parts {
    /// Takes a text apart; `None` where a word in it belongs to no date.
    fn of(text: &str) -> Option<Self> {
        let mut parts = Self::default();
        let folded = fold(text);
        // The name of a zone in words: `GMT+0000 (Coordinated Universal Time)`.
        let text = folded.split('(').next().unwrap_or_default();
        let text = iso_t(text);
        for word in text.split([' ', ',', '\u{a0}', '\u{202f}', '\t']) {
            parts.take(word)?;
        }
        Some(parts)
    }

    /// Takes one word in.
    fn take(&mut self, word: &str) -> Option<()> {
        if word.is_empty() || word.starts_with("m=") {
            return Some(());
        }
        if let Some(half) = half_of_day(word).filter(|_| self.time.is_some()) {
            self.time = self.time.and_then(|time| in_half(time, half));
            return self.time.map(|_| ());
        }
        if word.contains(':') && !word.starts_with(['+', '-']) {
            return self.take_time(word);
        }
        if self.time.is_some() && word.starts_with(['+', '-']) {
            self.offset = Some(offset(word)?);
            return Some(());
        }
        self.take_date(word)
    }

    /// Takes a time in, with what is written to its end: `10:00:00.5+02:00`, `9:05pm`.
    fn take_time(&mut self, word: &str) -> Option<()> {
        let end = word.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'));
        let (time, rest) = word.split_at(end.unwrap_or(word.len()));
        let mut numbers = time.split(':');
        let (hour, minute) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
        let seconds =
            numbers.next().map_or(Some(0), |text| text.split('.').next()?.parse().ok())?;
        self.time = Some(Time::new(hour, minute, seconds.min(59), 0).ok()?);
        match rest {
            "" => Some(()),
            rest => self.take(rest),
        }
    }

    /// Takes a part of the date in: `29.11.2026`, `nov`, `29-nov-26`, `sun`, `utc`.
    fn take_date(&mut self, word: &str) -> Option<()> {
        if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == word) {
            self.offset = self.offset.or(Offset::from_hours(*hours).ok());
            return Some(());
        }
        if let Some(zone) = word.strip_prefix("gmt").or_else(|| word.strip_prefix("utc")) {
            self.offset = Some(offset(zone)?);
            return Some(());
        }
        let mut before = ' ';
        let mut rest = word;
        while !rest.is_empty() {
            let end = rest.find(['-', '/', '.']).unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            let separator = after.chars().next().unwrap_or(before);
            self.take_part(part, separator)?;
            before = separator;
            rest = after.get(1..).unwrap_or_default();
        }
        Some(())
    }

    fn take_part(&mut self, part: &str, separator: char) -> Option<()> {
        let digits = part.trim_end_matches(|c: char| c.is_alphabetic());
        if digits.is_empty() {
            if let Some(month) = month(part) {
                self.month = self.month.or(Some(month));
                return Some(());
            }
            // A day of the week, a zone's abbreviation, `de`, `at`, `um`, `r.`
            let is_small =
                part.chars().count() <= 5 || part.ends_with("day") || part.ends_with("tag");
            return is_small.then_some(());
        }
        let suffix = &part[digits.len()..];
        let is_day = matches!(suffix, "" | "st" | "nd" | "rd" | "th" | "er" | "o" | "a" | "г");
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_day || !is_number {
            return None;
        }
        self.numbers.push((digits.to_owned(), separator));
        Some(())
    }

    /// Puts the date together.
    fn date(&self) -> DateText {
        let numbers: Option<Vec<i16>> = self.numbers.iter().map(|(n, _)| n.parse().ok()).collect();
        let Some(numbers) = numbers else { return DateText::Unreadable };
        // A year of two digits; `0001` is one of four.
        let full = |year: i16, at: usize| match self.numbers[at].0.len() {
            ..=2 => full(year),
            _ => year,
        };
        let moment = |year, month, day| {
            let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            moment(Date::new(year, month, day).ok()?, self.time, self.offset)
        };
        let one = |at: Option<Timestamp>| at.map_or(DateText::Unreadable, kept);
        match (numbers.as_slice(), self.month) {
            ([day, year], Some(month)) if *day <= 31 => {
                one(moment(full(*year, 1), month.into(), *day))
            }
            ([year, day], Some(month)) => one(moment(*year, month.into(), *day)),
            ([year, month, day], None) if self.numbers[0].0.len() == 4 => {
                one(moment(*year, *month, *day))
            }
            ([first, second, year], None) => {
                let year = full(*year, 2);
                let day_first = moment(year, *second, *first);
                // Nobody writes the month before the day with dots between them.
                let dots = self.numbers[0].1 == '.';
                let month_first = moment(year, *first, *second).filter(|_| !dots);
                either(day_first, month_first)
            }
            _ => DateText::Unreadable,
        }
    }
}

/// What two readings of a date come to.
fn either(day_first: Option<Timestamp>, month_first: Option<Timestamp>) -> DateText {
    use DayOrder::{DayFirst, MonthFirst};

    let known = |at, order| match kept(at) {
        DateText::At { at, .. } => DateText::At { at, order },
        other => other,
    };
    match (day_first, month_first) {
        (Some(one), Some(other)) if one == other => known(one, None),
        (Some(day_first), Some(month_first)) => match kept(day_first) {
            DateText::At { .. } => DateText::Either { day_first, month_first },
            other => other,
        },
        (Some(at), None) => known(at, Some(DayFirst)),
        (None, Some(at)) => known(at, Some(MonthFirst)),
        (None, None) => DateText::Unreadable,
    }
}

/// A year of two digits is one of the last decades.
fn full(year: i16) -> i16 {
    match year {
        0..=69 => 2000 + year,
        70..=99 => 1900 + year,
        year => year,
    }
}

/// The moment of a date; without a time it is the last one of the day.
fn moment(date: Date, time: Option<Time>, offset: Option<Offset>) -> Option<Timestamp> {
    let time = time.unwrap_or(Time::constant(23, 59, 59, 0));
    offset.unwrap_or(Offset::UTC).to_timestamp(DateTime::from_parts(date, time)).ok()
}

/// Reads `+0200`, `+02:00`, `-05`, or nothing.
fn offset(text: &str) -> Option<Offset> {
    if text.is_empty() {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(digits.len().min(2));
    let hours: i32 = hours.parse().ok()?;
    let minutes: i32 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// The hours that a half of the day adds.
fn half_of_day(word: &str) -> Option<i8> {
    match word {
        "am" | "a.m." | "a.m" => Some(0),
        "pm" | "p.m." | "p.m" => Some(12),
        _ => None,
    }
}

fn in_half(time: Time, half: i8) -> Option<Time> {
    let hour = time.hour() % 12 + half;
    Time::new(hour, time.minute(), time.second(), 0).ok()
}

fn month(part: &str) -> Option<i8> {
    let folded = fold(part);
    if WEEKDAYS.contains(&folded.as_str()) {
        return None;
    }
    let all =
        MONTHS.iter().zip(1..).flat_map(|(names, month)| names.iter().map(move |n| (n, month)));
    let found = all.filter(|(begin, _)| folded.starts_with(&fold(begin)));
    // `juin` is June, and not what begins with `jui`.
    found.max_by_key(|(begin, _)| begin.len()).map(|(_, month)| month)
}

/// Puts a space for the `t` between a date and a time: `2026-11-29t10:00`.
fn iso_t(text: &str) -> String {
    let bytes = text.as_bytes();
    let between = |at: usize| {
        let digit =
            |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        bytes[at] == b't' && digit(at.checked_sub(1)) && digit(Some(at + 1))
    };
    let at = (0..bytes.len()).find(|at| between(*at));
    at.map_or_else(|| text.to_owned(), |at| format!("{} {}", &text[..at], &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use crate::audience::exports::judge::date::{DateText, read};

    #[test]
    fn dates_are_read_as_tools_and_spreadsheets_write_them() {
        let same = "\
            2026-11-29T10:00:00Z|2026-11-29T10:00:00.000Z|2026-11-29T12:00:00+02:00|\
            2026-11-29 10:00:00 UTC|2026-11-29 10:00:00 +0000|2026-11-29 10:00:00|\
            2026-11-29T10:00:00|2026-11-29 12:00:00.123456 +0200 CEST|29.11.2026 10:00|\
            2026-11-29 10:00:00 +0000 UTC m=+0.1|11/29/2026 10:00 AM|29/11/2026 10:00:00|\
            2026/11/29 10:00|Nov 29, 2026 10:00:00 AM|29 Nov 2026 10:00:00 GMT|\
            Sun, 29 Nov 2026 10:00:00 +0000|Sun Nov 29 10:00:00 2026|1795946400|1795946400000|\
            1795946400.0|29-Nov-26 10:00|29 novembre 2026 10:00|29. November 2026 10:00|\
            29 de noviembre de 2026 10:00|29 ноября 2026 10:00|\
            Sun Nov 29 2026 10:00:00 GMT+0000 (Coordinated Universal Time)|11/29/26 10:00am|\
            November 29th, 2026 at 10:00 AM|2026-11-29T10:00Z|29.11.26, 10:00 Uhr|\
            2026-11-29 05:00:00 EST|Sunday, November 29, 2026 10:00:00 AM";
        let expected = "2026-11-29T10:00:00Z".parse::<jiff::Timestamp>().unwrap();
        for text in same.split('|') {
            let DateText::At { at, .. } = read(text) else { panic!("{text}: {:?}", read(text)) };
            assert_eq!(at.as_second(), expected.as_second(), "{text}");
        }
        for text in ["2026-11-29", "20261129", "29.11.2026", "11/29/2026", "Nov 29, 2026", "46355"]
        {
            let DateText::At { at, .. } = read(text) else { panic!("{text}: {:?}", read(text)) };
            assert_eq!(at.to_string(), "2026-11-29T23:59:59Z", "{text}");
        }
        assert!(matches!(read("05/06/2026"), DateText::Either { .. }));
    }

    #[test]
    fn zeros_are_no_date_and_other_texts_are_unreadable() {
        let zeros = [
            "",
            "0",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "0001-01-01",
            "1970-01-01",
            "0.0",
            "0001-01-01 00:00:00 +0000 UTC",
            "0001-01-01T00:00:00Z",
            "1970-01-01T00:00:00.000Z",
            "00/00/0000",
            "1900-01-01",
            "30.12.1899",
            "1/1/1970",
            "12/31/1969 7:00 PM",
        ];
        for text in zeros {
            assert_eq!(read(text), DateText::Empty, "{text}");
        }
        for text in ["last spring", "2026-13-45", "yes", "29", "12", "99/99/99", "x", "2026"] {
            assert_eq!(read(text), DateText::Unreadable, "{text}");
        }
    }
}
