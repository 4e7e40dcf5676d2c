//! The numbers by which other approval engines know what a user task says.

use super::{Counting, NodeType, Rejection, Strategy};

impl NodeType {
    /// Its number.
    pub fn code(self) -> i32 {
        match self {
            Self::User => 1,
            Self::AutoApprove => 2,
            Self::AutoReject => 3,
        }
    }
}

impl Strategy {
    /// Its number.
    pub fn code(&self) -> i32 {
        match self {
            Self::Roles(_) => 10,
            Self::DepartmentMembers(_) => 20,
            Self::DepartmentLeaders(_) => 21,
            Self::Positions(_) => 22,
            Self::LeadersUp { .. } => 23,
            Self::Users(_) => 30,
            Self::ChosenByApprover => 34,
            Self::ChosenByStarter => 35,
            Self::Starter => 36,
            Self::StarterLeader { .. } => 37,
            Self::StarterLeadersUp { .. } => 38,
            Self::Groups(_) => 40,
            Self::UserField(_) => 50,
            Self::DepartmentField { .. } => 51,
            Self::Expression(_) => 60,
        }
    }
}

impl Counting {
    /// Its number.
    pub fn code(self) -> i32 {
        match self {
            Self::Random => 1,
            Self::Ratio(_) => 2,
            Self::Any => 3,
            Self::Sequential => 4,
        }
    }
}

impl Rejection {
    /// Its number.
    pub fn code(&self) -> i32 {
        match self {
            Self::End => 1,
            Self::ReturnTo(_) => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Approval;

    /// What a user task says in these attributes.
    fn said(attributes: &str, check: impl FnOnce(&Approval)) {
        let document = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:docket="https://docket.dev/bpmn"><process id="p"><startEvent id="s"/>
<userTask id="before" docket:approverStrategy="STARTER"/><userTask id="n" {attributes}/><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="before"/><sequenceFlow id="g" sourceRef="before" targetRef="n"/>
<sequenceFlow id="h" sourceRef="n" targetRef="e"/></process></definitions>"#
        );
        let model = crate::workflow::bpmn::read(document.as_bytes());
        let model = model.unwrap_or_else(|faults| panic!("{faults:?}\n{document}"));
        check(&model.user_task("n").unwrap().approval);
    }

    #[test]
    fn what_is_read_by_its_number_is_told_by_it() {
        for code in 1..=3 {
            said(&format!(r#"docket:nodeType="{code}""#), |it| assert_eq!(it.node_type.code(), code));
        }
        for code in 1..=4 {
            said(
                &format!(r#"docket:approverStrategy="30" docket:approvers="a,b" docket:counting="{code}""#),
                |it| {
                    assert_eq!(it.counting.code(), code);
                },
            );
        }
        for (code, node) in [(1, ""), (2, r#"docket:returnNode="before""#)] {
            said(&format!(r#"docket:rejection="{code}" {node}"#), |it| assert_eq!(it.rejection.code(), code));
        }
        for (code, needs) in [
            (10, "a"),
            (20, "a"),
            (21, "a"),
            (22, "a"),
            (23, "a"),
            (30, "a"),
            (34, ""),
            (35, ""),
            (36, ""),
            (37, ""),
            (38, ""),
            (40, "a"),
            (50, "a"),
            (51, "a"),
            (60, "${a}"),
        ] {
            let needs =
                if needs.is_empty() { String::new() } else { format!(r#"docket:approvers="{needs}""#) };
            said(&format!(r#"docket:approverStrategy="{code}" {needs}"#), |it| {
                assert_eq!(it.strategy.as_ref().unwrap().code(), code);
            });
        }
    }
}
