//! The history of a firm's bills: drafted, changed, talked about, issued, sent, paid, bounced,
//! overdue and credited, in part and as a whole, with time that is billed once more. All of it is
//! made up.

use std::sync::LazyLock;

use commands::billing::client_links::{CloseClientLink, OpenClientLink};
use commands::billing::follow_up::FollowUpInvoice;
use commands::billing::{
    ChangeProfile, Coverage, CreditInvoice, DisputeLine, DraftInvoice, IssueInvoice, Off, Part,
    RecordPayment, ReversePayment, ReviseDraft, SendInvoice, SettleDispute, SignOff, TermsChange,
    VoidInvoice,
};
use commands::catalogue::{AddClient, AddProject, AddTask, SetRate};
use commands::members::AddMember;
use commands::settings::ChangeSetting;
use commands::time::{ApproveTimesheet, RecordTime, SubmitTimesheet, WeekPart};
use domain::billing::record_payment::Over;
use domain::billing::sealed::BuyerParticulars;
use domain::billing::{Fate, GroupBy, Outcome, SentBy};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::id::{ClientId, CreditNoteId, EntryId, InvoiceId, MemberId, PaymentId};
use domain::members::Role;
use domain::money::Percent;
use domain::time::{Week, Worked};
use jiff::civil::{Date, date};
use migrations::files::{FileStore, TenantFiles};
use tempfile::TempDir;

use super::teller::Teller;
use crate::firm::Firm;

const MONDAY: Date = date(2026, 3, 2);

/// Pages of issued documents are kept for as long as the tests run.
static PAGES: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

struct Cast {
    teller: Teller,
    owner: MemberId,
    billing: MemberId,
    member: MemberId,
    client: ClientId,
    files: TenantFiles,
}

pub(crate) async fn tell() -> Firm {
    let cast = begin().await;
    cast.work().await;
    let invoice = cast.agree_on_a_draft().await;
    cast.teller.at("2026-03-10T07:00:00Z");
    cast.issue(invoice).await;
    cast.owe(invoice).await;
    cast.take_back(invoice).await;
    cast.teller.firm
}

async fn begin() -> Cast {
    let teller = Teller::begin("2026-03-02T06:00:00Z", 11).await;
    let store = FileStore::local(&PAGES.path().join("files")).expect("a store");
    let files = store.of(teller.firm.id());
    let (owner, billing, member) = (teller.new_id(), teller.new_id(), teller.new_id());
    let people = [
        (owner, "Olga Example", Role::Owner),
        (billing, "Bela Example", Role::Billing),
        (member, "Mina Example", Role::Member),
    ];
    for (member, name, role) in people {
        let (name, roles) = (name.to_owned(), vec![role]);
        teller.operator(AddMember { member, name, email: None, roles, time_zone: None }).await;
    }
    for (key, value) in [
        ("TIME_ZONE", "Africa/Johannesburg"),
        ("CURRENCY", "ZAR"),
        ("COUNTRY", "ZA"),
        ("VAT_REGISTERED", "true"),
        ("VAT_PERCENT", "15"),
        ("VAT_NUMBER", "4000000001"),
        ("LEGAL_ADDRESS", "1 Sample Street\nCape Town 8001"),
        ("REMINDER_DAYS", "7"),
    ] {
        let (key, value) = (key.to_owned(), value.to_owned());
        teller.member(owner, ChangeSetting { key, value, from: None }).await;
    }
    let client = teller.new_id();
    let name = "Sample Lighthouse".to_owned();
    teller.member(owner, AddClient { client, name, currency: None }).await;
    let particulars = BuyerParticulars {
        name: "Sample Lighthouse Ltd".to_owned(),
        address: vec!["Rock 1".to_owned(), "Sampleport 4001".to_owned()],
        vat_number: Some("4000000003".to_owned()),
        registration_number: None,
        email: Some("accounts@lighthouse.example".to_owned()),
    };
    let profile = ChangeProfile {
        client,
        particulars: Some(particulars),
        country: Some("ZA".to_owned()),
        category: None,
        tax_reason: None,
        payment_days: Some(14),
        prompt_payment: None,
        buyer_reference: Some("Keeper".to_owned()),
        account_manager: Some(owner),
        expected_version: None,
    };
    teller.member(billing, profile).await;
    Cast { teller, owner, billing, member, client, files }
}

impl Cast {
    /// A week of three days, recorded and approved, with a rate.
    async fn work(&self) {
        let (project, task) = (self.teller.new_id(), self.teller.new_id());
        let (client, name) = (self.client, "Lamps".to_owned());
        self.teller.member(self.owner, AddProject { project, client, name }).await;
        let name = "Survey".to_owned();
        self.teller.member(self.owner, AddTask { project, task, name, billable: true }).await;
        let rate = Rate { unit: RateUnit::Hour, amount_minor: 95_000, currency: "ZAR".to_owned() };
        let (scope, kind) = (RateScope::default(), RateKind::Bill);
        self.teller.member(self.billing, SetRate { scope, kind, from: None, rate }).await;
        for (days, seconds) in [(0, 7200), (1, 9000), (2, 5400)] {
            let day = MONDAY.saturating_add(jiff::Span::new().days(days));
            let record = RecordTime {
                entry: self.teller.new_id::<EntryId>(),
                member: self.member,
                project,
                task,
                worked: Worked::duration(day, seconds).expect("some hours"),
                billable: None,
                note: Some("Counted the lamps".to_owned()),
                tags: Vec::new(),
            };
            self.teller.member(self.member, record).await;
        }
        self.teller.at("2026-03-06T14:00:00Z");
        let (member, week, part) = (self.member, Week::of(MONDAY), WeekPart::default());
        self.teller.member(member, SubmitTimesheet { member, week, part: part.clone() }).await;
        let approve = ApproveTimesheet { member, week, part, content: None };
        self.teller.member(self.owner, approve).await;
    }

    async fn draft(&self) -> InvoiceId {
        let invoice = self.teller.new_id();
        let draft = DraftInvoice {
            invoice,
            client: self.client,
            from: MONDAY,
            to: date(2026, 3, 31),
            group_by: GroupBy::Task,
        };
        self.teller.member(self.billing, draft).await;
        invoice
    }

    /// A draft is thrown away, the next is cut and discounted; the client disputes a line, is
    /// refused, and agrees.
    async fn agree_on_a_draft(&self) -> InvoiceId {
        self.teller.at("2026-03-09T07:00:00Z");
        let invoice = self.draft().await;
        let void = VoidInvoice { invoice, reason: None, expected_version: None };
        self.teller.member(self.billing, void).await;
        let invoice = self.draft().await;
        let (group_by, to) = (Some(GroupBy::Entry), Some(date(2026, 3, 3)));
        let coverage = Some(Coverage { group_by, to, ..Coverage::default() });
        let why = Some("For the first order".to_owned());
        let percent = Percent::parse("5").expect("a number");
        let terms = TermsChange {
            discounts: Some(vec![(Off::Percent(percent), why)]),
            purchase_order: Some(Some("PO 7".to_owned())),
            ..TermsChange::default()
        };
        let revise = ReviseDraft { invoice, coverage, terms, expected_version: None };
        self.teller.member(self.billing, revise).await;
        let links = [self.teller.new_id(), self.teller.new_id()];
        for link in links {
            let email = Some("keeper@lighthouse.example".to_owned());
            self.teller.member(self.billing, OpenClientLink { invoice, link, email }).await;
        }
        let close = CloseClientLink { invoice, link: links[0] };
        self.teller.member(self.billing, close).await;
        let (dispute, by) = (self.teller.new_id(), "Carl Client-Sample".to_owned());
        let reason = "We count one hour less".to_owned();
        let disputed = DisputeLine { invoice, dispute, line: 1, by: by.clone(), reason };
        self.teller.member(self.billing, disputed).await;
        let note = Some("The key was late".to_owned());
        let settle = SettleDispute { invoice, dispute, outcome: Outcome::Rejected, note };
        self.teller.member(self.billing, settle).await;
        self.teller.member(self.billing, SignOff { invoice, by, seen_version: None }).await;
        invoice
    }

    async fn issue(&self, invoice: InvoiceId) {
        let issue = IssueInvoice {
            invoice,
            issued_on: None,
            allow_incomplete: false,
            firm: "Lamp Counters".to_owned(),
            files: self.files.clone(),
            expected_version: None,
        };
        self.teller.member(self.billing, issue).await;
        let (credit_note, by, to) = (None, SentBy::Mail, Vec::new());
        self.teller.member(self.billing, SendInvoice { invoice, credit_note, by, to }).await;
    }

    /// A part comes in and bounces; the invoice falls overdue, and the client is reminded.
    async fn owe(&self, invoice: InvoiceId) {
        self.teller.at("2026-03-16T07:00:00Z");
        let payment: PaymentId = self.teller.new_id();
        let pay = RecordPayment {
            invoice,
            payment,
            amount_minor: 100_000,
            currency: "ZAR".to_owned(),
            on: None,
            over: Over::Keep,
            reference: Some("Lamps".to_owned()),
        };
        self.teller.member(self.billing, pay).await;
        let (amount_minor, on, expected_version) = (None, None, None);
        let reason = Some("The bank took it back".to_owned());
        let reverse =
            ReversePayment { invoice, payment, amount_minor, on, reason, expected_version };
        self.teller.member(self.billing, reverse).await;
        for at in ["2026-03-25T05:00:00Z", "2026-03-31T05:00:00Z"] {
            self.teller.at(at);
            self.teller.operator(FollowUpInvoice { invoice }).await;
        }
    }

    /// An hour is taken back and billed once more, then what is left of the first invoice.
    async fn take_back(&self, invoice: InvoiceId) {
        self.teller.at("2026-04-01T07:00:00Z");
        let credit = |lines, fate| CreditInvoice {
            invoice,
            credit_note: self.teller.new_id::<CreditNoteId>(),
            lines,
            fate,
            reason: "An hour was not agreed".to_owned(),
            issued_on: None,
            files: self.files.clone(),
            expected_version: None,
        };
        let hour = credit(Some(vec![(1, Part::Seconds(3600))]), Fate::Unbilled);
        self.teller.member(self.billing, hour).await;
        let again = self.draft().await;
        self.issue(again).await;
        self.teller.member(self.billing, credit(None, Fate::WrittenOff)).await;
    }
}
