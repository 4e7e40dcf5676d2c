//! A round: the people who are asked at a user task, and how what they say counts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::workflow::model::Counting;

/// How the votes of a round count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// The first who decides. (So is [`Counting::Random`]: one is drawn, and is alone.)
    Any,
    /// This percentage must approve.
    Ratio(u8),
    /// One after the other, all must approve.
    Sequential,
    /// All at once; the model's completion condition says when it is enough.
    Parallel,
    /// One after the other; the model's completion condition says when it is enough.
    InTurn,
}

/// Who is asked at a user task, counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// How votes count.
    pub rule: Rule,
    /// How many are asked in all.
    pub total: u32,
    /// How many have approved.
    pub approved: u32,
    /// How many have rejected.
    pub rejected: u32,
    /// Who has approved, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// The elements of a multi-instance activity, by place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Value>,
}

/// What somebody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// Where a round stands after a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Others are still to be heard.
    Open,
    /// Others are still to be heard, and the next of them is to be asked now.
    Next,
    /// It is approved.
    Approved,
    /// It is rejected.
    Rejected,
}

impl Rule {
    /// The rule behind what a node says.
    pub fn of(counting: Counting) -> Self {
        match counting {
            Counting::Random | Counting::Any => Self::Any,
            Counting::Ratio(percent) => Self::Ratio(percent),
            Counting::Sequential => Self::Sequential,
        }
    }

    /// Whether only one is asked at a time.
    pub fn is_in_turn(self) -> bool {
        matches!(self, Self::Sequential | Self::InTurn)
    }
}

impl Round {
    /// A round of so many, of whom nobody has spoken.
    pub fn new(rule: Rule, total: u32) -> Self {
        Self { rule, total, approved: 0, rejected: 0, approvers: Vec::new(), elements: Vec::new() }
    }

    /// How many have not been heard.
    pub fn unheard(&self) -> u32 {
        self.total.saturating_sub(self.approved).saturating_sub(self.rejected)
    }

    /// Counts a vote.
    pub fn vote(&mut self, verdict: Verdict, by: Option<&str>) {
        match verdict {
            Verdict::Approve => {
                self.approved += 1;
                self.approvers.extend(by.map(str::to_owned));
            }
            Verdict::Reject => self.rejected += 1,
        }
    }

    /// Takes back an approval of `by`.
    pub fn take_back(&mut self, by: Option<&str>) {
        self.approved = self.approved.saturating_sub(1);
        if let Some(place) = self.approvers.iter().rposition(|approver| Some(approver.as_str()) == by) {
            self.approvers.remove(place);
        }
    }

    /// Where it stands. `is_enough` is what the model's completion condition says, where there is
    /// one.
    pub fn standing(&self, is_enough: bool) -> Standing {
        match self.rule {
            Rule::Any if self.rejected > 0 => Standing::Rejected,
            Rule::Any if self.approved > 0 || self.total == 0 => Standing::Approved,
            Rule::Any => Standing::Open,
            Rule::Ratio(percent) => {
                let needed = needed(self.total, percent);
                if self.approved >= needed {
                    Standing::Approved
                } else if self.approved + self.unheard() < needed {
                    Standing::Rejected
                } else {
                    Standing::Open
                }
            }
            Rule::Sequential | Rule::Parallel | Rule::InTurn if self.rejected > 0 => Standing::Rejected,
            Rule::Sequential | Rule::Parallel | Rule::InTurn if is_enough || self.unheard() == 0 => {
                Standing::Approved
            }
            Rule::Sequential | Rule::InTurn => Standing::Next,
            Rule::Parallel => Standing::Open,
        }
    }
}

/// How many of `total` must approve for `percent` of them: at least one.
fn needed(total: u32, percent: u8) -> u32 {
    let exact = u64::from(total) * u64::from(percent);
    u32::try_from(exact.div_ceil(100)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(rule: Rule, total: u32, votes: &str) -> Standing {
        let mut round = Round::new(rule, total);
        for vote in votes.chars() {
            assert!(
                matches!(round.standing(false), Standing::Open | Standing::Next),
                "decided before all of {votes}"
            );
            round.vote(if vote == '+' { Verdict::Approve } else { Verdict::Reject }, None);
        }
        round.standing(false)
    }

    #[test]
    fn votes_count_by_their_rule() {
        for (rule, total, votes, standing) in [
            (Rule::Any, 3, "+", Standing::Approved),
            (Rule::Any, 3, "-", Standing::Rejected),
            (Rule::Ratio(100), 3, "++", Standing::Open),
            (Rule::Ratio(100), 3, "+++", Standing::Approved),
            (Rule::Ratio(100), 3, "-", Standing::Rejected),
            (Rule::Ratio(60), 3, "+-+", Standing::Approved),
            (Rule::Ratio(60), 3, "--", Standing::Rejected),
            (Rule::Ratio(50), 4, "--", Standing::Open),
            (Rule::Ratio(50), 4, "--+-", Standing::Rejected),
            (Rule::Ratio(1), 50, "-", Standing::Open),
            (Rule::Ratio(1), 50, "-+", Standing::Approved),
            (Rule::Sequential, 3, "+", Standing::Next),
            (Rule::Sequential, 3, "+-", Standing::Rejected),
            (Rule::Sequential, 3, "+++", Standing::Approved),
            (Rule::Parallel, 3, "+", Standing::Open),
            (Rule::Parallel, 3, "+++", Standing::Approved),
            (Rule::InTurn, 2, "+", Standing::Next),
            (Rule::InTurn, 2, "++", Standing::Approved),
        ] {
            assert_eq!(after(rule, total, votes), standing, "{rule:?} of {total}: {votes}");
        }
    }

    #[test]
    fn a_condition_may_have_heard_enough() {
        let mut round = Round::new(Rule::Parallel, 10);
        round.vote(Verdict::Approve, Some("alice"));
        assert_eq!(round.standing(true), Standing::Approved);
        assert_eq!(round.standing(false), Standing::Open);
    }

    #[test]
    fn what_is_taken_back_does_not_count() {
        let mut round = Round::new(Rule::Ratio(100), 2);
        round.vote(Verdict::Approve, Some("alice"));
        round.take_back(Some("alice"));
        assert_eq!(round, Round::new(Rule::Ratio(100), 2));
    }
}
