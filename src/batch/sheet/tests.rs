//! What comes back in a sheet's place, and what its cells mean.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use std::sync::Arc;

use bytes::Bytes;
use rust_xlsxwriter::Workbook;
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::field::{FieldKind, fields_of};
use super::package::read;
use super::value::{Cell, meant, says_the_same, shown};
use super::workbook::{Form, OutRow, write};
use crate::kernel::ErrorCode;

/// A workbook with one worksheet of texts.
fn workbook(rows: &[&[&str]]) -> Bytes {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (line, row) in (0..).zip(rows) {
        for (at, text) in (0..).zip(*row) {
            sheet.write_string(line, at, *text).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap().into()
}

/// A package with a worksheet and shared strings as they are given.
fn package(worksheet: &str, strings: &str) -> Bytes {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let parts = [
        (
            "[Content_Types].xml",
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>".into(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
                <Relationship Id='a' Type='{relations}/officeDocument' Target='xl/workbook.xml'/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns='{main}' xmlns:r='{relations}'><sheets><sheet name='s' sheetId='1' r:id='a'/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
                <Relationship Id='a' Type='{relations}/worksheet' Target='worksheets/sheet1.xml'/>\
                <Relationship Id='b' Type='{relations}/sharedStrings' Target='sharedStrings.xml'/></Relationships>"
            ),
        ),
        ("xl/sharedStrings.xml", format!("<sst xmlns='{main}'>{strings}</sst>")),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns='{main}'><sheetData>{worksheet}</sheetData></worksheet>"),
        ),
    ];
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner().into()
}

fn text(at: &str, text: &str) -> String {
    format!("<c r='{at}' t='inlineStr'><is><t>{text}</t></is></c>")
}

/// The names of the columns that each sheet must have.
fn names() -> String {
    format!("<row r='1'>{}{}{}</row>", text("A1", "task"), text("B1", "decision"), text("C1", "comment"))
}

async fn refused(package: Bytes) -> String {
    let fault = read(package).await.expect_err("this must be refused");
    assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &json!("fileId")));
    fault.message().to_owned()
}

#[tokio::test]
async fn rows_are_read_with_their_numbers() {
    let rows = read(workbook(&[&["task", "decision"], &["a", "APPROVE"], &[], &["b"]])).await.unwrap().rows;
    let told: Vec<_> = rows.iter().map(|row| (row.row, row.task_text(), row.is_decided())).collect();
    assert_eq!(told, [(2, "a".into(), true), (4, "b".into(), false)]);
    let by_hand = format!("{}<row r='7'>{}<c r='B7' t='s'><v>0</v></c></row>", names(), text("A7", "x"));
    let rows = read(package(&by_hand, "<si><t>REJECT</t></si>")).await.unwrap().rows;
    assert_eq!((rows.len(), rows[0].row, rows[0].is_decided()), (1, 7, true));
}

#[tokio::test]
async fn what_is_no_sheet_of_ours_is_told_why() {
    assert!(refused(Bytes::from_static(b"PK\x03\x04 and no more")).await.contains("save it as .xlsx"));
    assert!(refused(workbook(&[&["name"], &["x"]])).await.contains("a column `task`"));
    assert!(
        read(workbook(&[&["task", "decision"]])).await.unwrap().rows.is_empty(),
        "it has nothing but its headings"
    );
    let told = refused(workbook(&[&["task", "decision", "desicion"], &["a", "APPROVE", "x"]])).await;
    assert_eq!(
        told,
        "Sheet1!C: the column `desicion` is not known; take it out, or name it as the exported sheet does"
    );
    let told = refused(workbook(&[&["task", "decision", "task"], &["a"]])).await;
    assert_eq!(told, "Sheet1!C: there is a column `task` already");
    let told = refused(workbook(&[&["task", "decision"], &["a", "APPROVE", "a note"]])).await;
    assert_eq!(told, "Sheet1!C2: this column has no name in the first row");
}

#[tokio::test]
async fn what_unpacks_to_too_much_is_refused_before_it_is_read() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..130 {
        zip.write_all(&zeros).unwrap();
    }
    let mut bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20, "it is small as it is sent");
    assert_eq!(refused(bomb.clone().into()).await, "a sheet unpacks to at most 128 MiB");
    // The same where it says of itself that it is small.
    let size = u32::try_from(130 << 20).unwrap().to_le_bytes();
    let places: Vec<_> =
        bomb.windows(4).enumerate().filter(|(_, bytes)| *bytes == size).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bomb[at..at + 4].copy_from_slice(&9_u32.to_le_bytes());
    }
    refused(bomb.into()).await;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..1_001 {
        zip.start_file(format!("xl/{part}"), SimpleFileOptions::default()).unwrap();
    }
    assert_eq!(
        refused(zip.finish().unwrap().into_inner().into()).await,
        "a sheet's package has at most 1000 parts"
    );
}

#[tokio::test]
async fn bounds_hold_while_it_is_read() {
    let rows = |count: u32| {
        let rows =
            (2..count + 2).map(|row| format!("<row r='{row}'>{}</row>", text(&format!("A{row}"), "x")));
        format!("{}{}", names(), rows.collect::<String>())
    };
    assert_eq!(read(package(&rows(10_000), "")).await.unwrap().rows.len(), 10_000);
    assert_eq!(refused(package(&rows(10_001), "")).await, "a sheet has at most 10000 rows");
    // One cell in the last corner: no table of all that lies before it is ever made.
    let far = format!("{}<row r='1048576'>{}</row>", names(), text("XFD1048576", "x"));
    assert_eq!(refused(package(&far, "")).await, "s!XFD1048576: this column has no name in the first row");
    let wide: String =
        (0..302).map(|at| format!("<c t='inlineStr'><is><t>formData.{at}</t></is></c>")).collect();
    let wide =
        format!("{}{wide}</row><row r='2'>{}</row>", names().trim_end_matches("</row>"), text("A2", "x"));
    assert_eq!(refused(package(&wide, "")).await, "s: a worksheet has at most 300 columns");
    // One long text that many cells share.
    let long = format!("<si><t>{}</t></si>", "x".repeat(30_000));
    let shared = (2..1_500).map(|row| format!("<row r='{row}'><c r='A{row}' t='s'><v>0</v></c></row>"));
    let shared = format!("{}{}", names(), shared.collect::<String>());
    assert_eq!(refused(package(&shared, &long)).await, "a sheet holds at most 32 MiB of text");
    let longer = format!("<si><t>{}</t></si>", "x".repeat(33_000));
    assert_eq!(refused(package(&shared, &longer)).await, "s!A2: a cell holds at most 32000 characters");
    // What stands there again and again is expanded by nobody.
    let entities = "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'>]>";
    let expanded = package(&format!("{entities}{}<row r='2'>{}</row>", names(), text("A2", "&c;")), "");
    if let Ok(rows) = read(expanded).await {
        assert!(rows.rows.iter().all(|row| !row.task_text().contains("bb")), "{rows:?}");
    }
}

#[test]
fn columns_follow_the_form() {
    let schema = json!({
        "type": "object",
        "$defs": { "kind": { "title": "Kind", "oneOf": [{ "const": 1, "title": "one" }, { "const": 2, "title": "two" }] } },
        "properties": {
            "a": { "type": ["string", "null"], "title": "A" },
            "b": { "$ref": "#/$defs/kind" },
            "c": { "enum": ["x", null, 3] },
            "d": { "type": "string", "readOnly": true },
            "e": { "type": "string", "format": "date" },
            "f": { "type": "array", "format": "handwritten-signature" },
            "g": { "type": "object" },
            "h": { "enum": ["same", "same"] },
        },
        "required": ["a"],
    });
    let fields = fields_of(&schema);
    let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "e", "g", "h"], "what may be written, but for signatures");
    assert_eq!((fields[0].kind.clone(), fields[0].is_required), (FieldKind::Text, true));
    let labels = |kind: &FieldKind| match kind {
        FieldKind::Choice(choices) => choices.iter().map(|choice| choice.label.clone()).collect(),
        other => vec![format!("{other:?}")],
    };
    assert_eq!(
        (fields[1].title.as_deref(), labels(&fields[1].kind)),
        (Some("Kind"), vec!["one".into(), "two".into()])
    );
    assert_eq!(labels(&fields[2].kind), ["x", "3"]);
    assert_eq!((&fields[3].kind, &fields[4].kind), (&FieldKind::Date, &FieldKind::Json));
    assert_eq!(fields[5].kind, FieldKind::Json, "choices that nobody can tell apart are none");
    assert_eq!(meant(&fields[1].kind, &Cell::Text("two".into())), Ok(json!(2)));
    assert_eq!(meant(&fields[1].kind, &Cell::Number(2.0)), Ok(json!(2)));
    assert_eq!(shown(&fields[1].kind, &json!(1)), Some(Cell::Text("one".into())));
    assert!(meant(&fields[1].kind, &Cell::Text("three".into())).is_err());
}

#[test]
fn cells_mean_what_they_say() {
    let text = |words: &str| Cell::Text(words.to_owned());
    for (kind, cell, value) in [
        (FieldKind::Text, Cell::Number(123.0), json!("123")),
        (FieldKind::Text, text("=1+1"), json!("=1+1")),
        (FieldKind::Number, Cell::Number(2.0), json!(2)),
        (FieldKind::Number, text(" 2.5 "), json!(2.5)),
        (FieldKind::Integer, text("9007199254740993"), json!(9_007_199_254_740_993_i64)),
        (FieldKind::Boolean, text("true"), json!(true)),
        (FieldKind::Date, text("2026-02-28"), json!("2026-02-28")),
        (FieldKind::DateTime, text("2026-02-28T10:00:00+08:00"), json!("2026-02-28T02:00:00Z")),
        (FieldKind::Json, text("[1, 2]"), json!([1, 2])),
        (FieldKind::Json, text("words"), json!("words")),
        (FieldKind::Json, Cell::Bool(false), json!(false)),
    ] {
        assert_eq!(meant(&kind, &cell), Ok(value), "{kind:?} {cell:?}");
    }
    for (kind, cell) in [
        (FieldKind::Number, text("NaN")),
        (FieldKind::Number, text("1e999")),
        (FieldKind::Integer, Cell::Number(1.5)),
        (FieldKind::Boolean, text("yes")),
        (FieldKind::Date, text("30.2.2026")),
        (FieldKind::Json, text("[1, ")),
        (FieldKind::Text, Cell::Error),
        (FieldKind::Text, Cell::Formula),
    ] {
        assert!(meant(&kind, &cell).is_err(), "{kind:?} {cell:?}");
    }
}

proptest::proptest! {
    /// What a sheet shows and nobody touches is no change, whatever spreadsheets make of it.
    #[test]
    fn what_is_shown_and_left_alone_says_the_same(
        words in "\\PC{0,20}|[a-z\r\n\t\u{1}]{0,20}", number in proptest::num::f64::NORMAL, whole: i64,
    ) {
        let cases = [
            (FieldKind::Text, json!(words)),
            (FieldKind::Number, json!(number)),
            (FieldKind::Integer, json!(whole)),
            (FieldKind::Json, json!([words, whole])),
        ];
        for (kind, value) in cases {
            let Some(cell) = shown(&kind, &value) else { continue };
            // LibreOffice keeps 15 digits.
            let kept = match cell {
                Cell::Number(number) => Cell::Number(format!("{number:.14e}").parse().unwrap()),
                other => other,
            };
            proptest::prop_assert!(says_the_same(&kind, &kept, &value), "{kind:?} {value} {kept:?}");
        }
    }
}

#[tokio::test]
async fn what_would_take_more_room_than_it_has_bytes_is_refused() {
    let row = format!("{}<row r='2'>{}</row>", names(), text("A2", "x"));
    let sheet = |strings: &str| package(&row, strings);
    assert_eq!(read(sheet("<si><t>x</t></si>")).await.unwrap().rows.len(), 1);
    // Room would be made for as many as it says.
    for count in ["10000000000000000", "-1", "x"] {
        let strings = format!("<sst uniqueCount='{count}'><si><t>x</t></si></sst>");
        refused(sheet(&strings)).await;
    }
    refused(sheet(&"<si/>".repeat(1_000_001))).await;
    // A shared formula is looked at and not expanded, whatever its number.
    let formula = "<c r='C2'><f t='shared' si='1000000000000000' ref='C2:C9'>A1</f><v>1</v></c>";
    let derived = "<c r='C3'><f t='shared' si='1000000000000000'/><v>1</v></c>";
    let rows = format!("{}<row r='2'>{formula}</row><row r='3'>{derived}</row>", names());
    let rows = read(package(&rows, "")).await.unwrap().rows;
    assert_eq!(
        (rows.len(), rows[0].cells[0].1.clone(), rows[1].cells[0].1.clone()),
        (2, Cell::Formula, Cell::Formula)
    );
    // The same cell, again and again.
    let again = format!("{}<row r='2'>{}</row>", names(), "<c r='A2'><v>1</v></c>".repeat(3));
    assert_eq!(refused(package(&again, "")).await, "s!A2: the cells are not in their order");
    let blank = format!("{}<row r='2'>{}</row>", names(), "<c/>".repeat(10_000_001));
    assert!(refused(package(&blank, "")).await.contains("too many blank cells"));
    // What makes its reader panic.
    for nonsense in
        ["<c r='ZZZZZZZZ2'><v>1</v></c>", "<c r='A2' t='e'><v>1</v></c><c r='99999999999A'><v>1</v></c>"]
    {
        if let Err(fault) = read(package(&format!("{}<row r='2'>{nonsense}</row>", names()), "")).await {
            assert_eq!(fault.code(), ErrorCode::BadInput, "{fault}");
        }
    }
}

#[tokio::test]
async fn a_tab_of_ones_own_is_left_alone() {
    let mut workbook = Workbook::new();
    let own = workbook.add_worksheet();
    for (at, text) in ["sum", "sum", "of all"].iter().enumerate() {
        own.write_string(0, u16::try_from(at).unwrap(), *text).unwrap();
        own.write_string(1, u16::try_from(at + 2).unwrap(), "x".repeat(32_500)).unwrap();
    }
    let ours = workbook.add_worksheet();
    ours.write_string(0, 0, "task").unwrap().write_string(0, 1, "decision").unwrap();
    ours.write_string(1, 0, "a").unwrap();
    let rows = read(workbook.save_to_buffer().unwrap().into()).await.unwrap().rows;
    assert_eq!((rows.len(), &*rows[0].sheet), (1, "Sheet2"));
}

#[test]
fn a_choice_is_the_one_that_is_called_so() {
    let schema = json!({ "type": "object", "properties": { "a": { "oneOf": [
        { "const": "1", "title": "2" }, { "const": "2", "title": "1" }, { "const": " x ", "title": " y " }] } } });
    let kind = fields_of(&schema).remove(0).kind;
    for value in ["1", "2", " x "] {
        let cell = shown(&kind, &json!(value)).unwrap();
        assert_eq!(meant(&kind, &cell), Ok(json!(value)), "{cell:?}");
    }
    // One that is none any more is left alone, and may not be chosen.
    let cell = shown(&kind, &json!("gone")).unwrap();
    assert!(says_the_same(&kind, &cell, &json!("gone")));
    assert!(meant(&kind, &cell).is_err());
}

#[test]
fn a_small_change_is_a_change() {
    let text = |words: &str| Cell::Text(words.to_owned());
    let integer = FieldKind::Integer;
    assert!(!says_the_same(&integer, &text("1234567890123456780"), &json!(1_234_567_890_123_456_789_i64)));
    assert!(!says_the_same(&integer, &Cell::Number(100_000_000_000_001.0), &json!(100_000_000_000_000_i64)));
    assert!(says_the_same(&integer, &text("12"), &json!(12)), "typed as a text");
    // Times finer than cells keep them, and before the calendar of spreadsheets, stay as they are.
    for time in ["2026-11-30T00:15:30.123456789Z", "1899-12-31T10:00:00+08:00"] {
        let cell = shown(&FieldKind::DateTime, &json!(time)).unwrap();
        assert!(says_the_same(&FieldKind::DateTime, &cell, &json!(time)), "{cell:?}");
    }
    // What is too long for a cell is cut there, and stays as it is.
    let long = json!(["x".repeat(40_000)]);
    let cell = shown(&FieldKind::Json, &long).unwrap();
    assert!(says_the_same(&FieldKind::Json, &cell, &long));
}

#[test]
fn texts_are_measured_as_spreadsheets_measure_them() {
    let wide = "\u{1f600}".repeat(20_000);
    let Some(Cell::Text(kept)) = shown(&FieldKind::Text, &json!(wide)) else { panic!("a text") };
    assert_eq!(kept.encode_utf16().count(), 32_000);
    let fields = fields_of(&json!({ "type": "object", "properties": { "a": { "enum": [wide] } } }));
    let form = Arc::new(Form::new("p", &"\u{1f600}".repeat(24), fields));
    let (rows, taken) = tokio::sync::mpsc::channel(1);
    let cells = HashMap::from([("formData.a".to_owned(), Cell::Text(wide))]);
    rows.try_send(OutRow { form, cells }).unwrap();
    drop(rows);
    write(taken, true).unwrap();
}
