//! What is read of any chart, before anything is made of it.

use serde_json::Value;

use super::{Faults, Source};
use crate::workflow::bpmn::{FaultCode, is_character};

/// The most bytes of a chart, as JSON without blanks: 1 MiB.
pub(in crate::workflow) const MAX_BYTES: usize = 1 << 20;
/// How deep lists and objects lie in one another; a node that follows another lies in it.
pub(in crate::workflow) const MAX_LEVELS: usize = 120;
/// The most nodes, branches counted.
pub(in crate::workflow) const MAX_NODES: usize = 1_000;
/// The most values of any kind.
const MAX_VALUES: usize = 50_000;

/// Faults of what is too large to be read, or cannot be written as XML.
pub(super) fn check(chart: &Value, faults: &mut Faults) {
    let root = Source::root();
    let mut open = vec![(chart, 1)];
    let (mut values, mut bytes) = (0, 0);
    while let Some((value, level)) = open.pop() {
        values += 1;
        if level > MAX_LEVELS {
            let message =
                format!("a chart has at most {MAX_LEVELS} levels: a node that follows another is one");
            return faults.add(FaultCode::TooLarge, &root, message);
        }
        // Signs and quotes are counted too, about.
        bytes += match value {
            Value::String(text) => text.len() + 3,
            Value::Object(members) => members.keys().map(|key| key.len() + 4).sum::<usize>() + 2,
            _ => 6,
        };
        if values > MAX_VALUES || bytes > MAX_BYTES {
            let message = format!("a chart has at most {MAX_BYTES} bytes, and {MAX_VALUES} values");
            return faults.add(FaultCode::TooLarge, &root, message);
        }
        match value {
            Value::String(text) => check_text(text, faults),
            Value::Array(members) => open.extend(members.iter().map(|member| (member, level + 1))),
            Value::Object(members) => {
                members.keys().for_each(|key| check_text(key, faults));
                open.extend(members.values().map(|member| (member, level + 1)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn check_text(text: &str, faults: &mut Faults) {
    if let Some(character) = text.chars().find(|character| !is_character(*character)) {
        let message = format!("a text holds the character U+{:04X}, which XML cannot", u32::from(character));
        faults.add(FaultCode::BadValue, &Source::root(), message);
    }
}
