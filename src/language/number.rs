//! Numbers in, what an operator reads out: in English, as all that the program says to operators is.

/// A number with a comma before each three digits: `1,204`.
#[must_use]
pub fn grouped(number: u64) -> String {
    in_threes(&number.to_string())
}

fn in_threes(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A part of a whole in hundredths: `97.3%`. Only all of it is `100%`, and only nothing `0%`.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0%".to_owned();
    }
    if part >= whole {
        return "100%".to_owned();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let tenths = ((part * 1_000 + whole / 2) / whole).clamp(1, 999);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// How long something took, in its two largest units: `5 h 12 min`, `2 min`, `38 s`, `412 ms`.
#[must_use]
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let two = |many: u64, unit: &str, few: u64, smaller: &str| match few {
        0 => format!("{many} {unit}"),
        few => format!("{many} {unit} {few} {smaller}"),
    };
    match (days, seconds / 3_600, seconds / 60, seconds) {
        (0, 0, 0, 0) => format!("{milliseconds} ms"),
        (0, 0, 0, 1..10) if milliseconds % 1_000 >= 100 => {
            format!("{seconds}.{} s", milliseconds / 100 % 10)
        }
        (0, 0, 0, _) => format!("{seconds} s"),
        (0, 0, _, _) => two(minutes, "min", seconds % 60, "s"),
        (0, _, _, _) => two(hours, "h", minutes, "min"),
        _ => two(days, "d", hours, "h"),
    }
}

/// How many there were in a second: `1,312`, `4.2`.
#[must_use]
pub fn speed(per_second: f64) -> String {
    match per_second {
        100.0.. => in_threes(&format!("{per_second:.0}")),
        _ => format!("{per_second:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::language::number::{duration, grouped, share};

    #[test]
    fn numbers_are_grouped_and_shares_are_never_rounded_to_all_or_nothing() {
        assert_eq!([0, 999, 1_000, 1_204_000].map(grouped), ["0", "999", "1,000", "1,204,000"]);
        let shares = [(0, 0), (0, 9), (9, 9), (1, 3), (1, 1_000_000), (999_999, 1_000_000)];
        let shares = shares.map(|(part, whole)| share(part, whole));
        assert_eq!(shares, ["0%", "0%", "100%", "33.3%", "0.1%", "99.9%"]);
    }

    #[test]
    fn a_duration_has_its_two_largest_units() {
        let durations =
            [412, 5_000, 9_940, 38_000, 60_000, 125_000, 18_730_000, 100_000_000].map(duration);
        assert_eq!(
            durations,
            ["412 ms", "5 s", "9.9 s", "38 s", "1 min", "2 min 5 s", "5 h 12 min", "1 d 3 h"]
        );
    }
}
