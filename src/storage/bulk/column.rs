//! Columns of many rows, and how PostgreSQL is given them: as arrays.

use chrono::{DateTime, Utc};
use sea_orm::Value;
use sea_orm::sea_query::ArrayType;
use uuid::Uuid;

/// One column of all the rows.
#[derive(Debug, Clone)]
pub enum Column {
    /// `integer`.
    Integers(Vec<i32>),
    /// `bigint`.
    BigIntegers(Vec<i64>),
    /// `text`.
    Texts(Vec<String>),
    /// `timestamptz`.
    Times(Vec<DateTime<Utc>>),
    /// `uuid`.
    Ids(Vec<Uuid>),
    /// Any other type, all of the same, and some of them null perhaps.
    Values(Vec<Value>),
}

impl Column {
    /// How many rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::BigIntegers(values) => values.len(),
            Self::Texts(values) => values.len(),
            Self::Times(values) => values.len(),
            Self::Ids(values) => values.len(),
            Self::Values(values) => values.len(),
        }
    }

    /// The text that all rows have in common, where there are some: it is then sent but once.
    pub(super) fn only_text(&self) -> Option<String> {
        let Self::Texts(texts) = self else { return None };
        let first = texts.first()?;
        texts.iter().all(|text| text == first).then(|| first.clone())
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        match self {
            Self::Integers(values) => values.into_iter().map(Value::from).collect(),
            Self::BigIntegers(values) => values.into_iter().map(Value::from).collect(),
            Self::Texts(values) => values.into_iter().map(Value::from).collect(),
            Self::Times(values) => values.into_iter().map(Value::from).collect(),
            Self::Ids(values) => values.into_iter().map(Value::from).collect(),
            Self::Values(values) => values,
        }
    }
}

/// The name of a type whose arrays we send. Another one is a fault of ours, which the database then tells.
fn name_of(array: &ArrayType) -> &'static str {
    match array {
        ArrayType::Bool => "boolean",
        ArrayType::SmallInt => "smallint",
        ArrayType::Int => "integer",
        ArrayType::BigInt => "bigint",
        ArrayType::Double => "double precision",
        ArrayType::Bytes => "bytea",
        ArrayType::ChronoDateTimeUtc => "timestamptz",
        ArrayType::Uuid => "uuid",
        _ => "text",
    }
}

/// The table `x` of arrays. Arrays have no nulls here: where they are is told by another array.
#[derive(Default)]
pub(super) struct Source {
    values: Vec<Value>,
    selected: Vec<String>,
    arrays: Vec<String>,
    names: Vec<String>,
}

impl Source {
    /// Adds a value that all rows have.
    pub(super) fn constant(&mut self, name: &str, value: Value) {
        self.values.push(value);
        self.selected.push(format!("${} AS {name}", self.values.len()));
    }

    /// Adds a column.
    pub(super) fn column(&mut self, name: &str, column: Column) {
        let Column::Values(values) = column else {
            let place = self.array(column.into_values());
            return self.selected.push(format!("{place} AS {name}"));
        };
        let nulls: Vec<bool> = values.iter().map(|value| *value == value.as_null()).collect();
        let array = values.first().map_or(ArrayType::Bool, Value::array_type);
        if nulls.iter().all(|is_null| *is_null) {
            return self.selected.push(format!("NULL::{} AS {name}", name_of(&array)));
        }
        let has_nulls = nulls.contains(&true);
        let filled = |(value, is_null): (Value, &bool)| if *is_null { value.dummy_value() } else { value };
        let place = self.array(values.into_iter().zip(&nulls).map(filled).collect());
        if has_nulls {
            let is_null = self.array(nulls.into_iter().map(Value::from).collect());
            self.selected.push(format!("CASE WHEN {is_null} THEN NULL ELSE {place} END AS {name}"));
        } else {
            self.selected.push(format!("{place} AS {name}"));
        }
    }

    /// Adds an array; its name.
    fn array(&mut self, values: Vec<Value>) -> String {
        let array = values.first().map_or(ArrayType::Bool, Value::array_type);
        let kind = name_of(&array);
        self.values.push(Value::Array(array, Some(Box::new(values))));
        let place = format!("a{}", self.values.len());
        self.arrays.push(format!("${}::{kind}[]", self.values.len()));
        self.names.push(place.clone());
        place
    }

    /// The table, and the values in it.
    pub(super) fn finish(self) -> (String, Vec<Value>) {
        let (selected, arrays) = (self.selected.join(", "), self.arrays.join(", "));
        let names = self.names.join(", ");
        (format!("(SELECT {selected} FROM unnest({arrays}) AS y({names})) AS x"), self.values)
    }
}
