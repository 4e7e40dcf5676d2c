//! What a file is, told from its first bytes and never from what its sender says.

use super::document::{DOCX, ODP, ODS, ODT, OFFICE_97, PDF, PPTX, RTF, TEXT, XLSX};

/// How many of a file's first bytes are enough for [`sniff`].
pub(crate) const HEAD_BYTES: usize = 8 * 1024;
/// How many are where only pictures are accepted.
pub(crate) const PICTURE_HEAD_BYTES: usize = 32;

/// A type of file that Docket takes.
#[derive(Debug, Clone, Copy)]
pub struct MediaType {
    /// What people call it, such as `JPEG`.
    pub name: &'static str,
    /// The MIME type, such as `image/jpeg`.
    pub content_type: &'static str,
    /// The ending that we give it, without the dot.
    pub extension: &'static str,
    /// Other endings under which it is met.
    pub aliases: &'static [&'static str],
    /// The largest file of this type, in bytes, however much others may have.
    pub max_bytes: u64,
    /// Whether a file's first [`HEAD_BYTES`] or more (or all, of a shorter file) are of this type.
    pub matches: fn(&[u8]) -> bool,
}

/// The largest table, in bytes.
pub const MAX_TABLE_BYTES: u64 = 32 << 20;

const JPEG: MediaType = MediaType {
    name: "JPEG",
    content_type: "image/jpeg",
    extension: "jpg",
    aliases: &["jpeg", "jpe", "jfif"],
    max_bytes: u64::MAX,
    matches: |head| is_format(head, image::ImageFormat::Jpeg),
};
const PNG: MediaType = MediaType {
    name: "PNG",
    content_type: "image/png",
    extension: "png",
    aliases: &["apng"],
    max_bytes: u64::MAX,
    matches: |head| is_format(head, image::ImageFormat::Png),
};
const WEBP: MediaType = MediaType {
    name: "WebP",
    content_type: "image/webp",
    extension: "webp",
    aliases: &[],
    max_bytes: u64::MAX,
    matches: |head| is_format(head, image::ImageFormat::WebP),
};
const GIF: MediaType = MediaType {
    name: "GIF",
    content_type: "image/gif",
    extension: "gif",
    aliases: &[],
    max_bytes: u64::MAX,
    matches: |head| is_format(head, image::ImageFormat::Gif),
};
const JSON: MediaType = MediaType {
    name: "a JSON array",
    content_type: "application/json",
    extension: "json",
    aliases: &[],
    max_bytes: MAX_TABLE_BYTES,
    matches: |head| text(head).is_some_and(|text| text.starts_with('[')),
};
const CSV: MediaType = MediaType {
    name: "CSV in UTF-8",
    content_type: "text/csv",
    extension: "csv",
    aliases: &["txt", "tsv", "md", "log"],
    max_bytes: MAX_TABLE_BYTES,
    // What begins as an object of JSON or as markup is text too, and no table.
    matches: |head| text(head).is_some_and(|text| !text.is_empty() && !text.starts_with(['[', '{', '<'])),
};

/// The pictures that pipelines take.
pub const PICTURES: &[MediaType] = &[JPEG, PNG, WEBP, GIF];
/// The tables that the directory is filled from.
pub const TABLES: &[MediaType] = &[JSON, CSV];
/// What anybody uploads: pictures, and what is attached to decisions.
pub const UPLOADS: &[MediaType] =
    &[JPEG, PNG, WEBP, GIF, PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, OFFICE_97, RTF, TEXT];
/// The same with tables, which are told from other texts.
pub const UPLOADS_AND_TABLES: &[MediaType] =
    &[JPEG, PNG, WEBP, GIF, PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, OFFICE_97, RTF, JSON, CSV, TEXT];

/// Whether files of a type are pictures: what pipelines take, and all that a browser shows within a page.
pub fn is_picture(content_type: &str) -> bool {
    PICTURES.iter().any(|media| media.content_type == content_type)
}

/// The text that a file begins with, without a byte order mark and white space in front; none where
/// it is no UTF-8 or holds control characters. Its last character may be cut.
pub(super) fn text(head: &[u8]) -> Option<&str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    text.chars().all(is_plain).then(|| text.trim_start())
}

fn is_format(head: &[u8], format: image::ImageFormat) -> bool {
    image::guess_format(head).is_ok_and(|found| found == format)
}

/// Which of the `accepted` types a file that begins with `head` is of.
pub fn sniff<'a>(head: &[u8], accepted: &'a [MediaType]) -> Option<&'a MediaType> {
    accepted.iter().find(|media| (media.matches)(head))
}

/// The accepted types for people: `JPEG, PNG, WebP or GIF`.
pub(crate) fn names(accepted: &[MediaType]) -> String {
    match accepted {
        [] => "nothing".to_owned(),
        [only] => only.name.to_owned(),
        [most @ .., last] => {
            let most: Vec<_> = most.iter().map(|media| media.name).collect();
            format!("{} or {}", most.join(", "), last.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sniffed(head: &[u8]) -> Option<&'static str> {
        sniff(head, PICTURES).map(|media| media.content_type)
    }

    #[test]
    fn each_picture_is_told_by_its_first_bytes() {
        assert_eq!(sniffed(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        assert_eq!(sniffed(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        assert_eq!(sniffed(b"RIFF\x10\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(sniffed(b"GIF89a\x01\0\x01\0"), Some("image/gif"));
    }

    #[test]
    fn what_only_looks_like_a_picture_is_none() {
        for head in [
            &b""[..],
            b"\xff\xd8",
            b"RIFF\x10\0\0\0WAVEfmt ",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<html>",
            b"%PDF-1.7",
            b"PK\x03\x04",
            b"\x1f\x8b\x08\0",
            b"BM\x36\0\0\0",
        ] {
            assert_eq!(sniffed(head), None, "{head:?}");
        }
    }

    #[test]
    fn tables_are_texts_and_json_begins_with_a_bracket() {
        let sniffed = |head: &[u8]| sniff(head, &[PICTURES, TABLES].concat()).map(|media| media.extension);
        assert_eq!(sniffed(b"id,name\n1,Anna"), Some("csv"));
        assert_eq!(sniffed(b"\xef\xbb\xbfid;name"), Some("csv"));
        assert_eq!(sniffed("id,näme".as_bytes()), Some("csv"));
        assert_eq!(sniffed(&"id,nä".as_bytes()[..5]), Some("csv"), "cut within a character");
        assert_eq!(sniffed(b"\n [{\"id\": 1}]"), Some("json"));
        assert_eq!(sniffed(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("jpg"));
        for head in [
            &b""[..],
            b"  \n",
            b"{\"id\": 1}",
            b"<html>",
            b"  <?xml version='1.0'?>",
            b"id,n\xe4me",
            b"id,name\0",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
            b"PK\x03\x04",
            b"\xff\xfei\0d\0",
        ] {
            assert_eq!(sniffed(head), None, "{head:?}");
        }
        assert!(
            TABLES.iter().all(|media| sniff(b"id,name", PICTURES).is_none() && media.max_bytes < u64::MAX)
        );
    }

    #[test]
    fn the_accepted_types_are_named_for_people() {
        assert_eq!(names(PICTURES), "JPEG, PNG, WebP or GIF");
        assert_eq!(names(&PICTURES[..1]), "JPEG");
    }

    proptest! {
        #[test]
        fn no_bytes_make_sniffing_panic(head in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = sniff(&head, UPLOADS_AND_TABLES);
        }
    }
}
