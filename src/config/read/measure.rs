//! `[measure]` in, what is counted out.

use crate::config::Measure;
use crate::document::Value;

pub(super) fn read(value: Option<Value<'_>>) -> Measure {
    let Some(mut table) = value.and_then(|value| value.table("[measure]", "[measure]")) else {
        return Measure::default();
    };
    let mut take = |key| table.take(key).and_then(Value::boolean).unwrap_or_default();
    let measure = Measure { views: take("views"), clicks: take("clicks") };
    table.finish();
    measure
}
