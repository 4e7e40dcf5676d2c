//! What a file is, told from its first bytes and never from what its sender says.

/// How many of a file's first bytes are enough for [`sniff`].
pub(crate) const HEAD_BYTES: usize = 32;

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
    /// Whether a file's first [`HEAD_BYTES`] (or all, of a shorter file) are of this type.
    pub matches: fn(&[u8]) -> bool,
}

/// The pictures that pipelines take.
pub const PICTURES: &[MediaType] = &[
    MediaType {
        name: "JPEG",
        content_type: "image/jpeg",
        extension: "jpg",
        aliases: &["jpeg", "jpe", "jfif"],
        matches: |head| is_format(head, image::ImageFormat::Jpeg),
    },
    MediaType {
        name: "PNG",
        content_type: "image/png",
        extension: "png",
        aliases: &["apng"],
        matches: |head| is_format(head, image::ImageFormat::Png),
    },
    MediaType {
        name: "WebP",
        content_type: "image/webp",
        extension: "webp",
        aliases: &[],
        matches: |head| is_format(head, image::ImageFormat::WebP),
    },
    MediaType {
        name: "GIF",
        content_type: "image/gif",
        extension: "gif",
        aliases: &[],
        matches: |head| is_format(head, image::ImageFormat::Gif),
    },
];

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
    fn the_accepted_types_are_named_for_people() {
        assert_eq!(names(PICTURES), "JPEG, PNG, WebP or GIF");
        assert_eq!(names(&PICTURES[..1]), "JPEG");
    }

    proptest! {
        #[test]
        fn no_bytes_make_sniffing_panic(head in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = sniffed(&head);
        }
    }
}
