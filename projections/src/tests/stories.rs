//! Histories of the slices besides time: every kind of event at least once.

use domain::billing::{GroupBy, InvoiceDrafted, InvoiceEvent, InvoiceVoided, ReservedEntry};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::catalogue::rounding_rules::RuleScope;
use domain::catalogue::{
    ClientAdded, ClientArchived, ClientCurrencyChanged, ClientEvent, ClientRenamed, ClientRestored,
    ProjectAdded, ProjectArchived, ProjectEvent, ProjectMemberLinked, ProjectMemberUnlinked,
    ProjectRenamed, ProjectRestored, RateCardEvent, RateCleared, RateSet, RoundingRuleCleared,
    RoundingRuleSet, TaskAdded, TaskArchived, TaskRevised,
};
use domain::files::{FileAbout, FileEvent, FileKind, FileRemoved, FileStored};
use domain::id::{
    ClientId, EntryId, FileId, ImportId, InvoiceId, MemberId, ProjectId, SessionId, StreamId,
    SubstitutionId, TaskId,
};
use domain::import::{ImportEvent, ImportFinished, ImportStarted, ImportUndone};
use domain::log::Event;
use domain::members::{
    Grant, GrantGiven, GrantTakenBack, MemberActivated, MemberAdded, MemberDeactivated,
    MemberEmailChanged, MemberEmploymentChanged, MemberEvent, MemberInvited, MemberManagerChanged,
    MemberRegistered, MemberRenamed, MemberRolesChanged, MemberSessionsRevoked,
    MemberTimeZoneChanged, Proof, Role, SessionBegun, SessionEnded, SessionEvent, SubstituteNamed,
    SubstituteWithdrawn, WorkPatternSet,
};
use domain::personal::PurposeClass::{Document, Identity};
use domain::settings::{SettingChanged, SettingCleared, SettingsEvent};
use domain::time::{Rounding, RoundingMode, RoundingScope, RoundingTie};
use jiff::civil::{Date, date};

use super::samples::{History, MONDAY, id, sealed};

impl History {
    /// Adds an event of an invoice.
    pub(crate) fn invoice(&mut self, invoice: u128, event: impl Into<InvoiceEvent>) -> &mut Self {
        self.add(StreamId(id(invoice)), Event::Invoice(event.into()))
    }

    fn member(&mut self, member: u128, event: impl Into<MemberEvent>) -> &mut Self {
        self.add(StreamId(id(member)), Event::Member(event.into()))
    }

    fn session(&mut self, event: impl Into<SessionEvent>) -> &mut Self {
        self.add(StreamId(id(60)), Event::Session(event.into()))
    }

    fn client(&mut self, event: impl Into<ClientEvent>) -> &mut Self {
        self.add(StreamId(id(10)), Event::Client(event.into()))
    }

    fn project(&mut self, event: impl Into<ProjectEvent>) -> &mut Self {
        self.add(StreamId(id(20)), Event::Project(event.into()))
    }

    fn rate(&mut self, scope: RateScope, event: impl Into<RateCardEvent>) -> &mut Self {
        self.add(scope.stream(), Event::RateCard(event.into()))
    }

    fn rounding(&mut self, event: RoundingRuleSet) -> &mut Self {
        self.add(event.scope.stream(), Event::RoundingRule(event.into()))
    }

    /// Adds an event of the settings.
    pub(crate) fn setting(&mut self, event: impl Into<SettingsEvent>) -> &mut Self {
        self.add(StreamId(id(40)), Event::Settings(event.into()))
    }

    fn file(&mut self, file: u128, event: impl Into<FileEvent>) -> &mut Self {
        self.add(StreamId(id(file)), Event::File(event.into()))
    }

    fn import(&mut self, event: impl Into<ImportEvent>) -> &mut Self {
        self.add(StreamId(id(50)), Event::Import(event.into()))
    }
}

/// A draft for client 10 that reserves (entry, seconds).
pub(crate) fn drafted(invoice: u128, entries: &[(u128, u32)]) -> InvoiceDrafted {
    let reserved = |(entry, seconds): &(u128, u32)| ReservedEntry {
        entry: EntryId(id(*entry)),
        version: 1,
        member: MemberId(id(1)),
        project: ProjectId(id(20)),
        task: TaskId(id(30)),
        day: MONDAY,
        seconds: i64::from(*seconds),
        freed_by: None,
        billed_seconds: None,
    };
    InvoiceDrafted {
        invoice: InvoiceId(id(invoice)),
        client: ClientId(id(10)),
        from: date(2026, 2, 1),
        to: date(2026, 2, 28),
        group_by: GroupBy::Task,
        currency: "ZAR".to_owned(),
        entries: entries.iter().map(reserved).collect(),
    }
}

/// The draft is void and gives these entries back.
pub(crate) fn voided(invoice: u128, entries: &[u128]) -> InvoiceVoided {
    InvoiceVoided {
        invoice: InvoiceId(id(invoice)),
        client: ClientId(id(10)),
        entries: entries.iter().map(|entry| EntryId(id(*entry))).collect(),
        freed: Vec::new(),
        reason: None,
        on: None,
    }
}

/// Member 1 in every way a member can change, after member 2, who came without an address.
pub(crate) fn members() -> History {
    let member = MemberId(id(1));
    let mut history = History::default();
    history
        .member(
            1,
            MemberAdded {
                member,
                name: sealed(Identity, 1, "AAAA"),
                email: Some(sealed(Identity, 1, "BBBB")),
                roles: vec![Role::Member],
                time_zone: None,
            },
        )
        .member(
            2,
            MemberAdded {
                member: MemberId(id(2)),
                name: sealed(Identity, 2, "EEEE"),
                email: None,
                roles: vec![],
                time_zone: None,
            },
        )
        .member(1, MemberRenamed { member, name: sealed(Identity, 1, "CCCC") })
        .member(1, MemberEmailChanged { member, email: sealed(Identity, 1, "DDDD") })
        .member(1, MemberRolesChanged { member, roles: vec![Role::Manager, Role::Billing] })
        .member(1, MemberTimeZoneChanged { member, time_zone: Some("Europe/London".to_owned()) })
        .member(1, MemberDeactivated { member })
        .member(1, MemberActivated { member });
    let (hired_on, left_on) = (Some(date(2026, 2, 1)), Some(date(2026, 2, 27)));
    let pattern = |from, minutes| WorkPatternSet { member, from, minutes: vec![minutes; 7] };
    history
        .member(1, MemberInvited { member })
        .member(1, MemberRegistered { member })
        .member(1, MemberManagerChanged { member, manager: Some(MemberId(id(2))) })
        .member(1, MemberEmploymentChanged { member, hired_on, left_on })
        .member(1, pattern(None, 480))
        .member(1, pattern(hired_on, 360))
        .member(1, pattern(hired_on, 300));
    let (substitute, from, to) = (MemberId(id(2)), date(2026, 3, 9), date(2026, 3, 13));
    let named = |n| SubstituteNamed { id: SubstitutionId(id(n)), member, substitute, from, to };
    history
        .member(1, named(70))
        .member(1, SubstituteWithdrawn { id: SubstitutionId(id(70)), member })
        .member(1, named(71));
    history
}

/// Member 1 signs in and out, and all their sessions end.
pub(crate) fn sessions() -> History {
    let (member, session) = (MemberId(id(1)), SessionId(id(60)));
    let (proofs, expires_at) = (vec![Proof::MailedLink], History::instant(9_999));
    let mut history = History::default();
    history
        .session(SessionBegun { session, member, proofs, epoch: 2, expires_at })
        .session(SessionEnded { session, member })
        .member(1, MemberSessionsRevoked { member });
    history
}

/// Client 10 with project 20, task 30, and members 1 and 2, of whom 1 leaves.
pub(crate) fn catalogue() -> History {
    let (client, project, task) = (ClientId(id(10)), ProjectId(id(20)), TaskId(id(30)));
    let [one, two] = [1, 2].map(|n| MemberId(id(n)));
    let usd = Some("USD".to_owned());
    let mut history = History::default();
    history
        .client(ClientAdded { client, name: sealed(Identity, 10, "AAAA"), currency: usd })
        .client(ClientRenamed { client, name: sealed(Identity, 10, "FFFF") })
        .client(ClientCurrencyChanged { client, currency: None })
        .client(ClientArchived { client })
        .client(ClientRestored { client })
        .project(ProjectAdded { project, client, name: "Bridge".to_owned() })
        .project(ProjectRenamed { project, client, name: "Bridge II".to_owned() })
        .project(ProjectArchived { project })
        .project(ProjectRestored { project })
        .project(TaskAdded { project, task, name: "Drawing".to_owned(), billable: true })
        .project(TaskRevised { project, task, name: "Travel".to_owned(), billable: false })
        .project(TaskArchived { project, task })
        .project(ProjectMemberLinked { project, member: one })
        .project(ProjectMemberLinked { project, member: two })
        .project(ProjectMemberUnlinked { project, member: one });
    history
}

/// Rates of two scopes, two kinds and two days, one of them taken back.
pub(crate) fn rates() -> History {
    let everybody = RateScope::default();
    let one = RateScope { member: Some(MemberId(id(1))), ..RateScope::default() };
    let set = |scope, kind, from: Option<Date>, amount_minor| RateSet {
        scope,
        kind,
        from,
        rate: Rate { unit: RateUnit::Hour, amount_minor, currency: "ZAR".to_owned() },
    };
    let later = Some(date(2026, 3, 1));
    let mut history = History::default();
    history
        .rate(everybody, set(everybody, RateKind::Bill, None, 90_000))
        .rate(everybody, set(everybody, RateKind::Bill, None, 95_000))
        .rate(everybody, set(everybody, RateKind::Bill, later, 99_000))
        .rate(everybody, set(everybody, RateKind::Cost, None, 40_000))
        .rate(one, set(one, RateKind::Bill, None, 120_000))
        .rate(everybody, RateCleared { scope: everybody, kind: RateKind::Bill, from: later });
    history
}

/// Rounding rules of a client and a project, one of them changed and one taken back.
pub(crate) fn rounding_rules() -> History {
    let (client, project) =
        (RuleScope::Client(ClientId(id(10))), RuleScope::Project(ProjectId(id(20))));
    let (mode, tie, of) = (RoundingMode::Up, RoundingTie::HalfUp, RoundingScope::Entry);
    let set = |scope, from: Option<Date>, interval_minutes| {
        let rule = Rounding { mode, tie, scope: of, interval_minutes };
        RoundingRuleSet { scope, from, rule }
    };
    let (later, last) = (Some(date(2026, 3, 3)), Some(date(2026, 3, 9)));
    let mut history = History::default();
    history
        .rounding(set(client, None, 6))
        .rounding(set(project, None, 15))
        .rounding(set(project, later, 20))
        .rounding(set(project, later, 30))
        .rounding(set(project, last, 60));
    let cleared = RoundingRuleCleared { scope: project, from: last };
    history.add(project.stream(), Event::RoundingRule(cleared.into()));
    history
}

/// Two settings, one of them dated; a value changed and a value taken back.
pub(crate) fn settings() -> History {
    let changed = |key: &str, value: &str, from| SettingChanged {
        key: key.to_owned(),
        value: value.to_owned(),
        from,
    };
    let mut history = History::default();
    history
        .setting(changed("TIME_ZONE", "Africa/Johannesburg", None))
        .setting(changed("TIME_ZONE", "Europe/London", None))
        .setting(changed("CURRENCY", "ZAR", Some(date(2026, 1, 1))))
        .setting(changed("CURRENCY", "USD", None))
        .setting(SettingCleared { key: "CURRENCY".to_owned(), from: None });
    history
}

/// An import of ten rows that is taken back.
pub(crate) fn imports() -> History {
    let import = ImportId(id(50));
    let (format, file_digest) = ("toggl".to_owned(), "f1".to_owned());
    let counts = (7, 2, 1);
    let mut history = History::default();
    history
        .import(ImportStarted { import, format, file_digest, rows: 10 })
        .import(ImportFinished {
            import,
            recorded: counts.0,
            duplicates: counts.1,
            skipped: counts.2,
            seconds: 25_200,
        })
        .import(ImportUndone { import, removed: 7 });
    history
}

/// A sick note of member 1 that goes again, a contract with client 10 that stays, and who was given
/// rights on them.
pub(crate) fn files() -> History {
    let member = MemberId(id(1));
    let stored = |file: u128, kind, about| FileStored {
        file: FileId(id(file)),
        kind,
        owner: member,
        about,
        name: sealed(Document, file, "GGGG"),
        size: 9,
        media_type: "application/pdf".to_owned(),
        sha256: "ab".repeat(32),
        sealed: true,
        content_sha256: (kind == FileKind::Contract).then(|| "cd".repeat(32)),
    };
    let account = Grant::AccountManager(ClientId(id(10)));
    let reader = Grant::Reader(FileId(id(60)));
    let mut history = History::default();
    history
        .file(60, stored(60, FileKind::SickNote, None))
        .file(61, stored(61, FileKind::Contract, Some(FileAbout::Client(ClientId(id(10))))))
        .member(1, GrantGiven { member, grant: account })
        .member(1, GrantGiven { member, grant: reader })
        .member(1, GrantTakenBack { member, grant: reader })
        .file(60, FileRemoved { file: FileId(id(60)) });
    history
}

/// How many events `everything` has.
pub(crate) const END: i64 = 178;

/// Everything that can happen at least once, in one log.
pub(crate) fn everything() -> History {
    let mut whole = History::default();
    let mut drafts = History::default();
    drafts.invoice(500, drafted(500, &[(101, 3600), (102, 60)]));
    drafts.invoice(500, voided(500, &[101, 102])).invoice(501, drafted(501, &[(102, 60)]));
    let time = super::samples::weeks_of_time();
    let parts = [
        members(),
        sessions(),
        catalogue(),
        rates(),
        rounding_rules(),
        settings(),
        time,
        super::samples::corrections(),
        super::samples::steps(),
        super::samples::timers(),
        super::samples::favourites(),
        drafts,
        super::story_of_invoices::invoices(),
        super::story_of_invoices::profiles(),
        super::samples::leave(),
        super::samples::member_leave(),
        files(),
        super::samples::budgets(),
        imports(),
    ];
    for part in parts {
        for recorded in part.0 {
            whole.add(recorded.stream, recorded.event);
        }
    }
    whole
}
