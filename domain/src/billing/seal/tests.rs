//! What is sealed from a draft: prices, discounts, taxes, parties and words, and what keeps a draft
//! from being sealed.

use super::*;
use crate::billing::Invoice;
use crate::billing::draft_terms::{DraftDiscount, DraftLineDiscount, DraftLineTax, DraftTerms};
use crate::billing::exchange::{ExchangeRate, StatedRate};
use crate::billing::lines::LineWarning;
use crate::billing::samples::{
    a_line, client, credit_note, day, draft_of, hourly, percent, personal, seal_facts, with_terms,
};
use crate::canonical::canonical_json;
use crate::catalogue::rates::RateScope;
use crate::personal::{KeyName, Keyring, KeyringError, PersonalFields as _, try_each_personal};
use crate::time::samples::{entry_id, task};

fn sealed(state: &Invoice, change: impl FnOnce(&mut SealFacts)) -> Result<SealedInvoice, Refusal> {
    let mut facts = seal_facts("INV-2026-00001", state, &hourly(125_000));
    change(&mut facts);
    seal(state.drafted.as_ref().expect("a draft"), &facts)
}

fn one() -> Invoice {
    draft_of(&[(1, "2026-01-07", 26_400)])
}

fn terms(terms: DraftTerms) -> Invoice {
    with_terms(one(), terms)
}

#[test]
fn m09_what_is_sealed_is_the_line_its_tax_and_its_words() {
    let sealed = sealed(&one(), |_| ()).expect("sealed");
    let line = &sealed.lines[0];
    assert_eq!((line.net_minor, &*line.quantity, line.seconds), (916_667, "7.3333", 26_400));
    let Totals { net_minor, tax_minor, gross_minor, payable_minor, .. } = sealed.totals;
    assert_eq!((net_minor, tax_minor, gross_minor), (916_667, 137_500, 1_054_167));
    assert_eq!(payable_minor, gross_minor);
    assert_eq!((&*sealed.wording.title, sealed.kind), ("TAX INVOICE", TaxInvoiceKind::Full));
    assert_eq!((sealed.due_on, sealed.supply_to), (day("2026-03-02"), day("2026-01-31")));
    assert_eq!(line.entries[0].entry, entry_id(1));
}

#[test]
fn m21_a_zero_rated_export_in_euro_is_a_full_invoice_without_a_rate_of_exchange() {
    let mut state =
        terms(DraftTerms { category: Some(TaxCategory::ZeroRated), ..DraftTerms::default() });
    state.drafted.as_mut().unwrap().currency = "EUR".into();
    let rate = Rate { currency: "EUR".into(), ..hourly(100_000) };
    let facts = seal_facts("INV-2026-00001", &state, &rate);
    let sealed = seal(state.drafted.as_ref().unwrap(), &facts).expect("sealed");
    assert_eq!((sealed.totals.tax_minor, sealed.kind), (0, TaxInvoiceKind::Full));
    assert_eq!((&*sealed.currency, sealed.exchange), ("EUR", None));
}

#[test]
fn tax_in_a_foreign_currency_takes_a_stated_rate() {
    let foreign = |stated: Option<StatedRate>| {
        let mut state = terms(DraftTerms { exchange: stated, ..DraftTerms::default() });
        state.drafted.as_mut().unwrap().currency = "EUR".into();
        let rate = Rate { currency: "EUR".into(), ..hourly(1000) };
        let facts = seal_facts("INV-2026-00001", &state, &rate);
        seal(state.drafted.as_ref().unwrap(), &facts)
    };
    let missing = Refusal::ExchangeRateMissing { currency: "EUR".into(), own: "ZAR".into() };
    assert_eq!(foreign(None), Err(missing));
    let rate = ExchangeRate::parse("20").expect("a rate");
    let stated = StatedRate { rate, on: day("2026-01-30"), source: "SARB".into() };
    let sealed = foreign(Some(stated)).expect("sealed");
    // 73.33 and 11.00 of tax in euro: 84.33 are 1686.60 rand, so an abridged invoice will do.
    let exchange = sealed.exchange.expect("stated");
    assert_eq!((exchange.tax_minor, exchange.gross_minor), (22_000, 168_660));
    assert_eq!(sealed.kind, TaxInvoiceKind::Abridged);
}

#[test]
fn a_firm_that_is_not_registered_charges_no_tax_and_does_not_call_it_a_tax_invoice() {
    let sealed = sealed(&one(), |facts| facts.registered = false).expect("sealed");
    assert_eq!((sealed.totals.tax_minor, sealed.totals.gross_minor), (0, 916_667));
    assert_eq!((&*sealed.wording.title, sealed.kind), ("INVOICE", TaxInvoiceKind::NotATaxInvoice));
    assert_eq!(sealed.taxes[0].rate.category, TaxCategory::OutsideScope);
}

#[test]
fn a_discount_on_a_line_is_rounded_once_with_its_price() {
    let key = a_line().key;
    let discounted = |reduction| {
        let line_discounts = vec![DraftLineDiscount { key, reduction }];
        terms(DraftTerms { line_discounts, ..DraftTerms::default() })
    };
    // 440/60 x 1250 x 0.9 = 8250 exactly.
    let ten = Reduction::Percent(percent("10"));
    let line = &sealed(&discounted(ten), |_| ()).expect("sealed").lines[0];
    assert_eq!(line.net_minor, 825_000);
    assert_eq!(line.discount.map(|it| it.amount_minor), Some(91_667));
    let fixed = sealed(&discounted(Reduction::AmountMinor(16_667)), |_| ()).expect("sealed");
    assert_eq!(fixed.totals.net_minor, 900_000);
    let beyond = sealed(&discounted(Reduction::AmountMinor(916_668)), |_| ());
    assert_eq!(beyond, Err(Refusal::DiscountTooLarge));
}

#[test]
fn inclusive_prices_lines_of_another_category_and_discounts_go_together() {
    let mut state = draft_of(&[(1, "2026-01-07", 3600), (2, "2026-01-08", 3600)]);
    let drafted = state.drafted.as_mut().unwrap();
    drafted.entries[1].task = task(2);
    let key = LineKey::Task { project: drafted.entries[1].project, task: task(2) };
    let state = with_terms(
        state,
        DraftTerms {
            line_taxes: vec![DraftLineTax { key, category: TaxCategory::ZeroRated }],
            discounts: vec![DraftDiscount {
                reduction: Reduction::AmountMinor(50_000),
                reason: Some(personal("Loyalty")),
            }],
            ..DraftTerms::default()
        },
    );
    let sealed = sealed(&state, |facts| facts.prices = Prices::Inclusive).expect("sealed");
    // Each 1250.00 less 250.00: 1000.00 with 130.43 of tax in it, and 1000.00 without.
    assert_eq!((sealed.totals.gross_minor, sealed.totals.tax_minor), (200_000, 13_043));
    let nets: Vec<_> = sealed.lines.iter().map(|line| line.net_minor).collect();
    // The discount of the first is 217.39 before tax, and 869.57 are taxed.
    assert_eq!(nets, [86_957 + 21_739, 125_000]);
    assert_eq!(sealed.allowances[0].shares.len(), 2);
}

#[test]
fn what_has_no_price_comes_to_less_than_nothing_or_mixes_scopes_is_not_sealed() {
    let unpriced = sealed(&one(), |facts| {
        facts.lines[0].line.warning = Some(LineWarning::NoRate);
    });
    assert_eq!(unpriced, Err(Refusal::LineUnpriced { line: 1, code: "billing.no_rate" }));
    let back = draft_of(&[(1, "2026-01-07", -60)]);
    assert_eq!(sealed(&back, |_| ()), Err(Refusal::TotalBelowZero));
    let mut state = draft_of(&[(1, "2026-01-07", 3600), (2, "2026-01-08", 3600)]);
    let drafted = state.drafted.as_mut().unwrap();
    drafted.entries[1].task = task(2);
    let key = LineKey::Task { project: drafted.entries[1].project, task: task(2) };
    let line_taxes = vec![DraftLineTax { key, category: TaxCategory::OutsideScope }];
    let mixed = with_terms(state, DraftTerms { line_taxes, ..DraftTerms::default() });
    assert_eq!(sealed(&mixed, |_| ()), Err(Refusal::MixedOutsideScope));
}

#[test]
fn lines_that_are_not_what_the_draft_holds_are_refused() {
    let state = draft_of(&[(1, "2026-01-07", 3600), (2, "2026-01-08", 3600)]);
    let changes: [fn(&mut SealFacts); 4] = [
        |facts| facts.lines[0].line.entries.truncate(1),
        |facts| facts.lines[0].line.seconds += 1,
        |facts| facts.sources.clear(),
        |facts| {
            let again = facts.lines[0].clone();
            facts.lines.push(again);
        },
    ];
    for change in changes {
        assert_eq!(sealed(&state, change), Err(Refusal::DraftChanged));
    }
}

#[test]
fn an_entry_whose_rate_came_from_elsewhere_says_so() {
    let state = draft_of(&[(1, "2026-01-07", 3600), (2, "2026-01-08", 3600)]);
    let of_client = RateScope { client: Some(client(1)), ..RateScope::default() };
    let sealed = sealed(&state, |facts| {
        let source = facts.sources.get_mut(&entry_id(2)).expect("its source");
        source.rate = RateSource { scope: of_client, from: Some(day("2026-01-08")) };
    });
    let entries = &sealed.expect("sealed").lines[0].entries;
    assert_eq!(entries[0].rate_source, None);
    assert_eq!(entries[1].rate_source.map(|it| it.scope), Some(of_client));
}

#[test]
fn two_lots_of_one_entry_are_two_entries_of_its_line() {
    let mut state = draft_of(&[(1, "2026-01-07", 1800)]);
    let entries = &mut state.drafted.as_mut().unwrap().entries;
    entries[0].freed_by = Some(credit_note(1));
    entries.push(ReservedEntry { freed_by: Some(credit_note(2)), ..entries[0] });
    let sealed = sealed(&state, |_| ()).expect("sealed");
    let lots: Vec<_> = sealed.lines[0].entries.iter().map(|it| (it.freed_by, it.seconds)).collect();
    assert_eq!(lots, [(Some(credit_note(1)), 1800), (Some(credit_note(2)), 1800)]);
    assert_eq!(sealed.lines[0].seconds, 3600);
}

/// A keyring that turns each byte over.
struct Turned;

impl Keyring for Turned {
    fn seal(&self, _: KeyName, plain: &[u8]) -> Result<Vec<u8>, KeyringError> {
        Ok(plain.iter().map(|byte| !byte).collect())
    }

    fn open(&self, _: KeyName, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyringError> {
        Ok(Some(sealed.iter().map(|byte| !byte).collect()))
    }
}

#[test]
fn every_personal_text_is_sealed_and_the_facts_have_one_canonical_form() {
    let state = terms(DraftTerms {
        buyer_reference: Some(personal("Nova's order")),
        purchase_order: Some(personal("PO 7 of Nova")),
        note: Some(personal("Thank you, Nova")),
        discounts: vec![DraftDiscount {
            reduction: Reduction::AmountMinor(1),
            reason: Some(personal("For Nova")),
        }],
        ..DraftTerms::default()
    });
    let mut sealed = sealed(&state, |facts| {
        facts.lines[0].who = Some(personal("Nova Worker"));
        facts.lines[0].note = Some(personal("Met Nova"));
    })
    .expect("sealed");
    assert!(canonical_json(&sealed).is_err(), "never in clear");
    try_each_personal(&mut sealed, |field| field.seal(&Turned)).expect("sealed");
    let stored = canonical_json(&sealed).expect("canonical");
    assert!(!stored.contains("Nova"), "{stored}");
    let mut read: SealedInvoice = serde_json::from_str(&stored).expect("it reads back");
    assert_eq!(canonical_json(&read).expect("canonical"), stored);
    let mut fields = 0;
    read.each_personal(&mut |field| {
        field.open(&Turned).expect("opened");
        fields += 1;
    });
    assert_eq!(fields, 7);
    let name = read.buyer.particulars.get().map(|it| it.name.as_str());
    assert_eq!(name, Some("Nova Example"));
}
