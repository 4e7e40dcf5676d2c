//! One pass over a document's bytes, without recursion, before any parser sees them.
//!
//! The parser descends into every bracket, values included, without a limit of its own: some
//! thousands of them overflow its stack. Whatever this pass takes for the inside of a string or a
//! comment, the parser must as well, or brackets could hide there; so a string that does not end,
//! which the parser would try to read in other ways, is refused here.

use async_graphql::Pos;

use super::error::GuardError;
use super::limits::QueryLimits;

/// Counts bytes, tokens and open brackets against the limits.
///
/// # Errors
/// Where there are too many, brackets do not match, a string does not end, or a character belongs
/// to no token.
pub(super) fn scan(source: &str, limits: &QueryLimits) -> Result<(), GuardError> {
    let limit = limits.max_bytes;
    if source.len() > limit {
        return Err(GuardError::TooMuch { of: "bytes", limit: limit as u64 });
    }
    let bytes = source.as_bytes();
    // What closes each open bracket; never longer than the limit on nesting.
    let mut open: Vec<u8> = Vec::new();
    let mut tokens = 0usize;
    let mut at = 0usize;
    while let Some(&byte) = bytes.get(at) {
        let length = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            // A byte order mark is ignored wherever it stands.
            0xEF if bytes[at..].starts_with(b"\xEF\xBB\xBF") => {
                at += 3;
                continue;
            }
            b'#' => {
                at += run(&bytes[at..], |byte| !matches!(byte, b'\n' | b'\r'));
                continue;
            }
            b'{' | b'[' | b'(' => {
                if open.len() >= limits.max_nesting {
                    let limit = limits.max_nesting as u64;
                    return Err(GuardError::TooMuch { of: "brackets within each other", limit });
                }
                open.push(closing(byte));
                1
            }
            b'}' | b']' | b')' => {
                if open.pop() != Some(byte) {
                    return Err(syntax(source, at, "this bracket closes none that is open"));
                }
                1
            }
            b'"' => {
                string_length(&bytes[at..]).ok_or_else(|| syntax(source, at, "this string does not end"))?
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                run(&bytes[at..], |byte| byte == b'_' || byte.is_ascii_alphanumeric())
            }
            b'-' | b'0'..=b'9' => {
                1 + run(&bytes[at + 1..], |byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
            }
            b'.' if bytes[at..].starts_with(b"...") => 3,
            b'!' | b'$' | b'&' | b':' | b'=' | b'@' | b'|' => 1,
            _ => return Err(syntax(source, at, "unexpected character")),
        };
        at += length;
        tokens += 1;
        if tokens > limits.max_tokens {
            return Err(GuardError::TooMuch { of: "tokens", limit: limits.max_tokens as u64 });
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(syntax(source, source.len(), "the document ends before every bracket is closed"))
    }
}

fn closing(bracket: u8) -> u8 {
    match bracket {
        b'{' => b'}',
        b'[' => b']',
        _ => b')',
    }
}

/// How many bytes from the start are `inside`.
fn run(bytes: &[u8], inside: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !inside(*byte)).unwrap_or(bytes.len())
}

/// The length of the string literal at the start, quotes included; none where it does not end.
fn string_length(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"\"\"\"") {
        let mut at = 3;
        loop {
            let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
            if rest.starts_with(b"\\\"\"\"") {
                at += 4;
            } else if rest.starts_with(b"\"\"\"") {
                return Some(at + 3);
            } else {
                at += 1;
            }
        }
    }
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn syntax(source: &str, at: usize, message: &str) -> GuardError {
    GuardError::Syntax { message: message.to_owned(), at: position(source, at) }
}

/// Line and column, both from 1, of a byte.
fn position(source: &str, at: usize) -> Pos {
    let before = source.get(..at).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    Pos { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;

    fn scanned(source: &str) -> Result<(), GuardError> {
        scan(source, &QueryLimits::default())
    }

    #[test]
    fn nested_list_literals_of_six_kilobytes_are_refused() {
        for (open, close) in [("[", "]"), ("{a:", "}"), ("{", "}")] {
            let source = format!("{{ f(x: {}1{}) }}", open.repeat(3000), close.repeat(3000));
            let error = scanned(&source).unwrap_err();
            assert!(matches!(error, GuardError::TooMuch { limit: 64, .. }), "{error}");
        }
        // Types nest as well, and so do defaults and unclosed brackets.
        for source in ["query($a: ".to_owned() + &"[".repeat(3000), "[".repeat(6000)] {
            assert!(matches!(scanned(&source), Err(GuardError::TooMuch { .. })));
        }
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count_and_those_behind_them_do() {
        let many = "[".repeat(500);
        for quiet in [
            format!("{{ f(x: \"{many}\") }}"),
            format!("{{ f(x: \"\\\"{many}\") }}"),
            format!("{{ f(x: \"\"\"{many} \" \"\" \\\"\"\" {many}\"\"\") }}"),
            format!("{{ f # {many}\n }}"),
            "{ f(x: \"\") }".to_owned(),
        ] {
            assert_eq!(scanned(&quiet), Ok(()), "{quiet}");
            assert!(parse_query(&quiet).is_ok(), "{quiet}");
        }
        for loud in [
            format!("{{ f(x: \"\\\\\" {many}"),
            format!("{{ f(x: \"\"\"\"\"\" {many}"),
            format!("{{ f # \" \r {many}"),
            format!("{{ f(x: \"#\" {many}"),
        ] {
            assert!(matches!(scanned(&loud), Err(GuardError::TooMuch { .. })), "{loud}");
        }
    }

    #[test]
    fn strings_that_do_not_end_and_stray_brackets_are_refused_with_their_place() {
        for (source, line, column) in [
            ("{ f(x: \"abc\n\") }", 1, 8),
            ("{\n f(x: \"\"\"abc) }", 2, 7),
            ("{ f(x: [1)] }", 1, 10),
            ("{ é }", 1, 3),
            ("{ f", 1, 4),
            ("{ .. }", 1, 3),
        ] {
            match scanned(source).unwrap_err() {
                GuardError::Syntax { at, .. } => assert_eq!((at.line, at.column), (line, column), "{source}"),
                other => panic!("{source}: {other}"),
            }
            assert!(parse_query(source).is_err(), "{source}");
        }
    }

    #[test]
    fn tokens_and_bytes_are_counted() {
        let limits = QueryLimits { max_tokens: 5, max_bytes: 20, ..QueryLimits::default() };
        assert_eq!(scan("{ a, b, c }", &limits), Ok(()));
        assert!(matches!(scan("{ a b c d }", &limits), Err(GuardError::TooMuch { of: "tokens", .. })));
        let long = format!("{{ {} }}", "a".repeat(17));
        assert!(matches!(scan(&long, &limits), Err(GuardError::TooMuch { of: "bytes", .. })));
    }

    /// How deep the parser found a document's selections and arguments to nest.
    fn tree_depth(document: &async_graphql::parser::types::ExecutableDocument) -> usize {
        use async_graphql::parser::types::{Selection, SelectionSet};
        use async_graphql_value::Value;
        fn of_value(value: &Value) -> usize {
            match value {
                Value::List(list) => 1 + list.iter().map(of_value).max().unwrap_or(0),
                Value::Object(object) => 1 + object.values().map(of_value).max().unwrap_or(0),
                _ => 0,
            }
        }
        fn of_set(set: &SelectionSet) -> usize {
            let of_item = |item: &Selection| match item {
                Selection::Field(field) => {
                    let arguments = field.node.arguments.iter().map(|(_, value)| 1 + of_value(&value.node));
                    arguments.max().unwrap_or(0).max(of_set(&field.node.selection_set.node))
                }
                Selection::InlineFragment(inline) => of_set(&inline.node.selection_set.node),
                Selection::FragmentSpread(_) => 0,
            };
            let deepest = set.items.iter().map(|item| of_item(&item.node)).max();
            deepest.map_or(0, |deepest| deepest + 1)
        }
        let operations = document.operations.iter().map(|(_, op)| of_set(&op.node.selection_set.node));
        let fragments = document.fragments.values().map(|f| of_set(&f.node.selection_set.node));
        operations.chain(fragments).max().unwrap_or(0)
    }

    /// Pieces that, strung together at random, make much that is nearly GraphQL.
    fn nearly_graphql() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "\"",
            "\"\"\"",
            "\\",
            "\\\"",
            "#",
            "\n",
            "\r",
            " ",
            ",",
            "...",
            "on",
            "a",
            "f:",
            "x:",
            "$v",
            "@skip(if:true)",
            "query",
            "fragment",
            "1",
            "-1.5e3",
            "true",
            "null",
            "é",
            "\u{feff}",
            "{a}",
            "(x:[1])",
            "!",
            "=",
            "|",
            "&",
            "..",
        ]);
        prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
    }

    /// Well-formed documents with strings, comments and brackets in every place that takes them.
    fn graphql() -> impl Strategy<Value = String> {
        let value = prop::sample::select(vec![
            "1",
            "\"[[{\"",
            "\"\"\"{[ \\\"\"\" \"\"\"",
            "$v",
            "ENUM",
            "null",
            "\"\\\\\"",
            "-0.5E+3",
        ])
        .prop_map(str::to_owned)
        .prop_recursive(8, 40, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(|v| format!("[{}]", v.join(" "))),
                prop::collection::vec(inner, 0..3)
                    .prop_map(|v| format!("{{{}}}", v.iter().map(|v| format!("k:{v},")).collect::<String>())),
            ]
        });
        let field = value.prop_map(|value| format!("f(x: {value}) # }} \"\n"));
        field
            .prop_recursive(6, 40, 3, |inner| {
                prop::collection::vec(inner, 1..3)
                    .prop_map(|fields| format!("a: g @d(y: [1]) {{ {} ... on T {{ b }} }}", fields.join(" ")))
            })
            .prop_map(|field| format!("query($v: [[Int!]!] = [[1]]) {{ {field} }}"))
    }

    proptest! {
        #[test]
        fn what_is_accepted_the_parser_handles(source in nearly_graphql()) {
            if scanned(&source).is_ok() {
                let _ = parse_query(&source);
            }
        }

        #[test]
        fn what_the_parser_takes_is_accepted(source in nearly_graphql()) {
            if parse_query(&source).is_ok() {
                prop_assert_eq!(scanned(&source), Ok(()));
            }
        }

        #[test]
        fn depth_is_seen_as_the_parser_sees_it(source in graphql()) {
            let document = parse_query(&source).unwrap();
            let depth = tree_depth(&document);
            prop_assert_eq!(scan(&source, &QueryLimits { max_nesting: 64, ..QueryLimits::default() }), Ok(()));
            let less = QueryLimits { max_nesting: depth - 1, ..QueryLimits::default() };
            prop_assert!(scan(&source, &less).is_err());
        }

        #[test]
        fn no_text_makes_scanning_panic(source in "\\PC{0,200}") {
            let _ = scanned(&source);
        }
    }
}
