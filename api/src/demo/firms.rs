//! The two firms of the demo: plainly fictional people, clients and projects.

use commands::tenancy::NewFirm;
use domain::members::Role;

/// Somebody of a firm.
#[derive(Debug)]
pub(super) struct Person {
    /// The part of the address before the `@`.
    pub(super) mailbox: &'static str,
    /// What they're called.
    pub(super) name: &'static str,
    /// What they may do.
    pub(super) role: Role,
    /// Whether they record time.
    pub(super) works: bool,
}

/// Work for a client.
#[derive(Debug)]
pub(super) struct Work {
    /// The client.
    pub(super) client: &'static str,
    /// The projects.
    pub(super) projects: &'static [&'static str],
    /// What its name ends with in law.
    pub(super) form: &'static str,
    /// Its address, line by line.
    pub(super) address: &'static str,
    /// ISO 3166-1 alpha-2.
    pub(super) country: &'static str,
    /// Its number as a vendor.
    pub(super) vat_number: Option<&'static str>,
    /// Where invoices are mailed to.
    pub(super) accounts: &'static str,
    /// Its currency and the minor units per hour, where it's billed in another than the firm's.
    pub(super) foreign: Option<(&'static str, i64)>,
}

/// A firm.
#[derive(Debug)]
pub(super) struct Firm {
    /// What its host begins with.
    pub(super) slug: &'static str,
    /// What it's called.
    pub(super) name: &'static str,
    /// Where it is.
    pub(super) country: &'static str,
    /// Its zone.
    pub(super) zone: &'static str,
    /// What it bills in.
    pub(super) currency: &'static str,
    /// Minor units per hour at the start of the year.
    pub(super) hourly_minor: i64,
    /// Its people; the first is the owner.
    pub(super) people: &'static [Person],
    /// What its invoices say of it, as settings.
    pub(super) papers: &'static [(&'static str, &'static str)],
    /// What it works on.
    pub(super) work: &'static [Work],
}

impl Firm {
    /// The address of a person.
    pub(super) fn email(&self, person: &Person) -> String {
        format!("{}@{}.example", person.mailbox, self.slug)
    }

    /// What the firm says of itself when it signs up.
    pub(super) fn new_firm(&self, host: &str) -> NewFirm {
        NewFirm {
            slug: self.slug.to_owned(),
            name: self.name.to_owned(),
            owner_email: self.email(&self.people[0]),
            owner_name: self.people[0].name.to_owned(),
            country: self.country.to_owned(),
            currency: Some(self.currency.to_owned()),
            time_zone: Some(self.zone.to_owned()),
            host: host.to_owned(),
        }
    }
}

const fn person(mailbox: &'static str, name: &'static str, role: Role, works: bool) -> Person {
    Person { mailbox, name, role, works }
}

/// The tasks of every project: name, and whether they're billable by default.
pub(super) const TASKS: [(&str, bool); 4] =
    [("Analysis", true), ("Design", true), ("Workshops", true), ("Internal review", false)];

/// What people write about their work.
pub(super) const NOTES: [&str; 6] = [
    "Went through the open questions with the client",
    "First draft",
    "Corrections after the review",
    "Prepared the next workshop",
    "Checked the figures of last month",
    "Wrote up the decisions",
];

/// The firms.
pub(super) const FIRMS: &[Firm] = &[
    Firm {
        slug: "acme",
        name: "Acme Sample Consulting",
        country: "ZA",
        zone: "Africa/Johannesburg",
        currency: "ZAR",
        hourly_minor: 95_000,
        people: &[
            person("owner", "Olga Owner-Sample", Role::Owner, false),
            person("admin", "Adam Admin-Sample", Role::Admin, false),
            person("manager", "Mira Manager-Sample", Role::Manager, true),
            person("billing", "Bela Billing-Sample", Role::Billing, false),
            person("member", "Mona Member-Sample", Role::Member, true),
            person("second", "Sepp Second-Sample", Role::Member, true),
            person("third", "Tara Third-Sample", Role::Member, true),
            person("auditor", "Arno Auditor-Sample", Role::Auditor, false),
        ],
        papers: &[
            ("VAT_REGISTERED", "true"),
            ("VAT_NUMBER", "4000000001"),
            ("LEGAL_NAME", "Acme Sample Consulting (Pty) Ltd"),
            ("LEGAL_ADDRESS", "1 Sample Street\nPlaceholder Park\nCape Town 8001"),
            ("REGISTRATION_NUMBER", "2000/000001/07"),
            ("BANK_DETAILS", "Sample Bank\nAccount 000 000 0001\nBranch 000001"),
            ("INVOICE_FOOTER", "Thank you for working with us."),
        ],
        work: &[
            Work {
                client: "Example Mines",
                projects: &["Safety handbook", "Shift planning"],
                form: "Ltd",
                address: "7 Shaft Road\nExampleton 2000",
                country: "ZA",
                vat_number: Some("4000000002"),
                accounts: "accounts@example-mines.example",
                foreign: None,
            },
            Work {
                client: "Sample Harbour",
                projects: &["Berth allocation"],
                form: "SOC Ltd",
                address: "Quay 3\nSampleport 4001",
                country: "ZA",
                vat_number: Some("4000000003"),
                accounts: "payables@sample-harbour.example",
                foreign: None,
            },
            Work {
                client: "Placeholder Bank",
                projects: &["Branch survey", "Fee review"],
                form: "Ltd",
                address: "12 Ledger Square\nPlaceholder 0002",
                country: "ZA",
                vat_number: Some("4000000004"),
                accounts: "invoices@placeholder-bank.example",
                foreign: None,
            },
            Work {
                client: "Fictional Freight",
                projects: &["Market entry"],
                form: "Inc.",
                address: "500 Imaginary Avenue\nNowhere, NA 00000",
                country: "US",
                vat_number: None,
                accounts: "ap@fictional-freight.example",
                foreign: Some(("USD", 9_500)),
            },
        ],
    },
    Firm {
        slug: "umbrella",
        name: "Umbrella Placeholder Partners",
        country: "DE",
        zone: "Europe/Berlin",
        currency: "EUR",
        hourly_minor: 11_000,
        people: &[
            person("owner", "Otto Owner-Example", Role::Owner, true),
            person("admin", "Anna Admin-Example", Role::Admin, false),
            person("manager", "Max Manager-Example", Role::Manager, true),
            person("billing", "Berta Billing-Example", Role::Billing, false),
            person("member", "Mila Member-Example", Role::Member, true),
            person("auditor", "Alma Auditor-Example", Role::Auditor, false),
        ],
        papers: &[
            ("VAT_REGISTERED", "true"),
            ("VAT_NUMBER", "DE000000001"),
            ("LEGAL_NAME", "Umbrella Placeholder Partners GmbH"),
            ("LEGAL_ADDRESS", "Musterstrasse 1\n10115 Berlin"),
            ("REGISTRATION_NUMBER", "HRB 000001"),
            ("BANK_DETAILS", "Musterbank\nDE00 0000 0000 0000 0000 01"),
            ("PROMPT_PAYMENT_PERCENT", "2"),
        ],
        work: &[
            Work {
                client: "Beispiel Works",
                projects: &["Plant layout", "Energy audit"],
                form: "GmbH",
                address: "Werkweg 2\n20095 Hamburg",
                country: "DE",
                vat_number: Some("DE000000002"),
                accounts: "rechnung@beispiel-works.example",
                foreign: None,
            },
            Work {
                client: "Sample Museum",
                projects: &["Visitor guide"],
                form: "gGmbH",
                address: "Ausstellungsplatz 3\n50667 Koeln",
                country: "DE",
                vat_number: None,
                accounts: "verwaltung@sample-museum.example",
                foreign: None,
            },
        ],
    },
];
