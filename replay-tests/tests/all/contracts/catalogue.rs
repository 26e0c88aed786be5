//! Samples of the events of clients, projects, rate cards and rounding rules.

use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::catalogue::rounding_rules::RuleScope;
use domain::catalogue::{
    ClientAdded, ClientArchived, ClientCurrencyChanged, ClientEvent, ClientRenamed, ClientRestored,
    ProjectAdded, ProjectArchived, ProjectEvent, ProjectMemberLinked, ProjectMemberUnlinked,
    ProjectRenamed, ProjectRestored, RateCardEvent, RateCleared, RateSet, RoundingRuleCleared,
    RoundingRuleEvent, RoundingRuleSet, TaskAdded, TaskArchived, TaskRevised,
};
use domain::id::{ClientId, MemberId, ProjectId, TaskId};
use domain::log::Event;
use domain::time::{Rounding, RoundingMode, RoundingScope, RoundingTie};

use super::sample::{BRIDGE, DRAWING, NOVA, TUESDAY, UMBRELLA, id, unique};

const CLIENT: fn() -> ClientId = || ClientId(id(UMBRELLA));

pub(crate) fn clients() -> Vec<Event> {
    let of = |event: ClientEvent| Event::from(event);
    let client = CLIENT();
    let currency = |currency: Option<&str>| {
        let currency = currency.map(str::to_owned);
        of(ClientCurrencyChanged { client, currency }.into())
    };
    let added = |name: &str, currency: Option<&str>| {
        let (name, currency) = (unique(UMBRELLA, name), currency.map(str::to_owned));
        of(ClientAdded { client, name, currency }.into())
    };
    vec![
        added("Umbrella (Example) Ltd", Some("GBP")),
        added("Ø & Söhne, \"Muster\"", None),
        of(ClientRenamed { client, name: unique(UMBRELLA, "Umbrella Sample Ltd") }.into()),
        currency(Some("EUR")),
        currency(None),
        of(ClientArchived { client }.into()),
        of(ClientRestored { client }.into()),
    ]
}

pub(crate) fn projects() -> Vec<Event> {
    let of = |event: ProjectEvent| Event::from(event);
    let (client, project, task) = (CLIENT(), ProjectId(id(BRIDGE)), TaskId(id(DRAWING)));
    let member = MemberId(id(NOVA));
    vec![
        of(ProjectAdded { project, client, name: "Bridge".into() }.into()),
        of(ProjectRenamed { project, client, name: "Brücke \"Süd\"\t2".into() }.into()),
        of(ProjectArchived { project }.into()),
        of(ProjectRestored { project }.into()),
        of(ProjectMemberLinked { project, member }.into()),
        of(ProjectMemberUnlinked { project, member }.into()),
        of(TaskAdded { project, task, name: "Drawing".into(), billable: true }.into()),
        of(TaskRevised { project, task, name: "Travel".into(), billable: false }.into()),
        of(TaskArchived { project, task }.into()),
    ]
}

pub(crate) fn rates() -> Vec<Event> {
    let of = |event: RateCardEvent| Event::from(event);
    let everything = RateScope {
        member: Some(MemberId(id(NOVA))),
        project: Some(ProjectId(id(BRIDGE))),
        task: Some(TaskId(id(DRAWING))),
        client: Some(CLIENT()),
    };
    let rate = |unit, amount_minor, currency: &str| Rate {
        unit,
        amount_minor,
        currency: currency.to_owned(),
    };
    let set =
        |scope, kind, from, rate| of(RateCardEvent::from(RateSet { scope, kind, from, rate }));
    let nobody = RateScope::default();
    let (bill, cost) = (RateKind::Bill, RateKind::Cost);
    vec![
        set(nobody, bill, None, rate(RateUnit::Hour, 95_000, "ZAR")),
        set(everything, cost, Some(TUESDAY), rate(RateUnit::Day, 0, "EUR")),
        of(RateCleared { scope: nobody, kind: bill, from: None }.into()),
        of(RateCleared { scope: everything, kind: cost, from: Some(TUESDAY) }.into()),
    ]
}

pub(crate) fn rounding_rules() -> Vec<Event> {
    let of = |event: RoundingRuleEvent| Event::from(event);
    let client = RuleScope::Client(CLIENT());
    let project = RuleScope::Project(ProjectId(id(BRIDGE)));
    let task = RuleScope::Task(TaskId(id(DRAWING)));
    let rule = |mode, tie, scope, interval_minutes| Rounding { mode, tie, scope, interval_minutes };
    let set = |scope, from, rule| of(RoundingRuleSet { scope, from, rule }.into());
    let up = rule(RoundingMode::Up, RoundingTie::HalfUp, RoundingScope::Entry, 15);
    let ends = rule(RoundingMode::Nearest, RoundingTie::HalfDown, RoundingScope::Ends, 6);
    let day = rule(RoundingMode::Down, RoundingTie::HalfEven, RoundingScope::Day, 60);
    let line = rule(RoundingMode::None, RoundingTie::HalfUp, RoundingScope::InvoiceLine, 0);
    vec![
        set(client, None, up),
        set(project, Some(TUESDAY), ends),
        set(task, None, day),
        set(task, Some(TUESDAY), line),
        of(RoundingRuleCleared { scope: client, from: None }.into()),
        of(RoundingRuleCleared { scope: project, from: Some(TUESDAY) }.into()),
    ]
}
