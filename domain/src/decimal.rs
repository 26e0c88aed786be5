//! Decimal texts as scaled integers. No floating point comes near a rule: 8.70 has no exact binary
//! form, 870 hundredths has.

/// `text` in units of 10^-`decimals`: `scaled("7.5", 2)` is 750.
///
/// None unless it is 1 to 9 digits and, after a point, 1 to `decimals` more. No sign, no exponent,
/// no grouping.
pub fn scaled(text: &str, decimals: u32) -> Option<u64> {
    let (whole, fraction) = match text.split_once('.') {
        None => (text, ""),
        Some((_, "")) => return None,
        Some(parts) => parts,
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let room = u32::try_from(fraction.len()).ok().and_then(|used| decimals.checked_sub(used))?;
    if !(1..=9).contains(&whole.len()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let all: u64 = format!("{whole}{fraction}").parse().ok()?;
    all.checked_mul(10_u64.checked_pow(room)?)
}

/// The shortest text of `scaled` units of 10^-`decimals`: `shortest(750, 2)` is `7.5`.
pub fn shortest(scaled: u64, decimals: u32) -> String {
    let one = 10_u64.pow(decimals);
    let fraction = format!("{:0width$}", scaled % one, width = decimals as usize);
    match fraction.trim_end_matches('0') {
        "" => (scaled / one).to_string(),
        fraction => format!("{}.{fraction}", scaled / one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_and_one_point_are_read_and_all_else_is_not() {
        assert_eq!(scaled("8", 2), Some(800));
        assert_eq!(scaled("007.25", 2), Some(725));
        assert_eq!(scaled("0.1304", 4), Some(1304));
        for text in ["", ".", ".5", "7.", "7.255", "-1", "+1", "1e3", "1,5", "7.2.5", "1234567890"]
        {
            assert_eq!(scaled(text, 2), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_shortest_text_reads_back_as_the_same_number(
            units in 0..=999_999_999_u64,
            decimals in 0..=6_u32,
        ) {
            prop_assert_eq!(scaled(&shortest(units, decimals), decimals), Some(units));
        }
    }
}
