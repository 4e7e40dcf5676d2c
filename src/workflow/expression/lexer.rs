//! An expression's text, cut into tokens.

use super::ExpressionError;

/// A token, and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'a> {
    pub kind: Kind<'a>,
    /// The offset in bytes from the start of the whole text.
    pub at: usize,
}

/// What a token is. Words stay words: after a dot, `empty` is a property's name.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind<'a> {
    Integer(u64),
    Decimal(f64),
    Text(String),
    Word(&'a str),
    Symbol(&'static str),
    /// The brace that closes the expression.
    Close,
}

/// The longer ones first: the first that fits is taken.
const SYMBOLS: [&str; 20] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ".", ",", "(", ")",
];
const BRACKETS: [&str; 2] = ["[", "]"];

/// An error at a byte of the text, told as the character that stands there, from 1.
pub(super) fn error_at(text: &str, at: usize, what: impl std::fmt::Display) -> ExpressionError {
    let character = text.get(..at).map_or(0, |before| before.chars().count()) + 1;
    ExpressionError(format!("{what} (character {character})"))
}

/// The tokens from `start` up to and with the brace that closes the expression.
///
/// # Errors
/// Where a character belongs to no token, a text or the expression does not end, or a number is
/// larger than a number can be.
pub(super) fn tokens(text: &str, start: usize) -> Result<Vec<Token<'_>>, ExpressionError> {
    let mut found = Vec::new();
    let mut at = start;
    while let Some(next) = text[at..].chars().next() {
        if next.is_whitespace() {
            at += next.len_utf8();
            continue;
        }
        let (kind, length) = token(text, at, next)?;
        let ends = kind == Kind::Close;
        found.push(Token { kind, at });
        if ends {
            return Ok(found);
        }
        at += length;
    }
    Err(error_at(text, text.len(), "the expression ends without its }"))
}

fn token(text: &str, at: usize, next: char) -> Result<(Kind<'_>, usize), ExpressionError> {
    let rest = &text[at..];
    if next == '}' {
        return Ok((Kind::Close, 1));
    }
    if next == '\'' || next == '"' {
        return quoted(text, at, next);
    }
    if next.is_ascii_digit() || (next == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
        return number(text, at);
    }
    if is_word_start(next) {
        let length = rest.find(|c| !is_word_part(c)).unwrap_or(rest.len());
        return Ok((Kind::Word(&rest[..length]), length));
    }
    if let Some(symbol) = SYMBOLS.iter().chain(&BRACKETS).find(|symbol| rest.starts_with(**symbol)) {
        return Ok((Kind::Symbol(symbol), symbol.len()));
    }
    Err(match next {
        '=' => error_at(text, at, "a single = compares nothing: write =="),
        '&' | '|' => error_at(text, at, format_args!("a single {next} means nothing: write {next}{next}")),
        _ => error_at(text, at, format_args!("unexpected {next:?}")),
    })
}

/// Whether an identifier may begin with it: a letter of any script, `_` or `$`.
fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn quoted(text: &str, at: usize, quote: char) -> Result<(Kind<'_>, usize), ExpressionError> {
    let mut value = String::new();
    let mut characters = text[at + 1..].char_indices();
    while let Some((offset, c)) = characters.next() {
        if c == quote {
            return Ok((Kind::Text(value), 1 + offset + 1));
        }
        if c != '\\' {
            value.push(c);
            continue;
        }
        match characters.next() {
            Some((_, escaped @ ('\\' | '\'' | '"'))) => value.push(escaped),
            Some((_, 'n')) => value.push('\n'),
            Some((_, 'r')) => value.push('\r'),
            Some((_, 't')) => value.push('\t'),
            Some((_, other)) => {
                let message = format!("there is no escape \\{other}: write \\\\ for a backslash");
                return Err(error_at(text, at + 1 + offset, message));
            }
            None => break,
        }
    }
    Err(error_at(text, at, "this text does not end"))
}

fn number(text: &str, at: usize) -> Result<(Kind<'_>, usize), ExpressionError> {
    let rest = &text[at..];
    let whole = digits(rest);
    let mut length = whole;
    if rest[length..].starts_with('.') {
        length += 1 + digits(&rest[length + 1..]);
    }
    let exponent = &rest[length..];
    if exponent.starts_with(['e', 'E']) {
        let sign = usize::from(exponent[1..].starts_with(['+', '-']));
        match digits(&exponent[1 + sign..]) {
            0 => return Err(error_at(text, at, "this number's exponent has no digits")),
            more => length += 1 + sign + more,
        }
    }
    if rest[length..].starts_with(is_word_part) {
        return Err(error_at(text, at, "a number runs into a word here"));
    }
    let written = &rest[..length];
    if let Some(integer) = (length == whole).then(|| written.parse().ok()).flatten() {
        return Ok((Kind::Integer(integer), length));
    }
    match written.parse::<f64>() {
        Ok(decimal) if decimal.is_finite() => Ok((Kind::Decimal(decimal), length)),
        _ => Err(error_at(text, at, "this number is too large")),
    }
}

fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind<'_>> {
        let mut kinds: Vec<_> = tokens(text, 0).unwrap().into_iter().map(|token| token.kind).collect();
        assert_eq!(kinds.pop(), Some(Kind::Close));
        kinds
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (text, kind) in [
            ("0", Kind::Integer(0)),
            ("007", Kind::Integer(7)),
            ("18446744073709551615", Kind::Integer(u64::MAX)),
            ("18446744073709551616", Kind::Decimal(18_446_744_073_709_551_616.0)),
            ("1.5", Kind::Decimal(1.5)),
            (".5", Kind::Decimal(0.5)),
            ("5.", Kind::Decimal(5.0)),
            ("1e3", Kind::Decimal(1000.0)),
            ("1.5E-3", Kind::Decimal(0.0015)),
            ("2e+2", Kind::Decimal(200.0)),
        ] {
            assert_eq!(kinds(&format!("{text}}}")), [kind], "{text}");
        }
    }

    #[test]
    fn texts_are_quoted_either_way_and_escaped() {
        for (text, value) in [
            ("'it'}", "it"),
            (r"'it\'s'}", "it's"),
            (r#""say \"hi\""}"#, "say \"hi\""),
            (r"'a\\b'}", r"a\b"),
            (r"'a\n\t\r'}", "a\n\t\r"),
            ("'a } b'}", "a } b"),
            ("\"it's 部门\"}", "it's 部门"),
        ] {
            assert_eq!(tokens(text, 0).unwrap()[0].kind, Kind::Text(value.to_owned()), "{text}");
        }
    }

    #[test]
    fn symbols_are_as_long_as_they_can_be() {
        let symbols = kinds("a<=b&&!c!=d||[0]}");
        let expected = ["<=", "&&", "!", "!=", "||", "[", "]"];
        let found: Vec<_> = symbols
            .iter()
            .filter_map(|kind| match kind {
                Kind::Symbol(symbol) => Some(*symbol),
                _ => None,
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_may_be_in_any_script() {
        assert_eq!(kinds("金额 _a $b é1}"), ["金额", "_a", "$b", "é1"].map(Kind::Word));
    }

    #[test]
    fn what_is_no_token_is_named_with_its_place() {
        for (text, message) in [
            ("a = 1}", "a single = compares nothing: write == (character 3)"),
            ("a & b}", "a single & means nothing: write && (character 3)"),
            ("部门 @}", "unexpected '@' (character 4)"),
            ("'a}", "this text does not end (character 1)"),
            (r"'a\", "this text does not end (character 1)"),
            (r"'\q'}", r"there is no escape \q: write \\ for a backslash (character 2)"),
            ("1e}", "this number's exponent has no digits (character 1)"),
            ("12ab}", "a number runs into a word here (character 1)"),
            ("1e999}", "this number is too large (character 1)"),
            ("a", "the expression ends without its } (character 2)"),
        ] {
            assert_eq!(tokens(text, 0).unwrap_err().to_string(), message, "{text}");
        }
    }
}
