//! Processes to try things with; development mode deploys them.

/// A leave request: the leader of one's department decides, and personnel too where it is long.
pub const LEAVE_REQUEST: &str = include_str!("bpmn/samples/leave-request.bpmn");

/// An expense claim: who decides depends on the sum, and for large ones a group votes.
pub const EXPENSE_CLAIM: &str = include_str!("bpmn/samples/expense-claim.bpmn");
