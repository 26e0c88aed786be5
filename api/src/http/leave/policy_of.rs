//! Between the terms of leave as the API has them and those of the domain, both ways.

use domain::country::CalendarSpan;
use domain::leave::LeavePolicy;
use domain::leave::policy as of;
use domain::time::Chain;

use super::amounts::{Days, Minutes, Weeks};
use super::policy_body::{
    AccrualBody, ApprovalBody, AtFirstBody, CarryBody, CaseRuleBody, CycleBody, CycleStartBody,
    DocumentBody, EntitlementBody, GrantBody, LateCancelBody, OnLeavingBody, PolicyBody,
    QuantityBody, RequirementBody, SpanBody, StepBody, TermsBody, WorkedBody,
};
use crate::http::problem::{FieldError, Problem};
use crate::http::time::steps::OfficeName;

/// Both ways between two structs whose members are called the same and convert into each other.
macro_rules! both_ways {
    ($body:ty, $of:ty { $($member:ident),+ }) => {
        impl From<$body> for $of {
            fn from(body: $body) -> Self {
                let from = body;
                Self { $($member: from.$member.into()),+ }
            }
        }

        impl From<$of> for $body {
            fn from(of: $of) -> Self {
                let from = of;
                Self { $($member: from.$member.into()),+ }
            }
        }
    };
}

both_ways!(SpanBody, CalendarSpan { months, weeks, days });
both_ways!(WorkedBody, of::WorkedRule { unit, amount, per, whole, counts });
both_ways!(CycleBody, of::LeaveCycle { months, begins });
both_ways!(AtFirstBody, of::AtFirstRule { months, worked });
both_ways!(
    RequirementBody,
    of::Requirement { employed_months_over, employed_weeks_over, days_per_week_min }
);
both_ways!(
    DocumentBody,
    of::DocumentRule { consecutive_days_over, occasions_over, within_weeks, before_approval }
);
both_ways!(TermsBody, of::Terms { version, text });
both_ways!(
    CaseRuleBody,
    of::CaseRule { applies_to, span, shared, earliest_weeks_before, no_work_weeks_after }
);

impl From<QuantityBody> for of::Quantity {
    fn from(body: QuantityBody) -> Self {
        match body {
            QuantityBody::Days(days) => of::Quantity::Days(days.0),
            QuantityBody::Minutes(minutes) => of::Quantity::Minutes(minutes.0),
        }
    }
}

impl From<of::Quantity> for QuantityBody {
    fn from(quantity: of::Quantity) -> Self {
        match quantity {
            of::Quantity::Days(days) => QuantityBody::Days(Days(days)),
            of::Quantity::Minutes(minutes) => QuantityBody::Minutes(Minutes(minutes)),
        }
    }
}

impl From<CycleStartBody> for of::CycleStart {
    fn from(body: CycleStartBody) -> Self {
        match body {
            CycleStartBody::Employment => of::CycleStart::Employment,
            CycleStartBody::Yearly { month, day } => of::CycleStart::Yearly { month, day },
        }
    }
}

impl From<of::CycleStart> for CycleStartBody {
    fn from(start: of::CycleStart) -> Self {
        match start {
            of::CycleStart::Employment => CycleStartBody::Employment,
            of::CycleStart::Yearly { month, day } => CycleStartBody::Yearly { month, day },
        }
    }
}

impl From<EntitlementBody> for of::LeaveEntitlement {
    fn from(body: EntitlementBody) -> Self {
        use of::LeaveEntitlement as To;
        match body {
            EntitlementBody::Days(days) => To::Of(of::Quantity::Days(days.0)),
            EntitlementBody::Minutes(minutes) => To::Of(of::Quantity::Minutes(minutes.0)),
            EntitlementBody::ConsecutiveDays(days) => To::ConsecutiveDays(days),
            EntitlementBody::WeeksOfWork(weeks) => To::WeeksOfWork(weeks.0),
            EntitlementBody::DaysOfWeek { days, week } => To::DaysOfWeek { days, week },
            EntitlementBody::Calendar(span) => To::Calendar(span.into()),
        }
    }
}

impl From<of::LeaveEntitlement> for EntitlementBody {
    fn from(entitlement: of::LeaveEntitlement) -> Self {
        use of::LeaveEntitlement as From;
        match entitlement {
            From::Of(of::Quantity::Days(days)) => EntitlementBody::Days(Days(days)),
            From::Of(of::Quantity::Minutes(minutes)) => EntitlementBody::Minutes(Minutes(minutes)),
            From::ConsecutiveDays(days) => EntitlementBody::ConsecutiveDays(days),
            From::WeeksOfWork(weeks) => EntitlementBody::WeeksOfWork(Weeks(weeks)),
            From::DaysOfWeek { days, week } => EntitlementBody::DaysOfWeek { days, week },
            From::Calendar(span) => EntitlementBody::Calendar(span.into()),
        }
    }
}

impl From<AccrualBody> for of::AccrualRule {
    fn from(body: AccrualBody) -> Self {
        match body {
            AccrualBody::CycleStart => of::AccrualRule::CycleStart,
            AccrualBody::CycleEnd => of::AccrualRule::CycleEnd,
            AccrualBody::MonthStart => of::AccrualRule::MonthStart,
            AccrualBody::MonthEnd => of::AccrualRule::MonthEnd,
            AccrualBody::Daily => of::AccrualRule::Daily,
            AccrualBody::Worked(rule) => of::AccrualRule::Worked(rule.into()),
        }
    }
}

impl From<of::AccrualRule> for AccrualBody {
    fn from(rule: of::AccrualRule) -> Self {
        match rule {
            of::AccrualRule::CycleStart => AccrualBody::CycleStart,
            of::AccrualRule::CycleEnd => AccrualBody::CycleEnd,
            of::AccrualRule::MonthStart => AccrualBody::MonthStart,
            of::AccrualRule::MonthEnd => AccrualBody::MonthEnd,
            of::AccrualRule::Daily => AccrualBody::Daily,
            of::AccrualRule::Worked(rule) => AccrualBody::Worked(rule.into()),
        }
    }
}

impl From<OnLeavingBody> for of::OnLeaving {
    fn from(body: OnLeavingBody) -> Self {
        match body {
            OnLeavingBody::Accrued => of::OnLeaving::Accrued,
            OnLeavingBody::Prorated => of::OnLeaving::Prorated,
            OnLeavingBody::Worked { rule, employed_months_over } => {
                of::OnLeaving::Worked { rule: rule.into(), employed_months_over }
            }
        }
    }
}

impl From<of::OnLeaving> for OnLeavingBody {
    fn from(rule: of::OnLeaving) -> Self {
        match rule {
            of::OnLeaving::Accrued => OnLeavingBody::Accrued,
            of::OnLeaving::Prorated => OnLeavingBody::Prorated,
            of::OnLeaving::Worked { rule, employed_months_over } => {
                OnLeavingBody::Worked { rule: rule.into(), employed_months_over }
            }
        }
    }
}

impl From<CarryBody> for of::CarryRule {
    fn from(body: CarryBody) -> Self {
        let CarryBody { cap, expires_after_months } = body;
        of::CarryRule { cap: cap.map(of::Quantity::from), expires_after_months }
    }
}

impl From<of::CarryRule> for CarryBody {
    fn from(rule: of::CarryRule) -> Self {
        let of::CarryRule { cap, expires_after_months } = rule;
        CarryBody { cap: cap.map(QuantityBody::from), expires_after_months }
    }
}

impl From<GrantBody> for of::GrantRule {
    fn from(body: GrantBody) -> Self {
        of::GrantRule {
            right: body.right.into(),
            entitlement: body.entitlement.into(),
            accrual: body.accrual.into(),
            at_first: body.at_first.map(of::AtFirstRule::from),
            requires: body.requires.into(),
            carry: body.carry.map(of::CarryRule::from),
            payable: body.payable,
            on_leaving: body.on_leaving.into(),
        }
    }
}

impl From<of::GrantRule> for GrantBody {
    fn from(rule: of::GrantRule) -> Self {
        GrantBody {
            right: rule.right.into(),
            entitlement: rule.entitlement.into(),
            accrual: rule.accrual.into(),
            at_first: rule.at_first.map(AtFirstBody::from),
            requires: rule.requires.into(),
            carry: rule.carry.map(CarryBody::from),
            payable: rule.payable,
            on_leaving: rule.on_leaving.into(),
        }
    }
}

impl From<StepBody> for of::LeaveStep {
    fn from(body: StepBody) -> Self {
        match body {
            StepBody::Days => of::LeaveStep::Days,
            StepBody::HalfDays => of::LeaveStep::HalfDays,
            StepBody::Minutes(minutes) => of::LeaveStep::Minutes(minutes),
        }
    }
}

impl From<of::LeaveStep> for StepBody {
    fn from(step: of::LeaveStep) -> Self {
        match step {
            of::LeaveStep::Days => StepBody::Days,
            of::LeaveStep::HalfDays => StepBody::HalfDays,
            of::LeaveStep::Minutes(minutes) => StepBody::Minutes(minutes),
        }
    }
}

impl From<LateCancelBody> for of::LateCancel {
    fn from(body: LateCancelBody) -> Self {
        match body {
            LateCancelBody::RestoreThenExpire => of::LateCancel::RestoreThenExpire,
            LateCancelBody::RestoreAndExtend { months } => {
                of::LateCancel::RestoreAndExtend { months }
            }
        }
    }
}

impl From<of::LateCancel> for LateCancelBody {
    fn from(rule: of::LateCancel) -> Self {
        match rule {
            of::LateCancel::RestoreThenExpire => LateCancelBody::RestoreThenExpire,
            of::LateCancel::RestoreAndExtend { months } => {
                LateCancelBody::RestoreAndExtend { months }
            }
        }
    }
}

/// A rule of who approves; its place is for the refusal.
fn approval((place, body): (usize, ApprovalBody)) -> Result<of::ApprovalRule, Problem> {
    let offices = body.chain.into_iter().map(domain::time::Office::from);
    let names: Vec<&str> = offices.map(domain::time::Office::as_str).collect();
    let chain = Chain::parse(&names.join(",")).ok_or_else(|| {
        let pointer = format!("/policy/approval/{place}/chain");
        let detail = "name one to four offices, each once";
        Problem::malformed(vec![FieldError::new(pointer, "json.invalid", detail)])
    })?;
    Ok(of::ApprovalRule { days_over: body.days_over, chain })
}

impl PolicyBody {
    /// The terms; refuses a chain of no or of too many offices.
    pub(super) fn policy(self) -> Result<LeavePolicy, Problem> {
        let approval = self.approval.into_iter().enumerate().map(approval);
        Ok(LeavePolicy {
            cycle: self.cycle.into(),
            grants: self.grants.into_iter().map(of::GrantRule::from).collect(),
            overdraft: self.overdraft.map(of::Quantity::from),
            step: self.step.into(),
            notice_days: self.notice_days,
            document: self.document.map(of::DocumentRule::from),
            terms: self.terms.map(of::Terms::from),
            approval: approval.collect::<Result<_, _>>()?,
            interrupts: self.interrupts,
            late_cancel: self.late_cancel.into(),
            cases: self.cases.into_iter().map(of::CaseRule::from).collect(),
        })
    }
}

impl From<LeavePolicy> for PolicyBody {
    fn from(policy: LeavePolicy) -> Self {
        let approval = policy.approval.into_iter().map(|rule| ApprovalBody {
            days_over: rule.days_over,
            chain: rule.chain.offices().iter().copied().map(OfficeName::from).collect(),
        });
        PolicyBody {
            cycle: policy.cycle.into(),
            grants: policy.grants.into_iter().map(GrantBody::from).collect(),
            overdraft: policy.overdraft.map(QuantityBody::from),
            step: policy.step.into(),
            notice_days: policy.notice_days,
            document: policy.document.map(DocumentBody::from),
            terms: policy.terms.map(TermsBody::from),
            approval: approval.collect(),
            interrupts: policy.interrupts,
            late_cancel: policy.late_cancel.into(),
            cases: policy.cases.into_iter().map(CaseRuleBody::from).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_policy_can_be_set_as_it_is() {
        for kind in domain::country::packs().iter().flat_map(|pack| &pack.leave_types) {
            for dated in domain::leave::statutory::policies_of(kind, 1) {
                let shown = serde_json::to_value(PolicyBody::from(dated.policy.clone()));
                let read: PolicyBody = serde_json::from_value(shown.unwrap()).unwrap();
                assert_eq!(read.policy().ok(), Some(dated.policy), "{}", kind.code);
            }
        }
    }
}
