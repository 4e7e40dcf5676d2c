//! Looking through a spreadsheet's package before it is read: what it unpacks to, and what in it would make
//! its reader take much more memory than it has bytes.

use std::collections::HashMap;
use std::io::{self, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::kernel::Fault;

/// The most bytes that all parts unpack to.
const MAX_UNPACKED: u64 = 128 << 20;
/// The most parts of its package.
const MAX_PARTS: usize = 1_000;
/// The most worksheets.
const MAX_SHEETS: u64 = 250;
/// The most bytes of worksheets: one part may be named as many worksheets.
const MAX_WORKSHEETS: u64 = 512 << 20;
/// The most texts that cells share.
const MAX_STRINGS: u64 = 1_000_000;
/// The most formats of cells: what Excel has, too.
const MAX_FORMATS: u64 = 65_490;
/// The most elements that are none of cells'.
const MAX_OTHERS: u64 = 1_000_000;
/// The most bytes of a number format, and of a font's name: each is kept with every format of cells.
const MAX_NAME: usize = 1_000;

/// Unpacks everything once, with the reader that reads it later: what it says of its size is not believed.
///
/// # Errors
/// `BAD_INPUT` at `fileId` saying what is wrong with it.
pub(super) fn inspect(package: &[u8]) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(package)).map_err(|_| unreadable())?;
    if archive.len() > MAX_PARTS {
        return Err(bad(format!("a sheet's package has at most {MAX_PARTS} parts")));
    }
    let (mut left, mut largest, mut seen) = (MAX_UNPACKED, 0, Seen::default());
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|_| unreadable())?;
        let mut counted = Counted { inner: part.take(left + 1), read: 0 };
        let is_readable = look_through(&mut counted, &mut seen)?;
        // What is no XML, such as a picture, is unpacked to nowhere.
        io::copy(&mut counted, &mut io::sink()).map_err(|_| unreadable())?;
        left = left
            .checked_sub(counted.read)
            .ok_or_else(|| bad(format!("a sheet unpacks to at most {} MiB", MAX_UNPACKED >> 20)))?;
        if !is_readable {
            return Err(unreadable());
        }
        largest = largest.max(counted.read);
    }
    if seen.count("sheet") > MAX_SHEETS {
        return Err(bad(format!("a sheet has at most {MAX_SHEETS} worksheets")));
    }
    if seen.count("sheet") * largest > MAX_WORKSHEETS {
        return Err(bad(format!("the worksheets of a sheet have at most {} MiB", MAX_WORKSHEETS >> 20)));
    }
    Ok(())
}

pub(super) fn bad(message: impl Into<String>) -> Fault {
    Fault::bad_input("fileId", message)
}

pub(super) fn unreadable() -> Fault {
    bad("this is no spreadsheet that can be read: save it as .xlsx")
}

/// How often each element was met that is counted.
#[derive(Default)]
struct Seen(HashMap<&'static str, u64>);

impl Seen {
    fn count(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    fn take(&mut self, element: &BytesStart<'_>) -> Result<(), Fault> {
        let (name, most) = match element.local_name().as_ref() {
            "c" | "v" | "f" | "is" | "t" | "r" | "row" => return Ok(()),
            "si" => ("si", MAX_STRINGS),
            "xf" => ("xf", MAX_FORMATS),
            "sheet" => ("sheet", u64::MAX),
            "sst" => {
                // Room is made for as many as it says.
                let said = attribute(element, "uniqueCount").map(|count| count.parse::<u64>());
                let fits = said.is_none_or(|count| count.is_ok_and(|count| count <= MAX_STRINGS));
                return if fits { Ok(()) } else { Err(unreadable()) };
            }
            "numFmt" | "name" | "rFont" => {
                let long = ["formatCode", "val"].iter().filter_map(|key| attribute(element, key));
                if long.max_by_key(String::len).is_some_and(|text| text.len() > MAX_NAME) {
                    return Err(unreadable());
                }
                ("other", MAX_OTHERS)
            }
            _ => ("other", MAX_OTHERS),
        };
        let count = self.0.entry(name).or_default();
        *count += 1;
        if *count > most { Err(bad("this sheet is made of too many parts to be read")) } else { Ok(()) }
    }
}

fn attribute(element: &BytesStart<'_>, key: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|one| one.key.as_ref() == key);
    found.map(|one| one.value.to_string())
}

/// Looks at the elements of a part; false where it is XML that cannot be read.
fn look_through(part: &mut Counted<impl Read>, seen: &mut Seen) -> Result<bool, Fault> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let (mut buffer, mut is_xml) = (Vec::new(), false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                is_xml = true;
                seen.take(&element)?;
            }
            Ok(Event::Eof) => return Ok(true),
            Ok(_) => {}
            Err(_) => return Ok(!is_xml),
        }
    }
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    read: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read += count as u64;
        Ok(count)
    }
}
