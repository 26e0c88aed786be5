//! Numbers and lengths of time as exports write them: decimal comma or point, grouped thousands,
//! `0:13`. All arithmetic is on integers; binary fractions never occur, so 0.01 h is 36 s exactly.

use super::refusal::{FaultReason, quoted};

/// Which mark sets off decimals in a file, as far as its numbers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecimalMark {
    /// This one, `.` or `,`.
    Is(char),
    /// Numbers of both kinds occur.
    Both,
    /// No number tells.
    Unknown,
}

/// What a single number tells about the decimal mark of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The decimal mark is this one.
    For(char),
    /// It has a mark that may group thousands or set off three decimals.
    Open(char),
    /// It has no mark, or isn't a number.
    Nothing,
}

/// A length of time as written, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    /// Seconds, rounded half up; saturates far above 24 h.
    pub(super) seconds: u32,
    /// Whether it was written to the minute only.
    pub(super) to_the_minute: bool,
}

/// What the number in a cell tells about its file.
pub(super) fn evidence(cell: &str) -> Evidence {
    match split(cell, DecimalMark::Unknown) {
        Some(Split { mark: Some(mark), open: true, .. }) => Evidence::Open(mark),
        Some(Split { mark: Some(mark), open: false, .. }) => Evidence::For(mark),
        _ => Evidence::Nothing,
    }
}

/// A decimal with a point and without grouping, such as `-2001.0`.
pub(super) fn decimal(cell: &str, mark: DecimalMark) -> Result<String, FaultReason> {
    let split = split(cell, mark).ok_or_else(|| FaultReason::NotALength(quoted(cell)))?;
    if split.open && mark == DecimalMark::Both {
        return Err(FaultReason::AmbiguousNumber(quoted(cell)));
    }
    let whole = match split.whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let sign = if split.negative { "-" } else { "" };
    Ok(match split.fraction.as_str() {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    })
}

/// Decimal hours (`1,5`, `0.79 h`) or hours and minutes (`0:13`, `00:30:00`) in seconds.
pub(super) fn length(cell: &str, mark: DecimalMark) -> Result<Length, FaultReason> {
    if cell.contains(':') {
        return clock_length(cell);
    }
    let hours = decimal(cell.strip_suffix('h').unwrap_or(cell).trim_end(), mark)?;
    let (negative, hours) = hours.strip_prefix('-').map_or((false, &*hours), |rest| (true, rest));
    let (whole, fraction) = hours.split_once('.').unwrap_or((hours, ""));
    let fault = || FaultReason::NotALength(quoted(cell));
    if whole.len() > 9 || fraction.len() > 18 {
        return Err(fault());
    }
    let scaled: u128 = format!("{whole}{fraction}").parse().map_err(|_| fault())?;
    let unit = 10_u128.pow(fraction.len() as u32);
    signed(negative, (scaled * 3600 * 2 + unit) / (2 * unit), false)
}

fn clock_length(cell: &str) -> Result<Length, FaultReason> {
    let fault = || FaultReason::NotALength(quoted(cell));
    let (negative, clock) = cell.strip_prefix(['-', '−']).map_or((false, cell), |c| (true, c));
    let parts = clock
        .split(':')
        .map(|part| digits(part, 1, 9))
        .collect::<Option<Vec<u32>>>()
        .ok_or_else(fault)?;
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes] if minutes < 60 => (hours, minutes, 0),
        [hours, minutes, seconds] if minutes < 60 && seconds < 60 => (hours, minutes, seconds),
        _ => return Err(fault()),
    };
    let total = u128::from(hours) * 3600 + u128::from(minutes) * 60 + u128::from(seconds);
    signed(negative, total, parts.len() == 2)
}

fn signed(negative: bool, seconds: u128, to_the_minute: bool) -> Result<Length, FaultReason> {
    if negative && seconds > 0 {
        return Err(FaultReason::NegativeLength);
    }
    Ok(Length { seconds: u32::try_from(seconds).unwrap_or(u32::MAX), to_the_minute })
}

/// A run of ASCII digits of a length in the given bounds (at most 9).
pub(super) fn digits(text: &str, least: usize, most: usize) -> Option<u32> {
    let fits = (least..=most).contains(&text.len());
    if fits && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

struct Split {
    negative: bool,
    whole: String,
    fraction: String,
    mark: Option<char>,
    /// The mark could be a decimal mark and could group thousands.
    open: bool,
}

/// Takes a number apart; `None` if it isn't one. `mark` decides only what is open.
fn split(cell: &str, mark: DecimalMark) -> Option<Split> {
    let (negative, body) = match cell.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, cell.strip_prefix('+').unwrap_or(cell)),
    };
    let body: String = body.chars().filter(|c| !is_space_between_digits(*c)).collect();
    if !body.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let plain = |whole: &str, fraction: &str, mark, open| {
        let sound = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = (whole.to_owned(), fraction.to_owned());
        sound.then_some(Split { negative, whole, fraction, mark, open })
    };
    let (first, last) = (body.find(['.', ',']), body.rfind(['.', ',']));
    let (Some(first), Some(last)) = (first, last) else {
        return plain(&body, "", None, false);
    };
    let found = if body.as_bytes()[last] == b',' { ',' } else { '.' };
    let other = if found == ',' { '.' } else { ',' };
    let (whole, fraction) = (&body[..last], &body[last + 1..]);
    if first == last {
        let open = fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
        let groups = open && mark == DecimalMark::Is(other);
        return if groups {
            plain(&format!("{whole}{fraction}"), "", Some(found), open)
        } else {
            plain(whole, fraction, Some(found), open)
        };
    }
    if whole.contains(found) {
        // Several marks of one kind can only group thousands, so the other one sets off decimals.
        return grouped(&body, found).and_then(|whole| plain(&whole, "", Some(other), false));
    }
    grouped(whole, other).and_then(|whole| plain(&whole, fraction, Some(found), false))
}

fn grouped(whole: &str, mark: char) -> Option<String> {
    let mut groups = whole.split(mark);
    let head = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    let rest = groups.all(|group| (2..=3).contains(&group.len()));
    (head && rest && whole.rsplit(mark).next().is_some_and(|group| group.len() == 3))
        .then(|| whole.replace(mark, ""))
}

fn is_space_between_digits(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(cell: &str, mark: DecimalMark) -> u32 {
        length(cell, mark).unwrap().seconds
    }

    #[test]
    fn hours_become_seconds_exactly_and_halves_go_up() {
        let point = DecimalMark::Is('.');
        for (hours, expected) in [
            ("0.01", 36),
            ("0.33", 1188),
            ("1.1", 3960),
            ("8", 28_800),
            ("0.000138888888888888", 0),
            ("0.000138888888888889", 1),
            ("0.00041666666666666", 1),
            ("0.000416666666666667", 2),
        ] {
            assert_eq!(seconds(hours, point), expected, "{hours} h");
        }
    }

    #[test]
    fn both_marks_in_one_number_tell_which_is_which() {
        for mark in [DecimalMark::Unknown, DecimalMark::Both, DecimalMark::Is('.')] {
            assert_eq!(decimal("2.001,0", mark), Ok("2001.0".into()));
            assert_eq!(decimal("2,001.0", mark), Ok("2001.0".into()));
            assert_eq!(decimal("1.234.567", mark), Ok("1234567".into()));
            assert_eq!(decimal("1,00,000.50", mark), Ok("100000.50".into()));
            assert_eq!(decimal("2 001,5", mark), Ok("2001.5".into()));
            assert_eq!(decimal("-0,5", mark), Ok("-0.5".into()));
        }
        for bad in ["", "1,2,3", "1.2.3,4", "1,0.5.2", "abc", "1e3", "--1", ",", "€ 1"] {
            assert!(decimal(bad, DecimalMark::Unknown).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn three_digits_after_one_mark_are_read_as_the_rest_of_the_file_says() {
        assert_eq!(decimal("1.250", DecimalMark::Is('.')), Ok("1.250".into()));
        assert_eq!(decimal("1.250", DecimalMark::Is(',')), Ok("1250".into()));
        assert_eq!(decimal("1.250", DecimalMark::Unknown), Ok("1.250".into()));
        assert_eq!(
            decimal("1.250", DecimalMark::Both),
            Err(FaultReason::AmbiguousNumber("1.250".into()))
        );
        assert_eq!(decimal("0.125", DecimalMark::Both), Ok("0.125".into()));
        assert_eq!(evidence("1.250"), Evidence::Open('.'));
        assert_eq!(evidence("1.000.000"), Evidence::For(','));
        assert_eq!(evidence("0,01"), Evidence::For(','));
        assert_eq!(evidence("12"), Evidence::Nothing);
    }

    #[test]
    fn clock_lengths_are_hours_and_minutes() {
        let any = DecimalMark::Unknown;
        assert_eq!(length("0:13", any), Ok(Length { seconds: 780, to_the_minute: true }));
        assert_eq!(length("100:00:01", any).unwrap().seconds, 360_001);
        assert_eq!(length("-00:30:00", any), Err(FaultReason::NegativeLength));
        assert_eq!(length("0.5 h", any).unwrap().seconds, 1800);
        for bad in ["1:60", "1:2:60", ":", "1:", "1:2:3:4", "a:b", "9999999999"] {
            assert!(length(bad, any).is_err(), "{bad:?}");
        }
    }
}
