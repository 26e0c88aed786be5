//! The formats, over tables with whatever people write into names and notes.

use std::io::Read as _;

use axum::body::to_bytes;
use axum::response::IntoResponse;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::answer::{Manner, ROWS_MAX, render, written};
use super::guard::tests::ATTACKS;
use super::table::{Cell, Column, Kind, Table};
use super::{Format, document};

/// A table with a column of each kind.
fn table(texts: &[&str]) -> Table {
    let kinds = [
        ("name", Kind::Text),
        ("day", Kind::Day),
        ("month", Kind::Month),
        ("rounded_seconds", Kind::Seconds),
        ("amount_kwd", Kind::Money("KWD".into())),
        ("amount_jpy", Kind::Money("JPY".into())),
        ("share_basis_points", Kind::BasisPoints),
        ("entries", Kind::Integer),
        ("billable", Kind::Boolean),
    ];
    let row = |text: &&str| {
        vec![
            Cell::text(text),
            Cell::Day(date(2026, 3, 9)),
            Cell::Day(date(2026, 3, 1)),
            Cell::Number(-5400),
            Cell::Number(-1_234_567),
            Cell::Number(99),
            Cell::Number(7250),
            Cell::Number(-3),
            Cell::Boolean(true),
        ]
    };
    let mut totals = vec![Cell::Empty; 9];
    totals[3] = Cell::Number(90_061);
    Table {
        title: "Time".into(),
        file_stem: "time".into(),
        columns: kinds.into_iter().map(|(name, kind)| Column::new(name, name, kind)).collect(),
        rows: texts.iter().map(row).collect(),
        totals,
    }
}

fn manner(format: Format) -> Manner {
    let days = (date(2026, 3, 1), date(2026, 3, 31));
    let now = "2026-04-01T08:00:00Z".parse().unwrap();
    Manner { format, bom: false, days, as_of: None, now }
}

fn bytes_of(table: Table, manner: &Manner) -> Vec<u8> {
    written(table, manner).unwrap().flatten().collect()
}

fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let row =
        |row: csv::Result<csv::StringRecord>| row.unwrap().iter().map(str::to_owned).collect();
    reader.records().map(row).collect()
}

/// A part of a workbook.
pub(crate) fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect(name).read_to_string(&mut text).expect("text");
    text
}

/// The texts of a workbook, in the order they were first written.
pub(crate) fn texts(workbook: &[u8]) -> Vec<String> {
    let shared = part(workbook, "xl/sharedStrings.xml");
    let plain = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text.replace("&amp;", "&").replace("_x000D_", "\r")
    };
    let inner = shared.split("<si>").skip(1).map(|item| {
        let start = item.find("<t").expect("a text");
        let start = start + item[start..].find('>').expect("its tag's end") + 1;
        plain(&item[start..item.find("</t>").expect("its end")])
    });
    inner.collect()
}

#[test]
fn csv_reads_back_and_marks_what_could_be_a_formula() {
    let rows = csv_rows(&bytes_of(table(ATTACKS), &manner(Format::Csv)));
    assert_eq!(rows.len(), ATTACKS.len() + 1);
    let head = ["name", "day", "month", "rounded_seconds", "rounded_hours", "amount_kwd"];
    assert_eq!(rows[0][..6], head);
    assert_eq!(rows[0][6..], ["amount_jpy", "share_percent", "entries", "billable"]);
    for (row, attack) in rows[1..].iter().zip(ATTACKS) {
        assert_eq!(row[0], format!("'{attack}"));
        // Numbers stay numbers, also below zero.
        assert_eq!(row[1..6], ["2026-03-09", "2026-03", "-5400", "-1.5000", "-1234.567"]);
        assert_eq!(row[6..], ["99", "72.50", "-3", "true"]);
    }
}

#[test]
fn no_separator_in_a_text_begins_another_cell_or_line_for_any_reader() {
    let text = "a;=1+1\t=2+2,=3+3\r\n=4+4";
    let bytes = bytes_of(table(&[text]), &manner(Format::Csv));
    for separator in [b',', b';', b'\t'] {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader =
            reader.has_headers(false).flexible(true).delimiter(separator).from_reader(&*bytes);
        let rows: Vec<_> = reader.records().map(|row| row.unwrap()).collect();
        assert_eq!(rows.len(), 2);
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '@']), "{cell:?}");
        }
    }
    assert_eq!(csv_rows(&bytes)[1][0], text);
}

#[test]
fn the_mark_of_utf_8_is_there_for_who_asks_for_it() {
    let asked = Manner { bom: true, ..manner(Format::Csv) };
    let bytes = bytes_of(table(&["Zoë"]), &asked);
    assert_eq!(&bytes[..3], [0xef, 0xbb, 0xbf]);
    assert_eq!(csv_rows(&bytes)[1][0], "Zoë");
    assert_eq!(bytes_of(table(&["Zoë"]), &manner(Format::Csv))[0], b'"');
}

#[test]
fn a_workbook_has_texts_as_strings_and_numbers_as_numbers_and_names_nobody() {
    let bytes = bytes_of(table(ATTACKS), &manner(Format::Xlsx));
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{sheet}");
    let texts = texts(&bytes);
    for attack in ATTACKS {
        let attack = attack.replace('\n', "\r\n").replace("\r\n", "\n");
        assert!(texts.contains(&attack), "{attack:?} of {texts:?}");
    }
    // Each of them is a string by its cell, and stays one when it's edited.
    assert_eq!(sheet.matches("t=\"s\"").count(), 10 + ATTACKS.len() + 1);
    assert!(part(&bytes, "xl/styles.xml").contains("quotePrefix=\"1\""));
    // Minus an hour and a half of a day, with its seconds; three, none and two decimals.
    let cell = |place: &str| {
        let start = sheet.find(&format!("<c r=\"{place}\"")).expect(place);
        let value = &sheet[start..][sheet[start..].find("<v>").expect("a value") + 3..];
        value[..value.find("</v>").expect("its end")].parse::<f64>().expect("a number")
    };
    assert_eq!((cell("D2"), cell("E2")), (-0.0625, -5400.0));
    assert_eq!((cell("F2"), cell("G2"), cell("H2")), (-1234.567, 99.0, 0.725));
    assert_eq!((cell("B2"), cell("C2")), (46_090.0, 46_082.0));
    let last = ATTACKS.len() + 2;
    assert_eq!(cell(&format!("E{last}")), 90_061.0);
    let styles = part(&bytes, "xl/styles.xml");
    for format in ["[h]:mm:ss", "yyyy-mm-dd", "yyyy-mm", "#,##0.000", "0.00%"] {
        assert!(styles.contains(&format!("\"{format}\"")) || format == "0.00%", "{styles}");
    }
    assert!(sheet.contains("state=\"frozen\""));
    let core = part(&bytes, "docProps/core.xml");
    assert!(core.contains("<dc:creator></dc:creator>"), "{core}");
    assert!(core.contains("<dc:title>Time</dc:title>"), "{core}");
    assert!(core.contains("2026-04-01T08:00:00Z"), "{core}");
}

#[test]
fn a_report_without_rows_is_sound_in_every_format() {
    let rows = csv_rows(&bytes_of(table(&[]), &manner(Format::Csv)));
    assert_eq!(rows.len(), 1);
    let bytes = bytes_of(table(&[]), &manner(Format::Xlsx));
    assert!(texts(&bytes).contains(&"Total".to_owned()));
    let json = bytes_of(table(&[]), &manner(Format::Json));
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!((&json["rows"], &json["truncated"]), (&json!([]), &json!(false)));
    assert_eq!(json["totals"]["rounded_seconds"], 90_061);
}

#[test]
fn a_document_is_typed_and_says_where_it_ends() {
    let one = bytes_of(table(&["=1+1"]), &manner(Format::Json));
    let one: Value = serde_json::from_slice(&one).unwrap();
    let row = json!({
        "name": "=1+1", "day": "2026-03-09", "month": "2026-03", "rounded_seconds": -5400,
        "amount_kwd": { "amount_minor": -1_234_567, "currency": "KWD" },
        "amount_jpy": { "amount_minor": 99, "currency": "JPY" },
        "share_basis_points": 7250, "entries": -3, "billable": true,
    });
    assert_eq!(one["rows"][0], row);
    let column = json!({
        "name": "amount_kwd", "heading": "amount_kwd", "type": "money", "currency": "KWD",
    });
    assert_eq!(one["columns"][4], column);
    let many = table(&vec!["a"; document::ROWS_MAX + 1]);
    let many: Value = serde_json::from_slice(&bytes_of(many, &manner(Format::Json))).unwrap();
    assert_eq!(many["rows"].as_array().map(Vec::len), Some(document::ROWS_MAX));
    assert_eq!((&many["truncated"], many["remedy"].is_string()), (&json!(true), true));
}

#[test]
fn more_rows_than_a_sheet_has_are_refused() {
    let mut long = table(&[]);
    long.rows = vec![Vec::new(); ROWS_MAX + 1];
    let Err(problem) = written(long, &manner(Format::Xlsx)) else { panic!("it was written") };
    let (status, code, _) = problem.parts();
    assert_eq!((status, code.as_str()), (422, "reports.too_many_rows"));
}

#[tokio::test]
async fn lines_that_travel_in_pieces_are_all_there_once() {
    let texts: Vec<String> = (0..5003).map(|n| format!("row {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let rendered = render(table(&texts), manner(Format::Csv)).await.unwrap().into_response();
    let name = "attachment; filename=\"time.csv\"; filename*=UTF-8''time.csv";
    assert_eq!(rendered.headers()["content-disposition"], name);
    let bytes = to_bytes(rendered.into_body(), usize::MAX).await.unwrap();
    let rows = csv_rows(&bytes);
    assert!(rows[1..].iter().map(|row| &row[0]).eq(texts.iter()));
}

proptest! {
    #[test]
    fn any_texts_read_back_from_csv(texts in prop::collection::vec("\\PC*|[\\x00-\\x7f]*", 1..5)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let rows = csv_rows(&bytes_of(table(&texts), &manner(Format::Csv)));
        prop_assert_eq!(rows.len(), texts.len() + 1);
        for (row, text) in rows[1..].iter().zip(texts) {
            let marked = super::guard::looks_like_formula(text);
            prop_assert_eq!(&row[0], &format!("{}{text}", if marked { "'" } else { "" }));
        }
    }
}
