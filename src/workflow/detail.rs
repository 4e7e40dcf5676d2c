//! What the entries of a history say beside who, what, when and why.

use serde::Deserialize;
use uuid::Uuid;

use super::case::HistoryKind;
use super::status::TaskStatus;
use super::task::Sign;

/// What an entry of a history says beside who, what, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryDetail {
    /// The signature: a file.
    pub signature: Option<Uuid>,
    /// Further files.
    pub attachments: Vec<Uuid>,
    /// Whom it concerns, beside who did it: who was given the task, shown it, added or taken away.
    pub users: Vec<String>,
    /// The node that it was sent back to; none: to the starter.
    pub returned_to: Option<String>,
    /// What whoever it was delegated to says: [`TaskStatus::Approve`] or [`TaskStatus::Reject`].
    pub opinion: Option<TaskStatus>,
    /// Where signers were added.
    pub sign: Option<Sign>,
}

/// The same as it is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Kept {
    signature: Option<Paper>,
    attachments: Vec<Paper>,
    user_ids: Vec<String>,
    /// A user's, or where it was sent back a node's.
    to: Option<String>,
    opinion: Option<String>,
    sign: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Paper {
    id: Uuid,
}

impl HistoryDetail {
    /// Reads what an entry of this kind keeps.
    ///
    /// # Errors
    /// Where it is no such thing.
    pub fn of(kind: HistoryKind, data: Option<&str>) -> Result<Self, serde_json::Error> {
        let kept: Kept = data.map(serde_json::from_str).transpose()?.unwrap_or_default();
        let is_return = kind == HistoryKind::Return;
        let (returned_to, given_to) = if is_return { (kept.to, None) } else { (None, kept.to) };
        let opinions = [TaskStatus::Approve, TaskStatus::Reject];
        Ok(Self {
            signature: kept.signature.map(|paper| paper.id),
            attachments: kept.attachments.iter().map(|paper| paper.id).collect(),
            users: kept.user_ids.into_iter().chain(given_to).collect(),
            returned_to,
            opinion: opinions.into_iter().find(|status| Some(status.as_str()) == kept.opinion.as_deref()),
            sign: kept.sign.as_deref().and_then(Sign::of),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whereto_is_a_node_or_somebody() {
        let back = HistoryDetail::of(HistoryKind::Return, Some(r#"{"to": "review"}"#)).unwrap();
        assert_eq!((back.returned_to.as_deref(), back.users.len()), (Some("review"), 0));
        let starter = HistoryDetail::of(HistoryKind::Return, Some(r#"{"to": null}"#)).unwrap();
        assert_eq!(starter, HistoryDetail::default());
        let given =
            HistoryDetail::of(HistoryKind::Transfer, Some(r#"{"from": "bob", "to": "carol"}"#)).unwrap();
        assert_eq!((given.returned_to, given.users), (None, vec!["carol".to_owned()]));
    }

    #[test]
    fn files_opinions_and_signers_are_read() {
        let id = Uuid::max();
        let text = format!(
            r#"{{"signature": {{"id": "{id}", "name": "me.png"}}, "attachments": [{{"id": "{id}", "name": "x.pdf"}}],
                "opinion": "REJECT"}}"#
        );
        let resolved = HistoryDetail::of(HistoryKind::Resolve, Some(&text)).unwrap();
        assert_eq!((resolved.signature, resolved.attachments), (Some(id), vec![id]));
        assert_eq!(resolved.opinion, Some(TaskStatus::Reject));
        let added =
            HistoryDetail::of(HistoryKind::AddSigners, Some(r#"{"sign": "AFTER", "userIds": ["a", "b"]}"#));
        let added = added.unwrap();
        assert_eq!((added.sign, added.users.len()), (Some(Sign::After), 2));
        assert_eq!(HistoryDetail::of(HistoryKind::Start, None).unwrap(), HistoryDetail::default());
        assert!(HistoryDetail::of(HistoryKind::Start, Some("[1]")).is_err());
    }
}
