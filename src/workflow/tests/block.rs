//! Processes built of blocks, each of which is entered at one node and left at one: whatever is
//! generated of them can be executed to its end.

mod events;
mod writer;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub(super) use events::{Border, Event, Failure, Machine, Told, signal, topic};
pub(super) use writer::{Begins, process};

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
    /// Done by a machine.
    Machine(Machine),
    /// Goes on when something happens.
    Wait(Event),
    /// What happens first says how it goes on.
    First(Vec<(Event, Self)>),
    /// Tells something, and goes on.
    Tells(Told),
    /// Ends what is around it, where the variable `v` says so.
    Fails(Failure),
    /// Something may happen at its border: then the second follows, instead of the first or beside it.
    Bordered(Box<Self>, Border, Box<Self>),
    /// The same by an event subprocess.
    Watched(Box<Self>, Border, Box<Self>),
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
    /// What is done where nobody decides in time.
    pub in_time: Option<&'static str>,
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
    let in_time = prop::option::weighted(0.15, select(vec!["REMIND", "APPROVE", "REJECT"]));
    (who, prop::bool::weighted(0.4), prop::bool::weighted(0.9), in_time).prop_map(
        |(who, returns, may_withdraw, in_time)| {
            // Where a rule decides nobody is waited for.
            let in_time = in_time.filter(|_| !matches!(who, Who::Rule));
            Step { who, returns, may_withdraw, in_time }
        },
    )
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
        6 => events::machine(times().boxed()).prop_map(Block::Machine),
        3 => events::waiting().prop_map(Block::Wait),
        3 => events::told().prop_map(Block::Tells),
        2 => events::failure().prop_map(Block::Fails),
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
            2 => (events::waiting(), inner.clone(), events::event(), inner.clone())
                .prop_map(|(one, first, other, second)| Block::First(vec![(one, first), (other, second)])),
            5 => (inner.clone(), events::border(), inner.clone())
                .prop_map(|(host, border, block)| Block::Bordered(Box::new(host), border, Box::new(block))),
            3 => (inner.clone(), events::border(), inner.clone())
                .prop_map(|(host, border, block)| Block::Watched(Box::new(host), border, Box::new(block))),
        ]
    })
}

/// What is called: little, or it is too much where it is called often.
pub(super) fn small() -> impl Strategy<Value = Block> {
    prop_oneof![
        4 => vec(step().prop_map(Block::Step), 1..3).prop_map(Block::Sequence),
        2 => vec(step().prop_map(Block::Step), 2..3).prop_map(Block::All),
        1 => Just(Block::Call(Times::Once)),
        1 => events::machine(Just(Times::Once).boxed()).prop_map(Block::Machine),
        1 => (step(), events::waiting())
            .prop_map(|(step, event)| Block::Sequence(vec![Block::Wait(event), Block::Step(step)])),
        1 => (step(), events::border(), events::failure()).prop_map(|(step, border, failure)| {
            let inner = Block::Sequence(vec![Block::Step(step), Block::Fails(failure)]);
            Block::Bordered(Box::new(inner), border, Box::new(Block::step_of("dan")))
        }),
    ]
}

impl Block {
    /// A step of one person.
    pub(super) fn step_of(user: &'static str) -> Self {
        Self::Step(Step { who: Who::One(user), returns: false, may_withdraw: true, in_time: None })
    }

    /// Whether it is one activity, at whose border something may happen.
    fn is_activity(&self) -> bool {
        matches!(self, Self::Step(_) | Self::Machine(_) | Self::Call(_) | Self::Sub(..) | Self::Race(_))
    }

    /// How many children it has at once, at most.
    pub(super) fn children(&self) -> usize {
        match self {
            Self::Step(_) | Self::Work(_) | Self::Machine(_) | Self::Wait(_) => 0,
            Self::Tells(_) | Self::Fails(_) => 0,
            Self::Call(times) => times.most(),
            Self::Sub(times, block) => times.most() * block.children(),
            Self::Again(block) => block.children(),
            Self::First(ways) => ways.iter().map(|(_, block)| block.children()).sum(),
            // What does not interrupt comes again.
            Self::Bordered(host, _, block) | Self::Watched(host, _, block) => {
                host.children() + 3 * block.children()
            }
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
