//! Signing in on a real database: which links are of use, how long a session is, and what ends it.

use domain::members::Role;
use jiff::ToSpan;
use migrations::testing::random_id;

use super::*;
use crate::clock::Clock;
use crate::event_log::{EventLog, Limits};
use crate::members::{
    ActivateMember, AddMember, ChangeMemberEmail, ChangeMemberRoles, DeactivateMember,
};
use crate::settings::ChangeSetting;
use crate::testing::Firm;

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("an instant")
}

/// A firm whose clock is set by hand, with a member who has an address.
struct Story {
    firm: Firm,
    clock: Clock,
    member: MemberId,
}

const LINKS: [Purpose; 2] = [Purpose::SignIn, Purpose::Invitation];

impl Story {
    async fn begin() -> Self {
        let firm = Firm::new().await;
        let clock = Clock::simulated(noon(), 7);
        let (tenants, keys) = (firm.tenant.tenants.clone(), firm.tenant.keys.clone());
        let log = EventLog::new(tenants, keys, clock.clone(), Limits::default());
        let firm = Firm { commands: Commands::new(log), ..firm };
        let member = MemberId(random_id());
        let story = Story { firm, clock, member };
        let add = AddMember {
            member,
            name: "Nova".into(),
            email: Some("nova@example.com".into()),
            roles: vec![Role::Manager],
            time_zone: None,
        };
        story.firm.send(Actor::Operator, add).await.expect("a new member");
        // An owner, so that the member is not the last one.
        story.firm.member(&[Role::Owner]).await;
        story
    }

    fn sender(&self) -> Sender {
        Sender::new(self.firm.id(), Actor::System, domain::log::Via::Api)
    }

    fn later(&self, span: jiff::Span) {
        self.clock.set(self.clock.now() + span);
    }

    /// A link, as the letter that is sent has it.
    async fn link(&self, purpose: Purpose) -> String {
        // A moment after what was last written.
        self.later(1.second());
        let keys = self.firm.tenant.keys.of(self.firm.id()).await.expect("keys");
        let mut tx = self.firm.tenant.tenants.begin(self.firm.id()).await.expect("the door");
        let (id, now) = (random_id(), self.clock.now());
        let link = links::open(&mut tx, &keys, id, purpose, self.member.0, now).await;
        tx.commit().await.expect("a commit");
        self.later(1.second());
        link.expect("a link")
    }

    async fn follow(&self, link: &str) -> Result<SignedIn, CommandError> {
        begin(&self.firm.commands, self.sender(), link, &LINKS).await
    }

    async fn is_refused(&self, link: &str) -> bool {
        match self.follow(link).await {
            Ok(_) => false,
            Err(CommandError::Refused(refused)) => refused.code == "members.link_unusable",
            Err(error) => panic!("{error}"),
        }
    }

    async fn signed_in(&self) -> SignedIn {
        let link = self.link(Purpose::SignIn).await;
        self.follow(&link).await.expect("a session")
    }

    /// Whether the secret still opens anything.
    async fn works(&self, signed_in: &SignedIn) -> bool {
        let mut tx = self.firm.tenant.tenants.begin(self.firm.id()).await.expect("the door");
        let secret = signed_in.secret.as_deref().expect("a secret");
        let found = authenticate(&mut tx, secret, self.clock.now()).await.expect("an answer");
        tx.commit().await.expect("a commit");
        let member = self.state().await;
        found.is_some_and(|found| member.active && found.epoch == member.epoch)
    }

    async fn state(&self) -> Member {
        let mut state = Member::default();
        for recorded in self.firm.recorded().await {
            if let Event::Member(event) = recorded.event
                && recorded.stream == member_stream(self.member)
            {
                state.evolve(&event);
            }
        }
        state
    }

    async fn does(&self, command: impl Command) {
        self.firm.send(Actor::Operator, command).await.expect("done");
    }

    fn rest(&self) -> DeactivateMember {
        DeactivateMember { member: self.member, expected_version: None }
    }

    fn wake(&self) -> ActivateMember {
        ActivateMember { member: self.member, expected_version: None }
    }

    fn roles(&self, role: Role) -> ChangeMemberRoles {
        let (member, roles) = (self.member, vec![role]);
        ChangeMemberRoles { member, roles, expected_version: None }
    }

    fn address(&self, email: &str) -> ChangeMemberEmail {
        let (member, email) = (self.member, email.to_owned());
        ChangeMemberEmail { member, email, expected_version: None }
    }
}

#[tokio::test]
async fn a_link_registers_its_member_and_signs_them_in_once() {
    let story = Story::begin().await;
    let link = story.link(Purpose::Invitation).await;
    let looked = look(&story.firm.commands, story.firm.id(), &link, &LINKS).await;
    assert_eq!(looked.expect("an answer"), Some(story.member));
    let signed_in = story.follow(&link).await.expect("a session");
    assert_eq!(signed_in.record.member, story.member);
    assert!(story.works(&signed_in).await);
    let types = story.firm.event_types().await;
    assert_eq!(types[types.len() - 2..], ["MemberRegistered", "SessionBegun"]);
    assert!(story.is_refused(&link).await, "it was used");
    let looked = look(&story.firm.commands, story.firm.id(), &link, &LINKS).await;
    assert_eq!(looked.expect("an answer"), None);
    assert!(story.is_refused(&story.link(Purpose::Invitation).await).await, "they registered");
    story.signed_in().await;
    assert_eq!(story.firm.event_types().await.len(), types.len() + 1, "registered once");
}

#[tokio::test]
async fn of_two_who_follow_a_link_at_once_one_is_signed_in() {
    let story = Story::begin().await;
    for _ in 0..5 {
        let link = story.link(Purpose::SignIn).await;
        let (one, two) = tokio::join!(story.follow(&link), story.follow(&link));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        assert_eq!(one.and(two.map(drop)).map(drop), Err(Refusal::LinkUnusable.into()));
    }
}

#[tokio::test]
async fn a_link_is_of_no_use_to_another_purpose_another_tenant_or_too_late() {
    let story = Story::begin().await;
    let other = Story::begin().await;
    let link = story.link(Purpose::SignIn).await;
    assert!(other.is_refused(&link).await);
    let outcome = begin(&story.firm.commands, story.sender(), &link, &[Purpose::Invitation]).await;
    assert_eq!(outcome, Err(Refusal::LinkUnusable.into()));
    let confirmation = story.link(Purpose::SignupConfirmation).await;
    assert!(story.is_refused(&confirmation).await);
    for random in ["", "x", &"A".repeat(64), &"_".repeat(64), &"A".repeat(10_000)] {
        assert!(story.is_refused(random).await, "{random}");
    }
    story.follow(&link).await.expect("none of these has used it up");
    let late = story.link(Purpose::SignIn).await;
    story.later(15.minutes());
    assert!(story.is_refused(&late).await);
    let late = story.link(Purpose::Invitation).await;
    story.later((7 * 24).hours());
    assert!(story.is_refused(&late).await);
}

#[tokio::test]
async fn a_link_mailed_before_somebody_rested_moved_or_ended_all_is_of_no_use() {
    let story = Story::begin().await;
    let link = story.link(Purpose::SignIn).await;
    story.does(story.rest()).await;
    assert!(story.is_refused(&link).await, "they rest");
    let link = story.link(Purpose::SignIn).await;
    story.does(story.wake()).await;
    story.follow(&link).await.expect("it was mailed after they rested");
    let link = story.link(Purpose::SignIn).await;
    story.does(story.address("nova@example.org")).await;
    assert!(story.is_refused(&link).await, "it went to the old address");
    let link = story.link(Purpose::SignIn).await;
    story.does(RevokeSessions { member: story.member }).await;
    assert!(story.is_refused(&link).await, "all was ended");
    let link = story.link(Purpose::SignIn).await;
    story.does(story.roles(Role::Member)).await;
    story.follow(&link).await.expect("another role is no reason");
}

#[tokio::test]
async fn a_session_ends_with_its_epoch_and_never_comes_back() {
    let story = Story::begin().await;
    let mut ended = Vec::new();
    for n in 0..4 {
        let signed_in = story.signed_in().await;
        assert!(story.works(&signed_in).await);
        match n {
            0 => {
                story.does(story.rest()).await;
                story.does(story.wake()).await;
            }
            1 => {
                story.does(story.roles(Role::Admin)).await;
                assert!(story.works(&signed_in).await, "more rights end nothing");
                story.does(story.roles(Role::Member)).await;
            }
            2 => story.does(story.address("nova@example.net")).await,
            _ => story.does(RevokeSessions { member: story.member }).await,
        }
        ended.push(signed_in);
        for signed_in in &ended {
            assert!(!story.works(signed_in).await, "{n}");
        }
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_in_any_case_after_its_days() {
    let story = Story::begin().await;
    let set = |key: &str, value: &str| ChangeSetting {
        key: key.to_owned(),
        value: value.to_owned(),
        from: None,
    };
    let before = story.signed_in().await;
    story.does(set("SESSION_IDLE_MINUTES", "60")).await;
    story.does(set("SESSION_DAYS", "1")).await;
    let signed_in = story.signed_in().await;
    for _ in 0..23 {
        story.later(59.minutes());
        assert!(story.works(&signed_in).await);
    }
    story.later(60.minutes());
    assert!(!story.works(&signed_in).await, "not used for an hour");
    let signed_in = story.signed_in().await;
    for _ in 0..25 {
        story.later(56.minutes());
        assert!(story.works(&signed_in).await);
    }
    story.later(41.minutes());
    assert!(!story.works(&signed_in).await, "a day is over");
    assert!(!story.works(&before).await, "twelve hours are over for the first one");
}

#[tokio::test]
async fn the_use_of_a_session_is_noted_now_and_then_and_not_each_time() {
    let story = Story::begin().await;
    let signed_in = story.signed_in().await;
    let began = signed_in.record.began_at;
    let seen = async || {
        let mut tx = story.firm.tenant.tenants.begin(story.firm.id()).await.expect("the door");
        let found = find(&mut tx, signed_in.record.id).await.expect("an answer");
        found.expect("the session").seen_at
    };
    story.later(4.minutes());
    assert!(story.works(&signed_in).await);
    assert_eq!(seen().await, began);
    story.later(1.minute());
    assert!(story.works(&signed_in).await);
    assert_eq!(seen().await, story.clock.now());
}

#[tokio::test]
async fn the_same_request_finds_its_session_again_without_the_secret() {
    let story = Story::begin().await;
    let link = story.link(Purpose::SignIn).await;
    let sender = || {
        let (route, key) = ("POST /sessions".to_owned(), "k".to_owned());
        let key = crate::handle::IdempotencyKey { route, key, request: Vec::new() };
        Sender { key: Some(key), ..story.sender() }
    };
    let first = begin(&story.firm.commands, sender(), &link, &LINKS).await.expect("a session");
    let again = begin(&story.firm.commands, sender(), &link, &LINKS).await.expect("the same");
    assert_eq!((again.record, again.secret), (first.record, None));
    assert!(story.is_refused(&link).await, "another request with the same link");
}

#[tokio::test]
async fn a_session_is_ended_by_its_member_or_who_looks_after_them_and_by_nobody_else() {
    let story = Story::begin().await;
    let signed_in = story.signed_in().await;
    let session = signed_in.record.id;
    let colleague = story.firm.member(&[Role::Manager]).await;
    let ending = async |actor| {
        let sender = Sender { actor, ..story.sender() };
        end(&story.firm.commands, sender, session).await.map(drop)
    };
    assert_eq!(ending(Actor::Member(colleague)).await, Err(CommandError::NotFound));
    assert!(story.works(&signed_in).await);
    ending(Actor::Member(story.member)).await.expect("their own");
    assert!(!story.works(&signed_in).await);
    ending(Actor::Member(story.member)).await.expect("it stays ended");
    let ended = story.firm.event_types().await.iter().filter(|it| *it == "SessionEnded").count();
    assert_eq!(ended, 1);
}

#[tokio::test]
async fn links_are_mailed_to_active_members_alone_and_a_few_an_hour() {
    let story = Story::begin().await;
    let mails = async || {
        let mut tx = story.firm.tenant.tenants.begin(story.firm.id()).await.expect("the door");
        let sql = "select reference from {t}.jobs where kind = 'mail'";
        tx.query(sql).fetch_all().await.expect("the jobs").len()
    };
    let asking = async |email: &str| {
        ask(&story.firm.commands, story.sender(), email).await.expect("no word of it");
    };
    asking("nobody@example.com").await;
    asking("no address").await;
    assert_eq!(mails().await, 0);
    for _ in 0..ASKS_PER_HOUR + 3 {
        asking(" Nova@EXAMPLE.com").await;
    }
    let most = usize::try_from(ASKS_PER_HOUR).expect("a few");
    assert_eq!(mails().await, most);
    story.later(1.hour());
    asking("nova@example.com").await;
    assert_eq!(mails().await, most + 1);
    story.later(1.hour());
    story.does(story.rest()).await;
    asking("nova@example.com").await;
    assert_eq!(mails().await, most + 1);
}

#[tokio::test]
async fn the_database_does_not_hold_the_secret() {
    let story = Story::begin().await;
    let signed_in = story.signed_in().await;
    let secret = signed_in.secret.expect("a secret");
    assert!(secret.starts_with(PREFIX) && secret.len() == 47);
    let mut tx = story.firm.tenant.tenants.begin(story.firm.id()).await.expect("the door");
    for sql in ["select s::text from {t}.sessions s", "select payload::text from {t}.events"] {
        let rows = tx.query(sql).fetch_all().await.expect("the table");
        assert!(!rows.is_empty());
        for row in rows {
            let text: String = sqlx::Row::get(&row, 0);
            assert!(!text.contains(&secret[4..]));
        }
    }
    let colleague = story.firm.member(&[Role::Member]).await;
    let outcome =
        story.firm.send(Actor::Member(colleague), RevokeSessions { member: story.member });
    assert_eq!(outcome.await, Err(CommandError::Forbidden));
    let unknown = RevokeSessions { member: MemberId(random_id()) };
    assert_eq!(story.firm.send(Actor::Operator, unknown).await, Err(CommandError::NotFound));
}
