//! That the page says what the law asks for (ZA: VAT Act s20(4), s20(5), s21(3)), read back from
//! the file as a reader's program reads it.

use super::*;
use domain::personal::{Envelope, Personal};

fn assert_says(text: &str, wanted: &[&str]) {
    for part in wanted {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

#[test]
fn a_tax_invoice_says_all_that_the_law_asks_for() {
    let text = text_of("law", &original(&samples::short(), None));
    assert_says(
        &text,
        &[
            "TAX INVOICE",
            // Who supplies.
            "Kopano Design Studio (Pty) Ltd",
            "14 Kloof Street",
            "Cape Town 8001",
            "VAT number 4012345678",
            "Reg. number 2019/123456/07",
            // Who receives.
            "Nova Logistics Ltd",
            "88 Dock Road",
            "Durban 4001",
            "VAT number 4098765432",
            // Which, when, by when.
            "INV-2026-00042",
            "31 January 2026",
            "1 \u{2013} 31 January 2026",
            "2 March 2026",
            "Cost centre 4410",
            "PO 4500017",
            // What, how much, at what price.
            "Website redesign: Concept and wireframes",
            "7.3333",
            "hours",
            "1,250.00",
            "15%",
            "9,166.67",
            "Thandi Nkosi",
            "Updates of January, and the outage of the 14th",
            // Value, tax and consideration.
            "43,526.67",
            "6,529.00",
            "ZAR 50,055.67",
            // How it's paid.
            "First Example Bank, branch 250655",
            "Reference: INV-2026-00042",
            "kopano.example",
            "1 / 1",
        ],
    );
    assert!(!text.contains("ZA4012345678"), "the number is printed bare");
}

#[test]
fn discounts_several_rates_and_prompt_payment_are_on_its_face() {
    let sealed = samples::rich();
    let text = text_of("rich-said", &original(&sealed, None));
    assert_says(
        &text,
        &[
            "10%",
            "8,250.00",
            "exempt",
            "15% standard rate",
            "0% zero-rated",
            "0% exempt from VAT",
            "Discount 5%, Loyalty",
            "Sum of lines",
            "Total excluding VAT",
            "Total including VAT",
            "Exempt under section 12(a) of the VAT Act",
            "10 February 2026",
            "2.5%",
        ],
    );
    let prompt = sealed.prompt_payment.expect("offered");
    let amounts = [prompt.discount_minor, prompt.tax_minor, prompt.payable_minor];
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for amount in amounts {
        assert_says(&text, &[&words::money(amount, "ZAR")]);
    }
}

#[test]
fn in_another_currency_tax_and_total_are_in_the_firms_own_too() {
    let sealed = samples::foreign();
    let text = text_of("foreign-said", &original(&sealed, None));
    let own = sealed.exchange.expect("stated");
    let (tax, gross) = (words::money(own.tax_minor, "ZAR"), words::money(own.gross_minor, "ZAR"));
    let rate = "1 EUR = 18.4512 ZAR, SARB of 30 January 2026";
    assert_says(&text, &["EUR 50,055.67", rate, &tax, &gross]);
}

#[test]
fn a_credit_note_says_what_it_takes_back_and_why_and_asks_for_no_money() {
    let text = text_of("credit-said", &original(&samples::credit(), None));
    assert_says(
        &text,
        &[
            "CREDIT NOTE",
            "CN-2026-00003",
            "12 February 2026",
            "INV-2026-00042",
            "31 January 2026",
            "The concept was agreed to be part of the fixed fee",
            "Amount credited",
            "ZAR 10,541.67",
        ],
    );
    for absent in ["Due date", "Amount due", "First Example Bank"] {
        assert!(!text.contains(absent), "{absent}");
    }
}

#[test]
fn a_firm_that_is_not_registered_speaks_of_no_tax() {
    let text = text_of("unregistered-said", &original(&samples::unregistered(), None));
    assert_says(&text, &["INVOICE", "ZAR 43,526.67", "Amount due"]);
    assert!(!text.contains("TAX INVOICE") && !text.contains('%'), "{text}");
    // The buyer's number is the buyer's.
    assert_eq!(text.matches("VAT").count(), 1, "{text}");
}

#[test]
fn a_copy_and_a_draft_say_that_they_are_one() {
    let sealed = samples::short();
    let marked = |marking| {
        let bytes = render(&sealed, None, None, marking).expect("rendered");
        text_of(&format!("{marking:?}"), &bytes)
    };
    assert_says(&marked(Marking::Copy), &["COPY"]);
    assert_says(&marked(Marking::Draft), &["DRAFT"]);
    let original = marked(Marking::Original);
    assert!(!original.contains("COPY") && !original.contains("DRAFT"));
    let mut draft = samples::short();
    draft.number = String::new();
    let bytes = render(&draft, None, None, Marking::Draft).expect("rendered");
    let text = text_of("numberless", &bytes);
    assert!(!text.contains("Invoice number") && !text.contains("Reference:"), "{text}");
}

#[test]
fn of_a_buyer_who_was_erased_the_page_says_so() {
    let mut sealed = samples::short();
    sealed.buyer.particulars = erased();
    sealed.lines[1].who = Some(erased());
    let text = text_of("erased", &original(&sealed, None));
    assert_eq!(text.matches("[erased]").count(), 2, "{text}");
    assert!(!text.contains("Nova") && !text.contains("Thandi"), "{text}");
}

/// What is sealed and not opened, as of somebody whose key is destroyed.
fn erased<T>() -> Personal<T> {
    let envelope = "p1.identity.01890000000070008000000000000001.AAAA";
    Personal::from_envelope(Envelope::parse(envelope).expect("an envelope"))
}

#[test]
fn the_head_of_the_lines_and_the_number_are_on_each_page_and_the_sums_on_one() {
    let text = text_of("long-said", &original(&samples::long(70), None));
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert_eq!(pages.len(), 3);
    for (at, page) in pages.iter().enumerate() {
        assert_says(page, &["INV-2026-00042", "DESCRIPTION", &format!("{} / 3", at + 1)]);
    }
    let sums = ["Total excluding VAT", "Total including VAT", "Amount due"];
    let on = |page: &&&str| sums.iter().all(|sum| page.contains(sum));
    assert_eq!(pages.iter().filter(on).count(), 1);
}
