//! What the lines of reporting tell: who somebody's manager is, and who leads a department.

use std::collections::{HashMap, HashSet};

use super::change::PersonRow;

/// Whom `own` reports to, where `to` says it: either a user id, or the number of a post within the
/// body that the user id begins with (`Body#5` who reports to `1` reports to `Body#1`). Nobody
/// where there is no such person, or it is themselves.
pub(super) fn manager(own: &str, to: &str, is_person: impl Fn(&str) -> bool) -> Option<String> {
    let in_body = || own.rsplit_once('#').map(|(body, _)| format!("{body}#{to}"));
    let found = if is_person(to) { Some(to.to_owned()) } else { in_body().filter(|id| is_person(id)) };
    found.filter(|id| id != own)
}

/// For each of these departments the one active person in it (as their primary department) who
/// reports to nobody within it; nobody where there is none, or several.
pub(super) fn leaders<'a>(
    people: &HashMap<&'a str, &'a PersonRow>,
    departments: &HashSet<&'a str>,
) -> HashMap<&'a str, Option<&'a str>> {
    let primary = |person: &PersonRow| person.links.departments.first().cloned();
    let mut tops: HashMap<&str, Vec<&str>> = HashMap::new();
    for person in people.values().filter(|person| person.is_active) {
        let Some(department) = person.links.departments.first() else { continue };
        let manager = person.manager.as_deref().and_then(|manager| people.get(manager));
        let reports_within =
            manager.is_some_and(|manager| manager.is_active && primary(manager).as_ref() == Some(department));
        if !reports_within {
            tops.entry(department).or_default().push(&person.id);
        }
    }
    let only = |department: &str| match tops.get(department).map(Vec::as_slice) {
        Some([only]) => Some(*only),
        _ => None,
    };
    departments.iter().map(|department| (*department, only(department))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::change::Entity as _;
    use super::*;

    fn person(id: &str, department: &str, manager: Option<&str>) -> PersonRow {
        let mut row = PersonRow::new(id);
        row.links.departments = vec![department.to_owned()];
        row.manager = manager.map(str::to_owned);
        row
    }

    #[test]
    fn a_post_number_is_one_of_the_same_body() {
        let people = ["Body#1", "Body#5", "Other#2", "2"];
        let is_person = |id: &str| people.contains(&id);
        assert_eq!(manager("Body#5", "1", is_person).as_deref(), Some("Body#1"));
        assert_eq!(manager("Body#5", "Other#2", is_person).as_deref(), Some("Other#2"));
        assert_eq!(manager("Body#5", "2", is_person).as_deref(), Some("2"), "a user id goes first");
        assert_eq!(manager("Body#5", "XX", is_person), None);
        assert_eq!(manager("Body#5", "5", is_person), None, "nobody reports to themselves");
        assert_eq!(manager("2", "1", is_person), None, "no body");
    }

    #[test]
    fn who_alone_reports_to_nobody_within_leads() {
        let mut left = person("left", "a", None);
        left.is_active = false;
        let rows = [
            person("head", "a", Some("boss")),
            person("clerk", "a", Some("head")),
            left,
            person("boss", "top", None),
            person("one", "two-heads", Some("boss")),
            person("two", "two-heads", Some("boss")),
            person("x", "circle", Some("y")),
            person("y", "circle", Some("x")),
        ];
        let people = rows.iter().map(|row| (row.id.as_str(), row)).collect();
        let led = leaders(&people, &HashSet::from(["a", "two-heads", "circle", "empty"]));
        assert_eq!(led.len(), 4);
        assert_eq!(led["a"], Some("head"));
        assert_eq!((led["two-heads"], led["circle"], led["empty"]), (None, None, None));
    }
}
