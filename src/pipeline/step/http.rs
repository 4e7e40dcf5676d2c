//! `http`: done by a service outside.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Environment, Parameters};

/// Parameters of `http`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Http {
    /// The service's name in the configuration.
    pub service: String,
}

impl Parameters for Http {
    const KIND: &'static str = "http";
    const TITLE: &'static str = "Service";
    const DESCRIPTION: &'static str =
        "Posts the picture to a service of the configuration and goes on with the picture that it answers.";

    fn properties(environment: &Environment) -> Value {
        json!({
            "service": {
                "type": "string", "enum": environment.services, "title": "Service", "readOnly": true,
                "description": "The service's name in the configuration. A batch cannot choose another.",
            },
        })
    }

    fn required() -> &'static [&'static str] {
        &["service"]
    }
}
