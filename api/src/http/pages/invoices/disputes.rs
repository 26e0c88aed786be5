//! What the client said of the invoice, for the review: each dispute beside the lines that hold
//! what it's about, or by itself where none does, and what was agreed to.

use domain::personal::Personal;

use super::words::money;
use crate::http::billing::disputes::{Agreement, Disputed};
use crate::http::billing::view::InvoiceView;

/// A dispute, to be read.
#[derive(Debug, Clone)]
pub(crate) struct DisputeShown {
    /// Who of the client's, as they say.
    pub(crate) by: String,
    /// What is wrong.
    pub(crate) reason: String,
    /// What came of it; empty while it's open.
    pub(crate) outcome: &'static str,
    /// The line as they saw it, with what it came to; empty where that was not written down.
    pub(crate) line: String,
}

fn personal(text: &Personal<String>) -> String {
    text.get().cloned().unwrap_or_else(|| "[erased]".to_owned())
}

fn shown(disputed: &Disputed<'_>) -> DisputeShown {
    let event = disputed.event;
    let line = event.shown.as_ref().map(|line| match line.amount_minor {
        Some(minor) => format!("{}, {}", line.description, money(minor, &line.currency)),
        None => line.description.clone(),
    });
    DisputeShown {
        by: personal(&event.by),
        reason: personal(&event.reason),
        outcome: disputed.settled.map_or("", |settled| settled.outcome.as_str()),
        line: line.unwrap_or_else(|| format!("line {} as it was then", event.line)),
    }
}

/// Those that are about a line.
pub(super) fn disputes_of(all: &[Disputed<'_>], n: u32) -> Vec<DisputeShown> {
    all.iter().filter(|disputed| disputed.lines.contains(&n)).map(shown).collect()
}

/// Those that are about no line that is there.
pub(super) fn elsewhere(view: &InvoiceView) -> Vec<DisputeShown> {
    let all = view.disputes();
    all.iter().filter(|disputed| disputed.lines.is_empty()).map(shown).collect()
}

/// That what was agreed to is not what is shown; empty where it is, or nobody agreed.
pub(super) fn other_agreement(view: &InvoiceView) -> String {
    let Some(Agreement { event, other: Some(other), now }) = view.agreement() else {
        return String::new();
    };
    let (by, agreed) = (personal(&event.by), money(other.total_minor, &other.currency));
    if (other.total_minor, &other.currency) == (now.total_minor, &now.currency) {
        return format!("{by} agreed to {agreed}, when the lines were not what they are now.");
    }
    format!(
        "{by} agreed to another total: {agreed}. It comes to {} now.",
        money(now.total_minor, &now.currency)
    )
}
