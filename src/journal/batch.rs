//! Rows in, the JSON text that hands all of them to one statement out.

/// How many rows one statement gets: enough that the statement costs nothing, and little memory.
pub(crate) const ROWS: usize = 4096;

/// The text of a JSON array.
pub(crate) fn json<T: serde::Serialize>(rows: impl IntoIterator<Item = T>) -> String {
    let rows: Vec<T> = rows.into_iter().collect();
    serde_json::to_string(&rows).expect("numbers, texts and lists of them are always JSON")
}
