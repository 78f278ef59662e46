//! `[send]` in, how mail is sent out.

use std::time::Duration;

use crate::config::Send;
use crate::config::read::value::duration;
use crate::document::{Report, Value};

pub(super) fn read(value: Option<Value<'_>>, report: &Report) -> Send {
    let table = value.and_then(|value| value.table("[send]", "[send]"));
    let mut delays = None;
    if let Some(mut table) = table {
        delays = table.take("retry_delays").and_then(|value| value.array("[\"30s\"]"));
        table.finish();
    }
    let delays = delays.map(|values| {
        let texts = values.into_iter().filter_map(Value::text);
        texts.filter_map(|text| duration(&text, report)).collect()
    });
    let defaults = || [5, 30, 120].map(Duration::from_secs).to_vec();
    Send { retry_delays: delays.unwrap_or_else(defaults) }
}
