//! Whatever the bytes, reading ends well; and what is built soundly is read back.

use proptest::prelude::*;

use super::*;

const SAMPLES: [&str; 6] = [
    include_str!("../samples/leave-request.bpmn"),
    include_str!("../samples/expense-claim.bpmn"),
    include_str!("../samples/bpmn-io-purchase.bpmn"),
    include_str!("../samples/camunda-contract-review.bpmn"),
    include_str!("../samples/flowable-onboarding.bpmn20.xml"),
    include_str!("../samples/broken.bpmn"),
];

/// A part of a process that a token enters once and leaves once.
#[derive(Debug, Clone)]
enum Block {
    Task,
    Sequence(Vec<Block>),
    Exclusive(Vec<Block>),
    Parallel(Vec<Block>),
    Inclusive(Vec<Block>),
    /// What follows the first of several events.
    First(Vec<Block>),
    /// A task, and what an event at its border leads to instead.
    Late(Box<Block>),
    Again(Box<Block>),
    Inner(Box<Block>),
}

fn block() -> impl Strategy<Value = Block> {
    Just(Block::Task).prop_recursive(4, 24, 4, |inner| {
        let some = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            some.clone().prop_map(Block::Sequence),
            some.clone().prop_map(Block::Exclusive),
            some.clone().prop_map(Block::Parallel),
            some.prop_map(Block::Inclusive),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Block::First),
            inner.clone().prop_map(|inner| Block::Late(Box::new(inner))),
            inner.clone().prop_map(|inner| Block::Again(Box::new(inner))),
            inner.prop_map(|inner| Block::Inner(Box::new(inner))),
        ]
    })
}

/// Writes blocks as BPMN, and counts what it writes.
#[derive(Default)]
struct Writer {
    xml: String,
    nodes: usize,
    flows: usize,
}

impl Writer {
    fn node(&mut self, name: &str, more: &str) -> String {
        self.nodes += 1;
        let id = format!("n{}", self.nodes);
        self.xml.push_str(&format!("<{name} id=\"{id}\" {more}/>\n"));
        id
    }

    fn event(&mut self, name: &str, more: &str) -> String {
        self.nodes += 1;
        let id = format!("n{}", self.nodes);
        let timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
        self.xml.push_str(&format!("<{name} id=\"{id}\" {more}>{timer}</{name}>\n"));
        id
    }

    fn flow(&mut self, from: &str, to: &str, is_conditional: bool) {
        self.flows += 1;
        let condition = if is_conditional { "<conditionExpression>${x}</conditionExpression>" } else { "" };
        let id = format!("f{}", self.flows);
        self.xml.push_str(&format!(
            "<sequenceFlow id=\"{id}\" sourceRef=\"{from}\" targetRef=\"{to}\">{condition}</sequenceFlow>\n"
        ));
    }

    /// The nodes by which a block is entered and left.
    fn block(&mut self, block: &Block) -> (String, String) {
        match block {
            Block::Task => {
                let id = self.node("userTask", "");
                (id.clone(), id)
            }
            Block::Sequence(parts) => {
                let ends: Vec<_> = parts.iter().map(|part| self.block(part)).collect();
                for pair in ends.windows(2) {
                    self.flow(&pair[0].1, &pair[1].0, false);
                }
                (ends[0].0.clone(), ends[ends.len() - 1].1.clone())
            }
            Block::Exclusive(parts) => self.gateways("exclusiveGateway", parts, true),
            Block::Parallel(parts) => self.gateways("parallelGateway", parts, false),
            Block::Inclusive(parts) => self.gateways("inclusiveGateway", parts, true),
            Block::First(parts) => {
                let (split, join) = (self.node("eventBasedGateway", ""), self.node("exclusiveGateway", ""));
                for part in parts {
                    let event = self.event("intermediateCatchEvent", "");
                    let (first, last) = self.block(part);
                    self.flow(&split, &event, false);
                    self.flow(&event, &first, false);
                    self.flow(&last, &join, false);
                }
                (split, join)
            }
            Block::Late(inner) => {
                let (host, join) = (self.node("userTask", ""), self.node("exclusiveGateway", ""));
                let event = self.event("boundaryEvent", &format!("attachedToRef=\"{host}\""));
                let (first, last) = self.block(inner);
                self.flow(&host, &join, false);
                self.flow(&event, &first, false);
                self.flow(&last, &join, false);
                (host, join)
            }
            Block::Again(inner) => {
                let merge = self.node("exclusiveGateway", "");
                let (first, last) = self.block(inner);
                let split = self.node("exclusiveGateway", "");
                self.flow(&merge, &first, false);
                self.flow(&last, &split, false);
                self.flow(&split, &merge, true);
                let out = self.node("task", "");
                self.flow(&split, &out, true);
                (merge, out)
            }
            Block::Inner(inner) => {
                self.nodes += 1;
                let id = format!("n{}", self.nodes);
                self.xml.push_str(&format!("<subProcess id=\"{id}\">\n"));
                self.whole(inner);
                self.xml.push_str("</subProcess>\n");
                (id.clone(), id)
            }
        }
    }

    fn gateways(&mut self, name: &str, parts: &[Block], is_conditional: bool) -> (String, String) {
        let (split, join) = (self.node(name, ""), self.node(name, ""));
        for part in parts {
            let (first, last) = self.block(part);
            self.flow(&split, &first, is_conditional);
            self.flow(&last, &join, false);
        }
        (split, join)
    }

    /// A start event that waits.
    fn waiting_start(&mut self) -> String {
        self.event("startEvent", "")
    }

    fn whole(&mut self, block: &Block) {
        let start = self.node("startEvent", "");
        let (first, last) = self.block(block);
        let end = self.node("endEvent", "");
        self.flow(&start, &first, false);
        self.flow(&last, &end, false);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn no_tags_make_it_panic(parts in prop::collection::vec(prop::sample::select(vec![
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">", "</definitions>", "<process id=\"p\">",
        "</process>", "<startEvent id=\"s\"/>", "<endEvent id=\"e\"/>", "<task id=\"t\"/>", "<subProcess id=\"b\">",
        "</subProcess>", "<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"e\"/>", "<laneSet>", "<lane>", "&#65;", "<",
        ">", "&", "\"", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "xmlns:", "\u{0}", "é", " ", "\n",
    ]), 0..40)) {
        let _ = read(parts.concat().as_bytes());
    }

    #[test]
    fn no_damage_makes_it_panic(
        sample in 0..SAMPLES.len(), cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, any::<prop::sample::Index>()), 1..6),
    ) {
        let mut bytes = SAMPLES[sample].as_bytes().to_vec();
        for (from, length, to) in cuts {
            let from = from.index(bytes.len());
            let piece: Vec<u8> = bytes.drain(from..(from + length).min(bytes.len())).collect();
            let to = to.index(bytes.len());
            bytes.splice(to..to, piece);
        }
        if let Err(faults) = read(&bytes) {
            prop_assert!(!faults.is_empty() && faults.len() <= MAX_FAULTS);
            prop_assert!(faults.iter().all(|fault| fault.line >= 1 && !fault.message.is_empty()));
            prop_assert!(faults.windows(2).all(|pair| pair[0].line <= pair[1].line));
        }
    }

    #[test]
    fn what_is_built_soundly_is_read_back(block in block()) {
        let mut writer = Writer::default();
        writer.whole(&block);
        let xml = process(&writer.xml);
        let model = read(xml.as_bytes()).map_err(|faults| TestCaseError::fail(format!("{}\n{xml}", told(&faults))))?;
        prop_assert_eq!(model.nodes.len(), writer.nodes);
        prop_assert_eq!(model.flows.len(), writer.flows);
        let incoming: usize = model.nodes.values().map(|node| node.incoming.len()).sum();
        let outgoing: usize = model.nodes.values().map(|node| node.outgoing.len()).sum();
        prop_assert_eq!((incoming, outgoing), (writer.flows, writer.flows));
        for (id, flow) in &model.flows {
            prop_assert!(model.nodes[&flow.source].outgoing.contains(id));
            prop_assert!(model.nodes[&flow.target].incoming.contains(id));
            prop_assert_eq!(&model.nodes[&flow.source].parent, &model.nodes[&flow.target].parent);
        }
    }

    /// Each of several start events leads somewhere of its own, and then to what all share.
    #[test]
    fn a_process_that_begins_in_several_ways_is_read_back(
        ways in prop::collection::vec(prop::option::of(block()), 1..5), shared in block(), is_begun_by_hand in any::<bool>(),
    ) {
        let mut writer = Writer::default();
        let join = writer.node("exclusiveGateway", "");
        for way in &ways {
            let start = writer.waiting_start();
            let last = match way {
                Some(block) => {
                    let (first, last) = writer.block(block);
                    writer.flow(&start, &first, false);
                    last
                }
                None => start,
            };
            writer.flow(&last, &join, false);
        }
        if is_begun_by_hand {
            let start = writer.node("startEvent", "");
            writer.flow(&start, &join, false);
        }
        let (first, last) = writer.block(&shared);
        writer.flow(&join, &first, false);
        let end = writer.node("endEvent", "");
        writer.flow(&last, &end, false);
        let xml = process(&writer.xml);
        let model = read(xml.as_bytes()).map_err(|faults| TestCaseError::fail(format!("{}\n{xml}", told(&faults))))?;
        prop_assert_eq!((model.nodes.len(), model.flows.len()), (writer.nodes, writer.flows));
        prop_assert_eq!(model.triggered_starts().count(), ways.len());
        prop_assert_eq!(model.start_of(None).is_some(), is_begun_by_hand);
        prop_assert!(with_diagram(&xml).is_some_and(|drawn| read(drawn.as_bytes()).is_ok()));
    }

    #[test]
    fn a_choice_that_is_joined_in_parallel_is_always_found(before in block(), one in block(), other in block(), after in block()) {
        let mut writer = Writer::default();
        let start = writer.node("startEvent", "");
        let (split, join) = (writer.node("exclusiveGateway", ""), writer.node("parallelGateway", ""));
        let end = writer.node("endEvent", "");
        let (first, last) = writer.block(&before);
        writer.flow(&start, &first, false);
        writer.flow(&last, &split, false);
        for part in [&one, &other] {
            let (first, last) = writer.block(part);
            writer.flow(&split, &first, true);
            writer.flow(&last, &join, false);
        }
        let (first, last) = writer.block(&after);
        writer.flow(&join, &first, false);
        writer.flow(&last, &end, false);
        let faults = faults_of(&process(&writer.xml));
        let codes: Vec<_> = faults.iter().map(|(code, id, _)| (*code, &**id)).collect();
        prop_assert_eq!(codes, [(FaultCode::Deadlock, &*join)]);
    }
}
