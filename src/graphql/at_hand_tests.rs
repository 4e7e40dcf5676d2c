use async_graphql::{EmptyMutation, EmptySubscription, Object, Result, Schema};

use super::*;
use crate::graphql::scalars::Int;

struct Leaf(i32);

object_at_hand! {
    /// A leaf.
    Leaf |leaf| {
        /// Its number.
        number "number": i32 = leaf.0;
        /// Its half.
        half "half": f64 = f64::from(leaf.0) / 2.0;
        /// Its name, where it is even.
        name "name": Option<String> = (leaf.0 % 2 == 0).then(|| format!("leaf {}", leaf.0));
    }
}

struct Branch(i32);

object_at_hand! {
    /// A branch.
    Branch |branch| {
        /// Its number.
        number "number": i32 = branch.0;
        /// Its leaves.
        leaves "leaves": Rows<Leaf> = Rows((0..branch.0).map(Leaf).collect());
        /// Its first leaf.
        first "first": Option<One<Leaf>> = (branch.0 > 0).then_some(One(Leaf(0)));
    }
    more {
        /// Loaded later.
        async fn later(&self, by: i32) -> Rows<Leaf> {
            tokio::task::yield_now().await;
            Rows(vec![Leaf(self.0 + by)])
        }

        /// Another branch.
        async fn sibling(&self) -> One<Branch> {
            One(Branch(self.0 + 1))
        }

        /// Fails for 2, and must not be null.
        async fn strict(&self) -> Result<i32> {
            if self.0 == 2 { Err("strict failed".into()) } else { Ok(self.0) }
        }

        /// Fails for 2, and may be null.
        async fn lenient(&self) -> Option<Result<i32>> {
            Some(if self.0 == 2 { Err("lenient failed".into()) } else { Ok(self.0) })
        }

        /// Fails for 2 before it knows whether there is anything.
        async fn unsure(&self) -> Result<Option<i32>> {
            if self.0 == 2 { Err("unsure failed".into()) } else { Ok(Some(self.0)) }
        }
    }
}

struct Wide(i64);

object_at_hand! {
    /// Something counted.
    Wide |wide| {
        /// How many.
        count "count": Int = Int(wide.0);
    }
    more {
        /// The same, later.
        async fn later(&self) -> Int {
            Int(self.0)
        }
    }
}

struct Query;

#[Object]
impl Query {
    async fn wide(&self, count: String) -> Option<One<Wide>> {
        count.parse().ok().map(|count| One(Wide(count)))
    }

    async fn wides(&self, count: String) -> Option<Rows<Wide>> {
        count.parse().ok().map(|count| Rows(vec![Wide(1), Wide(count)]))
    }

    async fn fast(&self) -> Rows<Branch> {
        Rows((0..4).map(Branch).collect())
    }

    async fn usual(&self) -> Vec<Branch> {
        (0..4).map(Branch).collect()
    }

    async fn one(&self, number: i32) -> Option<One<Branch>> {
        Some(One(Branch(number)))
    }
}

async fn ask(query: &str) -> (serde_json::Value, Vec<String>) {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let response = schema.execute(query).await;
    let errors = response.errors.into_iter().map(|error| error.message).collect();
    (response.data.into_json().unwrap(), errors)
}

#[tokio::test]
async fn every_selection_answers_what_the_usual_way_answers() {
    for selection in [
        "{ number }",
        "{ number leaves { number half name } first { name } }",
        "{ __typename leaves { __typename n: number } }",
        "{ a: number b: number leaves { half } more: leaves { name } }",
        "{ ...F leaves { number } } fragment F on Branch { number leaves { half } }",
        "{ ... on Branch { number ... { first { half } } } first { number } }",
        "{ number later(by: 2) { number } }",
        "{ later(by: 2) { number } leaves { number } later(by: 2) { half } }",
        "{ ...F later(by: 1) { half } } fragment F on Branch { later(by: 1) { number } sibling { number } }",
        "{ sibling { number sibling { number leaves { number } } } }",
        "{ number @skip(if: true) leaves @include(if: true) { number } }",
        "{ number @skip(if: true) first { name } }",
        "{ lenient number }",
    ] {
        let (body, fragments) = selection.split_once(" fragment ").unwrap_or((selection, ""));
        let fragments = if fragments.is_empty() { String::new() } else { format!(" fragment {fragments}") };
        let (fast, errors) = ask(&format!("{{ rows: fast {body} }}{fragments}")).await;
        let (usual, usual_errors) = ask(&format!("{{ rows: usual {body} }}{fragments}")).await;
        assert_eq!(fast, usual, "{selection}");
        assert_eq!(errors, usual_errors, "{selection}");
        assert_eq!(fast["rows"].as_array().unwrap().len(), 4, "{selection}");
    }
}

#[tokio::test]
async fn a_key_that_is_taken_moves_no_other_value() {
    for (selection, leaf) in [
        ("x: __typename ... on Leaf { x: number } half", serde_json::json!({"x": "Leaf", "half": 0.5})),
        ("x: number ... on Leaf { x: __typename } half", serde_json::json!({"x": 1, "half": 0.5})),
        ("x: number ... on Leaf { x: name } half", serde_json::json!({"x": 1, "half": 0.5})),
    ] {
        let (data, errors) = ask(&format!("{{ one(number: 2) {{ leaves {{ {selection} }} }} }}")).await;
        // Whether it is refused or answered is validation's business.
        if errors.is_empty() {
            assert_eq!(data["one"]["leaves"][1], leaf, "{selection}");
        }
    }
}

#[tokio::test]
async fn fields_come_in_the_order_in_which_they_were_asked_for() {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let response = schema
        .execute("{ one(number: 1) { later(by: 1) { number } number lenient first { number } } }")
        .await;
    let text = serde_json::to_string(&response.data).unwrap();
    assert_eq!(text, r#"{"one":{"later":[{"number":2}],"number":1,"lenient":1,"first":{"number":0}}}"#);
}

#[tokio::test]
async fn null_goes_up_to_what_may_be_null() {
    let (data, errors) = ask("{ one(number: 2) { number strict } }").await;
    assert_eq!(data, serde_json::json!({"one": null}));
    assert_eq!(errors, ["strict failed"]);
    let (data, errors) = ask("{ one(number: 1) { number sibling { number strict } } }").await;
    assert_eq!(data, serde_json::json!({"one": null}));
    assert_eq!(errors, ["strict failed"]);
    for field in ["lenient", "unsure"] {
        let (data, errors) = ask(&format!("{{ one(number: 2) {{ number {field} }} }}")).await;
        assert_eq!(data, serde_json::json!({"one": {"number": 2, field: null}}));
        assert_eq!(errors, [format!("{field} failed")]);
    }
}

#[tokio::test]
async fn a_number_beyond_32_bits_is_an_error_and_no_other_number() {
    for field in ["wide", "wides"] {
        for selection in ["count", "later", "count later"] {
            let query = |count: &str| format!("{{ {field}(count: \"{count}\") {{ {selection} }} }}");
            let (data, errors) = ask(&query("2147483647")).await;
            assert!(data.to_string().contains("2147483647") && errors.is_empty(), "{data} {errors:?}");
            let (data, errors) = ask(&query("4294967297")).await;
            assert_eq!(data, serde_json::json!({ field: null }), "{selection}");
            assert!(errors[0].contains("4294967297 cannot be told"), "{errors:?}");
        }
    }
}
