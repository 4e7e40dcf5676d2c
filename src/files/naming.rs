//! Names: keys in the object storage are ours alone, and what a person called a file is kept only
//! in a form that no browser, shell or file system can stumble over.

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

use super::media::MediaType;

/// Under which every uploaded file is kept.
pub(crate) const UPLOADS: &str = "uploads/";
/// Under which everything that a run produced is kept.
pub(crate) const OUTPUTS: &str = "outputs/";

/// The longest stem of a display name, in characters.
const MAX_STEM: usize = 100;
/// How many items' outputs share a folder.
const OUTPUTS_PER_FOLDER: u32 = 1_000;

/// A new file's id, in the order of time.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}

/// Where an uploaded file's bytes are kept: `uploads/<yyyy>/<mm>/<uuid>.<ext>`.
pub(crate) fn upload_key(id: Uuid, media: &MediaType, now: DateTime<Utc>) -> String {
    format!("{UPLOADS}{}/{id}.{}", now.format("%Y/%m"), media.extension)
}

/// What an item of a run produced in one attempt, which names its place in the object storage.
///
/// No two executions share a key, be it of the same attempt: one that was taken over can neither
/// overwrite nor delete what its successor recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputKey {
    /// The run.
    pub run: Uuid,
    /// The item's place in the run, from 0.
    pub index: u32,
    /// The item's attempt, over all generations.
    pub attempt: u32,
    /// The execution: what is unlike any other's at this item, such as the lease it runs under.
    pub execution: Uuid,
}

impl OutputKey {
    /// The key: `outputs/<run>/<index / 1000>/<index>-<attempt>-<execution>.<ext>`.
    pub fn storage_key(&self, extension: &str) -> String {
        let folder = self.index / OUTPUTS_PER_FOLDER;
        let Self { run, index, attempt, execution } = self;
        format!("{OUTPUTS}{run}/{folder:03}/{index}-{attempt}-{}.{extension}", execution.simple())
    }
}

/// A safe name for downloads made of what the sender called the file: without folders, control
/// or direction-changing characters, of bounded length, ending as the file's real type does.
pub(crate) fn display_name(given: Option<&str>, media: &MediaType) -> String {
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, ending) = match last.rsplit_once('.') {
        Some((stem, ending)) if is_ending_of(media, ending) => (stem, ending),
        _ => (last, media.extension),
    };
    let stem: String = stem
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '(' | ')') { c } else { '_' })
        .take(MAX_STEM)
        .collect();
    let stem = stem.trim_matches([' ', '.']);
    // A name of underscores alone says nothing: nothing of it was printable.
    if stem.chars().all(|c| c == '_') {
        return format!("upload.{ending}");
    }
    let guard = if is_reserved(stem) { "_" } else { "" };
    format!("{guard}{stem}.{ending}")
}

fn is_ending_of(media: &MediaType, ending: &str) -> bool {
    std::iter::once(&media.extension).chain(media.aliases).any(|known| known.eq_ignore_ascii_case(ending))
}

/// Names that Windows keeps for devices, whatever their ending.
fn is_reserved(stem: &str) -> bool {
    let base = stem.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    matches!(base.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (base.len() == 4
            && (base.starts_with("COM") || base.starts_with("LPT"))
            && base.ends_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::media::PICTURES;
    use proptest::prelude::*;

    const JPEG: &MediaType = &PICTURES[0];

    #[test]
    fn a_display_name_keeps_what_is_harmless_and_ends_as_its_type() {
        for (given, expected) in [
            ("holiday.jpg", "holiday.jpg"),
            ("Holiday (2).JPEG", "Holiday (2).JPEG"),
            ("日本の庭.jpg", "日本の庭.jpg"),
            ("page.html", "page.html.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\Users\\me\\cat.png", "cat.png.jpg"),
            ("a\r\nSet-Cookie: x=1.jpg", "a__Set-Cookie_ x_1.jpg"),
            ("gpj\u{202e}exe.jpg", "gpj_exe.jpg"),
            ("nul.jpg", "_nul.jpg"),
            ("COM1", "_COM1.jpg"),
            (" . . ", "upload.jpg"),
            ("\"\"", "upload.jpg"),
            ("", "upload.jpg"),
            (".jpg", "upload.jpg"),
        ] {
            assert_eq!(display_name(Some(given), JPEG), expected, "{given:?}");
        }
        assert_eq!(display_name(None, JPEG), "upload.jpg");
    }

    #[test]
    fn keys_hold_nothing_that_the_sender_chose() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let id = new_id(now);
        assert_eq!(upload_key(id, JPEG, now), format!("uploads/2026/11/{id}.jpg"));
        let output = OutputKey { run: Uuid::nil(), index: 12_345, attempt: 2, execution: Uuid::max() };
        assert_eq!(
            output.storage_key("webp"),
            "outputs/00000000-0000-0000-0000-000000000000/012/12345-2-ffffffffffffffffffffffffffffffff.webp"
        );
    }

    #[test]
    fn ids_grow_with_time() {
        let at = |seconds| new_id(DateTime::from_timestamp(seconds, 0).unwrap());
        assert!(at(1_000) < at(1_001));
    }

    proptest! {
        #[test]
        fn no_name_breaks_out(given in ".{0,300}") {
            let name = display_name(Some(&given), JPEG);
            prop_assert!(!name.starts_with('.'));
            prop_assert!(name.chars().count() <= MAX_STEM + 6);
            prop_assert!(!name.chars().any(|c| c.is_control() || "/\\\":;<>|?*%".contains(c)));
        }
    }
}
