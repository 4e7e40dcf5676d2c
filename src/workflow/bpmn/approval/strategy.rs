//! Where approvers come from: `approverStrategy`, with `approvers` and `levels`.
//!
//! | strategy | `approvers` | `levels` |
//! |---|---|---|
//! | `ROLE` 10, `POST` 22, `USER` 30, `GROUP` 40 | their ids | |
//! | `DEPARTMENT_MEMBER` 20, `DEPARTMENT_LEADER` 21 | departments' ids | |
//! | `MULTI_LEVEL_LEADER` 23 | departments' ids | how many, else 1 |
//! | `APPROVER_CHOICE` 34, `STARTER_CHOICE` 35, `STARTER` 36 | | |
//! | `STARTER_LEADER` 37 | | which one, else 1 |
//! | `STARTER_MULTI_LEVEL_LEADER` 38 | | how many, else 1 |
//! | `FORM_USER` 50 | a field's name | |
//! | `FORM_DEPARTMENT` 51 | a field's name | which one, else 1 |
//! | `EXPRESSION` 60 | an expression | |

use super::super::expressions;
use super::super::fault::{FaultCode, Faults};
use super::super::xml::Element;
use super::values;
use crate::workflow::model::Strategy;

/// The most levels of departments.
const MAX_LEVELS: u32 = 32;
/// The longest name of a field, in characters.
pub(super) const MAX_FIELD: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Role,
    DepartmentMember,
    DepartmentLeader,
    Post,
    MultiLevelLeader,
    User,
    ApproverChoice,
    StarterChoice,
    Starter,
    StarterLeader,
    StarterMultiLevelLeader,
    Group,
    FormUser,
    FormDepartment,
    Expression,
}

const KINDS: &[(&str, u32, Kind)] = &[
    ("ROLE", 10, Kind::Role),
    ("DEPARTMENT_MEMBER", 20, Kind::DepartmentMember),
    ("DEPARTMENT_LEADER", 21, Kind::DepartmentLeader),
    ("POST", 22, Kind::Post),
    ("MULTI_LEVEL_LEADER", 23, Kind::MultiLevelLeader),
    ("USER", 30, Kind::User),
    ("APPROVER_CHOICE", 34, Kind::ApproverChoice),
    ("STARTER_CHOICE", 35, Kind::StarterChoice),
    ("STARTER", 36, Kind::Starter),
    ("STARTER_LEADER", 37, Kind::StarterLeader),
    ("STARTER_MULTI_LEVEL_LEADER", 38, Kind::StarterMultiLevelLeader),
    ("GROUP", 40, Kind::Group),
    ("FORM_USER", 50, Kind::FormUser),
    ("FORM_DEPARTMENT", 51, Kind::FormDepartment),
    ("EXPRESSION", 60, Kind::Expression),
];

impl Kind {
    fn has_levels(self) -> bool {
        matches!(
            self,
            Self::MultiLevelLeader
                | Self::StarterLeader
                | Self::StarterMultiLevelLeader
                | Self::FormDepartment
        )
    }

    fn has_approvers(self) -> bool {
        !matches!(
            self,
            Self::ApproverChoice
                | Self::StarterChoice
                | Self::Starter
                | Self::StarterLeader
                | Self::StarterMultiLevelLeader
        )
    }
}

/// Reads the strategy, where there is one.
pub(in crate::workflow::bpmn) fn read(element: &Element, faults: &mut Faults) -> Option<Strategy> {
    let approvers = values::text(element, "approvers");
    let levels = values::number(element, "levels", 1..=MAX_LEVELS, faults);
    let is_named = values::text(element, "approverStrategy").is_some();
    let kind = values::choice(element, "approverStrategy", KINDS, faults);
    let mut contradiction = |message: &str| faults.add(FaultCode::Contradiction, element, message);
    if approvers.is_some() && (!is_named || kind.is_some_and(|kind| !kind.has_approvers())) {
        contradiction("approvers goes with an approverStrategy that has some");
    }
    if values::text(element, "levels").is_some() && (!is_named || kind.is_some_and(|kind| !kind.has_levels()))
    {
        contradiction("levels goes with an approverStrategy that goes up");
    }
    let kind = kind?;
    let approvers = if kind.has_approvers() {
        if approvers.is_none() {
            faults.add(FaultCode::Missing, element, "the approverStrategy needs approvers");
        }
        approvers?
    } else {
        ""
    };
    of_kind(kind, approvers, levels.unwrap_or(1), element, faults)
}

fn of_kind(
    kind: Kind,
    approvers: &str,
    levels: u32,
    element: &Element,
    faults: &mut Faults,
) -> Option<Strategy> {
    let ids = |faults: &mut Faults| {
        let ids = expressions::plain(approvers, "approvers", element.spot(), faults);
        if ids.is_empty() {
            faults.add(FaultCode::Missing, element, "approvers names nobody");
        }
        ids
    };
    Some(match kind {
        Kind::Role => Strategy::Roles(ids(faults)),
        Kind::DepartmentMember => Strategy::DepartmentMembers(ids(faults)),
        Kind::DepartmentLeader => Strategy::DepartmentLeaders(ids(faults)),
        Kind::Post => Strategy::Positions(ids(faults)),
        Kind::MultiLevelLeader => Strategy::LeadersUp { departments: ids(faults), levels },
        Kind::User => Strategy::Users(ids(faults)),
        Kind::ApproverChoice => Strategy::ChosenByApprover,
        Kind::StarterChoice => Strategy::ChosenByStarter,
        Kind::Starter => Strategy::Starter,
        Kind::StarterLeader => Strategy::StarterLeader { level: levels },
        Kind::StarterMultiLevelLeader => Strategy::StarterLeadersUp { levels },
        Kind::Group => Strategy::Groups(ids(faults)),
        Kind::FormUser => Strategy::UserField(field(approvers, element, faults)?),
        Kind::FormDepartment => {
            Strategy::DepartmentField { field: field(approvers, element, faults)?, level: levels }
        }
        Kind::Expression => {
            let expression = expressions::template(approvers, "approvers", element.spot(), faults)?;
            if !expressions::holds_expression(approvers) {
                faults.add(FaultCode::BadExpression, element, "approvers holds no expression ${…}");
            }
            Strategy::Expression(expression)
        }
    })
}

fn field(name: &str, element: &Element, faults: &mut Faults) -> Option<String> {
    if name.contains(',') || expressions::holds_expression(name) || name.chars().nth(MAX_FIELD).is_some() {
        faults.add(FaultCode::BadValue, element, "approvers is the name of one field of the form");
        return None;
    }
    Some(name.to_owned())
}
