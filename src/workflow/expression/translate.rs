//! From what an expression says to CEL.
//!
//! CEL's own tree is built, without the detour by its text: nothing of the source can be taken for
//! CEL, and its parser, which takes up to a quarter of a megabyte of stack a level, is not needed.
//! Variables and constants are bound to names that are made here (`x0`, `x1`, …), and operators
//! become calls of our functions. What must not always be evaluated becomes CEL's `? :`.

use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, operators::CONDITIONAL};
use cel::common::types::CelBool;
use serde_json::Value;

use super::ast::Ast;
use super::functions::{AT, RESULT, TRUTH, of_binary, of_method, of_unary};
use super::value::Held;

/// An expression in CEL.
#[derive(Debug)]
pub(super) struct Translation {
    /// CEL's tree.
    pub tree: IdedExpr,
    /// What its names stand for.
    pub names: Names,
}

/// What the names in CEL stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// `x0`, `x1`, and so on.
    pub slots: Vec<Slot>,
    /// The names of the variables that are read, each once.
    pub roots: Vec<String>,
    /// How many nodes CEL's tree has.
    nodes: u64,
}

/// What a name in CEL stands for.
#[derive(Debug)]
pub(super) enum Slot {
    /// A value of the source.
    Constant(Held),
    /// A variable, or what is found in it by these keys.
    Read {
        /// Its place among the roots.
        root: usize,
        keys: Vec<Value>,
    },
    /// Whether there is such a variable.
    Exists {
        /// Its place among the roots.
        root: usize,
    },
}

/// An expression in CEL.
pub(super) fn translate(ast: &Ast) -> Translation {
    let mut names = Names::default();
    let tree = names.call(RESULT, &[ast]);
    Translation { tree, names }
}

impl Names {
    fn value(&mut self, ast: &Ast) -> IdedExpr {
        if let Some((name, keys)) = path(ast) {
            let root = self.root(name);
            let keys = keys.into_iter().cloned().collect();
            return self.bound(Slot::Read { root, keys });
        }
        match ast {
            // `path` has taken the variables.
            Ast::Literal(Value::Null) | Ast::Variable(_) => self.node(Expr::Literal(LiteralValue::Null)),
            Ast::Literal(Value::Bool(flag)) => self.boolean(*flag),
            Ast::Literal(value) => self.bound(Slot::Constant(Held(Arc::new(value.clone())))),
            Ast::HasVariable(name) => {
                let root = self.root(name);
                self.bound(Slot::Exists { root })
            }
            Ast::Property(value, key) => self.call(AT, &[value, key]),
            Ast::Unary(operator, value) => self.call(of_unary(*operator), &[value]),
            Ast::Binary(operator, one, other) => self.call(of_binary(*operator), &[one, other]),
            Ast::All(parts) => self.chain(parts, &|it, condition, next| {
                let otherwise = it.boolean(false);
                it.choice(condition, next, otherwise)
            }),
            Ast::Any(parts) => self.chain(parts, &|it, condition, next| {
                let then = it.boolean(true);
                it.choice(condition, then, next)
            }),
            Ast::Choice(parts) => {
                let [condition, then, otherwise] = &**parts;
                let (condition, then) = (self.truth(condition), self.value(then));
                let otherwise = self.value(otherwise);
                self.choice(condition, then, otherwise)
            }
            Ast::Call(method, target, arguments) => {
                let operands: Vec<_> = std::iter::once(&**target).chain(arguments).collect();
                self.call(of_method(*method), &operands)
            }
        }
    }

    /// A chain of conditions, halved again and again, so that a long one is not a deep one.
    fn chain(&mut self, parts: &[Ast], join: &dyn Fn(&mut Self, IdedExpr, IdedExpr) -> IdedExpr) -> IdedExpr {
        if let [part] = parts {
            return self.truth(part);
        }
        let (first, second) = parts.split_at(parts.len() / 2);
        let (first, second) = (self.chain(first, join), self.chain(second, join));
        join(self, first, second)
    }

    /// What `? :` asks must be true or false in CEL's own terms.
    fn truth(&mut self, ast: &Ast) -> IdedExpr {
        if ast.is_boolean() { self.value(ast) } else { self.call(TRUTH, &[ast]) }
    }

    fn choice(&mut self, condition: IdedExpr, then: IdedExpr, otherwise: IdedExpr) -> IdedExpr {
        self.node(Expr::Call(CallExpr {
            func_name: CONDITIONAL.to_owned(),
            target: None,
            args: vec![condition, then, otherwise],
        }))
    }

    fn call(&mut self, function: &str, operands: &[&Ast]) -> IdedExpr {
        let args = operands.iter().map(|operand| self.value(operand)).collect();
        self.node(Expr::Call(CallExpr { func_name: function.to_owned(), target: None, args }))
    }

    fn boolean(&mut self, flag: bool) -> IdedExpr {
        self.node(Expr::Literal(LiteralValue::Boolean(CelBool::from(flag))))
    }

    fn bound(&mut self, slot: Slot) -> IdedExpr {
        let name = format!("x{}", self.slots.len());
        self.slots.push(slot);
        self.node(Expr::Ident(name))
    }

    fn node(&mut self, expr: Expr) -> IdedExpr {
        self.nodes += 1;
        IdedExpr { id: self.nodes, expr }
    }

    fn root(&mut self, name: &str) -> usize {
        if let Some(known) = self.roots.iter().position(|root| root == name) {
            return known;
        }
        self.roots.push(name.to_owned());
        self.roots.len() - 1
    }
}

/// A variable and the keys written out behind it, so that only what they lead to is copied.
fn path(ast: &Ast) -> Option<(&str, Vec<&Value>)> {
    match ast {
        Ast::Variable(name) => Some((name, Vec::new())),
        Ast::Property(value, key) => {
            let Ast::Literal(key) = &**key else { return None };
            let (name, mut keys) = path(value)?;
            keys.push(key);
            Some((name, keys))
        }
        _ => None,
    }
}
