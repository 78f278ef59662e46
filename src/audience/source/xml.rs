//! Reads the XML of spreadsheets: elements, attributes and text, within bounds.

use std::io::{self, BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Size of the largest text, tag or comment that is read, in bytes.
const EVENT_MAX: u64 = 4 << 20;

/// A part of an XML document.
#[derive(Debug)]
pub(super) enum Node {
    /// The beginning of an element.
    Start(Element),
    /// The end of an element, by its name without a prefix.
    End(String),
    /// Text, with its entities resolved.
    Text(String),
}

/// An element's name and attributes, without prefixes.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

/// An XML document, read from its beginning to its end.
pub(super) struct Xml<R> {
    reader: Reader<BufReader<Metered<R>>>,
    buffer: Vec<u8>,
}

/// Bytes of which only so many may be read for one part of the document.
struct Metered<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        let read = u64::try_from(length).unwrap_or(u64::MAX);
        self.left =
            self.left.checked_sub(read).ok_or_else(|| damaged("a text in it has no end"))?;
        Ok(length)
    }
}

impl Element {
    /// Returns the value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Returns how often the element stands there.
    pub(super) fn times(&self, attribute: &str) -> u32 {
        self.get(attribute).and_then(|times| times.parse().ok()).unwrap_or(1).max(1)
    }

    fn of(start: &BytesStart<'_>) -> io::Result<Self> {
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| damaged(&error.to_string()))?;
            let name = attribute.key.local_name().as_ref().to_owned();
            attributes.push((name, unescaped(&attribute.value)));
        }
        Ok(Self { name: start.local_name().as_ref().to_owned(), attributes })
    }
}

impl<R: Read> Xml<R> {
    pub(super) fn new(reader: R) -> Self {
        let mut reader = Reader::from_reader(BufReader::new(Metered { reader, left: EVENT_MAX }));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new() }
    }

    /// Returns the next beginning of an element; `None` at the end.
    pub(super) fn next_start(&mut self) -> io::Result<Option<Element>> {
        loop {
            match self.next_node()? {
                None => return Ok(None),
                Some(Node::Start(element)) => return Ok(Some(element)),
                Some(_) => {}
            }
        }
    }

    /// Returns the next part; `None` at the end.
    pub(super) fn next_node(&mut self) -> io::Result<Option<Node>> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().get_mut().left = EVENT_MAX;
            let event = self.reader.read_event_into(&mut self.buffer);
            let node = match event.map_err(|error| damaged(&error.to_string()))? {
                Event::Eof => return Ok(None),
                Event::Start(start) => Node::Start(Element::of(&start)?),
                Event::End(end) => Node::End(end.local_name().as_ref().to_owned()),
                Event::Text(text) => Node::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Node::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(entity) => Node::Text(resolved(&entity)),
                _ => continue,
            };
            return Ok(Some(node));
        }
    }
}

/// The text of an entity; an unknown one stays as it is written.
fn resolved(entity: &BytesRef<'_>) -> String {
    let character = entity.resolve_char_ref().ok().flatten();
    let name: &str = entity.as_ref();
    match (character, resolve_xml_entity(name)) {
        (Some(character), _) => character.to_string(),
        (None, Some(text)) => text.to_owned(),
        (None, None) => format!("&{name};"),
    }
}

fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), |text| text.into_owned())
}

/// An error of a spreadsheet's bytes.
pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the spreadsheet is damaged: {what}"))
}
