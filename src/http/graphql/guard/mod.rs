//! The query guard: what stands before the parser and the schema on every transport.
//!
//! First one pass over the bytes bounds tokens and brackets, then the parser may run, then the
//! document is counted with its fragments written out; only then does the schema see it, already
//! parsed.

mod absent;
mod error;
mod expansion;
mod lexer;
mod limits;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::parser::{self, parse_query};
use async_graphql::{Pos, Request, Variables};

use self::error::at_most;
use self::expansion::{Extent, Extents, size};

pub use error::GuardError;
pub use limits::QueryLimits;

/// The deepest nesting of selection sets, fragments included: what the schema's own check allows.
const MAX_SET_NESTING: u64 = 32;

/// A document to be guarded, with what came along.
#[derive(Debug)]
pub(in crate::http) struct Query<'a> {
    /// The document.
    pub source: &'a str,
    /// Which operation to run, where the document has several.
    pub operation_name: Option<String>,
    /// The variables.
    pub variables: Variables,
}

/// A request that has passed.
#[derive(Debug)]
pub(in crate::http) struct Guarded {
    /// Ready to execute, its document parsed.
    pub request: Request,
    /// What it does.
    pub operation: OperationType,
    /// How many fields it selects.
    pub fields: u64,
}

/// Lets a query pass or says why not.
///
/// # Errors
/// [`GuardError`].
pub(in crate::http) fn guard(
    query: Query<'_>,
    limits: &QueryLimits,
    introspection: bool,
) -> Result<Guarded, GuardError> {
    lexer::scan(query.source, limits)?;
    let mut document = parse_query(query.source).map_err(syntax_error)?;
    let operation_name = query.operation_name.filter(|name| !name.is_empty());
    let chosen = choose(&document, operation_name.as_deref())?;
    let operation = chosen.ty;

    let extents = Extents::of(&document, &query.variables)?;
    let operations: Vec<(OperationType, Extent)> = document
        .operations
        .iter()
        .map(|(_, operation)| (operation.node.ty, extents.of_set(&operation.node.selection_set.node)))
        .collect();
    let variables_size = query.variables.values().fold(0u64, |sum, value| sum.saturating_add(size(value)));
    let max_variable_bytes = limits.max_variable_bytes.max(variables_size.saturating_mul(2));
    // Validation goes through every operation and fragment, not just what is run.
    let mut fields = 0u64;
    for (kind, extent) in &operations {
        fields = fields.saturating_add(extent.fields);
        at_most(limits.max_fields, fields, "fields")?;
        at_most(limits.max_root_fields, extent.root_fields, "fields at the top")?;
        if *kind == OperationType::Subscription && extent.root_fields > 1 {
            return Err(GuardError::Operation("a subscription selects exactly one field at the top"));
        }
    }
    for extent in operations.iter().map(|(_, extent)| extent).chain(extents.of_fragments()) {
        at_most(limits.max_fields, extent.fields, "fields")?;
        at_most(limits.max_depth, extent.depth, "levels of fields")?;
        at_most(MAX_SET_NESTING, extent.nesting, "levels of fields and fragments")?;
        at_most(limits.max_aliases, extent.aliases, "aliases")?;
        at_most(limits.max_introspection_lists, extent.introspection_lists, "levels of introspection")?;
        at_most(max_variable_bytes, extent.variable_bytes, "bytes of variables where they are used")?;
        if !introspection && extent.introspections > 0 {
            return Err(GuardError::Introspection);
        }
    }

    absent::strip(&mut document, &query.variables);
    let mut request = Request::new(query.source).variables(query.variables);
    request.operation_name = operation_name;
    request.set_parsed_query(document);
    Ok(Guarded { request, operation, fields })
}

/// The operation to run.
fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, GuardError> {
    let mut operations = document.operations.iter();
    let chosen = match name {
        Some(name) => operations
            .find(|(known, _)| known.is_some_and(|known| known == name))
            .ok_or(GuardError::Operation("the document has no operation of the name in `operationName`"))?,
        None => {
            let only = operations.next().ok_or(GuardError::Operation("the document has no operation"))?;
            if operations.next().is_some() {
                return Err(GuardError::Operation(
                    "the document has several operations: say which in `operationName`",
                ));
            }
            only
        }
    };
    Ok(&chosen.1.node)
}

/// The parser's error without the source that it repeats.
fn syntax_error(error: parser::Error) -> GuardError {
    let at = error.positions().next().unwrap_or(Pos { line: 1, column: 1 });
    let message = match &error {
        // The last line says what was expected; those before it show the source.
        parser::Error::Syntax { message, .. } => message
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("= "))
            .next_back()
            .unwrap_or("this is not a GraphQL document")
            .chars()
            .take(200)
            .collect(),
        parser::Error::RecursionLimitExceeded => {
            return GuardError::TooMuch { of: "levels of fields", limit: 64 };
        }
        other => other.to_string(),
    };
    GuardError::Syntax { message, at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use std::fmt::Write as _;
    use std::time::{Duration, Instant};

    fn guarded(source: &str) -> Result<Guarded, GuardError> {
        let query = Query { source, operation_name: None, variables: Variables::default() };
        guard(query, &QueryLimits::default(), true)
    }

    fn refusal(source: &str) -> ErrorCode {
        guarded(source).unwrap_err().code()
    }

    /// Fragments in levels, each spreading the next `width` times.
    fn fan_out(levels: usize, width: usize) -> String {
        let mut source = String::from("{ ...F0 }");
        for level in 0..levels {
            let spreads = format!("...F{} ", level + 1).repeat(width);
            write!(source, " fragment F{level} on Query {{ {spreads} }}").unwrap();
        }
        write!(source, " fragment F{levels} on Query {{ __typename }}").unwrap();
        source
    }

    #[test]
    fn six_kilobytes_of_nested_list_literals_are_too_complex() {
        let source = format!("{{ add(a: {}1{}) }}", "[".repeat(3000), "]".repeat(3000));
        assert_eq!(refusal(&source), ErrorCode::TooComplex);
    }

    #[test]
    fn fragment_fan_out_of_30_by_2_and_5_by_300_is_refused_at_once() {
        for source in [fan_out(30, 2), fan_out(5, 300)] {
            let start = Instant::now();
            assert_eq!(refusal(&source), ErrorCode::TooComplex);
            assert!(start.elapsed() < Duration::from_secs(2));
        }
        assert_eq!(guarded(&fan_out(5, 2)).unwrap().fields, 32);
    }

    #[test]
    fn long_chains_of_fragments_are_refused_without_recursion() {
        assert_eq!(refusal(&fan_out(900, 1)), ErrorCode::TooComplex);
    }

    #[test]
    fn fragment_cycles_are_bad_input() {
        assert_eq!(
            refusal("{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }"),
            ErrorCode::BadInput
        );
        assert_eq!(refusal("{ a } fragment A on Query { ...A }"), ErrorCode::BadInput);
    }

    #[test]
    fn huge_numbers_of_aliases_and_root_fields_are_too_complex() {
        let aliases = |n: usize| (0..n).map(|i| format!("a{i}: hello ")).collect::<String>();
        assert_eq!(refusal(&format!("{{ x {{ {} }} }}", aliases(201))), ErrorCode::TooComplex);
        assert!(guarded(&format!("{{ x {{ {} }} }}", aliases(200))).is_ok());
        assert_eq!(refusal(&format!("mutation {{ {} }}", "bump ".repeat(51))), ErrorCode::TooComplex);
        assert!(guarded(&format!("mutation {{ {} }}", "bump ".repeat(50))).is_ok());
    }

    #[test]
    fn depth_is_limited_through_fragments() {
        let nested = |n: usize| format!("{}a{}", "a { ".repeat(n - 1), " }".repeat(n - 1));
        assert!(guarded(&format!("{{ {} }}", nested(15))).is_ok());
        assert_eq!(refusal(&format!("{{ {} }}", nested(16))), ErrorCode::TooComplex);
        let split = format!("{{ x {{ ...F }} }} fragment F on T {{ {} }}", nested(15));
        assert_eq!(refusal(&split), ErrorCode::TooComplex);
    }

    #[test]
    fn the_introspection_that_tools_send_passes_and_its_amplification_does_not() {
        let of_type = "ofType { kind name ".repeat(9) + &"}".repeat(9);
        let standard = format!(
            "query IntrospectionQuery {{ __schema {{ queryType {{ name }} types {{ ...FullType }}
               directives {{ name args {{ ...InputValue }} }} }} }}
             fragment FullType on __Type {{ kind name fields(includeDeprecated: true) {{ name
               args {{ ...InputValue }} type {{ ...TypeRef }} }} inputFields {{ ...InputValue }}
               interfaces {{ ...TypeRef }} possibleTypes {{ ...TypeRef }} }}
             fragment InputValue on __InputValue {{ name type {{ ...TypeRef }} defaultValue }}
             fragment TypeRef on __Type {{ kind name {of_type} }}"
        );
        assert!(guarded(&standard).is_ok(), "{:?}", guarded(&standard).err());
        let query = Query { source: &standard, operation_name: None, variables: Variables::default() };
        let closed = guard(query, &QueryLimits::default(), false).unwrap_err();
        assert_eq!(closed.code(), ErrorCode::Forbidden);

        let amplified = "{ __schema { types { fields { type { fields { type { fields { type { possibleTypes { name } } } } } } } } } }";
        assert_eq!(refusal(amplified), ErrorCode::TooComplex);
    }

    #[test]
    fn large_variables_may_be_used_but_not_over_and_over() {
        let variables = || Variables::from_json(serde_json::json!({"big": "x".repeat(1_000_000)}));
        let uses = |n: usize| {
            let source = format!("query($big: String) {{ f(x: [{}]) }}", "$big ".repeat(n));
            let query = Query { source: &source, operation_name: None, variables: variables() };
            guard(query, &QueryLimits::default(), true).map(|_| ()).map_err(|error| error.code())
        };
        assert_eq!(uses(16), Ok(()));
        assert_eq!(uses(17), Err(ErrorCode::TooComplex));
    }

    #[test]
    fn syntax_errors_say_where_and_what_but_do_not_repeat_the_source() {
        let error = guarded("query {\n  secretName(x: =)\n}").unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadInput);
        let message = error.to_string();
        assert!(!message.contains("secretName") && !message.contains('\n'), "{message}");
        assert!(message.contains("expected"), "{message}");
        assert!(matches!(error, GuardError::Syntax { at: Pos { line: 2, .. }, .. }));
    }

    #[test]
    fn which_operation_runs_must_be_clear() {
        let source = "query A { a } mutation B { b }";
        let named = |name: &str| {
            let query = Query { source, operation_name: Some(name.into()), variables: Variables::default() };
            guard(query, &QueryLimits::default(), true)
        };
        assert_eq!(named("B").unwrap().operation, OperationType::Mutation);
        assert_eq!(named("A").unwrap().operation, OperationType::Query);
        assert_eq!(named("C").unwrap_err().code(), ErrorCode::BadInput);
        assert_eq!(named("").unwrap_err().code(), ErrorCode::BadInput);
        assert_eq!(refusal("subscription { a b }"), ErrorCode::BadInput);
        assert_eq!(refusal("fragment F on T { a }"), ErrorCode::BadInput);
    }
}
