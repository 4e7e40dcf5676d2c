//! Whom the leaders above a department are: pure walks over what the store has read.

/// The most levels that are looked at above a department. It also ends a walk in a circle.
pub const MAX_LEVELS: u32 = 64;

/// An active leader somewhere above a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Led {
    /// The department from which one went up.
    pub origin: String,
    /// 1: it leads the department itself; 2: the one above; and so on.
    pub level: u32,
    /// The leader's user id.
    pub leader: String,
}

/// For each of the departments who leads it at `level`, where somebody does.
pub(super) fn at_level(departments: &[String], led: &[Led], level: u32) -> Vec<Option<String>> {
    let of = |department: &String| {
        led.iter().find(|led| led.level == level && led.origin == *department).map(|led| led.leader.clone())
    };
    departments.iter().map(of).collect()
}

/// The leaders of the departments and of those above them, each once: by level, then in the
/// departments' order.
pub(super) fn nearest_first(departments: &[String], mut led: Vec<Led>) -> Vec<String> {
    let place = |origin: &str| departments.iter().position(|department| department == origin);
    led.sort_by_cached_key(|led| (led.level, place(&led.origin)));
    let mut leaders = Vec::new();
    for Led { leader, .. } in led {
        if !leaders.contains(&leader) {
            leaders.push(leader);
        }
    }
    leaders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(origin: &str, level: u32, leader: &str) -> Led {
        Led { origin: origin.into(), level, leader: leader.into() }
    }

    #[test]
    fn a_department_without_a_leader_at_the_level_has_none() {
        let led = [led("a", 1, "ann"), led("a", 3, "cyd"), led("b", 2, "bea")];
        let departments = ["b".to_owned(), "a".to_owned(), "x".to_owned()];
        assert_eq!(at_level(&departments, &led, 1), [None, Some("ann".to_owned()), None]);
        assert_eq!(at_level(&departments, &led, 2), [Some("bea".to_owned()), None, None]);
    }

    #[test]
    fn the_nearest_goes_first_and_nobody_twice() {
        let led = vec![
            led("a", 2, "top"),
            led("a", 1, "ann"),
            led("b", 3, "top"),
            led("b", 1, "bea"),
            led("b", 2, "ann"),
        ];
        let departments = ["b".to_owned(), "a".to_owned()];
        assert_eq!(nearest_first(&departments, led), ["bea", "ann", "top"]);
    }
}
