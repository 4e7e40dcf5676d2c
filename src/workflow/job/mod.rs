//! Jobs: what workers outside do for instances.
//!
//! A token that comes to a service task waits for a job, which stands in the table `job` from the same
//! transaction on. Workers claim jobs by their topics and for a while ([`Workflow::claim_jobs`]); what
//! they report counts as long as nobody else has claimed the job since, which the lock's id tells. What
//! they do not report goes back when the while is over ([`sweep`]), with the failure counted; past the
//! most attempts there is an incident.

mod call;
mod caller;
mod claim;
mod end;
mod left_behind;
mod list;
mod live;
mod report;
mod rules;
mod status;
mod store;
mod sweep;

pub use call::{HttpAnswer, HttpCalls, HttpRequest, MAX_ANSWER};
pub use caller::{CALL_KIND, CallHandler};
pub(super) use caller::{CONCURRENCY, Calling, MAX_ATTEMPTS};
pub use claim::{ClaimJobs, ClaimedJob, MAX_CLAIMED};
pub use list::JobFilter;
pub use live::JobsAvailable;
pub use report::{CompleteJob, FailJob, ThrowJobError};
pub use rules::Ended;
pub(super) use rules::incident_about;
pub use status::{JobKind, JobStatus};
pub(super) use store::{calls_in_op, hand_out_in_op, reopen_in_op};
pub(super) use sweep::Swept;

use crate::kernel::{Actor, Fault, Role};

/// The longest topic, in characters.
pub const MAX_TOPIC: usize = 255;

/// # Errors
/// `FORBIDDEN` below OPERATOR.
fn check_worker(actor: &Actor) -> Result<(), Fault> {
    match actor.has_role(Role::Operator) {
        true => Ok(()),
        false => Err(Fault::forbidden("jobs are for workers: their token needs the role OPERATOR")),
    }
}
