//! How an instance ends: its status and its business record.

use serde_json::Value;

use super::Case;
use super::history::{HistoryKind, Note};
use super::variables::{REASON, STATUS, last_variables};
use crate::kernel::Fault;
use crate::storage::entity::business_record;
use crate::workflow::execution::Ending;
use crate::workflow::status::InstanceStatus;

impl Case {
    /// An instance has come to its end by itself.
    pub(super) fn end(&mut self, place: usize, ending: &Ending) -> Result<(), Fault> {
        match ending {
            Ending::Completed => self.finish(place, InstanceStatus::Approve, None, true),
            Ending::Failed { code } => {
                let reason = Some(format!("the error {code} was caught by nothing"));
                self.finish(place, InstanceStatus::Reject, reason, true)
            }
            Ending::Rejected { reason } => self.finish(place, InstanceStatus::Reject, reason.clone(), true),
        }
    }

    /// An instance was ended by somebody.
    pub(super) fn cancelled(&mut self, place: usize, reason: Option<String>) -> Result<(), Fault> {
        self.finish(place, InstanceStatus::Cancel, reason, false)
    }

    fn finish(
        &mut self,
        place: usize,
        status: InstanceStatus,
        reason: Option<String>,
        is_automatic: bool,
    ) -> Result<(), Fault> {
        let row = &self.hands[place].row;
        let from = InstanceStatus::of(row.status).map_err(Fault::internal)?;
        if !from.may_become(status) {
            let (from, to) = (from.as_str(), status.as_str());
            return Err(Fault::internal(format!("an instance cannot go from {from} to {to}")));
        }
        let variables = last_variables(self.hands[place].variables.clone(), status, reason.as_deref());
        // However much there is: an instance can always end.
        self.set_variables(place, variables, None);
        let now = self.now;
        let row = &mut self.hands[place].row;
        (row.status, row.reason, row.ended_at) = (status.code(), reason.clone(), Some(now));
        row.suspended = false;
        let statuses = (Some(from.code()), Some(status.code()));
        self.note(place, HistoryKind::End, Note { statuses, reason, is_automatic, ..Note::default() });
        self.record(place, status);
        Ok(())
    }

    /// The business record of a new instance: RUNNING, in the transaction that starts it.
    pub(super) fn begin_record(&mut self, place: usize) -> Result<(), Fault> {
        let hand = &self.hands[place];
        if hand.definition.model.settings.business_type.is_some()
            && hand.row.business_key.is_none()
            && hand.row.parent_id.is_none()
        {
            let message = "this process decides about a business record: its key is needed";
            return Err(Fault::bad_input("businessKey", message));
        }
        self.record(place, InstanceStatus::Running);
        Ok(())
    }

    fn record(&mut self, place: usize, status: InstanceStatus) {
        let hand = &self.hands[place];
        // A child decides about nothing of its own.
        let (Some(kind), Some(key), None) =
            (&hand.definition.model.settings.business_type, &hand.row.business_key, hand.row.parent_id)
        else {
            return;
        };
        let business_status = hand.variables.get("businessStatus").and_then(Value::as_str);
        let data = hand.variables.iter().filter(|(name, _)| !matches!(name.as_str(), STATUS | REASON));
        let data: serde_json::Map<_, _> = data.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.records.push(business_record::Model {
            kind: kind.clone(),
            key: key.clone(),
            // Given out when it is written.
            version: 0,
            approval_status: status.code(),
            business_status: business_status.map(str::to_owned),
            data: Value::Object(data).to_string(),
            instance_id: hand.row.id,
            created_at: self.now,
        });
    }
}
