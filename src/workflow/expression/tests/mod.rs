mod bounds;
mod calls;
mod models;
mod properties;
mod rules;
mod templates;

use std::cell::RefCell;

use serde_json::json;

use super::*;

/// Variables that remember which were asked for.
struct Bag {
    values: Value,
    asked: RefCell<Vec<String>>,
}

impl Variables for Bag {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.asked.borrow_mut().push(name.to_owned());
        self.values.get(name).map(Cow::Borrowed)
    }
}

fn bag(values: Value) -> Bag {
    Bag { values, asked: RefCell::default() }
}

fn evaluate(text: &str, values: &Value) -> Result<Value, String> {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    expression.evaluate(&bag(values.clone())).map_err(|error| error.reason)
}

fn refusal(text: &str) -> String {
    match Expression::parse(text) {
        Ok(_) => panic!("{text} is read"),
        Err(error) => error.to_string(),
    }
}
