//! Changing what a draft is to be issued with. It says all of it anew, so what was seen is what is
//! sealed.

use super::draft_terms::DraftTerms;
use super::prompt_payment::PromptTerms;
use super::totals::Reduction;
use super::{Invoice, InvoiceEvent, InvoiceTermsChanged, Refusal};
use crate::id::InvoiceId;
use crate::personal::Personal;

/// How long a reference may be, in characters.
pub const REFERENCE_CHARACTERS_MAX: usize = 200;
/// How long a note may be, in characters.
pub const NOTE_CHARACTERS_MAX: usize = 2000;

/// Has a draft be issued with other terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeTerms {
    /// The invoice.
    pub invoice: InvoiceId,
    /// All of them as they hold from now on.
    pub terms: DraftTerms,
}

/// What changing leads to: nothing where the terms are as they were.
pub fn decide(invoice: &Invoice, command: ChangeTerms) -> Result<Vec<InvoiceEvent>, Refusal> {
    let ChangeTerms { invoice: id, terms } = command;
    let draft = invoice.draft(id)?;
    check(&terms)?;
    if draft.terms == terms {
        return Ok(Vec::new());
    }
    Ok(vec![InvoiceTermsChanged { invoice: id, client: draft.client, terms }.into()])
}

fn check(terms: &DraftTerms) -> Result<(), Refusal> {
    let whole = terms.discounts.iter().map(|discount| discount.reduction);
    let lines = terms.line_discounts.iter().map(|discount| discount.reduction);
    if whole.chain(lines).any(|it| matches!(it, Reduction::AmountMinor(amount) if amount < 0)) {
        return Err(Refusal::DiscountTooLarge);
    }
    terms.prompt_payment.map_or(Ok(()), PromptTerms::check)?;
    let discounted: Vec<_> = terms.line_discounts.iter().map(|discount| discount.key).collect();
    let taxed: Vec<_> = terms.line_taxes.iter().map(|tax| tax.key).collect();
    for mut keys in [discounted, taxed] {
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Refusal::TermTwice);
        }
    }
    let short = |text: &Option<Personal<String>>| text.as_ref().and_then(|it| it.get().cloned());
    check_text("a buyer reference", short(&terms.buyer_reference), REFERENCE_CHARACTERS_MAX)?;
    check_text("a purchase order", short(&terms.purchase_order), REFERENCE_CHARACTERS_MAX)?;
    check_text("a note", short(&terms.note), NOTE_CHARACTERS_MAX)?;
    check_text("a reason for no tax", terms.tax_reason.clone(), REFERENCE_CHARACTERS_MAX)?;
    for discount in &terms.discounts {
        check_text("a reason of a discount", short(&discount.reason), REFERENCE_CHARACTERS_MAX)?;
    }
    Ok(())
}

fn check_text(what: &'static str, text: Option<String>, most: usize) -> Result<(), Refusal> {
    let bad = |text: &String| {
        let control = |letter: char| letter.is_control() && letter != '\n';
        text.chars().count() > most || text.contains(control)
    };
    if text.as_ref().is_some_and(bad) {
        return Err(Refusal::BadText { what, most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::draft_terms::{DraftDiscount, DraftLineDiscount};
    use crate::billing::lines::LineKey;
    use crate::billing::samples::{drafted, issued, personal};
    use crate::money::Percent;
    use crate::time::samples::{invoice, member};

    fn change(terms: DraftTerms) -> ChangeTerms {
        ChangeTerms { invoice: invoice(1), terms }
    }

    fn discount(reduction: Reduction) -> DraftTerms {
        let discounts = vec![DraftDiscount { reduction, reason: None }];
        DraftTerms { discounts, ..DraftTerms::default() }
    }

    #[test]
    fn terms_hold_from_now_on_and_the_same_again_change_nothing() {
        let terms = DraftTerms {
            buyer_reference: Some(personal("PO 7")),
            ..discount(Reduction::Percent(Percent::parse("5").unwrap()))
        };
        let mut draft = drafted();
        let events = decide(&draft, change(terms.clone())).expect("changed");
        events.iter().for_each(|event| draft.evolve(event));
        assert_eq!(draft.drafted.as_ref().unwrap().terms, terms);
        assert_eq!(decide(&draft, change(terms)), Ok(vec![]));
    }

    #[test]
    fn discounts_below_zero_two_for_one_line_and_long_texts_are_refused() {
        let negative = change(discount(Reduction::AmountMinor(-1)));
        assert_eq!(decide(&drafted(), negative), Err(Refusal::DiscountTooLarge));
        let of_member = DraftLineDiscount {
            key: LineKey::Member { member: member(1) },
            reduction: Reduction::AmountMinor(1),
        };
        let twice =
            DraftTerms { line_discounts: vec![of_member, of_member], ..DraftTerms::default() };
        assert_eq!(decide(&drafted(), change(twice)), Err(Refusal::TermTwice));
        for text in ["x".repeat(2001), "bell\u{7}".to_owned()] {
            let long = DraftTerms { note: Some(personal(&text)), ..DraftTerms::default() };
            let refusal = decide(&drafted(), change(long)).expect_err("too long");
            assert_eq!(refusal.code(), "billing.bad_text");
        }
    }

    #[test]
    fn a_discount_for_paying_soon_that_leaves_nothing_is_refused() {
        let percent = Percent::parse("100").unwrap();
        let prompt_payment = Some(PromptTerms { percent, days: 10 });
        let all = change(DraftTerms { prompt_payment, ..DraftTerms::default() });
        assert_eq!(decide(&drafted(), all), Err(Refusal::UnsoundPromptTerms));
    }

    #[test]
    fn what_was_issued_has_the_terms_it_was_issued_with() {
        let refusal = decide(&issued(), change(DraftTerms::default())).expect_err("issued");
        assert_eq!(refusal.code(), "billing.not_a_draft");
    }
}
