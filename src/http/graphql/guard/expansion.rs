//! What a document comes to once every fragment spread is written out, without writing it out.
//!
//! A chain of thirty fragments that each spread the next twice stands for a thousand million fields
//! in two kilobytes. So each fragment is counted once, those it spreads before it, and all sums
//! saturate.

use std::collections::HashMap;

use async_graphql::Variables;
use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value as ConstValue};
use async_graphql_value::Value;

use super::error::GuardError;

/// What a selection set comes to, its fragments written out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// All fields.
    pub fields: u64,
    /// Those at the top.
    pub root_fields: u64,
    /// Those with an alias.
    pub aliases: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Levels of selection sets, inline fragments and spreads included.
    pub nesting: u64,
    /// Levels of introspection's lists within each other, counted inside `__schema` and `__type`.
    pub introspection_lists: u64,
    /// The same, as it would be if the set stood inside introspection.
    lists: u64,
    /// Fields that start introspection.
    pub introspections: u64,
    /// Bytes of variables, each counted wherever it is used.
    pub variable_bytes: u64,
}

impl Extent {
    /// Puts another set's extent beside this one's.
    fn beside(&mut self, other: &Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.introspections = self.introspections.saturating_add(other.introspections);
        self.variable_bytes = self.variable_bytes.saturating_add(other.variable_bytes);
        self.depth = self.depth.max(other.depth);
        self.nesting = self.nesting.max(other.nesting);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
        self.lists = self.lists.max(other.lists);
    }
}

/// The extents of a document's operations and fragments.
pub(super) struct Extents<'a> {
    fragments: HashMap<&'a str, Extent>,
    sizes: HashMap<&'a str, u64>,
}

impl<'a> Extents<'a> {
    /// Counts every fragment once.
    ///
    /// # Errors
    /// [`GuardError::FragmentCycle`].
    pub(super) fn of(document: &'a ExecutableDocument, variables: &'a Variables) -> Result<Self, GuardError> {
        let sizes = variables.iter().map(|(name, value)| (name.as_str(), size(value))).collect();
        let mut extents = Self { fragments: HashMap::new(), sizes };
        for name in spread_first(document)? {
            if let Some(fragment) = document.fragments.get(name) {
                let extent = extents.of_set(&fragment.node.selection_set.node);
                extents.fragments.insert(name, extent);
            }
        }
        Ok(extents)
    }

    /// The extents of all fragments, used or not.
    pub(super) fn of_fragments(&self) -> impl Iterator<Item = &Extent> {
        self.fragments.values()
    }

    /// The extent of a selection set. The recursion goes as deep as brackets in the text do, which
    /// the lexer has bounded.
    pub(super) fn of_set(&self, set: &SelectionSet) -> Extent {
        let mut sum = Extent::default();
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let inner = self.of_set(&field.selection_set.node);
                    let name = field.name.node.as_str();
                    let introspects = matches!(name, "__schema" | "__type");
                    let is_list = matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
                    let arguments: u64 = field
                        .arguments
                        .iter()
                        .fold(0, |sum, (_, value)| sum.saturating_add(self.of_value(&value.node)));
                    sum.beside(&Extent {
                        fields: inner.fields.saturating_add(1),
                        root_fields: 1,
                        aliases: inner.aliases.saturating_add(u64::from(field.alias.is_some())),
                        depth: inner.depth + 1,
                        nesting: inner.nesting,
                        introspection_lists: inner.introspection_lists.max(if introspects {
                            inner.lists
                        } else {
                            0
                        }),
                        lists: inner.lists + u64::from(is_list),
                        introspections: inner.introspections.saturating_add(u64::from(introspects)),
                        variable_bytes: inner
                            .variable_bytes
                            .saturating_add(arguments)
                            .saturating_add(self.of_directives(&field.directives)),
                    });
                }
                Selection::InlineFragment(inline) => {
                    sum.beside(&self.of_set(&inline.node.selection_set.node));
                    sum.variable_bytes =
                        sum.variable_bytes.saturating_add(self.of_directives(&inline.node.directives));
                }
                Selection::FragmentSpread(spread) => {
                    // A fragment that is not there is the validation's to report.
                    if let Some(extent) = self.fragments.get(spread.node.fragment_name.node.as_str()) {
                        sum.beside(extent);
                    }
                    sum.variable_bytes =
                        sum.variable_bytes.saturating_add(self.of_directives(&spread.node.directives));
                }
            }
        }
        if !set.items.is_empty() {
            sum.nesting += 1;
        }
        sum
    }

    fn of_directives(&self, directives: &[Positioned<Directive>]) -> u64 {
        let arguments = directives.iter().flat_map(|directive| &directive.node.arguments);
        arguments.fold(0, |sum, (_, value)| sum.saturating_add(self.of_value(&value.node)))
    }

    fn of_value(&self, value: &Value) -> u64 {
        match value {
            Value::Variable(name) => self.sizes.get(name.as_str()).copied().unwrap_or(0),
            Value::List(list) => {
                list.iter().fold(0, |sum: u64, value| sum.saturating_add(self.of_value(value)))
            }
            Value::Object(object) => {
                object.values().fold(0, |sum: u64, value| sum.saturating_add(self.of_value(value)))
            }
            _ => 0,
        }
    }
}

/// About how many bytes a variable takes up; JSON's own recursion limit bounds the depth.
pub(super) fn size(value: &ConstValue) -> u64 {
    const EACH: u64 = 16;
    match value {
        ConstValue::String(text) => EACH.saturating_add(text.len() as u64),
        ConstValue::Enum(name) => EACH.saturating_add(name.len() as u64),
        ConstValue::Binary(bytes) => EACH.saturating_add(bytes.len() as u64),
        ConstValue::List(list) => list.iter().fold(EACH, |sum, value| sum.saturating_add(size(value))),
        ConstValue::Object(object) => object
            .iter()
            .fold(EACH, |sum, (key, value)| sum.saturating_add(key.len() as u64).saturating_add(size(value))),
        _ => EACH,
    }
}

/// The names of all fragments, each behind those that it spreads: a topological sort by counting
/// what is still missing, without recursion over fragments.
fn spread_first(document: &ExecutableDocument) -> Result<Vec<&str>, GuardError> {
    let mut missing: HashMap<&str, usize> = HashMap::new();
    let mut spread_by: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, fragment) in &document.fragments {
        let mut spreads = Vec::new();
        collect_spreads(&fragment.node.selection_set.node, &mut spreads);
        spreads.retain(|spread| document.fragments.contains_key(*spread));
        spreads.sort_unstable();
        spreads.dedup();
        missing.insert(name.as_str(), spreads.len());
        for spread in spreads {
            spread_by.entry(spread.as_str()).or_default().push(name.as_str());
        }
    }
    let mut order: Vec<&str> =
        missing.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    let mut next = 0;
    while let Some(name) = order.get(next).copied() {
        next += 1;
        for spreader in spread_by.get(name).into_iter().flatten() {
            if let Some(count) = missing.get_mut(spreader) {
                *count -= 1;
                if *count == 0 {
                    order.push(spreader);
                }
            }
        }
    }
    if order.len() == document.fragments.len() {
        return Ok(order);
    }
    let in_cycle = missing.iter().filter(|(_, count)| **count > 0).map(|(name, _)| *name).min();
    Err(GuardError::FragmentCycle(in_cycle.unwrap_or_default().to_owned()))
}

fn collect_spreads<'a>(set: &'a SelectionSet, spreads: &mut Vec<&'a Name>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => collect_spreads(&field.node.selection_set.node, spreads),
            Selection::InlineFragment(inline) => collect_spreads(&inline.node.selection_set.node, spreads),
            Selection::FragmentSpread(spread) => spreads.push(&spread.node.fragment_name.node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;
    use std::fmt::Write as _;

    fn extent(source: &str, variables: serde_json::Value) -> Extent {
        let document = parse_query(source).unwrap();
        let variables = Variables::from_json(variables);
        let extents = Extents::of(&document, &variables).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        extents.of_set(&operation.node.selection_set.node)
    }

    fn plain(source: &str) -> Extent {
        extent(source, serde_json::json!({}))
    }

    #[test]
    fn fields_levels_and_aliases_are_counted_through_fragments() {
        let counted = plain(
            "{ a b: c { d ... { e { f } } ...F } ...F } fragment F on T { x: y { z } ...G } fragment G on T { g }",
        );
        // a, c, d, e, f, and F (y, z, g) twice.
        assert_eq!((counted.fields, counted.root_fields, counted.aliases), (11, 4, 3));
        assert_eq!((counted.depth, counted.nesting), (3, 4));
    }

    #[test]
    fn fan_out_saturates_instead_of_wrapping() {
        let mut source = String::from("{ ...F0 }");
        for i in 0..100 {
            write!(source, " fragment F{i} on T {{ ...F{} ...F{} }}", i + 1, i + 1).unwrap();
        }
        source.push_str(" fragment F100 on T { a }");
        assert_eq!(plain(&source).fields, u64::MAX);
    }

    #[test]
    fn introspection_lists_count_inside_introspection_alone() {
        let inside = plain(
            "{ __type(name: \"A\") { fields { type { ...F } } } } fragment F on __Type { fields { type { possibleTypes { name } } } }",
        );
        assert_eq!((inside.introspection_lists, inside.introspections), (3, 1));
        let outside = plain("{ fields { fields { fields { fields { a } } } } }");
        assert_eq!((outside.introspection_lists, outside.introspections), (0, 0));
    }

    #[test]
    fn a_variable_counts_wherever_it_is_used() {
        let variables = serde_json::json!({"big": "x".repeat(984)});
        let counted = extent(
            "query($big: String) { a(x: [$big, {y: $big}]) ...F @skip(if: $big) ...F } fragment F on T { b(x: $big) }",
            variables,
        );
        assert_eq!(counted.variable_bytes, 5 * 1000);
    }

    #[test]
    fn cycles_are_found_wherever_they_start() {
        for source in [
            "{ ...A } fragment A on T { ...A }",
            "{ a } fragment A on T { x { ...B } } fragment B on T { ... { ...C } } fragment C on T { ...A }",
        ] {
            let document = parse_query(source).unwrap();
            let result = Extents::of(&document, &Variables::default()).map(|_| ());
            assert_eq!(result, Err(GuardError::FragmentCycle("A".into())), "{source}");
        }
    }

    /// Writes every fragment out.
    fn naive(document: &ExecutableDocument, set: &SelectionSet) -> (u64, u64) {
        set.items.iter().fold((0, 0), |(fields, depth), item| {
            let (more, deeper) = match &item.node {
                Selection::Field(field) => {
                    let (fields, depth) = naive(document, &field.node.selection_set.node);
                    (fields + 1, depth + 1)
                }
                Selection::InlineFragment(inline) => naive(document, &inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => document
                    .fragments
                    .get(&spread.node.fragment_name.node)
                    .map_or((0, 0), |f| naive(document, &f.node.selection_set.node)),
            };
            (fields + more, depth.max(deeper))
        })
    }

    proptest! {
        /// Fragments that spread only later ones, so that there is no cycle.
        #[test]
        fn counting_agrees_with_writing_out(
            spreads in prop::collection::vec(prop::collection::vec((1usize..4, any::<bool>()), 0..4), 1..7)
        ) {
            let mut source = String::from("{ ...F0 ...F1 }");
            for (i, targets) in spreads.iter().enumerate() {
                write!(source, " fragment F{i} on T {{ a").unwrap();
                for (step, nested) in targets {
                    let target = i + step;
                    if *nested {
                        write!(source, " n {{ ...F{target} b }}").unwrap();
                    } else {
                        write!(source, " ...F{target}").unwrap();
                    }
                }
                source.push_str(" }");
            }
            let document = parse_query(&source).unwrap();
            let (_, operation) = document.operations.iter().next().unwrap();
            let counted = plain(&source);
            let (fields, depth) = naive(&document, &operation.node.selection_set.node);
            prop_assert_eq!((counted.fields, counted.depth), (fields, depth));
        }
    }
}
