//! How much a script may be and do.
//!
//! CEL has no loops but its macros (`all`, `exists`, `filter`, `map`). None may stand in what another
//! repeats, and what they go through is bounded, so that a script's work is too.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr, IdedEntryExpr};
use serde_json::Value;

use super::super::MAX_DEPTH;
use super::super::operators::Answer;

/// The most parts of a script, those that macros are made of among them.
const MAX_NODES: usize = 1_000;
/// The most members of a list or an object of which a script that repeats something reads.
const MAX_MEMBERS: usize = 1_000;
/// The most bytes as JSON of a variable of which such a script reads.
const MAX_READ: usize = 64 << 10;
/// How often what is repeated may join texts or lists.
const MAX_JOINED: usize = 8;

/// What is known of a script before it is evaluated.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// The names of what it reads: variables, and what its macros name.
    pub(super) names: BTreeSet<String>,
    repeats: bool,
    nodes: usize,
    joined: usize,
}

impl Shape {
    /// Measures a script.
    ///
    /// # Errors
    /// Why it is too much.
    pub(super) fn of(tree: &IdedExpr) -> Result<Self, String> {
        let mut shape = Self::default();
        shape.visit(tree, 1, false)?;
        Ok(shape)
    }

    /// Whether a script may read a variable of this value.
    ///
    /// # Errors
    /// Why it may not.
    pub(super) fn check(&self, name: &str, value: &Value) -> Answer<()> {
        if !self.repeats {
            return Ok(());
        }
        if most_members(value) > MAX_MEMBERS {
            return Err(format!("{name} has more than {MAX_MEMBERS} members, too many to go through"));
        }
        if serde_json::to_string(value).map_or(MAX_READ, |text| text.len()) > MAX_READ {
            return Err(format!("{name} has more than {MAX_READ} bytes, too many to go through"));
        }
        Ok(())
    }

    fn visit(&mut self, part: &IdedExpr, depth: usize, is_repeated: bool) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(format!("more than {MAX_NODES} parts"));
        }
        if depth > 2 * MAX_DEPTH {
            return Err(format!("nested more than {} deep", 2 * MAX_DEPTH));
        }
        let below = depth + 1;
        match &part.expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => {
                self.names.insert(name.clone());
                Ok(())
            }
            Expr::Call(call) => {
                if is_repeated && call.func_name == "_+_" {
                    self.joined += 1;
                    if self.joined > MAX_JOINED {
                        return Err(format!("what a macro repeats adds more than {MAX_JOINED} times"));
                    }
                }
                let target = call.target.as_deref();
                target.into_iter().chain(&call.args).try_for_each(|one| self.visit(one, below, is_repeated))
            }
            Expr::Select(select) => self.visit(&select.operand, below, is_repeated),
            Expr::List(list) => list.elements.iter().try_for_each(|one| self.visit(one, below, is_repeated)),
            Expr::Map(map) => self.visit_entries(&map.entries, below, is_repeated),
            Expr::Struct(_) => Err("messages of a type are not known here: write an object, {…}".to_owned()),
            Expr::Comprehension(macros) => {
                if is_repeated {
                    return Err("a macro stands in what another repeats".to_owned());
                }
                self.repeats = true;
                self.visit(&macros.iter_range, below, false)?;
                self.visit(&macros.accu_init, below, false)?;
                self.visit(&macros.loop_cond, below, true)?;
                self.visit(&macros.loop_step, below, true)?;
                self.visit(&macros.result, below, false)
            }
        }
    }

    fn visit_entries(
        &mut self,
        entries: &[IdedEntryExpr],
        depth: usize,
        is_repeated: bool,
    ) -> Result<(), String> {
        entries.iter().try_for_each(|entry| match &entry.expr {
            EntryExpr::MapEntry(entry) => {
                self.visit(&entry.key, depth, is_repeated)?;
                self.visit(&entry.value, depth, is_repeated)
            }
            EntryExpr::StructField(field) => self.visit(&field.value, depth, is_repeated),
        })
    }
}

/// The number of members of the largest list or object in a value.
fn most_members(value: &Value) -> usize {
    match value {
        Value::Array(members) => members.iter().map(most_members).fold(members.len(), usize::max),
        Value::Object(members) => members.values().map(most_members).fold(members.len(), usize::max),
        _ => 0,
    }
}
