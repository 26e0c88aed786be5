//! What a platform begins with: its first plans, and the flag that says whether firms may sign
//! themselves up. What an operator has changed or removed since is left as it is.

use domain::flags::{Flag, FlagDefined, PUBLIC_SIGN_UP, flag_stream};
use domain::id::TenantId;
use domain::log::{Actor, Via};
use domain::money::Money;
use domain::subscription::{DefinePlan, FIRST_PLANS, Plan, define_plan, plan_stream};

use crate::handle::{Command, Commands, Sender};
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Writes what is missing of the first plans and flags to the platform's log.
pub async fn ensure(commands: &Commands) -> Result<(), CommandError> {
    let sender = Sender::new(TenantId::PLATFORM, Actor::System, Via::CommandLine);
    match commands.handle(sender, FirstTerms).await {
        // Another program was a moment faster.
        Ok(_) | Err(CommandError::Conflict) => Ok(()),
        Err(error) => Err(error),
    }
}

#[derive(Debug)]
struct FirstTerms;

impl Command for FirstTerms {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let plans = FIRST_PLANS.iter().map(|(code, ..)| plan_stream(code));
        let flag = flag_stream(PUBLIC_SIGN_UP);
        let begun = unit.begun(&plans.clone().chain([flag]).collect::<Vec<_>>()).await?;
        unit.will_write(plans.chain([flag]).filter(|stream| !begun.contains(stream)))?;
        for (code, name, description, prices) in FIRST_PLANS {
            if begun.contains(&plan_stream(code)) {
                continue;
            }
            let plan = unit.write::<Plan>(plan_stream(code)).await?;
            let price = |(currency, amount_minor): &(&str, i64)| Money {
                amount_minor: *amount_minor,
                currency: (*currency).to_owned(),
            };
            let define = DefinePlan {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                description: (*description).to_owned(),
                offered: true,
                prices: prices.iter().map(price).collect(),
            };
            unit.emit(&plan, define_plan::decide(&plan.state, define)?);
        }
        if !begun.contains(&flag) {
            let flag = unit.write::<Flag>(flag).await?;
            let first = FlagDefined {
                flag: PUBLIC_SIGN_UP.to_owned(),
                description: "Firms may sign themselves up on the public site".to_owned(),
                default: true,
                share: None,
            };
            unit.emit(&flag, [first]);
        }
        Ok(Reply { id: None, created: false })
    }
}
