//! Places in a form's data, as people read them.

use serde_json::Value;

/// The most characters of a name or a message from outside that is repeated.
const QUOTED: usize = 120;
/// The most characters of a path.
const MAX_PATH: usize = 400;

/// The path of a field at the top.
pub(super) fn of(name: &str) -> String {
    let mut path = String::new();
    push_name(&mut path, name);
    path
}

/// The path that a JSON Pointer into `data` means: `items[2].amount`.
pub(super) fn of_pointer(data: &Value, pointer: &str) -> String {
    let mut path = String::new();
    let mut here = Some(data);
    for name in pointer.split('/').skip(1).map(unescaped) {
        if path.len() > MAX_PATH {
            path.push('…');
            break;
        }
        // A name of digits is a place in a list only where there is a list.
        if let (Some(Value::Array(items)), Ok(index)) = (here, name.parse::<usize>()) {
            path.push_str(&format!("[{index}]"));
            here = items.get(index);
        } else {
            push_name(&mut path, &name);
            here = here.and_then(|value| value.get(&name));
        }
    }
    path
}

/// The field at the top that a JSON Pointer leads into; none where it means the whole.
pub(super) fn field_of(pointer: &str) -> Option<String> {
    pointer.split('/').nth(1).map(unescaped)
}

/// Adds a name to a path.
pub(super) fn push_name(path: &mut String, name: &str) {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@');
    if name.is_empty() || !name.chars().all(is_plain) {
        path.push_str(&format!("[\"{}\"]", quote(name)));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(&quote(name));
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

/// A text from outside, cut to what may be repeated.
pub(super) fn quote(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(QUOTED).collect();
    if text.chars().nth(QUOTED).is_some() {
        short.push('…');
    }
    short
}
