//! What a step has changed, for whoever writes it down.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::approvers::Asked;
use super::round::Verdict;
use super::state::Subscription;
use crate::workflow::model::ElementId;

/// Something that has happened in a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A token has come to a node.
    Entered {
        /// The entry's id.
        activity: Uuid,
        /// The node.
        node: ElementId,
        /// The token.
        token: u32,
        /// The flow by which it came; none where it was put there.
        by: Option<ElementId>,
        /// The entry around it: that of a subprocess or of a repeated activity.
        outer: Option<Uuid>,
        /// Which body of a repeated activity it is in, from 0.
        index: Option<u32>,
    },
    /// It has gone from there.
    Left {
        /// The entry's id.
        activity: Uuid,
        /// How.
        how: Left,
    },
    /// It is there again: what had brought it away was taken back.
    Resumed {
        /// The entry's id.
        activity: Uuid,
    },
    /// People are asked.
    Asked {
        /// Where.
        activity: Uuid,
        /// The node.
        node: ElementId,
        /// Whom, and how.
        asked: Asked,
    },
    /// The next of those who are asked one after the other has the word.
    NextAsked {
        /// Where.
        activity: Uuid,
    },
    /// Nobody was asked: the node decided by itself.
    Settled {
        /// Where.
        activity: Uuid,
        /// The node.
        node: ElementId,
        /// How; none: it was passed over.
        verdict: Option<Verdict>,
        /// Why.
        reason: &'static str,
    },
    /// Those who have not decided at a user task are asked once more.
    Reminded {
        /// Where.
        activity: Uuid,
    },
    /// Whatever is still open at a user task is so no more.
    Closed {
        /// Where.
        activity: Uuid,
    },
    /// What was open or waiting at a user task is so again.
    Reopened {
        /// Where.
        activity: Uuid,
        /// The task whose approval is taken back, where one is.
        task: Option<Uuid>,
        /// The round had come to its end and whoever was not heard is asked again.
        whole: bool,
    },
    /// A child is to be started.
    Called {
        /// Its instance.
        instance: Uuid,
        /// The entry of the call.
        activity: Uuid,
        /// The key of its process.
        process: String,
        /// Its business key.
        business_key: Option<String>,
        /// What it begins with.
        variables: Map<String, Value>,
    },
    /// A machine is to work.
    JobCreated(JobRequest),
    /// Nobody waits for a job any longer.
    JobCancelled {
        /// Which.
        job: Uuid,
    },
    /// Something is waited for from now on, or again.
    Subscribed(Subscription),
    /// It is waited for no longer.
    Unsubscribed {
        /// The subscription.
        id: Uuid,
    },
    /// A message is told to whoever waits for it.
    MessageThrown {
        /// Its name.
        name: String,
    },
    /// A signal is told to all who wait for it.
    SignalThrown {
        /// Its name.
        name: String,
    },
    /// A child is not waited for any longer.
    Abandoned {
        /// Its instance.
        instance: Uuid,
    },
}

/// What a machine is to do.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRequest {
    /// The job's id: the same in every attempt.
    pub job: Uuid,
    /// The entry of the node.
    pub activity: Uuid,
    /// The node.
    pub node: ElementId,
    /// What kind of work it is.
    pub topic: String,
    /// What it is done with, beside the variables.
    pub inputs: Map<String, Value>,
}

/// How a token has gone from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Left {
    /// The node was executed.
    Completed,
    /// The node was passed over.
    Skipped,
    /// The token became one with others.
    Joined,
    /// What it waited for was rejected.
    Rejected,
    /// The instance was sent back.
    Returned,
    /// The approval that had brought it here was taken back.
    Withdrawn,
    /// It was not wanted any longer.
    Cancelled,
}

impl Left {
    /// The word in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "COMPLETED",
            Self::Skipped => "SKIPPED",
            Self::Joined => "JOINED",
            Self::Rejected => "REJECTED",
            Self::Returned => "RETURNED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// How an instance has ended by itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// It came to its end.
    Completed,
    /// An error was thrown that nothing in it has caught.
    Failed {
        /// The error's code.
        code: String,
    },
    /// Somebody, or a rule, has rejected it.
    Rejected {
        /// Why, where somebody said so.
        reason: Option<String>,
    },
}
