//! The facts that an invoice is sealed from, put together from what is known on its day. Issuing
//! and the preview of a draft go through here, so that a preview says what issuing will seal.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::billing_profile::Profile;
use super::seal::{PricedLine, SealFacts, TermSources};
use super::sealed::TemplateVersion;
use crate::id::{ClientId, EntryId};
use crate::settings::Settings;

/// What is known of the firm, the client and the work.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// What the firm is called where no legal name was set.
    pub firm: &'a str,
    /// The client.
    pub client: ClientId,
    /// What the client is called where its profile has no legal name.
    pub client_name: &'a str,
    /// What is known of the client for its invoices.
    pub profile: &'a Profile,
    /// The number; of a preview what stands for it.
    pub number: String,
    /// The day of issue, in the firm's zone.
    pub issued_on: Date,
    /// The lines of the draft.
    pub lines: Vec<PricedLine>,
    /// Where the terms of each entry came from.
    pub sources: BTreeMap<EntryId, TermSources>,
}

/// The facts that follow, all as they hold on the day of issue.
pub fn seal_facts(gathered: Gathered<'_>) -> SealFacts {
    let Gathered { settings, firm, client, client_name, profile, .. } = gathered;
    let day = gathered.issued_on;
    // What goes to the client names who worked only where the firm wants that.
    let told = |line: PricedLine| {
        let who = line.who.filter(|_| settings.client_sees_members());
        PricedLine { who, ..line }
    };
    SealFacts {
        number: gathered.number,
        issued_on: day,
        seller: settings.seller(firm, day),
        buyer: profile.buyer(client, client_name),
        registered: settings.vat_registered(day),
        standard: settings.vat_percent(day),
        prices: settings.prices(day),
        category: profile.category,
        tax_reason: profile.tax_reason.clone(),
        buyer_reference: profile.buyer_reference.clone(),
        own_currency: settings.currency(day).to_owned(),
        payment_days: profile.payment_days.unwrap_or_else(|| settings.payment_term_days(day)),
        prompt_payment: profile.prompt_payment.or_else(|| settings.prompt_terms(day)),
        coin_minor: None,
        footer: settings.invoice_footer(day).map(str::to_owned),
        lines: gathered.lines.into_iter().map(told).collect(),
        sources: gathered.sources,
        template_version: TemplateVersion::TODAY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::prompt_payment::PromptTerms;
    use crate::billing::samples::{
        client, day, draft_of, hourly, percent, personal, seal_facts as samples_of,
    };
    use crate::billing::tax::TaxCategory;
    use crate::billing::totals::Prices;
    use crate::settings::SettingChanged;

    fn known<'a>(settings: &'a Settings, profile: &'a Profile, on: &str) -> Gathered<'a> {
        Gathered {
            settings,
            firm: "Acme",
            client: client(1),
            client_name: "Nova",
            profile,
            number: "INV-1".into(),
            issued_on: day(on),
            lines: Vec::new(),
            sources: BTreeMap::new(),
        }
    }

    fn facts(settings: &Settings, profile: &Profile, on: &str) -> SealFacts {
        seal_facts(known(settings, profile, on))
    }

    #[test]
    fn what_the_profile_says_goes_before_what_the_settings_say() {
        let mut settings = Settings::default();
        for (key, value) in [("PAYMENT_TERM_DAYS", "14"), ("PROMPT_PAYMENT_PERCENT", "2")] {
            let (key, value) = (key.to_owned(), value.to_owned());
            settings.evolve(&SettingChanged { key, value, from: None }.into());
        }
        let by_settings = facts(&settings, &Profile::default(), "2026-01-31");
        assert_eq!(by_settings.payment_days, 14);
        let prompt = PromptTerms { percent: percent("2"), days: 10 };
        assert_eq!(by_settings.prompt_payment, Some(prompt));
        assert_eq!((by_settings.category, &*by_settings.seller.name), (None, "Acme"));
        let none = PromptTerms { percent: percent("0"), days: 0 };
        let profile = Profile {
            payment_days: Some(7),
            prompt_payment: Some(none),
            category: Some(TaxCategory::ZeroRated),
            ..Profile::default()
        };
        let by_profile = facts(&settings, &profile, "2026-01-31");
        assert_eq!((by_profile.payment_days, by_profile.prompt_payment), (7, Some(none)));
        assert_eq!(by_profile.category, Some(TaxCategory::ZeroRated));
    }

    #[test]
    fn a_member_is_named_only_where_clients_are_to_see_who_worked() {
        let state = draft_of(&[(1, "2026-01-07", 3600)]);
        let mut lines = samples_of("INV-1", &state, &hourly(100)).lines;
        lines[0].who = Some(personal("Thandi"));
        let mut settings = Settings::default();
        let named = |settings: &Settings| {
            let (profile, lines) = (Profile::default(), lines.clone());
            let gathered = Gathered { lines, ..known(settings, &profile, "2026-01-31") };
            seal_facts(gathered).lines.swap_remove(0).who
        };
        assert_eq!(named(&settings), None);
        let (key, value) = ("CLIENT_SEES_MEMBERS".to_owned(), "true".to_owned());
        settings.evolve(&SettingChanged { key, value, from: None }.into());
        assert_eq!(named(&settings), Some(personal("Thandi")));
    }

    #[test]
    fn settings_hold_by_the_day_of_issue() {
        let mut settings = Settings::default();
        for (key, value) in [("VAT_REGISTERED", "true"), ("PRICES_INCLUDE_VAT", "true")] {
            let (key, value) = (key.to_owned(), value.to_owned());
            let from = Some(day("2026-02-01"));
            settings.evolve(&SettingChanged { key, value, from }.into());
        }
        let told = |on| {
            let facts = facts(&settings, &Profile::default(), on);
            (facts.registered, facts.prices)
        };
        assert_eq!(told("2026-01-31"), (false, Prices::Exclusive));
        assert_eq!(told("2026-02-01"), (true, Prices::Inclusive));
    }
}
