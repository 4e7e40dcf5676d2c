//! Processes built of blocks, each of which is entered at one node and left at one: whatever is
//! generated of them can be executed to its end.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::draft::Draft;

/// Those who approve.
pub(super) const PEOPLE: [&str; 5] = ["ann", "ben", "cat", "dan", "eve"];

/// A part of a process.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// People decide.
    Step(Step),
    /// Left at once: recorded, shown to people, or with a variable written.
    Work(Work),
    Sequence(Vec<Self>),
    /// The branch that the variable `v` names; the last, where it names none.
    Either(Vec<Self>),
    All(Vec<Self>),
    /// Those whose place is not above the variable `v`; the last, where none is.
    Some(Vec<Self>),
    /// The first branch that comes to its end ends the others.
    Race(Vec<Self>),
    Sub(Times, Box<Self>),
    /// The child process.
    Call(Times),
    /// Again, while the variable `again` is true.
    Again(Box<Self>),
}

/// What is done without asking anybody.
#[derive(Debug, Clone)]
pub(super) enum Work {
    Nothing,
    Copy(Vec<&'static str>),
    Write,
}

/// How often.
#[derive(Debug, Clone, Copy)]
pub(super) enum Times {
    Once,
    AtMost(u32),
    /// For each of a list; where the flag is set, one after the other; where the second is, until the
    /// first of them is done.
    Each(&'static str, bool, bool),
}

/// A user task.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub who: Who,
    /// A rejection returns to the step before, where there is one.
    pub returns: bool,
    pub may_withdraw: bool,
}

/// Who decides a step.
#[derive(Debug, Clone)]
pub(super) enum Who {
    One(&'static str),
    Candidates(Vec<&'static str>),
    Group,
    Several(Vec<&'static str>, &'static str),
    Each(Times),
    /// Several candidates for each.
    EachOf(Times),
    Starter,
    NotTheStarter,
    Nobody,
    Rule,
    Skipped,
    Again(&'static str),
}

/// The lists of people that processes begin with.
pub(super) const LISTS: [(&str, &[&str]); 4] = [
    ("none", &[]),
    ("two", &["ann", "ben"]),
    ("three", &["cat", "dan", "eve"]),
    ("twice", &["ann", "ann", "ben"]),
];

fn each() -> impl Strategy<Value = Times> {
    (select(vec!["none", "two", "two", "three", "twice", "twice"]), any::<bool>(), any::<bool>())
        .prop_map(|(list, in_turn, first)| Times::Each(list, in_turn, first))
}

fn times() -> impl Strategy<Value = Times> {
    prop_oneof![3 => Just(Times::Once), 1 => (1..3u32).prop_map(Times::AtMost), 2 => each()]
}

fn step() -> impl Strategy<Value = Step> {
    let someone = || select(PEOPLE.to_vec());
    let some = || subsequence(PEOPLE.to_vec(), 1..4);
    let counting = select(vec![
        r#"docket:counting="RANDOM""#,
        r#"docket:counting="ANY""#,
        r#"docket:counting="RATIO""#,
        r#"docket:counting="RATIO" docket:ratio="60""#,
        r#"docket:counting="RATIO" docket:ratio="30""#,
        r#"docket:counting="SEQUENTIAL""#,
    ]);
    let who = prop_oneof![
        4 => someone().prop_map(Who::One),
        2 => some().prop_map(Who::Candidates),
        1 => Just(Who::Group),
        5 => (some(), counting).prop_map(|(who, counting)| Who::Several(who, counting)),
        4 => each().prop_map(Who::Each),
        2 => each().prop_map(Who::EachOf),
        1 => Just(Who::Starter),
        1 => Just(Who::NotTheStarter),
        1 => Just(Who::Nobody),
        1 => Just(Who::Rule),
        1 => Just(Who::Skipped),
        1 => someone().prop_map(Who::Again),
    ];
    (who, prop::bool::weighted(0.4), prop::bool::weighted(0.9))
        .prop_map(|(who, returns, may_withdraw)| Step { who, returns, may_withdraw })
}

fn work() -> impl Strategy<Value = Work> {
    prop_oneof![
        Just(Work::Nothing),
        subsequence(PEOPLE.to_vec(), 1..4).prop_map(Work::Copy),
        Just(Work::Write),
    ]
}

fn leaf() -> impl Strategy<Value = Block> {
    prop_oneof![
        12 => step().prop_map(Block::Step),
        2 => work().prop_map(Block::Work),
        2 => times().prop_map(Block::Call),
    ]
}

/// Any block of some size.
pub(super) fn block() -> impl Strategy<Value = Block> {
    leaf().prop_recursive(4, 14, 3, |inner| {
        let some = || vec(inner.clone(), 2..4);
        prop_oneof![
            5 => some().prop_map(Block::Sequence),
            2 => some().prop_map(Block::Either),
            4 => some().prop_map(Block::All),
            3 => some().prop_map(Block::Some),
            2 => some().prop_map(Block::Race),
            3 => (times(), inner.clone()).prop_map(|(times, block)| Block::Sub(times, Box::new(block))),
            2 => inner.clone().prop_map(|block| Block::Again(Box::new(block))),
        ]
    })
}

/// The process of a block; `child` is the key of what it calls.
pub(super) fn process(key: &str, attributes: &str, child: &str, block: &Block) -> Draft {
    let mut writer = Writer { child: child.to_owned(), number: 0 };
    writer.within(Draft::new(key).with(attributes), block, &mut Vec::new())
}

/// Writes blocks down, each node under a number of its own.
struct Writer {
    child: String,
    number: u32,
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
        let draft = draft.node("startEvent", &start, "").node("endEvent", &end, "");
        let (draft, (first, last)) = self.write(draft, block, before);
        draft.flows(&format!("{start} > {first}, {last} > {end}"))
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
                let place = before.len();
                let inner = self.within(Draft::new("inner"), block, before).inner();
                before.truncate(place);
                let draft = draft.holding("subProcess", &name, "", &format!("{}{inner}", times.written()));
                (draft, (name.clone(), name))
            }
            Block::Call(times) => {
                let name = self.name("call");
                let attributes =
                    format!(r#"calledElement="{}" flowable:inheritVariables="true""#, self.child);
                let draft = draft.holding("callActivity", &name, &attributes, &times.written());
                (draft, (name.clone(), name))
            }
            Block::Again(block) => self.again(draft, block, before),
        }
    }

    fn step(&mut self, draft: Draft, step: &Step, before: &mut Vec<String>) -> (Draft, Ends) {
        let name = self.name("step");
        let (mut attributes, times) = step.who.written();
        if let Some(target) = before.last().filter(|_| step.returns) {
            let _ = write!(attributes, r#" docket:rejection="RETURN" docket:returnNode="{target}""#);
        }
        if !step.may_withdraw {
            attributes.push_str(r#" docket:allowWithdraw="false""#);
        }
        before.push(name.clone());
        (draft.holding("userTask", &name, &attributes, &times), (name.clone(), name))
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
        let step = Step { who, returns: false, may_withdraw: true };
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
    fn written(self) -> String {
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

/// What is called: little, or it is too much where it is called often.
pub(super) fn small() -> impl Strategy<Value = Block> {
    prop_oneof![
        4 => vec(step().prop_map(Block::Step), 1..3).prop_map(Block::Sequence),
        2 => vec(step().prop_map(Block::Step), 2..3).prop_map(Block::All),
        1 => Just(Block::Call(Times::Once)),
    ]
}

impl Block {
    /// A step of one person.
    pub(super) fn step_of(user: &'static str) -> Self {
        Self::Step(Step { who: Who::One(user), returns: false, may_withdraw: true })
    }

    /// How many children it has at once, at most.
    pub(super) fn children(&self) -> usize {
        match self {
            Self::Step(_) | Self::Work(_) => 0,
            Self::Call(times) => times.most(),
            Self::Sub(times, block) => times.most() * block.children(),
            Self::Again(block) => block.children(),
            Self::Sequence(blocks)
            | Self::Either(blocks)
            | Self::All(blocks)
            | Self::Some(blocks)
            | Self::Race(blocks) => blocks.iter().map(Self::children).sum(),
        }
    }
}

impl Times {
    /// How many at once, or one after the other in one step.
    fn most(self) -> usize {
        match self {
            Self::Once => 1,
            Self::AtMost(times) => times as usize,
            Self::Each(..) => 3,
        }
    }
}
