//! What people are told of a setting beside its help: where it belongs, in which unit it counts,
//! and what a country's pack says of it.

use jiff::civil::Date;

use super::registry::{Editor, SettingKey};
use crate::country::Pack;
use crate::members::Authority;

impl SettingKey {
    /// The heading it stands under.
    pub fn group(self) -> &'static str {
        match self {
            SettingKey::TimeZone
            | SettingKey::TimecaptureIntervalMinutes
            | SettingKey::RoundingMode
            | SettingKey::RoundingTie
            | SettingKey::RoundingScope
            | SettingKey::WeekStart
            | SettingKey::DayAttribution
            | SettingKey::BudgetsSeenBy
            | SettingKey::SelfApproval
            | SettingKey::ApprovalChain
            | SettingKey::MailTimesheets
            | SettingKey::TimesheetReminder => "time",
            SettingKey::BillableHoursInWorkingDay
            | SettingKey::Currency
            | SettingKey::VatPercent
            | SettingKey::VatRegistered
            | SettingKey::PricesIncludeVat
            | SettingKey::VatNumber
            | SettingKey::LegalName
            | SettingKey::LegalAddress
            | SettingKey::RegistrationNumber
            | SettingKey::BankDetails
            | SettingKey::InvoiceFooter
            | SettingKey::InvoiceNumberPattern
            | SettingKey::CreditNoteNumberPattern
            | SettingKey::PaymentTermDays
            | SettingKey::PromptPaymentPercent
            | SettingKey::PromptPaymentDays
            | SettingKey::ReminderDays
            | SettingKey::ClientLinkDays
            | SettingKey::ClientSeesMembers => "billing",
            SettingKey::Country | SettingKey::HolidayRegion => "leave",
            SettingKey::SessionIdleMinutes | SettingKey::SessionDays => "sign-in",
            SettingKey::Logo | SettingKey::SiteUrl | SettingKey::DefaultFromEmail => "site",
        }
    }

    /// What its values count; none where they count nothing.
    pub fn unit(self) -> Option<&'static str> {
        match self {
            SettingKey::TimecaptureIntervalMinutes | SettingKey::SessionIdleMinutes => {
                Some("minutes")
            }
            SettingKey::BillableHoursInWorkingDay => Some("hours"),
            SettingKey::VatPercent | SettingKey::PromptPaymentPercent => Some("percent"),
            SettingKey::SessionDays
            | SettingKey::PaymentTermDays
            | SettingKey::PromptPaymentDays
            | SettingKey::ClientLinkDays => Some("days"),
            SettingKey::TimeZone
            | SettingKey::RoundingMode
            | SettingKey::RoundingTie
            | SettingKey::RoundingScope
            | SettingKey::WeekStart
            | SettingKey::DayAttribution
            | SettingKey::SelfApproval
            | SettingKey::BudgetsSeenBy
            | SettingKey::ApprovalChain
            | SettingKey::MailTimesheets
            | SettingKey::TimesheetReminder
            | SettingKey::Currency
            | SettingKey::VatRegistered
            | SettingKey::PricesIncludeVat
            | SettingKey::VatNumber
            | SettingKey::LegalName
            | SettingKey::LegalAddress
            | SettingKey::RegistrationNumber
            | SettingKey::BankDetails
            | SettingKey::InvoiceFooter
            | SettingKey::InvoiceNumberPattern
            | SettingKey::CreditNoteNumberPattern
            | SettingKey::ReminderDays
            | SettingKey::ClientSeesMembers
            | SettingKey::Country
            | SettingKey::HolidayRegion
            | SettingKey::Logo
            | SettingKey::SiteUrl
            | SettingKey::DefaultFromEmail => None,
        }
    }

    /// What a country's pack says for a day (or for always); none where it says nothing of it.
    pub fn of_pack(self, pack: &Pack, from: Option<Date>) -> Option<&str> {
        match self {
            SettingKey::Country => Some(pack.country.as_str()).filter(|_| from.is_none()),
            SettingKey::Currency => Some(pack.currency.as_str()).filter(|_| from.is_none()),
            SettingKey::TimeZone => {
                pack.time_zones.first().map(String::as_str).filter(|_| from.is_none())
            }
            SettingKey::VatPercent => {
                pack.vat.iter().find(|rate| rate.from == from).map(|rate| rate.percent.as_str())
            }
            SettingKey::TimecaptureIntervalMinutes
            | SettingKey::RoundingMode
            | SettingKey::RoundingTie
            | SettingKey::RoundingScope
            | SettingKey::WeekStart
            | SettingKey::DayAttribution
            | SettingKey::SelfApproval
            | SettingKey::BudgetsSeenBy
            | SettingKey::ApprovalChain
            | SettingKey::MailTimesheets
            | SettingKey::TimesheetReminder
            | SettingKey::BillableHoursInWorkingDay
            | SettingKey::VatRegistered
            | SettingKey::PricesIncludeVat
            | SettingKey::VatNumber
            | SettingKey::LegalName
            | SettingKey::LegalAddress
            | SettingKey::RegistrationNumber
            | SettingKey::BankDetails
            | SettingKey::InvoiceFooter
            | SettingKey::InvoiceNumberPattern
            | SettingKey::CreditNoteNumberPattern
            | SettingKey::PaymentTermDays
            | SettingKey::PromptPaymentPercent
            | SettingKey::PromptPaymentDays
            | SettingKey::ReminderDays
            | SettingKey::ClientLinkDays
            | SettingKey::ClientSeesMembers
            | SettingKey::HolidayRegion
            | SettingKey::SessionIdleMinutes
            | SettingKey::SessionDays
            | SettingKey::Logo
            | SettingKey::SiteUrl
            | SettingKey::DefaultFromEmail => None,
        }
    }
}

impl Editor {
    /// The least role that may, or `operator`.
    pub fn name(self) -> &'static str {
        match self {
            Editor::Role(role) => role.as_str(),
            Editor::Operator => "operator",
        }
    }

    /// Whether the caller may change what this one edits.
    pub fn lets(self, by: &Authority) -> bool {
        match self {
            Editor::Operator => *by == Authority::Operator,
            Editor::Role(needed) => by.includes(needed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::pack;
    use crate::settings::REGISTRY;

    #[test]
    fn every_setting_stands_under_a_heading_and_a_number_says_what_it_counts() {
        for setting in REGISTRY {
            assert!(!setting.key.group().is_empty() && !setting.help.is_empty());
            let counts = matches!(setting.kind.name(), "integer" | "decimal");
            assert_eq!(setting.key.unit().is_some(), counts, "{:?}", setting.key);
        }
    }

    #[test]
    fn a_pack_says_what_a_firm_of_its_country_starts_with() {
        let za = pack("ZA").expect("the first country");
        assert_eq!(SettingKey::Currency.of_pack(za, None), Some("ZAR"));
        assert_eq!(SettingKey::TimeZone.of_pack(za, None), Some("Africa/Johannesburg"));
        assert_eq!(SettingKey::WeekStart.of_pack(za, None), None);
        for rate in &za.vat {
            assert_eq!(SettingKey::VatPercent.of_pack(za, rate.from), Some(&*rate.percent));
        }
    }
}
