//! Calls over HTTP, in Docket's own element:
//! `<docket:http url="https://…" method="POST" wait="ANSWER|CALLBACK|NOTHING" timeout="10"
//! callbackWithin="P7D" resultVariable="answer"><docket:header name="…" value="…"/></docket:http>`.

use chrono::DateTime;

use super::super::super::approval::values;
use super::super::super::expressions;
use super::super::super::fault::{FaultCode, Faults, Spot};
use super::super::super::xml::{Element, Space};
use super::retry;
use crate::workflow::due;
use crate::workflow::model::{DEFAULT_CALLBACK, DEFAULT_TIMEOUT, HttpCall, MAX_TIMEOUT, Wait};

/// The methods that are known.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// The attributes that are known.
const KNOWN: [&str; 6] = ["url", "method", "wait", "timeout", "callbackWithin", "resultVariable"];
/// The most headers.
const MAX_HEADERS: usize = 50;
/// What the call says of itself, and what others say of the connection: nobody else does.
const OWN_HEADERS: [&str; 9] = [
    "connection",
    "content-length",
    "content-type",
    "docket-callback-url",
    "expect",
    "host",
    "idempotency-key",
    "te",
    "transfer-encoding",
];

/// A call; none, with a fault, where it is none.
pub(super) fn read(said: &Element, element: &Element, faults: &mut Faults) -> Option<HttpCall> {
    let spot = element.spot().of_child(said);
    for attribute in &said.attributes {
        if attribute.space != Space::None || !KNOWN.contains(&&*attribute.name) {
            let message = format!("there is no {}{} of a call", attribute.space.prefix(), attribute.name);
            faults.add(FaultCode::UnsupportedAttribute, spot, message);
        }
    }
    let value = |name: &str| said.attribute(name).map(str::trim).filter(|text| !text.is_empty());
    let method = value("method").unwrap_or("POST");
    let known = METHODS.into_iter().find(|known| known.eq_ignore_ascii_case(method));
    if known.is_none() {
        faults.add(FaultCode::BadValue, spot, format!("method is one of {}", METHODS.join(", ")));
    }
    let wait = wait(value("wait"), value("callbackWithin"), spot, faults);
    let timeout = match value("timeout").map(str::parse) {
        None => DEFAULT_TIMEOUT,
        Some(Ok(seconds)) if (1..=MAX_TIMEOUT).contains(&seconds) => seconds,
        Some(_) => {
            faults.add(FaultCode::BadValue, spot, format!("timeout is in seconds, from 1 to {MAX_TIMEOUT}"));
            DEFAULT_TIMEOUT
        }
    };
    let result = value("resultVariable").map(str::to_owned);
    if result.as_ref().is_some_and(|name| !expressions::is_variable(name)) {
        faults.add(FaultCode::BadValue, spot, "resultVariable is no name of a variable");
    }
    let (attempts, retry_after) = retry::read(element, faults);
    if retry_after.is_some() {
        let message = "calls are tried again sooner or later as it is: say docket:retries alone";
        faults.add(FaultCode::UnsupportedAttribute, spot, message);
    }
    let headers = headers(said, element, faults);
    let url = url(value("url"), spot, faults);
    if values::text(element, "topic").is_some() {
        faults.add(FaultCode::Contradiction, spot, "either a call, or a topic");
    }
    Some(HttpCall { method: known?, url: url?, headers, wait: wait?, timeout, attempts, result })
}

/// An address whose server is written out: what a variable holds does not say where calls go.
fn url(
    text: Option<&str>,
    spot: Spot<'_>,
    faults: &mut Faults,
) -> Option<crate::workflow::expression::Template> {
    let Some(text) = text else {
        faults.add(FaultCode::Missing, spot, "url is missing: what is called?");
        return None;
    };
    let fixed = text.split(['$', '#']).next().unwrap_or_default();
    let rest = fixed.strip_prefix("https://").or_else(|| fixed.strip_prefix("http://"));
    let names_server = rest.is_some_and(|rest| {
        let is_whole = fixed.len() == text.len() || rest.contains('/');
        is_whole && url::Url::parse(fixed).is_ok_and(|url| url.host_str().is_some())
    });
    if !names_server {
        let message = "url begins with http:// or https://, and its server holds no expressions";
        faults.add(FaultCode::BadValue, spot, message);
        return None;
    }
    expressions::template(text, "url", spot, faults)
}

fn wait(said: Option<&str>, within: Option<&str>, spot: Spot<'_>, faults: &mut Faults) -> Option<Wait> {
    let said = said.unwrap_or("ANSWER").to_uppercase();
    let is_callback = said == "CALLBACK";
    if within.is_some() && !is_callback {
        faults.add(FaultCode::Contradiction, spot, "callbackWithin goes with wait=\"CALLBACK\" alone");
    }
    match said.as_str() {
        "ANSWER" => Some(Wait::Answer),
        "NOTHING" => Some(Wait::Nothing),
        "CALLBACK" => {
            let within = within.unwrap_or(DEFAULT_CALLBACK);
            if !within.starts_with('P') || due::parse(within, DateTime::UNIX_EPOCH).is_err() {
                faults.add(
                    FaultCode::BadValue,
                    spot,
                    "callbackWithin is a duration of ISO 8601, such as P7D",
                );
                return None;
            }
            Some(Wait::Callback { within: within.to_owned() })
        }
        _ => {
            faults.add(FaultCode::BadValue, spot, "wait is one of ANSWER, CALLBACK, NOTHING");
            None
        }
    }
}

fn headers(
    said: &Element,
    element: &Element,
    faults: &mut Faults,
) -> Vec<(String, crate::workflow::expression::Template)> {
    let mut headers = Vec::new();
    for child in &said.children {
        let spot = element.spot().of_child(child);
        if child.space != Space::Docket || &*child.name != "header" {
            let message = format!("there is no {}{} in a call", child.space.prefix(), child.name);
            faults.add(FaultCode::UnsupportedAttribute, spot, message);
            continue;
        }
        let name = child.label().unwrap_or_default().to_lowercase();
        let is_token = |one: char| one.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(one);
        if name.is_empty() || name.len() > 128 || !name.chars().all(is_token) {
            faults.add(FaultCode::BadValue, spot, "a header's name has letters, digits and hyphens");
            continue;
        }
        if OWN_HEADERS.contains(&name.as_str()) {
            faults.add(FaultCode::Contradiction, spot, format!("the call sets {name} itself"));
            continue;
        }
        let value = child.attribute("value").unwrap_or_default();
        let value = expressions::template(value, &name, spot, faults);
        headers.extend(value.map(|value| (name, value)));
    }
    if headers.len() > MAX_HEADERS {
        faults.add(FaultCode::TooLarge, element, format!("a call has at most {MAX_HEADERS} headers"));
    }
    headers
}
