//! A notice of Amazon SES in JSON in, the kind of message and the statements of it out.
//!
//! SES can mail them through SNS in place of bounces: JSON as the text of the mail, broken into
//! lines ("Amazon SNS notification contents for Amazon SES" in its developer guide).

use serde_json::Value;

use crate::bounce::part::Part;

/// The JSON of a notice, where a message is one.
fn json(parts: &[Part]) -> Option<Value> {
    let header = &parts.first()?.fields;
    let is_one = header.get("from").is_some_and(|from| from.contains("@sns.amazonaws.com"));
    let mut own = parts.iter().filter(|part| part.level == 0 && !part.is_header && is_one);
    let text = &own.find(|part| part.text.contains("notificationType"))?.text;
    let whole: String = text[text.find('{')?..].lines().collect();
    // After it stands how to unsubscribe from the notices.
    let mut values = serde_json::Deserializer::from_str(&whole).into_iter::<Value>();
    let value = values.next()?.ok()?;
    match value.get("Message").and_then(Value::as_str) {
        Some(inner) => serde_json::from_str(inner).ok(),
        None => Some(value),
    }
}

/// `Bounce`, `Complaint` or `Delivery`.
pub(super) fn sort(parts: &[Part]) -> Option<String> {
    Some(json(parts)?.get("notificationType")?.as_str()?.to_owned())
}

/// The groups of a delivery status (RFC 3464) that a notice comes to, as text.
pub(super) fn statements(parts: &[Part]) -> Option<String> {
    let notice = json(parts)?;
    let bounce = notice.get("bounce")?;
    let field = |of: &Value, name: &str| {
        let value = of.get(name).and_then(Value::as_str).unwrap_or_default();
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let is_for_good = field(bounce, "bounceType") == "Permanent";
    let sub = field(bounce, "bounceSubType");
    let mut groups = String::new();
    for recipient in bounce.get("bouncedRecipients")?.as_array()?.iter().take(100) {
        let mut said = field(recipient, "diagnosticCode");
        let mut status = field(recipient, "status");
        if said.is_empty() {
            said = match sub.as_str() {
                "NoEmail" => "no such mailbox".to_owned(),
                "MailboxFull" => "mailbox full".to_owned(),
                "MessageTooLarge" => "message too large".to_owned(),
                "Suppressed" | "OnAccountSuppressionList" => {
                    "no such mailbox (on a list)".to_owned()
                }
                other => other.to_owned(),
            };
        }
        if status.is_empty() {
            status = if is_for_good { "5.0.0" } else { "4.0.0" }.to_owned();
        }
        let address = field(recipient, "emailAddress");
        let group = [
            format!("Final-Recipient: rfc822; {address}\n"),
            "Action: failed\n".to_owned(),
            format!("Status: {status}\nDiagnostic-Code: {said}\n\n"),
        ];
        groups.extend(group);
    }
    Some(groups)
}

/// Whom a complaint is from.
pub(super) fn complainers(parts: &[Part]) -> Vec<String> {
    let notice = json(parts).unwrap_or_default();
    let all = notice.pointer("/complaint/complainedRecipients").and_then(Value::as_array);
    let addresses = all.into_iter().flatten().filter_map(|one| one.get("emailAddress")?.as_str());
    addresses.map(str::to_owned).collect()
}

/// The Message-ID and the sender of the mail that it is about.
pub(super) fn message_id(parts: &[Part]) -> Option<String> {
    let notice = json(parts)?;
    let headers = notice.pointer("/mail/headers").and_then(Value::as_array)?;
    let is_id = |header: &&Value| {
        let name = header.get("name").and_then(Value::as_str).unwrap_or_default();
        name.eq_ignore_ascii_case("message-id")
    };
    Some(headers.iter().find(is_id)?.get("value")?.as_str()?.to_owned())
}
