//! A line in, the moment that it tells of out.

use jiff::Timestamp;
use jiff::fmt::strtime;

/// The first time in a line, in the Common Log Format or in that of RFC 3339; one without an offset
/// is taken for UTC.
pub(super) fn find(line: &str) -> Option<Timestamp> {
    common(line).or_else(|| iso(line))
}

/// `[26/Nov/2026:22:55:36 +0000]`
pub(super) fn common(line: &str) -> Option<Timestamp> {
    line.match_indices('[').find_map(|(at, _)| {
        let text = line.get(at + 1..at + 27)?;
        strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).ok()?.to_timestamp().ok()
    })
}

/// `2026-11-26T22:55:36.123Z`, `2026-11-26 22:55:36`, also with a tab between date and time.
fn iso(line: &str) -> Option<Timestamp> {
    let bytes = line.as_bytes();
    memchr::memchr_iter(b'-', bytes).find_map(|dash| {
        let start = dash.checked_sub(4)?;
        let text = line.get(start..)?;
        let form =
            text.bytes().take(19).map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
        let form: Vec<u8> = form.collect();
        let is_moment = matches!(form.get(10), Some(b'T' | b't' | b' ' | b'\t'))
            && form.get(..10) == Some(b"0000-00-00")
            && form.get(11..) == Some(b"00:00:00");
        if !is_moment {
            return None;
        }
        let moment: jiff::civil::DateTime =
            format!("{}T{}", &text[..10], &text[11..19]).parse().ok()?;
        let rest = text[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
        Timestamp::from_second(utc(moment)? - offset(rest)).ok()
    })
}

fn utc(moment: jiff::civil::DateTime) -> Option<i64> {
    Some(moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

/// The seconds of `+02:00`, `+0200`, `Z` or nothing.
fn offset(text: &str) -> i64 {
    let sign = match text.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return 0,
    };
    let digits: Vec<i64> =
        text[1..].bytes().filter(|byte| *byte != b':').map_while(digit).take(4).collect();
    let &[a, b, c, d] = digits.as_slice() else { return 0 };
    sign * ((a * 10 + b) * 3600 + (c * 10 + d) * 60)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// A number of seconds since 1970, of milli-, micro- or nanoseconds: which of them its size tells.
pub(super) fn epoch(number: f64) -> Option<Timestamp> {
    let mut seconds = number;
    while seconds.abs() > 1e11 {
        seconds /= 1e3;
    }
    if !seconds.is_finite() || seconds <= 0.0 {
        return None;
    }
    let duration = jiff::SignedDuration::try_from_secs_f64(seconds).ok()?;
    Timestamp::from_duration(duration).ok()
}
