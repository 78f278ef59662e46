//! The text of a Python dict in, its value out: Buttondown writes metadata as Python shows them.
//!
//! What `repr` writes of dicts, lists, tuples, sets, texts, numbers, `True`, `False` and `None`. It is
//! not evaluated: a call, a name or an operator is an error.

use serde_json::{Map, Number, Value};

/// How deep values may stand in each other.
const DEPTH_MAX: usize = 32;

/// Why a text is not a value of Python.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {what}")]
pub struct PythonError {
    /// Which character, counted from 1.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

/// Parses the text of one value.
///
/// ```
/// use newsletter::audience::python_value;
///
/// let value = python_value(r#"{'staff': 'true', "it's": [1, None]}"#)?;
/// assert_eq!(value, serde_json::json!({"staff": "true", "it's": [1, null]}));
/// # Ok::<(), newsletter::audience::PythonError>(())
/// ```
///
/// # Errors
///
/// It is no value, one of another kind, or one with more than 32 others around another.
pub fn python_value(text: &str) -> Result<Value, PythonError> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0)?;
    parser.spaces();
    if parser.at < text.len() {
        return Err(parser.wrong("nothing should follow"));
    }
    Ok(value)
}

struct Parser<'t> {
    text: &'t str,
    /// How many bytes are behind the parser.
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        self.at += if found { expected.len() } else { 0 };
        found
    }

    fn spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn wrong(&self, what: &'static str) -> PythonError {
        PythonError { at: self.text[..self.at].chars().count() + 1, what }
    }

    fn value(&mut self, depth: usize) -> Result<Value, PythonError> {
        if depth > DEPTH_MAX {
            return Err(self.wrong("too many values stand in each other"));
        }
        self.spaces();
        match self.peek() {
            Some('{') => self.braces(depth),
            Some('[') => self.sequence("[", ']', depth),
            Some('(') => self.sequence("(", ')', depth),
            Some('\'' | '"') => self.string().map(Value::String),
            Some('+' | '-' | '.' | '0'..='9') => self.number(),
            Some(_) => self.word(),
            None => Err(self.wrong("a value is missing")),
        }
    }

    /// A dict, or a set, which is told by its first value having no `:`.
    fn braces(&mut self, depth: usize) -> Result<Value, PythonError> {
        self.eat("{");
        let (mut dict, mut set) = (Map::new(), Vec::new());
        loop {
            self.spaces();
            if self.eat("}") {
                break;
            }
            let key = self.value(depth + 1)?;
            self.spaces();
            if self.eat(":") {
                let value = self.value(depth + 1)?;
                dict.insert(name(key), value);
            } else {
                set.push(key);
            }
            self.separator('}')?;
        }
        match (dict.is_empty(), set.is_empty()) {
            (_, true) => Ok(Value::Object(dict)),
            (true, false) => Ok(Value::Array(set)),
            (false, false) => Err(self.wrong("a key has no value")),
        }
    }

    fn sequence(&mut self, open: &str, close: char, depth: usize) -> Result<Value, PythonError> {
        self.eat(open);
        let mut values = Vec::new();
        loop {
            self.spaces();
            if self.peek() == Some(close) {
                self.next();
                return Ok(Value::Array(values));
            }
            values.push(self.value(depth + 1)?);
            self.separator(close)?;
        }
    }

    /// A comma, or the bracket that follows without one.
    fn separator(&mut self, close: char) -> Result<(), PythonError> {
        self.spaces();
        if self.eat(",") || self.peek() == Some(close) {
            return Ok(());
        }
        Err(self.wrong("a comma or a closing bracket is missing"))
    }

    fn word(&mut self) -> Result<Value, PythonError> {
        let words = [
            ("True", Value::Bool(true)),
            ("False", Value::Bool(false)),
            ("None", Value::Null),
            ("set()", Value::Array(Vec::new())),
        ];
        for (word, value) in words {
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            if self.rest().strip_prefix(word).is_some_and(ends) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong("this is no text, number, list or dict"))
    }

    fn number(&mut self) -> Result<Value, PythonError> {
        let begin = self.at;
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        let length = self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        let digits = self.rest()[..length].replace('_', "");
        let number = match digits.parse::<i64>() {
            Ok(number) => Some(Number::from(number)),
            Err(_) => {
                let words = digits.contains(|c: char| c.is_ascii_alphabetic() && !"eE".contains(c));
                let float = digits.parse::<f64>().ok().filter(|_| !words);
                float.and_then(Number::from_f64)
            }
        };
        self.at += length;
        number.map(Value::Number).ok_or(()).map_err(|()| {
            self.at = begin;
            self.wrong("this is no number")
        })
    }

    fn string(&mut self) -> Result<String, PythonError> {
        let Some(quote) = self.next() else { return Err(self.wrong("a text is missing")) };
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.wrong("the text is never closed")),
                Some(end) if end == quote => return Ok(text),
                Some('\\') => text.extend(self.escape()?),
                Some(character) => text.push(character),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<Option<char>, PythonError> {
        let character = match self.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('x') => return self.code(2).map(Some),
            Some('u') => return self.code(4).map(Some),
            Some('U') => return self.code(8).map(Some),
            Some('0') => '\0',
            Some('\n') => return Ok(None),
            Some(same @ ('\\' | '\'' | '"')) => same,
            _ => return Err(self.wrong("this backslash means nothing")),
        };
        Ok(Some(character))
    }

    /// A character by its number, in so many hexadecimal digits.
    fn code(&mut self, digits: usize) -> Result<char, PythonError> {
        let code = self.rest().get(..digits).and_then(|code| u32::from_str_radix(code, 16).ok());
        let Some(code) = code else { return Err(self.wrong("hexadecimal digits are missing")) };
        self.at += digits;
        // Half of a pair of surrogates is no character.
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

/// A key as the name of a column.
fn name(key: Value) -> String {
    match key {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
