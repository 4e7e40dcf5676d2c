//! The types of nodes, with the names and numbers that other designers in this manner have for them.

/// A type of node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Start,
    End,
    Approver,
    Transactor,
    Copy,
    Delay,
    Trigger,
    ChildProcess,
    Condition,
    ConditionBranch,
    ParallelBranch,
    InclusiveBranch,
    Router,
}

/// Docket's names first: they are those that are told.
pub(super) const KINDS: &[(&str, u32, Kind)] = &[
    ("START", 10, Kind::Start),
    ("END", 1, Kind::End),
    ("APPROVER", 11, Kind::Approver),
    ("COPY", 12, Kind::Copy),
    ("TRANSACTOR", 13, Kind::Transactor),
    ("DELAY", 14, Kind::Delay),
    ("TRIGGER", 15, Kind::Trigger),
    ("CHILD_PROCESS", 20, Kind::ChildProcess),
    ("CONDITION", 50, Kind::Condition),
    ("CONDITION_BRANCH", 51, Kind::ConditionBranch),
    ("PARALLEL_BRANCH", 52, Kind::ParallelBranch),
    ("INCLUSIVE_BRANCH", 53, Kind::InclusiveBranch),
    ("ROUTER", 54, Kind::Router),
];

/// The names that ruoyi-vue-pro's designer has for them, and the number of its other kind of start.
pub(super) const ALIASES: &[(&str, u32, Kind)] = &[
    ("START_NODE", 0, Kind::Start),
    ("START_USER_NODE", 10, Kind::Start),
    ("END_NODE", 1, Kind::End),
    ("APPROVE_NODE", 11, Kind::Approver),
    ("COPY_NODE", 12, Kind::Copy),
    ("TRANSACTOR_NODE", 13, Kind::Transactor),
    ("DELAY_TIMER_NODE", 14, Kind::Delay),
    ("TRIGGER_NODE", 15, Kind::Trigger),
    ("CONDITION_NODE", 50, Kind::Condition),
    ("CONDITION_BRANCH_NODE", 51, Kind::ConditionBranch),
    ("PARALLEL_BRANCH_NODE", 52, Kind::ParallelBranch),
    ("INCLUSIVE_BRANCH_NODE", 53, Kind::InclusiveBranch),
    ("ROUTER_BRANCH_NODE", 54, Kind::Router),
];

impl Kind {
    /// What it is called in a message.
    pub(super) fn with_article(self) -> &'static str {
        match self {
            Self::Start => "a START",
            Self::End => "an END",
            Self::Approver => "an APPROVER",
            Self::Transactor => "a TRANSACTOR",
            Self::Copy => "a COPY",
            Self::Delay => "a DELAY",
            Self::Trigger => "a TRIGGER",
            Self::ChildProcess => "a CHILD_PROCESS",
            Self::Condition => "a CONDITION",
            Self::ConditionBranch => "a CONDITION_BRANCH",
            Self::ParallelBranch => "a PARALLEL_BRANCH",
            Self::InclusiveBranch => "an INCLUSIVE_BRANCH",
            Self::Router => "a ROUTER",
        }
    }
}
