//! The words that are read at each element.

/// What is read at an element.
#[derive(Debug)]
pub(in crate::workflow::bpmn) struct Vocabulary {
    /// Attributes that the vendors share.
    pub(in crate::workflow::bpmn) attributes: &'static [&'static str],
    /// Those of them that BPMN itself has too, or that mean something else without a namespace.
    pub(in crate::workflow::bpmn) plain: &'static [&'static str],
    /// Attributes of Docket alone.
    pub(in crate::workflow::bpmn) own: &'static [&'static str],
    /// Extension elements that the vendors share.
    pub(in crate::workflow::bpmn) elements: &'static [&'static str],
    /// Extension elements of Docket alone.
    pub(in crate::workflow::bpmn) own_elements: &'static [&'static str],
}

const NOTHING: Vocabulary =
    Vocabulary { attributes: &[], plain: &[], own: &[], elements: &[], own_elements: &[] };

impl Vocabulary {
    /// Of what has no words of its own: gateways, flows, end events.
    pub(in crate::workflow::bpmn) const BARE: Self = NOTHING;
    /// Of a process.
    pub(in crate::workflow::bpmn) const PROCESS: Self = Self {
        attributes: &["candidateStarterUsers", "candidateStarterGroups"],
        own: &["sameApprover", "anonymousStart", "businessType"],
        own_elements: &["form"],
        ..NOTHING
    };
    /// Of what catches an error.
    pub(in crate::workflow::bpmn) const CAUGHT_ERROR: Self =
        Self { attributes: &["errorCodeVariable"], ..NOTHING };
    /// Of what catches an escalation.
    pub(in crate::workflow::bpmn) const CAUGHT_ESCALATION: Self =
        Self { attributes: &["escalationCodeVariable"], ..NOTHING };
    /// Of a start event.
    pub(in crate::workflow::bpmn) const START: Self =
        Self { attributes: &["initiator", "formKey", "formRef"], elements: &["inputOutput"], ..NOTHING };
    /// Of any other event.
    pub(in crate::workflow::bpmn) const EVENT: Self = Self { elements: &["inputOutput"], ..NOTHING };
    /// Of activities that have nothing else.
    pub(in crate::workflow::bpmn) const ACTIVITY: Self =
        Self { attributes: &["skipExpression"], elements: &["inputOutput"], ..NOTHING };
    /// Of a task that is nobody's to decide.
    pub(in crate::workflow::bpmn) const TASK: Self = Self {
        attributes: &["skipExpression"],
        own: &["nodeType", "approverStrategy", "approvers", "levels"],
        own_elements: &["set", "unset"],
        elements: &["inputOutput"],
        ..NOTHING
    };
    /// Of a user task.
    pub(in crate::workflow::bpmn) const USER_TASK: Self = Self {
        attributes: &[
            "assignee",
            "candidateUsers",
            "candidateGroups",
            "dueDate",
            "formKey",
            "formRef",
            "skipExpression",
        ],
        own: &[
            "nodeType",
            "approverStrategy",
            "approvers",
            "levels",
            "counting",
            "ratio",
            "rejection",
            "returnNode",
            "nobody",
            "nobodyUsers",
            "starterApproves",
            "batchApprove",
            "allowReject",
            "allowWithdraw",
            "needsSignature",
            "needsComment",
            "secondFactor",
            "timeout",
            "timeoutAction",
            "reminders",
        ],
        own_elements: &["field"],
        elements: &["inputOutput"],
        ..NOTHING
    };
    /// Of a call activity.
    pub(in crate::workflow::bpmn) const CALL: Self = Self {
        attributes: &[
            "skipExpression",
            "calledElement",
            "calledElementBinding",
            "inheritVariables",
            "businessKey",
        ],
        plain: &["calledElement"],
        elements: &["in", "out", "inputOutput"],
        ..NOTHING
    };
    /// Of a service, send or business rule task.
    pub(in crate::workflow::bpmn) const SERVICE: Self = Self {
        attributes: &[
            "skipExpression",
            "class",
            "delegateExpression",
            "decisionRef",
            "expression",
            "mapDecisionResult",
            "resultVariable",
            "resultVariableName",
            "taskPriority",
            "topic",
            "type",
        ],
        own: &["retries"],
        own_elements: &["http"],
        elements: &["in", "out", "field", "inputOutput", "failedJobRetryTimeCycle", "taskDefinition"],
        ..NOTHING
    };
    /// Of a script task.
    pub(in crate::workflow::bpmn) const SCRIPT: Self = Self {
        attributes: &["skipExpression", "resultVariable", "resultVariableName"],
        elements: &["inputOutput"],
        ..NOTHING
    };
    /// Of what repeats an activity.
    pub(in crate::workflow::bpmn) const REPETITION: Self =
        Self { attributes: &["collection", "elementVariable"], ..NOTHING };
    /// Of a lane.
    pub(in crate::workflow::bpmn) const LANE: Self = Self { own: &["candidateGroup"], ..NOTHING };
    /// Of a data object.
    pub(in crate::workflow::bpmn) const DATA: Self = Self { elements: &["value"], ..NOTHING };
}
