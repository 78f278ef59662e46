//! A value with others in it in, a text for each column out.

use serde_json::Value;

/// Takes a dict apart: `{"city": "Oxmouth", "pets": {"dogs": ["Rex", "Bo"]}}` is `city`, `Oxmouth` and
/// `pets_dogs`, `Rex;Bo`. What says nothing is left out. `None` where it is no dict.
pub(crate) fn flat(value: &Value) -> Option<Vec<(String, String)>> {
    let Value::Object(dict) = value else { return None };
    let mut columns = Vec::new();
    for (name, value) in dict {
        add(&mut columns, name, value, 0);
    }
    Some(columns)
}

/// How deep dicts are taken apart; further down they stay JSON.
const DEPTH_MAX: usize = 8;

fn add(columns: &mut Vec<(String, String)>, name: &str, value: &Value, depth: usize) {
    match value {
        Value::Object(dict) if depth < DEPTH_MAX => {
            for (inner, value) in dict {
                add(columns, &format!("{name}_{inner}"), value, depth + 1);
            }
        }
        value => {
            let text = text(value);
            if !text.is_empty() {
                columns.push((name.to_owned(), text));
            }
        }
    }
}

/// A value in a cell: a list of plain values has `;` between them.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(values) if values.iter().all(|v| !v.is_array() && !v.is_object()) => {
            values.iter().map(text).collect::<Vec<_>>().join(";")
        }
        Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
