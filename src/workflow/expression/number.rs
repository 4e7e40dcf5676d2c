//! Numbers as expressions know them: integers and decimals, which compare by what they are worth.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// A number. Integers keep every digit from -2⁶³ to 2⁶⁴ - 1; what lies beyond is a decimal.
/// Decimals are never infinite and never none at all.
#[derive(Debug, Clone, Copy)]
pub(super) enum Num {
    Integer(i128),
    Decimal(f64),
}

/// The most bytes of a text that is taken for a number.
const MAX_TEXT: usize = 1024;

impl Num {
    /// A number of JSON.
    pub(super) fn of(number: &Number) -> Self {
        let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
        integer.map_or_else(|| Self::Decimal(number.as_f64().unwrap_or_default()), Self::Integer)
    }

    /// The number that a text writes out: digits, with a sign, a fraction or an exponent.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        // What Rust reads beside numbers (`inf`, `nan`) has no digit first.
        if text.len() > MAX_TEXT || !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        if let Ok(integer) = text.parse() {
            return Self::integer(integer);
        }
        Self::decimal(text.parse().ok()?)
    }

    /// As JSON has it.
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Integer(integer) => {
                let small = i64::try_from(integer).map(Number::from);
                small.or_else(|_| u64::try_from(integer).map(Number::from)).map_or(Value::Null, Value::Number)
            }
            Self::Decimal(decimal) => Number::from_f64(decimal).map_or(Value::Null, Value::Number),
        }
    }

    /// An integer, or a decimal where it is too large for one.
    fn integer(integer: i128) -> Option<Self> {
        if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&integer) {
            return Some(Self::Integer(integer));
        }
        Self::decimal(integer as f64)
    }

    fn decimal(decimal: f64) -> Option<Self> {
        decimal.is_finite().then_some(Self::Decimal(decimal))
    }

    fn as_decimal(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Decimal(decimal) => decimal,
        }
    }

    /// Whether it is worth nothing.
    pub(super) fn is_zero(self) -> bool {
        match self {
            Self::Integer(integer) => integer == 0,
            Self::Decimal(decimal) => decimal == 0.0,
        }
    }

    /// Which is worth more, without rounding either.
    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one.cmp(&other),
            (Self::Integer(one), Self::Decimal(other)) => compare_mixed(one, other),
            (Self::Decimal(one), Self::Integer(other)) => compare_mixed(other, one).reverse(),
            (Self::Decimal(one), Self::Decimal(other)) => one.partial_cmp(&other).unwrap_or(Ordering::Equal),
        }
    }

    /// The sum; none where it is larger than a number can be.
    pub(super) fn add(self, other: Self) -> Option<Self> {
        self.combine(other, i128::checked_add, |one, other| one + other)
    }

    /// The difference; none where it is larger than a number can be.
    pub(super) fn subtract(self, other: Self) -> Option<Self> {
        self.combine(other, i128::checked_sub, |one, other| one - other)
    }

    /// The product; none where it is larger than a number can be.
    pub(super) fn multiply(self, other: Self) -> Option<Self> {
        self.combine(other, i128::checked_mul, |one, other| one * other)
    }

    /// The quotient: an integer where integers divide without a rest, else a decimal. None where
    /// it is larger than a number can be, or the divisor is zero.
    pub(super) fn divide(self, other: Self) -> Option<Self> {
        let whole = |one: i128, other: i128| {
            one.checked_rem(other).filter(|rest| *rest == 0).and_then(|_| one.checked_div(other))
        };
        self.combine(other, whole, |one, other| one / other)
    }

    /// The rest of a division that leaves an integer, with the sign of the first. None where the
    /// divisor is zero.
    pub(super) fn remainder(self, other: Self) -> Option<Self> {
        self.combine(other, i128::checked_rem, |one, other| one % other)
    }

    fn combine(
        self,
        other: Self,
        integers: impl Fn(i128, i128) -> Option<i128>,
        decimals: impl Fn(f64, f64) -> f64,
    ) -> Option<Self> {
        if let (Self::Integer(one), Self::Integer(other)) = (self, other)
            && let Some(exact) = integers(one, other)
        {
            return Self::integer(exact);
        }
        Self::decimal(decimals(self.as_decimal(), other.as_decimal()))
    }
}

fn compare_mixed(integer: i128, decimal: f64) -> Ordering {
    // A conversion to i128 keeps to its bounds, and integers are far within them.
    let whole = decimal.trunc();
    let by_whole = integer.cmp(&(whole as i128));
    by_whole.then_with(|| whole.partial_cmp(&decimal).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn integer(value: i64) -> Num {
        Num::Integer(value.into())
    }

    #[test]
    fn texts_are_numbers_only_where_they_are_written_like_one() {
        for text in ["0", "-1", "+1", "1.50", "-.5", "5.", "1e3", "1E-3", "18446744073709551615"] {
            assert!(Num::of_text(text).is_some(), "{text}");
        }
        for text in [
            "", " 1", "1 ", "-", ".", "e3", "1e", "inf", "-inf", "nan", "NaN", "infinity", "1e999", "0x1",
            "1_0",
        ] {
            assert!(Num::of_text(text).is_none(), "{text}");
        }
        assert!(Num::of_text(&"9".repeat(300)).is_some());
        assert!(Num::of_text(&"0".repeat(MAX_TEXT + 1)).is_none());
    }

    #[test]
    fn what_is_larger_than_an_integer_becomes_a_decimal() {
        let most = Num::Integer(u64::MAX.into());
        assert_eq!(most.into_value(), Value::from(u64::MAX));
        assert_eq!(most.add(integer(1)).unwrap().into_value(), Value::from(18_446_744_073_709_551_616.0));
        assert_eq!(
            integer(i64::MIN).subtract(integer(1)).unwrap().into_value(),
            Value::from(-(2f64.powi(63)))
        );
        assert_eq!(most.multiply(most).unwrap().into_value(), Value::from(2f64.powi(64) * 2f64.powi(64)));
        assert!(Num::Decimal(f64::MAX).multiply(integer(2)).is_none());
    }

    #[test]
    fn division_keeps_integers_where_there_is_no_rest() {
        assert_eq!(integer(6).divide(integer(3)).unwrap().into_value(), Value::from(2));
        assert_eq!(integer(1).divide(integer(2)).unwrap().into_value(), Value::from(0.5));
        assert_eq!(integer(-7).remainder(integer(3)).unwrap().into_value(), Value::from(-1));
        assert!(integer(1).divide(integer(0)).is_none());
        assert!(integer(0).divide(integer(0)).is_none());
        assert!(integer(1).remainder(integer(0)).is_none());
        assert!(Num::Decimal(1.0).divide(Num::Decimal(0.0)).is_none());
    }

    #[test]
    fn an_integer_and_a_decimal_compare_without_rounding() {
        // As a decimal, 2⁵³ + 1 is 2⁵³.
        let odd = integer(9_007_199_254_740_993);
        assert_eq!(odd.compare(Num::Decimal(9_007_199_254_740_992.0)), Ordering::Greater);
        assert_eq!(Num::Decimal(9_007_199_254_740_992.0).compare(odd), Ordering::Less);
        assert_eq!(integer(1).compare(Num::Decimal(1.0)), Ordering::Equal);
        assert_eq!(integer(-1).compare(Num::Decimal(-1.5)), Ordering::Greater);
        assert_eq!(integer(0).compare(Num::Decimal(-0.0)), Ordering::Equal);
        assert_eq!(integer(i64::MAX).compare(Num::Decimal(f64::MAX)), Ordering::Less);
        assert_eq!(integer(i64::MIN).compare(Num::Decimal(f64::MIN)), Ordering::Greater);
    }

    proptest! {
        #[test]
        fn integers_compare_like_integers(one: i64, other: i64) {
            prop_assert_eq!(integer(one).compare(integer(other)), one.cmp(&other));
        }

        #[test]
        fn decimals_compare_like_decimals(one in -1e300..1e300f64, other in -1e300..1e300f64) {
            prop_assert_eq!(Some(Num::Decimal(one).compare(Num::Decimal(other))), one.partial_cmp(&other));
        }

        #[test]
        fn comparing_is_the_same_from_either_side(one: i64, other in -1e19..1e19f64) {
            let (one, other) = (integer(one), Num::Decimal(other));
            prop_assert_eq!(one.compare(other), other.compare(one).reverse());
        }

        #[test]
        fn nothing_is_ever_infinite(one: f64, other: f64) {
            prop_assume!(one.is_finite() && other.is_finite());
            let (one, other) = (Num::Decimal(one), Num::Decimal(other));
            for result in [one.add(other), one.subtract(other), one.multiply(other), one.divide(other), one.remainder(other)] {
                prop_assert!(result.is_none_or(|result| result.into_value().is_number()));
            }
        }
    }
}
