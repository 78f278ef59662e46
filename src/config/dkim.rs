//! The `[[dkim]]` tables in, the keys that mail is signed with out.

use crate::config::{Secret, Sender};
use crate::diagnostic::Code;
use crate::document::{Report, Text, Value};

/// A key that mail is signed with (RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dkim {
    /// The name of the key in the DNS: the record is at `selector._domainkey.domain`.
    pub selector: String,
    /// The domain that answers for the mail: that of `From`, or one above it; in small letters.
    pub domain: String,
    /// Where the private key is kept, in PEM form.
    pub key: Secret,
}

impl Dkim {
    /// Reads every table; `None` where one is wrong.
    pub(super) fn read_all(
        tables: Option<Value<'_>>,
        sender: Option<&Sender>,
        report: &Report,
    ) -> Option<Vec<Self>> {
        let tables = match tables {
            None => Vec::new(),
            Some(tables) => tables.array("[[dkim]]")?,
        };
        let number = tables.len();
        let mut keys: Vec<Self> = Vec::new();
        for table in tables {
            let span = table.span();
            let Some(key) = Self::read(table, sender, report) else { continue };
            if keys.iter().any(|known| known.name() == key.name()) {
                let message = format!("there is one key at `{}` already", key.name());
                let diagnostic = report.at(Code::Conflict, span, message);
                report.add(diagnostic.help("give each key a selector of its own"));
                continue;
            }
            keys.push(key);
        }
        (keys.len() == number).then_some(keys)
    }

    fn read(value: Value<'_>, sender: Option<&Sender>, report: &Report) -> Option<Self> {
        let mut table = value.table("[[dkim]]", "[[dkim]]")?;
        let selector = table.require("selector", "\"2026a\"").and_then(Value::text);
        let selector = selector.and_then(|text| dns_name(&text, report));
        let domain = match table.take("domain").and_then(Value::text) {
            Some(text) => {
                dns_name(&text, report).and_then(|name| aligned(name, &text, sender, report))
            }
            None => sender.map(|sender| sender.address.domain().to_lowercase()),
        };
        let key = table.require("key", "{ file = \".newsletter/dkim/2026a.pem\" }");
        let key = key.and_then(|value| Secret::read(value, report));
        table.finish();
        Some(Self { selector: selector?, domain: domain?, key: key? })
    }

    /// The name of its record in the DNS.
    fn name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }
}

/// Whether a text can be a name in the DNS, or a part of one: labels of letters, digits and `-`.
#[must_use]
pub fn is_dns_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn dns_name(text: &Text, report: &Report) -> Option<String> {
    let value = text.value.trim();
    if !is_dns_name(value) {
        let message = format!("`{value}` cannot be a name in the DNS");
        let diagnostic = report.at(Code::UnknownValue, text.span.clone(), message);
        report.add(diagnostic.help("write letters, digits and `-`, with `.` between"));
        return None;
    }
    Some(value.to_lowercase())
}

/// Receivers count a signature for the sender only where its domain goes with that of `From` (DMARC,
/// RFC 7489 §3.1, now RFC 9989).
fn aligned(
    domain: String,
    text: &Text,
    sender: Option<&Sender>,
    report: &Report,
) -> Option<String> {
    let from = sender?.address.domain().to_lowercase();
    let above =
        from.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if above && domain.contains('.') {
        return Some(domain);
    }
    let message = format!("`{domain}` is neither the domain of `from`, `{from}`, nor above it");
    let diagnostic = report.at(Code::Alignment, text.span.clone(), message);
    report.add(diagnostic.help(format!("remove `domain`, which then is `{from}`")));
    None
}
