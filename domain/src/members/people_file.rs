//! Reads a CSV file of people: columns by the names in its header, each bad row by number and
//! reason, and the rest kept. Nothing is decided here but what a row says.

use csv::StringRecord;
use jiff::civil::Date;

use super::Role;
use crate::import::{ExportRefusal, text_of};

/// The most rows of one file.
pub const PEOPLE_MAX: usize = 10_000;

/// The columns there are, in the order in which we write them. Needed is `name`, or `first_name`
/// and `last_name`; `roles` are names apart by blanks or `+`, and `member` where there is none;
/// days are `YYYY-MM-DD`.
pub const PEOPLE_HEADER: &str =
    "name,first_name,last_name,email,roles,time_zone,manager_email,hired_on";

/// A person as a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The number of the record in the file; the header is 1.
    pub row: u32,
    /// What they are called.
    pub name: String,
    /// The address they sign in with.
    pub email: Option<String>,
    /// What they may do; at least one.
    pub roles: Vec<Role>,
    /// Their own zone.
    pub time_zone: Option<String>,
    /// The address of who they report to.
    pub manager_email: Option<String>,
    /// Their first day of employment.
    pub hired_on: Option<Date>,
}

/// A row that can't be taken, or a doubt about one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFault {
    /// The number of the record in the file; the header is 1.
    pub row: u32,
    /// What is the matter; it names columns and rules, and never repeats what a cell says.
    pub reason: String,
}

/// What a file holds: every record after the header is a row or a fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFile {
    /// The rows that can be read, in the file's order.
    pub rows: Vec<PersonRow>,
    /// Those that can't.
    pub faults: Vec<PersonFault>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
}

/// Why nothing of a file can be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeopleFileError {
    /// It's no text.
    #[error(transparent)]
    Text(#[from] ExportRefusal),
    /// Nobody in it has a name.
    #[error(
        "the header needs a column name, or first_name and last_name; known are {PEOPLE_HEADER}"
    )]
    NoName,
    /// Two columns say the same.
    #[error("two columns of the header mean {0}; keep one")]
    Doubled(&'static str),
    /// It's too long.
    #[error("a file of people has at most {PEOPLE_MAX} rows; split it")]
    TooManyRows,
}

const COLUMNS: [(&str, &[&str]); 8] = [
    ("name", &["full_name", "member_name"]),
    ("first_name", &["given_name"]),
    ("last_name", &["surname", "family_name"]),
    ("email", &["e_mail", "mail", "email_address", "member_email"]),
    ("roles", &["role"]),
    ("time_zone", &["timezone"]),
    ("manager_email", &["manager"]),
    ("hired_on", &["hire_date", "start_date"]),
];

const NAME: usize = 0;
const FIRST: usize = 1;
const LAST: usize = 2;
const EMAIL: usize = 3;
const ROLES: usize = 4;
const ZONE: usize = 5;
const MANAGER: usize = 6;
const HIRED: usize = 7;

/// Where the columns are.
#[derive(Debug, Default)]
struct Layout {
    delimiter: u8,
    at: [Option<usize>; 8],
    doubled: Option<&'static str>,
    ignored: Vec<String>,
}

impl Layout {
    fn of(text: &str, delimiter: u8) -> Self {
        let mut layout = Layout { delimiter, ..Layout::default() };
        let mut header = StringRecord::new();
        // The text is UTF-8 and in memory: there is nothing that could fail.
        let _ = reader(text, delimiter).read_record(&mut header);
        for (place, cell) in header.iter().enumerate() {
            let name = cell.trim().to_lowercase().replace([' ', '-'], "_");
            let known =
                COLUMNS.iter().position(|(own, others)| name == *own || others.contains(&&*name));
            match known {
                Some(known) if layout.at[known].replace(place).is_some() => {
                    layout.doubled = Some(COLUMNS[known].0);
                }
                Some(_) => {}
                None => layout.ignored.push(cell.trim().to_owned()),
            }
        }
        layout
    }

    fn known(&self) -> usize {
        self.at.iter().flatten().count()
    }

    fn cell<'r>(&self, record: &'r StringRecord, column: usize) -> Option<&'r str> {
        let cell = record.get(self.at[column]?)?.trim();
        (!cell.is_empty()).then_some(cell)
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Reads a file of people.
pub fn read_people(bytes: &[u8]) -> Result<PeopleFile, PeopleFileError> {
    let text = text_of(bytes)?;
    let layouts = [b',', b';', b'\t'].map(|delimiter| Layout::of(&text, delimiter));
    let [first, rest @ ..] = layouts;
    let better = |best: Layout, other: Layout| {
        if other.known() > best.known() { other } else { best }
    };
    let layout = rest.into_iter().fold(first, better);
    let has = |column: usize| layout.at[column].is_some();
    let named = has(NAME) || (has(FIRST) && has(LAST));
    if !named {
        return Err(PeopleFileError::NoName);
    }
    if let Some(doubled) = layout.doubled {
        return Err(PeopleFileError::Doubled(doubled));
    }
    let mut file = PeopleFile { ignored: layout.ignored.clone(), ..PeopleFile::default() };
    let mut reader = reader(&text, layout.delimiter);
    let mut record = StringRecord::new();
    let mut row = 0;
    while reader.read_record(&mut record).is_ok_and(|more| more) {
        row += 1;
        if row == 1 {
            continue;
        }
        if row as usize > PEOPLE_MAX + 1 {
            return Err(PeopleFileError::TooManyRows);
        }
        match read_row(row, &layout, &record) {
            Ok(person) => file.rows.push(person),
            Err(reason) => file.faults.push(PersonFault { row, reason }),
        }
    }
    Ok(file)
}

fn read_row(row: u32, layout: &Layout, record: &StringRecord) -> Result<PersonRow, String> {
    let cell = |column| layout.cell(record, column);
    let names = [NAME, FIRST, LAST].into_iter().filter_map(cell).collect::<Vec<_>>();
    if names.is_empty() {
        return Err("name is missing".to_owned());
    }
    let roles = cell(ROLES).unwrap_or("member").to_lowercase();
    let roles = roles.split(['+', ' ', '|']).filter(|role| !role.is_empty());
    let roles = roles.map(str::parse::<Role>).collect::<Result<Vec<_>, _>>();
    let roles = roles.map_err(|error| format!("roles: {error}"))?;
    let hired_on = cell(HIRED).map(|day| day.parse::<Date>()).transpose();
    Ok(PersonRow {
        row,
        name: names.join(" "),
        email: cell(EMAIL).map(str::to_owned),
        roles,
        time_zone: cell(ZONE).map(str::to_owned),
        manager_email: cell(MANAGER).map(str::to_owned),
        hired_on: hired_on.map_err(|_| "hired_on: a day is YYYY-MM-DD".to_owned())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn columns_are_found_by_name_in_any_order_case_and_delimiter() {
        let text = "\u{feff}Hire Date;E-Mail;Shoe size;Surname;First name;ROLES;manager;Time Zone\n\
            2026-02-01; ayo@example.com ;43;Muster;Ayo;manager + billing;b@example.com;Etc/UTC\n\
            ;;;Lone;Eve;;;\n";
        let file = read_people(text.as_bytes()).unwrap();
        let ayo = PersonRow {
            row: 2,
            name: "Ayo Muster".into(),
            email: Some("ayo@example.com".into()),
            roles: vec![Role::Manager, Role::Billing],
            time_zone: Some("Etc/UTC".into()),
            manager_email: Some("b@example.com".into()),
            hired_on: Some(date(2026, 2, 1)),
        };
        assert_eq!(file.rows[0], ayo);
        assert_eq!((&*file.rows[1].name, &file.rows[1].email), ("Eve Lone", &None));
        assert_eq!(file.rows[1].roles, [Role::Member]);
        assert_eq!((file.ignored, file.faults), (vec!["Shoe size".to_owned()], vec![]));
    }

    #[test]
    fn a_bad_row_is_named_by_its_number_and_the_rest_is_kept() {
        let text =
            "name,email,roles,hired_on\n,a@example.com,,\nAyo,,boss,\nEve,,,1.2.2026\nZoe,,,\n";
        let file = read_people(text.as_bytes()).unwrap();
        assert_eq!(file.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [5]);
        let rows = file.faults.iter().map(|fault| fault.row).collect::<Vec<_>>();
        assert_eq!(rows, [2, 3, 4]);
        assert!(file.faults[1].reason.starts_with("roles: a role is one of owner"));
    }

    #[test]
    fn a_file_that_says_nobodys_name_or_one_thing_twice_is_refused() {
        assert_eq!(read_people(b"email\na@example.com\n"), Err(PeopleFileError::NoName));
        assert_eq!(read_people(b"first_name\nAyo\n"), Err(PeopleFileError::NoName));
        let doubled = read_people(b"name,email,mail\n");
        assert_eq!(doubled, Err(PeopleFileError::Doubled("email")));
        assert!(matches!(read_people(b""), Err(PeopleFileError::Text(ExportRefusal::Empty))));
        let long = format!("name\n{}", "Ayo\n".repeat(PEOPLE_MAX));
        assert_eq!(read_people(long.as_bytes()).unwrap().rows.len(), PEOPLE_MAX);
        let longer = read_people(format!("{long}Eve\n").as_bytes());
        assert_eq!(longer, Err(PeopleFileError::TooManyRows));
    }
}
