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
        lines: gathered.lines,
        sources: gathered.sources,
        template_version: TemplateVersion::TODAY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::prompt_payment::PromptTerms;
    use crate::billing::samples::{client, day, percent};
    use crate::billing::tax::TaxCategory;
    use crate::billing::totals::Prices;
    use crate::settings::SettingChanged;

    fn facts(settings: &Settings, profile: &Profile, on: &str) -> SealFacts {
        seal_facts(Gathered {
            settings,
            firm: "Acme",
            client: client(1),
            client_name: "Nova",
            profile,
            number: "INV-1".into(),
            issued_on: day(on),
            lines: Vec::new(),
            sources: BTreeMap::new(),
        })
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
