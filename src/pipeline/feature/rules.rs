//! What a feature may be: pure checks, each naming the field that does not fit.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::model::{Feature, FeaturePatch, NewFeature, NewRateLimit, RateLimit, StepSpec};
use crate::kernel::{Fault, Role};
use crate::pipeline::processor::{DECODE, ENCODE, FETCH, STORE};
use crate::pipeline::step::{Refusal, StepKind, StepKinds};

const MAX_KEY: usize = 64;
const MAX_NAME: usize = 100;
const MAX_DESCRIPTION: usize = 2_000;
const MAX_PLAN: usize = 64;
const MAX_QUOTA_COST: i64 = 1_000_000;
const MAX_CONCURRENCY: i64 = 1_000;
const MAX_ITEMS: i64 = 100_000;
const MAX_RATE: i64 = 100_000;
const MAX_RATE_SECONDS: i64 = 31 * 24 * 60 * 60;
const MAX_STEPS: usize = 32;
const MAX_STEP_NAME: usize = 32;
/// The most bytes of a step's parameters as JSON.
const MAX_PARAMETERS: usize = 16 << 10;
const DEFAULT_CONCURRENCY: i64 = 5;
const DEFAULT_MAX_ITEMS: i64 = 50;
/// What is done to every picture and told among its steps.
const RESERVED_STEPS: [&str; 4] = [FETCH, DECODE, ENCODE, STORE];

/// The checked half of a [`FeaturePatch`]: what to write.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Change {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub quota_cost: Option<i64>,
    pub is_enabled: Option<bool>,
    pub allowed_roles: Option<Vec<Role>>,
    pub plan: Option<Option<String>>,
    pub rate_limit: Option<Option<RateLimit>>,
    pub concurrency: Option<u32>,
    pub max_items: Option<u32>,
    pub steps: Option<Vec<StepSpec>>,
}

/// Whether `text` has the form `[a-z][a-z0-9_]*` and at most `max` characters.
pub(crate) fn is_identifier(text: &str, max: usize) -> bool {
    text.len() <= max
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether `text` can be a feature's key.
pub(super) fn is_key(text: &str) -> bool {
    is_identifier(text, MAX_KEY)
}

/// The feature that `new` describes, as of `now`.
pub(super) fn check_new(kinds: &StepKinds, new: NewFeature, now: DateTime<Utc>) -> Result<Feature, Fault> {
    if !is_key(&new.key) {
        return Err(Fault::bad_input(
            "key",
            format!("a key begins with a lower-case letter and has at most {MAX_KEY} of a-z, 0-9 and _"),
        ));
    }
    Ok(Feature {
        key: new.key,
        name: name(&new.name)?,
        description: description(new.description)?,
        quota_cost: within("quotaCost", new.quota_cost, 0, MAX_QUOTA_COST)?,
        is_enabled: new.is_enabled,
        allowed_roles: roles(new.allowed_roles.unwrap_or_else(|| vec![Role::User]))?,
        plan: plan(new.plan)?,
        rate_limit: new.rate_limit.map(rate_limit).transpose()?,
        concurrency: within(
            "concurrency",
            new.concurrency.unwrap_or(DEFAULT_CONCURRENCY),
            1,
            MAX_CONCURRENCY,
        )?,
        max_items: within("maxItems", new.max_items.unwrap_or(DEFAULT_MAX_ITEMS), 1, MAX_ITEMS)?,
        steps: steps(kinds, new.steps)?,
        created_at: now,
        updated_at: now,
        deleted: false,
    })
}

/// What `patch` writes.
pub(super) fn check_patch(kinds: &StepKinds, patch: FeaturePatch) -> Result<Change, Fault> {
    Ok(Change {
        name: patch.name.as_deref().map(name).transpose()?,
        description: patch.description.map(description).transpose()?,
        quota_cost: patch.quota_cost.map(|cost| within("quotaCost", cost, 0, MAX_QUOTA_COST)).transpose()?,
        is_enabled: None,
        allowed_roles: patch.allowed_roles.map(roles).transpose()?,
        plan: patch.plan.map(plan).transpose()?,
        rate_limit: patch.rate_limit.map(|limit| limit.map(rate_limit).transpose()).transpose()?,
        concurrency: patch
            .concurrency
            .map(|number| within("concurrency", number, 1, MAX_CONCURRENCY))
            .transpose()?,
        max_items: patch.max_items.map(|number| within("maxItems", number, 1, MAX_ITEMS)).transpose()?,
        steps: patch.steps.map(|specs| steps(kinds, specs)).transpose()?,
    })
}

/// The number as its field keeps it, within bounds that fit there.
fn within<T: TryFrom<i64>>(field: &str, number: i64, least: i64, most: i64) -> Result<T, Fault> {
    Some(number)
        .filter(|number| (least..=most).contains(number))
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| Fault::bad_input(field, format!("{field} must be between {least} and {most}")))
}

fn name(text: &str) -> Result<String, Fault> {
    one_line("name", text, MAX_NAME)
}

fn plan(plan: Option<String>) -> Result<Option<String>, Fault> {
    plan.map(|text| one_line("plan", &text, MAX_PLAN)).transpose()
}

fn one_line(field: &str, text: &str, most: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(Fault::bad_input(field, format!("{field} must be one line of 1 to {most} characters")));
    }
    Ok(text.to_owned())
}

fn description(text: Option<String>) -> Result<Option<String>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let text = text.trim();
    let control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    if text.chars().count() > MAX_DESCRIPTION || text.chars().any(control) {
        return Err(Fault::bad_input(
            "description",
            format!("description must be a text of at most {MAX_DESCRIPTION} characters"),
        ));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

fn roles(mut roles: Vec<Role>) -> Result<Vec<Role>, Fault> {
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return Err(Fault::bad_input("allowedRoles", "name at least one role"));
    }
    Ok(roles)
}

fn rate_limit(limit: NewRateLimit) -> Result<RateLimit, Fault> {
    Ok(RateLimit {
        max: within("rateLimit.max", limit.max, 1, MAX_RATE)?,
        per_seconds: within("rateLimit.perSeconds", limit.per_seconds, 1, MAX_RATE_SECONDS)?,
    })
}

fn steps(kinds: &StepKinds, specs: Vec<StepSpec>) -> Result<Vec<StepSpec>, Fault> {
    if specs.len() > MAX_STEPS {
        return Err(Fault::bad_input("steps", format!("a feature has at most {MAX_STEPS} steps")));
    }
    let mut checked: Vec<StepSpec> = Vec::with_capacity(specs.len());
    for (index, spec) in specs.into_iter().enumerate() {
        if checked.iter().any(|earlier| earlier.name == spec.name) {
            let field = format!("steps[{index}].name");
            return Err(Fault::bad_input(field, "another step of the feature has this name"));
        }
        checked.push(step(kinds, index, spec)?);
    }
    Ok(checked)
}

fn step(kinds: &StepKinds, index: usize, spec: StepSpec) -> Result<StepSpec, Fault> {
    let field = |of: &str| format!("steps[{index}].{of}");
    if !is_identifier(&spec.name, MAX_STEP_NAME) {
        let rule = format!(
            "a step's name begins with a lower-case letter and has at most {MAX_STEP_NAME} of a-z, 0-9 and _"
        );
        return Err(Fault::bad_input(field("name"), rule));
    }
    if RESERVED_STEPS.contains(&spec.name.as_str()) {
        return Err(Fault::bad_input(
            field("name"),
            format!("{} are steps of every pipeline", RESERVED_STEPS.join(", ")),
        ));
    }
    let Some(kind) = kinds.get(&spec.kind) else {
        let known: Vec<_> = kinds.iter().map(StepKind::name).collect();
        let message = format!("there is no such kind of step; there are {}", known.join(", "));
        return Err(Fault::bad_input(field("kind"), message));
    };
    let parameters = match spec.parameters {
        Value::Null => Map::new(),
        Value::Object(parameters) => parameters,
        _ => return Err(Fault::bad_input(field("parameters"), "parameters must be an object")),
    };
    let size = serde_json::to_vec(&parameters).map_or(usize::MAX, |json| json.len());
    if size > MAX_PARAMETERS {
        let message = format!("parameters must be at most {MAX_PARAMETERS} bytes of JSON");
        return Err(Fault::bad_input(field("parameters"), message));
    }
    if let Err(Refusal { parameter, message }) = kinds.build(kind, &parameters) {
        let place = parameter.map_or_else(
            || field("parameters"),
            |parameter| format!("steps[{index}].parameters.{parameter}"),
        );
        return Err(Fault::bad_input(place, message));
    }
    Ok(StepSpec { name: spec.name, kind: spec.kind, parameters: Value::Object(parameters) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use crate::pipeline::PipelineConfig;
    use proptest::prelude::*;
    use serde_json::json;
    use std::sync::LazyLock;

    /// Made once: a property test asks for them hundreds of times.
    static KINDS: LazyLock<StepKinds> = LazyLock::new(|| StepKinds::new(&PipelineConfig::default()).unwrap());

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn good() -> NewFeature {
        let name = "Basic clean".to_owned();
        NewFeature { key: "basic_clean".to_owned(), name, quota_cost: 1, ..NewFeature::default() }
    }

    fn spec(name: &str, kind: &str, parameters: Value) -> StepSpec {
        StepSpec { name: name.to_owned(), kind: kind.to_owned(), parameters }
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let feature = check_new(&KINDS, good(), now()).unwrap();
        assert_eq!((feature.concurrency, feature.max_items), (5, 50));
        assert_eq!(feature.allowed_roles, [Role::User]);
        assert!(feature.is_enabled && !feature.deleted && feature.steps.is_empty());
    }

    #[test]
    fn the_bounds_themselves_are_allowed() {
        let feature = NewFeature {
            key: "k".repeat(64),
            name: "ä".repeat(100),
            description: Some("ä".repeat(2_000)),
            quota_cost: 1_000_000,
            plan: Some("p".repeat(64)),
            rate_limit: Some(NewRateLimit { max: 100_000, per_seconds: MAX_RATE_SECONDS }),
            concurrency: Some(1_000),
            max_items: Some(100_000),
            steps: (0..32).map(|n| spec(&format!("step_{n}"), "flip", Value::Null)).collect(),
            ..good()
        };
        assert!(check_new(&KINDS, feature, now()).is_ok());
    }

    #[test]
    fn each_field_is_held_against_its_bounds() {
        let with = |change: fn(&mut NewFeature)| {
            let mut new = good();
            change(&mut new);
            new
        };
        let cases: Vec<(NewFeature, &str)> = vec![
            (with(|new| new.key = String::new()), "key"),
            (with(|new| new.key = "Basic".into()), "key"),
            (with(|new| new.key = "1st".into()), "key"),
            (with(|new| new.key = "basic-clean".into()), "key"),
            (with(|new| new.key = "k".repeat(65)), "key"),
            (with(|new| new.name = "  ".into()), "name"),
            (with(|new| new.name = "n".repeat(101)), "name"),
            (with(|new| new.name = "two\nlines".into()), "name"),
            (with(|new| new.description = Some("d".repeat(2_001))), "description"),
            (with(|new| new.description = Some("\0".into())), "description"),
            (with(|new| new.quota_cost = -1), "quotaCost"),
            (with(|new| new.quota_cost = 1_000_001), "quotaCost"),
            (with(|new| new.allowed_roles = Some(vec![])), "allowedRoles"),
            (with(|new| new.plan = Some(String::new())), "plan"),
            (with(|new| new.plan = Some("p".repeat(65))), "plan"),
            (with(|new| new.rate_limit = Some(NewRateLimit { max: 0, per_seconds: 1 })), "rateLimit.max"),
            (
                with(|new| new.rate_limit = Some(NewRateLimit { max: 1, per_seconds: 0 })),
                "rateLimit.perSeconds",
            ),
            (with(|new| new.concurrency = Some(0)), "concurrency"),
            (with(|new| new.concurrency = Some(1_001)), "concurrency"),
            (with(|new| new.max_items = Some(0)), "maxItems"),
            (with(|new| new.max_items = Some(100_001)), "maxItems"),
            (with(|new| new.steps = vec![spec("flip", "flip", Value::Null); 33]), "steps"),
        ];
        for (new, field) in cases {
            let fault = check_new(&KINDS, new, now()).unwrap_err();
            assert_eq!(fault.code(), ErrorCode::BadInput);
            assert_eq!(fault.details()["field"], field);
        }
    }

    #[test]
    fn steps_are_checked_one_by_one() {
        let flip = || spec("flip", "flip", json!({}));
        for (bad, field) in [
            (spec("Flip", "flip", json!({})), "steps[1].name"),
            (spec(&"f".repeat(33), "flip", json!({})), "steps[1].name"),
            (spec("decode", "flip", json!({})), "steps[1].name"),
            (flip(), "steps[1].name"),
            (spec("enlarge", "enlarge", json!({})), "steps[1].kind"),
            (spec("small", "resize", json!([])), "steps[1].parameters"),
            (spec("small", "resize", json!({})), "steps[1].parameters"),
            (spec("small", "resize", json!({"width": 0})), "steps[1].parameters.width"),
            (spec("small", "resize", json!({"depth": 1})), "steps[1].parameters.depth"),
            (spec("up", "http", json!({"service": "none"})), "steps[1].parameters.service"),
            (spec("text", "watermark", json!({"text": "x".repeat(17_000)})), "steps[1].parameters"),
        ] {
            let new = NewFeature { steps: vec![flip(), bad], ..good() };
            let fault = check_new(&KINDS, new, now()).unwrap_err();
            assert_eq!(fault.details()["field"], field);
            assert!(fault.message().len() < 300);
        }
    }

    #[test]
    fn a_patch_is_held_against_the_same_bounds_and_changes_nothing_else() {
        assert_eq!(check_patch(&KINDS, FeaturePatch::default()).unwrap(), Change::default());
        let patch = FeaturePatch {
            plan: Some(None),
            rate_limit: Some(Some(NewRateLimit { max: 3, per_seconds: 60 })),
            ..FeaturePatch::default()
        };
        let change = check_patch(&KINDS, patch).unwrap();
        assert_eq!((change.plan, change.name), (Some(None), None));
        assert_eq!(change.rate_limit, Some(Some(RateLimit { max: 3, per_seconds: 60 })));
        let bad = FeaturePatch { max_items: Some(0), ..FeaturePatch::default() };
        assert_eq!(check_patch(&KINDS, bad).unwrap_err().details()["field"], "maxItems");
    }

    proptest! {
        #[test]
        fn no_input_makes_checking_panic(
            texts in prop::collection::vec(".{0,120}", 6), numbers: [i64; 5], kind in "[a-z_]{0,8}|resize|crop",
        ) {
            let [text, cost, most, max, per_seconds] = numbers;
            let new = NewFeature {
                key: texts[0].clone(), name: texts[1].clone(), description: Some(texts[2].clone()),
                quota_cost: cost, plan: Some(texts[3].clone()), max_items: Some(most), concurrency: Some(text),
                rate_limit: Some(NewRateLimit { max, per_seconds }),
                steps: vec![spec(&texts[4], &kind, json!({ texts[5].clone(): text }))],
                ..NewFeature::default()
            };
            let _ = check_new(&KINDS, new, now());
        }
    }
}
