//! Documents that people attach to what they decide, told by their first bytes.
//!
//! None of them is ever shown within a page: they are downloaded under the type that is told here.

use super::media::{self, MediaType};

const fn document(
    name: &'static str,
    content_type: &'static str,
    extension: &'static str,
    matches: fn(&[u8]) -> bool,
) -> MediaType {
    MediaType { name, content_type, extension, aliases: &[], max_bytes: u64::MAX, matches }
}

pub(super) const PDF: MediaType =
    document("PDF", "application/pdf", "pdf", |head| head.starts_with(b"%PDF-"));
pub(super) const DOCX: MediaType = document(
    "Word",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "docx",
    |head| is_office(head, b"word/"),
);
pub(super) const XLSX: MediaType =
    document("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", |head| {
        is_office(head, b"xl/")
    });
pub(super) const PPTX: MediaType = document(
    "PowerPoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pptx",
    |head| is_office(head, b"ppt/"),
);
pub(super) const ODT: MediaType =
    document("OpenDocument text", "application/vnd.oasis.opendocument.text", "odt", |head| {
        is_open_document(head, b"application/vnd.oasis.opendocument.text")
    });
pub(super) const ODS: MediaType =
    document("OpenDocument spreadsheet", "application/vnd.oasis.opendocument.spreadsheet", "ods", |head| {
        is_open_document(head, b"application/vnd.oasis.opendocument.spreadsheet")
    });
pub(super) const ODP: MediaType =
    document("OpenDocument presentation", "application/vnd.oasis.opendocument.presentation", "odp", |head| {
        is_open_document(head, b"application/vnd.oasis.opendocument.presentation")
    });
/// Its three kinds are told apart only far within the file, so its sender's ending stays.
pub(super) const OFFICE_97: MediaType = MediaType {
    name: "Office 97",
    content_type: "application/x-ole-storage",
    extension: "doc",
    aliases: &["xls", "ppt", "wps", "et", "dps"],
    max_bytes: u64::MAX,
    matches: |head| head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
};
pub(super) const RTF: MediaType =
    document("RTF", "application/rtf", "rtf", |head| head.starts_with(b"{\\rtf"));
/// Whatever its ending says: no text is taken for more than that.
pub(super) const TEXT: MediaType = MediaType {
    name: "text in UTF-8",
    content_type: "text/plain",
    extension: "txt",
    aliases: &["csv", "tsv", "md", "log", "json"],
    max_bytes: u64::MAX,
    matches: |head| media::text(head).is_some_and(|text| !text.is_empty()),
};

/// What each entry of a ZIP archive begins with, and how far behind that its name stands.
const ENTRY: &[u8] = b"PK\x03\x04";
const NAME_AT: usize = 30;

/// The names of the entries of a ZIP archive that begin within `head`, as far as they stand there.
fn entries(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let begins = head.windows(ENTRY.len()).enumerate().filter(|(_, bytes)| *bytes == ENTRY);
    begins.filter_map(|(at, _)| {
        let length = head.get(at + 26..at + 28)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        let name = head.get(at + NAME_AT..)?;
        Some(&name[..length.min(name.len())])
    })
}

/// Whether an archive is an Office document whose parts lie in `folder`.
fn is_office(head: &[u8], folder: &[u8]) -> bool {
    head.starts_with(ENTRY) && entries(head).any(|name| name.starts_with(folder))
}

/// Whether an archive says of itself first that it is of this type, as the format has it.
fn is_open_document(head: &[u8], content_type: &[u8]) -> bool {
    head.starts_with(ENTRY)
        && head.get(NAME_AT..).and_then(|rest| rest.strip_prefix(b"mimetype")).is_some_and(|rest| {
            rest.starts_with(content_type) && rest.get(content_type.len()).is_none_or(|next| *next == b'P')
        })
}

#[cfg(test)]
mod tests {
    use super::super::media::{PICTURES, UPLOADS, UPLOADS_AND_TABLES, sniff};

    /// The beginning of a ZIP archive with these entries, each with what it holds, uncompressed.
    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content) in entries {
            bytes.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0");
            bytes.extend([0; 4]);
            bytes.extend(u32::try_from(content.len()).unwrap().to_le_bytes().repeat(2));
            bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            bytes.extend([0; 2]);
            bytes.extend(name.as_bytes());
            bytes.extend(*content);
        }
        bytes
    }

    fn sniffed(head: &[u8]) -> Option<&'static str> {
        sniff(head, UPLOADS).map(|media| media.extension)
    }

    #[test]
    fn documents_are_told_by_what_they_begin_with() {
        let types: &[u8] = &[b'x'; 1_500];
        for (folder, extension) in
            [("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx")]
        {
            let usual = archive(&[("[Content_Types].xml", types), ("_rels/.rels", b"<x/>"), (folder, b"")]);
            assert_eq!(sniffed(&usual), Some(extension));
            assert_eq!(
                sniffed(&archive(&[(folder, b"<x/>")])),
                Some(extension),
                "some begin with their parts"
            );
        }
        for (kind, extension) in [("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp")] {
            let content_type = format!("application/vnd.oasis.opendocument.{kind}");
            let document = archive(&[("mimetype", content_type.as_bytes()), ("content.xml", b"<x/>")]);
            assert_eq!(sniffed(&document), Some(extension));
        }
        assert_eq!(sniffed(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"), Some("pdf"));
        assert_eq!(sniffed(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"), Some("doc"));
        assert_eq!(sniffed(b"{\\rtf1\\ansi"), Some("rtf"));
        assert_eq!(sniffed("Sehr geehrte Damen,\n請假".as_bytes()), Some("txt"));
    }

    #[test]
    fn what_a_page_could_run_is_a_text_and_nothing_more() {
        for head in [&b"<html><script>alert(1)</script>"[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>"] {
            let media = sniff(head, UPLOADS).unwrap();
            assert_eq!((media.content_type, media.extension), ("text/plain", "txt"));
        }
    }

    #[test]
    fn other_archives_and_programs_are_refused() {
        let jar = archive(&[("META-INF/MANIFEST.MF", b"x"), ("Main.class", b"x")]);
        let almost = archive(&[("mimetype", b"application/vnd.oasis.opendocument.text-template")]);
        for head in [
            &jar[..],
            &almost,
            b"PK\x03\x04",
            b"MZ\x90\0",
            b"\x7fELF\x02",
            b"\x1f\x8b\x08\0",
            b"%PDG\0",
            b"\xfe\xff\0d",
        ] {
            assert_eq!(sniffed(head), None, "{head:?}");
        }
        assert!(sniff(b"%PDF-1.7", PICTURES).is_none());
    }

    #[test]
    fn tables_are_told_from_texts_only_where_they_are_wanted() {
        let wanted = |head: &[u8]| sniff(head, UPLOADS_AND_TABLES).map(|media| media.content_type);
        assert_eq!(wanted(b"id,name\n1,Anna"), Some("text/csv"));
        assert_eq!(wanted(b"[1]"), Some("application/json"));
        assert_eq!(wanted(b"{\"a\": 1}"), Some("text/plain"));
        assert_eq!(sniff(b"id,name\n1,Anna", UPLOADS).map(|media| media.content_type), Some("text/plain"));
    }
}
