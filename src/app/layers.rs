//! Reading the settings in layers: defaults, the file, the environment.

use std::path::Path;

use figment::providers::{Format as _, Serialized, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Profile};
use serde::Serialize;

use super::config::{ConfigError, Problem};
use super::settings::{Service, Settings};

/// Variables that stand apart from the scheme `DOCKET_<SECTION>__<KEY>`, with their settings.
const NAMED: [(&str, &str); 4] = [
    ("DATABASE_URL", "database_url"),
    ("REDIS_URL", "redis_url"),
    ("DOCKET_JWT_SECRET", "auth.jwt_secret"),
    ("DOCKET_JWKS_URL", "auth.jwks_url"),
];
/// Where the services' settings are.
const SERVICES: &str = "pipeline.services.";
/// Variables that begin like settings and are none: the tests' own.
const NOT_OURS: &str = "DOCKET_TEST_";

/// The settings with where each came from, so that a problem can name it as its author did.
pub(super) struct Layers {
    pub settings: Settings,
    /// Settings set by a variable, with the variable's name.
    variables: Vec<(String, String)>,
    file: Option<String>,
}

impl Layers {
    /// Defaults, then the file, then the variables.
    pub fn read(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let (overrides, names) = overrides(variables, &mut problems);
        let mut figment = Figment::new();
        if let Some(file) = file {
            if file.is_file() {
                figment = figment.merge(Toml::file_exact(file));
            } else {
                let message = "there is no such file".to_owned();
                problems.push(Problem { setting: format!("--config {}", file.display()), message });
            }
        }
        figment = figment.merge(Serialized::from(overrides, Profile::Default));
        let mut layers = Self {
            settings: Settings::default(),
            variables: names,
            file: file.map(|file| file.display().to_string()),
        };
        match figment.extract::<Settings>() {
            Ok(settings) => layers.settings = settings,
            Err(error) => problems.extend(error.into_iter().map(|error| layers.problem(&error))),
        }
        if problems.is_empty() { Ok(layers) } else { Err(ConfigError(problems)) }
    }

    /// A setting's name as its author wrote it: the variable, or the file's key.
    pub fn name_of(&self, key: &str) -> String {
        if let Some((_, variable)) = self.variables.iter().find(|(set, _)| set == key) {
            return variable.clone();
        }
        match (&self.file, NAMED.iter().find(|(_, named)| *named == key)) {
            (Some(file), _) => format!("{key} ({file})"),
            (None, _) => variable_of(key),
        }
    }

    fn problem(&self, error: &figment::Error) -> Problem {
        use figment::error::Kind;
        let key = error.path.join(".");
        let setting = if key.is_empty() { self.file.clone().unwrap_or_default() } else { self.name_of(&key) };
        let message = match &error.kind {
            Kind::UnknownField(_, known) => {
                format!("there is no such setting; known here are {}", known.join(", "))
            }
            // What was found is left out: it may be a secret in the wrong place.
            Kind::InvalidType(_, expected) => format!("must be {expected}"),
            Kind::InvalidValue(_, expected) => format!("must be {expected}"),
            other => other.to_string(),
        };
        Problem { setting, message }
    }
}

/// The variables that are settings, as a layer, with their names by setting.
fn overrides(
    variables: impl IntoIterator<Item = (String, String)>,
    problems: &mut Vec<Problem>,
) -> (Dict, Vec<(String, String)>) {
    let defaults = as_value(&Settings::default());
    let services = as_value(&Service::default());
    let mut layer = Dict::new();
    let mut names = Vec::new();
    for (variable, text) in variables {
        let Some(key) = key_of(&variable) else { continue };
        // An empty variable is one that is not set.
        if text.is_empty() {
            continue;
        }
        // Services have names of their author's; each has the same settings.
        let service = key.strip_prefix(SERVICES).and_then(|rest| rest.split_once('.'));
        let default = match service {
            Some((_, setting)) => services.find_ref(setting),
            None => defaults.find_ref(&key),
        };
        match default {
            None | Some(Value::Dict(..)) => {
                problems.push(Problem { setting: variable, message: "there is no such setting".into() });
            }
            Some(default) => match typed(default, &text) {
                Ok(value) => {
                    insert(&mut layer, &key, value);
                    names.push((key, variable));
                }
                Err(expected) => {
                    problems.push(Problem { setting: variable, message: format!("must be {expected}") });
                }
            },
        }
    }
    (layer, names)
}

/// Settings as a tree, to look their types up in.
fn as_value(settings: &impl Serialize) -> Value {
    Value::serialize(settings).unwrap_or_else(|_| Value::from(Dict::new()))
}

/// The variable that sets a setting.
fn variable_of(key: &str) -> String {
    match NAMED.iter().find(|(_, named)| *named == key) {
        Some((variable, _)) => (*variable).to_owned(),
        None => format!("DOCKET_{}", key.to_uppercase().replace('.', "__")),
    }
}

fn key_of(variable: &str) -> Option<String> {
    if let Some((_, key)) = NAMED.iter().find(|(name, _)| *name == variable) {
        return Some((*key).to_owned());
    }
    let rest = variable.strip_prefix("DOCKET_").filter(|_| !variable.starts_with(NOT_OURS))?;
    Some(rest.to_lowercase().replace("__", "."))
}

/// A variable's text as the type that the setting's default has.
fn typed(default: &Value, text: &str) -> Result<Value, &'static str> {
    match default {
        Value::Num(..) => text.trim().parse::<u64>().map(Value::from).map_err(|_| "a whole number"),
        Value::Bool(..) => text.trim().parse::<bool>().map(Value::from).map_err(|_| "true or false"),
        Value::Array(..) => Ok(text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .into()),
        _ => Ok(Value::from(text)),
    }
}

fn insert(layer: &mut Dict, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            layer.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let entry = layer.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, section) = entry {
                insert(section, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every setting by its key, with its default where that is a number or a truth value.
    fn defaults(tree: &Value, key: &str, found: &mut Vec<(String, Option<String>)>) {
        let default = match tree {
            Value::Dict(_, members) => {
                for (name, member) in members {
                    let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    defaults(member, &key, found);
                }
                return;
            }
            Value::Num(_, number) => number.to_u128().map(|number| number.to_string()),
            Value::Bool(_, truth) => Some(truth.to_string()),
            _ => None,
        };
        found.push((key.to_owned(), default));
    }

    #[test]
    fn the_page_of_settings_tells_them_all() {
        let page = include_str!("../../docs/configuration.md");
        let rows: Vec<Vec<&str>> =
            page.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
        let mut settings = Vec::new();
        defaults(&as_value(&Settings::default()), "", &mut settings);
        assert!(settings.len() > 30, "only {} found", settings.len());
        for (key, default) in settings {
            let variable = format!("`{}`", variable_of(&key));
            let row = rows.iter().find(|row| row.len() > 4 && row[2] == variable);
            let row = row.unwrap_or_else(|| panic!("{key} ({variable}) has no row"));
            assert_eq!(Some(row[1].trim_matches('`')), key.rsplit('.').next(), "{variable}");
            if let Some(default) = default {
                assert_eq!(row[3].split(' ').next().unwrap().replace(',', ""), default, "{key}");
            }
        }
    }
}
