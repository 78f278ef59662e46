//! Reads lists in JSON: an array, an object with an array in it, or an object a line.

use std::io::Read as _;

use serde_json::{Deserializer, Value};

use crate::audience::blocklist::Columns;
use crate::audience::error::Error;
use crate::audience::exports::{flat, plain};
use crate::audience::source::Source;

/// How long a file can be, in bytes: it is read as a whole.
const LENGTH_MAX: u64 = 256 << 20;

/// Tells each object of the list, and its number.
pub(super) fn read(source: &Source, see: &mut dyn FnMut(u64, Columns)) -> Result<(), Error> {
    let wrong = |error: &serde_json::Error| Error::NoList {
        what: format!("it is no JSON: {error}"),
        help: "export the list once more, as JSON or as CSV",
    };
    let mut text = Vec::new();
    source.open()?.take(LENGTH_MAX + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LENGTH_MAX {
        return Err(Error::NoList {
            what: "it is longer than 256 MiB".to_owned(),
            help: "export the list as CSV",
        });
    }
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    let mut number = 0;
    for value in Deserializer::from_slice(text).into_iter::<Value>() {
        for object in objects(value.map_err(|error| wrong(&error))?) {
            number += 1;
            see(number, columns(&object));
        }
    }
    Ok(())
}

/// The rows of a value.
fn objects(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        Value::Object(fields) => {
            let is_list = |value: &Value| {
                value.as_array().is_some_and(|list| list.iter().all(Value::is_object))
            };
            let lists = || fields.values().filter(|value| is_list(value));
            match lists().max_by_key(|list| list.as_array().map_or(0, Vec::len)) {
                Some(list) => list.as_array().cloned().unwrap_or_default(),
                None => vec![Value::Object(fields)],
            }
        }
        other => vec![other],
    }
}

/// The columns of a row; a text alone is an address.
fn columns(object: &Value) -> Columns {
    match (object, flat(object)) {
        (_, Some(columns)) => {
            columns.into_iter().map(|(name, text)| (plain(&name), text)).collect()
        }
        (Value::String(text), None) => vec![("email".to_owned(), text.clone())],
        (other, None) => vec![("email".to_owned(), other.to_string())],
    }
}
