use super::*;
use proptest::prelude::*;

const COLUMNS: [Column; 3] = [
    Column { name: "id", aliases: &["id"] },
    Column { name: "parent_id", aliases: &["parentid", "parent"] },
    Column { name: "tags", aliases: &["tags"] },
];

fn parse(bytes: &[u8]) -> (Table, Faults) {
    let mut faults = Faults::default();
    (read(FileKind::Departments, bytes, &COLUMNS, &mut faults), faults)
}

fn text(text: &str) -> Option<Cell> {
    Some(Cell::Text(text.to_owned()))
}

/// The one fault: its line, column and message.
fn only_fault(bytes: &[u8]) -> (u64, Option<&'static str>, String) {
    let (_, faults) = parse(bytes);
    let [fault] = faults.told() else { panic!("{faults:?}") };
    (fault.line, fault.column, fault.message.clone())
}

#[test]
fn csv_is_read_with_quotes_line_by_line() {
    let (table, faults) =
        parse(b"\xef\xbb\xbfID, Parent-Id ,photo\r\na,,x\n\"b, \"\"c\"\"\nd\",a,y\n\n e ,b,z");
    assert!(faults.into_result().is_ok());
    assert_eq!(table.ignored, BTreeSet::from(["photo".to_owned()]));
    let expected = [
        Record { line: 2, cells: vec![text("a"), text(""), None] },
        Record { line: 3, cells: vec![text("b, \"c\"\nd"), text("a"), None] },
        Record { line: 6, cells: vec![text("e"), text("b"), None] },
    ];
    assert_eq!(table.records, expected);
}

#[test]
fn json_is_read_object_by_object() {
    let (table, faults) = parse(
        "  [ {\"id\": \"a\", \"parentId\": null},\n\n {\"id\": 7, \"tags\": [\"x;y\", 2], \"photo\": {\"deep\": []}}\n, {} ]\n"
            .as_bytes(),
    );
    assert!(faults.into_result().is_ok());
    assert_eq!(table.ignored, BTreeSet::from(["photo".to_owned()]));
    let list = Some(Cell::List(vec!["x;y".to_owned(), "2".to_owned()]));
    let expected = [
        Record { line: 1, cells: vec![text("a"), text(""), None] },
        Record { line: 3, cells: vec![text("7"), None, list] },
        Record { line: 4, cells: vec![None, None, None] },
    ];
    assert_eq!(table.records, expected);
    assert!(parse(b"[]").1.into_result().is_ok());
}

#[test]
fn what_is_wrong_is_told_with_line_and_column() {
    for (bytes, line, column, message) in [
        (b"" as &[u8], 1, None, "empty"),
        (b" \n ", 1, None, "empty"),
        (b"name\na", 1, Some("id"), "must have"),
        (b"id,parent,parent_id\na,b,c", 1, Some("parent_id"), "two columns"),
        (b"id,parent\na,b\nc\nd,e", 3, None, "1 columns"),
        (b"id,parent\na,b\n\xff,d", 3, Some("id"), "UTF-8"),
        (b"id\xff,id\na,b", 1, None, "UTF-8"),
        (b"[{\"id\": \"a\"},\n{\"id\" 1}]", 2, None, "no JSON object"),
        (b"[{\"id\": \"a\"}\n{\"id\": \"b\"}]", 2, None, "no JSON array"),
        (b"[{\"id\": \"a\"},", 1, None, "does not end"),
        (b"[{\"id\": \"a\"}", 1, None, "no JSON array"),
        (b"[1]", 1, None, "no JSON object"),
        (b"[{\"id\": \"a\"}]\nx", 1, None, "follows"),
        (b"[{\"id\": {\"x\": 1}}]", 1, Some("id"), "a value is"),
        (b"[{\"tags\": [[\"x\"]]}]", 1, Some("tags"), "a value is"),
        (b"[{\"parent\": \"x\", \"parent_id\": \"y\"}]", 1, Some("parent_id"), "two members"),
    ] {
        let found = only_fault(bytes);
        assert_eq!((found.0, found.1), (line, column), "{}: {found:?}", String::from_utf8_lossy(bytes));
        assert!(found.2.contains(message), "{found:?}");
    }
}

#[test]
fn files_are_bounded() {
    let (table, faults) = parse(&vec![b'a'; MAX_BYTES + 1]);
    assert!(table.records.is_empty() && faults.into_result().is_err());
    let rows = format!("id\n{}", "a\n".repeat(MAX_ROWS + 10));
    let (table, faults) = parse(rows.as_bytes());
    assert_eq!((table.records.len(), faults.told().len()), (MAX_ROWS, 1));
    let rows = format!("[{}{{}}]", "{},".repeat(MAX_ROWS));
    let (table, faults) = parse(rows.as_bytes());
    assert_eq!((table.records.len(), faults.told().len()), (MAX_ROWS, 1));
    assert_eq!(only_fault(format!("id{}\n", ",x".repeat(100)).as_bytes()).0, 1);
    let members: Vec<_> = (0..101).map(|n| format!("\"{n}\": 1")).collect();
    assert!(only_fault(format!("[{{{}}}]", members.join(",")).as_bytes()).2.contains("members"));
    let deep = format!("[{{\"id\": {}}}]", "[".repeat(100_000));
    assert!(only_fault(deep.as_bytes()).2.contains("no JSON"));
    let (table, _) =
        parse(format!("id,{}\n", (0..50).map(|n| format!("{n},")).collect::<String>()).as_bytes());
    assert_eq!(table.ignored.len(), MAX_IGNORED);
}

#[test]
fn no_more_faults_are_told_than_the_most() {
    let rows = format!("id,parent\n{}", "a\n".repeat(1_000));
    let fault = parse(rows.as_bytes()).1.into_result().unwrap_err();
    assert_eq!(fault.details()["faultCount"], 1_000);
    assert_eq!(fault.details()["faults"].as_array().map(Vec::len), Some(super::super::MAX_FAULTS));
    assert_eq!(fault.details()["faults"][1]["line"], 3);
    assert!(fault.message().contains("line 2") && fault.message().contains("999 more"), "{fault}");
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
        let _ = parse(&[b"id,parent\n".as_slice(), &bytes].concat());
        let _ = parse(&[b"[{\"id\":".as_slice(), &bytes].concat());
    }

    /// What looks like either kind of file.
    #[test]
    fn no_near_miss_panics(text in "[\\[{]?([\\[\\]{}\",:;\n\\\\ ]|id|tags|null|1|\u{e9}){0,40}") {
        let _ = parse(text.as_bytes());
    }

    /// The same rows mean the same in either kind of file.
    #[test]
    fn both_kinds_tell_the_same(rows in proptest::collection::vec(("[a-z\", ;é]{1,9}", "[a-z\",\n]{0,9}"), 1..20)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "parent_id"]).unwrap();
        for (id, parent) in &rows {
            writer.write_record([id, parent]).unwrap();
        }
        let objects: Vec<_> =
            rows.iter().map(|(id, parent)| serde_json::json!({"id": id, "parent_id": parent})).collect();
        let (from_csv, faults) = parse(&writer.into_inner().unwrap());
        prop_assert!(faults.into_result().is_ok());
        let (from_json, faults) = parse(&serde_json::to_vec(&objects).unwrap());
        prop_assert!(faults.into_result().is_ok());
        let cells = |table: Table| table.records.into_iter().map(|record| record.cells).collect::<Vec<_>>();
        prop_assert_eq!(cells(from_csv), cells(from_json));
    }
}
