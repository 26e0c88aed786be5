//! What is issued stays as it is: it's sealed from streams, with its page, and nothing that changes
//! later changes it.

use domain::billing::billing_profile::Profile;
use domain::billing::sealed::BuyerParticulars;
use domain::billing::{GroupBy, InvoiceState};
use domain::catalogue::rounding_rules::RuleScope;
use domain::log::Event;
use domain::time::{Rounding, RoundingMode};
use migrations::testing::random_id;

use super::bureau::{Bureau, day};
use crate::billing::{ChangeProfile, Coverage, DraftInvoice, Off, ReviseDraft, TermsChange};
use crate::catalogue::{RenameClient, SetRoundingRule};
use crate::refused::CommandError;
use crate::settings::ChangeSetting;
use crate::testing::refused;
use crate::time::RecordTime;
use crate::time::samples::{duration, week};

fn setting(key: &str, value: &str) -> ChangeSetting {
    ChangeSetting { key: key.into(), value: value.into(), from: None }
}

fn profile(bureau: &Bureau, name: &str) -> ChangeProfile {
    let particulars = BuyerParticulars {
        name: name.into(),
        address: vec!["1 Main Road".into()],
        email: Some("accounts@example.com".into()),
        ..BuyerParticulars::default()
    };
    let Profile { country, category, tax_reason, payment_days, prompt_payment, .. } =
        Profile::default();
    ChangeProfile {
        client: bureau.office.client,
        particulars: Some(particulars),
        country,
        category,
        tax_reason,
        payment_days,
        prompt_payment,
        buyer_reference: None,
        account_manager: None,
        expected_version: None,
    }
}

/// With an hour and a half of January approved.
async fn worked() -> Bureau {
    let bureau = Bureau::new().await;
    bureau.office.recorded(duration("2026-01-07", 3600)).await;
    bureau.office.recorded(duration("2026-01-08", 1800)).await;
    bureau.office.approved(week("2026-W02")).await;
    bureau
}

#[tokio::test]
async fn an_issued_invoice_is_what_it_was_whatever_changes_later() {
    let bureau = worked().await;
    let invoice = bureau.drafted("2026-01-01", "2026-01-31").await;
    bureau.send(bureau.issue(invoice)).await.expect("issued");
    let before = bureau.folded(invoice).await.issued.expect("issued").sealed;
    assert_eq!((before.totals.gross_minor, &*before.seller.name), (15_000, "Umbrella Studio"));
    assert_eq!(before.lines[0].description, "Website: Design");
    bureau.rate(99_900).await;
    let rule = Rounding { mode: RoundingMode::Up, interval_minutes: 60, ..Rounding::NONE };
    let scope = RuleScope::Client(bureau.office.client);
    bureau.send(SetRoundingRule { scope, from: None, rule }).await.expect("a rule");
    for (key, value) in [
        ("LEGAL_NAME", "Another Ltd"),
        ("VAT_REGISTERED", "true"),
        ("VAT_PERCENT", "20"),
        ("CURRENCY", "EUR"),
        ("PAYMENT_TERM_DAYS", "7"),
        ("INVOICE_NUMBER_PATTERN", "X{yy}-{n}"),
    ] {
        bureau.send(setting(key, value)).await.expect("a setting");
    }
    let client = bureau.office.client;
    let rename = RenameClient { client, name: "Nobody".into(), expected_version: None };
    bureau.send(rename).await.expect("renamed");
    bureau.send(profile(&bureau, "Nobody Ltd")).await.expect("a profile");
    assert_eq!(bureau.folded(invoice).await.issued.expect("issued").sealed, before);
    bureau.send(bureau.credit(invoice, None)).await.expect("credited");
    let credited = bureau.folded(invoice).await;
    let issued = credited.issued.expect("issued");
    assert_eq!((credited.state, issued.balance_minor()), (InvoiceState::Void, 0));
    assert_eq!(issued.credits[0].gross_minor, before.totals.gross_minor);
}

#[tokio::test]
async fn the_page_of_what_is_issued_is_kept_in_the_same_commit() {
    let bureau = worked().await;
    let invoice = bureau.drafted("2026-01-01", "2026-01-31").await;
    bureau.send(bureau.issue(invoice)).await.expect("issued");
    let recorded = bureau.firm().recorded().await;
    let last: Vec<_> = recorded.iter().rev().take(3).map(|it| it.event.event_type()).collect();
    assert_eq!(last, ["InvoiceIssued", "NumberTaken", "FileStored"]);
    let instants = recorded.iter().rev().take(3).map(|it| it.recorded_at);
    assert_eq!(instants.collect::<std::collections::BTreeSet<_>>().len(), 1, "one commit");
    let forms = recorded.iter().find_map(|it| match &it.event {
        Event::Invoice(domain::billing::InvoiceEvent::InvoiceIssued(event)) => {
            Some(event.forms.clone())
        }
        _ => None,
    });
    let forms = forms.expect("issued");
    let kept: Vec<_> = forms.iter().map(|it| (&*it.form, it.file.is_some())).collect();
    assert_eq!(kept, [("pdf", true), ("ubl", false), ("cii", false)]);
}

#[tokio::test]
async fn a_tax_invoice_without_what_the_law_asks_for_is_refused_or_warned_of() {
    let bureau = worked().await;
    for (key, value) in [
        ("CURRENCY", "USD"),
        ("COUNTRY", "ZA"),
        ("VAT_REGISTERED", "true"),
        ("VAT_PERCENT", "15"),
        ("LEGAL_NAME", "Umbrella Studio"),
    ] {
        bureau.send(setting(key, value)).await.expect("a setting");
    }
    let invoice = bureau.drafted("2026-01-01", "2026-01-31").await;
    let issued = bureau.send(bureau.issue(invoice)).await;
    let Err(CommandError::Refused(refusal)) = issued else { panic!("not refused: {issued:?}") };
    assert_eq!(refusal.code, "billing.particulars_missing");
    assert_eq!(refusal.field.as_deref(), Some("/allow_incomplete"));
    for lacks in ["seller_address", "seller_vat_number", "buyer_address"] {
        assert!(refusal.detail.contains(lacks), "{}", refusal.detail);
    }
    bureau.send(setting("LEGAL_ADDRESS", "1 Main Road")).await.expect("a setting");
    bureau.send(setting("VAT_NUMBER", "4012345678")).await.expect("a setting");
    bureau.send(profile(&bureau, "Nova Ltd")).await.expect("a profile");
    bureau.send(bureau.issue(invoice)).await.expect("issued");
    let sealed = bureau.folded(invoice).await.issued.expect("issued").sealed;
    let (net, tax) = (sealed.totals.net_minor, sealed.totals.tax_minor);
    assert_eq!((net, tax, &*sealed.number), (15_000, 2250, "INV-2026-00001"));
}

#[tokio::test]
async fn a_draft_changes_what_it_covers_and_its_terms_at_once_or_not_at_all() {
    let bureau = worked().await;
    let invoice = bureau.drafted("2026-01-01", "2026-01-31").await;
    let revise = |coverage, terms| ReviseDraft { invoice, coverage, terms, expected_version: None };
    let coverage = Coverage { to: Some(day("2026-01-07")), ..Coverage::default() };
    let unknown = TermsChange {
        line_discounts: Some(vec![(2, Off::Percent(domain::money::Percent::ZERO))]),
        ..TermsChange::default()
    };
    let outcome = bureau.send(revise(Some(coverage.clone()), unknown)).await;
    assert_eq!(outcome, Err(CommandError::Missing("/line_discounts/0/n".to_owned())));
    assert_eq!(bureau.folded(invoice).await.entries.len(), 2);
    let foreign = Off::Amount { amount_minor: 100, currency: "EUR".into() };
    let other = TermsChange { discounts: Some(vec![(foreign, None)]), ..TermsChange::default() };
    assert_eq!(refused(bureau.send(revise(None, other)).await), "billing.other_currency");
    let ten = Off::Percent(domain::money::Percent::parse("10").expect("a percentage"));
    let terms = TermsChange {
        discounts: Some(vec![(ten, Some("A good year".into()))]),
        line_discounts: Some(vec![(1, Off::Amount { amount_minor: 1000, currency: "USD".into() })]),
        note: Some(Some("Thank you".into())),
        ..TermsChange::default()
    };
    bureau.send(revise(Some(coverage), terms)).await.expect("revised");
    bureau.send(bureau.issue(invoice)).await.expect("issued");
    let sealed = bureau.folded(invoice).await.issued.expect("issued").sealed;
    assert_eq!((sealed.lines[0].seconds, sealed.totals.gross_minor), (3600, 8100));
}

#[tokio::test]
async fn a_line_of_one_entry_carries_its_note_and_one_of_a_member_their_name() {
    let bureau = Bureau::new().await;
    let noted = RecordTime {
        note: Some("Sketches".into()),
        ..bureau.office.record(duration("2026-01-07", 3600))
    };
    bureau.office.send(noted).await.expect("recorded");
    bureau.office.approved(week("2026-W02")).await;
    bureau.send(setting("CLIENT_SEES_MEMBERS", "true")).await.expect("a setting");
    for (group_by, description, who, note) in [
        (GroupBy::Entry, "2026-01-07 Website: Design", false, true),
        (GroupBy::Member, "Website: Design", true, false),
    ] {
        let command = DraftInvoice {
            invoice: domain::id::InvoiceId(random_id()),
            group_by,
            ..bureau.draft("2026-01-01", "2026-01-31")
        };
        let invoice = command.invoice;
        bureau.send(command).await.expect("drafted");
        bureau.send(bureau.issue(invoice)).await.expect("issued");
        let line = bureau.folded(invoice).await.issued.expect("issued").sealed.lines[0].clone();
        assert_eq!(line.description, description);
        assert_eq!((line.who.is_some(), line.note.is_some()), (who, note));
        bureau.send(bureau.void(invoice)).await.expect("voided");
    }
}
