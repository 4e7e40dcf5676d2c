//! `manifest.csv`: what became of every item, and which file of the archive is its.

use crate::engine::ItemStatus;
use crate::storage::entity::item;

/// The name of the manifest in the archive.
pub(super) const NAME: &str = "manifest.csv";
/// The manifest's first line.
pub(super) const HEADER: &str = "index,input,status,file,error\r\n";
/// No line is longer, in bytes: an address of at most 2,048 bytes and a message of at most 500
/// characters, each of which may take two bytes when escaped and four as a character.
pub(super) const MAX_LINE: u64 = 2 * 2_048 + 2 * 4 * 600 + 200;

/// What became of an item as far as the archive goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    /// It had nothing to pack when the archive was begun.
    Nothing,
    /// To be packed.
    Planned,
    /// It is in the archive.
    InArchive,
    /// Its file could not be read.
    Unreadable,
}

/// One line: the item's `input`, and its `file`'s name if it were in the archive.
pub(super) fn line(item: &item::Model, input: &str, file: Option<&str>, packed: Packed) -> String {
    let error = match packed {
        Packed::Unreadable => "FILE_UNREADABLE: the file cannot be read from the storage".to_owned(),
        Packed::Nothing if item.status == ItemStatus::Success.as_str() => {
            "NOT_PACKED: it ended after this archive was begun".to_owned()
        }
        _ => match (&item.error_code, &item.error_message) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.clone(),
            _ => String::new(),
        },
    };
    let file = file.filter(|_| packed == Packed::InArchive).unwrap_or_default();
    let cells = [item.idx.to_string().as_str(), input, &item.status, file, &error].map(cell);
    format!("{}\r\n", cells.join(","))
}

/// A cell: quoted where it has to be (RFC 4180), and never taken for a formula by a spreadsheet.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let guard = if formula { "'" } else { "" };
    if formula || text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(status: ItemStatus, error: Option<&str>) -> item::Model {
        item::Model {
            run_id: uuid::Uuid::nil(),
            idx: 7,
            status: status.as_str().to_owned(),
            generation: 1,
            attempt: 1,
            spent: 1,
            revision: 1,
            input: "{}".to_owned(),
            result: None,
            error_code: error.map(|_| "FETCH_FAILED".to_owned()),
            error_message: error.map(str::to_owned),
            started_at: None,
            finished_at: None,
        }
    }

    /// Reads a line the way RFC 4180 has it.
    fn cells(line: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut characters = line.strip_suffix("\r\n").expect("a line ends").chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' if quoted && characters.peek() == Some(&'"') => {
                    characters.next();
                    cells.last_mut().unwrap().push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                other => cells.last_mut().unwrap().push(other),
            }
        }
        assert!(!quoted);
        cells
    }

    #[test]
    fn each_outcome_has_its_line() {
        let url = "https://example.org/a.jpg?x=1,2";
        let line_of =
            |status, error, packed| cells(&line(&item(status, error), url, Some("result_008.jpg"), packed));
        assert_eq!(
            line_of(ItemStatus::Success, None, Packed::InArchive),
            ["7", url, "SUCCESS", "result_008.jpg", ""]
        );
        assert_eq!(
            line_of(ItemStatus::Failed, Some("it said \"no\""), Packed::Nothing),
            ["7", url, "FAILED", "", "FETCH_FAILED: it said \"no\""]
        );
        let unreadable = line_of(ItemStatus::Success, None, Packed::Unreadable);
        assert_eq!(unreadable[3], "");
        assert!(unreadable[4].starts_with("FILE_UNREADABLE"));
        assert!(line_of(ItemStatus::Success, None, Packed::Nothing)[4].starts_with("NOT_PACKED"));
        assert_eq!(line_of(ItemStatus::Pending, None, Packed::Nothing)[2..], ["PENDING", "", ""]);
    }

    #[test]
    fn nothing_is_taken_for_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let line = line(&item(ItemStatus::Pending, None), formula, None, Packed::Nothing);
            assert_eq!(cells(&line)[1], format!("'{formula}"));
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_out_as_it_went_in(input in "\\PC{0,40}|[=\",\r\n a]{0,9}", error in "[\\PC\"\n,]{0,40}") {
            let line = line(&item(ItemStatus::Failed, Some(&error)), &input, None, Packed::Nothing);
            let cells = cells(&line);
            prop_assert_eq!(cells.len(), 5);
            let plain = cells[1].strip_prefix('\'').filter(|_| cells[1] != input).unwrap_or(&cells[1]);
            prop_assert_eq!(plain, input);
            prop_assert_eq!(&cells[4], &format!("FETCH_FAILED: {error}"));
        }

        #[test]
        fn no_line_is_longer_than_promised(input in "[\"a]{2048}", error in "[\"\u{10ffff}]{500}") {
            let line = line(&item(ItemStatus::Failed, Some(&error)), &input, None, Packed::Nothing);
            prop_assert!(line.len() as u64 <= MAX_LINE);
        }
    }
}
