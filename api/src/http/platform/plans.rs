//! Plans over HTTP: anybody reads what they cost, operators define and revise them.

use commands::subscription::{self, DefinePlan, KnownPlan, RevisePlan};
use domain::money::Money;
use domain::subscription::{DatedPrices, TRIAL_DAYS, plan_stream};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Amount;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::cursor::Page;
use crate::http::members::{Nothing, nothing_to_change};
use crate::http::problem::{FieldError, Problem};

const KIND: &str = "plan";

/// What a plan costs from a day on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PlanPrices {
    /// The first day; null = from always.
    from: Option<String>,
    /// Per active member and month, one per currency.
    prices: Vec<Amount>,
}

/// A plan.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
pub(crate) struct PlanBody {
    /// Its code.
    id: String,
    name: String,
    description: String,
    /// Whether firms may choose it.
    offered: bool,
    /// How long it's free at first, in days.
    trial_days: i32,
    /// What it costs, by the day from which; none = it's for the time of a trial only.
    prices: Vec<PlanPrices>,
}

fn shown(known: KnownPlan) -> PlanBody {
    let prices = |dated: DatedPrices| PlanPrices {
        from: dated.from.map(|day| day.to_string()),
        prices: dated.prices.iter().map(|(code, minor)| Amount::of(*minor, code)).collect(),
    };
    let priced = known.plan.is_priced();
    let plan = known.plan;
    PlanBody {
        id: plan.code.unwrap_or_default(),
        name: plan.name,
        description: plan.description,
        offered: plan.offered,
        trial_days: TRIAL_DAYS,
        prices: if priced { plan.prices.into_iter().map(prices).collect() } else { Vec::new() },
    }
}

/// The code in the path.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByCode {
    /// The plan's code.
    pub(crate) code: String,
}

/// `GET /plans`: those that can be chosen.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<PlanBody>>, Problem> {
    let known = subscription::plans(&call.app.tenants).await?;
    let items = known.into_iter().filter(|known| known.plan.offered).map(shown).collect();
    Ok(Answer::of(Page { items, next_cursor: None }))
}

/// `GET /plans/{code}`.
pub(crate) async fn one(call: Call<ByCode, Nothing>) -> Result<Answer<PlanBody>, Problem> {
    let known = subscription::plan(&call.app.tenants, &call.path.code).await?;
    let known = known.ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, plan_stream(&call.path.code).0), known.position);
    Ok(Answer::of(shown(known)).tagged(tag))
}

/// A plan to define.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefinePlanBody {
    /// `a-z`, `0-9` and `_`, beginning with a letter.
    code: String,
    name: String,
    description: String,
    /// Whether firms may choose it; left out = yes.
    offered: Option<bool>,
    /// Per active member and month, one per currency; none = for the time of a trial only.
    prices: Vec<Amount>,
}

/// `POST /plans`.
pub(crate) async fn define(
    call: Call<(), Nothing, Json<DefinePlanBody>>,
) -> Result<Answer<Changed>, Problem> {
    let DefinePlanBody { code, name, description, offered, prices } = call.body.0.clone();
    let (offered, stream) = (offered.unwrap_or(true), plan_stream(&code));
    let prices = prices.into_iter().map(Money::from).collect();
    let plan = domain::subscription::DefinePlan { code, name, description, offered, prices };
    let done = call.send(DefinePlan(plan)).await?;
    let answer = call.changed(done, (KIND, stream.0));
    Ok(answer.status(axum::http::StatusCode::CREATED))
}

/// What to change of a plan; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevisePlanBody {
    name: Option<String>,
    description: Option<String>,
    /// Whether firms may choose it.
    offered: Option<bool>,
    /// Per active member and month; with `from`.
    prices: Option<Vec<Amount>>,
    /// The first day of these prices, a first of a month to come.
    #[schemars(with = "Option<String>")]
    from: Option<Date>,
}

/// `PATCH /plans/{code}`.
pub(crate) async fn revise(
    call: Call<ByCode, Nothing, Json<RevisePlanBody>>,
) -> Result<Answer<Changed>, Problem> {
    let RevisePlanBody { name, description, offered, prices, from } = call.body.0.clone();
    if name.is_none() && description.is_none() && offered.is_none() && prices.is_none() {
        return Err(nothing_to_change());
    }
    let prices = match (from, prices) {
        (Some(from), Some(prices)) => {
            Some((from, prices.into_iter().map(Money::from).collect::<Vec<_>>()))
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            let detail = "give prices and the first day they hold together";
            let fault = FieldError::new("/from", "json.missing_field", detail);
            return Err(Problem::malformed(vec![fault]));
        }
    };
    let stream = plan_stream(&call.path.code);
    let command = |expected_version| RevisePlan {
        code: call.path.code.clone(),
        name: name.clone(),
        description: description.clone(),
        offered,
        prices: prices.clone(),
        expected_version,
    };
    let object = (KIND, stream.0);
    let done = call.send_if(object, stream, |_, _| true, command).await?;
    Ok(call.changed(done, object))
}
