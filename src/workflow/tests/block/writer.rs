//! Blocks as they are written down.

use std::fmt::Write as _;

use super::super::draft::Draft;
use super::events::{self, Border, Event, Failure, Machine, Told};
use super::{Block, Step, Times, Who, Work};

/// What begins a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) enum Begins {
    /// Whoever wants to.
    #[default]
    ByHand,
    /// The same where its condition holds, as it does in every story.
    UnderCondition,
    /// Somebody, or a message by its key.
    ByMessage,
}

/// The process of a block; `child` is the key of what it calls.
pub(in super::super) fn process(
    key: &str,
    attributes: &str,
    child: &str,
    begins: Begins,
    block: &Block,
) -> Draft {
    // Other stories are told at the same time: each has its own events and jobs.
    let story = key.trim_start_matches(char::is_alphabetic);
    let mut writer = Writer { child: child.to_owned(), story: story.to_owned(), number: 0, told: 0, begins };
    let draft = Draft::new(key).with(attributes).beside(&events::declared(story));
    let begin = format!(r#"<message id="begin" name="{key}"/>"#);
    let draft = if begins == Begins::ByMessage { draft.beside(&begin) } else { draft };
    writer.within(draft, block, &mut Vec::new())
}

/// Writes blocks down, each node under a number of its own.
struct Writer {
    child: String,
    story: String,
    number: u32,
    /// The least number of what may be told here: what follows from an event does not tell of it again,
    /// or it would never end.
    told: u8,
    /// What begins the process; not what is within it.
    begins: Begins,
}

/// Where a block is entered and left.
type Ends = (String, String);

impl Writer {
    fn name(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}{}", self.number)
    }

    /// A process or a subprocess that does what a block says.
    fn within(&mut self, draft: Draft, block: &Block, before: &mut Vec<String>) -> Draft {
        let (start, end) = (self.name("start"), self.name("end"));
        let begins = std::mem::take(&mut self.begins);
        let condition =
            "<conditionalEventDefinition><condition>${v &lt; 4}</condition></conditionalEventDefinition>";
        let condition = if begins == Begins::UnderCondition { condition } else { "" };
        let mut draft = draft.holding("startEvent", &start, "", condition).node("endEvent", &end, "");
        let mut block = block;
        if let Block::Watched(inner, border, handler) = block {
            draft = self.watched(draft, border, handler, before);
            block = inner;
        }
        let (draft, (first, last)) = self.write(draft, block, before);
        if begins != Begins::ByMessage {
            return draft.flows(&format!("{start} > {first}, {last} > {end}"));
        }
        // However it begins, one token comes: a fork that two flows led to would wait for both.
        draft
            .holding("startEvent", "begun", "", r#"<messageEventDefinition messageRef="begin"/>"#)
            .node("exclusiveGateway", "either", "")
            .flows(&format!("{start} > either > {first}, begun > either, {last} > {end}"))
    }

    /// An event subprocess.
    fn watched(&mut self, draft: Draft, border: &Border, handler: &Block, before: &mut Vec<String>) -> Draft {
        let (name, begin, end) = (self.name("watch"), self.name("begin"), self.name("end"));
        let (place, told) = (before.len(), self.told);
        self.told = self.told.max(border.above());
        let interrupts = format!(r#"isInterrupting="{}""#, border.interrupts());
        let inner = Draft::new("inner")
            .holding("startEvent", &begin, &interrupts, &border.definition())
            .node("endEvent", &end, "");
        let (inner, (first, last)) = self.write(inner, handler, before);
        let inner = inner.flows(&format!("{begin} > {first}, {last} > {end}")).inner();
        (self.told, _) = (told, before.truncate(place));
        draft.holding("subProcess", &name, r#"triggeredByEvent="true""#, &inner)
    }

    /// An event at the border of an activity.
    fn bordered(
        &mut self,
        draft: Draft,
        (host, border, handler): (&Block, &Border, &Block),
        before: &mut Vec<String>,
    ) -> (Draft, Ends) {
        let (place, told) = (before.len(), self.told);
        let wrapped = Block::Sub(Times::Once, Box::new(host.clone()));
        let (draft, (first, name)) =
            self.write(draft, if host.is_activity() { host } else { &wrapped }, before);
        let inside = before.split_off(place);
        self.told = self.told.max(border.above());
        let (event, end) = (self.name("border"), self.name("after"));
        let attributes = format!(r#"attachedToRef="{name}" cancelActivity="{}""#, border.interrupts());
        let draft = draft.holding("boundaryEvent", &event, &attributes, &border.definition());
        let (draft, (begin, last)) = self.write(draft, handler, before);
        before.truncate(place);
        self.told = told;
        let draft = draft.flows(&format!("{event} > {begin}, {last} > {end}"));
        if border.interrupts() {
            return (
                draft.node("exclusiveGateway", &end, "").flows(&format!("{name} > {end}")),
                (first, end),
            );
        }
        before.extend(inside);
        (draft.node("endEvent", &end, ""), (first, name))
    }

    /// Events behind a gateway that waits for the first of them.
    fn first(
        &mut self,
        mut draft: Draft,
        ways: &[(Event, Block)],
        before: &mut Vec<String>,
    ) -> (Draft, Ends) {
        let (either, merge, place) = (self.name("either"), self.name("merge"), before.len());
        draft = draft.node("eventBasedGateway", &either, "").node("exclusiveGateway", &merge, "");
        for (event, block) in ways {
            let wait = self.name("wait");
            draft = draft.holding("intermediateCatchEvent", &wait, "", &event.definition());
            let (written, (first, last)) = self.write(draft, block, before);
            before.truncate(place);
            draft = written.flows(&format!("{either} > {wait} > {first}, {last} > {merge}"));
        }
        (draft, (either, merge))
    }

    fn tells(&mut self, draft: Draft, told: Told) -> (Draft, Ends) {
        let name = self.name("tell");
        let draft = match told {
            Told::Link => {
                let there = self.name("there");
                let link = format!(r#"<linkEventDefinition name="{name}"/>"#);
                let draft = draft.holding("intermediateThrowEvent", &name, "", &link);
                return (draft.holding("intermediateCatchEvent", &there, "", &link), (name, there));
            }
            Told::Task(number) => {
                draft.node("sendTask", &name, &format!(r#"messageRef="message{}""#, number.max(self.told)))
            }
            Told::Message(number) => {
                let definition = Event::Message(number.max(self.told)).definition();
                draft.holding("intermediateThrowEvent", &name, "", &definition)
            }
            Told::Signal(number) => {
                let definition = Event::Signal(number.max(self.told)).definition();
                draft.holding("intermediateThrowEvent", &name, "", &definition)
            }
            Told::Escalation(number) => {
                let definition =
                    format!(r#"<escalationEventDefinition escalationRef="escalation{number}"/>"#);
                draft.holding("intermediateThrowEvent", &name, "", &definition)
            }
        };
        (draft, (name.clone(), name))
    }

    /// A subprocess that may end with an error, or an escalation.
    fn fails(&mut self, draft: Draft, failure: Failure) -> (Draft, Ends) {
        let (name, start, fork) = (self.name("fails"), self.name("start"), self.name("fork"));
        let (good, bad) = (self.name("end"), self.name("end"));
        let inner = Draft::new("inner")
            .node("startEvent", &start, "")
            .node("exclusiveGateway", &fork, &format!(r#"default="{fork}_{good}""#))
            .node("endEvent", &good, "")
            .holding("endEvent", &bad, "", &failure.definition())
            .flows(&format!("{start} > {fork} > {good}"))
            .flows(&format!("{fork} > {bad} [${{v == 2}}]"));
        (draft.holding("subProcess", &name, "", &inner.inner()), (name.clone(), name))
    }

    /// Variables of its own for every third activity; `times` says how often it is done.
    fn own(&self, element: &str, times: &str) -> String {
        if !self.number.is_multiple_of(3) {
            return String::new();
        }
        let number = self.number;
        let input = format!(r#"<camunda:inputParameter name="own">${{v}}/{number}</camunda:inputParameter>"#);
        let output = r#"<camunda:outputParameter name="left">${own}</camunda:outputParameter>"#;
        let has_output = element != "userTask" || !times.contains("multiInstance");
        let all = format!("{input}{}", if has_output { output } else { "" });
        format!("<extensionElements><camunda:inputOutput>{all}</camunda:inputOutput></extensionElements>")
    }

    fn machine(&mut self, draft: Draft, machine: &Machine) -> (Draft, Ends) {
        let name = self.name("machine");
        let (kind, attributes, inner) = machine.written(&self.story);
        (draft.holding(kind, &name, &attributes, &inner), (name.clone(), name))
    }

    /// `before`: the steps to which one can return from here, the nearest last.
    fn write(&mut self, draft: Draft, block: &Block, before: &mut Vec<String>) -> (Draft, Ends) {
        match block {
            Block::Step(step) => self.step(draft, step, before),
            Block::Work(work) => {
                let name = self.name("work");
                let draft = match work {
                    Work::Nothing => draft.node("manualTask", &name, ""),
                    Work::Copy(people) => {
                        let people = people.join(",");
                        let shows = r#"docket:nodeType="COPY" docket:approverStrategy="USER""#;
                        draft.node("task", &name, &format!(r#"{shows} docket:approvers="{people}""#))
                    }
                    Work::Write => {
                        let set =
                            r#"<docket:set name="worked" value="${worked + 1}"/><docket:unset name="idle"/>"#;
                        draft.holding(
                            "task",
                            &name,
                            "",
                            &format!("<extensionElements>{set}</extensionElements>"),
                        )
                    }
                };
                (draft, (name.clone(), name))
            }
            Block::Sequence(blocks) => {
                let (mut draft, mut ends): (Draft, Option<Ends>) = (draft, None);
                for block in blocks {
                    let (written, (first, last)) = self.write(draft, block, before);
                    draft = written;
                    ends = Some(match ends {
                        Some((begin, end)) => {
                            draft = draft.flows(&format!("{end} > {first}"));
                            (begin, last)
                        }
                        None => (first, last),
                    });
                }
                (draft, ends.expect("a sequence has members"))
            }
            Block::Either(branches) => {
                let condition = |place| format!("${{v == {place}}}");
                self.branches(draft, "exclusiveGateway", &condition, branches, before)
            }
            Block::Some(branches) => {
                let condition = |place| format!("${{v >= {place}}}");
                self.branches(draft, "inclusiveGateway", &condition, branches, before)
            }
            Block::All(branches) => {
                let condition = |_| String::new();
                self.branches(draft, "parallelGateway", &condition, branches, before)
            }
            Block::Race(branches) => self.race(draft, branches, before),
            Block::Sub(times, block) => {
                let name = self.name("sub");
                let own = self.own("subProcess", "");
                let place = before.len();
                let inner = self.within(Draft::new("inner"), block, before).inner();
                before.truncate(place);
                let draft =
                    draft.holding("subProcess", &name, "", &format!("{own}{}{inner}", times.written()));
                (draft, (name.clone(), name))
            }
            Block::Call(times) => {
                let name = self.name("call");
                let attributes =
                    format!(r#"calledElement="{}" flowable:inheritVariables="true""#, self.child);
                let inner = format!("{}{}", self.own("callActivity", ""), times.written());
                let draft = draft.holding("callActivity", &name, &attributes, &inner);
                (draft, (name.clone(), name))
            }
            Block::Again(block) => self.again(draft, block, before),
            Block::Machine(machine) => self.machine(draft, machine),
            Block::Wait(event) => {
                let name = self.name("wait");
                let draft = draft.holding("intermediateCatchEvent", &name, "", &event.definition());
                (draft, (name.clone(), name))
            }
            Block::First(ways) => self.first(draft, ways, before),
            Block::Tells(told) => self.tells(draft, *told),
            Block::Fails(failure) => self.fails(draft, *failure),
            Block::Bordered(host, border, handler) => self.bordered(draft, (host, border, handler), before),
            Block::Watched(..) => {
                let watched = Block::Sub(Times::Once, Box::new(block.clone()));
                self.write(draft, &watched, before)
            }
        }
    }

    fn step(&mut self, draft: Draft, step: &Step, before: &mut Vec<String>) -> (Draft, Ends) {
        let name = self.name("step");
        let (mut attributes, times) = step.who.written();
        if let Some(target) = before.last().filter(|_| step.returns) {
            let _ = write!(attributes, r#" docket:rejection="RETURN" docket:returnNode="{target}""#);
        }
        if let Some(action) = step.in_time {
            let _ = write!(attributes, r#" docket:timeout="PT1H" docket:timeoutAction="{action}""#);
        }
        if !step.may_withdraw {
            attributes.push_str(r#" docket:allowWithdraw="false""#);
        }
        before.push(name.clone());
        let inner = format!("{}{times}", self.own("userTask", &times));
        (draft.holding("userTask", &name, &attributes, &inner), (name.clone(), name))
    }

    fn branches(
        &mut self,
        draft: Draft,
        gateway: &str,
        condition: &dyn Fn(usize) -> String,
        branches: &[Block],
        before: &mut Vec<String>,
    ) -> (Draft, Ends) {
        let (fork, join) = (self.name("fork"), self.name("join"));
        let (mut draft, place) = (draft.node(gateway, &join, ""), before.len());
        let (mut flows, mut default) = (Vec::new(), String::new());
        for (number, branch) in (1..).zip(branches) {
            let (written, (first, last)) = self.write(draft, branch, before);
            before.truncate(place);
            let condition = condition(number);
            let (is_last, is_open) = (number == branches.len(), condition.is_empty());
            let condition = if is_last || is_open { String::new() } else { format!("[{condition}]") };
            if is_last && !is_open {
                default = format!(r#"default="{fork}_{first}""#);
            }
            draft = written;
            flows.push(format!("{fork} > {first} {condition}"));
            flows.push(format!("{last} > {join}"));
        }
        draft = draft.node(gateway, &fork, &default);
        (draft.flows(&flows.join(", ")), (fork, join))
    }

    fn race(&mut self, draft: Draft, branches: &[Block], before: &mut Vec<String>) -> (Draft, Ends) {
        let (name, start, fork) = (self.name("race"), self.name("start"), self.name("fork"));
        let mut inner = Draft::new("inner").node("startEvent", &start, "").node("parallelGateway", &fork, "");
        inner = inner.flows(&format!("{start} > {fork}"));
        let place = before.len();
        for branch in branches {
            let (written, (first, last)) = self.write(inner, branch, before);
            before.truncate(place);
            let end = self.name("end");
            inner = written
                .holding("endEvent", &end, "", "<terminateEventDefinition/>")
                .flows(&format!("{fork} > {first}, {last} > {end}"));
        }
        (draft.holding("subProcess", &name, "", &inner.inner()), (name.clone(), name))
    }

    /// A loop waits for somebody whom no rule stands in for, so that it comes to rest.
    fn again(&mut self, draft: Draft, block: &Block, before: &mut Vec<String>) -> (Draft, Ends) {
        let (into, more) = (self.name("into"), self.name("more"));
        let out = self.name("out");
        let who = Who::Candidates(vec!["ann", "ben"]);
        let step = Step { who, returns: false, may_withdraw: true, in_time: None };
        let (draft, (first, next)) = self.step(draft, &step, before);
        let place = before.len();
        let (draft, (begin, end)) = self.write(draft, block, before);
        before.truncate(place);
        let draft = draft
            .node("exclusiveGateway", &into, "")
            .node("exclusiveGateway", &more, &format!(r#"default="{more}_{out}""#))
            .node("task", &out, "")
            .flows(&format!("{into} > {first}, {next} > {begin}, {end} > {more}, {more} > {out}"))
            .flows(&format!("{more} > {into} [${{again}}]"));
        (draft, (into, out))
    }
}

impl Times {
    pub(super) fn written(self) -> String {
        match self {
            Self::Once => String::new(),
            Self::AtMost(times) => format!(r#"<standardLoopCharacteristics loopMaximum="{times}"/>"#),
            Self::Each(list, in_turn, until_the_first) => {
                let completion = if until_the_first {
                    "<completionCondition>${nrOfCompletedInstances >= 1}</completionCondition>"
                } else {
                    ""
                };
                format!(
                    r#"<multiInstanceLoopCharacteristics isSequential="{in_turn}" flowable:collection="{list}"
                       flowable:elementVariable="one">{completion}</multiInstanceLoopCharacteristics>"#
                )
            }
        }
    }
}

impl Who {
    /// The attributes, and what stands within.
    fn written(&self) -> (String, String) {
        let plain = |attributes: String| (attributes, String::new());
        match self {
            Self::One(user) => plain(format!(r#"flowable:assignee="{user}""#)),
            Self::Candidates(users) => plain(format!(r#"flowable:candidateUsers="{}""#, users.join(","))),
            Self::Group => plain(r#"flowable:candidateGroups="finance""#.to_owned()),
            Self::Several(users, counting) => {
                let users = users.join(",");
                plain(format!(r#"docket:approverStrategy="USER" docket:approvers="{users}" {counting}"#))
            }
            Self::Each(times) => (r#"flowable:assignee="${one}""#.to_owned(), times.written()),
            Self::EachOf(times) => (r#"flowable:candidateUsers="${one},eve""#.to_owned(), times.written()),
            Self::Starter => plain(r#"docket:approverStrategy="STARTER""#.to_owned()),
            Self::NotTheStarter => {
                plain(r#"docket:approverStrategy="STARTER" docket:starterApproves="SKIP""#.to_owned())
            }
            Self::Nobody => plain(r#"docket:approverStrategy="ROLE" docket:approvers="ghosts""#.to_owned()),
            Self::Rule => plain(r#"docket:nodeType="AUTO_APPROVE""#.to_owned()),
            Self::Skipped => {
                plain(r#"flowable:assignee="ann" flowable:skipExpression="${v == 1}""#.to_owned())
            }
            Self::Again(user) => (format!(r#"flowable:assignee="{user}""#), Times::AtMost(2).written()),
        }
    }
}
