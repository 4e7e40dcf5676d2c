//! What is read of tasks of machines and of timeouts, and the faults they have.

use super::*;
use crate::workflow::model::{Timeout, TimeoutAction, Work};

/// A document with `n` in line 5, of this kind.
fn machine(kind: &str, attributes: &str, inner: &str) -> String {
    around(&format!("<{kind} id=\"n\" {attributes}>{inner}</{kind}>"))
}

fn service(attributes: &str, inner: &str) -> String {
    machine("serviceTask", attributes, inner)
}

/// The topic of the work of `n`, how often it is tried, and the wait between.
fn work(xml: &str) -> String {
    let model = read_well(xml);
    let NodeKind::Service(service) = &model.node("n").unwrap().kind else { panic!("no service task") };
    match &service.work {
        Work::External(one) => {
            format!("{} {} {}", one.topic.source(), one.attempts, one.retry_after.as_deref().unwrap_or("-"))
        }
        Work::Value { expression, result } => {
            format!("{} into {}", expression.source(), result.as_deref().unwrap_or("-"))
        }
        Work::Message(name) => format!("message {}", name.source()),
        Work::Http(call) => format!(
            "{} {} {:?} {} {}",
            call.method,
            call.url.source(),
            call.wait,
            call.timeout,
            call.attempts
        ),
    }
}

#[test]
fn what_a_service_task_does() {
    let cycle = |text: &str| {
        format!(
            "<extensionElements><flowable:failedJobRetryTimeCycle>{text}</flowable:failedJobRetryTimeCycle></extensionElements>"
        )
    };
    let zeebe = "<extensionElements><zeebe:taskDefinition type=\"ship\" retries=\"7\"/></extensionElements>";
    for (attributes, inner, expected) in [
        ("docket:topic=\"pack\"", String::new(), "pack 3 -"),
        ("docket:topic=\"pack\" docket:retries=\"9\"", String::new(), "pack 9 -"),
        ("camunda:type=\"external\" camunda:topic=\"pack\"", cycle("R5/PT10M"), "pack 5 PT10M"),
        ("flowable:class=\"org.acme.Pack\"", String::new(), "org.acme.Pack 3 -"),
        ("activiti:delegateExpression=\"#{pack}\"", String::new(), "#{pack} 3 -"),
        ("flowable:expression=\"${pack.now(1)}\"", String::new(), "${pack.now(1)} 3 -"),
        ("flowable:expression=\"${1 + 2}\" flowable:resultVariable=\"x\"", String::new(), "${1 + 2} into x"),
        ("flowable:expression=\"${1 + 2}\"", String::new(), "${1 + 2} into -"),
        ("flowable:type=\"shell\"", String::new(), "shell 3 -"),
        ("", zeebe.to_owned(), "ship 7 -"),
    ] {
        assert_eq!(work(&service(attributes, &inner)), expected, "{attributes} {inner}");
    }
    assert_eq!(work(&machine("sendTask", "docket:topic=\"mail\"", "")), "mail 3 -");
    let told = machine("sendTask", "messageRef=\"m\"", "")
        .replace("</definitions>", "<message id=\"m\" name=\"paid\"/></definitions>");
    assert_eq!(work(&told), "message paid");
    assert_eq!(work(&machine("businessRuleTask", "camunda:decisionRef=\"rate\"", "")), "rate 3 -");
}

#[test]
fn what_is_wrong_with_variables_of_an_activitys_own() {
    use FaultCode::*;
    let at = |tag: &str, inner: &str, more: &str| {
        let own = format!("<camunda:inputOutput>{inner}</camunda:inputOutput>");
        around(&format!("<{tag} id=\"n\"><extensionElements>{own}</extensionElements>{more}</{tag}>"))
    };
    let given = |way: &str, name: &str, value: &str| {
        format!("<camunda:{way}Parameter name=\"{name}\">{value}</camunda:{way}Parameter>")
    };
    let many = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>";
    let groovy = "<camunda:script scriptFormat=\"groovy\">1</camunda:script>";
    let elsewhere = "<camunda:script scriptFormat=\"cel\" resource=\"x\"/>";
    check(&[
        ("no name", at("userTask", "<camunda:inputParameter/>", ""), &[(Missing, "n", 5)]),
        ("its name", at("userTask", &given("input", "a-b", "1"), ""), &[(BadValue, "n", 5)]),
        ("reserved", at("userTask", &given("output", "initiator", "1"), ""), &[(BadValue, "n", 5)]),
        ("a bean", at("userTask", &given("input", "a", "${b.go()}"), ""), &[(BadExpression, "n", 5)]),
        ("groovy", at("userTask", &given("input", "a", groovy), ""), &[(Unsupported, "n", 5)]),
        (
            "a resource",
            at("userTask", &given("input", "a", elsewhere), ""),
            &[(UnsupportedAttribute, "n", 5)],
        ),
        (
            "no key",
            at("userTask", &given("input", "a", "<camunda:map><camunda:entry/></camunda:map>"), ""),
            &[(Missing, "n", 5)],
        ),
        ("many outputs", at("userTask", &given("output", "a", "1"), many), &[(Unsupported, "n", 5)]),
        ("many inputs", at("userTask", &given("input", "a", "1"), many), &[]),
        ("too many", at("userTask", &given("input", "a", "1").repeat(501), ""), &[(TooLarge, "n", 5)]),
    ]);
}

#[test]
fn what_is_wrong_with_a_service_task() {
    use FaultCode::*;
    let cycle = "<extensionElements>\n<flowable:failedJobRetryTimeCycle>0 * * * *</flowable:failedJobRetryTimeCycle></extensionElements>";
    let endless = "<extensionElements>\n<flowable:failedJobRetryTimeCycle>R/PT1M</flowable:failedJobRetryTimeCycle></extensionElements>";
    let feel = "<extensionElements>\n<zeebe:taskDefinition type=\"=kind\"/></extensionElements>";
    let set = "<extensionElements>\n<camunda:inputOutput><camunda:inputParameter name=\"a\">\n<camunda:set/></camunda:inputParameter></camunda:inputOutput></extensionElements>";
    let field = "<extensionElements>\n<flowable:field name=\"a\"/></extensionElements>";
    check(&[
        ("nothing is done", service("", ""), &[(Missing, "n", 5)]),
        ("no topic", service("camunda:type=\"external\"", ""), &[(Missing, "n", 5), (Missing, "n", 5)]),
        ("two things", service("docket:topic=\"a\" flowable:class=\"B\"", ""), &[(Contradiction, "n", 5)]),
        (
            "a topic in no namespace",
            service("topic=\"a\"", ""),
            &[(UnsupportedAttribute, "n", 5), (Missing, "n", 5)],
        ),
        ("too often", service("docket:topic=\"a\" docket:retries=\"101\"", ""), &[(BadValue, "n", 5)]),
        ("cron", service("docket:topic=\"a\"", cycle), &[(BadValue, "n", 6)]),
        ("without end", service("docket:topic=\"a\"", endless), &[(BadValue, "n", 6)]),
        ("FEEL", service("", feel), &[(BadValue, "n", 6)]),
        ("a set goes in", service("docket:topic=\"a\"", set), &[(UnsupportedAttribute, "n", 7)]),
        ("a field without a value", service("docket:topic=\"a\"", field), &[(Missing, "n", 6)]),
        (
            "a value goes where nobody works with it",
            service(
                "flowable:expression=\"${1}\"",
                "<extensionElements><docket:in source=\"a\" target=\"b\"/></extensionElements>",
            ),
            &[(UnsupportedAttribute, "n", 5)],
        ),
        (
            "a result is no variable",
            service("flowable:expression=\"${1}\" flowable:resultVariable=\"a b\"", ""),
            &[(BadValue, "n", 5)],
        ),
        ("priority", service("docket:topic=\"a\" camunda:taskPriority=\"high\"", ""), &[(BadValue, "n", 5)]),
        (
            "waits for a trigger",
            service("docket:topic=\"a\" flowable:triggerable=\"true\"", ""),
            &[(UnsupportedAttribute, "n", 5)],
        ),
        ("no such message", machine("sendTask", "messageRef=\"m\"", ""), &[(BadReference, "n", 5)]),
        ("no such message either", machine("receiveTask", "messageRef=\"m\"", ""), &[(BadReference, "n", 5)]),
        ("starts a process", machine("receiveTask", "instantiate=\"true\"", ""), &[(Unsupported, "n", 5)]),
    ]);
}

#[test]
fn what_a_call_is() {
    let call = |attributes: &str| {
        work(&service("", &format!("<extensionElements><docket:http {attributes}/></extensionElements>")))
    };
    assert_eq!(call("url=\"https://a.example\""), "POST https://a.example Answer 10 3");
    let all = "url=\"http://a.example/${x}\" method=\"get\" wait=\"nothing\" timeout=\"60\"";
    assert_eq!(call(all), "GET http://a.example/${x} Nothing 60 3");
    let back = "url=\"https://a.example/\" wait=\"CALLBACK\"";
    assert_eq!(call(back), "POST https://a.example/ Callback { within: \"P7D\" } 10 3");
}

#[test]
fn what_is_wrong_with_a_call() {
    use FaultCode::*;
    let call = |attributes: &str, more: &str| {
        service(
            "",
            &format!(
                "<extensionElements>\n<docket:http {attributes}>{more}</docket:http></extensionElements>"
            ),
        )
    };
    let to = |more: &str| call(&format!("url=\"https://a.example/\" {more}"), "");
    let header =
        |attributes: &str| call("url=\"https://a.example/\"", &format!("<docket:header {attributes}/>"));
    check(&[
        ("no address", call("", ""), &[(Missing, "n", 6)]),
        ("no address at all", call("url=\"erp\"", ""), &[(BadValue, "n", 6)]),
        ("another scheme", call("url=\"ftp://a.example/\"", ""), &[(BadValue, "n", 6)]),
        ("a variable server", call("url=\"https://${host}/\"", ""), &[(BadValue, "n", 6)]),
        (
            "a server that is a variable's beginning",
            call("url=\"https://a.example${x}\"", ""),
            &[(BadValue, "n", 6)],
        ),
        ("a method", to("method=\"TRACE\""), &[(BadValue, "n", 6)]),
        ("too long", to("timeout=\"61\""), &[(BadValue, "n", 6)]),
        ("waits for what", to("wait=\"FOREVER\""), &[(BadValue, "n", 6)]),
        ("no callback", to("callbackWithin=\"P1D\""), &[(Contradiction, "n", 6)]),
        ("no duration", to("wait=\"CALLBACK\" callbackWithin=\"1 day\""), &[(BadValue, "n", 6)]),
        ("no variable", to("resultVariable=\"a b\""), &[(BadValue, "n", 6)]),
        ("no such attribute", to("body=\"x\""), &[(UnsupportedAttribute, "n", 6)]),
        ("a header without a name", header("value=\"x\""), &[(BadValue, "n", 6)]),
        ("a header that is two", header("name=\"a: b\" value=\"x\""), &[(BadValue, "n", 6)]),
        ("the key is ours", header("name=\"Idempotency-Key\" value=\"x\""), &[(Contradiction, "n", 6)]),
    ]);
}

#[test]
fn what_is_wrong_with_a_script_task() {
    use FaultCode::*;
    let script =
        |format: &str, text: &str| machine("scriptTask", format, &format!("\n<script>{text}</script>"));
    check(&[
        ("no script", machine("scriptTask", "scriptFormat=\"cel\"", ""), &[(Missing, "n", 5)]),
        ("no format", script("", "1"), &[(Missing, "n", 6)]),
        ("groovy", script("scriptFormat=\"groovy\"", "1"), &[(Unsupported, "n", 6)]),
        ("javascript", script("scriptFormat=\"JavaScript\"", "1"), &[(Unsupported, "n", 6)]),
        ("no CEL", script("scriptFormat=\"cel\"", "1 +"), &[(BadExpression, "n", 6)]),
        ("no expression", script("scriptFormat=\"juel\"", "1"), &[(BadExpression, "n", 6)]),
        ("fine", script("scriptFormat=\"cel\"", "{\"a\": 1}"), &[]),
    ]);
}

fn timeout(attributes: &str) -> Option<(String, TimeoutAction)> {
    let model = read_task(attributes);
    let Timeout { after, action } = user_task(&model).approval.timeout.as_ref()?;
    Some((after.source().to_owned(), *action))
}

#[test]
fn what_happens_where_nobody_decides_in_time() {
    let said = |after: &str, action| Some((after.to_owned(), action));
    assert_eq!(timeout(""), None);
    let remind = |times| TimeoutAction::Remind { times };
    assert_eq!(timeout(r#"docket:timeout="P2D" docket:timeoutAction="REMIND""#), said("P2D", remind(1)));
    let often = r#"docket:timeout="PT1H" docket:timeoutAction="remind" docket:reminders="3""#;
    assert_eq!(timeout(often), said("PT1H", remind(3)));
    let approve = r#"docket:timeout="${x}" docket:timeoutAction="2""#;
    assert_eq!(timeout(approve), said("${x}", TimeoutAction::Approve));
    assert_eq!(
        timeout(r#"docket:timeout="P1W" docket:timeoutAction="3""#),
        said("P1W", TimeoutAction::Reject)
    );
}

#[test]
fn what_is_wrong_with_a_timeout() {
    use FaultCode::*;
    let wrong = |attributes: &str| task(attributes);
    check(&[
        ("no action", wrong(r#"docket:timeout="P2D""#), &[(Missing, "n", 5)]),
        (
            "another action",
            wrong(r#"docket:timeout="P2D" docket:timeoutAction="WAIT""#),
            &[(BadValue, "n", 5)],
        ),
        (
            "no duration",
            wrong(r#"docket:timeout="2 days" docket:timeoutAction="REJECT""#),
            &[(BadValue, "n", 5)],
        ),
        (
            "a date",
            wrong(r#"docket:timeout="2026-12-01" docket:timeoutAction="REJECT""#),
            &[(BadValue, "n", 5)],
        ),
        ("no timeout", wrong(r#"docket:timeoutAction="REJECT""#), &[(Contradiction, "n", 5)]),
        (
            "a rejection is no reminder",
            wrong(r#"docket:timeout="P2D" docket:timeoutAction="REJECT" docket:reminders="2""#),
            &[(Contradiction, "n", 5)],
        ),
        (
            "too often",
            wrong(r#"docket:timeout="P2D" docket:timeoutAction="REMIND" docket:reminders="101""#),
            &[(BadValue, "n", 5)],
        ),
        (
            "nobody is asked",
            wrong(r#"docket:nodeType="AUTO_APPROVE" docket:timeout="P2D" docket:timeoutAction="REMIND""#),
            &[(Contradiction, "n", 5)],
        ),
    ]);
}
