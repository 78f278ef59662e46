//! Text in, the addresses in it out, with where each of them stands.

/// How many addresses of one text are found.
const FOUND_MAX: usize = 500;

/// An address in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mailbox {
    /// The bytes of the text that it takes.
    pub(super) start: usize,
    pub(super) end: usize,
    /// As it is written, or decoded where a gateway had wrapped it up.
    pub(super) address: String,
}

/// The addresses of a text, in order.
pub(super) fn find(text: &str) -> Vec<Mailbox> {
    let found = text.match_indices('@').filter_map(|(at, _)| around(text, at));
    found.take(FOUND_MAX).collect()
}

/// The first address of a field: `rfc822; <ada@example.org>`, `utf-8; \x{E9}t\x{E9}@example.org`.
pub(super) fn in_field(value: &str) -> Option<String> {
    let value = match value.split_once(';') {
        Some((kind, rest)) if kind.trim().eq_ignore_ascii_case("utf-8") => &unescaped(rest),
        _ => value,
    };
    find(value).into_iter().next().map(|mailbox| mailbox.address)
}

/// Whether two spellings are one mailbox, as far as can be told without a list.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The address whose `@` is at a place.
fn around(text: &str, at: usize) -> Option<Mailbox> {
    let (before, behind) = (&text[..at], &text[at + 1..]);
    let start = match before.strip_suffix('"') {
        Some(quoted) => quoted.rfind(['"', '\n']).filter(|at| quoted[*at..].starts_with('"'))?,
        None => start_of_local(before),
    };
    let end = end_of_domain(behind);
    let (local, domain) = (&before[start..], &behind[..end]);
    let is_address = !local.is_empty() && local.len() <= 200 && is_domain(domain);
    is_address.then(|| Mailbox {
        start,
        end: at + 1 + end,
        address: unwrapped(local).unwrap_or_else(|| format!("{local}@{domain}")),
    })
}

fn start_of_local(before: &str) -> usize {
    let is_local =
        |c: char| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c) || c == '\u{30fb}';
    let start = before.char_indices().rev().take(200).take_while(|(_, c)| is_local(*c)).last();
    let start = start.map_or(before.len(), |(at, _)| at);
    // `'ada@example.org'`, `...ada@example.org`; and mail to a pipe has no address.
    let local = &before[start..];
    // An encoded word (RFC 2047) in its place is kept as it stands.
    if let Some(at) = local.find("=?").filter(|_| local.ends_with("?=")) {
        return start + at;
    }
    let trimmed = local.trim_start_matches(['\'', '`', '.', '*', '|', '/', '=']);
    before.len() - trimmed.len()
}

fn end_of_domain(behind: &str) -> usize {
    if behind.starts_with('[') {
        return behind.find(']').filter(|end| *end < 60).map_or(0, |end| end + 1);
    }
    let is_domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let end = behind.char_indices().take(255).find(|(_, c)| !is_domain(*c));
    let end = end.map_or_else(|| behind.floor_char_boundary(255), |(at, _)| at);
    behind[..end].trim_end_matches(['.', '-', '_']).len()
}

fn is_domain(domain: &str) -> bool {
    let first = domain.chars().next();
    first.is_some_and(|c| c.is_alphanumeric() || c == '[') && !domain.contains("..")
}

/// What Exchange makes of an address that is no mailbox of its own: `IMCEASMTP-ada+40example+2Eorg`.
fn unwrapped(local: &str) -> Option<String> {
    let rest = local.get(..10).filter(|start| start.eq_ignore_ascii_case("imceasmtp-"))?;
    let mut pieces = local[rest.len()..].split('+');
    let mut address = pieces.next()?.to_owned();
    for piece in pieces {
        let code = piece.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok())?;
        address.push(char::from(code));
        address.push_str(&piece[2..]);
    }
    address.contains('@').then_some(address)
}

/// RFC 6533 §3: what is not printable ASCII is written `\x{E9}`.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split("\\x{");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let read = piece.split_once('}').and_then(|(hex, rest)| {
            Some((u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)?, rest))
        });
        match read {
            Some((letter, rest)) => {
                plain.push(letter);
                plain.push_str(rest);
            }
            None => plain.push_str(piece),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use crate::bounce::mailbox::{find, in_field};

    #[test]
    fn addresses_are_found_in_what_stands_around_them() {
        for (text, address) in [
            ("<ada@example.org>: no", "ada@example.org"),
            ("to 'ada@example.org'.", "ada@example.org"),
            ("RCPT TO:<ada+news=x@mail.example.org> no", "ada+news=x@mail.example.org"),
            ("(ada@example.org.)", "ada@example.org"),
            ("\"ada l\"@example.org", "\"ada l\"@example.org"),
            ("<@relay.example.net:ada@[192.0.2.1]>", "ada@[192.0.2.1]"),
            ("été@exämple.org", "été@exämple.org"),
            ("<=?utf-8?B?w6k=?=@example.org>", "=?utf-8?B?w6k=?=@example.org"),
            ("IMCEASMTP-ada+40example+2Eorg@relay.example.net", "ada@example.org"),
        ] {
            let found = find(text);
            assert_eq!(found.first().map(|found| found.address.as_str()), Some(address), "{text}");
        }
        for text in ["@", "a@", "@b", "a @ b", "\"@x", "a@.", "a@[1"] {
            assert_eq!(find(text), [], "{text}");
        }
    }

    #[test]
    fn fields_hold_one_with_its_type() {
        let utf8 = "utf-8; \\x{E9}t\\x{E9}@example.org";
        assert_eq!(in_field(utf8).as_deref(), Some("été@example.org"));
        assert_eq!(in_field("RFC822; <a@example.org>").as_deref(), Some("a@example.org"));
        assert_eq!(in_field("rfc822; nobody"), None);
    }
}
