//! What the settings say of invoices: who issues them, what they ask for, and how their numbers
//! look. Each value holds by the day of issue.

use jiff::civil::Date;

use super::{SettingKey, Settings};
use crate::billing::numbering::NumberPattern;
use crate::billing::prompt_payment::PromptTerms;
use crate::billing::sealed::{DocumentKind, Seller};
use crate::billing::totals::Prices;
use crate::money::Percent;

impl Settings {
    /// The firm as it stands on a document. Where no legal name was given its name is `known_as`.
    pub fn seller(&self, known_as: &str, day: Date) -> Seller {
        let text = |key| Some(self.value_on(key, day)).filter(|it| !it.is_empty());
        let owned = |key| text(key).map(str::to_owned);
        let lines = |key| text(key).into_iter().flat_map(str::lines).map(str::to_owned).collect();
        Seller {
            name: text(SettingKey::LegalName).unwrap_or(known_as).to_owned(),
            address: lines(SettingKey::LegalAddress),
            country: text(SettingKey::Country).unwrap_or_default().to_owned(),
            vat_number: owned(SettingKey::VatNumber).filter(|_| self.vat_registered(day)),
            registration_number: owned(SettingKey::RegistrationNumber),
            bank_details: lines(SettingKey::BankDetails),
            logo: self.logo(),
        }
    }

    /// What stands at the foot of a document.
    pub fn invoice_footer(&self, day: Date) -> Option<&str> {
        Some(self.value_on(SettingKey::InvoiceFooter, day)).filter(|text| !text.is_empty())
    }

    /// Whether rates have tax inside; of a firm that is not registered they have none.
    pub fn prices(&self, day: Date) -> Prices {
        let inside = self.typed(SettingKey::PricesIncludeVat, day, |text| text.parse().ok());
        if inside && self.vat_registered(day) { Prices::Inclusive } else { Prices::Exclusive }
    }

    /// How many days after its day of issue an invoice is due, 0 to 365.
    pub fn payment_term_days(&self, day: Date) -> u16 {
        self.typed(SettingKey::PaymentTermDays, day, |text| text.parse().ok())
    }

    /// What is offered for paying soon; none where nothing is.
    pub fn prompt_terms(&self, day: Date) -> Option<PromptTerms> {
        let percent = self.typed(SettingKey::PromptPaymentPercent, day, Percent::parse);
        let days = self.typed(SettingKey::PromptPaymentDays, day, |text| text.parse().ok());
        (percent != Percent::ZERO).then_some(PromptTerms { percent, days })
    }

    /// How many days after the due day a client is reminded; empty where nobody is.
    pub fn reminder_days(&self) -> Vec<u16> {
        let text = self.undated(SettingKey::ReminderDays).unwrap_or_default();
        text.split(',').filter_map(|days| days.parse().ok()).collect()
    }

    /// For how many days a link to a client's page is good.
    pub fn client_link_days(&self) -> u32 {
        self.number(SettingKey::ClientLinkDays)
    }

    /// Whether what goes to a client names who worked: its page of an invoice, and documents that
    /// are issued from then on.
    pub fn client_sees_members(&self) -> bool {
        self.undated(SettingKey::ClientSeesMembers) == Some("true")
    }

    /// How the numbers of documents of a kind look.
    pub fn number_pattern(&self, document: DocumentKind, day: Date) -> NumberPattern {
        let key = match document {
            DocumentKind::Invoice => SettingKey::InvoiceNumberPattern,
            DocumentKind::CreditNote => SettingKey::CreditNoteNumberPattern,
        };
        self.typed(key, day, NumberPattern::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SettingChanged;
    use jiff::civil::date;

    fn folded(values: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (key, value) in values {
            let (key, value) = ((*key).to_owned(), (*value).to_owned());
            settings.evolve(&SettingChanged { key, value, from: None }.into());
        }
        settings
    }

    const DAY: Date = date(2026, 1, 31);

    #[test]
    fn a_firm_that_has_set_nothing_issues_in_its_own_name_by_the_defaults() {
        let settings = Settings::default();
        let seller = settings.seller("Acme", DAY);
        assert_eq!((&*seller.name, seller.address.len(), seller.vat_number), ("Acme", 0, None));
        assert_eq!(settings.prices(DAY), Prices::Exclusive);
        assert_eq!((settings.payment_term_days(DAY), settings.prompt_terms(DAY)), (30, None));
        let number = |document| settings.number_pattern(document, DAY).number(2026, 7);
        assert_eq!(number(DocumentKind::Invoice), "INV-2026-00007");
        assert_eq!(number(DocumentKind::CreditNote), "CN-2026-00007");
        assert_eq!(settings.invoice_footer(DAY), None);
    }

    #[test]
    fn what_was_set_stands_on_the_invoice() {
        let settings = folded(&[
            ("LEGAL_NAME", "Acme (Pty) Ltd"),
            ("LEGAL_ADDRESS", "1 Main Road\nCape Town"),
            ("COUNTRY", "ZA"),
            ("VAT_REGISTERED", "true"),
            ("VAT_NUMBER", "4012345678"),
            ("PRICES_INCLUDE_VAT", "true"),
            ("PROMPT_PAYMENT_PERCENT", "2.5"),
            ("INVOICE_FOOTER", "Thank you"),
        ]);
        let seller = settings.seller("Acme", DAY);
        assert_eq!((&*seller.name, &*seller.country), ("Acme (Pty) Ltd", "ZA"));
        assert_eq!(seller.address, ["1 Main Road", "Cape Town"]);
        assert_eq!(seller.vat_number.as_deref(), Some("4012345678"));
        assert_eq!(settings.prices(DAY), Prices::Inclusive);
        let prompt = settings.prompt_terms(DAY).map(|it| (it.percent.to_string(), it.days));
        assert_eq!(prompt, Some(("2.5".to_owned(), 10)));
        assert_eq!(settings.invoice_footer(DAY), Some("Thank you"));
    }

    #[test]
    fn a_firm_that_is_not_registered_shows_no_number_and_has_no_tax_in_its_prices() {
        let settings = folded(&[("VAT_NUMBER", "4012345678"), ("PRICES_INCLUDE_VAT", "true")]);
        assert_eq!(settings.seller("Acme", DAY).vat_number, None);
        assert_eq!(settings.prices(DAY), Prices::Exclusive);
    }
}
