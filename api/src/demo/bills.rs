//! What a firm does about money: what its papers say, an invoice per client and month, payments
//! that come late or in parts, and what clients disagree with. The last month is left for whoever
//! looks: one draft, one that is disputed, some that are due.

use commands::CommandError;
use commands::billing::{
    ChangeProfile, Coverage, CreditInvoice, DisputeLine, DraftInvoice, IssueInvoice, Off, Part,
    RecordPayment, ReversePayment, ReviseDraft, SendInvoice, TermsChange, VoidInvoice,
};
use commands::catalogue::SetRate;
use commands::event_log::read::stream_after;
use commands::settings::ChangeSetting;
use domain::billing::record_payment::Over;
use domain::billing::sealed::BuyerParticulars;
use domain::billing::tax::TaxCategory;
use domain::billing::{Fate, GroupBy, Invoice, SentBy, invoice_stream};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::id::{ClientId, CreditNoteId, DisputeId, InvoiceId, PaymentId};
use domain::log::Event;
use domain::members::Role;
use domain::money::Percent;
use jiff::Span;
use jiff::civil::{Date, Time};

use super::firms::Work;
use super::year::Story;

/// An invoice that is not settled.
#[derive(Debug, Clone)]
pub(super) struct Open {
    invoice: InvoiceId,
    /// When the client means to pay; none = it says nothing.
    pays_on: Option<Date>,
    /// Whether half of it comes first.
    in_parts: bool,
}

impl Story<'_> {
    /// What the papers of the firm and of its clients say, and what its people cost.
    pub(super) async fn introduce(&self) -> anyhow::Result<()> {
        let owner = self.who(Role::Owner);
        for (key, value) in self.firm().papers {
            let (key, value) = ((*key).to_owned(), (*value).to_owned());
            self.send(owner, ChangeSetting { key, value, from: None }).await?;
        }
        let billing = self.who(Role::Billing);
        for (client, work) in self.clients.iter().zip(self.firm().work) {
            self.send(billing, self.profile(*client, work)).await?;
            if let Some((currency, amount_minor)) = work.foreign {
                let scope = RateScope { client: Some(*client), ..RateScope::default() };
                self.rate(scope, RateKind::Bill, currency, amount_minor).await?;
                // The manager has a rate of their own, which weighs more than the client's.
                let scope = RateScope { member: Some(self.who(Role::Manager)), ..scope };
                self.rate(scope, RateKind::Bill, currency, amount_minor * 3 / 2).await?;
            }
        }
        for (member, percent) in self.workers().into_iter().zip([58, 45, 40, 38]) {
            let scope = RateScope { member: Some(member), ..RateScope::default() };
            let amount_minor = self.firm().hourly_minor * percent / 100;
            self.rate(scope, RateKind::Cost, self.firm().currency, amount_minor).await?;
        }
        Ok(())
    }

    async fn rate(
        &self,
        scope: RateScope,
        kind: RateKind,
        currency: &str,
        amount_minor: i64,
    ) -> anyhow::Result<()> {
        let rate = Rate { unit: RateUnit::Hour, amount_minor, currency: currency.to_owned() };
        self.send(self.who(Role::Owner), SetRate { scope, kind, from: None, rate }).await?;
        Ok(())
    }

    fn profile(&self, client: ClientId, work: &Work) -> ChangeProfile {
        let name = format!("{} {}", work.client, work.form);
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        let particulars = BuyerParticulars {
            name,
            address: lines(work.address),
            vat_number: work.vat_number.map(str::to_owned),
            registration_number: None,
            email: Some(work.accounts.to_owned()),
        };
        ChangeProfile {
            client,
            particulars: Some(particulars),
            country: Some(work.country.to_owned()),
            category: work.foreign.map(|_| TaxCategory::ZeroRated),
            tax_reason: work.foreign.map(|_| "Services to a client abroad".to_owned()),
            payment_days: None,
            prompt_payment: None,
            buyer_reference: None,
            account_manager: Some(self.who(Role::Manager)),
            expected_version: None,
        }
    }

    /// Bills each client for the last month. Some want it by person; a discount is given now and
    /// then; of the last month that is told one is left as a draft.
    pub(super) async fn bill(&mut self, month: Date, day: Date, last: bool) -> anyhow::Result<()> {
        self.at(day, Time::constant(14, 0, 0, 0))?;
        for (nth, client) in self.clients.clone().into_iter().enumerate() {
            let Some(invoice) = self.draft(client, month).await? else { continue };
            if nth == 0 && self.roll(3) == 0 {
                self.discount(invoice).await?;
            }
            if last && nth == 0 {
                continue;
            }
            self.issue(invoice, last).await?;
            let pays_on = match self.roll(8) {
                0 => None,
                n => Some(day.checked_add(Span::new().days(9 + 7 * n as i64))?),
            };
            let in_parts = self.roll(5) == 0;
            self.open.push(Open { invoice, pays_on, in_parts });
            if last && nth == 1 {
                self.dispute(invoice).await?;
            }
        }
        Ok(())
    }

    async fn draft(&mut self, client: ClientId, month: Date) -> anyhow::Result<Option<InvoiceId>> {
        let billing = self.who(Role::Billing);
        let draft = |group_by| DraftInvoice {
            invoice: InvoiceId(self.clock.new_id()),
            client,
            from: month,
            to: month.last_of_month(),
            group_by,
        };
        let (first, again) = (draft(GroupBy::Task), draft(GroupBy::Member));
        let invoice = first.invoice;
        match self.send(billing, first).await {
            Ok(_) => {}
            // A month in which nothing was done for the client.
            Err(CommandError::Refused(refused)) if refused.code == "billing.nothing_to_bill" => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
        match self.roll(9) {
            0 => {
                let reason = Some("The client wants it by person".to_owned());
                let void = VoidInvoice { invoice, reason, expected_version: None };
                self.send(billing, void).await?;
                let invoice = again.invoice;
                self.send(billing, again).await?;
                Ok(Some(invoice))
            }
            1 => {
                let group_by = Some(GroupBy::Day);
                let coverage = Some(Coverage { group_by, ..Coverage::default() });
                let terms = TermsChange::default();
                let revise = ReviseDraft { invoice, coverage, terms, expected_version: None };
                self.send(billing, revise).await?;
                Ok(Some(invoice))
            }
            _ => Ok(Some(invoice)),
        }
    }

    async fn discount(&self, invoice: InvoiceId) -> anyhow::Result<()> {
        let percent = Percent::parse("5").expect("it is a number");
        let why = Some("For the volume of the year".to_owned());
        let terms = TermsChange {
            discounts: Some(vec![(Off::Percent(percent), why)]),
            ..TermsChange::default()
        };
        let revise = ReviseDraft { invoice, coverage: None, terms, expected_version: None };
        self.send(self.who(Role::Billing), revise).await?;
        Ok(())
    }

    async fn issue(&self, invoice: InvoiceId, mailed: bool) -> anyhow::Result<()> {
        let billing = self.who(Role::Billing);
        let issue = IssueInvoice {
            invoice,
            issued_on: None,
            allow_incomplete: false,
            firm: self.firm().name.to_owned(),
            files: self.files.clone(),
            expected_version: None,
        };
        self.send(billing, issue).await?;
        let by = if mailed { SentBy::Mail } else { SentBy::Elsewhere };
        self.send(billing, SendInvoice { invoice, credit_note: None, by, to: Vec::new() }).await?;
        Ok(())
    }

    async fn dispute(&self, invoice: InvoiceId) -> anyhow::Result<()> {
        let dispute = DisputeLine {
            invoice,
            dispute: DisputeId(self.clock.new_id()),
            line: 1,
            by: "Clara Client-Sample".to_owned(),
            reason: "We had agreed on two workshops, not three".to_owned(),
        };
        self.send(self.who(Role::Billing), dispute).await?;
        Ok(())
    }

    /// Notes what came in by a day: some pay in parts, one payment bounces, some never come.
    pub(super) async fn collect(&mut self, day: Date) -> anyhow::Result<()> {
        self.at(day, Time::constant(9, 20, 0, 0))?;
        let billing = self.who(Role::Billing);
        let mut open = std::mem::take(&mut self.open);
        for it in &mut open {
            let Some(on) = it.pays_on.filter(|on| *on <= day) else { continue };
            let invoice = it.invoice;
            let Some((due, currency)) = self.balance(invoice).await? else {
                it.pays_on = None;
                continue;
            };
            let amount_minor = if it.in_parts { due / 2 } else { due };
            let pay = RecordPayment {
                invoice,
                payment: PaymentId(self.clock.new_id()),
                amount_minor,
                currency,
                on: Some(on),
                over: Over::Refuse,
                reference: Some(format!("Transfer of {on}")),
            };
            let payment = pay.payment;
            if amount_minor > 0 {
                self.send(billing, pay).await?;
            }
            it.pays_on = it.in_parts.then(|| on.saturating_add(Span::new().days(14)));
            it.in_parts = false;
            if amount_minor > 0 && self.roll(15) == 0 {
                let reason = Some("The bank took it back".to_owned());
                let on = Some(day);
                let (amount_minor, expected_version) = (None, None);
                let reverse =
                    ReversePayment { invoice, payment, amount_minor, on, reason, expected_version };
                self.send(billing, reverse).await?;
                it.pays_on = Some(day.checked_add(Span::new().days(10))?);
            }
        }
        open.retain(|it| it.pays_on.is_some());
        self.open.extend(open);
        Ok(())
    }

    /// Takes two hours of the oldest open invoice back, for they were not agreed; they may be
    /// billed again. Another is taken back as a whole and billed anew.
    pub(super) async fn credit(&mut self, day: Date) -> anyhow::Result<()> {
        self.at(day, Time::constant(15, 0, 0, 0))?;
        let billing = self.who(Role::Billing);
        let reasons = ["Two hours of travel were not agreed", "Sent to the wrong department"];
        let taken: Vec<Open> = self.open.iter().take(2).cloned().collect();
        for (nth, (it, reason)) in taken.iter().zip(reasons).enumerate() {
            let lines = (nth == 0).then(|| vec![(1, Part::Seconds(7200))]);
            let credit = CreditInvoice {
                invoice: it.invoice,
                credit_note: CreditNoteId(self.clock.new_id()),
                lines,
                fate: Fate::Unbilled,
                reason: reason.to_owned(),
                issued_on: None,
                files: self.files.clone(),
                expected_version: None,
            };
            match self.send(billing, credit).await {
                // The first line may be shorter than that.
                Ok(_) | Err(CommandError::Refused(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// What is due of an invoice, in minor units of its currency; none where it's void.
    async fn balance(&self, invoice: InvoiceId) -> anyhow::Result<Option<(i64, String)>> {
        let mut tx = self.commands().log().tenants().begin(self.tenant()).await?;
        let mut state = Invoice::default();
        for row in stream_after(&mut tx, invoice_stream(invoice), 0).await? {
            if let Event::Invoice(event) = row.decode()?.event {
                state.evolve(&event);
            }
        }
        tx.commit().await?;
        let Ok((_, issued)) = state.issued(invoice) else { return Ok(None) };
        Ok(Some((issued.balance_minor(), issued.sealed.currency.clone())))
    }
}
