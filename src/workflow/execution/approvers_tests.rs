use super::*;

fn people(names: &[&str]) -> Answer {
    let found = names.iter().map(|name| Found { assignee: Some(person(name)), candidates: vec![] });
    Answer { found: found.collect(), ..Answer::default() }
}

fn person(name: &str) -> Approver {
    Approver { user: name.to_owned(), instead_of: None }
}

fn planned(approval: &Approval, answer: &Answer, same: SameApprover, state: &State) -> Plan {
    let around = Surroundings { starter: Some("sam"), drawn: None, same_approver: same, state };
    plan(approval, answer, None, around, &mut |bound| bound - 1)
}

fn names(plan: &Plan) -> Vec<String> {
    match plan {
        Plan::Ask { signers, .. } => signers.iter().filter_map(|signer| signer.assignee.clone()).collect(),
        Plan::Settle { .. } => panic!("nobody is asked: {plan:?}"),
    }
}

#[test]
fn everybody_is_asked_once() {
    let found =
        planned(&Approval::default(), &people(&["alice", "bob", "alice"]), SameApprover::Ask, &State::new());
    assert_eq!(names(&found), ["alice", "bob"]);
}

#[test]
fn one_is_drawn() {
    let approval = Approval { counting: Counting::Random, ..Approval::default() };
    let found = planned(&approval, &people(&["alice", "bob", "carol"]), SameApprover::Ask, &State::new());
    assert_eq!(names(&found), ["carol"]);
    assert!(matches!(found, Plan::Ask { rule: Rule::Any, .. }));
}

#[test]
fn who_was_drawn_is_not_drawn_anew() {
    let (approval, state) = (Approval { counting: Counting::Random, ..Approval::default() }, State::new());
    let draws = |drawn| {
        let same_approver = SameApprover::Ask;
        let around = Surroundings { starter: None, drawn, same_approver, state: &state };
        names(&plan(&approval, &people(&["alice", "bob", "carol"]), None, around, &mut |bound| bound - 1))
    };
    assert_eq!(draws(Some("bob")), ["bob"]);
    // Who is no longer an approver is not asked again.
    assert_eq!(draws(Some("dave")), ["carol"]);
    assert_eq!(draws(None), ["carol"]);
}

#[test]
fn a_starter_who_would_approve_themselves() {
    let answer = Answer { leader: Some(person("lea")), ..people(&["sam", "bob"]) };
    for (starter, expected) in [
        (StarterApproves::Allow, vec!["sam", "bob"]),
        (StarterApproves::Skip, vec!["bob"]),
        (StarterApproves::Leader, vec!["lea", "bob"]),
    ] {
        let approval = Approval { starter, ..Approval::default() };
        assert_eq!(names(&planned(&approval, &answer, SameApprover::Ask, &State::new())), expected);
    }
    let approval = Approval { starter: StarterApproves::Skip, ..Approval::default() };
    let found = planned(&approval, &people(&["sam"]), SameApprover::Ask, &State::new());
    assert!(matches!(found, Plan::Settle { verdict: None, .. }));
}

#[test]
fn nobody_is_found() {
    let fallback = Answer { fallback: vec![person("fay")], ..people(&[]) };
    let with = |nobody| {
        let approval = Approval { nobody, ..Approval::default() };
        planned(&approval, &fallback, SameApprover::Ask, &State::new())
    };
    assert!(matches!(with(Nobody::Approve), Plan::Settle { verdict: Some(Verdict::Approve), .. }));
    assert!(matches!(with(Nobody::Reject), Plan::Settle { verdict: Some(Verdict::Reject), .. }));
    assert_eq!(names(&with(Nobody::Users(vec!["fay".into()]))), ["fay"]);
    let Plan::Ask { signers, .. } = with(Nobody::Administrators) else { panic!("administrators are asked") };
    assert_eq!(signers[0].candidates, [ADMINISTRATORS]);
}

#[test]
fn who_has_approved_before() {
    let mut state = State::new();
    state.approvers = vec!["alice".into(), "bob".into()];
    state.last_approvers = vec!["bob".into()];
    for (same, expected) in [
        (SameApprover::Ask, vec![]),
        (SameApprover::ApproveLater, vec!["alice", "bob"]),
        (SameApprover::ApproveAdjacent, vec!["bob"]),
    ] {
        let found = planned(&Approval::default(), &people(&["alice", "bob", "carol"]), same, &state);
        let Plan::Ask { signers, .. } = found else { panic!("they are asked") };
        let approved: Vec<_> = signers
            .iter()
            .filter(|signer| signer.has_approved)
            .filter_map(|signer| signer.assignee.as_deref())
            .collect();
        assert_eq!(approved, expected, "{same:?}");
    }
}

#[test]
fn each_element_of_a_multi_instance_activity_is_asked() {
    let state = State::new();
    let around = Surroundings { starter: None, drawn: None, same_approver: SameApprover::Ask, state: &state };
    let found =
        plan(&Approval::default(), &people(&["alice", "alice"]), Some(Rule::Parallel), around, &mut |_| 0);
    assert_eq!(names(&found), ["alice", "alice"]);
}
