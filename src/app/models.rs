//! `docket check`: what is wrong with files of processes, as deploying them would say it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::workflow::{self, CheckedFile, ModelFault};

/// Writes what is wrong with each file, and whether all of them can be deployed.
///
/// A fault is a line: the file, the line and column or the place in a chart, the element and the
/// attribute where they are known, the kind of fault and what is wrong. `is_quiet` leaves one line a
/// file.
///
/// # Errors
/// Where nothing more can be written.
pub fn check_models(files: &[PathBuf], is_quiet: bool, out: &mut impl Write) -> io::Result<bool> {
    let mut all_well = true;
    for file in files {
        let shown = file.display();
        let CheckedFile { keys, faults, notes } = match read(file) {
            Ok(bytes) => workflow::check_file(&bytes),
            Err(error) => {
                all_well = false;
                writeln!(out, "{shown}: cannot be read: {error}")?;
                continue;
            }
        };
        all_well &= faults.is_empty();
        if !is_quiet {
            for (found, kind) in [(&faults, ""), (&notes, "note: ")] {
                for one in found {
                    writeln!(out, "{shown}:{}", line_of(one, kind))?;
                }
            }
        }
        let several = if keys.len() > 1 { format!(" {}", keys.join(", ")) } else { String::new() };
        match (faults.len(), notes.len()) {
            (0, 0) => writeln!(out, "{shown}: deploys{several}")?,
            (0, notes) => writeln!(out, "{shown}: deploys{several}, notes: {notes}")?,
            (faults, _) => writeln!(out, "{shown}: is refused, faults: {faults}")?,
        }
    }
    Ok(all_well)
}

/// What a file holds; one of more than 16 MiB is none of ours.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    const MAX: u64 = 16 << 20;
    if std::fs::metadata(file)?.len() > MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it has more than 16 MiB"));
    }
    std::fs::read(file)
}

fn line_of(fault: &ModelFault, kind: &str) -> String {
    let place = match &fault.path {
        Some(path) => path.clone(),
        None => format!("{}:{}", fault.line, fault.column),
    };
    let named: Vec<_> =
        [&fault.element, &fault.attribute].into_iter().flatten().map(|name| format!("{name}: ")).collect();
    format!("{place}: {}{kind}{} {}", named.concat(), fault.code.as_str(), fault.message)
}
