//! A flag goes: it's off for everybody, and whoever still asks for it is told so.

use super::{Flag, FlagEvent, FlagRemoved, Refusal};

/// Remove a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveFlag {
    /// Its key.
    pub key: String,
}

/// Refuses a flag that is not there.
pub fn decide(flag: &Flag, command: &RemoveFlag) -> Result<Vec<FlagEvent>, Refusal> {
    if flag.key.is_none() {
        return Err(Refusal::UnknownFlag);
    }
    Ok(vec![FlagRemoved { flag: command.key.clone() }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::FlagCommand;
    use cqrs_es::test::TestFramework;

    #[test]
    fn a_flag_is_removed_once() {
        let command = || FlagCommand::Remove(RemoveFlag { key: "grid".into() });
        let defined = crate::flags::FlagDefined {
            flag: "grid".into(),
            description: "The grid".into(),
            default: true,
            share: None,
        };
        let removed: FlagEvent = FlagRemoved { flag: "grid".into() }.into();
        TestFramework::<Flag>::with(())
            .given(vec![defined.clone().into()])
            .when(command())
            .then_expect_events(vec![removed.clone()]);
        TestFramework::<Flag>::with(())
            .given(vec![defined.into(), removed])
            .when(command())
            .then_expect_error(Refusal::UnknownFlag);
    }
}
