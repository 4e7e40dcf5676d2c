//! States as earlier programs have written them.

use serde_json::Value;

use super::state::State;

/// Reads the first format, which knew of one last approver alone: `lastApprover`, a text.
pub(super) fn from_first(text: &str) -> Result<State, serde_json::Error> {
    let mut state: Value = serde_json::from_str(text)?;
    if let Some(state) = state.as_object_mut()
        && let Some(last) = state.remove("lastApprover").filter(Value::is_string)
    {
        state.insert("lastApprovers".to_owned(), Value::Array(vec![last]));
    }
    serde_json::from_value(state)
}

#[cfg(test)]
mod tests {
    use crate::workflow::execution::state::{FORMAT, State, StateError};

    const FIRST: &str = r#"{"next":4,"tokens":[{"id":3,"scope":0,"node":"review",
        "activity":"01890a5d-ac96-774b-bcce-b302099a8057",
        "waits":{"for":"people","round":{"rule":"any","total":1,"approved":0,"rejected":0}}}],
        "approvers":["alice"],"lastApprover":"alice"}"#;

    #[test]
    fn a_state_of_the_first_format_loads() {
        let state = State::load(1, FIRST).unwrap();
        assert_eq!(state.last_approvers, ["alice"]);
        assert_eq!(state.tokens[0].node.as_ref(), "review");
        assert_eq!(State::load(FORMAT, &state.save().unwrap()).unwrap(), state);
    }

    #[test]
    fn a_state_of_the_second_format_loads() {
        let second = FIRST.replace(r#""lastApprover":"alice""#, r#""lastApprovers":["alice"]"#);
        let state = State::load(2, &second).unwrap();
        assert_eq!((state.last_approvers.len(), state.subscriptions.len()), (1, 0));
    }

    #[test]
    fn a_state_of_the_fifth_format_loads() {
        let fifth = FIRST.replace(r#""lastApprover":"alice""#, r#""lastApprovers":["alice"],"begunAt":"s""#);
        let state = State::load(5, &fifth).unwrap();
        assert_eq!((state.begun_at.as_deref(), state.tokens[0].locals.len()), (Some("s"), 0));
    }

    #[test]
    fn a_state_of_a_later_program_is_refused() {
        assert!(matches!(State::load(FORMAT + 1, FIRST), Err(StateError::Newer(_))));
        assert!(matches!(State::load(FORMAT, "{"), Err(StateError::Unreadable(_))));
    }
}
