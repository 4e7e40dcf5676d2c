//! From tokens to what they say.

use serde_json::{Number, Value};

use super::ast::{Ast, Unary};
use super::calls;
use super::lexer::{Kind, Token, error_at, tokens};
use super::precedence::{Level, Operator};
use super::{ExpressionError, MAX_DEPTH, MAX_NODES};

/// Reads the expression that begins after the `${` before `start`; also tells where the text goes
/// on after its brace.
///
/// # Errors
/// Where it is no expression, or one with too many parts or too deep.
pub(super) fn parse(text: &str, start: usize) -> Result<(Ast, usize), ExpressionError> {
    let tokens = tokens(text, start)?;
    let end = tokens.last().map_or(text.len(), |close| close.at + 1);
    let mut parser = Parser { text, tokens, next: 0, nodes: 0, nesting: 0 };
    if parser.peek() == &Kind::Close {
        return Err(error_at(text, start, "there is no expression between the braces"));
    }
    let sub = parser.choice()?;
    match parser.peek() {
        Kind::Close => Ok((sub.ast, end)),
        _ => Err(parser.unexpected()),
    }
}

/// Words that are no variables in JUEL. `in`, which CEL reserves, is one.
const RESERVED: [&str; 13] =
    ["and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod", "empty", "instanceof"];

/// A part that has been read, and how many levels it has.
pub(super) struct Sub {
    pub ast: Ast,
    pub depth: usize,
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    next: usize,
    nodes: usize,
    /// How many calls of `nested` are open.
    nesting: usize,
}

impl<'a> Parser<'a> {
    /// The token ahead; what ends the expression is ahead for ever.
    pub(super) fn peek(&self) -> &Kind<'a> {
        self.peek_over(0)
    }

    fn peek_over(&self, tokens: usize) -> &Kind<'a> {
        self.tokens.get(self.next + tokens).map_or(&Kind::Close, |token| &token.kind)
    }

    fn advance(&mut self) {
        self.next += 1;
    }

    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let ahead = matches!(self.peek(), Kind::Symbol(found) if *found == symbol);
        self.next += usize::from(ahead);
        ahead
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Result<(), ExpressionError> {
        if self.take(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn take_word(&mut self) -> Option<&'a str> {
        let Kind::Word(word) = *self.peek() else { return None };
        self.advance();
        Some(word)
    }

    /// An error about the token ahead.
    pub(super) fn error(&self, what: impl std::fmt::Display) -> ExpressionError {
        let at = self.tokens.get(self.next).map_or(self.text.len(), |token| token.at);
        error_at(self.text, at, what)
    }

    fn unexpected(&self) -> ExpressionError {
        match self.peek() {
            Kind::Close => self.error("the expression ends too early"),
            Kind::Integer(_) | Kind::Decimal(_) => self.error("unexpected number"),
            Kind::Text(_) => self.error("unexpected text"),
            Kind::Word(word) => self.error(format_args!("unexpected {word}")),
            Kind::Symbol(symbol) => self.error(format_args!("unexpected {symbol}")),
        }
    }

    /// A part made of `parts`.
    pub(super) fn node(&mut self, ast: Ast, parts: &[usize]) -> Result<Sub, ExpressionError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(self.error(format_args!("an expression has at most {MAX_NODES} parts")));
        }
        let depth = 1 + parts.iter().max().copied().unwrap_or_default();
        if depth > MAX_DEPTH { Err(self.too_deep()) } else { Ok(Sub { ast, depth }) }
    }

    fn too_deep(&self) -> ExpressionError {
        self.error(format_args!("an expression is at most {MAX_DEPTH} levels deep"))
    }

    /// Reads what lies one level deeper.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ExpressionError>,
    ) -> Result<T, ExpressionError> {
        if self.nesting >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.nesting += 1;
        let read = read(self);
        self.nesting -= 1;
        read
    }

    /// `condition ? then : otherwise`, or what binds tighter.
    pub(super) fn choice(&mut self) -> Result<Sub, ExpressionError> {
        let condition = self.operators(Level::Any)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let then = self.nested(Self::choice)?;
        self.expect(":")?;
        let otherwise = self.nested(Self::choice)?;
        let depths = [condition.depth, then.depth, otherwise.depth];
        self.node(Ast::Choice(Box::new([condition.ast, then.ast, otherwise.ast])), &depths)
    }

    /// Operands, and the operators between them that bind at least as tightly as `least`.
    fn operators(&mut self, least: Level) -> Result<Sub, ExpressionError> {
        let mut left = self.unary()?;
        while let Some(operator) = self.operator()
            && operator.level() >= least
        {
            self.advance();
            let right = self.operators(operator.level().tighter())?;
            left = self.joined(operator, left, right)?;
        }
        Ok(left)
    }

    /// The operator ahead.
    fn operator(&self) -> Option<Operator> {
        let (Kind::Word(written) | Kind::Symbol(written)) = *self.peek() else { return None };
        Operator::written(written)
    }

    /// Both operands; a chain of `&&` or of `||` is one part, however long it is.
    fn joined(&mut self, operator: Operator, left: Sub, right: Sub) -> Result<Sub, ExpressionError> {
        let depths = [left.depth, right.depth];
        match (operator, left.ast) {
            (Operator::All, Ast::All(parts)) => self.longer(Ast::All, parts, left.depth, right),
            (Operator::Any, Ast::Any(parts)) => self.longer(Ast::Any, parts, left.depth, right),
            (Operator::All, ast) => self.node(Ast::All(vec![ast, right.ast]), &depths),
            (Operator::Any, ast) => self.node(Ast::Any(vec![ast, right.ast]), &depths),
            (Operator::Binary(operator), ast) => {
                self.node(Ast::Binary(operator, Box::new(ast), Box::new(right.ast)), &depths)
            }
        }
    }

    fn longer(
        &mut self,
        join: fn(Vec<Ast>) -> Ast,
        mut parts: Vec<Ast>,
        depth: usize,
        next: Sub,
    ) -> Result<Sub, ExpressionError> {
        parts.push(next.ast);
        self.node(join(parts), &[depth - 1, next.depth])
    }

    fn unary(&mut self) -> Result<Sub, ExpressionError> {
        let operator = match self.peek() {
            Kind::Symbol("!") | Kind::Word("not") => Unary::Not,
            Kind::Symbol("-") => Unary::Negate,
            Kind::Word("empty") => Unary::Empty,
            _ => return self.postfix(),
        };
        self.advance();
        let operand = self.nested(Self::unary)?;
        self.node(Ast::Unary(operator, Box::new(operand.ast)), &[operand.depth])
    }

    /// A value, and the properties and methods behind it.
    fn postfix(&mut self) -> Result<Sub, ExpressionError> {
        let mut value = self.primary()?;
        loop {
            let key = if self.take(".") {
                // Any word is a name here, `empty` and `size` too.
                let Some(name) = self.take_word() else { return Err(self.unexpected()) };
                if self.peek() == &Kind::Symbol("(") {
                    value = calls::method(self, value, name)?;
                    continue;
                }
                self.node(Ast::Literal(name.into()), &[])?
            } else if self.take("[") {
                let key = self.nested(Self::choice)?;
                self.expect("]")?;
                key
            } else {
                return Ok(value);
            };
            let depths = [value.depth, key.depth];
            value = self.node(Ast::Property(Box::new(value.ast), Box::new(key.ast)), &depths)?;
        }
    }

    fn primary(&mut self) -> Result<Sub, ExpressionError> {
        let literal = match self.peek().clone() {
            Kind::Integer(integer) => integer.into(),
            // The lexer lets through what is finite alone.
            Kind::Decimal(decimal) => Number::from_f64(decimal).map_or(Value::Null, Value::Number),
            Kind::Text(text) => text.into(),
            Kind::Word("true") => true.into(),
            Kind::Word("false") => false.into(),
            Kind::Word("null") => Value::Null,
            Kind::Word(word) => return self.word(word),
            Kind::Symbol("(") => {
                self.advance();
                let inner = self.nested(Self::choice)?;
                self.expect(")")?;
                return Ok(inner);
            }
            Kind::Symbol(_) | Kind::Close => return Err(self.unexpected()),
        };
        self.advance();
        self.node(Ast::Literal(literal), &[])
    }

    fn word(&mut self, word: &'a str) -> Result<Sub, ExpressionError> {
        if RESERVED.contains(&word) {
            return Err(self.unexpected());
        }
        if self.peek_over(1) == &Kind::Symbol("(") {
            return Err(self.error(calls::no_such(format_args!("{word}()"))));
        }
        if let (Kind::Symbol(":"), Kind::Word(name), Kind::Symbol("(")) =
            (self.peek_over(1), self.peek_over(2), self.peek_over(3))
        {
            let name = *name;
            if calls::PREFIXES.contains(&word) {
                self.next += 3;
                return calls::variable_function(self, name);
            }
            // In `a ? b : c()`, it is c() that cannot be called.
            let what = if self.nesting > 0 { format!("{name}()") } else { format!("{word}:{name}()") };
            return Err(self.error(calls::no_such(what)));
        }
        self.advance();
        self.node(Ast::Variable(word.to_owned()), &[])
    }
}
