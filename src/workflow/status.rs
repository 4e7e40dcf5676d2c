//! The states of instances and tasks. The numbers are those that users of other approval engines
//! know, and what is stored; `docs/statuses.md` draws who moves what.

/// How an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstanceStatus {
    /// -1: it has not been started. Never stored.
    NotStart,
    /// 1: it is under way. Ends by its last token (APPROVE), a rejection, or a cancellation.
    Running,
    /// 2: it came to its end. Final.
    Approve,
    /// 3: it was rejected. Final.
    Reject,
    /// 4: its starter or an administrator cancelled it. Final.
    Cancel,
}

impl InstanceStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::NotStart, Self::Running, Self::Approve, Self::Reject, Self::Cancel];

    /// The number.
    pub fn code(self) -> i16 {
        match self {
            Self::NotStart => -1,
            Self::Running => 1,
            Self::Approve => 2,
            Self::Reject => 3,
            Self::Cancel => 4,
        }
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotStart => "NOT_START",
            Self::Running => "RUNNING",
            Self::Approve => "APPROVE",
            Self::Reject => "REJECT",
            Self::Cancel => "CANCEL",
        }
    }

    /// Whether nothing follows it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Approve | Self::Reject | Self::Cancel)
    }

    /// Whether `next` may follow it.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::NotStart => next == Self::Running,
            Self::Running => next.is_final(),
            Self::Approve | Self::Reject | Self::Cancel => false,
        }
    }

    /// The status of a number.
    ///
    /// # Errors
    /// Where it is none's.
    pub fn of(code: i16) -> Result<Self, UnknownCode> {
        Self::ALL.into_iter().find(|status| status.code() == code).ok_or(UnknownCode(code))
    }
}

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// -2: a rule passed it over. Final from the beginning.
    Skip,
    /// -1: it lies ahead. Never stored.
    NotStart,
    /// 0: it waits for others: those before it, or signers that were added before it.
    Wait,
    /// 1: somebody is to decide it.
    Running,
    /// 2: it is approved. Final.
    Approve,
    /// 3: it is rejected. Final.
    Reject,
    /// 4: nobody needs to decide it any longer. Final.
    Cancel,
    /// 5: whoever had it sent the instance back. Final.
    Return,
    /// 7: it is approved as soon as the signers are done who were added behind it.
    Approving,
}

impl TaskStatus {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Skip,
        Self::NotStart,
        Self::Wait,
        Self::Running,
        Self::Approve,
        Self::Reject,
        Self::Cancel,
        Self::Return,
        Self::Approving,
    ];

    /// The number.
    pub fn code(self) -> i16 {
        match self {
            Self::Skip => -2,
            Self::NotStart => -1,
            Self::Wait => 0,
            Self::Running => 1,
            Self::Approve => 2,
            Self::Reject => 3,
            Self::Cancel => 4,
            Self::Return => 5,
            Self::Approving => 7,
        }
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "SKIP",
            Self::NotStart => "NOT_START",
            Self::Wait => "WAIT",
            Self::Running => "RUNNING",
            Self::Approve => "APPROVE",
            Self::Reject => "REJECT",
            Self::Cancel => "CANCEL",
            Self::Return => "RETURN",
            Self::Approving => "APPROVING",
        }
    }

    /// Whether nothing follows it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Skip | Self::Approve | Self::Reject | Self::Cancel | Self::Return)
    }

    /// Whether `next` may follow it. What is made begins as SKIP, WAIT, RUNNING, APPROVE or REJECT:
    /// as what may follow NOT_START.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::NotStart => {
                matches!(next, Self::Skip | Self::Wait | Self::Running | Self::Approve | Self::Reject)
            }
            Self::Wait => matches!(next, Self::Running | Self::Reject | Self::Cancel),
            Self::Running => matches!(
                next,
                Self::Wait | Self::Approve | Self::Reject | Self::Cancel | Self::Return | Self::Approving
            ),
            Self::Approving => matches!(next, Self::Approve | Self::Reject | Self::Cancel),
            Self::Skip | Self::Approve | Self::Reject | Self::Cancel | Self::Return => false,
        }
    }

    /// The status of a number.
    ///
    /// # Errors
    /// Where it is none's.
    pub fn of(code: i16) -> Result<Self, UnknownCode> {
        Self::ALL.into_iter().find(|status| status.code() == code).ok_or(UnknownCode(code))
    }
}

/// A number that stands for no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no status has the number {0}")]
pub struct UnknownCode(pub i16);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_number() {
        for status in InstanceStatus::ALL {
            assert_eq!(InstanceStatus::of(status.code()), Ok(status));
        }
        for status in TaskStatus::ALL {
            assert_eq!(TaskStatus::of(status.code()), Ok(status));
        }
        assert_eq!(TaskStatus::of(6), Err(UnknownCode(6)));
    }

    #[test]
    fn nothing_follows_what_is_final() {
        for status in TaskStatus::ALL {
            let ends = TaskStatus::ALL.into_iter().all(|next| !status.may_become(next));
            assert_eq!(ends, status.is_final(), "{}", status.as_str());
        }
        for status in InstanceStatus::ALL {
            let ends = InstanceStatus::ALL.into_iter().all(|next| !status.may_become(next));
            assert_eq!(ends, status.is_final(), "{}", status.as_str());
        }
    }

    /// The arrows of a diagram, `A --> B`.
    fn arrows(diagram: &str) -> Vec<(String, String)> {
        let lines = diagram.lines().filter_map(|line| line.split_once(" --> "));
        let name = |text: &str| text.trim().split(" :").next().unwrap_or_default().trim().to_owned();
        lines.map(|(from, to)| (name(from), name(to))).filter(|(_, to)| to != "[*]").collect()
    }

    #[test]
    fn the_diagrams_are_the_code() {
        let page = include_str!("../../docs/statuses.md");
        let diagrams: Vec<_> =
            page.split("```mermaid").skip(1).map(|rest| rest.split("```").next()).collect();
        let [Some(of_instances), Some(of_tasks)] = diagrams[..] else { panic!("two diagrams") };
        let name = |name: &'static str| if name == "NOT_START" { "[*]" } else { name };
        let mut drawn = arrows(of_instances);
        let mut coded = Vec::new();
        for from in InstanceStatus::ALL {
            for to in InstanceStatus::ALL.into_iter().filter(|to| from.may_become(*to)) {
                coded.push((name(from.as_str()).to_owned(), to.as_str().to_owned()));
            }
        }
        drawn.sort();
        coded.sort();
        assert_eq!(drawn, coded);
        let mut drawn = arrows(of_tasks);
        let mut coded = Vec::new();
        for from in TaskStatus::ALL {
            for to in TaskStatus::ALL.into_iter().filter(|to| from.may_become(*to)) {
                coded.push((name(from.as_str()).to_owned(), to.as_str().to_owned()));
            }
        }
        drawn.sort();
        coded.sort();
        assert_eq!(drawn, coded);
    }
}
