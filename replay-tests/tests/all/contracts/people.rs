//! Samples of the events of members, settings and imports.

use domain::id::{ImportId, JobId, MemberId, SessionId, SubstitutionId};
use domain::import::{ImportEvent, ImportFinished, ImportStarted, ImportUndone};
use domain::jobs::{JobCancelled, JobEvent, JobRetried};
use domain::log::Event;
use domain::members::{
    MemberActivated, MemberAdded, MemberDeactivated, MemberEmailChanged, MemberEmploymentChanged,
    MemberEvent, MemberInvited, MemberManagerChanged, MemberRegistered, MemberRenamed,
    MemberRolesChanged, MemberSessionsRevoked, MemberTimeZoneChanged, Proof, Role, SessionBegun,
    SessionEnded, SessionEvent, SubstituteNamed, SubstituteWithdrawn, WorkPatternSet,
};
use domain::personal::PurposeClass::Identity;
use domain::settings::{SettingChanged, SettingCleared, SettingsEvent};
use jiff::civil::date;

use super::sample::{IMPORT, JOB, KABELO, NOVA, SESSION, TUESDAY, digest, id, text, unique};

fn of_member(event: impl Into<MemberEvent>) -> Event {
    event.into().into()
}

pub(crate) fn jobs() -> Vec<Event> {
    let (job, kind) = (JobId(id(JOB)), "mail".to_owned());
    let events: [JobEvent; 2] =
        [JobRetried { job, kind: kind.clone() }.into(), JobCancelled { job, kind }.into()];
    events.map(Event::from).to_vec()
}

pub(crate) fn members() -> Vec<Event> {
    let [nova, kabelo] = [NOVA, KABELO].map(|n| MemberId(id(n)));
    let zone = |time_zone: Option<&str>| MemberTimeZoneChanged {
        member: nova,
        time_zone: time_zone.map(str::to_owned),
    };
    vec![
        of_member(MemberAdded {
            member: nova,
            name: text(NOVA, Identity, "Nova Example"),
            email: Some(unique(NOVA, "nova@example.test")),
            roles: vec![Role::Owner, Role::Admin, Role::Manager, Role::Billing],
            time_zone: Some("Africa/Johannesburg".into()),
        }),
        of_member(MemberAdded {
            member: kabelo,
            name: text(KABELO, Identity, "Kabelo \"K\" Muster, Zoë’s Kollege"),
            email: None,
            roles: vec![Role::Member, Role::Auditor],
            time_zone: None,
        }),
        of_member(MemberRenamed { member: nova, name: text(NOVA, Identity, "Nova Sample") }),
        of_member(MemberEmailChanged { member: nova, email: unique(NOVA, "nova.s@example.test") }),
        of_member(MemberRolesChanged { member: nova, roles: vec![Role::Member] }),
        of_member(MemberRolesChanged { member: nova, roles: vec![] }),
        of_member(zone(Some("Europe/Berlin"))),
        of_member(zone(None)),
        of_member(MemberDeactivated { member: kabelo }),
        of_member(MemberActivated { member: kabelo }),
    ]
}

pub(crate) fn work() -> Vec<Event> {
    let [nova, kabelo] = [NOVA, KABELO].map(|n| MemberId(id(n)));
    let employed = |hired_on, left_on| MemberEmploymentChanged { member: nova, hired_on, left_on };
    let pattern =
        |from, minutes: &[u32]| WorkPatternSet { member: nova, from, minutes: minutes.to_vec() };
    let week = [480, 480, 480, 480, 300, 0, 0];
    vec![
        of_member(MemberInvited { member: kabelo }),
        of_member(MemberRegistered { member: kabelo }),
        of_member(MemberManagerChanged { member: kabelo, manager: Some(nova) }),
        of_member(MemberManagerChanged { member: kabelo, manager: None }),
        of_member(employed(Some(TUESDAY), None)),
        of_member(employed(Some(TUESDAY), Some(TUESDAY))),
        of_member(employed(None, None)),
        of_member(pattern(None, &week)),
        of_member(pattern(Some(TUESDAY), &week.repeat(2))),
        of_member(MemberSessionsRevoked { member: nova }),
        of_member(SubstituteNamed {
            id: SubstitutionId(id(NOVA + 7)),
            member: nova,
            substitute: MemberId(id(KABELO)),
            from: TUESDAY,
            to: date(2026, 2, 13),
        }),
        of_member(SubstituteWithdrawn { id: SubstitutionId(id(NOVA + 7)), member: nova }),
    ]
}

pub(crate) fn sessions() -> Vec<Event> {
    let of = |event: SessionEvent| Event::from(event);
    let (session, member) = (SessionId(id(SESSION)), MemberId(id(NOVA)));
    let begun = SessionBegun {
        session,
        member,
        proofs: vec![Proof::MailedLink],
        epoch: 3,
        expires_at: "2026-03-05T09:00:00.123456Z".parse().expect("an instant"),
    };
    vec![of(begun.into()), of(SessionEnded { session, member }.into())]
}

pub(crate) fn settings() -> Vec<Event> {
    let of = |event: SettingsEvent| Event::from(event);
    let changed = |key: &str, value: &str, from| {
        let (key, value) = (key.to_owned(), value.to_owned());
        of(SettingChanged { key, value, from }.into())
    };
    let cleared = |key: &str, from| of(SettingCleared { key: key.to_owned(), from }.into());
    vec![
        changed("TIME_ZONE", "Africa/Johannesburg", None),
        changed("TIMECAPTURE_INTERVAL_MINUTES", "15", Some(TUESDAY)),
        changed("BILLABLE_HOURS_IN_WORKING_DAY", "7.25", Some(TUESDAY)),
        cleared("TIME_ZONE", None),
        cleared("TIMECAPTURE_INTERVAL_MINUTES", Some(TUESDAY)),
    ]
}

pub(crate) fn imports() -> Vec<Event> {
    let of = |event: ImportEvent| Event::from(event);
    let import = ImportId(id(IMPORT));
    let file_digest = digest("a file of ten rows");
    vec![
        of(ImportStarted { import, format: "toggl".into(), file_digest, rows: 10 }.into()),
        of(ImportFinished { import, recorded: 7, duplicates: 2, skipped: 1, seconds: 25_200 }
            .into()),
        of(ImportUndone { import, removed: 7 }.into()),
    ]
}
