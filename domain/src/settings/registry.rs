//! The settings there are: name, type, bounds, default, help and who may change each. Bounds may
//! widen but never narrow, so that what the log holds stays readable.

use super::kind::Kind;
use crate::members::Role;
use crate::time::DayAttribution;
use crate::time::chain::{Chain, Office};
use crate::time::rounding::{RoundingMode, RoundingScope, RoundingTie};

/// The days a week may start on, Monday first.
pub const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Who may see how far a project has come: those who look after it, or all who work on it.
pub const BUDGETS_SEEN_BY: [&str; 2] = ["managers", "members"];

/// Who may change a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editor {
    /// Members whose role includes this one, and operators.
    Role(Role),
    /// Operators only: a wrong value would cut the tenant off.
    Operator,
}

/// What is known of a setting before anybody gives it a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Which one.
    pub key: SettingKey,
    /// Its type and bounds.
    pub kind: Kind,
    /// The value where none was given; empty where there is none to assume.
    pub default: &'static str,
    /// What it does, for people.
    pub help: &'static str,
    /// Who may change it.
    pub editor: Editor,
    /// Whether its values hold from a day on; else a value holds for all days.
    pub dated: bool,
}

macro_rules! registry {
    ($($key:ident $name:literal : $kind:expr, $default:literal, $editor:expr, $dated:literal,
        $help:literal;)+) => {
        /// A registered setting.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SettingKey {
            $(#[doc = $help] $key),+
        }

        /// Every setting.
        pub const REGISTRY: &[Setting] = &[$(Setting {
            key: SettingKey::$key,
            kind: $kind,
            default: $default,
            help: $help,
            editor: $editor,
            dated: $dated,
        }),+];

        impl SettingKey {
            /// The name in the API and in the log.
            pub fn as_str(self) -> &'static str {
                match self { $(SettingKey::$key => $name),+ }
            }
        }
    };
}

const ADMIN: Editor = Editor::Role(Role::Admin);
const BILLING: Editor = Editor::Role(Role::Billing);
const OWNER: Editor = Editor::Role(Role::Owner);

registry! {
    TimeZone "TIME_ZONE": Kind::TimeZone, "Etc/UTC", ADMIN, true,
        "The zone of members who have none of their own. What is recorded keeps its zone and day.";
    TimecaptureIntervalMinutes "TIMECAPTURE_INTERVAL_MINUTES":
        Kind::Integer { min: 1, max: 240 }, "15", ADMIN, true,
        "The interval that time is rounded to; without effect while ROUNDING_MODE is none.";
    BillableHoursInWorkingDay "BILLABLE_HOURS_IN_WORKING_DAY":
        Kind::Decimal { decimals: 2, min: 1, max: 2400 }, "8", BILLING, true,
        "How many hours a day rate pays for, by the day of the work.";
    Currency "CURRENCY": Kind::Currency, "USD", BILLING, true,
        "The currency of clients who have none of their own.";
    RoundingMode "ROUNDING_MODE": Kind::OneOf(RoundingMode::NAMES), "none", BILLING, true,
        "Which way billed time is rounded to the interval. Recorded time stays as it is.";
    RoundingTie "ROUNDING_TIE": Kind::OneOf(RoundingTie::NAMES), "half_up", BILLING, true,
        "Where exactly half an interval goes when rounding to the nearest.";
    RoundingScope "ROUNDING_SCOPE": Kind::OneOf(RoundingScope::NAMES), "entry", BILLING, true,
        "What is rounded: each entry, each day, or each line of an invoice.";
    Country "COUNTRY": Kind::Country, "", ADMIN, true,
        "The country whose public holidays the firm keeps, by its ISO 3166-1 code.";
    HolidayRegion "HOLIDAY_REGION": Kind::Region, "", ADMIN, true,
        "The part of that country, where its holidays differ by region.";
    WeekStart "WEEK_START": Kind::OneOf(&WEEKDAYS), "monday", ADMIN, false,
        "The first day of a week on screens. Timesheets always go by ISO week.";
    DayAttribution "DAY_ATTRIBUTION": Kind::OneOf(DayAttribution::NAMES), "start", ADMIN, true,
        "Whether work over midnight counts for the day of its start, or is split, where time is \
            shown by day. Weeks, rounding, billing and utilisation go by the day of the start.";
    SelfApproval "SELF_APPROVAL": Kind::Boolean, "false", OWNER, true,
        "Whether members may approve their own time, as in a firm of one.";
    BudgetsSeenBy "BUDGETS_SEEN_BY": Kind::OneOf(&BUDGETS_SEEN_BY), "managers", ADMIN, false,
        "Who sees budgets of hours and progress: managers, or also who may work on the project.";
    ApprovalChain "APPROVAL_CHAIN":
        Kind::Steps { names: Office::NAMES, most: Chain::STEPS_MAX }, "manager", ADMIN, true,
        "Who approves time, step by step; for weeks whose Monday is not before, once submitted.";
    MailTimesheets "MAIL_TIMESHEETS": Kind::OneOf(&["on", "off"]), "on", ADMIN, false,
        "Whether members are mailed what is submitted to them, approved and sent back.";
    TimesheetReminder "TIMESHEET_REMINDER": Kind::OneOf(&["off", "weekly"]), "off", ADMIN, false,
        "Whether members are mailed once when they have submitted nothing of the week before.";
    VatPercent "VAT_PERCENT":
        Kind::Decimal { decimals: 4, min: 0, max: 1_000_000 }, "0", BILLING, true,
        "The standard rate of value added tax in percent.";
    VatRegistered "VAT_REGISTERED": Kind::Boolean, "false", BILLING, true,
        "Whether the firm charges value added tax.";
    PricesIncludeVat "PRICES_INCLUDE_VAT": Kind::Boolean, "false", BILLING, true,
        "Whether rates have value added tax inside; else it's added on invoices.";
    VatNumber "VAT_NUMBER": Kind::Line { most: 40 }, "", BILLING, true,
        "The firm's number as a vendor, as it stands on tax invoices.";
    LegalName "LEGAL_NAME": Kind::Line { most: 200 }, "", ADMIN, true,
        "The firm's name in law, as it stands on invoices.";
    LegalAddress "LEGAL_ADDRESS": Kind::Lines { most: 6 }, "", ADMIN, true,
        "The firm's address, as it stands on invoices.";
    RegistrationNumber "REGISTRATION_NUMBER": Kind::Line { most: 40 }, "", ADMIN, true,
        "The firm's number in the register of companies, as it stands on invoices.";
    BankDetails "BANK_DETAILS": Kind::Lines { most: 8 }, "", OWNER, true,
        "Where clients pay to, as it stands on invoices.";
    InvoiceFooter "INVOICE_FOOTER": Kind::Lines { most: 6 }, "", BILLING, true,
        "What stands at the foot of invoices.";
    InvoiceNumberPattern "INVOICE_NUMBER_PATTERN":
        Kind::NumberPattern, "INV-{year}-{n:5}", BILLING, true,
        "How numbers of invoices look: {n} counts within a year without gaps.";
    CreditNoteNumberPattern "CREDIT_NOTE_NUMBER_PATTERN":
        Kind::NumberPattern, "CN-{year}-{n:5}", BILLING, true,
        "How numbers of credit notes look: {n} counts within a year without gaps.";
    PaymentTermDays "PAYMENT_TERM_DAYS": Kind::Integer { min: 0, max: 365 }, "30", BILLING, true,
        "How many days after its day of issue an invoice is due.";
    PromptPaymentPercent "PROMPT_PAYMENT_PERCENT":
        Kind::Decimal { decimals: 4, min: 0, max: 999_999 }, "0", BILLING, true,
        "What is taken off for paying soon, in percent of the whole; 0 = nothing.";
    PromptPaymentDays "PROMPT_PAYMENT_DAYS":
        Kind::Integer { min: 1, max: 365 }, "10", BILLING, true,
        "Within how many days that is.";
    ReminderDays "REMINDER_DAYS": Kind::Days { max: 365, most: 6 }, "none", BILLING, false,
        "How many days after the due day a client is mailed a reminder, such as 7,14,30.";
    ClientLinkDays "CLIENT_LINK_DAYS": Kind::Integer { min: 1, max: 365 }, "30", BILLING, false,
        "For how many days a link to a client's page of an invoice is good; for later links.";
    ClientSeesMembers "CLIENT_SEES_MEMBERS": Kind::Boolean, "false", BILLING, false,
        "Whether clients see who worked: on their page, and on documents issued from then on.";
    SessionIdleMinutes "SESSION_IDLE_MINUTES":
        Kind::Integer { min: 15, max: 10_080 }, "720", OWNER, false,
        "After how many minutes without a request a session ends; for sessions that begin later.";
    SessionDays "SESSION_DAYS": Kind::Integer { min: 1, max: 90 }, "30", OWNER, false,
        "After how many days a session ends in any case; for sessions that begin later.";
    Logo "LOGO": Kind::File, "", ADMIN, false,
        "The firm's mark on its pages and invoices: the id of a file of the kind logo.";
    SiteUrl "SITE_URL": Kind::Url, "", Editor::Operator, false,
        "Where the tenant is reached; links in e-mails start with it.";
    DefaultFromEmail "DEFAULT_FROM_EMAIL": Kind::Email, "", Editor::Operator, false,
        "The sender of the tenant's e-mails.";
}

impl SettingKey {
    /// The setting with this name.
    pub fn parse(name: &str) -> Option<Self> {
        REGISTRY.iter().map(|setting| setting.key).find(|key| key.as_str() == name)
    }

    /// What is known of it.
    pub fn setting(self) -> &'static Setting {
        &REGISTRY[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_finds_its_own_entry_by_value_and_by_name() {
        for setting in REGISTRY {
            assert_eq!(setting.key.setting(), setting);
            assert_eq!(SettingKey::parse(setting.key.as_str()), Some(setting.key));
        }
        assert_eq!(SettingKey::parse("time_zone"), None);
    }

    #[test]
    fn every_default_is_a_canonical_value_of_its_type_or_absent() {
        for Setting { key, kind, default, .. } in REGISTRY {
            let canonical = kind.canonical(default);
            assert!(default.is_empty() || canonical.as_deref() == Some(default), "{key:?}");
        }
    }

    #[test]
    fn only_an_operator_changes_where_a_tenant_is_reached_and_how_it_sends() {
        let operators = REGISTRY.iter().filter(|setting| setting.editor == Editor::Operator);
        let keys: Vec<_> = operators.map(|setting| setting.key).collect();
        assert_eq!(keys, [SettingKey::SiteUrl, SettingKey::DefaultFromEmail]);
    }
}
