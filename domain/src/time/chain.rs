//! The steps of an approval: which offices an entry goes through, in which order, and how far it
//! has come. The chain is taken down when approval is asked for, so that a later change of the
//! setting leaves what has begun as it was.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::MemberId;

/// Who decides at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// Whoever has the role manager or one above.
    Manager,
    /// The member's own manager.
    LineManager,
    /// Whoever looks after the entry's project.
    ProjectManager,
    /// Whoever looks after the entry's client.
    AccountManager,
    /// Whoever has the role billing or one above.
    Billing,
    /// Whoever has the role admin or owner.
    Admin,
}

impl Office {
    /// Every office.
    pub const ALL: [Office; 6] = [
        Office::Manager,
        Office::LineManager,
        Office::ProjectManager,
        Office::AccountManager,
        Office::Billing,
        Office::Admin,
    ];

    /// Their names, in the same order.
    pub const NAMES: &'static [&'static str] =
        &["manager", "line_manager", "project_manager", "account_manager", "billing", "admin"];

    /// The name in settings, in the API and in the log.
    pub fn as_str(self) -> &'static str {
        Office::NAMES[self as usize]
    }

    /// The office of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Office::ALL.into_iter().find(|office| office.as_str() == name)
    }
}

impl fmt::Display for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The offices in their order; a manager alone where nothing was said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(Vec<Office>);

impl Default for Chain {
    fn default() -> Self {
        Chain(vec![Office::Manager])
    }
}

impl Chain {
    /// The most steps.
    pub const STEPS_MAX: usize = 4;

    /// The chain of a setting's value: names in their order, apart by commas.
    pub fn parse(text: &str) -> Option<Self> {
        let offices: Option<Vec<Office>> = text.split(',').map(Office::parse).collect();
        offices.filter(|offices| (1..=Self::STEPS_MAX).contains(&offices.len())).map(Chain)
    }

    /// Its steps.
    pub fn offices(&self) -> &[Office] {
        &self.0
    }

    /// How many steps it has.
    pub fn steps(&self) -> u32 {
        u32::try_from(self.0.len()).expect("a chain has few steps")
    }

    /// Whether it's what is meant where nothing is said.
    pub fn is_default(&self) -> bool {
        *self == Chain::default()
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|office| office.as_str()).collect();
        f.write_str(&names.join(","))
    }
}

/// A step that is behind an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedStep {
    /// Who let it pass.
    pub by: MemberId,
    /// For whom they stood in.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_right_of: Option<MemberId>,
}

/// How far an entry's approval has come since it was last asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The steps.
    #[serde(default, skip_serializing_if = "Chain::is_default")]
    pub chain: Chain,
    /// Those behind it, the last one not among them: with that one it's approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<PassedStep>,
}

impl Approval {
    /// Nothing yet of this chain.
    pub fn of(chain: &Chain) -> Self {
        Approval { chain: chain.clone(), passed: Vec::new() }
    }

    /// Whether nothing is worth keeping of it.
    pub fn is_default(&self) -> bool {
        self.chain.is_default() && self.passed.is_empty()
    }

    /// The office that decides next, as long as it's asked for.
    pub fn next(&self) -> Option<Office> {
        self.chain.offices().get(self.passed.len()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_known_by_its_name_and_stored_under_it() {
        for office in Office::ALL {
            assert_eq!(Office::parse(office.as_str()), Some(office));
            assert_eq!(serde_json::to_string(&office).unwrap(), format!("{:?}", office.as_str()));
        }
        assert_eq!(Office::parse("owner"), None);
    }

    #[test]
    fn a_chain_has_one_to_four_steps_that_are_offices() {
        assert_eq!(Chain::parse("manager"), Some(Chain::default()));
        let two = Chain::parse("line_manager,billing").unwrap();
        assert_eq!(two.offices(), [Office::LineManager, Office::Billing]);
        assert_eq!((two.steps(), two.to_string().as_str()), (2, "line_manager,billing"));
        assert_eq!(serde_json::to_string(&two).unwrap(), r#"["line_manager","billing"]"#);
        for text in ["", "boss", "manager,", "manager,line_manager,project_manager,billing,admin"] {
            assert_eq!(Chain::parse(text), None, "{text:?}");
        }
    }
}
