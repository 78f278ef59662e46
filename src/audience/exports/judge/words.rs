//! Splits the names of columns, the words of cells and the names of files into words.

/// Pieces that names write without anything between them: `isactive`, `OPTOUT`, `donotemail`.
const PIECES: [&str; 77] = [
    "accepts",
    "active",
    "all",
    "at",
    "blacklisted",
    "blocklisted",
    "blocked",
    "bounce",
    "bounced",
    "bulk",
    "campaigns",
    "cleaned",
    "clean",
    "complained",
    "complaint",
    "confirmed",
    "consent",
    "contact",
    "count",
    "customer",
    "date",
    "deleted",
    "disabled",
    "do",
    "does",
    "double",
    "email",
    "emails",
    "enabled",
    "excluded",
    "from",
    "global",
    "globally",
    "hard",
    "has",
    "html",
    "in",
    "inactive",
    "is",
    "ip",
    "link",
    "list",
    "mail",
    "mailing",
    "marketing",
    "member",
    "never",
    "newsletter",
    "no",
    "not",
    "on",
    "opt",
    "opted",
    "out",
    "pending",
    "permission",
    "phone",
    "reason",
    "removed",
    "sms",
    "soft",
    "spam",
    "state",
    "status",
    "subscribe",
    "subscribed",
    "subscriber",
    "subscription",
    "suppressed",
    "time",
    "unconfirmed",
    "unsub",
    "unsubscribe",
    "unsubscribed",
    "url",
    "user",
    "was",
];

/// Returns the text in lower case and without accents, as names and words are compared.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'ç' | 'ć' | 'č' | 'ċ' => folded.push('c'),
            'ď' | 'đ' | 'ð' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ğ' | 'ģ' => folded.push('g'),
            'ì'..='ï' | 'ī' | 'į' | 'ı' => folded.push('i'),
            'ł' | 'ļ' | 'ľ' => folded.push('l'),
            'ñ' | 'ń' | 'ň' | 'ņ' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => folded.push('o'),
            'ŕ' | 'ř' => folded.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => folded.push('s'),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ё' => folded.push('е'),
            'й' => folded.push('и'),
            'ї' => folded.push('і'),
            'ά' => folded.push('α'),
            'έ' => folded.push('ε'),
            'ή' => folded.push('η'),
            'ί' => folded.push('ι'),
            'ό' => folded.push('ο'),
            'ύ' => folded.push('υ'),
            'ώ' => folded.push('ω'),
            // Combining accents of decomposed letters, and characters without a width.
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fe0f}' => {}
            other => folded.push(other),
        }
    }
    folded
}

/// Splits a name into its folded words.
///
/// Words end at anything that is no letter or digit, where a capital follows a small letter
/// (`unsubscribedAt`), before the last of several capitals (`SMSOptOut`), and between letters and
/// digits. Words that are written as one (`donotemail`) are taken apart; `e-mail` is one word.
pub(crate) fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut raw = vec![String::new()];
    for (at, character) in characters.iter().copied().enumerate() {
        let before = at.checked_sub(1).map(|before| characters[before]);
        let next = characters.get(at + 1).copied();
        // An apostrophe inside a word belongs to it: `don't`, `d'information`.
        let inside = matches!(character, '\'' | '’')
            && before.is_some_and(char::is_alphabetic)
            && next.is_some_and(char::is_alphabetic);
        if inside {
            continue;
        }
        if begins_word(before, character, next) {
            raw.push(String::new());
        }
        if character.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&character) {
            raw.last_mut().into_iter().for_each(|word| word.push(character));
        } else {
            raw.push(String::new());
        }
    }
    let folded = raw.iter().map(|word| fold(word)).filter(|word| !word.is_empty());
    let mut words: Vec<String> = Vec::new();
    for word in folded.flat_map(|word| pieces(&word)) {
        // `e-mail`, `e-post`.
        let joins = words.last().is_some_and(|last| last == "e")
            && matches!(word.as_str(), "mail" | "mails" | "mailing" | "post");
        if joins {
            words.pop();
            words.push(if word == "post" { "email".to_owned() } else { format!("e{word}") });
        } else {
            words.push(word);
        }
    }
    words
}

/// Whether a new word begins at a character.
fn begins_word(before: Option<char>, character: char, next: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let camel = before.is_lowercase() && character.is_uppercase();
    let acronym = before.is_uppercase()
        && character.is_uppercase()
        && next.is_some_and(char::is_lowercase)
        // The `s` of a plural: `URLs`.
        && next != Some('s');
    let digit = before.is_numeric() != character.is_numeric()
        && before.is_alphanumeric()
        && character.is_alphanumeric();
    camel || acronym || digit
}

/// Takes a word apart into as few of the [`PIECES`] as it can; any other word stays whole.
fn pieces(word: &str) -> Vec<String> {
    const LENGTH_MAX: usize = 40;
    let whole = || vec![word.to_owned()];
    // German puts it behind: `abostatus`.
    if let Some(before) = word.strip_suffix("status").filter(|before| before.len() > 2) {
        return [pieces(before), vec!["status".to_owned()]].concat();
    }
    if !(5..=LENGTH_MAX).contains(&word.len()) || !word.is_ascii() || PIECES.contains(&word) {
        return whole();
    }
    // The fewest pieces up to each place of the word, and where the last of them begins.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; word.len() + 1];
    best[0] = Some((0, 0));
    for end in 1..=word.len() {
        for piece in PIECES.iter().filter(|piece| word[..end].ends_with(**piece)) {
            let start = end - piece.len();
            let Some((count, _)) = best[start] else { continue };
            if best[end].is_none_or(|(other, _)| count + 1 < other) {
                best[end] = Some((count + 1, start));
            }
        }
    }
    let mut end = word.len();
    let mut found = Vec::new();
    while end > 0 {
        let Some((_, start)) = best[end] else { return whole() };
        found.push(word[start..end].to_owned());
        end = start;
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use crate::audience::exports::judge::words::words;

    #[test]
    fn names_are_split_at_what_stands_between_their_words() {
        let names = [
            ("unsubscribedAt", "unsubscribed at"),
            ("IsSubscribed", "is subscribed"),
            ("hs_email_optout", "hs email opt out"),
            ("SMSOptOut", "sms opt out"),
            ("DO-NOT-EMAIL", "do not email"),
            ("donotemail", "do not email"),
            ("E-Mail opt.in", "email opt in"),
            ("Don't contact", "dont contact"),
            ("Allgemeiner Status (NO BULK EMAILS)", "allgemeiner status no bulk emails"),
            ("Désabonné(e) le", "desabonne e le"),
            ("list_1", "list 1"),
            ("notion", "notion"),
            ("statements", "statements"),
            ("", ""),
        ];
        for (name, expected) in names {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }
}
