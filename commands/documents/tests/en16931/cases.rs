//! Invoices and credit notes one by one: each tax category, each way to take something off, each
//! currency, and what people write.

use domain::billing::GroupBy;
use domain::billing::credit_invoice::{CreditPart, CreditWhat};
use domain::billing::draft_terms::{DraftDiscount, DraftLineDiscount, DraftLineTax, DraftTerms};
use domain::billing::exchange::{ExchangeRate, StatedRate};
use domain::billing::prompt_payment::PromptTerms;
use domain::billing::sealed::SealedInvoice;
use domain::billing::tax::TaxCategory;
use domain::billing::totals::{Prices, Reduction};
use domain::catalogue::rates::RateUnit;
use domain::personal::{Envelope, Personal};
use domain::time::{Rounding, RoundingMode, RoundingScope, RoundingTie};
use jiff::civil::date;

use crate::bill::{Bill, credited, of_task, part, percent, personal, sealed_of};

/// A document under a name.
pub(crate) type Case = (String, SealedInvoice);

/// Each of them.
pub(crate) fn all() -> Vec<Case> {
    let mut cases: Vec<(&str, SealedInvoice)> =
        plain().into_iter().chain(taxed()).map(|(name, bill)| (name, bill.sealed())).collect();
    let bills = [reduced(), odd(), worded()].into_iter().flatten();
    cases.extend(bills.map(|(name, bill)| (name, bill.sealed())));
    cases.push(("erased", erased()));
    cases.extend(credits());
    cases.into_iter().map(|(name, sealed)| (name.to_owned(), sealed)).collect()
}

fn with(change: impl FnOnce(&mut Bill)) -> Bill {
    let mut bill = Bill::default();
    change(&mut bill);
    bill
}

fn plain() -> Vec<(&'static str, Bill)> {
    let tasks = vec![(1, 7, 26_400), (2, 8, 7201), (3, 9, 1)];
    let rates = [(1, (RateUnit::Hour, 125_000)), (2, (RateUnit::Hour, 99_999))];
    let rates = rates.into_iter().chain([(3, (RateUnit::Day, 960_000))]);
    vec![
        ("plain", Bill::default()),
        ("odd seconds", with(|bill| bill.work = vec![(1, 7, 26_401), (1, 8, 3607)])),
        (
            "hours and days",
            with(|bill| {
                bill.work = tasks;
                bill.rates = rates.collect();
            }),
        ),
        (
            "days of seven and a half hours",
            with(|bill| {
                bill.rates.insert(1, (RateUnit::Day, 900_000));
                bill.working_day_seconds = 27_000;
            }),
        ),
        (
            "by entry, rounded up",
            with(|bill| {
                bill.group_by = GroupBy::Entry;
                bill.work = (1..29).map(|day| (1, day, 3600 + i64::from(day) * 61)).collect();
                bill.note = Some("Wrote & sent <the> \"draft\"".to_owned());
                bill.who = Some("Thandi O'Neill".to_owned());
                bill.rounding = Rounding {
                    mode: RoundingMode::Up,
                    tie: RoundingTie::HalfUp,
                    scope: RoundingScope::Entry,
                    interval_minutes: 15,
                };
            }),
        ),
        (
            "two hundred lines",
            with(|bill| {
                bill.work = (1..=200).map(|n| (n, 7, 1000 + 37 * n as i64)).collect();
                bill.rates = (1..=200).map(|n| (n, (RateUnit::Hour, 70_001 + n as i64))).collect();
            }),
        ),
        ("nothing to pay", with(|bill| bill.rates = [(1, (RateUnit::Hour, 0))].into())),
    ]
}

fn taxed() -> Vec<(&'static str, Bill)> {
    let of = |category, reason: Option<&str>| {
        with(|bill| {
            bill.category = Some(category);
            bill.tax_reason = reason.map(str::to_owned);
        })
    };
    let in_union = |category| Bill { category: Some(category), ..Bill::in_the_union() };
    let mixed = |rest: &[TaxCategory]| {
        let mut bill = Bill::in_the_union();
        for (n, category) in (2..).zip(rest) {
            bill.work.push((n, 9, 3600 * n as i64 + 1));
            bill.rates.insert(n, (RateUnit::Hour, 8333));
            bill.terms.line_taxes.push(DraftLineTax { key: of_task(n), category: *category });
        }
        bill
    };
    let all = [
        TaxCategory::ZeroRated,
        TaxCategory::Exempt,
        TaxCategory::ReverseCharge,
        TaxCategory::IntraCommunity,
        TaxCategory::Export,
    ];
    let unregistered = with(|bill| bill.registered = false);
    let mut unknown = with(|bill| bill.registered = false);
    unknown.seller.vat_number = None;
    unknown.seller.registration_number = None;
    unknown.seller.country = String::new();
    unknown.seller.address.clear();
    unknown.buyer_country = String::new();
    unknown.buyer.address.clear();
    vec![
        ("zero-rated", of(TaxCategory::ZeroRated, None)),
        ("exempt", of(TaxCategory::Exempt, Some("Section 12(a) of the VAT Act"))),
        ("exempt without a reason", of(TaxCategory::Exempt, None)),
        ("outside the scope", of(TaxCategory::OutsideScope, Some("Supplied abroad"))),
        ("not registered", unregistered),
        ("not registered, of no register and no place", unknown),
        ("reverse charge", in_union(TaxCategory::ReverseCharge)),
        ("within the union", in_union(TaxCategory::IntraCommunity)),
        ("export", in_union(TaxCategory::Export)),
        ("standard in the union", Bill::in_the_union()),
        ("two rates", mixed(&all[..1])),
        ("six categories", mixed(&all)),
    ]
}

fn discount(reduction: Reduction, reason: Option<&str>) -> DraftDiscount {
    DraftDiscount { reduction, reason: reason.map(personal) }
}

fn off_lines(reduction: Reduction) -> DraftTerms {
    let line_discounts = vec![DraftLineDiscount { key: of_task(1), reduction }];
    DraftTerms { line_discounts, ..DraftTerms::default() }
}

fn reduced() -> Vec<(&'static str, Bill)> {
    let ten = Reduction::Percent(percent("10"));
    let off_all = |discounts| DraftTerms { discounts, ..DraftTerms::default() };
    let two =
        || vec![discount(ten, Some("Old friends")), discount(Reduction::AmountMinor(777), None)];
    let two_rates = |bill: &mut Bill| {
        bill.work.push((2, 9, 5000));
        bill.rates.insert(2, (RateUnit::Hour, 80_000));
        bill.terms.line_taxes =
            vec![DraftLineTax { key: of_task(2), category: TaxCategory::ZeroRated }];
    };
    let inside = |bill: &mut Bill| bill.prices = Prices::Inclusive;
    vec![
        ("a line less ten percent", with(|bill| bill.terms = off_lines(ten))),
        (
            "a line less an amount",
            with(|bill| bill.terms = off_lines(Reduction::AmountMinor(12_345))),
        ),
        ("two discounts", with(|bill| bill.terms = off_all(two()))),
        (
            "two discounts over two rates",
            with(|bill| {
                bill.terms = off_all(two());
                two_rates(bill);
            }),
        ),
        ("tax inside", with(inside)),
        (
            "tax inside, odd seconds, two discounts, two rates",
            with(|bill| {
                bill.work = vec![(1, 7, 26_407), (3, 8, 11)];
                bill.rates.insert(3, (RateUnit::Hour, 99_999));
                bill.terms = off_all(two());
                bill.terms.line_discounts = off_lines(ten).line_discounts;
                inside(bill);
                two_rates(bill);
            }),
        ),
        (
            "two percent for paying soon",
            with(|bill| bill.prompt = Some(PromptTerms { percent: percent("2.5"), days: 10 })),
        ),
        (
            "cash in steps of ten cents",
            with(|bill| {
                bill.work = vec![(1, 7, 3607)];
                bill.coin_minor = Some(10);
            }),
        ),
        (
            "work taken back, less ten percent",
            with(|bill| {
                bill.work = vec![(1, 7, 36_000), (2, 8, -7207)];
                bill.rates.insert(2, (RateUnit::Hour, 100_001));
                let key = of_task(2);
                bill.terms.line_discounts = vec![DraftLineDiscount { key, reduction: ten }];
            }),
        ),
        (
            "a rate below nothing, with a discount on all",
            with(|bill| {
                two_rates(bill);
                bill.work[1].2 = -5000;
                bill.terms.discounts = two();
            }),
        ),
    ]
}

fn stated(rate: &str) -> Option<StatedRate> {
    let rate = ExchangeRate::parse(rate).expect("a rate");
    Some(StatedRate { rate, on: date(2026, 1, 30), source: "SARB".to_owned() })
}

fn odd() -> Vec<(&'static str, Bill)> {
    vec![
        (
            "euro for a firm that reckons in rand",
            with(|bill| {
                bill.currency = "EUR".to_owned();
                bill.terms.exchange = stated("18.4512");
            }),
        ),
        (
            "yen",
            with(|bill| {
                bill.currency = "JPY".to_owned();
                bill.rates.insert(1, (RateUnit::Hour, 12_345));
                bill.work = vec![(1, 7, 1801)];
                bill.terms.exchange = stated("0.12");
            }),
        ),
        (
            "zero-rated in dollars without a rate",
            with(|bill| {
                bill.currency = "USD".to_owned();
                bill.category = Some(TaxCategory::ZeroRated);
            }),
        ),
    ]
}

fn worded() -> Vec<(&'static str, Bill)> {
    let strange =
        "Señor & Söhne <b>\"quoted\"</b> 'single' ]]> 🙂 日本語\u{1}\u{b}\u{feff}\u{fffe}";
    vec![
        (
            "strange texts everywhere",
            with(|bill| {
                bill.descriptions = vec![strange.to_owned()];
                bill.who = Some(strange.to_owned());
                bill.note = Some(format!("{strange}\nsecond line\r\nthird"));
                bill.footer = Some(strange.to_owned());
                bill.seller.name = strange.to_owned();
                bill.buyer.name = strange.to_owned();
                bill.buyer.address = vec![strange.to_owned(); 6];
                bill.seller.bank_details = vec![strange.to_owned()];
                bill.terms.buyer_reference = Some(personal(strange));
                bill.terms.purchase_order = Some(personal(strange));
                bill.terms.note = Some(personal(strange));
                let discounts = &mut bill.terms.discounts;
                discounts.push(discount(Reduction::AmountMinor(1), Some(strange)));
            }),
        ),
        (
            "long texts",
            with(|bill| {
                bill.descriptions = vec!["Long work on many things ".repeat(200)];
                bill.buyer.name = "N".repeat(200);
                bill.footer = Some("All of this is as agreed. ".repeat(100));
            }),
        ),
        (
            "texts of blanks",
            with(|bill| {
                bill.descriptions = vec![" ".to_owned()];
                bill.footer = Some("\n".to_owned());
                bill.terms.note = Some(personal(""));
                bill.seller.bank_details = vec![String::new()];
                bill.buyer.email = Some(String::new());
                bill.buyer.vat_number = Some(" ".to_owned());
            }),
        ),
        (
            "references, terms and days",
            with(|bill| {
                bill.group_by = GroupBy::Day;
                bill.terms.buyer_reference = Some(personal("Ms Ndlovu"));
                bill.terms.purchase_order = Some(personal("PO-2026/17"));
                bill.terms.payment_days = Some(0);
                bill.terms.note = Some(personal("Thank you\nfor your trust"));
            }),
        ),
    ]
}

/// An invoice whose buyer was erased since.
fn erased() -> SealedInvoice {
    let mut bill = Bill { who: Some("Thandi".to_owned()), ..Bill::default() };
    bill.terms.note = Some(personal("For Nova"));
    let mut sealed = bill.sealed();
    let gone = "p1.identity.00000000000000000000000000000001.AAAA";
    let gone = || Envelope::parse(gone).expect("an envelope");
    sealed.buyer.particulars = Personal::from_envelope(gone());
    sealed.lines[0].who = Some(Personal::from_envelope(gone()));
    sealed.wording.note = Some(Personal::from_envelope(gone()));
    sealed
}

fn credits() -> Vec<(&'static str, SealedInvoice)> {
    let mut cases = Vec::new();
    let mut taken = |name, bill: &Bill, what: Vec<CreditWhat>| {
        let mut invoice = bill.issued().expect("issued");
        for (n, what) in (1..).zip(what) {
            cases.push((name, credited(&mut invoice, n, what).expect("credited")));
        }
        assert_ne!(sealed_of(&invoice).number, cases[cases.len() - 1].1.number);
    };
    let all = || vec![CreditWhat::Everything];
    taken("all back", &Bill::default(), all());
    let three = vec![
        part(1, CreditPart::Seconds(7)),
        part(1, CreditPart::NetMinor(1)),
        CreditWhat::Everything,
    ];
    taken("in three parts", &Bill::default(), three.clone());
    let inside = Bill { prices: Prices::Inclusive, ..Bill::default() };
    taken("in three parts, tax inside", &inside, three.clone());
    for (_, bill) in reduced() {
        taken("all back, reduced", &bill, all());
        taken(
            "in parts, reduced",
            &bill,
            vec![part(1, CreditPart::Seconds(1234)), CreditWhat::Everything],
        );
    }
    for (_, bill) in taxed() {
        taken("all back, taxed", &bill, all());
    }
    let mut euro = Bill { currency: "EUR".to_owned(), ..Bill::default() };
    euro.terms.exchange = stated("18.4512");
    taken("in three parts, euro", &euro, three);
    let mut coins = Bill { coin_minor: Some(10), ..Bill::default() };
    coins.work = vec![(1, 7, 3607)];
    taken("coins", &coins, all());
    cases
}
