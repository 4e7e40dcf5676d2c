//! `docs/elements.md`: what is executed, kept and refused, held against the code. Each of its rows is proved
//! by two documents that differ in it alone: what is executed changes what is read, what is kept does not,
//! and what is refused is told by its name.
//!
//! `DOCKET_WRITE_PAGES=1` writes the page anew.

mod attributes;
mod elements;
mod vendors;
mod words;

use std::fmt::Write;
use std::path::Path;

use super::*;
use crate::workflow::bpmn::vendor::tables::Verdict as Word;

/// What the page says of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Executed,
    Kept,
    Noted,
    Refused,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Kept => "kept",
            Self::Noted => "kept, with a note",
            Self::Refused => "refused",
        }
    }
}

impl From<Word> for Verdict {
    fn from(word: Word) -> Self {
        match word {
            Word::Kept => Self::Kept,
            Word::Noted => Self::Noted,
            Word::Refused => Self::Refused,
        }
    }
}

/// A row of the page, with the documents that prove it.
struct Row {
    /// Its first columns.
    cells: Vec<String>,
    verdict: Verdict,
    /// Its last column.
    says: String,
    /// The name by which a refusal or a note tells of it.
    name: String,
    without: String,
    with: String,
}

/// A heading, what it says, the heads of its first columns, and its rows.
struct Section {
    title: &'static str,
    text: &'static str,
    heads: &'static [&'static str],
    rows: Vec<Row>,
}

fn sections() -> Vec<Section> {
    vec![
        elements::section(),
        attributes::section(),
        vendors::section(),
        words::attributes(),
        words::elements(),
        words::zeebe(),
    ]
}

const INTRODUCTION: &str = "# What becomes of each element and attribute

For who brings models that were drawn for other engines. What is *executed* does what BPMN, or the vendor whose word it
is, says. What is *kept* stays in the document and changes nothing here: it draws, describes, or tells another product how
to do what is done here anyway. Of what is *kept, with a note*, a process may have relied on: it is deployed, and
`checkProcess` and `docket check` tell of it in `notes`. What is *refused* is one of the faults of the document, by its
name and place. [approvals.md](approvals.md) says what the executed ones do.

The vendors' words mean the same in the namespaces of Flowable, Camunda 7, Activiti and Docket. Those that no row names are
kept, but in Docket's own namespace, where they are refused. A test holds this page against the code, and each row against
documents with it and without it.
";

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for Section { title, text, heads, rows } in sections() {
        write!(page, "\n## {title}\n\n").expect("a text");
        if !text.is_empty() {
            write!(page, "{text}\n\n").expect("a text");
        }
        writeln!(page, "| {} | | |", heads.join(" | ")).expect("a text");
        writeln!(page, "|{}", "---|".repeat(heads.len() + 2)).expect("a text");
        for Row { cells, verdict, says, .. } in rows {
            writeln!(page, "| {} | {} | {says} |", cells.join(" | "), verdict.as_str()).expect("a text");
        }
    }
    page
}

#[test]
fn the_page_is_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/elements.md");
    if std::env::var_os("DOCKET_WRITE_PAGES").is_some() {
        std::fs::write(&path, page()).expect("a page");
    }
    assert_eq!(std::fs::read_to_string(path).expect("the page"), page());
}

#[test]
fn each_row_is_so() {
    let mut wrong = Vec::new();
    for row in sections().into_iter().flat_map(|section| section.rows) {
        if let Err(reason) = proved(&row) {
            let (cells, verdict) = (row.cells.join(" "), row.verdict);
            wrong.push(format!("{cells}, {verdict:?}: {reason}\n{}", row.with));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n\n"));
}

fn proved(row: &Row) -> Result<(), String> {
    let Row { verdict, name, without, with, .. } = row;
    let (plain, plain_notes) = read_noting(without.as_bytes());
    let plain = plain.map_err(|faults| format!("without it: {}\n{without}", told(&faults)))?;
    let (found, notes) = read_noting(with.as_bytes());
    let names_it = |faults: &[ModelFault]| faults.iter().any(|fault| fault.message.contains(name));
    if *verdict == Verdict::Refused {
        let faults = found.err().ok_or("it is deployed")?;
        return if names_it(&faults) { Ok(()) } else { Err(told(&faults)) };
    }
    let found = found.map_err(|faults| told(&faults))?;
    let is_same = format!("{plain:?}") == format!("{found:?}");
    match verdict {
        Verdict::Executed if is_same => Err("it changes nothing".to_owned()),
        Verdict::Kept | Verdict::Noted if !is_same => Err("it changes what is read".to_owned()),
        Verdict::Noted if !names_it(&notes) => Err(format!("no note: {}", told(&notes))),
        Verdict::Kept if notes.len() > plain_notes.len() => Err(format!("a note: {}", told(&notes))),
        _ => Ok(()),
    }
}

/// A document with what stands in these places, each of which is on lines of its own or ends one: what is
/// behind them stays where it is.
fn document(node: &str, beside: &str, declared: &str) -> String {
    let begin = "<startEvent id=\"s\"/>\n<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"m\"/>\n\
                 <userTask id=\"m\"/>\n<sequenceFlow id=\"h\" sourceRef=\"m\" targetRef=\"n\"/>\n\
                 <sequenceFlow id=\"g\" sourceRef=\"n\" targetRef=\"e\"/>\n<endEvent id=\"e\"/>";
    let body = format!("<process id=\"p\">\n{begin}\n{node}\n{beside}\n</process>");
    format!("{OPENING}\n{body}\n{declared}\n</definitions>\n")
}
