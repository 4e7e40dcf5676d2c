//! Who says what: the words that are read at each element, and those that are refused.

/// What is read at an element.
#[derive(Debug)]
pub(in crate::workflow::bpmn) struct Vocabulary {
    /// Attributes that the vendors share.
    pub(super) attributes: &'static [&'static str],
    /// Those of them that BPMN itself has too, or that mean something else without a namespace.
    pub(super) plain: &'static [&'static str],
    /// Attributes of Docket alone.
    pub(super) own: &'static [&'static str],
    /// Extension elements that the vendors share.
    pub(super) elements: &'static [&'static str],
    /// Extension elements of Docket alone.
    pub(super) own_elements: &'static [&'static str],
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
    /// Of a start event.
    pub(in crate::workflow::bpmn) const START: Self =
        Self { attributes: &["initiator", "formKey", "formRef"], ..NOTHING };
    /// Of activities that have nothing else.
    pub(in crate::workflow::bpmn) const ACTIVITY: Self = Self { attributes: &["skipExpression"], ..NOTHING };
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
            "allowWithdraw",
            "needsSignature",
            "needsComment",
            "secondFactor",
            "timeout",
            "timeoutAction",
            "reminders",
        ],
        own_elements: &["field"],
        ..NOTHING
    };
    /// Of a call activity.
    pub(in crate::workflow::bpmn) const CALL: Self = Self {
        attributes: &["skipExpression", "calledElement", "inheritVariables", "businessKey"],
        plain: &["calledElement"],
        elements: &["in", "out"],
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
    pub(in crate::workflow::bpmn) const SCRIPT: Self =
        Self { attributes: &["skipExpression", "resultVariable", "resultVariableName"], ..NOTHING };
    /// Of what repeats an activity.
    pub(in crate::workflow::bpmn) const REPETITION: Self =
        Self { attributes: &["collection", "elementVariable"], ..NOTHING };
    /// Of a lane.
    pub(in crate::workflow::bpmn) const LANE: Self = Self { own: &["candidateGroup"], ..NOTHING };
    /// Of a data object.
    pub(in crate::workflow::bpmn) const DATA: Self = Self { elements: &["value"], ..NOTHING };
}

/// What is read at one element or another: at any other it would be lost without a word.
pub(super) const UNDERSTOOD_SOMEWHERE: &[&str] = &[
    "assignee",
    "businessKey",
    "candidateGroups",
    "candidateStarterGroups",
    "candidateStarterUsers",
    "candidateUsers",
    "collection",
    "dueDate",
    "elementVariable",
    "formKey",
    "formRef",
    "inheritVariables",
    "initiator",
    "skipExpression",
];

/// Attributes that would change the execution, with the values that leave it as it is.
///
/// Known, and left alone because they change nothing here: historyTimeToLive, versionTag,
/// isStartableInTasklist, category, priority, owner, followUpDate, exclusive, jobPriority,
/// taskPriority, formFieldValidation, modelerTemplate and its kin, sameDeployment,
/// fallbackToDefaultTenant, inheritBusinessKey, processInstanceName, isEagerExecutionFetching.
pub(super) const REFUSED_ATTRIBUTES: &[(&str, &[&str])] = &[
    ("async", &["false"]),
    ("asyncAfter", &["false"]),
    ("asyncBefore", &["false"]),
    ("asyncLeave", &["false"]),
    ("businessCalendarName", &[]),
    ("calledElementBinding", &["latest"]),
    ("calledElementTenantId", &[]),
    ("calledElementType", &["key"]),
    ("calledElementVersion", &[]),
    ("calledElementVersionTag", &[]),
    ("caseBinding", &[]),
    ("caseRef", &[]),
    ("class", &[]),
    ("completeAsync", &["false"]),
    ("decisionRef", &[]),
    ("delegateExpression", &[]),
    ("elementIndexVariable", &[]),
    ("endDate", &[]),
    ("errorCodeVariable", &[]),
    ("errorMessageVariable", &[]),
    ("errorVariableLocalScope", &["false"]),
    ("errorVariableName", &[]),
    ("errorVariableTransient", &["false"]),
    ("escalationCodeVariable", &[]),
    ("expression", &[]),
    ("formHandlerClass", &[]),
    ("formRefBinding", &["latest", "deployment"]),
    ("formRefVersion", &[]),
    ("idVariableName", &[]),
    ("mapDecisionResult", &[]),
    ("messageExpression", &[]),
    ("noWaitStatesAsyncLeave", &["false"]),
    ("processInstanceIdVariableName", &[]),
    ("resource", &[]),
    ("resultVariable", &[]),
    ("resultVariableName", &[]),
    ("scope", &["global"]),
    ("signalExpression", &[]),
    ("taskCompleterVariableName", &[]),
    ("taskIdVariableName", &[]),
    ("terminateAll", &["false"]),
    ("terminateMultiInstance", &["false"]),
    ("topic", &[]),
    ("triggerable", &["false"]),
    ("type", &[]),
    ("useLocalScopeForOutParameters", &["false"]),
    ("variableEvents", &[]),
    ("variableMappingClass", &[]),
    ("variableMappingDelegateExpression", &[]),
    ("variableName", &[]),
];

/// Extension elements that would change the execution. The last lines are those of ruoyi-vue-pro,
/// for which Docket has attributes of its own.
pub(super) const REFUSED_ELEMENTS: &[&str] = &[
    "collection",
    "connector",
    "errorMapping",
    "eventListener",
    "eventType",
    "executionListener",
    "formData",
    "formProperty",
    "inputOutput",
    "mapException",
    "potentialStarter",
    "script",
    "taskListener",
    "variableAggregation",
    "approveMethod",
    "approveType",
    "assignEmptyHandlerType",
    "assignEmptyUserIds",
    "assignStartUserHandlerType",
    "candidateParam",
    "candidateStrategy",
    "fieldsPermission",
    "reasonRequire",
    "rejectHandlerType",
    "rejectReturnTaskId",
    "signEnable",
    "triggerParam",
    "triggerType",
];

/// Extension elements of Camunda 8 that would change the execution; its expressions are FEEL.
pub(super) const REFUSED_ZEEBE: &[&str] = &[
    "assignmentDefinition",
    "calledDecision",
    "calledElement",
    "executionListeners",
    "formDefinition",
    "ioMapping",
    "loopCharacteristics",
    "script",
    "subscription",
    "taskDefinition",
    "taskListeners",
    "taskSchedule",
    "userTaskForm",
];
