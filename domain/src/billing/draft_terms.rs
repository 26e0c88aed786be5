//! What a draft is to be issued with besides its time: discounts, words and references. A draft
//! that says nothing is issued by the settings.

use serde::{Deserialize, Serialize};

use super::exchange::StatedRate;
use super::lines::LineKey;
use super::prompt_payment::PromptTerms;
use super::tax::TaxCategory;
use super::totals::Reduction;
use crate::personal::{Personal, PersonalField, PersonalFields};

/// A discount on the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftDiscount {
    /// How much.
    pub reduction: Reduction,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// A discount on the lines about something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftLineDiscount {
    /// What the lines are about.
    pub key: LineKey,
    /// How much.
    pub reduction: Reduction,
}

/// How the lines about something are taxed, where that is not how the rest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftLineTax {
    /// What the lines are about.
    pub key: LineKey,
    /// How they are taxed.
    pub category: TaxCategory,
}

/// What a draft is to be issued with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftTerms {
    /// Discounts on the whole, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<DraftDiscount>,
    /// Discounts on lines; at most one per subject.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_discounts: Vec<DraftLineDiscount>,
    /// How all of it is taxed; none = at the standard rate, or not at all by a firm that is not
    /// registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<TaxCategory>,
    /// How some lines are taxed; at most one per subject.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_taxes: Vec<DraftLineTax>,
    /// Why there is no tax, where the law wants it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_reason: Option<String>,
    /// The rate by which tax is shown in the firm's own currency, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<StatedRate>,
    /// Days to pay; none = as the settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_days: Option<u16>,
    /// What is taken off for paying soon; none = as the settings say, zero percent = nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_payment: Option<PromptTerms>,
    /// What the buyer wants to read on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_reference: Option<Personal<String>>,
    /// The buyer's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<Personal<String>>,
    /// What is said to this buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
}

impl DraftTerms {
    /// Drops what is said in an amount or at a rate of one currency, where that is another now.
    pub(super) fn forget_money(&mut self) {
        self.exchange = None;
        self.discounts.retain(|it| matches!(it.reduction, Reduction::Percent(_)));
        self.line_discounts.retain(|it| matches!(it.reduction, Reduction::Percent(_)));
    }

    /// What is taken off the lines about something.
    pub fn line_discount(&self, key: &LineKey) -> Option<Reduction> {
        let found = self.line_discounts.iter().find(|discount| discount.key == *key);
        found.map(|discount| discount.reduction)
    }

    /// How the lines about something are taxed; none where nothing was said.
    pub fn category_of(&self, key: &LineKey) -> Option<TaxCategory> {
        let found = self.line_taxes.iter().find(|tax| tax.key == *key);
        found.map(|tax| tax.category).or(self.category)
    }
}

impl PersonalFields for DraftTerms {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        for discount in &mut self.discounts {
            discount.reason.each_personal(visit);
        }
        self.buyer_reference.each_personal(visit);
        self.purchase_order.each_personal(visit);
        self.note.each_personal(visit);
    }
}
