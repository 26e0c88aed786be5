//! The history of one month's work: recorded, revised, moved, taken back, sent back, approved,
//! opened again and billed. All of it is made up.

use commands::billing::{DraftInvoice, VoidInvoice};
use commands::catalogue::{AddClient, AddProject, AddTask, SetRate};
use commands::members::AddMember;
use commands::settings::ChangeSetting;
use commands::time::{
    ApproveTimesheet, RecordMany, RecordTime, RejectTimesheet, RemoveTime, ReopenTimesheet,
    ReviseTime, SubmitTimesheet, WeekPart,
};
use domain::billing::GroupBy;
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::id::{ClientId, EntryId, InvoiceId, MemberId, ProjectId, TaskId};
use domain::members::Role;
use domain::time::{Week, Worked};
use jiff::civil::{Date, date};

use super::teller::Teller;
use crate::firm::Firm;

const ZONE: &str = "Africa/Johannesburg";
const FIRST_WEEK: Date = date(2026, 2, 2);
const SECOND_WEEK: Date = date(2026, 2, 9);

struct Cast {
    teller: Teller,
    owner: MemberId,
    manager: MemberId,
    member: MemberId,
    client: ClientId,
    project: ProjectId,
    task: TaskId,
}

pub(crate) async fn tell() -> Firm {
    let cast = begin().await;
    let entries = cast.first_week().await;
    cast.second_week(&entries).await;
    cast.bill(&entries).await;
    cast.teller.firm
}

async fn begin() -> Cast {
    let teller = Teller::begin("2026-02-02T06:00:00Z", 2).await;
    let (owner, manager, member) = (teller.new_id(), teller.new_id(), teller.new_id());
    let (client, project, task) = (teller.new_id(), teller.new_id(), teller.new_id());
    let people = [
        (owner, "Otto Example", Role::Owner),
        (manager, "Max Example", Role::Manager),
        (member, "Mila Example", Role::Member),
    ];
    for (member, name, role) in people {
        let (name, roles) = (name.to_owned(), vec![role]);
        let command = AddMember { member, name, email: None, roles, time_zone: None };
        teller.operator(command).await;
    }
    for (key, value) in [("TIME_ZONE", ZONE), ("CURRENCY", "ZAR")] {
        let (key, value) = (key.to_owned(), value.to_owned());
        teller.member(owner, ChangeSetting { key, value, from: None }).await;
    }
    let name = "Sample Harbour".to_owned();
    teller.member(owner, AddClient { client, name, currency: None }).await;
    let name = "Berths".to_owned();
    teller.member(owner, AddProject { project, client, name }).await;
    let name = "Planning".to_owned();
    teller.member(owner, AddTask { project, task, name, billable: true }).await;
    let rate = Rate { unit: RateUnit::Hour, amount_minor: 95_000, currency: "ZAR".to_owned() };
    let (scope, kind) = (RateScope::default(), RateKind::Bill);
    teller.member(owner, SetRate { scope, kind, from: None, rate }).await;
    Cast { teller, owner, manager, member, client, project, task }
}

fn span(start: &str, end: &str) -> Worked {
    let at = |text: &str| text.parse().expect("an instant");
    Worked::span(at(start), at(end), ZONE).expect("a span of sound length")
}

impl Cast {
    fn entry(&self, worked: Worked, note: Option<&str>) -> RecordTime {
        RecordTime {
            entry: self.teller.new_id(),
            member: self.member,
            project: self.project,
            task: self.task,
            worked,
            billable: None,
            note: note.map(str::to_owned),
            tags: vec!["on site".to_owned(), "a,b \"c\"".to_owned()],
        }
    }

    async fn record(&self, worked: Worked, note: Option<&str>) -> EntryId {
        let command = self.entry(worked, note);
        let entry = command.entry;
        self.teller.member(self.member, command).await;
        entry
    }

    async fn submit(&self, day: Date) {
        let command =
            SubmitTimesheet { member: self.member, week: Week::of(day), part: WeekPart::default() };
        self.teller.member(self.member, command).await;
    }

    async fn approve(&self, day: Date) {
        let (member, week) = (self.member, Week::of(day));
        self.teller
            .member(
                self.manager,
                ApproveTimesheet { member, week, part: WeekPart::default(), content: None },
            )
            .await;
    }

    /// Three entries, one of them revised; the week is sent back once, then approved.
    async fn first_week(&self) -> Vec<EntryId> {
        self.teller.at("2026-02-06T14:00:00Z");
        let note = Some("Counted the berths");
        let first = self.record(span("2026-02-02T07:00:00Z", "2026-02-02T10:30:00Z"), note).await;
        // Over midnight; it belongs to the day on which it began.
        let late = span("2026-02-03T21:00:00Z", "2026-02-03T23:00:00Z");
        let second = self.record(late, None).await;
        let hour = Worked::duration(date(2026, 2, 4), 3600).expect("an hour");
        let third = self.record(hour, Some("Talked to the pilots")).await;
        let overlapping = self.entry(span("2026-02-02T10:00:00Z", "2026-02-02T11:00:00Z"), None);
        self.teller.refused(self.member, "time.overlap", overlapping).await;
        self.teller.member(self.member, self.longer(third)).await;
        self.submit(FIRST_WEEK).await;
        self.teller.at("2026-02-09T07:00:00Z");
        let (member, week) = (self.member, Week::of(FIRST_WEEK));
        let reason = "Which pilots?".to_owned();
        self.teller
            .member(
                self.manager,
                RejectTimesheet { member, week, part: WeekPart::default(), reason },
            )
            .await;
        self.submit(FIRST_WEEK).await;
        self.approve(FIRST_WEEK).await;
        vec![first, second, third]
    }

    /// The entry takes two hours instead of one, is not billable and has no note any more.
    fn longer(&self, entry: EntryId) -> ReviseTime {
        ReviseTime {
            worked: Some(Worked::duration(date(2026, 2, 4), 7200).expect("two hours")),
            billable: Some(false),
            note: Some(None),
            ..nothing(entry)
        }
    }

    /// One entry comes from the first week, which is opened for it; one is taken back.
    async fn second_week(&self, entries: &[EntryId]) {
        self.teller.at("2026-02-13T14:00:00Z");
        let (member, week) = (self.member, Week::of(FIRST_WEEK));
        let reason = Some("The night was a week later".to_owned());
        self.teller
            .member(
                self.manager,
                ReopenTimesheet { member, week, part: WeekPart::default(), reason },
            )
            .await;
        let moved = ReviseTime {
            worked: Some(span("2026-02-10T21:00:00Z", "2026-02-10T23:00:00Z")),
            ..nothing(entries[1])
        };
        self.teller.member(self.member, moved).await;
        let hour = |day| Worked::duration(day, 3600).expect("an hour");
        let items = [11, 12].map(|day| self.entry(hour(date(2026, 2, day)), Some("Wrote it up")));
        let entry = items[1].entry;
        self.teller.member(self.member, RecordMany { items: items.to_vec() }).await;
        let reason = Some("written twice".to_owned());
        let taken_back = RemoveTime { entry, reason, expected_version: None };
        self.teller.member(self.member, taken_back).await;
        for day in [FIRST_WEEK, SECOND_WEEK] {
            self.submit(day).await;
        }
        self.teller.at("2026-02-16T07:00:00Z");
        for day in [FIRST_WEEK, SECOND_WEEK] {
            self.approve(day).await;
        }
    }

    /// A draft that is void and one that stays; what it holds can't be opened again.
    async fn bill(&self, entries: &[EntryId]) {
        self.teller.at("2026-03-02T09:00:00Z");
        let draft = |invoice, group_by| DraftInvoice {
            invoice,
            client: self.client,
            from: date(2026, 2, 1),
            to: date(2026, 2, 28),
            group_by,
        };
        let (first, second): (InvoiceId, InvoiceId) = (self.teller.new_id(), self.teller.new_id());
        self.teller.member(self.owner, draft(first, GroupBy::Task)).await;
        let again = draft(self.teller.new_id(), GroupBy::Task);
        self.teller.refused(self.owner, "billing.nothing_to_bill", again).await;
        let reason = Some("The client wants it by day".to_owned());
        let void = VoidInvoice { invoice: first, reason, expected_version: None };
        self.teller.member(self.owner, void).await;
        self.teller.member(self.owner, draft(second, GroupBy::Day)).await;
        let take_back = RemoveTime { entry: entries[0], reason: None, expected_version: None };
        self.teller.refused(self.member, "time.entry_billed", take_back).await;
    }
}

fn nothing(entry: EntryId) -> ReviseTime {
    ReviseTime {
        entry,
        project: None,
        task: None,
        worked: None,
        billable: None,
        note: None,
        tags: None,
        expected_version: None,
    }
}
