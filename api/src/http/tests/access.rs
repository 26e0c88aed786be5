//! The reviewed table of who reaches what: every route of a tenant's site, asked by nobody and by
//! each role, with an object of their own, of a colleague, of another tenant and of nobody. A new
//! route, or a right that has moved, changes the table and must be looked at.

use std::fmt::Write as _;
use std::time::Duration;

use domain::members::Role;
use migrations::cell::PoolLimits;
use migrations::testing::{cell, random_id};
use projections::registry;

use super::Firm;
use super::isolation::names_objects;
use super::objects::{Kinds, Objects, objects_for, objects_of, of};
use super::samples::sound;
use crate::http::registry::{Rule, Site};
use crate::http::routes::routes;

/// The table as it was last looked at.
const REVIEWED: &str = include_str!("access.txt");

const HEAD: &str = "\
# Who reaches what on a tenant's site, as statuses. Each cell is `own/colleague's/foreign/random`,
# or one status where all four are equal or no object is named. Foreign and random must be equal: a
# foreign id is answered like one that never was. To take a new table over after having looked at
# each line that moved: CROWDMINDER_WRITE_ACCESS=1 cargo test -p api --lib http::tests::access
";

/// The status of a route for one who asks with these objects.
async fn status(firm: &Firm, rule: &Rule, token: Option<&str>, objects: &Objects) -> u16 {
    let mut ask = sound(rule, &|name: &str| of(objects, rule, name));
    if let Some(token) = token {
        ask = ask.token(token);
    }
    firm.raw(&ask).await.status.as_u16()
}

/// The status of a route for one who asks with ids that nobody has.
async fn status_of_none(firm: &Firm, rule: &Rule, token: Option<&str>) -> u16 {
    let objects = Objects::new();
    let fill = |name: &str| match name {
        "week" | "n" | "key" | "day" | "from" | "host" => of(&objects, rule, name),
        _ => random_id().to_string(),
    };
    let mut ask = sound(rule, &fill);
    if let Some(token) = token {
        ask = ask.token(token);
    }
    firm.raw(&ask).await.status.as_u16()
}

/// One who asks, with objects of their own and of a colleague.
struct Asking {
    token: Option<String>,
    own: Objects,
    theirs: Objects,
}

async fn asking(firm: &Firm, actor: Option<Role>, kinds: &Kinds) -> Asking {
    let colleague = firm.person(&[Role::Member]).await;
    let person = match actor {
        Some(role) => Some(firm.person(&[role]).await),
        None => None,
    };
    let own = objects_for(firm, person.as_ref().unwrap_or(&colleague), kinds).await;
    let theirs = objects_for(firm, &colleague, kinds).await;
    settle(firm).await;
    Asking { token: person.map(|person| person.token), own, theirs }
}

async fn cell_of(firm: &Firm, rule: &Rule, asking: &Asking, foreign: &Objects) -> String {
    let token = asking.token.as_deref();
    if !names_objects(rule) {
        return status(firm, rule, token, foreign).await.to_string();
    }
    // What changes nothing goes first: a member who has just been deactivated asks no more.
    let random = status_of_none(firm, rule, token).await;
    let foreign = status(firm, rule, token, foreign).await;
    let theirs = status(firm, rule, token, &asking.theirs).await;
    let own = status(firm, rule, token, &asking.own).await;
    if [own, theirs, foreign].iter().all(|status| *status == random) {
        return random.to_string();
    }
    format!("{own}/{theirs}/{foreign}/{random}")
}

/// What one actor is answered on each route: with objects made for the route alone where it writes,
/// for then they are no more what they were.
async fn column(
    firm: &Firm,
    rules: &[Rule],
    actor: Option<Role>,
    foreign: &Objects,
) -> Vec<String> {
    let reading = asking(firm, actor, &Kinds::All).await;
    let mut cells = Vec::new();
    for rule in rules {
        let writing = match rule.writes() && names_objects(rule) {
            true => Some(asking(firm, actor, &Kinds::named_by(rule)).await),
            false => None,
        };
        let asking = writing.as_ref().unwrap_or(&reading);
        cells.push(cell_of(firm, rule, asking, foreign).await);
    }
    cells
}

/// Waits until every read model has everything.
pub(super) async fn settle(firm: &Firm) {
    let (tenants, id) = (&firm.tenant.tenants, firm.tenant.id);
    let mut heads = tenants.heads().await.expect("the heads").into_iter();
    let (_, head) = heads.find(|(tenant, _)| *tenant == id).expect("its head");
    let patience = Duration::from_secs(30);
    let waited = firm.app.progress.wait_for(tenants, id, registry::all(), head, patience).await;
    waited.expect("read models that go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_each_role_as_the_reviewed_table_says() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let foreign = objects_of(&other, &other.owner).await;
    let rules = routes().into_iter().map(|route| route.rule);
    let rules: Vec<Rule> = rules.filter(|rule| rule.site != Site::Platform).collect();
    let actors: Vec<Option<Role>> =
        std::iter::once(None).chain(Role::ALL.into_iter().map(Some)).collect();
    let mut columns = Vec::new();
    for actor in &actors {
        columns.push(column(&firm, &rules, *actor, &foreign).await);
    }
    let mut table = HEAD.to_owned();
    for (n, rule) in rules.iter().enumerate() {
        write!(table, "{:<28}", rule.operation).expect("a String takes all");
        for (actor, column) in actors.iter().zip(&columns) {
            let name = actor.map_or("nobody", Role::as_str);
            write!(table, " {name} {}", column[n]).expect("a String takes all");
        }
        table.push('\n');
    }
    if std::env::var_os("CROWDMINDER_WRITE_ACCESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/tests/access.txt");
        std::fs::write(path, &table).expect("the source tree");
        return;
    }
    for (now, reviewed) in table.lines().zip(REVIEWED.lines()) {
        assert_eq!(now, reviewed, "look at it, then take it over as access.txt says");
    }
    assert_eq!(table.lines().count(), REVIEWED.lines().count(), "routes came or went");
}

#[test]
fn the_reviewed_table_answers_a_foreign_id_like_a_random_one_and_lets_nobody_in() {
    let lines = REVIEWED.lines().filter(|line| !line.starts_with('#'));
    let mut cells = 0;
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words[1..].chunks(2) {
            let [actor, cell] = pair else { panic!("{line}") };
            cells += 1;
            if let [_, _, foreign, random] = cell.split('/').collect::<Vec<_>>()[..] {
                assert_eq!(foreign, random, "{line}");
            }
            let open = crate::http::registry::Access::Open;
            let rule = routes().into_iter().find(|route| route.rule.operation == words[0]);
            let rule = rule.unwrap_or_else(|| panic!("{} is gone", words[0])).rule;
            assert!(*actor != "nobody" || *cell == "401" || rule.access == open, "{line}");
        }
    }
    assert!(cells >= 7 * 60, "{cells} cells are no table");
}
