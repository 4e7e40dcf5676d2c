//! The registry: every kind with its schema, and turning parameters into operations.

use std::sync::Arc;

use ab_glyph::FontArc;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{Environment, Operation, Parameters, Refusal, schema};
use crate::pipeline::config::{PipelineConfig, PipelineConfigError};

/// One kind of step.
pub struct StepKind {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    schema: Value,
    validator: Validator,
    build: Build,
}

type Build = Box<dyn Fn(Value, &Environment) -> Result<Operation, Refusal> + Send + Sync>;

impl StepKind {
    fn of<P: Parameters>(
        environment: &Environment,
        wrap: fn(P) -> Operation,
    ) -> Result<Self, PipelineConfigError> {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": P::TITLE,
            "description": P::DESCRIPTION,
            "type": "object",
            "additionalProperties": false,
            "required": P::required(),
            "properties": P::properties(environment),
        });
        let validator = jsonschema::draft202012::new(&schema)
            .map_err(|error| PipelineConfigError::new(format!("steps.{}", P::KIND), error.to_string()))?;
        let build = move |parameters: Value, environment: &Environment| {
            let parameters: P = serde_json::from_value(parameters)
                .map_err(|_| Refusal::whole("the parameters do not fit together"))?;
            parameters.check(environment)?;
            Ok(wrap(parameters))
        };
        Ok(Self {
            name: P::KIND,
            title: P::TITLE,
            description: P::DESCRIPTION,
            schema,
            validator,
            build: Box::new(build),
        })
    }

    /// Its name in a step's `kind`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its name for people.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// What it does.
    pub fn description(&self) -> &'static str {
        self.description
    }

    /// The JSON Schema (2020-12) of its parameters: an object without additional properties.
    /// A parameter that is `readOnly` is set by the feature alone, never by a batch.
    pub fn parameter_schema(&self) -> &Value {
        &self.schema
    }

    /// The schemas of its parameters by name.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.schema["properties"].as_object().into_iter().flatten()
    }

    /// Whether a batch may set the parameter `name`.
    pub(crate) fn takes(&self, name: &str) -> bool {
        self.schema["properties"].get(name).is_some_and(|property| property["readOnly"] != json!(true))
    }
}

impl std::fmt::Debug for StepKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("StepKind").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Every kind of step, as the configuration allows them.
#[derive(Debug)]
pub struct StepKinds {
    kinds: Vec<StepKind>,
    environment: Arc<Environment>,
}

impl StepKinds {
    /// Makes the registry.
    ///
    /// # Errors
    /// [`PipelineConfigError`] where a setting cannot be used.
    pub fn new(config: &PipelineConfig) -> Result<Self, PipelineConfigError> {
        config.check()?;
        let font = match &config.watermark_font {
            None => built_in_font(),
            Some(path) => {
                let unusable = |why: String| PipelineConfigError::new("watermark_font", why);
                let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
                FontArc::try_from_vec(bytes).map_err(|error| unusable(error.to_string()))?
            }
        };
        let services = config.services.keys().cloned().collect();
        Self::within(Environment { max_pixels: config.max_pixels, font, services })
    }

    fn within(environment: Environment) -> Result<Self, PipelineConfigError> {
        let kinds = vec![
            StepKind::of(&environment, Operation::Resize)?,
            StepKind::of(&environment, Operation::Crop)?,
            StepKind::of(&environment, Operation::Rotate)?,
            StepKind::of(&environment, Operation::Flip)?,
            StepKind::of(&environment, Operation::Brightness)?,
            StepKind::of(&environment, Operation::Contrast)?,
            StepKind::of(&environment, Operation::Grayscale)?,
            StepKind::of(&environment, Operation::Blur)?,
            StepKind::of(&environment, Operation::Sharpen)?,
            StepKind::of(&environment, Operation::Watermark)?,
            StepKind::of(&environment, Operation::Convert)?,
            StepKind::of(&environment, Operation::StripMetadata)?,
            StepKind::of(&environment, Operation::Http)?,
        ];
        Ok(Self { kinds, environment: Arc::new(environment) })
    }

    /// Every kind, in the order in which to offer them.
    pub fn iter(&self) -> impl Iterator<Item = &StepKind> {
        self.kinds.iter()
    }

    /// The kind called `name`.
    pub fn get(&self, name: &str) -> Option<&StepKind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// What steps need to run.
    pub(crate) fn environment(&self) -> &Arc<Environment> {
        &self.environment
    }

    /// Checks the parameters of a step and types them.
    pub(crate) fn build(
        &self,
        kind: &StepKind,
        parameters: &Map<String, Value>,
    ) -> Result<Operation, Refusal> {
        schema::check(&kind.validator, parameters)?;
        let whole = parameters.iter().map(|(name, value)| (name.clone(), whole_number(value))).collect();
        (kind.build)(Value::Object(whole), &self.environment)
    }
}

/// `12.0` as `12`: to JSON Schema both are integers, to a typed field only one is.
fn whole_number(value: &Value) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() <= EXACT => {
            json!(number as i64)
        }
        _ => value.clone(),
    }
}

/// The font that is part of the program.
pub(super) fn built_in_font() -> FontArc {
    FontArc::try_from_slice(include_bytes!("font/DejaVuSans-Bold.ttf"))
        .unwrap_or_else(|_| unreachable!("the font is part of the program, and a test reads it"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::pipeline::step::tests::environment;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Made once: a property test asks for them hundreds of times.
    static KINDS: LazyLock<StepKinds> = LazyLock::new(|| StepKinds::within(environment()).unwrap());

    /// The least that each kind asks for.
    fn least(kind: &str) -> Map<String, Value> {
        let value = match kind {
            "resize" => json!({"width": 10}),
            "crop" => json!({"width": 10, "height": 10}),
            "watermark" => json!({"text": "Docket"}),
            "convert" => json!({"format": "png"}),
            "http" => json!({"service": "upscaler"}),
            _ => json!({}),
        };
        value.as_object().unwrap().clone()
    }

    #[test]
    fn every_schema_is_json_schema_and_fit_for_a_form() {
        for kind in KINDS.iter() {
            assert!(jsonschema::meta::is_valid(kind.parameter_schema()), "{}", kind.name());
            assert!(!kind.description().is_empty() && !kind.title().is_empty());
            for (name, property) in kind.properties() {
                let place = format!("{}.{name}", kind.name());
                for word in ["title", "description", "type"] {
                    assert!(
                        property[word].as_str().is_some_and(|text| !text.is_empty()),
                        "{place} has no {word}"
                    );
                }
                match property["type"].as_str().unwrap() {
                    "integer" | "number" => {
                        assert!(
                            property["minimum"].is_number() && property["maximum"].is_number(),
                            "{place}"
                        );
                    }
                    "string" => {
                        assert!(property["enum"].is_array() || property["maxLength"].is_u64(), "{place}");
                    }
                    "boolean" => {}
                    other => panic!("{place} is of type {other}"),
                }
            }
        }
    }

    #[test]
    fn the_defaults_in_the_schemas_are_those_that_hold() {
        let kinds = &*KINDS;
        for kind in kinds.iter() {
            let least = least(kind.name());
            let mut spelled_out = least.clone();
            for (name, property) in kind.properties() {
                if let Some(default) = property.get("default") {
                    spelled_out.entry(name.clone()).or_insert(default.clone());
                }
            }
            assert_eq!(kinds.build(kind, &least).unwrap(), kinds.build(kind, &spelled_out).unwrap());
        }
    }

    #[test]
    fn operations_survive_being_stored() {
        let kinds = &*KINDS;
        for kind in kinds.iter() {
            let operation = kinds.build(kind, &least(kind.name())).unwrap();
            let stored = serde_json::to_value(&operation).unwrap();
            assert_eq!(stored["kind"], kind.name());
            assert_eq!(serde_json::from_value::<Operation>(stored).unwrap(), operation);
        }
    }

    #[test]
    fn refusals_name_the_parameter_in_few_words() {
        let kinds = &*KINDS;
        for (kind, parameters, place, message) in [
            ("resize", json!({"width": 0}), "width", "must be at least 1"),
            ("resize", json!({"width": 1e9}), "width", "must be at most 20000"),
            ("resize", json!({"width": "10"}), "width", "must be of type integer"),
            ("resize", json!({"width": 10.5}), "width", "must be of type integer"),
            ("resize", json!({"width": null}), "width", "must be of type integer"),
            ("resize", json!({"wdth": 10}), "wdth", "there is no such parameter"),
            ("resize", json!({"width": 1, "fit": "squeeze"}), "fit", r#"must be one of "inside""#),
            ("crop", json!({"width": 1}), "height", "this parameter is required"),
            ("brightness", json!({"brightness": 101}), "brightness", "must be at most 100"),
            ("watermark", json!({"text": ""}), "text", "must have at least 1 characters"),
            ("watermark", json!({"text": "x", "color": "red"}), "color", "does not have the form"),
            ("http", json!({"service": "elsewhere"}), "service", r#"must be one of "upscaler""#),
        ] {
            let kind = kinds.get(kind).unwrap();
            let refusal = kinds.build(kind, parameters.as_object().unwrap()).unwrap_err();
            assert_eq!(refusal.parameter.as_deref(), Some(place));
            assert!(refusal.message.starts_with(message), "{}", refusal.message);
        }
        let long = json!({"x".repeat(10_000): 1});
        let refusal = kinds.build(kinds.get("flip").unwrap(), long.as_object().unwrap()).unwrap_err();
        assert!(refusal.parameter.unwrap().len() < 60);
    }

    #[test]
    fn resize_wants_a_side() {
        let kinds = &*KINDS;
        let refusal = kinds.build(kinds.get("resize").unwrap(), &Map::new()).unwrap_err();
        assert_eq!(refusal.parameter, None);
        assert!(refusal.message.contains("width, height or both"));
    }

    /// Any JSON, bounded in size.
    pub(crate) fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-200_i64..200).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-z]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_parameters_make_it_panic_and_what_is_taken_survives(
            kind in 0_usize..13,
            names in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
            values in prop::collection::vec(any_json(), 5),
            with_least in any::<bool>(),
        ) {
            let kinds = &*KINDS;
            let kind = &kinds.kinds[kind];
            let known: Vec<_> = kind.properties().map(|(name, _)| name.clone()).collect();
            let mut parameters = if with_least { least(kind.name()) } else { Map::new() };
            for (name, value) in names.iter().zip(values) {
                if !known.is_empty() {
                    parameters.insert(known[name.index(known.len())].clone(), value);
                }
            }
            if let Ok(operation) = kinds.build(kind, &parameters) {
                let text = serde_json::to_string(&operation).unwrap();
                prop_assert_eq!(serde_json::from_str::<Operation>(&text).unwrap(), operation);
            }
        }
    }
}
