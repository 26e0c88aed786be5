//! A draft with all that it's sealed from, to be changed case by case. It's sealed, issued and
//! credited by the rules themselves, so that what is checked is what firms get.

use std::collections::BTreeMap;

use domain::billing::credit_invoice::{self, CreditFacts, CreditInvoice, CreditPart, CreditWhat};
use domain::billing::draft_terms::DraftTerms;
use domain::billing::issue_invoice::{self, IssueInvoice};
use domain::billing::lines::{LineKey, Terms, invoice_lines};
use domain::billing::numbering::{InvoiceSeries, NumberPattern, TakeNumber};
use domain::billing::prompt_payment::PromptTerms;
use domain::billing::seal::{PricedLine, SealFacts, TermSources};
use domain::billing::sealed::{
    Buyer, BuyerParticulars, RateSource, RuleSource, SealedInvoice, Seller, TemplateVersion,
};
use domain::billing::tax::TaxCategory;
use domain::billing::totals::Prices;
use domain::billing::{
    Fate, GroupBy, Invoice, InvoiceDrafted, InvoiceTermsChanged, Refusal, ReservedEntry,
};
use domain::catalogue::rates::{Rate, RateScope, RateUnit};
use domain::id::{
    ClientId, CreditNoteId, EntryId, InvoiceId, MemberId, ProjectId, SubjectId, TaskId,
};
use domain::money::{Percent, price};
use domain::personal::{Personal, PurposeClass};
use domain::time::Rounding;
use jiff::civil::{Date, date};
use uuid::Uuid;

const CLIENT: ClientId = ClientId(Uuid::from_u128(1));
const INVOICE: InvoiceId = InvoiceId(Uuid::from_u128(1));
pub(crate) const PROJECT: ProjectId = ProjectId(Uuid::from_u128(1));

pub(crate) fn task(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(n))
}

/// What lines by task are about.
pub(crate) fn of_task(n: u128) -> LineKey {
    LineKey::Task { project: PROJECT, task: task(n) }
}

pub(crate) fn percent(text: &str) -> Percent {
    Percent::parse(text).expect("a percentage")
}

pub(crate) fn personal(text: &str) -> Personal<String> {
    Personal::new(SubjectId(CLIENT.0), PurposeClass::Identity, text.to_owned())
}

/// A draft and what it's sealed from.
pub(crate) struct Bill {
    /// Task, day of January and seconds of each entry.
    pub(crate) work: Vec<(u128, i8, i64)>,
    pub(crate) group_by: GroupBy,
    pub(crate) currency: String,
    pub(crate) terms: DraftTerms,
    pub(crate) rates: BTreeMap<u128, (RateUnit, i64)>,
    pub(crate) working_day_seconds: u32,
    pub(crate) rounding: Rounding,
    pub(crate) descriptions: Vec<String>,
    pub(crate) who: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) seller: Seller,
    pub(crate) buyer: BuyerParticulars,
    pub(crate) buyer_country: String,
    pub(crate) registered: bool,
    pub(crate) standard: Percent,
    pub(crate) prices: Prices,
    pub(crate) category: Option<TaxCategory>,
    pub(crate) tax_reason: Option<String>,
    pub(crate) own_currency: String,
    pub(crate) payment_days: u16,
    pub(crate) prompt: Option<PromptTerms>,
    pub(crate) coin_minor: Option<u32>,
    pub(crate) footer: Option<String>,
}

/// Ten hours of work at 1250.00 rand from Cape Town for a firm in Durban.
impl Default for Bill {
    fn default() -> Self {
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        Bill {
            work: vec![(1, 7, 36_000)],
            group_by: GroupBy::Task,
            currency: "ZAR".to_owned(),
            terms: DraftTerms::default(),
            rates: BTreeMap::from([(1, (RateUnit::Hour, 125_000))]),
            working_day_seconds: 8 * 3600,
            rounding: Rounding::NONE,
            descriptions: owned(&["Advice", "Build", "Review"]),
            who: None,
            note: None,
            seller: Seller {
                name: "Acme Consulting (Pty) Ltd".to_owned(),
                address: owned(&["1 Main Road", "Gardens", "Cape Town", "8001"]),
                country: "ZA".to_owned(),
                vat_number: Some("4012345678".to_owned()),
                registration_number: Some("2015/123456/07".to_owned()),
                bank_details: owned(&["FNB, branch 250655", "Account 62001234567"]),
                logo: None,
            },
            buyer: BuyerParticulars {
                name: "Nova Ltd".to_owned(),
                address: owned(&["7 Long Street", "Durban", "4001"]),
                vat_number: Some("4087654321".to_owned()),
                registration_number: None,
                email: Some("bills@nova.example".to_owned()),
            },
            buyer_country: "ZA".to_owned(),
            registered: true,
            standard: percent("15"),
            prices: Prices::Exclusive,
            category: None,
            tax_reason: None,
            own_currency: "ZAR".to_owned(),
            payment_days: 30,
            prompt: None,
            coin_minor: None,
            footer: None,
        }
    }
}

impl Bill {
    /// Of a firm in Berlin for one in Vienna, in euro.
    pub(crate) fn in_the_union() -> Self {
        let mut bill = Bill { currency: "EUR".to_owned(), ..Bill::default() };
        bill.own_currency = "EUR".to_owned();
        bill.seller.address = vec!["Weg 1".to_owned(), "10115 Berlin".to_owned()];
        bill.seller.country = "DE".to_owned();
        bill.seller.vat_number = Some("DE123456789".to_owned());
        bill.seller.bank_details = vec!["IBAN DE89 3704 0044 0532 0130 00".to_owned()];
        bill.buyer.vat_number = Some("U12345678".to_owned());
        bill.buyer_country = "AT".to_owned();
        bill.standard = percent("19");
        bill
    }

    fn entries(&self) -> Vec<ReservedEntry> {
        let entry = |(n, (task, day, seconds)): (u128, &(u128, i8, i64))| ReservedEntry {
            entry: EntryId(Uuid::from_u128(n)),
            version: 1,
            member: MemberId(Uuid::from_u128(1)),
            project: PROJECT,
            task: self::task(*task),
            day: date(2026, 1, *day),
            seconds: *seconds,
            freed_by: None,
            billed_seconds: None,
        };
        (1..).zip(&self.work).map(entry).collect()
    }

    fn drafted(&self) -> Invoice {
        let mut invoice = Invoice::default();
        let event = InvoiceDrafted {
            invoice: INVOICE,
            client: CLIENT,
            from: date(2026, 1, 1),
            to: date(2026, 1, 31),
            group_by: self.group_by,
            currency: self.currency.clone(),
            entries: self.entries(),
        };
        invoice.evolve(&event.into());
        let terms = self.terms.clone();
        invoice.evolve(&InvoiceTermsChanged { invoice: INVOICE, client: CLIENT, terms }.into());
        invoice
    }

    fn facts(&self, number: String) -> SealFacts {
        let entries = self.entries();
        let terms = |entry: &ReservedEntry| Terms {
            rounding: self.rounding,
            rate: self.rates.get(&entry.task.0.as_u128()).map(|(unit, amount_minor)| Rate {
                unit: *unit,
                amount_minor: *amount_minor,
                currency: self.currency.clone(),
            }),
            working_day_seconds: self.working_day_seconds,
            span: None,
        };
        let lines = invoice_lines(&entries, self.group_by, &self.currency, terms, price);
        let priced = |(at, line): (usize, domain::billing::lines::Line)| PricedLine {
            line,
            description: self.descriptions[at % self.descriptions.len()].clone(),
            who: self.who.as_deref().map(personal),
            note: self.note.as_deref().map(personal),
        };
        let source = TermSources {
            rate: RateSource { scope: RateScope::default(), from: None },
            rounding: RuleSource { scope: None, from: None },
        };
        let subject = SubjectId(CLIENT.0);
        let particulars = Personal::new(subject, PurposeClass::Identity, self.buyer.clone());
        SealFacts {
            number,
            issued_on: ISSUED_ON,
            seller: self.seller.clone(),
            buyer: Buyer { particulars, country: self.buyer_country.clone() },
            registered: self.registered,
            standard: self.standard,
            prices: self.prices,
            category: self.category,
            tax_reason: self.tax_reason.clone(),
            buyer_reference: None,
            own_currency: self.own_currency.clone(),
            payment_days: self.payment_days,
            prompt_payment: self.prompt,
            coin_minor: self.coin_minor,
            footer: self.footer.clone(),
            lines: lines.into_iter().enumerate().map(priced).collect(),
            sources: entries.iter().map(|it| (it.entry, source)).collect(),
            template_version: TemplateVersion(1),
        }
    }

    /// Issued; refused as the rules do.
    pub(crate) fn issued(&self) -> Result<Invoice, Refusal> {
        let mut invoice = self.drafted();
        let number = taken("INV-{year}-{n:5}", 1, ISSUED_ON, None);
        let facts = self.facts(number.number.clone());
        let command = IssueInvoice { invoice: INVOICE, facts, number, forms: Vec::new() };
        let event = issue_invoice::decide(&invoice, command)?;
        invoice.evolve(&event.into());
        Ok(invoice)
    }

    /// What is sealed.
    pub(crate) fn sealed(&self) -> SealedInvoice {
        sealed_of(&self.issued().expect("issued"))
    }
}

const ISSUED_ON: Date = date(2026, 1, 31);

fn taken(
    pattern: &str,
    n: u32,
    issued_on: Date,
    credit_note: Option<CreditNoteId>,
) -> domain::billing::numbering::NumberTaken {
    let pattern = NumberPattern::parse(pattern).expect("a pattern");
    let take = TakeNumber { pattern, issued_on, invoice: INVOICE, credit_note };
    let series = InvoiceSeries { taken: n - 1, last_on: None };
    series.next(take).expect("a number of its series")
}

/// What an issued invoice says.
pub(crate) fn sealed_of(invoice: &Invoice) -> SealedInvoice {
    let drafted = invoice.drafted.as_ref().expect("drafted");
    drafted.issued.as_ref().expect("issued").sealed.clone()
}

/// Takes some of an invoice back, in the n-th credit note, and says what that one says.
pub(crate) fn credited(
    invoice: &mut Invoice,
    n: u32,
    what: CreditWhat,
) -> Result<SealedInvoice, Refusal> {
    let credit_note = CreditNoteId(Uuid::from_u128(n.into()));
    let issued_on = date(2026, 2, 3);
    let number = taken("CN-{year}-{n:5}", n, issued_on, Some(credit_note));
    let facts = CreditFacts {
        number: number.number.clone(),
        issued_on,
        what,
        fate: Fate::Unbilled,
        reason: personal("Hours that were not agreed on"),
        names_members: true,
        template_version: TemplateVersion(1),
    };
    let forms = Vec::new();
    let command = CreditInvoice { invoice: INVOICE, credit_note, facts, number, forms };
    let event = credit_invoice::decide(invoice, command)?;
    let sealed = (*event.sealed).clone();
    invoice.evolve(&event.into());
    Ok(sealed)
}

/// A part of one line.
pub(crate) fn part(n: u32, part: CreditPart) -> CreditWhat {
    CreditWhat::Lines(vec![(n, part)])
}
