//! What a query may cost.

/// The limits that a GraphQL document is held to before the schema sees it.
#[derive(Debug, Clone)]
pub struct QueryLimits {
    /// The most bytes of a document.
    pub max_bytes: usize,
    /// The most tokens of a document.
    pub max_tokens: usize,
    /// The most brackets of any kind open at once, which bounds the parser's stack.
    pub max_nesting: usize,
    /// The most fields once every fragment spread is written out, over all operations.
    pub max_fields: u64,
    /// The most levels of fields, each fragment written out.
    pub max_depth: u64,
    /// The most aliased fields, each fragment written out.
    pub max_aliases: u64,
    /// The most fields at the top of an operation, each fragment written out.
    pub max_root_fields: u64,
    /// The most levels of introspection's lists (`fields`, `possibleTypes`, …) within each other.
    pub max_introspection_lists: u64,
    /// The most bytes of variables once each is written out where it is used. Using each variable
    /// twice is always allowed.
    pub max_variable_bytes: u64,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self {
            max_bytes: 100_000,
            max_tokens: 10_000,
            max_nesting: 64,
            max_fields: 10_000,
            max_depth: 15,
            max_aliases: 200,
            max_root_fields: 50,
            max_introspection_lists: 3,
            max_variable_bytes: 16 * 1024 * 1024,
        }
    }
}
