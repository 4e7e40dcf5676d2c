//! Who is asked at a user task: what must be found out, and what is made of the answer.

use std::collections::HashSet;

use super::round::{Rule, Verdict};
use super::state::State;
use crate::workflow::model::{Approval, Counting, Nobody, SameApprover, StarterApproves};

/// The candidates of last resort: whoever's role is ADMIN.
pub const ADMINISTRATORS: &str = "administrators";

/// What must be found out before people can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// Where approvers come from.
    pub source: Source,
    /// The starter, whose department may matter.
    pub starter: Option<String>,
    /// Whether the leader of the starter's department must be known.
    pub needs_leader: bool,
    /// Who is asked where nobody else is found.
    pub fallback: Vec<String>,
}

/// Where approvers come from, with everything evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// Whom the model names: one signer each.
    Named(Vec<Named>),
    /// Who has one of these roles.
    Roles(Vec<String>),
    /// The members of these departments.
    Departments(Vec<String>),
    /// Who holds one of these positions.
    Positions(Vec<String>),
    /// Who carries one of these tags.
    Tags(Vec<String>),
    /// These people.
    Users(Vec<String>),
    /// The leaders of these departments, or of those so many levels above less one.
    Leaders {
        /// The departments.
        departments: Vec<String>,
        /// 1: their own leaders.
        level: u32,
    },
    /// The leaders of these departments and of those above, the nearest first.
    LeadersUp {
        /// The departments.
        departments: Vec<String>,
        /// How many levels.
        levels: u32,
    },
    /// The leader of the starter's department, or so many levels above less one.
    StarterLeader {
        /// 1: of the department itself.
        level: u32,
    },
    /// The leaders from the starter's department upwards.
    StarterLeadersUp {
        /// How many levels.
        levels: u32,
    },
}

/// One signer as the model names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Named {
    /// Whose task it is.
    pub assignee: Option<String>,
    /// Who may claim it.
    pub users: Vec<String>,
    /// Groups whose members may claim it, as the model calls them.
    pub groups: Vec<String>,
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Those who are to be asked, in order. For [`Source::Named`], one for each that was named.
    pub found: Vec<Found>,
    /// The leader of the starter's department, where the question asked for it.
    pub leader: Option<Approver>,
    /// The fallback, as they can be asked now.
    pub fallback: Vec<Approver>,
}

/// One who is to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Somebody, by name …
    pub assignee: Option<Approver>,
    /// … or whoever of these principals claims it.
    pub candidates: Vec<String>,
}

/// Somebody who can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approver {
    /// Their user id.
    pub user: String,
    /// Who is absent and whom they act for, where that is so.
    pub instead_of: Option<String>,
}

/// Who is asked, and how what they say counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// They, in order.
    pub signers: Vec<Signer>,
    /// How they count.
    pub rule: Rule,
    /// When it should be done: an ISO 8601 date, date and time, or duration.
    pub due: Option<String>,
    /// The form's key.
    pub form: Option<String>,
    /// The starter mends what was sent back to them; this is no approval.
    pub is_resubmission: bool,
}

/// One who is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Whose task it is; none: whoever of the candidates claims it.
    pub assignee: Option<String>,
    /// Who is absent and whom they act for, where that is so.
    pub instead_of: Option<String>,
    /// The principals who may claim it.
    pub candidates: Vec<String>,
    /// They approved before, and are not asked again.
    pub has_approved: bool,
}

/// What a node makes of those who were found.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// They are asked.
    Ask {
        /// Who.
        signers: Vec<Signer>,
        /// How they count.
        rule: Rule,
    },
    /// Nobody is asked.
    Settle {
        /// What is decided; none: the node is passed over.
        verdict: Option<Verdict>,
        /// Why.
        reason: &'static str,
    },
}

/// What of a process matters to [`plan`], beside the node's own settings.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    pub starter: Option<&'a str>,
    /// Who was drawn here before: nobody approves and takes back until somebody else is.
    pub drawn: Option<&'a str>,
    pub same_approver: SameApprover,
    pub state: &'a State,
}

/// Who is asked of those who were found. `forced` is the rule of a multi-instance activity, which
/// asks each of them.
pub fn plan(
    approval: &Approval,
    answer: &Answer,
    forced: Option<Rule>,
    around: Surroundings<'_>,
    draw: &mut dyn FnMut(usize) -> usize,
) -> Plan {
    let mut passed_over = false;
    let mut signers = Vec::with_capacity(answer.found.len());
    let mut seen = HashSet::new();
    for found in &answer.found {
        let mut assignee = found.assignee.clone();
        let is_starter = assignee.as_ref().is_some_and(|one| Some(one.user.as_str()) == around.starter);
        match approval.starter {
            StarterApproves::Skip if is_starter => {
                passed_over = true;
                continue;
            }
            StarterApproves::Leader if is_starter => match &answer.leader {
                Some(leader) => assignee = Some(leader.clone()),
                None => continue,
            },
            _ => {}
        }
        if assignee.is_none() && found.candidates.is_empty() {
            continue;
        }
        // In a multi-instance activity each element is asked, whoever that is.
        let again = assignee.as_ref().is_some_and(|one| !seen.insert(one.user.clone()));
        if again && forced.is_none() {
            continue;
        }
        signers.push(signer(assignee, found.candidates.clone()));
    }
    if signers.is_empty() {
        if passed_over {
            return Plan::Settle { verdict: None, reason: "the starter is the only approver" };
        }
        signers = match without_anybody(&approval.nobody, &answer.fallback) {
            Ok(signers) => signers,
            Err(verdict) => return Plan::Settle { verdict: Some(verdict), reason: "nobody was found" },
        };
    }
    if forced.is_none() && approval.counting == Counting::Random {
        let before = signers
            .iter()
            .position(|signer| around.drawn.is_some() && signer.assignee.as_deref() == around.drawn);
        let place = before.unwrap_or_else(|| draw(signers.len()).min(signers.len() - 1));
        signers = vec![signers.swap_remove(place)];
    }
    let before: &[String] = match around.same_approver {
        SameApprover::Ask => &[],
        SameApprover::ApproveLater => &around.state.approvers,
        SameApprover::ApproveAdjacent => &around.state.last_approvers,
    };
    for signer in &mut signers {
        signer.has_approved = signer.assignee.as_ref().is_some_and(|user| before.contains(user));
    }
    Plan::Ask { signers, rule: forced.unwrap_or(Rule::of(approval.counting)) }
}

fn signer(approver: Option<Approver>, candidates: Vec<String>) -> Signer {
    let (assignee, instead_of) =
        approver.map_or((None, None), |approver| (Some(approver.user), approver.instead_of));
    Signer { assignee, instead_of, candidates, has_approved: false }
}

/// Who is asked where nobody was found, or what is decided without asking.
fn without_anybody(nobody: &Nobody, fallback: &[Approver]) -> Result<Vec<Signer>, Verdict> {
    match nobody {
        Nobody::Approve => Err(Verdict::Approve),
        Nobody::Reject => Err(Verdict::Reject),
        Nobody::Users(_) if !fallback.is_empty() => {
            Ok(fallback.iter().map(|approver| signer(Some(approver.clone()), Vec::new())).collect())
        }
        // Somebody must see it: nobody's task would never end.
        Nobody::Users(_) | Nobody::Administrators => Ok(vec![signer(None, vec![ADMINISTRATORS.to_owned()])]),
    }
}

#[cfg(test)]
#[path = "approvers_tests.rs"]
mod tests;
