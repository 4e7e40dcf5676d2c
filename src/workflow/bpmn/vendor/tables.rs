//! The vendors' words that are not executed here: those that are kept, with a note or without one, and
//! those that are refused.
//!
//! A word that stands in none of the tables is taken for a drawing, and kept.

/// What becomes of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workflow::bpmn) enum Verdict {
    /// It stays in the document, and nothing is lost by that.
    Kept,
    /// It stays in the document, and whoever deploys it is told that nobody executes it.
    Noted,
    /// The document is refused.
    Refused,
}

use Verdict::{Kept, Noted, Refused};

/// A word of the vendors.
#[derive(Debug)]
pub(in crate::workflow::bpmn) struct Word {
    /// Its name, without a namespace.
    pub(in crate::workflow::bpmn) name: &'static str,
    /// What becomes of it.
    pub(in crate::workflow::bpmn) verdict: Verdict,
    /// The values with which it changes nothing, whatever its verdict.
    pub(in crate::workflow::bpmn) harmless: &'static [&'static str],
    /// Why, for people.
    pub(in crate::workflow::bpmn) why: &'static str,
}

const fn word(name: &'static str, verdict: Verdict, why: &'static str) -> Word {
    Word { name, verdict, harmless: &[], why }
}

const fn refused_but_for(name: &'static str, harmless: &'static [&'static str], why: &'static str) -> Word {
    Word { name, verdict: Refused, harmless, why }
}

/// The word of a name in one of the tables.
pub(super) fn find(table: &'static [Word], name: &str) -> Option<&'static Word> {
    table.iter().find(|word| word.name == name)
}

/// Attributes of Flowable, Camunda 7 and Activiti, wherever they are not read.
pub(in crate::workflow::bpmn) const ATTRIBUTES: &[Word] = &[
    word("async", Kept, "what is done is kept at every step, and work of machines runs by itself"),
    word("asyncAfter", Kept, "what is done is kept at every step, and work of machines runs by itself"),
    word("asyncBefore", Kept, "what is done is kept at every step, and work of machines runs by itself"),
    word("asyncLeave", Kept, "what is done is kept at every step, and work of machines runs by itself"),
    word(
        "asyncLeaveExclusive",
        Kept,
        "what is done is kept at every step, and work of machines runs by itself",
    ),
    word("businessCalendarName", Refused, "there are no business calendars"),
    word("calledElementTenantId", Noted, "there are no tenants"),
    refused_but_for("calledElementType", &["key"], "processes are called by their keys"),
    word("calledElementVersion", Kept, "goes with a calledElementBinding alone, which is refused"),
    word("calledElementVersionTag", Kept, "goes with a calledElementBinding alone, which is refused"),
    word("caseBinding", Refused, "there are no cases (CMMN)"),
    word("caseRef", Refused, "there are no cases (CMMN)"),
    word("caseTenantId", Refused, "there are no cases (CMMN)"),
    word("caseVersion", Refused, "there are no cases (CMMN)"),
    word("category", Kept, "for lists of other products"),
    word("class", Noted, "work is done by service, send and business rule tasks"),
    word("completeAsync", Kept, "what is done is kept at every step, and work of machines runs by itself"),
    word("decisionRef", Refused, "work is done by service, send and business rule tasks"),
    word("delegateExpression", Noted, "work is done by service, send and business rule tasks"),
    word("elementIndexVariable", Refused, "loopCounter has it"),
    word("endDate", Refused, "a timer ends after so many times: R3/PT10M"),
    word("errorMessageVariable", Noted, "an error has a code here, and no message"),
    refused_but_for("errorVariableLocalScope", &["false"], "an error has a code alone"),
    word("errorVariableName", Refused, "an error has a code alone"),
    refused_but_for("errorVariableTransient", &["false"], "an error has a code alone"),
    word("exclusive", Kept, "jobs have an order of their own"),
    word("expression", Noted, "work is done by service, send and business rule tasks"),
    word("fallbackToDefaultTenant", Kept, "there are no tenants"),
    word("followUpDate", Kept, "for lists of other products"),
    word("formFieldValidation", Kept, "for forms of other products"),
    word("formHandlerClass", Noted, "Java is not run here"),
    refused_but_for("formRefBinding", &["latest", "deployment"], "forms are of the process itself"),
    word("formRefVersion", Refused, "forms are of the process itself"),
    word("historyTimeToLive", Kept, "what has happened is kept for ever"),
    word("idVariableName", Refused, "nothing writes such a variable"),
    word("inheritBusinessKey", Kept, "a child has its caller's business key"),
    word("isEagerExecutionFetching", Kept, "for the other engine's database"),
    word("isStartableInTasklist", Kept, "for lists of other products"),
    word("jobPriority", Kept, "jobs have an order of their own"),
    word("mapDecisionResult", Refused, "decisions are work of outside"),
    word("messageExpression", Refused, "a name may hold an expression"),
    word("modelerTemplate", Kept, "for the designer"),
    word("modelerTemplateIcon", Kept, "for the designer"),
    word("modelerTemplateVersion", Kept, "for the designer"),
    word(
        "noWaitStatesAsyncLeave",
        Kept,
        "what is done is kept at every step, and work of machines runs by itself",
    ),
    word("owner", Kept, "for lists of other products"),
    word("priority", Kept, "for lists of other products"),
    word("processInstanceIdVariableName", Refused, "nothing writes such a variable"),
    word("processInstanceName", Kept, "instances have no names"),
    word("resource", Refused, "scripts stand in the document"),
    word("resultVariable", Refused, "nothing has a result there"),
    word("resultVariableName", Refused, "nothing has a result there"),
    word("sameDeployment", Kept, "a deployment is one process"),
    refused_but_for("scope", &["global"], "events are of all instances"),
    word("signalExpression", Refused, "a name may hold an expression"),
    word("taskCompleterVariableName", Refused, "nothing writes such a variable"),
    word("taskIdVariableName", Refused, "nothing writes such a variable"),
    word("taskPriority", Kept, "jobs have an order of their own"),
    refused_but_for("terminateAll", &["false"], "a terminate event ends what is around it"),
    refused_but_for("terminateMultiInstance", &["false"], "a terminate event ends what is around it"),
    word("topic", Refused, "work is done by service, send and business rule tasks"),
    refused_but_for("triggerable", &["false"], "a call that waits is docket:http wait=\"CALLBACK\""),
    word("type", Refused, "work is done by service, send and business rule tasks"),
    refused_but_for(
        "useLocalScopeForOutParameters",
        &["false"],
        "what comes back are the process's variables",
    ),
    word("variableEvents", Noted, "a condition is looked at whenever any variable changes"),
    word("variableMappingClass", Refused, "Java is not run here"),
    word("variableMappingDelegateExpression", Refused, "Java is not run here"),
    word("variableName", Noted, "a condition is looked at whenever any variable changes"),
    word("versionTag", Kept, "versions are numbered"),
];

/// Their extension elements, those of ruoyi-vue-pro among them, for which Docket has words of its own.
pub(in crate::workflow::bpmn) const ELEMENTS: &[Word] = &[
    word("approveMethod", Refused, "write docket:counting"),
    word("approveType", Refused, "write docket:nodeType"),
    word("assignEmptyHandlerType", Refused, "write docket:nobody"),
    word("assignEmptyUserIds", Refused, "write docket:nobodyUsers"),
    word("assignStartUserHandlerType", Refused, "write docket:starterApproves"),
    word("candidateParam", Refused, "write docket:approvers"),
    word("candidateStrategy", Refused, "write docket:approverStrategy"),
    word("collection", Refused, "write the attribute"),
    word("connector", Refused, "write docket:http, or a topic"),
    word("errorEventDefinition", Refused, "a worker says by throwJobError that its work is an error"),
    word("errorMapping", Refused, "a worker says by throwJobError that its work is an error"),
    word(
        "eventListener",
        Noted,
        "listeners are not run here: write what they do as a task, or ask for it by a webhook",
    ),
    word("eventType", Refused, "there is no event registry"),
    word(
        "executionListener",
        Noted,
        "listeners are not run here: write what they do as a task, or ask for it by a webhook",
    ),
    word("failedJobRetryTimeCycle", Kept, "only work of machines is tried again"),
    word("fieldsPermission", Refused, "write <docket:field>"),
    word("formData", Noted, "its fields are neither asked for nor checked: write a docket:form"),
    word("formProperty", Noted, "its fields are neither asked for nor checked: write a docket:form"),
    word("inputOutput", Refused, "only activities and events have variables of their own"),
    word("mapException", Refused, "a worker says by throwJobError that its work is an error"),
    word("potentialStarter", Refused, "write candidateStarterUsers or candidateStarterGroups"),
    word("properties", Kept, "for other products"),
    word("property", Kept, "for other products"),
    word("reasonRequire", Refused, "write docket:needsComment"),
    word("rejectHandlerType", Refused, "write docket:rejection"),
    word("rejectReturnTaskId", Refused, "write docket:returnNode"),
    word("script", Refused, "scripts are script tasks"),
    word("signEnable", Refused, "write docket:needsSignature"),
    word(
        "taskListener",
        Noted,
        "listeners are not run here: write what they do as a task, or ask for it by a webhook",
    ),
    word("triggerParam", Refused, "write <docket:http>"),
    word("triggerType", Refused, "write <docket:http>"),
    word("variableAggregation", Refused, "results are not gathered"),
];

/// Extension elements of Camunda 8.
pub(in crate::workflow::bpmn) const ZEEBE: &[Word] = &[
    word("assignmentDefinition", Refused, "write camunda:assignee"),
    word("calledDecision", Refused, "write a docket:topic"),
    word("calledElement", Refused, "write calledElement"),
    word("executionListeners", Refused, "listeners are not run here"),
    word("formDefinition", Refused, "write a formKey"),
    word("ioMapping", Refused, "its expressions are FEEL"),
    word("loopCharacteristics", Refused, "its expressions are FEEL: write camunda:collection"),
    word("script", Refused, "its expressions are FEEL: write a script in cel"),
    word("subscription", Refused, "messages are told by name and business key"),
    word("taskDefinition", Refused, "only service, send and business rule tasks are work"),
    word("taskListeners", Refused, "listeners are not run here"),
    word("taskSchedule", Refused, "its expressions are FEEL: write camunda:dueDate"),
    word("userTaskForm", Refused, "write a docket:form"),
];

/// What is read at one element or another: at any other it would be lost without a word.
pub(super) const UNDERSTOOD_SOMEWHERE: &[&str] = &[
    "assignee",
    "businessKey",
    "calledElementBinding",
    "candidateGroups",
    "candidateStarterGroups",
    "candidateStarterUsers",
    "candidateUsers",
    "collection",
    "dueDate",
    "elementVariable",
    "errorCodeVariable",
    "escalationCodeVariable",
    "formKey",
    "formRef",
    "inheritVariables",
    "initiator",
    "skipExpression",
];
