//! Who reads why somebody is away, role by role and state by state.

use super::*;
use crate::time::Chain;
use jiff::civil::date;
use uuid::Uuid;

const NOVA: MemberId = MemberId(Uuid::from_u128(1));
const BOSS: MemberId = MemberId(Uuid::from_u128(2));
const OTHER: MemberId = MemberId(Uuid::from_u128(3));
const ADMIN: MemberId = MemberId(Uuid::from_u128(4));
const OWNER: MemberId = MemberId(Uuid::from_u128(5));
const AUDITOR: MemberId = MemberId(Uuid::from_u128(6));
const COLLEAGUE: MemberId = MemberId(Uuid::from_u128(7));
const BILLING: MemberId = MemberId(Uuid::from_u128(8));
const EVERYBODY: [MemberId; 8] = [NOVA, BOSS, OTHER, ADMIN, OWNER, AUDITOR, COLLEAGUE, BILLING];

fn firm() -> Vec<Member> {
    let roles = [
        (NOVA, Role::Member),
        (BOSS, Role::Manager),
        (OTHER, Role::Manager),
        (ADMIN, Role::Admin),
        (OWNER, Role::Owner),
        (AUDITOR, Role::Auditor),
        (COLLEAGUE, Role::Member),
        (BILLING, Role::Billing),
    ];
    let member = |(id, role)| Member {
        id: Some(id),
        roles: vec![role],
        active: true,
        manager: (id == NOVA).then_some(BOSS),
        ..Member::default()
    };
    roles.into_iter().map(member).collect()
}

fn today() -> Date {
    date(2026, 3, 2)
}

/// Who of the firm sees the reason of Nova's request.
fn readers(firm: &[Member], state: LeaveState, chain: &str, by: Option<MemberId>) -> Vec<MemberId> {
    let approval = Approval::of(&Chain::parse(chain).unwrap());
    let decided = by.map(|by| PassedStep { by, in_right_of: None });
    let submitted = state != LeaveState::Draft;
    let asked = Asked { member: NOVA, state, submitted, approval: &approval, decided };
    let sees = |by: &MemberId| Onlooker::of(*by, firm, today()).sees_reason(&asked);
    EVERYBODY.into_iter().filter(sees).collect()
}

#[test]
fn a_reason_is_read_by_its_member_their_manager_and_the_owner_and_by_nobody_else() {
    let firm = firm();
    let seen = |state, chain| readers(&firm, state, chain, None);
    assert_eq!(seen(LeaveState::Submitted, "line_manager"), [NOVA, BOSS, OWNER]);
    let over = [LeaveState::Approved, LeaveState::Rejected, LeaveState::Cancelled];
    for state in over {
        assert_eq!(seen(state, "line_manager"), [NOVA, OWNER], "nobody decided: {state:?}");
    }
    assert_eq!(seen(LeaveState::Draft, "line_manager"), [NOVA], "a draft is nobody else's");
    assert_eq!(seen(LeaveState::Submitted, "manager"), [NOVA, BOSS, OTHER, OWNER]);
    assert_eq!(seen(LeaveState::Submitted, "line_manager,admin"), [NOVA, BOSS, ADMIN, OWNER]);
    assert_eq!(seen(LeaveState::Submitted, "billing"), [NOVA, OWNER, BILLING]);
}

#[test]
fn who_decided_reads_on_what_they_decided_whatever_they_are() {
    let firm = firm();
    let seen = |by| readers(&firm, LeaveState::Approved, "line_manager", Some(by));
    assert_eq!(seen(ADMIN), [NOVA, ADMIN, OWNER]);
    assert_eq!(seen(COLLEAGUE), [NOVA, OWNER, COLLEAGUE]);
}

#[test]
fn what_was_never_asked_for_stays_its_members_when_it_is_discarded() {
    let approval = Approval::of(&Chain::parse("manager").unwrap());
    let (member, state) = (NOVA, LeaveState::Withdrawn);
    let asked = Asked { member, state, submitted: false, approval: &approval, decided: None };
    let firm = firm();
    let sees = |by: &MemberId| Onlooker::of(*by, &firm, today()).sees_reason(&asked);
    assert_eq!(EVERYBODY.into_iter().filter(sees).collect::<Vec<_>>(), [NOVA]);
}

#[test]
fn where_there_is_no_manager_of_theirs_a_role_manager_decides_and_no_admin_as_such() {
    let mut firm = firm();
    firm[0].manager = None;
    let seen = readers(&firm, LeaveState::Submitted, "line_manager", None);
    assert_eq!(seen, [NOVA, BOSS, OTHER, OWNER]);
}

#[test]
fn a_grant_opens_one_members_reasons_to_whoever_has_it_and_the_end_of_it_closes_them() {
    let mut firm = firm();
    for reader in [6, 5] {
        firm[reader].grants.insert(Grant::LeaveReader(NOVA));
        let seen = readers(&firm, LeaveState::Approved, "line_manager", None);
        assert!(seen.contains(&EVERYBODY[reader]), "{seen:?}");
        let onlooker = Onlooker::of(EVERYBODY[reader], &firm, today());
        assert!(onlooker.sees_reasons_of(NOVA) && !onlooker.sees_reasons_of(BOSS));
        firm[reader].grants.clear();
        let seen = readers(&firm, LeaveState::Approved, "line_manager", None);
        assert!(!seen.contains(&EVERYBODY[reader]), "{seen:?}");
    }
}

#[test]
fn a_substitute_reads_what_waits_for_whom_they_stand_in_for_but_not_of_that_one() {
    let mut firm = firm();
    let stands_in = |from| crate::members::Substitution {
        id: crate::id::SubstitutionId(Uuid::from_u128(20)),
        substitute: COLLEAGUE,
        from,
        to: date(2026, 3, 6),
    };
    firm[1].substitutes.push(stands_in(date(2026, 3, 1)));
    let seen = |firm: &[Member]| readers(firm, LeaveState::Submitted, "line_manager", None);
    assert_eq!(seen(&firm), [NOVA, BOSS, OWNER, COLLEAGUE]);
    firm[1].substitutes = vec![stands_in(date(2026, 3, 3))];
    assert_eq!(seen(&firm), [NOVA, BOSS, OWNER], "not yet");
    firm[1].substitutes.clear();
    firm[0].roles = vec![Role::Manager];
    firm[0].substitutes.push(stands_in(date(2026, 3, 1)));
    let seen = readers(&firm, LeaveState::Submitted, "manager", None);
    assert_eq!(seen, [NOVA, BOSS, OTHER, OWNER], "not with the absent one's own eyes");
}

#[test]
fn who_has_left_reads_nothing() {
    let mut firm = firm();
    for member in &mut firm {
        member.active = false;
    }
    assert_eq!(readers(&firm, LeaveState::Approved, "manager", Some(BOSS)), []);
}
