//! XML from strangers: refused in bounded time and memory, with one fault and its line.

use std::time::Instant;

use super::*;
use crate::workflow::bpmn::xml::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT};

/// The code and the line of the one fault.
#[track_caller]
fn refused(bytes: &[u8]) -> (FaultCode, u32) {
    let faults = read(bytes).expect_err("it is refused");
    assert_eq!(faults.len(), 1, "{}", told(&faults));
    (faults[0].code, faults[0].line)
}

#[track_caller]
fn message(bytes: &[u8]) -> String {
    read(bytes).expect_err("it is refused").remove(0).message
}

#[test]
fn malformed_xml_is_one_fault_with_its_line() {
    let cases: [(&str, u32); 22] = [
        ("", 1),
        ("   \n\n", 1),
        ("hello", 1),
        ("<!-- nothing -->", 1),
        ("<a>\n<b>\n</a>", 3),
        ("<a>\n<b/>\n", 3),
        ("<a>\n<b", 2),
        ("<a/>\n<b/>", 2),
        ("<a/>\ntext", 1),
        ("<a>\n&nbsp;</a>", 2),
        ("<a>&#0;</a>", 1),
        ("<a b='&#x1;'/>", 1),
        ("<a\n b='1' b='2'/>", 1),
        ("<a b='<'/>", 1),
        ("<a>\n<p:b/></a>", 2),
        ("<a p:b='1'/>", 1),
        (
            "<a xmlns:p='u:1' xmlns:q='https://docket.dev/bpmn' xmlns:r='https://docket.dev/bpmn' q:b='1' r:b='1'/>",
            1,
        ),
        ("<1a/>", 1),
        ("</a>", 1),
        ("\n<?xml version='1.0'?><a/>", 2),
        ("<?xml version='1.1'?><a/>", 1),
        ("<a>\n<![CDATA[ x </a>", 2),
    ];
    for (text, line) in cases {
        assert_eq!(refused(text.as_bytes()), (FaultCode::MalformedXml, line), "{text}");
    }
}

#[test]
fn every_prefix_of_a_document_is_refused_without_panic() {
    let whole = include_str!("../samples/leave-request.bpmn");
    let end = whole.trim_end().len();
    for length in (0..end).filter(|length| whole.is_char_boundary(*length)) {
        assert!(read(&whole.as_bytes()[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn a_doctype_is_refused_so_nothing_expands() {
    let laughs = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY lol \"lol\">\n<!ENTITY lol2 \"&lol;&lol;\">\n]>\n<lolz>&lol2;</lolz>";
    assert_eq!(refused(laughs.as_bytes()), (FaultCode::MalformedXml, 2));
    let outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">\n<a/>";
    assert_eq!(refused(outside.as_bytes()), (FaultCode::MalformedXml, 1));
    assert!(message(outside.as_bytes()).contains("DOCTYPE"));
    assert!(message(b"<a>&lol;</a>").contains("&lol;"));
}

#[test]
fn the_entities_of_xml_and_references_to_characters_are_understood() {
    let xml = task("name=\"&lt;&amp;&gt;&quot;&apos;&#65;&#x4e2d;\"");
    assert_eq!(read_well(&xml).nodes["n"].name, "<&>\"'A中");
}

#[test]
fn only_utf_8_is_read_and_that_is_said() {
    let utf16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [0xFF, 0xFE].into_iter().chain(utf16.iter().copied()).collect();
    let big: Vec<u8> = "\u{FEFF}<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [&utf16, &marked, &big] {
        assert!(message(bytes).contains("UTF-16"), "{bytes:?}");
    }
    for encoding in ["UTF-16", "ISO-8859-1", "GB18030"] {
        // Whoever hands it over has read it: what it says of its file matters only where that went wrong.
        let declared = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{}", task("name=\"é\""));
        assert_eq!(read_well(&declared).nodes["n"].name, "é");
        let message = message(declared.replace('é', "\u{FFFD}").as_bytes());
        assert!(message.contains(encoding) && message.contains("lost"), "{message}");
    }
    assert_eq!(refused(b"<a>\n\xC3\x28</a>"), (FaultCode::MalformedXml, 2));
    assert_eq!(refused(b"<a>\n\n\0</a>"), (FaultCode::MalformedXml, 3));
    assert_eq!(refused("<a>\u{FFFF}</a>".as_bytes()), (FaultCode::MalformedXml, 1));
}

#[test]
fn a_byte_order_mark_and_a_declaration_are_fine() {
    let xml = format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>{}", task(""));
    assert_eq!(read_well(&xml).key, "p");
}

#[test]
fn lines_end_as_they_do_anywhere() {
    for ending in ["\n", "\r\n", "\r"] {
        let xml = around("<transaction id=\"n\"/>").replace('\n', ending);
        assert_eq!(faults_of(&xml), [(FaultCode::Unsupported, "n".to_owned(), 5)], "{ending:?}");
    }
}

#[test]
fn what_is_too_large_is_refused() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    let many = |elements: usize| format!("<a>\n{}</a>", "<b/>".repeat(elements - 1));
    let wide = |attributes: usize| {
        let all: String = (0..attributes).map(|number| format!(" a{number}=''")).collect();
        format!("<a{all}/>")
    };
    let long = |length: usize| format!("<a b='{}'/>", "x".repeat(length));
    let text = |length: usize| format!("<a>{}<!-- -->{}</a>", "x".repeat(length), "y");
    let cases = [
        (nested(MAX_DEPTH), nested(MAX_DEPTH + 1)),
        (many(MAX_ELEMENTS), many(MAX_ELEMENTS + 1)),
        (wide(MAX_ATTRIBUTES), wide(MAX_ATTRIBUTES + 1)),
        (long(MAX_TEXT), long(MAX_TEXT + 1)),
        (text(MAX_TEXT - 1), text(MAX_TEXT)),
        (format!("<a>{}</a>", " <!-- -->".repeat(9)), format!("<a>{}</a>", " ".repeat(MAX_BYTES))),
    ];
    for (most, more) in cases {
        assert_eq!(refused(most.as_bytes()).0, FaultCode::NoProcess, "{}", &most[..40]);
        assert_eq!(refused(more.as_bytes()).0, FaultCode::TooLarge, "{}", &more[..40]);
    }
}

#[test]
fn nasty_documents_take_no_time() {
    let fill = |part: &str| part.repeat((MAX_BYTES - 1_000) / part.len());
    let bindings: String = (0..20_000).map(|number| format!(" xmlns:p{number}='u:{number}'")).collect();
    let documents = [
        "<a>".repeat(MAX_BYTES / 3),
        format!("<a {}/>", fill("b='' ")),
        format!("<a {}/>", (0..60_000).map(|number| format!("a{number}='' ")).collect::<String>()),
        format!("<a{bindings}/>"),
        format!("<a>{}</a>", fill("<b c='1'/>\n")),
        format!("<a>{}</a>", fill("&amp;")),
        format!("<a>{}</a>", fill("<!---->")),
        format!("<a>{}", fill("<?x?>")),
        format!("<a b='{}'/>", "&#65;".repeat(MAX_TEXT / 5)),
        fill("\n"),
        fill("<"),
        fill("&"),
    ];
    for document in documents {
        let begun = Instant::now();
        assert!(read(document.as_bytes()).is_err());
        let taken = begun.elapsed();
        assert!(taken.as_secs() < 5, "{taken:?} for {}", &document[..20]);
    }
}

#[test]
fn a_large_process_is_read_in_no_time() {
    // A chain as long as a document may hold, with as many choices as it may have.
    let count = MAX_ELEMENTS / 4;
    let mut body = String::from("<startEvent id='s'/>\n<endEvent id='e'/>\n");
    body.push_str(&flow("s", "n0"));
    for number in 0..count {
        body.push_str(&format!("<task id='n{number}'/>\n"));
        let next = if number + 1 == count { "e".to_owned() } else { format!("n{}", number + 1) };
        body.push_str(&flow(&format!("n{number}"), &next));
    }
    let begun = Instant::now();
    let model = read_well(&process(&body));
    assert_eq!(model.nodes.len(), count + 2);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[test]
fn a_wide_process_is_read_in_no_time() {
    // All branches have tokens at once, and then each chooses between an end and a join.
    for (count, join) in
        [(MAX_ELEMENTS / 8, "inclusiveGateway"), (600, "inclusiveGateway"), (MAX_ELEMENTS / 8, "task")]
    {
        let mut body = format!(
            "<startEvent id='s'/>\n<parallelGateway id='split'/>\n<{join} id='join'/>\n<endEvent id='e'/>\n{}{}",
            flow("s", "split"),
            flow("join", "e")
        );
        for number in 0..count {
            let id = format!("n{number}");
            body.push_str(&format!("<exclusiveGateway id='{id}' default='{id}-e'/>\n"));
            body.push_str(&flow("split", &id));
            body.push_str(&flow(&id, "e"));
            body.push_str(&flow_if(&id, "join"));
        }
        let begun = Instant::now();
        let model = read_well(&process(&body));
        assert_eq!(model.nodes.len(), count + 4);
        assert!(begun.elapsed().as_secs() < 20, "{count} into a {join}: {:?}", begun.elapsed());
    }
}

#[test]
fn at_most_a_hundred_faults_are_told_and_their_texts_are_short() {
    let long = "x".repeat(60_000);
    let body: String = (0..150).map(|number| format!("<serviceTask id='n{number}'/>\n")).collect();
    let faults = read(process(&body).as_bytes()).expect_err("faults");
    assert_eq!(faults.len(), MAX_FAULTS);
    let faults =
        read(around(&format!("<userTask id='n' default='{long}' docket:counting='{long}'/>")).as_bytes());
    for fault in faults.expect_err("faults") {
        assert!(fault.message.chars().count() <= 401, "{}", fault.message.len());
    }
    let faults = read(around(&format!("<serviceTask id='{long}'/>")).as_bytes()).expect_err("faults");
    assert!(faults.iter().filter_map(|fault| fault.element.as_deref()).all(|id| id.chars().count() <= 129));
}

#[test]
fn the_page_tells_the_bounds() {
    use crate::workflow::tests::page::bound;
    for (what, most) in [
        ("a document", MAX_BYTES),
        ("its elements", MAX_ELEMENTS),
        ("its levels", MAX_DEPTH),
        ("an element's attributes", MAX_ATTRIBUTES),
        ("a text or an attribute's value in it", MAX_TEXT),
        ("faults that are told of it", MAX_FAULTS),
        ("a process's forms", forms::MAX_FORMS),
    ] {
        assert_eq!(bound(what), most, "{what}");
    }
}
