//! Why billing refuses: each refusal is a state of the world with a stable code, and its text says
//! what to do about it.

use jiff::civil::Date;

use super::InvoiceState;
use crate::id::{ClientLinkId, CreditNoteId, DisputeId, InvoiceId, PaymentId};

/// What an invoice refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The last day is before the first.
    #[error("the period ends on {to}, before it begins on {from}; swap the two days")]
    PeriodReversed {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// No approved, billable entry of the client in the period is free.
    #[error(
        "the client has no approved, billable time from {from} to {to} that is not on an invoice; \
         approve its timesheets or choose another period"
    )]
    NothingToBill {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// More entries than one invoice may hold.
    #[error("{found} entries can be billed, one invoice holds {most}; choose a shorter period")]
    TooManyEntries {
        /// How many there are.
        found: usize,
        /// How many it may hold.
        most: usize,
    },
    /// An invoice with this id is there already.
    #[error("the invoice {invoice} is there already; draft with a new id")]
    InvoiceExists {
        /// The invoice.
        invoice: InvoiceId,
    },
    /// There is no such invoice.
    #[error("there is no invoice {invoice}")]
    InvoiceUnknown {
        /// The invoice.
        invoice: InvoiceId,
    },
    /// It has come further than a draft.
    #[error("this takes a draft, and the invoice {invoice} is {}", state.as_str())]
    NotADraft {
        /// The invoice.
        invoice: InvoiceId,
        /// What it is.
        state: InvoiceState,
    },
    /// It was not issued, or it's void.
    #[error("this takes an issued invoice, and the invoice {invoice} is {}", state.as_str())]
    NotIssued {
        /// The invoice.
        invoice: InvoiceId,
        /// What it is.
        state: InvoiceState,
    },
    /// It was sent, paid or credited, so that others have it in their books.
    #[error("the invoice {invoice} is {why}, so it can't be voided; issue a credit note")]
    NotVoidable {
        /// The invoice.
        invoice: InvoiceId,
        /// What it is.
        why: &'static str,
    },
    /// A line has no price.
    #[error("line {line} has no price ({code}); set a rate in the currency of the invoice")]
    LineUnpriced {
        /// The line.
        line: u32,
        /// Why, as in the draft's warning.
        code: &'static str,
    },
    /// What was priced is not what the draft holds.
    #[error("the draft changed while it was priced; try again")]
    DraftChanged,
    /// A discount is more than there is.
    #[error("a discount is less than nothing or more than what it's taken off; make it smaller")]
    DiscountTooLarge,
    /// Another line is about the same, so a term of it would be one of both.
    #[error(
        "line {line} is not the only one about its subject, so it can't be treated by itself; \
         draft by entry, or give a discount on the whole"
    )]
    LineNotAlone {
        /// The line.
        line: u32,
    },
    /// Two discounts or two taxes for lines about the same.
    #[error("two entries are about the same lines; give one")]
    TermTwice,
    /// A discount for paying soon that leaves nothing to be paid, or that can't be taken.
    #[error("a discount for paying soon is below 100 % and offered for 1 to 365 days")]
    UnsoundPromptTerms,
    /// A text is too long or has control characters.
    #[error("{what} has at most {most} characters and no control characters")]
    BadText {
        /// Which text.
        what: &'static str,
        /// Characters at most.
        most: usize,
    },
    /// An amount is beyond what a document can hold.
    #[error("an amount is too large for one document; make several")]
    AmountTooLarge,
    /// Corrections take back more than there is.
    #[error("the invoice comes to less than nothing; add more time, or wait until there is some")]
    TotalBelowZero,
    /// A day is beyond the calendar.
    #[error("the day is beyond the calendar; choose a sooner one")]
    DayOutOfRange,
    /// It's no current currency.
    #[error("{currency:?} is no current ISO 4217 code")]
    UnknownCurrency {
        /// The code.
        currency: String,
    },
    /// It's no country.
    #[error("give an ISO 3166-1 code of two capitals such as ZA")]
    UnknownCountry,
    /// Tax in a foreign currency without a rate to show it in the firm's own.
    #[error(
        "the invoice is in {currency} and its tax must be shown in {own}; give the exchange rate \
         with its day and source"
    )]
    ExchangeRateMissing {
        /// Of the invoice.
        currency: String,
        /// Of the firm.
        own: String,
    },
    /// Time outside the scope of the tax beside time that is not.
    #[error("what is not subject to VAT can't stand beside what is; make two invoices")]
    MixedOutsideScope,
    /// A number that a document has already.
    #[error("the next number is another document's already; change the pattern of numbers")]
    NumberTaken,
    /// A number from another series than the document belongs to.
    #[error("the number does not belong to this document; take the next one of its series")]
    WrongSeries,
    /// A payment of nothing or less.
    #[error("an amount of money is above zero")]
    AmountNotPositive,
    /// A payment with this id is there already, with other content.
    #[error("the payment {payment} is there already; record another with a new id")]
    PaymentExists {
        /// The payment.
        payment: PaymentId,
    },
    /// There is no such payment on the invoice.
    #[error("the invoice has no payment {payment}")]
    PaymentUnknown {
        /// The payment.
        payment: PaymentId,
    },
    /// More would go back than came in.
    #[error("of this payment {left_minor} minor units are left; reverse no more than that")]
    ReversedTooMuch {
        /// What is left of it.
        left_minor: i64,
    },
    /// More was paid than is due, and that was not to be kept.
    #[error(
        "{balance_minor} minor units are due; record no more, or say that the rest is kept as the \
         client's credit"
    )]
    Overpaid {
        /// What is due.
        balance_minor: i64,
    },
    /// A credit note with this id is there already.
    #[error("the credit note {credit_note} is there already; use a new id")]
    CreditNoteExists {
        /// The credit note.
        credit_note: CreditNoteId,
    },
    /// There is no such credit note of the invoice.
    #[error("the invoice has no credit note {credit_note}")]
    CreditNoteUnknown {
        /// The credit note.
        credit_note: CreditNoteId,
    },
    /// The invoice has no such line.
    #[error("the invoice has no line {line}")]
    LineUnknown {
        /// The line.
        line: u32,
    },
    /// A line is named twice.
    #[error("line {line} is named twice; name it once")]
    LineTwice {
        /// The line.
        line: u32,
    },
    /// More of a line would be taken back than is left, or of the other sign.
    #[error("less than that is left of line {line}; credit no more than what is left of it")]
    OverCredited {
        /// The line.
        line: u32,
    },
    /// Parts of a line's seconds can't be priced.
    #[error("line {line} has no seconds to go by; credit the whole line or an amount")]
    NotDivisible {
        /// The line.
        line: u32,
    },
    /// More would be taken back than is left of the invoice.
    #[error("that is more than is left of the invoice; credit lines below zero together with it")]
    CreditTooLarge,
    /// A credit note that asks for money.
    #[error("the credit note comes to less than nothing; credit other lines together with these")]
    CreditBelowZero,
    /// Nothing is left to take back, or nothing was named.
    #[error("there is nothing to credit; name lines of which something is left")]
    NothingToCredit,
    /// The day is before the invoice was issued.
    #[error("the invoice was issued on {issued_on}; choose that day or a later one")]
    BeforeIssue {
        /// When it was.
        issued_on: Date,
    },
    /// The day is before that of another document of the series.
    #[error("the last document of this series is of {last_on}; choose that day or a later one")]
    BeforeLastOfSeries {
        /// The earliest day that may be chosen.
        last_on: Date,
    },
    /// Money would go back before it came in.
    #[error("the payment is of {paid_on}; choose that day or a later one")]
    ReversedBeforePaid {
        /// When it came in.
        paid_on: Date,
    },
    /// A dispute with this id is there already.
    #[error("the dispute {dispute} is there already; use a new id")]
    DisputeExists {
        /// The dispute.
        dispute: DisputeId,
    },
    /// There is no such dispute.
    #[error("the invoice has no dispute {dispute}")]
    DisputeUnknown {
        /// The dispute.
        dispute: DisputeId,
    },
    /// The dispute is over.
    #[error("the dispute was settled already; the client may open another one")]
    DisputeClosed,
    /// The client disputes a line.
    #[error("a line is disputed; settle that first")]
    Disputed,
    /// The client saw an older state of it.
    #[error("the invoice has changed since it was shown; look at it again and sign then")]
    SeenTooOld,
    /// There is no such link to the client's page of the invoice.
    #[error("the invoice has no link {link} for its client")]
    ClientLinkUnknown {
        /// The link.
        link: ClientLinkId,
    },
    /// More links to the client's page are open than there may be.
    #[error("{most} links of this invoice are open; take one back first")]
    TooManyClientLinks {
        /// How many there may be.
        most: usize,
    },
}

impl Refusal {
    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::PeriodReversed { .. } => "billing.period_reversed",
            Refusal::NothingToBill { .. } => "billing.nothing_to_bill",
            Refusal::TooManyEntries { .. } => "billing.too_many_entries",
            Refusal::InvoiceExists { .. } => "billing.invoice_exists",
            Refusal::InvoiceUnknown { .. } => "billing.invoice_unknown",
            Refusal::NotADraft { .. } => "billing.not_a_draft",
            Refusal::NotIssued { .. } => "billing.not_issued",
            Refusal::NotVoidable { .. } => "billing.not_voidable",
            Refusal::LineUnpriced { .. } => "billing.line_unpriced",
            Refusal::DraftChanged => "billing.draft_changed",
            Refusal::DiscountTooLarge => "billing.discount_too_large",
            Refusal::LineNotAlone { .. } => "billing.line_not_alone",
            Refusal::TermTwice => "billing.term_twice",
            Refusal::UnsoundPromptTerms => "billing.unsound_prompt_terms",
            Refusal::BadText { .. } => "billing.bad_text",
            Refusal::AmountTooLarge => "billing.amount_too_large",
            Refusal::TotalBelowZero => "billing.total_below_zero",
            Refusal::DayOutOfRange => "billing.day_out_of_range",
            Refusal::UnknownCurrency { .. } => "billing.unknown_currency",
            Refusal::UnknownCountry => "billing.unknown_country",
            Refusal::ExchangeRateMissing { .. } => "billing.exchange_rate_missing",
            Refusal::MixedOutsideScope => "billing.mixed_outside_scope",
            Refusal::NumberTaken => "billing.number_taken",
            Refusal::WrongSeries => "billing.wrong_series",
            Refusal::AmountNotPositive => "billing.amount_not_positive",
            Refusal::PaymentExists { .. } => "billing.payment_exists",
            Refusal::PaymentUnknown { .. } => "billing.payment_unknown",
            Refusal::ReversedTooMuch { .. } => "billing.reversed_too_much",
            Refusal::Overpaid { .. } => "billing.overpaid",
            Refusal::CreditNoteExists { .. } => "billing.credit_note_exists",
            Refusal::CreditNoteUnknown { .. } => "billing.credit_note_unknown",
            Refusal::LineUnknown { .. } => "billing.line_unknown",
            Refusal::LineTwice { .. } => "billing.line_twice",
            Refusal::OverCredited { .. } => "billing.over_credited",
            Refusal::NotDivisible { .. } => "billing.not_divisible",
            Refusal::CreditTooLarge => "billing.credit_too_large",
            Refusal::CreditBelowZero => "billing.credit_below_zero",
            Refusal::NothingToCredit => "billing.nothing_to_credit",
            Refusal::BeforeIssue { .. } => "billing.before_issue",
            Refusal::BeforeLastOfSeries { .. } => "billing.before_last_of_series",
            Refusal::ReversedBeforePaid { .. } => "billing.reversed_before_paid",
            Refusal::DisputeExists { .. } => "billing.dispute_exists",
            Refusal::DisputeUnknown { .. } => "billing.dispute_unknown",
            Refusal::DisputeClosed => "billing.dispute_closed",
            Refusal::Disputed => "billing.disputed",
            Refusal::SeenTooOld => "billing.seen_too_old",
            Refusal::ClientLinkUnknown { .. } => "billing.client_link_unknown",
            Refusal::TooManyClientLinks { .. } => "billing.too_many_client_links",
        }
    }

    /// The field it's about, as a JSON pointer, where that is the same in every request; else the
    /// command says where it was asked for.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::UnknownCountry => Some("/country"),
            Refusal::UnsoundPromptTerms => Some("/prompt_payment"),
            Refusal::BeforeLastOfSeries { .. } => Some("/issued_on"),
            Refusal::ReversedBeforePaid { .. } => Some("/on"),
            _ => None,
        }
    }

    /// Whether it says that something named in the request is not there, which the edge answers
    /// like any unknown id.
    pub fn is_missing(&self) -> bool {
        matches!(
            self,
            Refusal::InvoiceUnknown { .. }
                | Refusal::LineUnknown { .. }
                | Refusal::PaymentUnknown { .. }
                | Refusal::CreditNoteUnknown { .. }
                | Refusal::DisputeUnknown { .. }
                | Refusal::ClientLinkUnknown { .. }
        )
    }
}
