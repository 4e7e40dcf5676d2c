//! What a batch may set of a feature's pipeline.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::feature::{Feature, StepSpec};
use super::step::{Operation, Refusal, StepKind, StepKinds, quote};
use crate::kernel::Fault;

/// The most bytes of `inputData` as JSON.
const MAX_INPUT: usize = 16 << 10;
/// How deep `inputData` may nest; it needs two levels.
const MAX_DEPTH: usize = 4;

/// What is to be done to each picture of a batch. Serialised, it is part of the run's context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResolvedPipeline {
    pub(crate) steps: Vec<ResolvedStep>,
}

/// A step with all its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResolvedStep {
    pub name: String,
    pub operation: Operation,
}

impl ResolvedPipeline {
    /// The steps' names in their order.
    pub fn step_names(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(|step| step.name.as_str())
    }
}

/// What `inputData` sets: parameters of every step that has them, and parameters of single steps.
#[derive(Default)]
struct Overrides<'a> {
    flat: Map<String, Value>,
    by_step: Vec<(&'a str, &'a Map<String, Value>)>,
}

pub(super) fn resolve(
    kinds: &StepKinds,
    specs: &[StepSpec],
    input: Option<&Value>,
) -> Result<ResolvedPipeline, Fault> {
    let steps = specs
        .iter()
        .map(|spec| {
            let kind = kinds.get(&spec.kind);
            kind.map(|kind| (spec, kind)).ok_or_else(|| broken(spec, "its kind is not known any more"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let overrides = sort(&steps, input)?;
    let resolved = steps.into_iter().map(|(spec, kind)| resolve_step(kinds, spec, kind, &overrides));
    Ok(ResolvedPipeline { steps: resolved.collect::<Result<_, _>>()? })
}

fn broken(spec: &StepSpec, why: &str) -> Fault {
    Fault::conflict(format!("the feature's step {} cannot be run: {why}", spec.name))
}

/// Whether `inputData` has the shape of one, whatever it sets.
///
/// # Errors
/// `BAD_INPUT` at `inputData`.
pub fn check_input_data(input: &Value) -> Result<(), Fault> {
    let bad = |message| Err(Fault::bad_input("inputData", message));
    if !input.is_object() && !input.is_null() {
        return bad("inputData must be an object".to_owned());
    }
    if !is_shallow(input, MAX_DEPTH) {
        return bad(format!("inputData may nest {MAX_DEPTH} levels at most"));
    }
    if serde_json::to_vec(input).map_or(usize::MAX, |json| json.len()) > MAX_INPUT {
        return bad(format!("inputData must be at most {MAX_INPUT} bytes of JSON"));
    }
    Ok(())
}

/// Tells parameters from steps, and refuses what is neither.
fn sort<'a>(steps: &[(&'a StepSpec, &StepKind)], input: Option<&'a Value>) -> Result<Overrides<'a>, Fault> {
    let mut overrides = Overrides::default();
    if let Some(input) = input {
        check_input_data(input)?;
    }
    for (name, value) in input.and_then(Value::as_object).into_iter().flatten() {
        let step = steps.iter().find(|(spec, _)| spec.name == *name);
        match (step, value) {
            (Some((spec, kind)), Value::Object(parameters)) => {
                if let Some(other) = parameters.keys().find(|parameter| !kind.takes(parameter)) {
                    let field = format!("inputData.{name}.{}", quote(other));
                    return Err(Fault::bad_input(field, "a batch can set no such parameter of this step"));
                }
                overrides.by_step.push((&spec.name, parameters));
            }
            _ if steps.iter().any(|(_, kind)| kind.takes(name)) => {
                overrides.flat.insert(name.clone(), value.clone());
            }
            (Some(_), _) => {
                let field = format!("inputData.{name}");
                return Err(Fault::bad_input(field, "this must be an object of the step's parameters"));
            }
            _ => return Err(unknown(steps, name)),
        }
    }
    Ok(overrides)
}

fn unknown(steps: &[(&StepSpec, &StepKind)], name: &str) -> Fault {
    let mut known: Vec<&str> = Vec::new();
    for (_, kind) in steps {
        let names = kind.properties().map(|(name, _)| name.as_str());
        known.extend(names.filter(|name| kind.takes(name)));
    }
    known.sort_unstable();
    known.dedup();
    let message = match known.as_slice() {
        [] => "the feature takes no parameters".to_owned(),
        known => format!("the feature has no such parameter; it takes {}", known.join(", ")),
    };
    Fault::bad_input(format!("inputData.{}", quote(name)), message)
}

fn is_shallow(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_shallow(item, levels - 1)),
        Value::Object(members) => levels > 0 && members.values().all(|member| is_shallow(member, levels - 1)),
        _ => true,
    }
}

fn resolve_step(
    kinds: &StepKinds,
    spec: &StepSpec,
    kind: &StepKind,
    overrides: &Overrides<'_>,
) -> Result<ResolvedStep, Fault> {
    let mut parameters = spec.parameters.as_object().cloned().unwrap_or_default();
    let flat: Vec<_> = overrides.flat.iter().filter(|(name, _)| kind.takes(name)).collect();
    let own =
        overrides.by_step.iter().find(|(step, _)| *step == spec.name).map(|(_, parameters)| *parameters);
    for (name, value) in flat.iter().copied().chain(own.into_iter().flatten()) {
        parameters.insert(name.clone(), value.clone());
    }
    let operation = kinds.build(kind, &parameters).map_err(|Refusal { parameter, message }| {
        if flat.is_empty() && own.is_none_or(Map::is_empty) {
            return broken(spec, &message);
        }
        let field = match parameter {
            Some(name)
                if own.is_none_or(|own| !own.contains_key(&name)) && overrides.flat.contains_key(&name) =>
            {
                format!("inputData.{name}")
            }
            Some(name) => format!("inputData.{}.{name}", spec.name),
            None => format!("inputData.{}", spec.name),
        };
        Fault::bad_input(field, message)
    })?;
    Ok(ResolvedStep { name: spec.name.clone(), operation })
}

/// The schema of what a batch may set. A step that bears a parameter's name is not listed by
/// itself: its parameters are among the flat ones.
pub(super) fn schema(kinds: &StepKinds, feature: &Feature) -> Value {
    let mut flat: Map<String, Value> = Map::new();
    let mut by_step: Map<String, Value> = Map::new();
    for (spec, kind) in feature.steps.iter().filter_map(|spec| kinds.get(&spec.kind).map(|kind| (spec, kind)))
    {
        let mut own = Map::new();
        for (name, property) in kind.properties().filter(|(name, _)| kind.takes(name)) {
            let mut property = property.clone();
            if let Some(set) = spec.parameters.get(name) {
                property["default"] = set.clone();
            }
            let merged = match flat.get(name) {
                Some(earlier) => narrow(earlier, &property),
                None => property.clone(),
            };
            flat.insert(name.clone(), merged);
            own.insert(name.clone(), property);
        }
        if !own.is_empty() {
            let step = json!({
                "type": "object",
                "title": kind.title(),
                "description": format!("Parameters of the step {} alone.", spec.name),
                "additionalProperties": false,
                "properties": own,
            });
            by_step.insert(spec.name.clone(), step);
        }
    }
    by_step.retain(|name, _| !flat.contains_key(name));
    flat.extend(by_step);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": feature.name,
        "type": "object",
        "additionalProperties": false,
        "properties": flat,
    })
}

/// What fits both of two schemas of the same parameter in different steps, described as the first.
fn narrow(first: &Value, second: &Value) -> Value {
    let mut narrowed = first.clone();
    for (bound, second_wins) in [("minimum", f64::gt as fn(&f64, &f64) -> bool), ("maximum", f64::lt)] {
        if let Some((one, other)) = first[bound].as_f64().zip(second[bound].as_f64())
            && second_wins(&other, &one)
        {
            narrowed[bound] = second[bound].clone();
        }
    }
    let rest = |schema: &Value| {
        let mut rest = schema.as_object().cloned().unwrap_or_default();
        rest.retain(|word, _| {
            !matches!(word.as_str(), "title" | "description" | "default" | "minimum" | "maximum")
        });
        rest
    };
    if rest(first) != rest(second) {
        let mut all = narrowed["allOf"].as_array().cloned().unwrap_or_default();
        all.push(Value::Object(rest(second)));
        narrowed["allOf"] = Value::Array(all);
    }
    narrowed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use crate::pipeline::{HttpService, PipelineConfig};
    use chrono::DateTime;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Made once: a property test asks for them hundreds of times.
    static KINDS: LazyLock<StepKinds> = LazyLock::new(|| {
        let mut config = PipelineConfig::default();
        let service = HttpService::at("http://127.0.0.1:1/".parse().unwrap());
        config.services.insert("upscaler".to_owned(), service);
        StepKinds::new(&config).unwrap()
    });
    static SCHEMA: LazyLock<jsonschema::Validator> =
        LazyLock::new(|| jsonschema::validator_for(&schema(&KINDS, &sample())).unwrap());

    fn feature(steps: Value) -> Feature {
        Feature {
            key: "test".to_owned(),
            name: "Test".to_owned(),
            description: None,
            quota_cost: 0,
            is_enabled: true,
            allowed_roles: vec![],
            plan: None,
            rate_limit: None,
            concurrency: 1,
            max_items: 1,
            steps: serde_json::from_value(steps).unwrap(),
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            deleted: false,
        }
    }

    /// Two tones, two resizes, two radii and a service.
    fn sample() -> Feature {
        feature(json!([
            {"name": "brightness", "kind": "brightness", "parameters": {"brightness": 5}},
            {"name": "large", "kind": "resize", "parameters": {"width": 1000}},
            {"name": "small", "kind": "resize", "parameters": {"width": 100}},
            {"name": "soften", "kind": "blur", "parameters": {}},
            {"name": "sharpen", "kind": "sharpen", "parameters": {}},
            {"name": "outside", "kind": "http", "parameters": {"service": "upscaler"}},
        ]))
    }

    fn resolved(input: Value) -> Value {
        let pipeline = resolve(&KINDS, &sample().steps, Some(&input)).unwrap();
        let mut all = Map::new();
        for step in pipeline.steps {
            all.insert(step.name, serde_json::to_value(&step.operation).unwrap()["parameters"].clone());
        }
        Value::Object(all)
    }

    fn refused(input: &Value) -> Fault {
        let fault = resolve(&KINDS, &sample().steps, Some(input)).unwrap_err();
        assert_eq!(fault.code(), ErrorCode::BadInput);
        fault
    }

    #[test]
    fn nothing_set_leaves_the_feature_as_it_is() {
        let kinds = &*KINDS;
        let plain = resolve(kinds, &sample().steps, None).unwrap();
        assert_eq!(resolve(kinds, &sample().steps, Some(&Value::Null)).unwrap(), plain);
        assert_eq!(resolve(kinds, &sample().steps, Some(&json!({}))).unwrap(), plain);
        assert_eq!(
            plain.step_names().collect::<Vec<_>>(),
            ["brightness", "large", "small", "soften", "sharpen", "outside"]
        );
        let stored = serde_json::to_string(&plain).unwrap();
        assert_eq!(serde_json::from_str::<ResolvedPipeline>(&stored).unwrap(), plain);
    }

    #[test]
    fn a_flat_name_reaches_every_step_and_a_step_goes_before() {
        let result = resolved(json!({"small": {"width": 50}, "width": 70, "brightness": 20}));
        assert_eq!(result["brightness"]["brightness"], 20);
        assert_eq!((&result["large"]["width"], &result["small"]["width"]), (&json!(70), &json!(50)));
        let result = resolved(json!({"brightness": {"brightness": 30}}));
        assert_eq!(result["brightness"]["brightness"], 30);
        assert_eq!(result["large"]["width"], 1000);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (input, field) in [
            (json!([]), "inputData"),
            (json!("brightness"), "inputData"),
            (json!({"brightnes": 1}), "inputData.brightnes"),
            (json!({"brightness": 101}), "inputData.brightness"),
            (json!({"brightness": null}), "inputData.brightness"),
            (json!({"brightness": {"brightness": "x"}}), "inputData.brightness.brightness"),
            (json!({"brightness": {"width": 1}}), "inputData.brightness.width"),
            (json!({"small": 5}), "inputData.small"),
            (json!({"small": {"width": 0}, "width": 5}), "inputData.small.width"),
            (json!({"width": 0, "small": {"width": 5}}), "inputData.width"),
            (json!({"sigma": 100}), "inputData.sigma"),
            (json!({"service": "upscaler"}), "inputData.service"),
            (json!({"outside": {"service": "upscaler"}}), "inputData.outside.service"),
            (json!({"width": [[[[[]]]]]}), "inputData"),
            (json!({"fit": "x".repeat(17_000)}), "inputData"),
        ] {
            assert_eq!(refused(&input).details()["field"], field, "{input}");
        }
    }

    #[test]
    fn messages_stay_short_whatever_is_sent() {
        let fault = refused(&json!({"x".repeat(10_000): 1}));
        assert!(fault.message().len() < 400 && fault.details()["field"].as_str().unwrap().len() < 80);
        assert!(fault.message().contains("brightness"), "it says what there is");
        assert!(refused(&json!({"fit": "x".repeat(10_000)})).message().len() < 200);
    }

    #[test]
    fn a_feature_that_cannot_run_any_more_is_not_the_callers_fault() {
        for steps in [
            json!([{"name": "a", "kind": "http", "parameters": {"service": "gone"}}]),
            json!([{"name": "a", "kind": "gone", "parameters": {}}]),
        ] {
            let fault = resolve(&KINDS, &feature(steps).steps, None).unwrap_err();
            assert_eq!(fault.code(), ErrorCode::Conflict);
        }
    }

    #[test]
    fn the_schema_lists_what_can_be_set() {
        let schema = schema(&KINDS, &sample());
        assert!(jsonschema::meta::is_valid(&schema));
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties["brightness"]["type"], "integer");
        assert_eq!(properties["brightness"]["default"], 5);
        assert_eq!(properties["width"]["default"], 1000);
        assert_eq!(properties["small"]["properties"]["width"]["default"], 100);
        assert_eq!(
            (&properties["sigma"]["minimum"], &properties["sigma"]["maximum"]),
            (&json!(0.3), &json!(20))
        );
        assert!(!properties.contains_key("service") && !properties.contains_key("outside"));
    }

    proptest! {
        #[test]
        fn what_the_schema_allows_is_taken(
            brightness in prop::option::of(-120_i64..120), width in prop::option::of(-5_i64..30_000),
            sigma in prop::option::of(0.0_f64..250.0), small in prop::option::of(-5_i64..30_000),
            fit in prop::option::of("inside|cover|squeeze"),
        ) {
            let mut input = Map::new();
            let mut set = |name: &str, value: Option<Value>| value.map(|value| input.insert(name.to_owned(), value));
            set("brightness", brightness.map(Value::from));
            set("width", width.map(Value::from));
            set("sigma", sigma.map(Value::from));
            set("fit", fit.map(Value::from));
            set("small", small.map(|width| json!({ "width": width })));
            let input = Value::Object(input);
            let allowed = SCHEMA.is_valid(&input);
            prop_assert_eq!(resolve(&KINDS, &sample().steps, Some(&input)).is_ok(), allowed);
        }

        #[test]
        fn nothing_sent_makes_it_panic(input in crate::pipeline::step::any_json()) {
            let _ = resolve(&KINDS, &sample().steps, Some(&input));
        }
    }
}
