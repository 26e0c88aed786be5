//! The day of Easter Sunday in the Gregorian calendar, on which half of the movable holidays rest.

use jiff::civil::Date;

/// Easter Sunday of a year from 1583 to 9999, by the computus in the form that Nature published on
/// 20 April 1876, as Meeus gives it (Astronomical Algorithms, chapter 8).
pub fn easter_sunday(year: i16) -> Date {
    let year_number = i32::from(year);
    let (golden, century, of_century) = (year_number % 19, year_number / 100, year_number % 100);
    let (leap_centuries, century_rest) = (century / 4, century % 4);
    let moon_shift = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30;
    let to_sunday = (32 + 2 * century_rest + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let days = epact + to_sunday - 7 * late + 114;
    let (month, day) = (days / 31, days % 31 + 1);
    let small = |number| i8::try_from(number).expect("a month has at most 31 days");
    Date::new(year, small(month), small(day)).expect("Easter lies in March or April")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, date};
    use proptest::prelude::*;

    #[test]
    fn easter_falls_where_it_was_kept() {
        for (year, month, day) in [
            (1583, 4, 10),
            (1818, 3, 22),
            (1900, 4, 15),
            (1943, 4, 25),
            (1954, 4, 18),
            (1961, 4, 2),
            (1981, 4, 19),
            (1995, 4, 16),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2016, 3, 27),
            (2018, 4, 1),
            (2019, 4, 21),
            (2020, 4, 12),
            (2021, 4, 4),
            (2022, 4, 17),
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
            (2285, 3, 22),
        ] {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }

    /// The rule itself: the Sunday after the paschal full moon, which lies up to 29 days after 21
    /// March, with the two exceptions that keep it before 19 April (Gauss, Kinkelin).
    fn by_the_moon(year: i16) -> Date {
        let year_number = i32::from(year);
        let (golden, century) = (year_number % 19, year_number / 100);
        let age = (golden * 19 + 15 + century - century / 4 - (8 * century + 13) / 25) % 30;
        let age = age - i32::from(age == 29 || (age == 28 && golden > 10));
        let full = date(year, 3, 21).checked_add(jiff::Span::new().days(age)).unwrap();
        full.nth_weekday(1, Weekday::Sunday).unwrap()
    }

    proptest! {
        #[test]
        fn easter_is_the_sunday_after_the_paschal_full_moon(year in 1583_i16..=9999) {
            prop_assert_eq!(easter_sunday(year), by_the_moon(year));
        }
    }
}
