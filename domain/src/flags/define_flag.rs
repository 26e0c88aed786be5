//! A flag is defined, or defined otherwise. What was said of single tenants and members stays: to
//! widen a percentage must not undo a promise made to one firm.

use super::{
    DESCRIPTION_CHARACTERS_MAX, Flag, FlagDefined, FlagEvent, Refusal, Share, ShareOf, is_key,
};

/// Define a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefineFlag {
    /// Its key.
    pub key: String,
    /// What it switches, for people.
    pub description: String,
    /// Whether it's on where nothing else is said.
    pub default: bool,
    /// For how many it's on.
    pub share: Option<(ShareOf, u8)>,
}

/// Refuses a bad key, no description, and more than a hundred of a hundred.
pub fn decide(flag: &Flag, command: DefineFlag) -> Result<Vec<FlagEvent>, Refusal> {
    let DefineFlag { key, description, default, share } = command;
    if !is_key(&key) {
        return Err(Refusal::InvalidKey);
    }
    let description = description.trim().to_owned();
    let length = description.chars().count();
    if !(1..=DESCRIPTION_CHARACTERS_MAX).contains(&length) {
        return Err(Refusal::InvalidDescription);
    }
    let share =
        share
            .map(|(of, percent)| {
                if percent <= 100 {
                    Ok(Share { of, percent })
                } else {
                    Err(Refusal::InvalidPercent)
                }
            })
            .transpose()?;
    let same = flag.key.is_some()
        && flag.description == description
        && flag.default == default
        && flag.share == share;
    if same {
        return Ok(Vec::new());
    }
    Ok(vec![FlagDefined { flag: key, description, default, share }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn define(key: &str, description: &str, percent: Option<u8>) -> DefineFlag {
        DefineFlag {
            key: key.into(),
            description: description.into(),
            default: false,
            share: percent.map(|percent| (ShareOf::Members, percent)),
        }
    }

    #[test]
    fn a_flag_is_defined_once_and_then_only_when_it_is_another() {
        let mut flag = Flag::default();
        let events = decide(&flag, define("grid", " The new grid ", Some(5))).unwrap();
        events.iter().for_each(|event| flag.evolve(event));
        assert_eq!(flag.description, "The new grid");
        assert_eq!(flag.share, Some(Share { of: ShareOf::Members, percent: 5 }));
        assert_eq!(decide(&flag, define("grid", "The new grid", Some(5))), Ok(vec![]));
        assert_eq!(decide(&flag, define("grid", "The new grid", Some(6))).unwrap().len(), 1);
    }

    #[test]
    fn a_bad_key_no_description_and_too_many_percent_are_refused() {
        let refused = |command| decide(&Flag::default(), command).unwrap_err();
        assert_eq!(refused(define("Grid", "The grid", None)), Refusal::InvalidKey);
        assert_eq!(refused(define("grid", " ", None)), Refusal::InvalidDescription);
        assert_eq!(refused(define("grid", &"x".repeat(501), None)), Refusal::InvalidDescription);
        assert_eq!(refused(define("grid", "The grid", Some(101))), Refusal::InvalidPercent);
    }
}
