//! What happens in generated processes beside what people do: events, and the work of machines.

use proptest::prelude::*;
use proptest::sample::select;

use super::Times;

/// How many signals and messages have a name that is waited for; one more is told to nobody.
pub(in super::super) const NAMES: u8 = 3;

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Event {
    /// For so long.
    Timer(&'static str),
    Message(u8),
    Signal(u8),
    /// That the variable `v` is this.
    Condition(u32),
}

/// What happens to something that is under way.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Caught {
    /// Instead of it, or beside it.
    Event(Event, bool),
    /// Twice, beside it.
    Cycle,
    /// Of any code where none is said.
    Error(Option<u8>),
    Escalation(Option<u8>, bool),
}

/// What is at a border, or starts an event subprocess.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Border(pub Caught);

/// What is told.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Told {
    Message(u8),
    Signal(u8),
    Escalation(u8),
    /// A message, by a task.
    Task(u8),
    /// Nothing: the flow goes on elsewhere.
    Link,
}

/// What ends something.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Failure {
    Error(u8),
    Escalation(u8),
}

/// A task of machines.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Machine {
    /// Workers claim it.
    Job(Times),
    /// We call a server, and wait for this.
    Call(&'static str, Times),
    Script,
    Expression,
    /// A message is waited for.
    Receive(u8, Times),
}

fn number() -> impl Strategy<Value = u8> {
    0..NAMES
}

/// What comes by itself, or is brought about from outside.
pub(super) fn waiting() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => select(vec!["PT10M", "PT1H", "P1D"]).prop_map(Event::Timer),
        2 => number().prop_map(Event::Message),
        2 => number().prop_map(Event::Signal),
    ]
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![4 => waiting(), 1 => (0..4u32).prop_map(Event::Condition)]
}

pub(super) fn border() -> impl Strategy<Value = Border> {
    let code = || prop::option::of(0..2u8);
    let caught = prop_oneof![
        6 => (event(), any::<bool>()).prop_map(|(event, interrupts)| Caught::Event(event, interrupts)),
        1 => Just(Caught::Cycle),
        3 => code().prop_map(Caught::Error),
        2 => (code(), any::<bool>()).prop_map(|(code, interrupts)| Caught::Escalation(code, interrupts)),
    ];
    caught.prop_map(Border)
}

pub(super) fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        2 => number().prop_map(Told::Message),
        2 => number().prop_map(Told::Signal),
        2 => (0..2u8).prop_map(Told::Escalation),
        1 => number().prop_map(Told::Task),
        1 => Just(Told::Link),
    ]
}

pub(super) fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![2 => (0..2u8).prop_map(Failure::Error), 1 => (0..2u8).prop_map(Failure::Escalation)]
}

pub(super) fn machine(times: BoxedStrategy<Times>) -> impl Strategy<Value = Machine> {
    let wait = select(vec!["ANSWER", "ANSWER", "CALLBACK", "NOTHING"]);
    prop_oneof![
        6 => times.clone().prop_map(Machine::Job),
        3 => (wait, times.clone()).prop_map(|(wait, times)| Machine::Call(wait, times)),
        1 => Just(Machine::Script),
        1 => Just(Machine::Expression),
        1 => (number(), times).prop_map(|(number, times)| Machine::Receive(number, times)),
    ]
}

/// What stands beside the processes of a story.
pub(super) fn declared(story: &str) -> String {
    let named = (0..=NAMES).map(|number| {
        format!(
            r#"<message id="message{number}" name="m{number} of {story}"/><signal id="signal{number}" name="s{number} of {story}"/>"#
        )
    });
    let coded = (0..2).map(|code| {
        format!(
            r#"<error id="error{code}" errorCode="E{code}"/><escalation id="escalation{code}" escalationCode="C{code}"/>"#
        )
    });
    named.chain(coded).collect()
}

/// The topic of a story's jobs.
pub(in super::super) fn topic(story: &str) -> String {
    format!("work of {story}")
}

/// The name of a signal in a story.
pub(in super::super) fn signal(story: &str, number: usize) -> String {
    format!("s{} of {story}", number % usize::from(NAMES))
}

impl Event {
    pub(super) fn definition(self) -> String {
        match self {
            Self::Timer(duration) => {
                format!(
                    "<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"
                )
            }
            Self::Message(number) => format!(r#"<messageEventDefinition messageRef="message{number}"/>"#),
            Self::Signal(number) => format!(r#"<signalEventDefinition signalRef="signal{number}"/>"#),
            Self::Condition(value) => format!(
                "<conditionalEventDefinition><condition>${{v == {value}}}</condition></conditionalEventDefinition>"
            ),
        }
    }
}

impl Border {
    pub(super) fn interrupts(self) -> bool {
        match self.0 {
            Caught::Event(_, interrupts) | Caught::Escalation(_, interrupts) => interrupts,
            Caught::Error(_) => true,
            Caught::Cycle => false,
        }
    }

    /// The least number of what may be told by what follows from it.
    pub(super) fn above(self) -> u8 {
        match self.0 {
            Caught::Event(Event::Message(number) | Event::Signal(number), false) => number + 1,
            _ => 0,
        }
    }

    pub(super) fn definition(self) -> String {
        let of = |kind: &str, code: Option<u8>| match code {
            Some(code) => format!(r#"<{kind}EventDefinition {kind}Ref="{kind}{code}"/>"#),
            None => format!("<{kind}EventDefinition/>"),
        };
        match self.0 {
            Caught::Event(event, _) => event.definition(),
            Caught::Cycle => {
                "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>".to_owned()
            }
            Caught::Error(code) => of("error", code),
            Caught::Escalation(code, _) => of("escalation", code),
        }
    }
}

impl Failure {
    pub(super) fn definition(self) -> String {
        match self {
            Self::Error(code) => format!(r#"<errorEventDefinition errorRef="error{code}"/>"#),
            Self::Escalation(code) => {
                format!(r#"<escalationEventDefinition escalationRef="escalation{code}"/>"#)
            }
        }
    }
}

impl Machine {
    /// The element, its attributes, and what stands within.
    pub(super) fn written(&self, story: &str) -> (&'static str, String, String) {
        match self {
            Self::Job(times) => {
                let attributes = format!(r#"docket:topic="{}" docket:retries="2""#, topic(story));
                ("serviceTask", attributes, times.written())
            }
            Self::Call(wait, times) => {
                let within = if *wait == "CALLBACK" { r#"callbackWithin="PT2H""# } else { "" };
                let call = format!(r#"<docket:http url="https://erp.test/" wait="{wait}" {within}/>"#);
                let inner = format!("<extensionElements>{call}</extensionElements>{}", times.written());
                ("serviceTask", r#"docket:retries="2""#.to_owned(), inner)
            }
            Self::Script => {
                let script = "<script>{'counted': size([1, 2])}</script>";
                ("scriptTask", r#"scriptFormat="cel""#.to_owned(), script.to_owned())
            }
            Self::Expression => {
                let attributes = r#"flowable:expression="${v + 1}" flowable:resultVariable="more""#;
                ("serviceTask", attributes.to_owned(), String::new())
            }
            Self::Receive(number, times) => {
                ("receiveTask", format!(r#"messageRef="message{number}""#), times.written())
            }
        }
    }
}
