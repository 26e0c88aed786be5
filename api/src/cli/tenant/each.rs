//! `crowdminder tenant run` and `each`: any command for one tenant or for all. It runs in this
//! process, over the connections that are open already: a thousand tenants cost a thousand commands,
//! not a thousand starts of a program.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, CommandFactory, Parser};
use futures::StreamExt;
use migrations::platform::TenantRecord;
use serde_json::{Value, json};

use crate::cli::{Arguments, Command, Context, Outcome, output, perform};

/// What the tenant's slug is put in place of.
const PLACE: &str = "{}";
/// States in which a tenant is not whole.
const UNFINISHED: [&str; 4] = ["provisioning", "arriving", "deleting", "destroying"];
/// What belongs before `tenant run` and `tenant each`, as it holds for all.
const SHARED: [&str; 5] =
    ["--data-dir", "--database-url", "--builder-url", "--base-domain", "--config"];

/// A command for one tenant.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The tenant
    slug: String,
    /// A command of this program without its tenant, such as `audit verify`. The tenant's slug is put
    /// in place of each {}, or where there's none, right after the command's name, as its SLUG
    #[arg(last = true, required = true, value_name = "COMMAND")]
    words: Vec<String>,
}

/// A command for every tenant.
#[derive(Debug, Args)]
pub(crate) struct Each {
    /// How many tenants at a time
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=16))]
    pub(crate) jobs: u16,
    /// Only tenants in this state, such as active or suspended [default: all that are whole]
    #[arg(long, value_name = "STATE")]
    filter: Option<String>,
    /// A command of this program without its tenant, such as `replay verify`. The tenant's slug is
    /// put in place of each {}, or where there's none, right after the command's name, as its SLUG
    #[arg(last = true, required = true, value_name = "COMMAND")]
    words: Vec<String>,
}

/// How it ended for one tenant.
struct Ended {
    slug: String,
    outcome: anyhow::Result<Outcome>,
    took: Duration,
    lines: Vec<String>,
}

pub(super) async fn run(context: &Arc<Context>, command: Run) -> anyhow::Result<Outcome> {
    let tenant = context.tenant(&command.slug).await?;
    let parsed = parse(&command.words, &tenant.slug);
    perform(context.clone(), parsed).await
}

pub(super) async fn each(context: &Arc<Context>, command: Each) -> anyhow::Result<Outcome> {
    let mut tenants = context.system.platform.tenants().await?;
    tenants.retain(|tenant| match &command.filter {
        Some(state) => tenant.state == *state,
        None => !UNFINISHED.contains(&&*tenant.state),
    });
    // What is wrong with the words is said before any tenant is touched.
    let sample = tenants.first().map_or("slug", |tenant| tenant.slug.as_str());
    parse(&command.words, sample);
    let bar = output::progress(tenants.len() as u64, "tenants");
    let (count, mut failed, mut partly) = (tenants.len(), 0, 0);
    let mut ends = futures::stream::iter(tenants)
        .map(|tenant| one(context.clone(), tenant, &command.words))
        .buffer_unordered(usize::from(command.jobs));
    while let Some(ended) = ends.next().await {
        bar.suspend(|| tell(context.json, &ended));
        match ended.outcome {
            Ok(Outcome::Done) => {}
            Ok(Outcome::Partly) => partly += 1,
            Ok(Outcome::Failed) | Err(_) => failed += 1,
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!("{count} tenants, {failed} failed, {partly} done in part\n"),
    );
    Ok(match (failed, partly) {
        (0, 0) => Outcome::Done,
        (failed, _) if failed == count => Outcome::Failed,
        _ => Outcome::Partly,
    })
}

async fn one(context: Arc<Context>, tenant: TenantRecord, words: &[String]) -> Ended {
    let (slug, start) = (tenant.slug, Instant::now());
    let parsed = parse(words, &slug);
    let voice = output::Voice::of(&slug, context.json);
    let heard = voice.clone();
    // A thread of its own: commands work side by side, and if one panics, the others go on.
    let runtime = tokio::runtime::Handle::current();
    let task = tokio::task::spawn_blocking(move || {
        runtime.block_on(output::speaking(voice, perform(context, parsed)))
    });
    let outcome = match task.await {
        Ok(outcome) => outcome,
        Err(error) => Err(anyhow::anyhow!("the command panicked: {error}")),
    };
    Ended { slug, outcome, took: start.elapsed(), lines: heard.lines() }
}

fn tell(as_json: bool, ended: &Ended) {
    let Ended { slug, outcome, took, lines } = ended;
    if let Err(error) = outcome {
        output::error(&anyhow::anyhow!("{slug}: {error:#}"));
    }
    if !as_json {
        return;
    }
    let code = match outcome {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Failed) | Err(_) => 1,
        Ok(Outcome::Partly) => 3,
    };
    // Most commands speak JSON; what does not is a text.
    let said = |line: &String| serde_json::from_str(line).unwrap_or_else(|_| json!(line));
    output::document(&json!({
        "slug": slug,
        "exit": code,
        "seconds": took.as_secs_f64(),
        "output": lines.iter().map(said).collect::<Vec<Value>>(),
        "error": outcome.as_ref().err().map(|error| format!("{error:#}")),
    }));
}

/// The command that these words are for a tenant. Ends the program, as for any other usage that is
/// wrong, where they are none, or one that is not for a tenant.
fn parse(words: &[String], slug: &str) -> Command {
    match understood(words, slug) {
        Ok(command) => command,
        Err(error) => error.exit(),
    }
}

fn understood(words: &[String], slug: &str) -> Result<Command, clap::Error> {
    let mut program = Arguments::command();
    let name = |word: &String| word.split('=').next().unwrap_or_default().to_owned();
    if let Some(shared) = words.iter().map(name).find(|word| SHARED.contains(&word.as_str())) {
        let why = format!("{shared} belongs before `tenant`, as it holds for every tenant");
        return Err(program.error(clap::error::ErrorKind::ArgumentConflict, why));
    }
    let command = Arguments::try_parse_from(filled(&program, words, slug))?.command;
    if command.is_for_a_tenant() {
        return Ok(command);
    }
    let why = format!("`{}` is no command for one tenant", words.join(" "));
    Err(program.error(clap::error::ErrorKind::InvalidSubcommand, why))
}

/// The words with the slug in its place, behind the program's name.
fn filled(program: &clap::Command, words: &[String], slug: &str) -> Vec<String> {
    let mut all = vec![program.get_name().to_owned()];
    if words.iter().any(|word| word.contains(PLACE)) {
        all.extend(words.iter().map(|word| word.replace(PLACE, slug)));
        return all;
    }
    let (mut command, mut depth) = (program, 0);
    while let Some(next) = words.get(depth).and_then(|word| command.find_subcommand(word)) {
        (command, depth) = (next, depth + 1);
    }
    all.extend(words[..depth].iter().cloned());
    all.push(slug.to_owned());
    all.extend(words[depth..].iter().cloned());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_slug_stands_after_the_name_of_the_command_or_in_its_place() {
        let program = Arguments::command();
        for (given, expected) in [
            ("audit verify", "audit verify acme"),
            ("replay rebuild --model member", "replay rebuild acme --model member"),
            ("import hours.csv --format csv", "import acme hours.csv --format csv"),
            ("import undo 7", "import undo acme 7"),
            ("tenant domain add a.example", "tenant domain add acme a.example"),
            ("migrate --only {}", "migrate --only acme"),
            ("tenant rename {} --slug {}-old", "tenant rename acme --slug acme-old"),
        ] {
            let filled = filled(&program, &words(given), "acme");
            assert_eq!(filled[1..].join(" "), expected);
        }
    }

    #[test]
    fn what_is_no_command_for_a_tenant_is_refused_before_any_is_touched() {
        for given in [
            "serve",
            "demo",
            "bench append",
            "openapi",
            "tenant each -- audit verify {}",
            "tenant run {} -- audit verify",
            "tenant list",
            "audit verify --data-dir=/elsewhere",
            "audit verify --database-url postgres://elsewhere",
            "audit",
            "audit nothing",
            "migrate",
        ] {
            assert!(understood(&words(given), "acme").is_err(), "{given}");
        }
        for given in ["audit verify", "migrate --only {}", "tenant suspend --reason x"] {
            assert!(understood(&words(given), "acme").is_ok(), "{given}");
        }
    }
}
