//! The page of bounds, `docs/approvals.md`, as tests hold it against the code.

const PAGE: &str = include_str!("../../../docs/approvals.md");

/// What the page says of something, in its smallest units.
pub(in crate::workflow) fn bound(what: &str) -> usize {
    let row = PAGE.lines().find_map(|line| line.strip_prefix(&format!("| {what} | ")));
    let stated = row.unwrap_or_else(|| panic!("{what} has no row"));
    let number: usize = stated
        .chars()
        .take_while(|one| one.is_ascii_digit() || *one == ',')
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .unwrap();
    let unit = stated.split(' ').nth(1).unwrap_or_default();
    match unit {
        "KiB" => number << 10,
        "MiB" => number << 20,
        _ => number,
    }
}
