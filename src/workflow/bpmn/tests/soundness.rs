//! Gateways that cannot join, and loops that never end.

use FaultCode::*;

use super::*;

/// A process of nodes, each written as its letter and its id, and of flows; `?` before a flow's target
/// gives it a condition, `!` makes it the default. A boundary event names its host behind an `@`: `b`
/// interrupts it, `n` does not. One fault stands for each id.
fn graph(nodes: &str, flows: &str) -> String {
    let defaults: Vec<_> = flows.split_whitespace().filter(|flow| flow.contains('!')).collect();
    let mut body = String::new();
    for node in nodes.split_whitespace() {
        let (kind, id) = node.split_once(':').expect("a kind");
        let (id, host) = id.split_once('@').unwrap_or((id, ""));
        let name = match kind {
            "s" => "startEvent",
            "e" | "t" | "r" => "endEvent",
            "b" | "n" => "boundaryEvent",
            "c" => "intermediateCatchEvent",
            "v" => "eventBasedGateway",
            "u" => "userTask",
            "x" => "exclusiveGateway",
            "p" => "parallelGateway",
            "i" => "inclusiveGateway",
            _ => panic!("{node}"),
        };
        let default = defaults.iter().find_map(|flow| flow.split_once(">!").filter(|(from, _)| *from == id));
        let default = default.map(|(from, to)| format!("default=\"{from}-{to}\"")).unwrap_or_default();
        let inner = match kind {
            "t" => "<terminateEventDefinition/>",
            "r" => "<errorEventDefinition errorRef=\"declared-error\"/>",
            "b" | "n" | "c" => "<signalEventDefinition signalRef=\"declared-signal\"/>",
            _ => "",
        };
        let border = match kind {
            "b" => format!("attachedToRef=\"{host}\""),
            "n" => format!("attachedToRef=\"{host}\" cancelActivity=\"false\""),
            _ => String::new(),
        };
        body.push_str(&format!("<{name} id=\"{id}\" {default} {border}>{inner}</{name}>\n"));
    }
    for written in flows.split_whitespace() {
        let (from, to) = written.split_once('>').expect("a flow");
        body.push_str(&match to.strip_prefix('?') {
            Some(to) => flow_if(from, to),
            None => flow(from, to.trim_start_matches('!')),
        });
    }
    // The nodes may be called p too.
    let declared =
        "<error id=\"declared-error\" errorCode=\"E\"/><signal id=\"declared-signal\" name=\"S\"/>";
    process(&body)
        .replace("<process id=\"p\">", "<process id=\"process\">")
        .replace("</definitions>", &format!("{declared}</definitions>"))
}

#[track_caller]
fn sound(name: &str, nodes: &str, flows: &str) {
    let model = read(graph(nodes, flows).as_bytes());
    let model = model.unwrap_or_else(|faults| panic!("{name}: {}", told(&faults)));
    assert!(model.unproved.is_empty(), "{name} is proved to be sound");
}

/// Read, but not proved to be sound.
#[track_caller]
fn unproved(name: &str, nodes: &str, flows: &str) {
    let begun = std::time::Instant::now();
    let model = read(graph(nodes, flows).as_bytes());
    let taken = begun.elapsed();
    let model = model.unwrap_or_else(|faults| panic!("{name}: {}", told(&faults)));
    assert_eq!(model.unproved.iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["process"], "{name}");
    assert!(taken.as_secs() < 5, "{name}: {taken:?}");
}

/// The joins that wait for ever, and the flows that they wait for.
#[track_caller]
fn unsound(name: &str, nodes: &str, flows: &str, expected: &[(FaultCode, &str, &str)]) {
    let faults = read(graph(nodes, flows).as_bytes()).expect_err(name);
    let found: Vec<_> = faults
        .iter()
        .map(|fault| {
            (
                fault.code,
                fault.element.as_deref().unwrap_or(""),
                fault.message.rsplit("comes by ").next().unwrap_or(""),
            )
        })
        .collect();
    let is_same = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(one, other)| one.0 == other.0 && one.1 == other.1 && one.2.ends_with(other.2));
    assert!(is_same, "{name}: {}", told(&faults));
}

#[test]
fn sound_graphs_are_let_be() {
    sound("a sequence", "s:s u:a e:e", "s>a a>e");
    sound("an exclusive block", "s:s x:x u:a u:b x:y e:e", "s>x x>?a x>!b a>y b>y y>e");
    sound("a parallel block", "s:s p:p u:a u:b p:q e:e", "s>p p>a p>b a>q b>q q>e");
    sound("an inclusive block", "s:s i:p u:a u:b i:q e:e", "s>p p>?a p>!b a>q b>q q>e");
    sound(
        "an inclusive split that always goes one way",
        "s:s i:p u:a u:b i:q e:e",
        "s>p p>a p>?b a>q b>q q>e",
    );
    sound("a parallel split joined inclusively", "s:s p:p u:a u:b i:q e:e", "s>p p>a p>b a>q b>q q>e");
    sound("an exclusive split joined inclusively", "s:s x:p u:a u:b i:q e:e", "s>p p>?a p>!b a>q b>q q>e");
    sound("branches that end by themselves", "s:s p:p u:a u:b e:e e:f", "s>p p>a p>b a>e b>f");
    sound("several tokens, each for itself", "s:s p:p u:a u:b x:y u:c e:e", "s>p p>a p>b a>y b>y y>c c>e");
    sound(
        "blocks in blocks",
        "s:s p:p x:x u:a u:b x:y u:c p:q e:e",
        "s>p p>x x>?a x>!b a>y b>y y>q p>c c>q q>e",
    );
    sound("a loop back", "s:s u:a x:x e:e", "s>a a>x x>!a x>?e");
    sound("a loop in a branch", "s:s p:p u:a x:x u:b p:q e:e", "s>p p>a a>x x>!a x>?q p>b b>q q>e");
    sound(
        "a loop around a block",
        "s:s x:m p:p u:a u:b p:q x:x e:e",
        "s>m m>p p>a p>b a>q b>q q>x x>!m x>?e",
    );
    sound(
        "a terminate event takes what waits",
        "s:s p:p x:x p:q u:b t:t e:e",
        "s>p p>x x>?q x>!t p>b b>q q>e",
    );
    sound("joins that cross", "s:s p:p u:a p:q u:b p:r e:e", "s>p p>a p>q a>q q>b q>r p>r b>r r>e");
    sound(
        "choices of activities, joined inclusively",
        "s:s u:a u:b u:c i:j e:e",
        "s>a a>?b a>!c b>j c>j j>e",
    );
    sound(
        "a wide merge before an inclusive join",
        "s:s p:p u:b u:c x:m i:j e:e u:a",
        "s>p p>b p>c b>m c>m p>a a>j m>j j>e",
    );
}

#[test]
fn a_join_that_waits_for_ever_is_named_with_what_it_waits_for() {
    unsound(
        "a choice joined in parallel",
        "s:s x:x u:a u:b p:q e:e",
        "s>x x>?a x>!b a>q b>q q>e",
        &[(Deadlock, "q", "-q")],
    );
    unsound(
        "of three some",
        "s:s i:p u:a u:b u:c p:q e:e",
        "s>p p>a p>b p>?c a>q b>q c>q q>e",
        &[(Deadlock, "q", "c-q")],
    );
    unsound(
        "a way around",
        "s:s p:p x:x u:b p:q e:e",
        "s>p p>x x>?q x>!e p>b b>q q>e",
        &[(Deadlock, "q", "x-q")],
    );
    unsound(
        "a way back into a join",
        "s:s p:p p:q x:x u:a e:e",
        "s>p p>q p>a a>q q>x x>!a x>?e",
        &[(Deadlock, "q", "p-q")],
    );
    unsound(
        "a join of a loop's entrance",
        "s:s p:m u:a x:x e:e",
        "s>m m>a a>x x>!m x>?e",
        &[(Deadlock, "m", "x-m")],
    );
    unsound(
        "two of them",
        "s:s x:x p:q p:r u:a u:b e:e",
        "s>x x>?a x>!b a>q b>q q>r a>r r>e",
        &[(Deadlock, "q", "-q"), (Deadlock, "r", "q-r")],
    );
    unsound(
        "one token too many",
        "s:s p:p u:c x:m p:q e:e",
        "s>p p>m p>c c>m m>q p>q q>e",
        &[(Deadlock, "q", "p-q")],
    );
}

#[test]
fn two_inclusive_gateways_that_wait_for_each_other() {
    unsound(
        "each can still come to the other",
        "s:s p:p i:a i:b x:x x:y e:e",
        "s>p p>a p>b a>x x>!e x>?b b>y y>!e y>?a",
        &[(Deadlock, "a", "waits for it"), (Deadlock, "b", "waits for it")],
    );
}

#[test]
fn inclusive_gateways_that_can_wait_for_each_other_but_do_not() {
    // The token before `b` can come to `a`, but by the flow on which one has come already.
    sound(
        "a token behind the flow that has one",
        "s:s p:p x:m i:a i:b u:u x:x e:e",
        "s>p p>m p>b m>a a>u u>b b>x x>?m x>!e p>a",
    );
    sound("a loop around", "s:s i:m i:p u:a u:b i:j x:x e:e", "s>m m>p p>?a p>!b a>j b>j j>x x>!m x>?e");
}

#[test]
fn a_terminate_event_ends_a_loop_that_would_make_ever_more_tokens() {
    sound("at once", "s:s x:m p:p x:x t:t e:e", "s>m m>p p>m p>x p>t x>?m x>!e");
}

#[test]
fn a_loop_that_makes_ever_more_tokens() {
    unsound(
        "each time two come back",
        "s:s x:m p:p x:x e:e",
        "s>m m>p p>m p>x x>!m x>?e",
        &[(EndlessTokens, "x-m", "")],
    );
}

#[test]
fn a_subprocess_is_played_on_its_own() {
    let inner = format!(
        "<subProcess id=\"n\">\n<startEvent id=\"a\"/><exclusiveGateway id=\"b\" default=\"b-d\"/><task id=\"c\"/><task id=\"d\"/>\n<parallelGateway id=\"j\"/><endEvent id=\"z\"/>{}{}{}{}{}{}</subProcess>",
        flow("a", "b"),
        flow_if("b", "c"),
        flow("b", "d"),
        flow("c", "j"),
        flow("d", "j"),
        flow("j", "z"),
    );
    check(&[("a deadlock within", around(&inner), &[(Deadlock, "j", 7)])]);
}

#[test]
fn what_branches_do_for_themselves_does_not_multiply() {
    let mut nodes = String::from("s:s p:p p:q e:e ");
    let mut flows = String::from("s>p q>e ");
    for number in 0..40 {
        nodes.push_str(&format!("u:a{number} x:x{number} "));
        flows.push_str(&format!("p>a{number} a{number}>x{number} x{number}>!a{number} x{number}>?q "));
    }
    sound("forty loops", &nodes, &flows);
}

#[test]
fn nothing_is_said_of_what_is_too_large_to_be_played() {
    // Which of forty flows bring a token to the join has a million answers; it is sound.
    let mut nodes = String::from("s:s p:p i:q e:e ");
    let mut flows = String::from("s>p q>e ");
    for number in 0..20 {
        nodes.push_str(&format!("x:x{number} u:a{number} u:b{number} "));
        flows.push_str(&format!("p>x{number} x{number}>?a{number} x{number}>!b{number} "));
        flows.push_str(&format!("a{number}>q b{number}>q "));
    }
    unproved("twenty choices", &nodes, &flows);
}

#[test]
fn not_every_choice_of_many_conditions_is_tried() {
    let choice = |count: usize| {
        let (mut nodes, mut flows) =
            ("s:s i:p u:last i:q e:e ".to_owned(), "s>p p>!last last>q q>e ".to_owned());
        for number in 0..count {
            nodes.push_str(&format!("u:a{number} "));
            flows.push_str(&format!("p>?a{number} a{number}>q "));
        }
        (nodes, flows)
    };
    let (nodes, flows) = choice(6);
    sound("six conditions", &nodes, &flows);
    let (nodes, flows) = choice(7);
    unproved("seven conditions", &nodes, &flows);
}

#[test]
fn an_inclusive_gateway_with_very_many_flows_is_not_played() {
    let (mut nodes, mut flows) = ("s:s x:p i:q e:e ".to_owned(), "s>p q>e ".to_owned());
    for number in 0..800 {
        nodes.push_str(&format!("u:a{number} "));
        let mark = if number == 0 { "!" } else { "?" };
        flows.push_str(&format!("p>{mark}a{number} a{number}>q "));
    }
    unproved("eight hundred ways", &nodes, &flows);
}

#[test]
fn a_boundary_event_that_interrupts_leads_on_in_the_activitys_place() {
    sound("to an end of its own", "s:s u:a b:late@a e:e e:f", "s>a a>e late>f");
    sound("back together", "s:s u:a b:late@a x:m e:e", "s>a a>m late>m m>e");
    sound("back together inclusively", "s:s p:p u:a b:late@a u:c i:j e:e", "s>p p>a p>c a>j late>j c>j j>e");
    sound("back to before its activity", "s:s x:m u:a b:late@a e:e", "s>m m>a a>e late>m");
    sound(
        "an inclusive gateway waits for what it may bring",
        "s:s p:p u:a b:late@a u:c u:k i:j p:q e:e e:f",
        "s>p p>c p>a p>k a>f late>j c>j j>q k>q q>e",
    );
    unsound(
        "a join that would need both",
        "s:s u:a b:late@a p:q e:e",
        "s>a a>q late>q q>e",
        &[(Deadlock, "q", "-q")],
    );
    unsound(
        "a join that it does not come to",
        "s:s p:p u:a b:late@a u:c p:q e:e e:f",
        "s>p p>a p>c a>q c>q late>f q>e",
        &[(Deadlock, "q", "a-q")],
    );
    unsound(
        "one of two",
        "s:s p:p u:a b:late@a b:never@a u:c p:q e:e e:f x:m",
        "s>p p>a p>c a>m late>m m>q c>q never>f q>e",
        &[(Deadlock, "q", "m-q")],
    );
}

#[test]
fn a_boundary_event_that_does_not_interrupt_gives_a_token_beside() {
    sound("that ends by itself", "s:s p:p u:a n:late@a u:c p:q e:e e:f", "s>p p>a p>c a>q c>q q>e late>f");
    sound("that comes back inclusively", "s:s u:a n:late@a i:j e:e", "s>a a>j late>j j>e");
    unsound(
        "a join that would always need it",
        "s:s u:a n:late@a p:q e:e",
        "s>a a>q late>q q>e",
        &[(Deadlock, "q", "late-q")],
    );
    unsound(
        "one too many",
        "s:s p:p u:a n:late@a x:m u:c p:q e:e",
        "s>p p>a p>c a>m late>m m>q c>q q>e",
        &[(Deadlock, "q", "c-q")],
    );
    unsound(
        "beside one that interrupts",
        "s:s p:p u:a n:late@a b:never@a x:m u:c p:q e:e",
        "s>p p>a p>c a>e late>m never>m m>q c>q q>e",
        &[(Deadlock, "q", "-q")],
    );
}

#[test]
fn not_all_that_many_boundary_events_may_do_is_tried() {
    let beside = |count: usize| {
        let (mut nodes, mut flows) = ("s:s u:a e:e ".to_owned(), "s>a a>e ".to_owned());
        for number in 0..count {
            nodes.push_str(&format!("n:n{number}@a "));
            flows.push_str(&format!("n{number}>e "));
        }
        (nodes, flows)
    };
    let (nodes, flows) = beside(8);
    sound("eight events", &nodes, &flows);
    let (nodes, flows) = beside(9);
    unproved("nine events", &nodes, &flows);
}

#[test]
fn the_first_event_alone_leads_on() {
    sound("back together", "s:s v:v c:a c:b x:m e:e", "s>v v>a v>b a>m b>m m>e");
    unsound("a join of all", "s:s v:v c:a c:b p:q e:e", "s>v v>a v>b a>q b>q q>e", &[(Deadlock, "q", "-q")]);
}

#[test]
fn an_error_takes_what_waits() {
    sound("as a terminate event", "s:s p:p x:x p:q u:b r:t e:e", "s>p p>x x>?q x>!t p>b b>q q>e");
}
