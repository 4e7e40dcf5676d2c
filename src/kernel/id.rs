//! Global ids: opaque to clients, and the raw id of a known kind inside.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::Fault;

/// The longest id taken from outside, in bytes: a user id of 128 characters, whatever their
/// script, still has a global id.
const MAX_ID_BYTES: usize = 720;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A feature, by its key.
    Feature,
    /// A batch, by its uuid.
    Batch,
    /// An item, by its batch's uuid and its index.
    BatchItem,
    /// An entry of a user's ledger, by its number.
    LedgerEntry,
    /// A user, by the token's `sub`.
    User,
    /// An uploaded or produced file, by its uuid.
    File,
    /// A person of the directory, by the user id.
    Person,
    /// A department, by its id.
    Department,
    /// A position, by its id.
    Position,
    /// A tag, by its id.
    Tag,
    /// An approver role, by its id.
    ApproverRole,
    /// A time in which somebody is away, by its number.
    Absence,
    /// A version of a process, by its uuid.
    ProcessDefinition,
    /// An instance of a process, by its uuid.
    ProcessInstance,
    /// A task, by its uuid.
    Task,
    /// An incident, by its uuid.
    Incident,
    /// A webhook, by its uuid.
    Webhook,
    /// A delivery to a webhook, by its number.
    WebhookDelivery,
    /// A job, by its uuid.
    Job,
    /// Something that could not begin, by its uuid.
    StartIncident,
}

impl NodeKind {
    const ALL: [Self; 20] = [
        Self::Feature,
        Self::Batch,
        Self::BatchItem,
        Self::LedgerEntry,
        Self::User,
        Self::File,
        Self::Person,
        Self::Department,
        Self::Position,
        Self::Tag,
        Self::ApproverRole,
        Self::Absence,
        Self::ProcessDefinition,
        Self::ProcessInstance,
        Self::Task,
        Self::Incident,
        Self::Webhook,
        Self::WebhookDelivery,
        Self::Job,
        Self::StartIncident,
    ];

    /// The kind's name: the GraphQL type's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feature => "Feature",
            Self::Batch => "Batch",
            Self::BatchItem => "BatchItem",
            Self::LedgerEntry => "LedgerEntry",
            Self::User => "User",
            Self::File => "File",
            Self::Person => "Person",
            Self::Department => "Department",
            Self::Position => "Position",
            Self::Tag => "Tag",
            Self::ApproverRole => "ApproverRole",
            Self::Absence => "Absence",
            Self::ProcessDefinition => "ProcessDefinition",
            Self::ProcessInstance => "ProcessInstance",
            Self::Task => "Task",
            Self::Incident => "Incident",
            Self::Webhook => "Webhook",
            Self::WebhookDelivery => "WebhookDelivery",
            Self::Job => "Job",
            Self::StartIncident => "StartIncident",
        }
    }
}

/// A parsed global id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GlobalId {
    /// What it names.
    pub kind: NodeKind,
    /// The id within its kind.
    pub raw: String,
}

impl GlobalId {
    /// The id as clients see it: `kind:raw` in unpadded, URL-safe base64.
    pub fn encode(kind: NodeKind, raw: impl std::fmt::Display) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{raw}", kind.as_str()))
    }

    /// The global id in `text`, where it is one.
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > MAX_ID_BYTES {
            return None;
        }
        let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (kind, raw) = decoded.split_once(':')?;
        let kind = NodeKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
        Some(Self { kind, raw: raw.to_owned() })
    }

    /// The raw id of a `kind` in `text`, which may be global or raw.
    ///
    /// # Errors
    /// `BAD_INPUT` at `field` where the id is of another kind, empty or too long.
    pub fn raw_of(kind: NodeKind, field: &str, text: &str) -> Result<String, Fault> {
        if text.is_empty() || text.len() > MAX_ID_BYTES {
            return Err(Fault::bad_input(field, format!("an id has 1 to {MAX_ID_BYTES} characters")));
        }
        match Self::decode(text) {
            Some(id) if id.kind == kind => Ok(id.raw),
            Some(id) => Err(Fault::bad_input(
                field,
                format!("this is the id of a {}, not of a {}", id.kind.as_str(), kind.as_str()),
            )),
            None => Ok(text.to_owned()),
        }
    }

    /// As [`GlobalId::raw_of`], for kinds whose raw id is a uuid.
    ///
    /// # Errors
    /// `BAD_INPUT` at `field` where it is none.
    pub fn uuid_of(kind: NodeKind, field: &str, text: &str) -> Result<Uuid, Fault> {
        let raw = Self::raw_of(kind, field, text)?;
        Uuid::try_parse(&raw)
            .map_err(|_| Fault::bad_input(field, format!("this is not the id of a {}", kind.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use proptest::prelude::*;

    #[test]
    fn an_id_of_another_kind_is_refused_by_name() {
        let id = GlobalId::encode(NodeKind::Batch, Uuid::nil());
        let fault = GlobalId::raw_of(NodeKind::Feature, "featureId", &id).unwrap_err();
        assert_eq!(fault.code(), ErrorCode::BadInput);
        assert_eq!(fault.details()["field"], "featureId");
    }

    #[test]
    fn the_longest_user_id_has_a_global_id() {
        let longest = "\u{10348}".repeat(128);
        for kind in NodeKind::ALL {
            let id = GlobalId::encode(kind, &longest);
            assert_eq!(GlobalId::decode(&id), Some(GlobalId { kind, raw: longest.clone() }));
        }
    }

    proptest! {
        #[test]
        fn ids_survive_the_round_trip(raw in "[^\u{0}]{1,60}") {
            let text = GlobalId::encode(NodeKind::User, &raw);
            prop_assert_eq!(GlobalId::raw_of(NodeKind::User, "id", &text).unwrap(), raw);
        }

        #[test]
        fn no_text_makes_decoding_panic(text in ".{0,300}") {
            let _ = GlobalId::decode(&text);
            let _ = GlobalId::uuid_of(NodeKind::Batch, "id", &text);
        }
    }
}
