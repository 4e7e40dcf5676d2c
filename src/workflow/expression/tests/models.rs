//! Expressions as they stand in models made for Flowable, Camunda and Activiti.

use super::*;

#[test]
fn expressions_of_real_models_are_evaluated() {
    let values = json!({
        "amount": 1500, "dept": "hr", "approved": true, "day": 5, "days": "4", "pass": "true", "outcome": "approve",
        "nrOfInstances": 5, "nrOfCompletedInstances": 3, "nrOfActiveInstances": 2, "loopCounter": 1,
        "approveResult": [true, false], "assigneeList": ["u1", "u2", "u3"], "initiator": "alice",
        "order": {"total": 99.95, "items": [{"sku": "a-1", "quantity": 2}], "customer": {"vip": false, "country": "DE"}},
        "userTask1": {"outcome": "reject"}, "rejectCount": 0, "approveCount": 3, "leave": {"days": 12, "type": "annual"},
        "form": {"level": "2", "reason": ""}, "roles": ["manager", "finance"], "price": 10.5, "quantity": 3,
        "PROCESS_STATUS": 1, "sameDept": false, "creditScore": null, "deptId": 103, "金额": 8000,
    });
    for (text, expected) in [
        // Conditions of flows.
        ("${amount > 1000 && dept eq 'hr'}", json!(true)),
        ("${approved}", json!(true)),
        ("${!approved}", json!(false)),
        ("${approved == true}", json!(true)),
        ("#{approved == 'true'}", json!(true)),
        ("${pass=='true'}", json!(true)),
        ("${day>3&&day<=7}", json!(true)),
        ("${day &gt; 3}".replace("&gt;", ">").as_str(), json!(true)),
        ("${days > 3}", json!(true)),
        ("${outcome == \"approve\"}", json!(true)),
        ("${outcome.equals('reject')}", json!(false)),
        ("${\"approve\".equals(outcome)}", json!(true)),
        ("${outcome eq 'approve' or outcome eq 'skip'}", json!(true)),
        ("${not approved}", json!(false)),
        ("${userTask1.outcome == 'reject'}", json!(true)),
        ("${userTask1['outcome'] != 'reject'}", json!(false)),
        ("${order.total lt 100 and not order.customer.vip}", json!(true)),
        ("${order.items[0].quantity ge 2}", json!(true)),
        ("${order.items.size() == 1}", json!(true)),
        ("${empty form.reason}", json!(true)),
        ("${!empty form.reason || approved}", json!(true)),
        ("${not empty assigneeList and assigneeList.size() > 1}", json!(true)),
        ("${creditScore == null || creditScore < 500}", json!(true)),
        ("${creditScore > 700}", json!(false)),
        ("${execution.getVariable('amount') > 1000}", json!(true)),
        ("${execution.getVariable(\"dept\").equals(\"hr\")}", json!(true)),
        ("${execution.hasVariable('approvalNote') && approvalNote != ''}", json!(false)),
        ("${variables:equals(dept, 'hr')}", json!(true)),
        ("${vars:getOrDefault(approvalNote, 'none') == 'none'}", json!(true)),
        ("${leave.days >= 10 ? true : false}", json!(true)),
        ("${leave.type == 'annual' && (leave.days > 10 || amount > 5000)}", json!(true)),
        ("${roles.contains('finance')}", json!(true)),
        ("${form.level == 2}", json!(true)),
        ("${PROCESS_STATUS == 1}", json!(true)),
        ("${金额 > 5000}", json!(true)),
        ("${ !sameDept && deptId == 103 }", json!(true)),
        ("${price * quantity > 30}", json!(true)),
        ("${order.customer.country.toLowerCase() == 'de'}", json!(true)),
        // Of several approvers.
        ("${nrOfCompletedInstances/nrOfInstances >= 0.6}", json!(true)),
        ("${nrOfCompletedInstances == nrOfInstances}", json!(false)),
        ("${rejectCount > 0 || approveCount == nrOfInstances}", json!(false)),
        ("${nrOfCompletedInstances / nrOfInstances == 1 or approveResult[0] == false}", json!(false)),
        ("${approveResult.contains(false)}", json!(true)),
        ("${nrOfActiveInstances - 1}", json!(1)),
        // Assignees, collections and names.
        ("${initiator}", json!("alice")),
        ("${assigneeList}", json!(["u1", "u2", "u3"])),
        ("${assigneeList[loopCounter]}", json!("u2")),
        ("${assigneeList.get(0)}", json!("u1")),
        ("${empty manager ? initiator : manager}", json!("alice")),
        ("${'dept-' + deptId}", json!("dept-103")),
    ] {
        assert_eq!(evaluate(text, &values).as_ref(), Ok(&expected), "{text}");
    }
}

#[test]
fn calls_of_beans_and_functions_are_refused_by_their_names() {
    for (text, named) in [
        ("${leaveService.approve(execution)}", "leaveService.approve()"),
        ("#{userService.findManager(initiator)}", "userService.findManager()"),
        ("${now()}", "now()"),
        ("${dateTime().plusDays(5).toDate()}", "dateTime()"),
        ("${S(customer).prop('name').stringValue()}", "S()"),
        ("${execution.setVariable('a', 1)}", "execution.setVariable()"),
        (
            "${bpmTaskAssignStartUserExpression.calculateUsers(execution)}",
            "bpmTaskAssignStartUserExpression.calculateUsers()",
        ),
        ("${users.split(',')}", "users.split()"),
    ] {
        let message = refusal(text);
        assert!(
            message.starts_with(&format!("{named} cannot be called here: there are no beans")),
            "{message}"
        );
    }
}
